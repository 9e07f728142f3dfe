"""The people the clinic knows: found by the desk, kept right by admins.

An id of a record that was merged leads to the one that goes on. Of confidential people others than nurses and their own
doctors get no name, unless they have said why they have to see the record (`record` with a reason; the audit keeps it).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, false, func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app import clock, events
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import (
    STAFF,
    Appointment,
    AuditRow,
    Doctor,
    Outcome,
    Patient,
    QueueEntry,
    Role,
    Status,
    User,
    dialled,
    folded,
)
from app.services import audit, policy, profiles, text
from app.services.confidential import CONFIDENTIAL, SHORTEST_REASON, opens_to
from app.services.policy import Actor
from app.services.profiles import Profile

PAGE = 50
LAST_TICKETS = 20
OPEN_FOR = timedelta(minutes=15)  # a confidential record, after somebody has said why
UNKNOWN = "We can't find that patient."


@dataclass(frozen=True, slots=True)
class PatientRow:
    """One person in a list. A sealed one is confidential, and not for whoever asked."""

    id: int
    name: str
    phone: str
    born: date | None
    created_at: datetime
    has_account: bool
    confidential: bool
    sealed: bool


@dataclass(frozen=True, slots=True)
class Ticket:
    entry_id: int
    token: str
    day: date
    status: Status
    doctor_name: str


@dataclass(frozen=True, slots=True)
class Account:
    """The account that looks after a person. `people` counts whom it looks after."""

    user_id: int
    name: str
    handle: str
    people: int
    disabled: bool


@dataclass(frozen=True, slots=True)
class Record:
    """Everything about one person on one page. Of an erased one there is nothing but the day."""

    id: int
    created_at: datetime
    erased_at: datetime | None
    profile: Profile
    account: Account | None
    tickets: list[Ticket]


def found(session: Session, *, actor: Actor, search: str = "", page: int = 1) -> list[PatientRow]:
    """Patients, newest first, `PAGE` and one more if there are; or by name those that a part of the name or phone, or
    a number (`#12`) finds.

    A confidential person is found by others only with the whole name or phone, and answered sealed.
    """
    user = policy.require_role(session, actor, *STAFF)
    query = _matching(search, user) if search.strip() else _everybody()
    ids = session.exec(query.offset((max(page, 1) - 1) * PAGE).limit(PAGE + 1)).all()
    rows = {patient.id: patient for patient in session.exec(select(Patient).where(col(Patient.id).in_(ids)))}
    return [row(rows[patient_id], _opens(session, user, rows[patient_id])) for patient_id in ids]


def one(session: Session, *, actor: Actor, patient_id: int) -> PatientRow:
    """One person as the list shows them, whichever of their merged ids is asked for."""
    user = policy.require_role(session, actor, *STAFF)
    patient = resolved(session, patient_id)
    return row(patient, _opens(session, user, patient))


def record(session: Session, *, actor: Actor, patient_id: int, reason: str | None = None) -> Record:
    """All of one person, for an admin; a read that the audit keeps, so it has to be committed.

    A confidential record asks for `reason` first: NotAllowed `confidential`. Then it stays open for `OPEN_FOR`.
    """
    policy.require_role(session, actor, Role.ADMIN, doing="patient-see")
    patient = resolved(session, patient_id)
    said = text.line(reason or "", field="the reason", longest=200)
    if reason is None:
        refuse_sealed(session, patient, actor=actor, doing="patient-see")
    elif len(said.replace(" ", "")) < SHORTEST_REASON:
        raise Invalid("Please write why you have to see this, in a few words.", code="short_reason")
    audit.note(
        session, actor, "patient-see", kind="patient", object_id=patient.id, patient_id=patient.id,
        reason=said if patient.is_confidential else "", fields=profiles.FIELDS,
    )  # fmt: skip
    return Record(
        patient.id, patient.created_at, patient.erased_at, profiles.of(patient), _account(session, patient),
        _tickets(session, patient.id),
    )  # fmt: skip


def asks_why(session: Session, *, actor: Actor, patient_id: int) -> bool:
    """Whether the record opens only for a reason."""
    policy.require_role(session, actor, Role.ADMIN)
    patient = resolved(session, patient_id)
    return patient.is_confidential and not _said_why(session, actor, patient)


def change(session: Session, *, actor: Actor, patient_id: int, wish: Profile, seen: Profile | None = None) -> None:
    """The desk or an admin corrects what the clinic knows of somebody.

    What another person changed since `seen` was read stays as they left it, unless both changed the same field:
    Conflict `changed_since`.
    """
    policy.require_role(session, actor, Role.RECEPTION, Role.NURSE, Role.ADMIN, doing="patient-change")
    profiles.announce(session, patient_id)
    patient = held(session, patient_id)
    refuse_sealed(session, patient, actor=actor, doing="patient-change")
    before = profiles.of(patient)
    clean = profiles.cleaned(session, wish)
    if seen is not None:
        both = set(profiles.changed(seen, before)) & set(profiles.changed(before, clean))
        if both & set(profiles.changed(seen, clean)):
            raise Conflict("Somebody else changed this record meanwhile. Please open it again.", code="changed_since")
        clean = profiles.merged(seen, clean, before)
    profiles.write(patient, clean)
    session.add(patient)
    audit.note(
        session, actor, "patient-change", kind="patient", object_id=patient.id, patient_id=patient.id,
        fields=profiles.changed(before, clean),
    )  # fmt: skip
    events.record(session, events.PeopleChanged())


def resolved(session: Session, patient_id: int) -> Patient:
    """The record that an id leads to, over all merges. Raises NotFound."""
    patient = session.get(Patient, patient_id)
    while patient is not None and patient.merged_into_id is not None:
        patient = session.get(Patient, patient.merged_into_id)
    if patient is None:
        raise NotFound(UNKNOWN, code="unknown_patient")
    return patient


def held(session: Session, patient_id: int) -> Patient:
    """The record that an id leads to, locked so that nobody merges or erases it meanwhile; an erased one is unknown."""
    patient = resolved(session, patient_id)
    session.refresh(patient, with_for_update=True)
    if patient.merged_into_id is not None:
        return held(session, patient.merged_into_id)
    if patient.erased_at is not None:
        raise NotFound(UNKNOWN, code="unknown_patient")
    return patient


def refuse_sealed(
    session: Session, patient: Patient, *, actor: Actor, doing: str, said: Sequence[str] = ("patient-see",)
) -> None:
    """Let nobody into a confidential record but clinicians, and whoever has just said why (in an act of `said`)."""
    if patient.is_confidential and not opens_to(actor.role) and not _said_why(session, actor, patient, said):
        error = NotAllowed("This person is confidential. Please say first why you have to see the record.")
        error.code = "confidential"
        raise actor.refused(error, doing, "patient", patient.id)


def shown_name(patient: Patient) -> str:
    """The name for lists of people whom nobody has said why they have to see."""
    return CONFIDENTIAL if patient.is_confidential else patient.name


def _said_why(session: Session, actor: Actor, patient: Patient, said: Sequence[str] = ("patient-see",)) -> bool:
    """Whether this person has opened the record for a reason, not long ago."""
    found = select(AuditRow.id).where(
        AuditRow.patient_id == patient.id,
        AuditRow.actor_id == actor.user_id,
        col(AuditRow.action).in_(said),
        AuditRow.outcome == Outcome.DONE,
        AuditRow.reason != "",
        AuditRow.at > clock.now() - OPEN_FOR,
    )
    return session.exec(found.limit(1)).first() is not None


def _everybody() -> SelectOfScalar[int]:
    here = col(Patient.merged_into_id).is_(None), col(Patient.erased_at).is_(None)
    return select(Patient.id).where(*here).order_by(col(Patient.id).desc())


def _opens(session: Session, user: User, patient: Patient) -> bool:
    """Whether this person may see whom a record is about."""
    if not patient.is_confidential or user.role is not Role.DOCTOR:
        return opens_to(user.role)
    return session.exec(select(Patient.id).where(Patient.id == patient.id, _is_seen_by(user))).first() is not None


def _is_seen_by(user: User) -> ColumnElement[bool]:
    """Patients who are or were in the queue of this doctor, or have an appointment there."""
    own = select(Doctor.id).where(Doctor.user_id == user.id)
    came = exists().where(col(QueueEntry.patient_id) == Patient.id, col(QueueEntry.doctor_id).in_(own))
    booked = exists().where(col(Appointment.patient_id) == Patient.id, col(Appointment.doctor_id).in_(own))
    return or_(came.correlate(Patient), booked.correlate(Patient))


def _matching(search: str, user: User) -> SelectOfScalar[int]:
    """Who is meant, in the order of the index of the keys, so that nothing has to be sorted and no row read."""
    typed = search.strip()
    number = int(typed[1:]) if typed[1:].isascii() and typed[1:].isdecimal() and len(typed) < 11 else None
    if typed.startswith("#") and number is not None:
        return select(Patient.id).where(Patient.id == number, col(Patient.name_key).is_not(None))
    key, digits = folded(search), dialled(search)
    name = [func.instr(col(Patient.name_key), word) > 0 for word in key.split()]
    ways = [and_(*name)] if name else []
    if len(digits) > 2 and len(digits) * 2 > len(key):
        ways.append(func.instr(col(Patient.phone_key), digits.lstrip("0")) > 0)
    part = or_(false(), *ways)
    if user.role is not Role.NURSE:
        known = ~col(Patient.is_confidential)
        known = or_(known, _is_seen_by(user)) if user.role is Role.DOCTOR else known
        whole = [col(Patient.name_key) == key, *([col(Patient.phone_key) == digits] if digits else [])]
        part = or_(and_(part, known), *whole)
    order = (col(Patient.name_key), col(Patient.born), col(Patient.phone_key), col(Patient.is_confidential))
    return select(Patient.id).where(part, col(Patient.name_key).is_not(None)).order_by(*order, col(Patient.id))


def row(patient: Patient, opened: bool = False) -> PatientRow:
    sealed = patient.is_confidential and not opened
    return PatientRow(
        patient.id, CONFIDENTIAL if sealed else patient.name, "" if sealed else patient.phone,
        None if sealed else patient.born, patient.created_at, patient.user_id is not None, patient.is_confidential,
        sealed,
    )  # fmt: skip


def _account(session: Session, patient: Patient) -> Account | None:
    user = session.get(User, patient.user_id) if patient.user_id else None
    if user is None:
        return None
    people = session.exec(select(func.count()).select_from(Patient).where(Patient.user_id == user.id)).one()
    return Account(user.id, user.name, user.email or user.phone or "", people, user.disabled_at is not None)


def _tickets(session: Session, patient_id: int) -> list[Ticket]:
    rows = session.exec(
        select(QueueEntry, Doctor.name)
        .join(Doctor, col(Doctor.id) == QueueEntry.doctor_id)
        .where(QueueEntry.patient_id == patient_id)
        .order_by(col(QueueEntry.id).desc())
        .limit(LAST_TICKETS)
    )
    return [Ticket(entry.id, entry.token, entry.service_date, entry.status, doctor) for entry, doctor in rows]
