"""What a patient sees of the visits of the people on their account: those that go on now, and those that are over."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from app.models import CLOSED, OPEN, Doctor, QueueEntry, Role, Status
from app.services import families, policy
from app.services.policy import Actor

PAGE = 20
MOST = 200
DOING = "own-visits"
_OVER = CLOSED - {Status.TRANSFERRED}  # whoever was moved goes on elsewhere


@dataclass(frozen=True, slots=True)
class OpenVisit:
    entry_id: int
    link: str
    token: str
    patient_id: int
    patient_name: str
    doctor_id: int
    doctor_name: str
    status: Status
    room: str


@dataclass(frozen=True, slots=True)
class PastVisit:
    entry_id: int
    token: str
    patient_name: str
    doctor_id: int
    doctor_name: str
    status: Status
    date: date


def going_on(session: Session, *, actor: Actor) -> list[OpenVisit]:
    """The open tickets of everybody on the account, in the order they were taken."""
    names = _names(session, actor)
    rows = session.exec(
        select(QueueEntry, col(Doctor.name))
        .join(Doctor, col(Doctor.id) == QueueEntry.doctor_id)
        .where(col(QueueEntry.patient_id).in_(names), col(QueueEntry.status).in_(OPEN))
        .order_by(col(QueueEntry.id))
    )
    return [
        OpenVisit(
            entry.id, entry.link, entry.token, entry.patient_id, names[entry.patient_id], entry.doctor_id, doctor,
            entry.status, entry.room,
        )
        for entry, doctor in rows
        if entry.link
    ]  # fmt: skip


def over(
    session: Session, *, actor: Actor, patient_id: int | None = None, before: int | None = None, limit: int = PAGE
) -> list[PastVisit]:
    """Past visits, newest first, of one person of the account or all. `before` is the last one of the page before."""
    names = _names(session, actor)
    if patient_id is not None:
        found = families.one(session, actor=actor, patient_id=patient_id, doing=DOING)
        names = {found.id: found.name}
    query = (
        select(QueueEntry, col(Doctor.name))
        .join(Doctor, col(Doctor.id) == QueueEntry.doctor_id)
        .where(col(QueueEntry.patient_id).in_(names), col(QueueEntry.status).in_(_OVER))
    )
    if before is not None:
        query = query.where(col(QueueEntry.id) < before)
    rows = session.exec(query.order_by(col(QueueEntry.id).desc()).limit(min(max(limit, 1), MOST)))
    return [
        PastVisit(
            entry.id, entry.token, names[entry.patient_id], entry.doctor_id, doctor, entry.status, entry.service_date
        )
        for entry, doctor in rows
    ]


def own_over(session: Session, *, actor: Actor, before: int | None = None, limit: int = PAGE) -> list[PastVisit]:
    """Past visits of the person whose account it is."""
    own = families.own(session, policy.require_role(session, actor, Role.PATIENT, doing=DOING))
    return over(session, actor=actor, patient_id=own.id, before=before, limit=limit) if own else []


def link_of(session: Session, *, actor: Actor, patient_id: int, doctor_id: int) -> str | None:
    """The ticket that this person of the account has with this doctor."""
    tickets = going_on(session, actor=actor)
    return next((one.link for one in tickets if (one.patient_id, one.doctor_id) == (patient_id, doctor_id)), None)


def _names(session: Session, actor: Actor) -> dict[int, str]:
    people = families.people(session, actor=actor)
    return {one.patient_id: one.name for one in people if one.patient_id is not None}
