"""What every verb on a queue shares: find and lock, check the permission, write the history, announce.

The queue's day is the lock. Every verb takes it first, so verbs on one queue follow one another, on any
engine and from any process.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import func, insert
from sqlalchemy import select as columns
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app import clock, events
from app.errors import Conflict, NotFound
from app.models import (
    OPEN,
    Appointment,
    AppointmentStatus,
    Band,
    CancelReason,
    Doctor,
    EntryEvent,
    Policy,
    Priority,
    QueueDay,
    QueueEntry,
    Status,
)
from app.services import audit, policy
from app.services.ordering import Place
from app.services.policy import Actor, Kind, Verb

_PLACE = (
    col(QueueEntry.id),
    col(QueueEntry.virtual_at),
    col(QueueEntry.band),
    col(QueueEntry.pinned_at),
    col(QueueEntry.not_before),
)
_ADD_EVENT = insert(EntryEvent.__table__)  # type: ignore[attr-defined]  # without the mapper: a sixth less work a click
_APPOINTMENT = {
    Status.DONE: AppointmentStatus.COMPLETED,
    Status.NO_SHOW: AppointmentStatus.NO_SHOW,
    Status.CANCELLED: AppointmentStatus.LEFT,
}
_CODES = frozenset(CancelReason)
UNKNOWN_DOCTOR = "We can't find that doctor."
UNKNOWN_ENTRY = "We can't find that ticket."


@dataclass(slots=True)
class Step:
    """One click by one person on one queue, inside one transaction."""

    session: Session
    actor: Actor
    verb: Verb
    doctor: Doctor
    day: QueueDay
    rules: Policy
    at: datetime
    name: str

    def changed(
        self, entry: QueueEntry, before: dict[str, Any] | None, reason: str = "", undoes_id: int | None = None
    ) -> None:
        """Write the history row of one changed entry; `before` is its `undoable()`, None for a new entry."""
        after = entry.undoable()
        self.session.add(entry)
        self.session.flush()
        self.session.connection().execute(
            _ADD_EVENT,
            {
                "entry_id": entry.id,
                "doctor_id": entry.doctor_id,
                "at": self.at,
                "verb": self.verb,
                "from_status": before["status"] if before else None,
                "to_status": entry.status,
                "actor_id": self.actor.user_id,
                "actor_role": self.actor.name_in_history,
                "room": entry.room,
                "reason": reason,
                "step": self.name,
                "undoes_id": undoes_id,
                "before": {k: _plain(v) for k, v in (before or {}).items() if v != after[k]},
            },
        )
        code = reason if reason in _CODES else ""  # people's own words may tell of an illness
        audit.note(
            self.session,
            self.actor,
            self.verb,
            kind="entry",
            object_id=entry.id,
            patient_id=entry.patient_id,
            reason=code,
        )
        if entry.appointment_id:
            self._follow(entry)
        elif before and before["appointment_id"]:  # the check-in of a walk-in was undone
            self._lead(before["appointment_id"], AppointmentStatus.BOOKED)
        self.announce()

    def _follow(self, entry: QueueEntry) -> None:
        """The appointment of somebody who has checked in goes where the queue leads."""
        came_by_mistake = entry.close_reason == CancelReason.ENTERED_IN_ERROR
        now = (
            AppointmentStatus.BOOKED
            if came_by_mistake
            else _APPOINTMENT.get(entry.status, AppointmentStatus.CHECKED_IN)
        )
        if entry.appointment_id and entry.status is not Status.TRANSFERRED:
            self._lead(entry.appointment_id, now)

    def _lead(self, appointment_id: int, now: AppointmentStatus) -> None:
        appointment = self.session.get_one(Appointment, appointment_id)
        if appointment.status is not now:
            appointment.become(now, self.at)
            self.session.add(appointment)
            events.record(self.session, events.SlotsChanged(appointment.doctor_id))

    def steered(self) -> None:
        """Write down and announce a change of the queue itself."""
        audit.note(self.session, self.actor, self.verb, kind="doctor", object_id=self.doctor.id)
        self.announce()

    def announce(self) -> None:
        announce(self.session, self.day)


def announce(session: Session, day: QueueDay) -> None:
    """Raise the version of a queue, whose day is locked, once per transaction, and say that it changed."""
    fact = events.QueueChanged(day.doctor_id)
    if fact not in session.info.get("events", {}):
        day.version += 1
        events.record(session, fact)


def begin(session: Session, actor: Actor, verb: Verb, doctor_id: int, name: str | None = None) -> Step:
    """Start `verb` on a doctor's queue: permission first, then the lock. Raises NotFound, NotAllowed."""
    policy.require(session, actor, verb, doctor_id)
    rules = policy.clinic(session).rules
    day = today(session, doctor_id)
    doctor = session.get_one(Doctor, doctor_id)  # after the lock: a pause that was first is seen
    return Step(session, actor, verb, doctor, day, rules, clock.now(), name or secrets.token_hex(8))


