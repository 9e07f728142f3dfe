"""What the holder of an appointment's link sees: this one appointment, and what they can do with it now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from app import clock
from app.errors import NotFound
from app.models import Appointment, AppointmentStatus, Doctor, Patient, Policy, QueueEntry, Wish, WishStatus
from app.services import booking, policy
from app.services.policy import ANONYMOUS

KEPT_DAYS = 14  # the link shows an appointment so long after it
_OPEN_WISHES = (WishStatus.WAITING, WishStatus.OFFERED)


class Arrival(StrEnum):
    """Whether a check-in makes sense now."""

    OTHER_DAY = "other_day"
    EARLY = "early"
    OPEN = "open"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An earlier time that is kept for this patient until `until`."""

    starts_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAppointment:
    """`first_name` is empty where the name is kept secret. `ticket` is the link of the ticket after the check-in."""

    id: int
    link: str
    status: AppointmentStatus
    doctor_id: int
    doctor_name: str
    specialization: str
    room: str
    first_name: str
    starts_at: datetime
    ends_at: datetime
    arrival: Arrival
    check_in_from: datetime
    may_change: bool
    wished: bool
    offer: Offer | None
    ticket: str | None


def by_link(session: Session, link: str) -> OwnAppointment:
    """The appointment behind `link`. Raises NotFound `unknown_appointment`, or `appointment_past` some time after."""
    query = select(Appointment, Patient).join(Patient).where(Appointment.link == link, col(Patient.erased_at).is_(None))
    found = session.exec(query).first()
    if found is None or found[0].link != link:  # an engine may take capitals and small letters for the same
        unknown = NotFound(booking.UNKNOWN_APPOINTMENT, code="unknown_appointment")
        raise ANONYMOUS.refused(unknown, "open", "appointment")
    made, patient = found
    clinic, at = policy.clinic(session), clock.now()
    if at > made.ends_at + timedelta(days=KEPT_DAYS):
        local = clock.at_clinic(made.starts_at, clinic.timezone)
        said = f"This appointment was on {local.day} {local:%B}. Would you like a new one?"
        raise NotFound(said, code="appointment_past")
    return _view(session, made, patient, clinic.rules, at)


def _view(session: Session, made: Appointment, patient: Patient, rules: Policy, at: datetime) -> OwnAppointment:
    doctor = session.get_one(Doctor, made.doctor_id)
    wish = _wish(session, made.id)
    booked = made.status is AppointmentStatus.BOOKED
    return OwnAppointment(
        id=made.id, link=made.link, status=made.status, doctor_id=doctor.id, doctor_name=doctor.name,
        specialization=doctor.specialization, room=doctor.room,
        first_name="" if patient.is_confidential else patient.name.split()[0],
        starts_at=made.starts_at, ends_at=made.ends_at, arrival=_arrival(session, made, rules, at),
        check_in_from=made.starts_at - timedelta(minutes=rules.check_in_from_minutes),
        may_change=booked and at <= made.starts_at - timedelta(minutes=rules.cancel_until_minutes),
        wished=booked and wish is not None, offer=_offer(session, wish, at) if booked else None,
        ticket=_ticket(session, made) if made.status is AppointmentStatus.CHECKED_IN else None,
    )  # fmt: skip


def _arrival(session: Session, made: Appointment, rules: Policy, at: datetime) -> Arrival:
    zone = policy.clinic(session).timezone
    today, day = (clock.service_date(moment, zone, rules.day_start_hour) for moment in (at, made.starts_at))
    if day != today:
        return Arrival.OTHER_DAY
    if at < made.starts_at - timedelta(minutes=rules.check_in_from_minutes):
        return Arrival.EARLY
    return Arrival.LATE if at > made.starts_at + timedelta(minutes=rules.late_after_minutes) else Arrival.OPEN


def _wish(session: Session, appointment_id: int) -> Wish | None:
    query = select(Wish).where(Wish.appointment_id == appointment_id, col(Wish.status).in_(_OPEN_WISHES))
    return session.exec(query).first()


def _offer(session: Session, wish: Wish | None, at: datetime) -> Offer | None:
    if wish is None or wish.offered_id is None or wish.offered_until is None or wish.offered_until <= at:
        return None
    held = session.get_one(Appointment, wish.offered_id)
    return Offer(starts_at=held.starts_at, until=wish.offered_until)


def _ticket(session: Session, made: Appointment) -> str | None:
    """The newest entry of the appointment; one that was moved to another doctor leads on with its link."""
    query = select(QueueEntry.link).where(QueueEntry.appointment_id == made.id, col(QueueEntry.link).is_not(None))
    return session.exec(query.order_by(col(QueueEntry.id).desc()).limit(1)).first()
