"""Keeping every open page right. There is one load per queue per committed change, whoever looks at it.

`events.publish` says that a queue changed; the hub loads it once, off the loop, and hands the same
`QueueView` to everybody who watches: sections of staff pages, the public board's room, the feed.
A look at the version numbers every second finds what was announced to nobody: another process, a lost
message. Everything here runs on the event loop except `_heard`.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from nicegui import background_tasks, core

from app import clock, events
from app.errors import DomainError
from app.services import board, doctors, timeouts
from app.services.board import QueueView
from app.web.actions import commit, fetch, keep_doing

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0  # seconds between looks at the version numbers
AGE_AFTER = timedelta(seconds=30)  # estimates are computed again when nothing happened for so long

Watcher = Callable[[QueueView], None]
T = TypeVar("T")
Hearer = Callable[[events.Event], None]

_views: dict[int, QueueView] = {}
_watchers: dict[int | None, list[Watcher]] = {}
_hearers: list[Hearer] = []
_loading: set[int] = set()
_again: set[int] = set()
_stop_listening: Callable[[], None] | None = None
_task: "asyncio.Task[None] | None" = None


async def start() -> None:
    """Begin to listen; once per process, when the loop runs."""
    global _stop_listening, _task
    await stop()
    _stop_listening = events.listen(_heard)
    _task = background_tasks.create(keep_doing(_look, every=LOOK_EVERY), name="look at versions")


async def stop() -> None:
    global _stop_listening, _task
    if _stop_listening:
        _stop_listening()
    if _task:
        _task.cancel()
    _stop_listening = _task = None
    for kept in (_views, _watchers, _hearers, _loading, _again):
        kept.clear()


async def queue(doctor_id: int) -> QueueView:
    """The newest view of a queue. Raises NotFound for an unknown doctor."""
    return _views.get(doctor_id) or await _load(doctor_id)


async def queues() -> list[QueueView]:
    """Every working doctor's queue, by the doctor's name."""
    return [await queue(doctor_id) for doctor_id in await fetch(doctors.working)]


def watch(doctor_id: int | None, watcher: Watcher) -> Callable[[], None]:
    """Call `watcher` with each new view of one queue, or of every queue for None; returns how to stop."""
    _watchers.setdefault(doctor_id, []).append(watcher)
    return lambda: _drop(_watchers.get(doctor_id, []), watcher)


def hear(hearer: Hearer) -> Callable[[], None]:
    """Call `hearer` on the loop with each published event; returns how to stop."""
    _hearers.append(hearer)
    return lambda: _drop(_hearers, hearer)


def _drop(kept: list[T], item: T) -> None:
    if item in kept:
        kept.remove(item)


def _heard(event: events.Event) -> None:
    """In the thread that committed: hop onto the loop."""
    if core.loop and core.loop.is_running():
        core.loop.call_soon_threadsafe(_announced, event)


def _announced(event: events.Event) -> None:
    for hearer in tuple(_hearers):
        hearer(event)
    if isinstance(event, events.QueueChanged):
        _changed(event.doctor_id)
    elif isinstance(event, events.DoctorsChanged | events.ClinicChanged):
        for doctor_id in tuple(_views):
            _changed(doctor_id)


def _changed(doctor_id: int) -> None:
    """Load the queue; if it is loading already, once more after that, however many changes there were."""
    if doctor_id in _loading:
        _again.add(doctor_id)
        return
    _loading.add(doctor_id)
    background_tasks.create(_refresh(doctor_id), name=f"refresh queue {doctor_id}")


async def _refresh(doctor_id: int) -> None:
    try:
        while True:
            _again.discard(doctor_id)
            try:
                view = await _load(doctor_id)
                _tell(view)
                await _keep_promises(view)
            except DomainError:
                _views.pop(doctor_id, None)
            if doctor_id not in _again:
                return
    finally:
        _loading.discard(doctor_id)


async def _load(doctor_id: int) -> QueueView:
    view = await fetch(lambda session: board.load(session, doctor_id))
    known = _views.get(doctor_id)
    if known is None or (view.version, view.at) >= (known.version, known.at):
        _views[doctor_id] = view
    return _views[doctor_id]


async def _keep_promises(view: QueueView) -> None:
    """Store what people are shown for the first time, so that its accuracy can be reported later."""
    new = [person for person in view.line if person.wait and not person.promised]
    if new:
        try:
            await commit(lambda session: timeouts.keep_promises(session, new))
        except DomainError as busy:
            log.info("Promises are kept with the next change: %s", busy.message)


def _tell(view: QueueView) -> None:
    for watcher in (*_watchers.get(view.doctor.id, ()), *_watchers.get(None, ())):
        try:
            watcher(view)
        except Exception:
            log.exception("A watcher of queue %s failed", view.doctor.id)


async def _look() -> None:
    now = clock.now()
    for doctor_id, version in (await fetch(doctors.versions)).items():
        view = _views.get(doctor_id)
        if view and (version != view.version or now - view.at > AGE_AFTER):
            _changed(doctor_id)
