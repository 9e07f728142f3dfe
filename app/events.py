"""What the clinic's software announces: facts with ids, never contents. Whoever hears one loads again.

A verb calls `record` inside its transaction; the edge that committed calls `publish`. What was rolled
back is never announced.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """Somebody joined, moved or left, or the queue was opened, paused or closed."""

    doctor_id: int


@dataclass(frozen=True, slots=True)
class SlotsChanged:
    """A doctor's free times, or the appointments in them, changed."""

    doctor_id: int


@dataclass(frozen=True, slots=True)
class DoctorsChanged:
    """A doctor was added, edited or retired."""


@dataclass(frozen=True, slots=True)
class ClinicChanged:
    """The clinic's name, zone or policy changed."""


@dataclass(frozen=True, slots=True)
class PeopleChanged:
    """A patient or a user was added or edited."""


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """Somebody's sign-ins changed: signed out, locked, lost a right. Pages of that user ask again who they are."""

    user_id: int


@dataclass(frozen=True, slots=True)
class DevicesChanged:
    """A screen or kiosk waits, was paired, changed or revoked, or was switched on or off."""


Event = QueueChanged | SlotsChanged | DoctorsChanged | ClinicChanged | PeopleChanged | SessionEnded | DevicesChanged
Listener = Callable[[Event], None]

_listeners: list[Listener] = []


def record(session: Session, event: Event) -> None:
    """Remember `event` for after the commit. Saying the same twice announces it once."""
    session.info.setdefault("events", {})[event] = None


def recorded(session: Session) -> list[Event]:
    return list(session.info.pop("events", {}))


def listen(listener: Listener) -> Callable[[], None]:
    """Call `listener` with every published event, in the thread that published it; returns how to stop."""
    _listeners.append(listener)

    def stop() -> None:
        if listener in _listeners:
            _listeners.remove(listener)

    return stop


def publish(events: Iterable[Event]) -> None:
    """Tell every listener. One that fails is logged and never stops the others."""
    for event in events:
        for listener in tuple(_listeners):
            try:
                listener(event)
            except Exception:
                log.exception("A listener failed on %s", event)
