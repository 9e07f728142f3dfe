"""The visit itself: from the door to done, with a pause for the lab in between."""

from typing import Any

from sqlmodel import Session

from app.errors import Conflict, Invalid
from app.models import QueueEntry, Role, Status
from app.services import calling, leaving, steps, text
from app.services.policy import Actor, Verb


def start(session: Session, *, actor: Actor, entry_id: int) -> QueueEntry:
    """The person is in the room. Straight from the line it counts as a call too."""
    step, entry = steps.begin_on(session, actor, Verb.START, entry_id)
    if entry.status not in (Status.WAITING, Status.CALLED):
        raise Conflict(f"{entry.token} is {entry.status.label.lower()} now.", code="wrong_status")
    return _enter(step, entry)


def resume(session: Session, *, actor: Actor, entry_id: int) -> QueueEntry:
    """Back from the lab and straight into the room."""
    step, entry = steps.begin_on(session, actor, Verb.RESUME, entry_id)
    if entry.status is not Status.ON_HOLD:
        raise Conflict(f"{entry.token} is not on hold.", code="wrong_status")
    return _enter(step, entry)


def done(session: Session, *, actor: Actor, entry_id: int, reason: str = "") -> QueueEntry:
    """The visit is finished. An admin, who was not there, has to say why."""
    step, entry = steps.begin_on(session, actor, Verb.DONE, entry_id)
    _finish(step, entry, reason)
    return entry


def done_and_call_next(
    session: Session, *, actor: Actor, entry_id: int, expected_entry_id: int | None = None, reason: str = ""
) -> QueueEntry:
    """Two verbs in one act, and the button says so: finish this visit and call the next person.

    With nobody waiting it only finishes. Answers the called entry, or the finished one.
    """
    step, entry = steps.begin_on(session, actor, Verb.DONE, entry_id)
    _finish(step, entry, reason)
    try:
        return calling.call_next(
            session,
            actor=actor,
            doctor_id=entry.doctor_id,
            expected_entry_id=expected_entry_id,
            step_name=step.name,
        )
    except Conflict as none_waiting:
        if none_waiting.code != "queue_empty":
            raise
        return entry


def hold(session: Session, *, actor: Actor, entry_id: int, reason: str = "") -> QueueEntry:
    """Off to the lab, the X-ray, a form: the place is kept and the room is free."""
    reason = text.line(reason, field="the reason", longest=200)
    step, entry = steps.begin_on(session, actor, Verb.HOLD, entry_id)
    before: dict[str, Any] | None = entry.undoable()
    if entry.status is Status.IN_PROGRESS and entry.service_date != step.day.service_date:
        entry, before = leaving.move(step, entry, step), None
        entry.status = Status.ON_HOLD
    else:
        entry.become(Status.ON_HOLD, step.at)
    entry.held_at = step.at
    entry.hold_reason = reason
    entry.answer = None
    step.changed(entry, before, reason)
    return entry


def _enter(step: steps.Step, entry: QueueEntry) -> QueueEntry:
    inside = steps.in_room(step.session, entry.doctor_id)
    if inside is not None and inside.id != entry.id:
        raise Conflict(f"{inside.token} is still in the room. Finish that visit first.", code="room_busy")
    before = entry.undoable()
    entry.become(Status.IN_PROGRESS, step.at)
    if entry.first_called_at is None:
        entry.first_called_at = entry.last_called_at = step.at
        entry.call_count = 1
    entry.room = step.doctor.room
    entry.started_at = step.at
    entry.held_at = entry.not_before = None
    entry.answer = None
    entry.hold_reason = ""
    step.changed(entry, before)
    return entry


def _finish(step: steps.Step, entry: QueueEntry, reason: str) -> None:
    reason = text.line(reason, field="the reason", longest=200)
    if step.actor.role is Role.ADMIN and not reason:
        raise Invalid("Please say why you finish this visit.", code="reason_missing")
    before = entry.undoable()
    entry.become(Status.DONE, step.at)
    step.changed(entry, before, reason)
