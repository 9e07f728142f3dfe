"""Leaving a queue: cancelled, did not show up, moved to another doctor; and coming back after a mistake."""

from datetime import timedelta
from enum import StrEnum

from sqlmodel import Session, select

from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import CancelReason, QueueEntry, Role, Source, Status
from app.services import policy, steps, text
from app.services.attendance import presence
from app.services.policy import Actor, Kind, Verb

CHANGE_OF_MIND = timedelta(minutes=5)


class Placing(StrEnum):
    """Where somebody who is moved comes into the other line."""

    ARRIVAL = "arrival"
    FRONT = "front"
    END = "end"


def cancel(session: Session, *, actor: Actor, entry_id: int, reason: str = "") -> QueueEntry:
    """Out of the queue and into the history. Staff give one of `CancelReason` or their own words."""
    reason = text.line(reason, field="the reason", longest=200)
    step, entry = steps.begin_on(session, actor, Verb.CANCEL, entry_id)
    if entry.status is Status.CANCELLED and actor.kind is Kind.LINK:
        return entry  # the second tap on "Leave"
    if actor.kind is Kind.LINK:
        reason = CancelReason.BY_PATIENT
        if entry.status is Status.IN_PROGRESS:
            raise Conflict("You are with the doctor now.", code="wrong_status")
    if entry.status is Status.IN_PROGRESS and actor.role is not Role.DOCTOR:
        raise actor.refused(NotAllowed("Only the doctor can end a running visit."), Verb.CANCEL, "entry", entry_id)
    before = entry.undoable()
    entry.become(Status.CANCELLED, step.at)
    entry.close_reason = reason or CancelReason.BY_STAFF
    step.changed(entry, before, entry.close_reason)
    return entry


def no_show(session: Session, *, actor: Actor, entry_id: int) -> QueueEntry:
    """Called, waited for, never came."""
    step, entry = steps.begin_on(session, actor, Verb.NO_SHOW, entry_id)
    before = entry.undoable()
    entry.become(Status.NO_SHOW, step.at)
    step.changed(entry, before)
    return entry


def restore(session: Session, *, actor: Actor, entry_id: int, reason: str = "") -> QueueEntry:
    """Bring a closed entry of today back: a finished visit into the room, everybody else into the line."""
    reason = text.line(reason, field="the reason", longest=200)
    step, entry = steps.begin_on(session, actor, Verb.RESTORE, entry_id)
    if entry.status.is_open:
        raise Conflict(f"{entry.token} is {entry.status.label.lower()} now.", code="wrong_status")
    if entry.service_date != step.day.service_date:
        raise Conflict(f"{entry.token} is from another day and can't be brought back.", code="other_day")
    if entry.link is None:  # an undone transfer gave it back
        raise Conflict(f"{entry.token} has moved on to another queue.", code="moved_on")
    if actor.kind is Kind.LINK:
        _only_a_change_of_mind(step, entry)
    steps.refuse_second_place(session, entry, entry.doctor_id, entry.service_date)
    before = entry.undoable()
    if entry.status is Status.DONE:
        inside = steps.in_room(session, entry.doctor_id)
        if inside is not None:
            raise Conflict(f"{inside.token} is still in the room. Finish that visit first.", code="room_busy")
        entry.become(Status.IN_PROGRESS, step.at)
    else:
        entry.become(Status.WAITING, step.at)
    entry.close_reason = ""
    entry.answer = None
    step.changed(entry, before, reason)
    return entry


def transfer(
    session: Session,
    *,
    actor: Actor,
    entry_id: int,
    doctor_id: int,
    place: Placing = Placing.ARRIVAL,
    reason: str = "",
) -> QueueEntry:
    """Move somebody to another doctor: same ticket, same link, by default the place of their arrival.

    Closes the entry here, opens one there and answers that one. Raises Conflict when the other queue is closed.
    """
    reason = text.line(reason, field="the reason", longest=200)
    source_id = session.exec(select(QueueEntry.doctor_id).where(QueueEntry.id == entry_id)).first()
    if source_id == doctor_id:
        raise Invalid("This is the same doctor.", code="same_doctor")
    if source_id is None:
        raise NotFound(steps.UNKNOWN_ENTRY, code="unknown_entry")
    policy.require(session, actor, Verb.TRANSFER, source_id)
    _lock_both(session, source_id, doctor_id)
    step, old = steps.begin_on(session, actor, Verb.TRANSFER, entry_id)
    there = steps.beside(step, doctor_id)
    attends = presence(there.doctor, there.day, 0, step.at, policy.clinic(session).timezone)
    if not attends.takes_people:
        raise Conflict(f"{there.doctor.name} takes nobody right now.", code="queue_closed")
    new = move(step, old, there, reason)
    if place is Placing.END:
        new.virtual_at = step.at
    if place is Placing.FRONT:
        new.pinned_at = step.at
    there.changed(new, None, reason)
    return new


def _lock_both(session: Session, here: int, there: int) -> None:
    """Both days, always in the same order, so that two transfers across can't block each other."""
    for doctor_id in sorted((here, there)):
        steps.today(session, doctor_id)


def move(step: steps.Step, old: QueueEntry, there: steps.Step, reason: str = "") -> QueueEntry:
    """Close `old` and answer the entry, not written yet, that goes on in the queue and on the day of `there`.

    That is another doctor's queue, or the same one after midnight, when a visit outlasts its day.
    """
    steps.refuse_second_place(step.session, old, there.doctor.id, there.day.service_date)
    before = old.undoable()
    link, old.link = old.link, None
    old.become(Status.TRANSFERRED, step.at)
    old.close_reason = reason
    step.changed(old, before, reason)
    return QueueEntry(
        doctor_id=there.doctor.id, service_date=there.day.service_date, patient_id=old.patient_id,
        token=old.token, link=link, moved_from_id=old.id,
        appointment_id=old.appointment_id, source=Source.TRANSFER, reason=old.reason,
        needs=list(old.needs), band=old.band, priority=old.priority, virtual_at=old.virtual_at, joined_at=old.joined_at,
        promised_low=old.promised_low, promised_high=old.promised_high, promised_at=old.promised_at,
    )  # fmt: skip


def _only_a_change_of_mind(step: steps.Step, entry: QueueEntry) -> None:
    left = entry.status is Status.CANCELLED and entry.close_reason == CancelReason.BY_PATIENT
    if not left or entry.closed_at is None or step.at > entry.closed_at + CHANGE_OF_MIND:
        raise Conflict("That place is gone. Please join again.", code="too_late")
    if step.day.closed_at:
        raise Conflict("The queue is closed.", code="queue_closed")
