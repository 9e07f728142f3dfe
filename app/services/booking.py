"""Booking: a free slot becomes somebody's appointment, moves to another one, or is free again."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from app import clock, events
from app.errors import Conflict, Invalid, NotFound
from app.models import Appointment, AppointmentStatus, Doctor, Patient, Role
from app.services import audit, families, places, policy, text
from app.services.places import BOOKERS
from app.services.policy import Actor, Kind

UNKNOWN_APPOINTMENT = "We can't find that appointment."


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody without an account who books, or whom the desk does not know yet."""

    name: str
    phone: str = ""
    born: date | None = None


def hold(session: Session, *, actor: Actor, slot_id: int) -> Appointment:
    """Keep a place for a few minutes while a form is filled in; its link is the key to it. Raises SlotTaken."""
    _ask_again(session, actor)
    at = clock.now()
    slot, place = places.take(session, slot_id, at, by_staff=actor.role in BOOKERS)
    held = Appointment(
        doctor_id=slot.doctor_id, slot_id=slot.id, place=place, status=AppointmentStatus.HELD, starts_at=slot.starts_at,
        ends_at=slot.ends_at, link=secrets.token_urlsafe(places.LINK_BYTES), created_at=at,
        held_until=at + timedelta(minutes=policy.clinic(session).rules.hold_minutes),
    )  # fmt: skip
    note(session, held, "appointment-hold", actor=actor)
    return held


def let_go(session: Session, link: str) -> None:
    """Whoever holds the link does not want the place. What has run out or was booked stays as it is."""
    held = places.locked_by_link(session, link)
    if held and held.status is AppointmentStatus.HELD:
        places.free(session, held, AppointmentStatus.EXPIRED, clock.now())


def confirm(
    session: Session, *, actor: Actor, link: str, who: int | Guest, reason: str = "", same_time: bool = False
) -> Appointment:
    """The held place becomes an appointment of this patient. Saying it twice is fine.

    Raises Conflict `hold_ended` when it took too long and somebody else has the place, `same_time` when the patient
    has another appointment then (unless that is meant), `too_many_appointments`.
    """
    _ask_again(session, actor)
    held = places.locked_by_link(session, link)
    if held is None:
        raise NotFound(UNKNOWN_APPOINTMENT, code="unknown_appointment")
    if held.status is AppointmentStatus.BOOKED:  # the second tap
        return held
    if held.status is AppointmentStatus.EXPIRED:  # the place may still be free
        return book(session, actor=actor, slot_id=held.slot_id, who=who, reason=reason, same_time=same_time)
    return _booked(session, actor, held, who, reason, same_time=same_time)


def book(
    session: Session, *, actor: Actor, slot_id: int, who: int | Guest, reason: str = "", same_time: bool = False
) -> Appointment:
    """An appointment in one step, for a patient the clinic knows or a guest. Raises SlotTaken with what else is free,
    and what `confirm` raises."""
    held = hold(session, actor=actor, slot_id=slot_id)
    return _booked(session, actor, held, who, reason, same_time=same_time)


def cancel(session: Session, *, actor: Actor, appointment_id: int, reason: str = "") -> Appointment:
    """The place is free again. Patients may until some time before; staff always."""
    found = own(session, appointment_id, actor=actor)
    if found.status is AppointmentStatus.CANCELLED:
        return found
    _refuse_too_late(session, actor, found)
    places.free(session, found, AppointmentStatus.CANCELLED, clock.now())
    found.close_reason = text.line(reason, field="the reason", longest=200)
    note(session, found, "appointment-cancel", actor=actor)
    return found


def reschedule(session: Session, *, actor: Actor, appointment_id: int, slot_id: int) -> Appointment:
    """Another time: the new place is taken before the old one is free. If that fails, the old one stays."""
    places.lock_both(session, appointment_id, slot_id)
    found = own(session, appointment_id, actor=actor)
    if found.slot_id == slot_id:
        return found
    _refuse_too_late(session, actor, found)
    if found.status is not AppointmentStatus.BOOKED:
        raise Conflict(f"This appointment is {found.status.label.lower()}, so that can't be done.", code="wrong_status")
    slot, place = places.take(session, slot_id, clock.now(), by_staff=actor.role in BOOKERS)
    places.give_back(session, found.slot_id)
    found.slot_id, found.place, found.doctor_id = slot.id, place, slot.doctor_id
    found.starts_at, found.ends_at, found.sequence, found.kept = slot.starts_at, slot.ends_at, found.sequence + 1, False
    note(session, found, "appointment-move", actor=actor)
    return found


def keep(session: Session, *, actor: Actor, appointment_id: int, kept: bool = True) -> None:
    """Staff decide that the appointment stays although the plan has no such time any more, or take that back."""
    policy.require_role(session, actor, *BOOKERS, doing="appointment-keep")
    found = own(session, appointment_id, actor=actor)
    found.kept = kept
    note(session, found, "appointment-keep", actor=actor)


def expired_holds(session: Session) -> list[int]:
    """The ids of held places whose time is up."""
    query = select(col(Appointment.id)).where(
        Appointment.status == AppointmentStatus.HELD, col(Appointment.held_until) <= clock.now()
    )
    return list(session.exec(query))


