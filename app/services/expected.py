"""Who is expected today: the place in the line that an appointment gives (see `ordering`).

Who is on time counts as having come some time before their appointment and is not called before it unless nobody else
is there; who is late counts from when they came.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app import clock
from app.models import Appointment, AppointmentStatus, Clinic, Policy, QueueEntry
from app.services import ordering, places, policy, steps

NEAR = timedelta(hours=36)  # longer than any day of a clinic


@dataclass(frozen=True, slots=True)
class Standing:
    """Where coming at some moment puts somebody: the virtual arrival, the gate, and whether they are late."""

    virtual_at: datetime
    not_before: datetime | None
    late: bool


def standing(appointment_at: datetime, at: datetime, rules: Policy) -> Standing:
    """The rule of the order for appointments. Pure."""
    if ordering.is_late(appointment_at, at, rules.late_after_minutes):
        return Standing(at, None, late=True)
    gate = appointment_at - timedelta(minutes=rules.call_early_minutes)
    virtual = appointment_at - timedelta(minutes=rules.appointment_credit_minutes)
    return Standing(virtual, gate if gate > at else None, late=False)


def is_today(clinic: Clinic, starts_at: datetime, at: datetime) -> bool:
    """Whether both moments are on the same day of the clinic, which may begin in the morning."""
    hour = clinic.rules.day_start_hour
    return clock.service_date(starts_at, clinic.timezone, hour) == clock.service_date(at, clinic.timezone, hour)


def opens_at(starts_at: datetime, rules: Policy) -> datetime:
    """From when patients may check in by themselves."""
    return starts_at - timedelta(minutes=rules.check_in_from_minutes)


def here_today(session: Session, patient_id: int, doctor_id: int) -> Appointment | None:
    """The next appointment of today that this person has with this doctor and has not come to yet."""
    at, clinic = clock.now(), policy.clinic(session)
    query = select(Appointment).where(
        Appointment.patient_id == patient_id,
        Appointment.doctor_id == doctor_id,
        Appointment.status == AppointmentStatus.BOOKED,
        col(Appointment.starts_at).between(at - NEAR, at + NEAR),
    )
    found = session.exec(query.order_by(col(Appointment.starts_at))).all()
    return next((one for one in found if is_today(clinic, one.starts_at, at)), None)


def take_place(step: steps.Step, entry: QueueEntry, found: Appointment) -> None:
    """Give a walk-in's entry the appointment. It keeps the better one of the two places."""
    stands = standing(found.starts_at, entry.joined_at, step.rules)
    if stands.virtual_at < entry.virtual_at:
        entry.virtual_at, entry.not_before = stands.virtual_at, stands.not_before
    entry.appointment_id, entry.reason = found.id, entry.reason or found.reason


def merge(step: steps.Step, entry: QueueEntry) -> None:
    """A patient who takes a ticket at the time of their appointment has come to it, whatever they thought."""
    found = here_today(step.session, entry.patient_id, step.doctor.id)
    if found is None or step.at < opens_at(found.starts_at, step.rules):
        return
    mine = places.locked(step.session, found.id)
    if mine and mine.status is AppointmentStatus.BOOKED and mine.doctor_id == step.doctor.id:
        take_place(step, entry, mine)
