"""The people the clinic knows."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from app import clock, events
from app.errors import NotFound
from app.models import OPEN, STAFF, Patient, QueueEntry, Role
from app.services import audit, policy, steps, text
from app.services.policy import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class PatientRow:
    id: int
    name: str
    phone: str
    born: date | None
    created_at: datetime


def found(session: Session, *, actor: Actor, search: str = "", page: int = 1) -> list[PatientRow]:
    """Patients whose name or phone holds `search`, newest first, `PAGE` and one more if there are more."""
    policy.require_role(session, actor, *STAFF)
    query = select(Patient).order_by(col(Patient.id).desc()).offset((max(page, 1) - 1) * PAGE).limit(PAGE + 1)
    if search := search.strip():
        like = text.like(search)
        query = query.where(col(Patient.name).like(like, escape="\\") | col(Patient.phone).like(like, escape="\\"))
    return [_row(patient) for patient in session.exec(query)]


def one(session: Session, *, actor: Actor, patient_id: int) -> PatientRow:
    policy.require_role(session, actor, *STAFF)
    return _row(_known(session, patient_id))


def edit(session: Session, *, actor: Actor, patient_id: int, name: str, phone: str, born: date | None) -> None:
    """The desk or an admin corrects what the clinic knows of somebody."""
    policy.require_role(session, actor, Role.RECEPTION, Role.NURSE, Role.ADMIN, doing="patient-change")
    open_in = select(QueueEntry.doctor_id).where(QueueEntry.patient_id == patient_id, col(QueueEntry.status).in_(OPEN))
    for doctor_id in sorted(set(session.exec(open_in))):
        steps.announce(session, steps.today(session, doctor_id))
    patient = _known(session, patient_id)
    before = patient.model_dump()
    patient.name, patient.phone = text.person(name), text.phone(phone)
    patient.born = text.birthday(born, clock.now().date())
    session.add(patient)
    audit.note(
        session, actor, "patient-change", kind="patient", object_id=patient_id, patient_id=patient_id,
        fields=audit.changes(before, patient.model_dump()),
    )  # fmt: skip
    events.record(session, events.PeopleChanged())


def tickets_of(session: Session, *, actor: Actor) -> list[tuple[str, str]]:
    """(token, link) of the open tickets of the signed-in patient and the family on the same account."""
    user = policy.signed_in(session, actor)
    rows = session.exec(
        select(QueueEntry.token, QueueEntry.link)
        .join(Patient, col(Patient.id) == QueueEntry.patient_id)
        .where(Patient.user_id == user.id, col(QueueEntry.status).in_(OPEN))
        .order_by(col(QueueEntry.id))
    )
    return [(token, link) for token, link in rows if link]


def _known(session: Session, patient_id: int) -> Patient:
    patient = session.get(Patient, patient_id)
    if patient is None:
        raise NotFound("We can't find that patient.", code="unknown_patient")
    return patient


def _row(patient: Patient) -> PatientRow:
    return PatientRow(patient.id, patient.name, patient.phone, patient.born, patient.created_at)
