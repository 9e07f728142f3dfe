"""Undo: one person takes back their own last click on a queue, within half a minute.

Nothing is deleted. The reverse step is written after the step, and everybody sees both.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.errors import Conflict
from app.models import Answer, Band, CancelReason, EntryEvent, Priority, QueueEntry, Status
from app.services import steps
from app.services.policy import Actor, Verb

UNDO_FOR = timedelta(seconds=30)
_MOMENTS = frozenset(
    {"pinned_at", "virtual_at", "not_before", "first_called_at", "last_called_at", "started_at", "held_at",
     "skipped_at", "closed_at"}
)  # fmt: skip
_WORDS = {"status": Status, "band": Band, "priority": Priority, "answer": Answer}
CANT = "This can't be undone any more."


def undo(session: Session, *, actor: Actor, entry_id: int) -> QueueEntry:
    """Take back the last click of `actor` that touched this entry, with all that it did.

    Raises Conflict when it is too late, when it was somebody else's, or when things moved on since.
    """
    _lock_all(session, entry_id)
    step, entry = steps.begin_on(session, actor, Verb.UNDO, entry_id)
    last = _last_event(session, entry_id)
    if last is None or last.actor_id != actor.user_id or last.undoes_id or step.at > last.at + UNDO_FOR:
        raise Conflict(CANT, code="too_late")
    for event in reversed(_events_of(session, last.step)):
        _reverse(session, step, event)
    session.refresh(entry)
    return entry


def _lock_all(session: Session, entry_id: int) -> None:
    """Lock every queue that the click touched, in one order: a move touched two."""
    last = _last_event(session, entry_id)
    if last:
        for doctor_id in sorted({event.doctor_id for event in _events_of(session, last.step)}):
            steps.today(session, doctor_id)


def _last_event(session: Session, entry_id: int) -> EntryEvent | None:
    return session.exec(
        select(EntryEvent).where(EntryEvent.entry_id == entry_id).order_by(col(EntryEvent.id).desc()).limit(1)
    ).first()


def _events_of(session: Session, step_name: str) -> list[EntryEvent]:
    return list(session.exec(select(EntryEvent).where(EntryEvent.step == step_name).order_by(col(EntryEvent.id))))


def _reverse(session: Session, step: steps.Step, event: EntryEvent) -> None:
    newest = _last_event(session, event.entry_id)
    if newest is None or newest.id != event.id:
        raise Conflict("Somebody has changed it since. " + CANT, code="changed_since")
    entry = session.get_one(QueueEntry, event.entry_id)
    _refuse_busy_room(session, entry, event)
    before = entry.undoable()
    if event.from_status is None:  # the click made this entry
        entry.become(Status.CANCELLED, step.at)
        entry.close_reason = CancelReason.ENTERED_IN_ERROR
        entry.link = None if entry.moved_from_id else entry.link
    else:
        if event.from_status.is_open and not entry.status.is_open:
            steps.refuse_second_place(session, entry, entry.doctor_id, entry.service_date)
        for name, value in event.before.items():
            setattr(entry, name, _revived(name, value))
    session.flush()
    here = step if entry.doctor_id == step.doctor.id else steps.beside(step, entry.doctor_id)
    here.changed(entry, before, undoes_id=event.id)


def _refuse_busy_room(session: Session, entry: QueueEntry, event: EntryEvent) -> None:
    if event.from_status is Status.IN_PROGRESS:
        inside = steps.in_room(session, entry.doctor_id)
        if inside is not None and inside.id != entry.id:
            raise Conflict(f"{inside.token} is in the room now. " + CANT, code="room_busy")


def _revived(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _MOMENTS:
        return datetime.fromisoformat(value)
    return _WORDS[name](value) if name in _WORDS else value
