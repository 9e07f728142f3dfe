"""Pages outlive sign-ins: whoever is signed out, anywhere, sees the sign-in page on every open one.

The announcement makes it quick on this server. The regular look finds sign-ins that ran out, and those
that were ended by another process.
"""

import asyncio
import logging
from collections.abc import Callable

from nicegui import background_tasks

from app import events
from app.services import sign_ins
from app.web import live
from app.web.actions import fetch, keep_doing
from app.web.page import signed_in_visits

log = logging.getLogger(__name__)

LOOK_EVERY = 2.0  # seconds
LEAVING = 0.5  # seconds in which the page that signs out goes where its own answer leads it
SIGN_IN = "/login"

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


def _heard(event: events.Event) -> None:
    if isinstance(event, events.SessionEnded):
        background_tasks.create(_look_soon(), name="show sign-in")


async def _look_soon() -> None:
    await asyncio.sleep(LEAVING)
    await _look()


async def _look() -> None:
    pages = signed_in_visits()
    if not pages:
        return
    kept = await fetch(lambda session: sign_ins.still_open(session, {who.session_id for _, who in pages}))
    for client, who in pages:
        if who.session_id not in kept:
            client.open(SIGN_IN)
