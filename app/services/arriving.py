"""Arriving for an appointment: the check-in makes the queue entry in the same transaction.

The place in the line (see `ordering`): who is on time counts as having come some time before their appointment and is
not called before it unless nobody else is there; who is late counts from now.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app import clock
from app.errors import Conflict
from app.models import OPEN, Appointment, AppointmentStatus, Need, Patient, Policy, QueueEntry, Source
from app.services import booking, joining, places, policy, steps
from app.services.places import BOOKERS
from app.services.policy import Actor, Verb


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a check-in at some moment puts somebody: the virtual arrival, the gate, and whether they are late."""

    virtual_at: datetime
    not_before: datetime | None
    late: bool


def standing(appointment_at: datetime, at: datetime, rules: Policy) -> Standing:
    """The rule of the order for appointments. Pure."""
    if at > appointment_at + timedelta(minutes=rules.late_after_minutes):
        return Standing(at, None, late=True)
    gate = appointment_at - timedelta(minutes=rules.call_early_minutes)
    virtual = appointment_at - timedelta(minutes=rules.appointment_credit_minutes)
    return Standing(virtual, gate if gate > at else None, late=False)


def check_in(session: Session, *, actor: Actor, appointment_id: int, source: Source = Source.PHONE) -> QueueEntry:
    """Into the line. Twice gives the same ticket; a walk-in ticket of the same person is taken over and keeps the
    better place.

    Raises Conflict `too_early`, `other_day` or `appointment_over` with the next step in words.
    """
    booked = booking.seen(session, appointment_id, actor=actor)
    step = steps.begin(session, actor, Verb.JOIN, booked.doctor_id)
    found = places.locked(session, appointment_id)
    assert found is not None  # noqa: S101  seen just now
    if found.status is AppointmentStatus.CHECKED_IN:
        return _entry_of(session, found)
    _refuse_outside_window(step, found)
    stands = standing(found.starts_at, step.at, step.rules)
    patient = session.get_one(Patient, found.patient_id)
    entry = _walked_in(step, patient.id)
    before = entry.undoable() if entry else None
    if entry is None:
        entry = joining.ticket(step, patient)
        entry.virtual_at, entry.not_before = stands.virtual_at, stands.not_before
        entry.source, entry.needs = source, [Need(need).value for need in patient.needs]
    elif stands.virtual_at < entry.virtual_at:
        entry.virtual_at, entry.not_before = stands.virtual_at, stands.not_before
    entry.appointment_id, entry.reason = found.id, entry.reason or found.reason
    step.changed(entry, before)
    return entry


def missed(session: Session) -> list[int]:
    """Appointments that nobody came to for too long."""
    limit = clock.now() - timedelta(minutes=policy.clinic(session).rules.missed_after_minutes)
    query = select(col(Appointment.id)).where(
        Appointment.status == AppointmentStatus.BOOKED, col(Appointment.starts_at) < limit
    )
    return list(session.exec(query))


def give_up(session: Session, appointment_id: int) -> None:
    """A missed appointment is a no show."""
    found = places.locked(session, appointment_id)
    if found and found.status is AppointmentStatus.BOOKED and found.id in missed(session):
        found.become(AppointmentStatus.NO_SHOW, clock.now())
        booking.note(session, found, "appointment-missed", actor=policy.SYSTEM)


def _refuse_outside_window(step: steps.Step, found: Appointment) -> None:
    zone = policy.clinic(step.session).timezone
    local = clock.at_clinic(found.starts_at, zone)
    if found.status is not AppointmentStatus.BOOKED:
        word = found.status.label.lower()
        raise Conflict(f"This appointment is {word}. Please ask at the desk.", code="appointment_over")
    day = clock.service_date(found.starts_at, zone, step.rules.day_start_hour)
    if day != step.day.service_date:
        raise Conflict(f"Your appointment is on {local:%A}, {local.day} {local:%B} at {local:%H:%M}.", code="other_day")
    opens = found.starts_at - timedelta(minutes=step.rules.check_in_from_minutes)
    if step.at < opens and step.actor.role not in BOOKERS:
        come = clock.at_clinic(opens, zone)
        raise Conflict(f"You are early. You can check in from {come:%H:%M}.", code="too_early")
    if step.day.closed_at:
        raise Conflict("The clinic has closed for today. Please ask at the desk.", code="queue_closed")


def _walked_in(step: steps.Step, patient_id: int) -> QueueEntry | None:
    """The open ticket that this patient took here today without thinking of the appointment."""
    return step.session.exec(
        select(QueueEntry).where(
            QueueEntry.doctor_id == step.doctor.id,
            QueueEntry.service_date == step.day.service_date,
            QueueEntry.patient_id == patient_id,
            col(QueueEntry.status).in_(OPEN),
        )
    ).first()


def _entry_of(session: Session, found: Appointment) -> QueueEntry:
    query = select(QueueEntry).where(QueueEntry.appointment_id == found.id).order_by(col(QueueEntry.id).desc())
    return session.exec(query.limit(1)).one()
