"""Looking at appointments: the patient's own, the desk's day, one by its link."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from app import clock
from app.errors import NotFound
from app.models import STAFF, Appointment, AppointmentStatus, Doctor, Patient, Role, Slot
from app.services import booking, policy
from app.services.confidential import CONFIDENTIAL, opens_to
from app.services.policy import Actor

MOST = 500
_NO_APPOINTMENT = (AppointmentStatus.HELD, AppointmentStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class AppointmentView:
    id: int
    doctor_id: int
    doctor_name: str
    room: str
    patient_id: int
    patient_name: str
    status: AppointmentStatus
    starts_at: datetime
    ends_at: datetime
    reason: str
    link: str
    sequence: int


def mine(session: Session, *, actor: Actor) -> list[AppointmentView]:
    """Of everybody on the asker's account: what is to come first, soonest first, then the past, newest first."""
    user = policy.signed_in(session, actor)
    rows = session.exec(
        _rows().where(Patient.user_id == user.id).order_by(col(Appointment.starts_at).desc()).limit(MOST)
    )
    views = [_view(*row) for row in rows]
    now = clock.now()
    return [v for v in reversed(views) if v.ends_at > now] + [v for v in views if v.ends_at <= now]


def of_days(
    session: Session, *, actor: Actor, first: date, last: date, doctor_id: int | None = None
) -> list[AppointmentView]:
    """Of some days of the clinic, by time; a doctor sees their own only."""
    user = policy.require_role(session, actor, Role.DOCTOR, Role.NURSE, Role.RECEPTION, Role.ADMIN)
    query = _rows().join(Slot, col(Slot.id) == Appointment.slot_id).where(col(Slot.day).between(first, last))
    if doctor_id is not None:
        query = query.where(Appointment.doctor_id == doctor_id)
    if user.role is Role.DOCTOR:
        query = query.where(Doctor.user_id == user.id)
    rows = session.exec(query.order_by(col(Appointment.starts_at), col(Appointment.id)).limit(MOST))
    return [_view(*row, role=user.role) for row in rows]


def by_link(session: Session, link: str) -> AppointmentView:
    """The appointment whose secret link this is. Raises NotFound."""
    found = session.exec(_rows().where(Appointment.link == link)).first()
    if found is None:
        raise NotFound(booking.UNKNOWN_APPOINTMENT, code="unknown_appointment")
    return _view(*found)


def for_desk(session: Session, *, actor: Actor, appointment_id: int) -> AppointmentView:
    """The appointment whose slip the desk prints. Raises NotFound."""
    user = policy.require_role(session, actor, Role.NURSE, Role.RECEPTION, Role.ADMIN)
    found = session.exec(_rows().where(Appointment.id == appointment_id)).first()
    if found is None:
        raise NotFound(booking.UNKNOWN_APPOINTMENT, code="unknown_appointment")
    return _view(*found, role=user.role)


def view(session: Session, made: Appointment, *, role: Role | None) -> AppointmentView:
    """One appointment as it is now, for somebody of `role` who may see it."""
    return _view(*session.exec(_rows().where(Appointment.id == made.id)).one(), role=role)


def own_patient(session: Session, *, actor: Actor) -> int:
    """The record of whoever is signed in themselves: the first one of their account."""
    user = policy.signed_in(session, actor)
    found = session.exec(select(Patient.id).where(Patient.user_id == user.id).order_by(col(Patient.id))).first()
    if found is None:
        raise NotFound("We can't find that patient.", code="unknown_patient")
    return found


def _rows() -> Select[Appointment, Patient, Doctor]:
    return (
        select(Appointment, Patient, Doctor)
        .join(Patient, col(Patient.id) == Appointment.patient_id)
        .join(Doctor, col(Doctor.id) == Appointment.doctor_id)
        .where(col(Appointment.status).not_in(_NO_APPOINTMENT))
    )


def _view(made: Appointment, patient: Patient, doctor: Doctor, *, role: Role | None = None) -> AppointmentView:
    sealed = patient.is_confidential and role in STAFF and not opens_to(role)
    return AppointmentView(
        id=made.id, doctor_id=doctor.id, doctor_name=doctor.name, room=doctor.room, patient_id=patient.id,
        patient_name=CONFIDENTIAL if sealed else patient.name, status=made.status, starts_at=made.starts_at,
        ends_at=made.ends_at, reason="" if sealed else made.reason, link=made.link, sequence=made.sequence,
    )  # fmt: skip
