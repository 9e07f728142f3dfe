"""A doctor does not come: everybody of that day goes to another doctor, one person in one transaction.

Whoever was moved is no longer found, so doing it again goes on where it stopped.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from app import clock
from app.errors import Conflict
from app.models import (
    OPEN,
    Appointment,
    AppointmentStatus,
    Doctor,
    ExceptionKind,
    Patient,
    QueueEntry,
    ScheduleException,
    Slot,
    Status,
)
from app.services import booking, confidential, policy, schedules, slot_search, slots
from app.services.places import SlotTaken
from app.services.policy import Actor
from app.services.schedules import ExceptionForm
from app.services.slot_search import SlotView

MOST_TRIES = 6  # free times that are tried, nearest first, when others book at the same moment


@dataclass(frozen=True, slots=True)
class StandIn:
    """Another doctor, and how many free places they have on that day."""

    doctor_id: int
    name: str
    alike: bool  # of the same speciality
    free: int


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who is to be moved: an appointment, or a ticket of somebody who waits."""

    id: int
    name: str
    starts_at: datetime | None  # None: waits


def stand_ins(session: Session, *, actor: Actor, doctor_id: int, day: date) -> list[StandIn]:
    """Who could see the people of that day: the same speciality first, then who has most room."""
    schedules.require_editor(session, actor=actor, doctor_id=doctor_id)
    gone = session.get_one(Doctor, doctor_id)
    query = select(Doctor).where(col(Doctor.retired_at).is_(None), Doctor.id != doctor_id)
    rest = list(session.exec(query.order_by(col(Doctor.name))))
    room = dict(
        session.exec(
            select(col(Slot.doctor_id), func.sum(col(Slot.places) - col(Slot.taken)))
            .where(
                Slot.day == day, Slot.starts_at > clock.now(), col(Slot.withdrawn).is_(False), Slot.taken < Slot.places
            )
            .group_by(col(Slot.doctor_id))
        ).all()
    )
    found = [
        StandIn(each.id, each.name, bool(gone.specialization) and each.specialization == gone.specialization,
                int(room.get(each.id, 0)))
        for each in rest
    ]  # fmt: skip
    return sorted(found, key=lambda each: (not each.alike, -each.free, each.name))


def begin(session: Session, *, actor: Actor, doctor_id: int, day: date) -> None:
    """From now on nobody can book that day. Saying it twice is fine."""
    schedules.require_editor(session, actor=actor, doctor_id=doctor_id)
    for there in slots.exceptions(session, doctor_id):
        if there.kind is not ExceptionKind.EXTRA and _covers(there, day):
            return
    form = ExceptionForm(kind=ExceptionKind.LEAVE, first_day=day, last_day=day)
    schedules.add_exception(session, actor=actor, doctor_id=doctor_id, form=form)


def appointments(session: Session, *, actor: Actor, doctor_id: int, day: date) -> list[Somebody]:
    """Whose appointments of that day are still with this doctor, soonest first."""
    schedules.require_editor(session, actor=actor, doctor_id=doctor_id)
    query = (
        select(Appointment, Patient)
        .join(Slot, col(Slot.id) == Appointment.slot_id)
        .join(Patient, col(Patient.id) == Appointment.patient_id)
        .where(Appointment.doctor_id == doctor_id, Slot.day == day, Appointment.status == AppointmentStatus.BOOKED)
    )
    rows = session.exec(query.order_by(col(Appointment.starts_at), col(Appointment.id)))
    return [Somebody(made.id, _name(actor, patient), made.starts_at) for made, patient in rows]


def waiting(session: Session, *, actor: Actor, doctor_id: int, day: date) -> list[Somebody]:
    """Who is in this doctor's line on that day, in the order they came; not whoever is in the room."""
    schedules.require_editor(session, actor=actor, doctor_id=doctor_id)
    query = (
        select(QueueEntry, Patient)
        .join(Patient, col(Patient.id) == QueueEntry.patient_id)
        .where(
            QueueEntry.doctor_id == doctor_id,
            QueueEntry.service_date == day,
            col(QueueEntry.status).in_(OPEN - {Status.IN_PROGRESS}),
        )
    )
    rows = session.exec(query.order_by(col(QueueEntry.virtual_at), col(QueueEntry.id)))
    return [Somebody(entry.id, f"{entry.token} {_name(actor, patient)}", None) for entry, patient in rows]


def move(session: Session, *, actor: Actor, appointment_id: int, to: int) -> Appointment:
    """To the free time of doctor `to` on the same day that is nearest to the one that was booked.

    Raises Conflict `no_free_time` when there is none. Never earlier than people need to come.
    """
    found = booking.seen(session, appointment_id, actor=actor)
    schedules.require_editor(session, actor=actor, doctor_id=found.doctor_id)
    for slot in _candidates(session, found, to):
        try:
            return booking.reschedule(session, actor=actor, appointment_id=appointment_id, slot_id=slot.slot_id)
        except SlotTaken:
            continue
    raise Conflict("There is no free time left on that day.", code="no_free_time")


def _candidates(session: Session, found: Appointment, to: int) -> list[SlotView]:
    day = session.get_one(Slot, found.slot_id).day
    lead = timedelta(minutes=policy.clinic(session).rules.book_lead_minutes)
    soonest = min(found.starts_at, clock.now() + lead)
    return slot_search.closest(session, [to], found.starts_at, max(soonest, clock.now()), MOST_TRIES, on=day)


def _covers(there: ScheduleException, day: date) -> bool:
    return there.starts is None and there.first_day <= day <= there.last_day


def _name(actor: Actor, patient: Patient) -> str:
    sealed = patient.is_confidential and not confidential.opens_to(actor.role)
    return confidential.CONFIDENTIAL if sealed else patient.name