def beside(step: Step, doctor_id: int) -> Step:
    """The same click, acting on another doctor's queue too. Its day must be locked already."""
    doctor = step.session.get_one(Doctor, doctor_id)
    return replace(step, doctor=doctor, day=today(step.session, doctor_id))


def head_start(rules: Policy, priority: Priority) -> timedelta:
    """How much earlier than they came a person of this priority counts as having come."""
    return timedelta(minutes=0 if priority is Priority.NONE else rules.priority_minutes)


def begin_on(session: Session, actor: Actor, verb: Verb, entry_id: int) -> tuple[Step, QueueEntry]:
    """Start `verb` on one entry. The row is read after the lock, so it is true until the commit."""
    doctor_id = session.exec(select(QueueEntry.doctor_id).where(QueueEntry.id == entry_id)).first()
    if doctor_id is None:
        raise NotFound(UNKNOWN_ENTRY, code="unknown_entry")
    step = begin(session, actor, verb, doctor_id)
    entry = session.exec(
        select(QueueEntry).where(QueueEntry.id == entry_id).execution_options(populate_existing=True)
    ).one()
    if actor.kind is Kind.LINK and entry.link != actor.link:
        raise actor.refused(NotFound(UNKNOWN_ENTRY, code="unknown_entry"), verb, "entry", entry_id)
    return step, entry


def today(session: Session, doctor_id: int) -> QueueDay:
    """This queue's present day, locked."""
    clinic = policy.clinic(session)
    return locked_day(session, doctor_id, clock.service_date(clock.now(), clinic.timezone, clinic.rules.day_start_hour))


def locked_day(session: Session, doctor_id: int, service_date: date) -> QueueDay:
    """The row of this queue's day, made if need be, locked until the transaction ends."""
    query = (
        select(QueueDay)
        .where(QueueDay.doctor_id == doctor_id, QueueDay.service_date == service_date)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = session.exec(query).first()
    if found is None:
        try:
            with session.begin_nested():
                session.add(
                    QueueDay(doctor_id=doctor_id, service_date=service_date, version=version(session, doctor_id))
                )
        except IntegrityError:
            pass  # another process made it in between, or there is no such doctor
        found = session.exec(query).first()
    if found is None:
        raise NotFound(UNKNOWN_DOCTOR, code="unknown_doctor")
    return found


def version(session: Session, doctor_id: int) -> int:
    """The queue's version. It goes on over the days, so that newer is always greater."""
    return session.exec(select(func.max(QueueDay.version)).where(QueueDay.doctor_id == doctor_id)).one() or 0


def waiting(step: Step) -> list[Place]:
    """The people waiting in this queue today, as much of them as the order needs, in no particular order."""
    rows = step.session.execute(
        columns(*_PLACE).where(
            col(QueueEntry.doctor_id) == step.doctor.id,
            col(QueueEntry.service_date) == step.day.service_date,
            col(QueueEntry.status) == Status.WAITING,
        )
    )
    return [Place(key, at, band is Band.EMERGENCY, pinned, gate) for key, at, band, pinned, gate in rows]


def refuse_second_place(session: Session, entry: QueueEntry, doctor_id: int, service_date: date) -> None:
    """One person waits once in one queue: raise Conflict if the patient of `entry` has another open entry there."""
    other = session.exec(
        select(QueueEntry).where(
            QueueEntry.doctor_id == doctor_id,
            QueueEntry.service_date == service_date,
            QueueEntry.patient_id == entry.patient_id,
            QueueEntry.id != entry.id,
            col(QueueEntry.status).in_(OPEN),
        )
    ).first()
    if other:
        raise Conflict(f"They already wait there as {other.token}.", code="already_waiting")


def in_room(session: Session, doctor_id: int) -> QueueEntry | None:
    """The person who is with this doctor, whichever day they came."""
    return session.exec(
        select(QueueEntry).where(QueueEntry.doctor_id == doctor_id, QueueEntry.status == Status.IN_PROGRESS)
    ).first()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
