"""Pages outlive sign-ins: whoever is signed out or locked, anywhere, sees that on every open one.

The announcement makes it quick on this server. The regular look finds sign-ins that ran out or that nobody
uses, and those that another process changed. A lock screen waits in each tab for what that tab showed before.
"""

import asyncio
import logging
from collections.abc import Callable
from weakref import WeakKeyDictionary

from nicegui import Client, background_tasks, context

from app import events
from app.services import locking
from app.services.locking import State
from app.web import activity, guard, live
from app.web.actions import LOCK_PAGE, TO_SIGN_IN, commit, fetch, keep_doing
from app.web.page import ACCOUNT_PATH, Open, signed_in_visits

log = logging.getLogger(__name__)

LOOK_EVERY = 2.0  # seconds
RELOAD = "document.body.replaceChildren(); location.reload()"  # takes away what is on the page at once
LEAVING = 0.5  # seconds in which the page that signs out goes where its own answer leads it

_waiting: "WeakKeyDictionary[Client, tuple[int, str]]" = WeakKeyDictionary()
_stop_hearing: Callable[[], None] | None = None
_task: "asyncio.Task[None] | None" = None


def start() -> None:
    """Begin; after `live.start`."""
    global _stop_hearing, _task
    stop()
    _stop_hearing = live.hear(_heard)
    _task = background_tasks.create(keep_doing(_look, every=LOOK_EVERY), name="look at sessions")


def stop() -> None:
    global _stop_hearing, _task
    if _stop_hearing:
        _stop_hearing()
    if _task:
        _task.cancel()
    _stop_hearing = _task = None


def wait_here(session_id: int, back: str) -> None:
    """This page is a lock screen: when the session is unlocked, in whichever tab, it goes `back`."""
    _waiting[context.client] = (session_id, back)


def _heard(event: events.Event) -> None:
    if isinstance(event, events.SessionEnded | events.ClinicChanged):
        background_tasks.create(_look_soon(), name="show sign-in")


async def _look_soon() -> None:
    await asyncio.sleep(LEAVING)
    await _look()


async def _look() -> None:
    pages = signed_in_visits()
    waiting = [(client, *told) for client, told in list(_waiting.items()) if not client.is_deleted]
    ids = {page.session_id for page in pages} | {session_id for _, session_id, _ in waiting}
    if not ids:
        return
    if unused := await fetch(lambda session: locking.unmarked(session, ids)):
        await activity.write()  # perhaps somebody is there after all
        await commit(lambda session: locking.mark_idle(session, unused))
    states = await fetch(lambda session: locking.states(session, ids))
    for page in pages:
        _show(page, states.get(page.session_id))
    for client, session_id, back in waiting:
        state = states.get(session_id)
        if state is not State.LOCKED:
            client.open(back if state else TO_SIGN_IN)


def _show(page: Open, state: State | None) -> None:
    """Lead the page away. A browser that does not go is not asked twice: its page ends here."""
    if state in (State.OPEN, State.LEFT) or (state is State.UNFINISHED and page.unfinished):
        return
    guard.disown(page.client)
    background_tasks.create(_end(page.client), name="end page")
    if page.is_public:
        if state in (None, State.LOCKED):
            page.client.run_javascript(RELOAD)
    elif state is State.LOCKED:
        page.client.run_javascript(LOCK_PAGE)
    elif state is State.UNFINISHED:
        page.client.open(ACCOUNT_PATH)
    else:
        page.client.open(TO_SIGN_IN)


async def _end(client: Client) -> None:
    """Nothing that changes from now on is for whoever looks at this page."""
    await asyncio.sleep(LEAVING)
    if client.id in Client.instances:
        client.delete()