def expire(session: Session, appointment_id: int) -> None:
    """Free a held place whose time is up."""
    found = places.locked(session, appointment_id)
    at = clock.now()
    if found and found.status is AppointmentStatus.HELD and found.held_until and found.held_until <= at:
        places.free(session, found, AppointmentStatus.EXPIRED, at)


def own(session: Session, appointment_id: int, *, actor: Actor) -> Appointment:
    """The appointment, locked, if it is the asker's: a patient's own people's, staff's any, a doctor's own."""
    return _theirs(session, actor, places.locked(session, appointment_id), appointment_id)


def seen(session: Session, appointment_id: int, *, actor: Actor) -> Appointment:
    """The same, not locked: for whoever has another lock to take first."""
    return _theirs(session, actor, session.get(Appointment, appointment_id), appointment_id)


def _theirs(session: Session, actor: Actor, found: Appointment | None, appointment_id: int) -> Appointment:
    if found and actor.kind is Kind.LINK and actor.link == found.link:
        return found
    user = policy.signed_in(session, actor, "appointment")
    if found is None or not _is_theirs(session, user.role, user.id, found):
        error = NotFound(UNKNOWN_APPOINTMENT, code="unknown_appointment")
        raise actor.refused(error, "appointment", "appointment", appointment_id)
    return found


def _is_theirs(session: Session, role: Role, user_id: int, found: Appointment) -> bool:
    if role is Role.PATIENT:
        return found.patient_id is not None and session.get_one(Patient, found.patient_id).user_id == user_id
    return role is not Role.DOCTOR or session.get_one(Doctor, found.doctor_id).user_id == user_id


def _ask_again(session: Session, actor: Actor) -> None:
    """Strangers may book; whoever was signed in has to be so still, because staff may more."""
    if actor.kind is Kind.USER:
        policy.signed_in(session, actor, "appointment-book")


def _booked(
    session: Session, actor: Actor, held: Appointment, who: int | Guest, reason: str, *, same_time: bool
) -> Appointment:
    at = clock.now()
    patient = _guest(session, actor, who) if isinstance(who, Guest) else _known(session, actor, who)
    _check_others(session, actor, patient, held, same_time=same_time)
    held.become(AppointmentStatus.BOOKED, at)
    held.patient_id, held.booked_at, held.held_until = patient.id, at, None
    held.reason = text.line(reason, field="the reason", longest=200)
    note(session, held, "appointment-book", actor=actor)
    return held


def note(session: Session, found: Appointment, what: str, *, actor: Actor) -> None:
    session.add(found)
    session.flush()
    audit.note(session, actor, what, kind="appointment", object_id=found.id, patient_id=found.patient_id)
    events.record(session, events.SlotsChanged(found.doctor_id))


def _known(session: Session, actor: Actor, patient_id: int) -> Patient:
    """A patient whom the asker may book for: staff anybody, patients their own people."""
    user = policy.signed_in(session, actor, "appointment-book")
    patient = session.get(Patient, patient_id)
    if patient is None or (user.role is Role.PATIENT and patient.user_id != user.id):
        error = NotFound("We can't find that patient.", code="unknown_patient")
        raise actor.refused(error, "appointment-book", "patient", patient_id)
    return patient


def _guest(session: Session, actor: Actor, who: Guest) -> Patient:
    phone = text.phone(who.phone)
    if not phone and actor.role is None:
        raise Invalid("Please enter a phone number, so that we can reach you.", code="bad_phone")
    at = clock.now()
    born = text.birthday(who.born, at.date())
    patient = Patient(name=text.person(who.name), phone=phone, born=born, created_at=at)
    if actor.role is Role.PATIENT:
        families.take_in(session, actor=actor, patient=patient)
    session.add(patient)
    session.flush()
    return patient


def _check_others(session: Session, actor: Actor, patient: Patient, held: Appointment, *, same_time: bool) -> None:
    """The patient's other coming appointments: how many, and whether one is at the same time."""
    coming = _coming(session, patient.id)
    most = policy.clinic(session).rules.most_appointments
    if len(coming) >= most and actor.role not in BOOKERS:
        raise Conflict(
            f"There are {len(coming)} appointments already. Please come to those first.", code="too_many_appointments"
        )
    if not same_time and any(o.starts_at < held.ends_at and held.starts_at < o.ends_at for o in coming):
        raise Conflict("There is another appointment at that time. Book this one too?", code="same_time")


def _coming(session: Session, patient_id: int) -> list[Appointment]:
    query = select(Appointment).where(
        Appointment.patient_id == patient_id,
        Appointment.status == AppointmentStatus.BOOKED,
        col(Appointment.ends_at) > clock.now(),
    )
    return list(session.exec(query))


def _refuse_too_late(session: Session, actor: Actor, found: Appointment) -> None:
    cutoff = found.starts_at - timedelta(minutes=policy.clinic(session).rules.cancel_until_minutes)
    if actor.role not in BOOKERS and clock.now() > cutoff and found.status is AppointmentStatus.BOOKED:
        raise Conflict("It is too late to change this here. Please call the clinic.", code="too_late")
