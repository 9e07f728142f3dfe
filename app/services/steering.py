"""Steering a queue: who goes first, when it takes people, and the end of the day."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.errors import Conflict, Invalid, NotAllowed
from app.models import OPEN, Band, CancelReason, Priority, QueueDay, QueueEntry, Status
from app.services import steps, text
from app.services.policy import CLINICAL, Actor, Verb

LONGEST_BREAK = timedelta(hours=24)


def prioritise(
    session: Session,
    *,
    actor: Actor,
    entry_id: int,
    reason: str = "",
    emergency: bool | None = None,
    pinned: bool | None = None,
    priority: Priority | None = None,
) -> QueueEntry:
    """Change what the order knows about one waiting person; what is not given stays.

    Only clinical staff call something an emergency. Going first needs a reason, going back does not.
    """
    reason = text.line(reason, field="the reason", longest=200)
    step, entry = steps.begin_on(session, actor, Verb.PRIORITISE, entry_id)
    if emergency is None and pinned is None and priority is None:
        pinned = True
    if emergency is not None and actor.role not in CLINICAL:
        raise actor.refused(NotAllowed("Only a doctor or a nurse can do this."), Verb.PRIORITISE, "entry", entry_id)
    if (emergency or pinned) and not reason:
        raise Invalid("Please give a reason.", code="reason_missing")
    if entry.status not in (Status.WAITING, Status.ON_HOLD, Status.SKIPPED):
        raise Conflict(f"{entry.token} is {entry.status.label.lower()} now.", code="wrong_status")
    before = entry.undoable()
    if emergency is not None:
        entry.band = Band.EMERGENCY if emergency else Band.NORMAL
    if pinned is not None:
        entry.pinned_at = step.at if pinned else None
    if priority is not None:
        entry.virtual_at += steps.head_start(step.rules, entry.priority) - steps.head_start(step.rules, priority)
        entry.priority = priority
    step.changed(entry, before, reason)
    return entry


def pause(session: Session, *, actor: Actor, doctor_id: int) -> None:
    """Take nobody new. Whoever waits keeps waiting."""
    step = steps.begin(session, actor, Verb.PAUSE, doctor_id)
    step.doctor.accepting = False
    session.add(step.doctor)
    step.steered()


def open_(session: Session, *, actor: Actor, doctor_id: int) -> None:
    """Take people again: ends a pause, a break and an early close."""
    step = steps.begin(session, actor, Verb.OPEN, doctor_id)
    step.doctor.accepting = True
    step.day.on_break, step.day.back_at, step.day.closed_at = False, None, None
    session.add(step.doctor)
    step.steered()


def take_break(session: Session, *, actor: Actor, doctor_id: int, back_at: datetime | None = None) -> None:
    """The doctor is away for a while. People may still join and see when it goes on."""
    step = steps.begin(session, actor, Verb.BREAK, doctor_id)
    if back_at is not None and not step.at < back_at <= step.at + LONGEST_BREAK:
        raise Invalid("Please choose a time within the next 24 hours.", code="bad_time")
    step.day.on_break, step.day.back_at = True, back_at
    step.steered()


def end_break(session: Session, *, actor: Actor, doctor_id: int) -> None:
    step = steps.begin(session, actor, Verb.BREAK, doctor_id)
    step.day.on_break, step.day.back_at = False, None
    step.steered()


def close_day(session: Session, *, actor: Actor, doctor_id: int) -> int:
    """End today's queue: nobody new, the line is told, missed calls become no shows. Answers how many it closed.

    A visit that is running stays: only its doctor can finish it.
    """
    step = steps.begin(session, actor, Verb.CLOSE_DAY, doctor_id)
    return close(step, step.day)


def close(step: steps.Step, day: QueueDay) -> int:
    """Close one day of the step's queue, which may be an earlier one that nobody closed."""
    day.closed_at = step.at
    entries = step.session.exec(
        select(QueueEntry).where(
            QueueEntry.doctor_id == day.doctor_id,
            QueueEntry.service_date == day.service_date,
            col(QueueEntry.status).in_(OPEN - {Status.IN_PROGRESS}),
        )
    ).all()
    for entry in entries:
        before = entry.undoable()
        if entry.status in (Status.CALLED, Status.SKIPPED):
            entry.become(Status.NO_SHOW, step.at)
        else:
            entry.become(Status.CANCELLED, step.at)
        entry.close_reason = CancelReason.CLINIC_CLOSED
        step.changed(entry, before, CancelReason.CLINIC_CLOSED)
    step.steered()
    return len(entries)
