"""Appointments that the plan has no room for any more, and the ways out of that. Nothing here cancels one.

To keep one is `booking.keep`, to move it `booking.reschedule`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app import clock
from app.errors import Conflict
from app.models import Appointment, AppointmentStatus, Doctor, Message, Patient, Role, Slot, User
from app.services import booking, confidential, letters, outbox, policy, schedules, slot_search, slots
from app.services.places import BOOKERS
from app.services.policy import Actor
from app.services.slot_search import SlotView
from app.settings import settings

MOST_NEAR = 3  # free times that are offered, of the same doctor and of others
MOST_WITH_TIMES = 30  # the first ones; the others get theirs when these are done


@dataclass(frozen=True, slots=True)
class Unfit:
    """One of them. `sealed`: the name is not for whoever looks. `has_mail`: we can write to the patient."""

    appointment_id: int
    doctor_id: int
    doctor_name: str
    patient_name: str
    phone: str
    sealed: bool
    starts_at: datetime
    has_mail: bool
    told: bool
    near: tuple[SlotView, ...]  # free times of the same doctor
    others: tuple[tuple[str, SlotView], ...]  # free times of other doctors of the same speciality, with their names


def unfit(session: Session, *, actor: Actor, doctor_id: int) -> list[Unfit]:
    """Of one doctor, soonest first, each with free times near it."""
    return _described(session, actor, schedules.conflicts(session, actor=actor, doctor_id=doctor_id))


def all_unfit(session: Session, *, actor: Actor) -> list[Unfit]:
    """Of every doctor, soonest first."""
    policy.require_role(session, actor, *BOOKERS - {Role.DOCTOR}, doing="schedule")
    found = [
        each
        for doctor_id in slots.doctors(session)
        for each in schedules.conflicts(session, actor=actor, doctor_id=doctor_id)
    ]
    return _described(session, actor, sorted(found, key=lambda each: each.starts_at))


def tell(session: Session, *, actor: Actor, appointment_id: int) -> None:
    """Write to the patient that this time is no longer possible, with the link to choose another.

    Once for each time of the appointment. Raises Conflict `no_mail` when there is no way to write to them.
    """
    policy.require_role(session, actor, *BOOKERS, doing="appointment-tell")
    found = booking.own(session, appointment_id, actor=actor)
    if found.status is not AppointmentStatus.BOOKED:
        raise Conflict(f"This appointment is {found.status.label.lower()}, so that can't be done.", code="wrong_status")
    address = _addresses(session, [found]).get(found.patient_id or 0)
    if not address:
        raise Conflict("We have no e-mail of this patient. Please call.", code="no_mail")
    clinic = policy.clinic(session)
    link = f"{settings().public_url}/a/{found.link}"
    letter = letters.unfit(clinic.name, clock.at_clinic(found.starts_at, clinic.timezone), link)
    outbox.put(
        session, kind=letter.kind, recipient=address, subject=letter.subject, body=letter.body,
        once=_once(found), patient_id=found.patient_id,
    )  # fmt: skip
    booking.note(session, found, "appointment-tell", actor=actor)


def _described(session: Session, actor: Actor, found: list[Appointment]) -> list[Unfit]:
    doctors = {doctor.id: doctor for doctor in session.exec(select(Doctor))}
    patients = _patients(session, found)
    addresses, told = _addresses(session, found), _told(session, found)
    described = []
    for number, each in enumerate(found):
        patient = patients[each.patient_id or 0]
        sealed = patient.is_confidential and not confidential.opens_to(actor.role)
        near, others = _free_times(session, each, doctors) if number < MOST_WITH_TIMES else ((), ())
        described.append(
            Unfit(
                each.id, each.doctor_id, doctors[each.doctor_id].name,
                confidential.CONFIDENTIAL if sealed else patient.name, "" if sealed else patient.phone, sealed,
                each.starts_at, has_mail=patient.id in addresses, told=_once(each) in told, near=near, others=others,
            )
        )  # fmt: skip
    return described


def _free_times(
    session: Session, found: Appointment, doctors: dict[int, Doctor]
) -> tuple[tuple[SlotView, ...], tuple[tuple[str, SlotView], ...]]:
    slot, now = session.get_one(Slot, found.slot_id), clock.now()
    skill = doctors[found.doctor_id].specialization
    alike = [
        doctor.id
        for doctor in doctors.values()
        if skill and doctor.specialization == skill and doctor.id != found.doctor_id and not doctor.retired_at
    ]
    others = slot_search.closest(session, alike, slot.starts_at, now, MOST_NEAR)
    same = slot_search.closest(session, [found.doctor_id], slot.starts_at, now, MOST_NEAR)
    return tuple(same), tuple((doctors[view.doctor_id].name, view) for view in others)


def _patients(session: Session, found: Iterable[Appointment]) -> dict[int, Patient]:
    ids = {each.patient_id for each in found}
    return {patient.id: patient for patient in session.exec(select(Patient).where(col(Patient.id).in_(ids)))}


def _addresses(session: Session, found: Iterable[Appointment]) -> dict[int, str]:
    """The e-mail of whoever has an account, by patient; none at all if no mails go out."""
    if not settings().mail_server:
        return {}
    query = (
        select(col(Patient.id), col(User.email))
        .join(User, col(User.id) == Patient.user_id)
        .where(col(Patient.id).in_({each.patient_id for each in found}), col(User.disabled_at).is_(None))
    )
    return {patient_id: email for patient_id, email in session.exec(query) if email}


def _told(session: Session, found: Iterable[Appointment]) -> set[str | None]:
    keys = [_once(each) for each in found]
    return set(session.exec(select(Message.once).where(col(Message.once).in_(keys))))


def _once(found: Appointment) -> str:
    return f"unfit-{found.id}-{found.sequence}"
