"""Who is there: what people do on their pages keeps their sign-in awake.

Events of a page that only a sign-in opens count, and requests for pages and of the API; what a page does by
itself does not. Kept in memory and written every few seconds, so that no click costs a write; only the first
one after a pause is written at once, long before anybody could take the sign-in for left.
"""

import asyncio
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from nicegui import Client, background_tasks

from app import clock
from app.services import locking
from app.web.actions import commit, keep_doing

LOOK_EVERY = 1.0  # seconds
WRITE_EVERY = timedelta(seconds=15)
PAUSE = timedelta(seconds=60)

_sessions: "WeakKeyDictionary[Client, int]" = WeakKeyDictionary()
_seen: dict[int, datetime] = {}  # not written yet
_written: dict[int, datetime] = {}
_task: "asyncio.Task[None] | None" = None


def start() -> None:
    """Begin; once per process, when the loop runs."""
    global _task
    stop()
    _task = background_tasks.create(keep_doing(_write_due, every=LOOK_EVERY), name="write who is there")


def stop() -> None:
    global _task
    if _task:
        _task.cancel()
    _task = None
    _seen.clear()
    _written.clear()


def belongs(client: Client, session_id: int) -> None:
    """From now on, what is done on this page is done by this session."""
    _sessions[client] = session_id


def on_page(client_id: str) -> None:
    """Somebody did something on that page."""
    client = Client.instances.get(client_id)
    session_id = _sessions.get(client) if client else None
    if session_id is not None:
        touch(session_id)


def touch(session_id: int) -> None:
    """The person of this session is there."""
    _seen[session_id] = clock.now()


async def write() -> None:
    """Write what is not written yet."""
    if not _seen:
        return
    seen = _seen.copy()
    _seen.clear()
    try:
        await commit(lambda session: locking.touch(session, seen))
    except Exception:
        for session_id, at in seen.items():
            _seen.setdefault(session_id, at)
        raise
    _written.update(seen)


async def _write_due() -> None:
    now = clock.now()
    never = datetime.min.replace(tzinfo=now.tzinfo)
    for session_id in [known for known, at in _written.items() if now - at > timedelta(hours=1)]:
        del _written[session_id]
    if any(
        at - _written.get(session_id, never) > PAUSE or now - _written.get(session_id, never) >= WRITE_EVERY
        for session_id, at in _seen.items()
    ):
        await write()
