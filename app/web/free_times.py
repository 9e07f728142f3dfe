"""The times of a doctor that can be booked, kept right on every page that shows them.

There is one load for each doctor and stretch of days that somebody looks at, however many look, and one more for all
the changes of a tenth of a second. A look at three numbers a doctor every second finds what was announced to nobody:
another process, a time that is too soon by now.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from nicegui import background_tasks

from app import events
from app.errors import DomainError
from app.services import slot_search
from app.services.slot_search import SlotView
from app.web import live
from app.web.actions import fetch, keep_doing

log = logging.getLogger(__name__)

DAYS = 5  # that are shown at once
GATHER = 0.1  # seconds in which changes become one load
LOOK_EVERY = 1.0


@dataclass(frozen=True, slots=True)
class Days:
    """Some days of one doctor. A day also has the times after midnight of a night that began on the day before."""

    doctor_id: int
    first: date
    slots: tuple[SlotView, ...]


Key = tuple[int, date]
Watcher = Callable[[Days], None]

_watchers: dict[Key, list[Watcher]] = {}
_shown: dict[Key, Days] = {}
_changed: set[int] = set()
_known: dict[int, tuple[int, int, int]] = {}
_gathering = False
_stop_hearing: Callable[[], None] | None = None
_task: "asyncio.Task[None] | None" = None


def start() -> None:
    """Begin; after `live.start`."""
    global _stop_hearing, _task
    stop()
    _stop_hearing = live.hear(_heard)
    _task = background_tasks.create(keep_doing(_look, every=LOOK_EVERY), name="look at free times")


def stop() -> None:
    global _stop_hearing, _task, _gathering
    if _stop_hearing:
        _stop_hearing()
    if _task:
        _task.cancel()
    _stop_hearing = _task = None
    _gathering = False
    for kept in (_watchers, _shown, _changed, _known):
        kept.clear()


async def days(doctor_id: int, first: date) -> Days:
    """The days as they are now. Raises NotFound for an unknown doctor."""
    return _shown.get((doctor_id, first)) or await _load((doctor_id, first))


def watch(doctor_id: int, first: date, watcher: Watcher) -> Callable[[], None]:
    """Call `watcher` when something in these days has changed; returns how to stop."""
    key = (doctor_id, first)
    _watchers.setdefault(key, []).append(watcher)

    def stop_watching() -> None:
        there = _watchers.get(key, [])
        if watcher in there:
            there.remove(watcher)
        if not there:
            _watchers.pop(key, None)
            _shown.pop(key, None)

    return stop_watching


async def _load(key: Key) -> Days:
    doctor_id, first = key
    before, last = first - timedelta(days=1), first + timedelta(days=DAYS - 1)
    found = Days(*key, tuple(await fetch(lambda session: slot_search.of_doctor(session, doctor_id, before, last))))
    if key in _watchers:
        _shown[key] = found
    return found


def _heard(event: events.Event) -> None:
    if isinstance(event, events.SlotsChanged):
        _gather({event.doctor_id})
    elif isinstance(event, events.ClinicChanged | events.DoctorsChanged):
        _gather({doctor_id for doctor_id, _ in _watchers})


def _gather(doctor_ids: set[int]) -> None:
    global _gathering
    watched = {doctor_id for doctor_id, _ in _watchers}
    _changed.update(doctor_ids & watched)
    if _changed and not _gathering:
        _gathering = True
        background_tasks.create(_refresh(), name="free times")


async def _refresh() -> None:
    global _gathering
    try:
        while _changed:
            await asyncio.sleep(GATHER)
            doctor_ids = _changed.copy()
            _changed.clear()
            for key in [key for key in _watchers if key[0] in doctor_ids]:
                await _tell(key)
    finally:
        _gathering = False


async def _tell(key: Key) -> None:
    before = _shown.get(key)
    try:
        now = await _load(key)
    except DomainError as error:  # the doctor has left, or the database is away: the next look tries again
        log.info("Free times of doctor %s: %s", key[0], error.message)
        _known.pop(key[0], None)
        return
    if now == before:
        return
    for watcher in tuple(_watchers.get(key, ())):
        try:
            watcher(now)
        except Exception:
            log.exception("A watcher of free times failed")


async def _look() -> None:
    watched = sorted({doctor_id for doctor_id, _ in _watchers})
    if not watched:
        _known.clear()
        return
    now = await fetch(lambda session: slot_search.fingerprints(session, watched))
    new = {doctor_id for doctor_id in watched if _known.get(doctor_id) != now.get(doctor_id)}
    _known.clear()
    _known.update(now)
    _gather(new)
