"""Arriving for an appointment: the check-in makes the queue entry in the same transaction. See `expected`."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app import clock
from app.errors import Conflict, Invalid, NotFound
from app.models import OPEN, Appointment, AppointmentStatus, Need, Patient, QueueEntry, Source, dialled
from app.services import booking, expected, joining, places, policy, steps, text
from app.services.places import BOOKERS
from app.services.policy import Actor, Verb

NO_BOOKING = "We can't find a booking for today with this. Please ask at the desk."
FEWEST_DIGITS = 6  # fewer fit many people's numbers
SAME_DIGITS = 9  # of a number with and without its country


def check_in(session: Session, *, actor: Actor, appointment_id: int, source: Source = Source.PHONE) -> QueueEntry:
    """Into the line. Twice gives the same ticket; a walk-in ticket of the same person is taken over and keeps the
    better place. Staff may check in early, and somebody who comes after the appointment was given up.

    Raises Conflict `too_early`, `other_day` or `appointment_over` with the next step in words.
    """
    return _arrive(session, actor, booking.seen(session, appointment_id, actor=actor), source)


def at_kiosk(session: Session, *, actor: Actor, phone: str, year: int) -> QueueEntry:
    """Check in whoever has this phone number and was born in this year, at a kiosk.

    Whatever does not fit, the answer is the same: NotFound `no_booking`. A kiosk tells nobody who is expected.
    """
    doctor_ids = policy.kiosk_doctors(session, actor, Verb.CHECK_IN)
    digits = _digits(text.phone(phone))
    if len(digits) < FEWEST_DIGITS:
        raise Invalid("Please type your phone number.", code="bad_phone")
    found = [
        one
        for one, patient in _of_today(session)
        if patient.born and patient.born.year == year and _digits(patient.phone)[-SAME_DIGITS:] == digits[-SAME_DIGITS:]
        if not doctor_ids or one.doctor_id in doctor_ids
    ]
    if len({one.patient_id for one in found}) != 1:  # nobody, or twins
        raise actor.refused(NotFound(NO_BOOKING, code="no_booking"), Verb.CHECK_IN, "appointment")
    return _arrive(session, actor, _first_of(session, found), Source.KIOSK)


def booked_here(session: Session, *, actor: Actor, patient_id: int, doctor_id: int) -> Appointment | None:
    """The appointment that this person has here today, for staff who are about to give them a ticket."""
    policy.require(session, actor, Verb.SEE, doctor_id)
    return expected.here_today(session, patient_id, doctor_id)


def missed(session: Session) -> list[int]:
    """Appointments that nobody came to for too long."""
    query = select(col(Appointment.id)).where(
        Appointment.status == AppointmentStatus.BOOKED, col(Appointment.starts_at) < _too_long_ago(session)
    )
    return list(session.exec(query))


def give_up(session: Session, appointment_id: int) -> None:
    """A missed appointment is a no show."""
    found = places.locked(session, appointment_id)
    if found and found.status is AppointmentStatus.BOOKED and found.starts_at < _too_long_ago(session):
        found.become(AppointmentStatus.NO_SHOW, clock.now())
        booking.note(session, found, "appointment-missed", actor=policy.SYSTEM)


def _too_long_ago(session: Session) -> datetime:
    """Nobody is expected any more for an appointment before this."""
    return clock.now() - timedelta(minutes=policy.clinic(session).rules.missed_after_minutes)


def _arrive(session: Session, actor: Actor, booked: Appointment, source: Source) -> QueueEntry:
    step = steps.begin(session, actor, Verb.CHECK_IN, booked.doctor_id)
    found = places.locked(session, booked.id)
    if found is None or found.doctor_id != step.doctor.id:
        raise Conflict("This appointment has just been moved. Please try again.", code="moved_on")
    there = _entry_of(session, found)
    if found.status is AppointmentStatus.CHECKED_IN and there:
        return there
    _refuse_outside_window(step, found, there)
    patient = session.get_one(Patient, found.patient_id)
    entry = _walked_in(step, patient.id)
    before = entry.undoable() if entry else None
    if entry:
        expected.take_place(step, entry, found)
    else:
        entry = _ticket(step, patient, found, source)
    step.changed(entry, before)
    return entry


def _ticket(step: steps.Step, patient: Patient, found: Appointment, source: Source) -> QueueEntry:
    entry = joining.ticket(step, patient)
    stands = expected.standing(found.starts_at, step.at, step.rules)
    entry.virtual_at, entry.not_before = stands.virtual_at, stands.not_before
    entry.source, entry.needs = source, [Need(need).value for need in patient.needs]
    entry.appointment_id, entry.reason = found.id, found.reason
    return entry


def _refuse_outside_window(step: steps.Step, found: Appointment, there: QueueEntry | None) -> None:
    clinic = policy.clinic(step.session)
    local = clock.at_clinic(found.starts_at, clinic.timezone)
    by_staff = step.actor.role in BOOKERS
    given_up = found.status is AppointmentStatus.NO_SHOW and there is None
    if found.status is not AppointmentStatus.BOOKED and not (given_up and by_staff):
        word = found.status.label.lower()
        raise Conflict(f"This appointment is {word}. Please ask at the desk.", code="appointment_over")
    if not expected.is_today(clinic, found.starts_at, step.at):
        raise Conflict(f"Your appointment is on {local:%A}, {local.day} {local:%B} at {local:%H:%M}.", code="other_day")
    opens = expected.opens_at(found.starts_at, step.rules)
    if step.at < opens and not by_staff:
        come = clock.at_clinic(opens, clinic.timezone)
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


def _entry_of(session: Session, found: Appointment) -> QueueEntry | None:
    """The ticket of this appointment, the newest one; also where somebody was moved to."""
    query = select(QueueEntry).where(QueueEntry.appointment_id == found.id).order_by(col(QueueEntry.id).desc())
    return session.exec(query.limit(1)).first()


def _of_today(session: Session) -> list[tuple[Appointment, Patient]]:
    """Who is expected today or has come already, by time."""
    at, clinic = clock.now(), policy.clinic(session)
    query = (
        select(Appointment, Patient)
        .join(Patient, col(Patient.id) == Appointment.patient_id)
        .where(
            col(Appointment.status).in_((AppointmentStatus.BOOKED, AppointmentStatus.CHECKED_IN)),
            col(Appointment.starts_at).between(at - expected.NEAR, at + expected.NEAR),
        )
        .order_by(col(Appointment.starts_at), col(Appointment.id))
    )
    return [(one, who) for one, who in session.exec(query) if expected.is_today(clinic, one.starts_at, at)]


def _first_of(session: Session, found: Sequence[Appointment]) -> Appointment:
    """What somebody comes for: what can be checked in now, or the ticket they have, or what is to come."""
    now, rules = clock.now(), policy.clinic(session).rules
    coming = [one for one in found if one.status is AppointmentStatus.BOOKED]
    here = [one for one in found if one.status is AppointmentStatus.CHECKED_IN]
    ready = [one for one in coming if expected.opens_at(one.starts_at, rules) <= now]
    return [*ready, *here, *coming][0]


def _digits(phone: str) -> str:
    return dialled(phone).lstrip("+0")
