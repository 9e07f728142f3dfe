"""Looking back: a doctor's finished visits, the admin's list of all entries, one entry step by step."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from app import clock
from app.errors import NotFound
from app.models import CLOSED, Doctor, EntryEvent, Patient, QueueEntry, Role, Status, User
from app.services import policy, steps, text
from app.services.policy import Actor, Verb

PAGE = 50
MOST_TODAY = 100


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry in a list. `waited_minutes` is from joining to the start of the visit, if there was one."""

    entry_id: int
    doctor_id: int
    doctor_name: str
    token: str
    patient_name: str
    status: Status
    service_date: date
    joined_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    waited_minutes: int | None
    visit_minutes: int | None


@dataclass(frozen=True, slots=True)
class EventRow:
    at: datetime
    verb: str
    from_status: Status | None
    to_status: Status
    who: str
    role: str
    room: str
    reason: str


def of_doctor(
    session: Session,
    *,
    actor: Actor,
    doctor_id: int,
    before: int | None = None,
    status: Status | None = None,
    limit: int = PAGE,
) -> list[EntryRow]:
    """Closed entries of one doctor, newest first, of one status if asked. `before` is the last entry id of the
    page before."""
    if session.get(Doctor, doctor_id) is None:
        raise NotFound(steps.UNKNOWN_DOCTOR, code="unknown_doctor")
    policy.require(session, actor, Verb.SEE, doctor_id)
    query = _rows().where(
        QueueEntry.doctor_id == doctor_id, col(QueueEntry.status).in_(CLOSED & {status} if status else CLOSED)
    )
    if before is not None:
        last = session.get(QueueEntry, before)
        if last is None or last.doctor_id != doctor_id or last.closed_at is None:
            raise NotFound(steps.UNKNOWN_ENTRY, code="unknown_entry")
        query = query.where(
            (col(QueueEntry.closed_at) < last.closed_at)
            | ((col(QueueEntry.closed_at) == last.closed_at) & (col(QueueEntry.id) < before))
        )
    query = query.order_by(col(QueueEntry.closed_at).desc(), col(QueueEntry.id).desc())
    return [
        _row(entry, patient, doctor) for entry, patient, doctor in session.exec(query.limit(min(max(limit, 1), 200)))
    ]


def finished_today(session: Session, *, actor: Actor) -> list[EntryRow]:
    """Today's closed entries of all doctors, newest first, for the desk. Who was moved is still here."""
    policy.require_role(session, actor, Role.RECEPTION, Role.NURSE, Role.ADMIN)
    clinic = policy.clinic(session)
    today = clock.service_date(clock.now(), clinic.timezone, clinic.rules.day_start_hour)
    query = _rows().where(QueueEntry.service_date == today, col(QueueEntry.status).in_(CLOSED - {Status.TRANSFERRED}))
    query = query.order_by(col(QueueEntry.closed_at).desc(), col(QueueEntry.id).desc()).limit(MOST_TODAY)
    return [_row(*found) for found in session.exec(query)]


def entries(
    session: Session,
    *,
    actor: Actor,
    doctor_id: int | None = None,
    status: Status | None = None,
    day: date | None = None,
    search: str = "",
    page: int = 1,
) -> list[EntryRow]:
    """All entries, newest first, `PAGE` a page and one more if there are more; for admins."""
    policy.require_role(session, actor, Role.ADMIN)
    query = _rows()
    if doctor_id is not None:
        query = query.where(QueueEntry.doctor_id == doctor_id)
    if status is not None:
        query = query.where(QueueEntry.status == status)
    if day is not None:
        query = query.where(QueueEntry.service_date == day)
    if search := search.strip():
        like = text.like(search)
        query = query.where(col(Patient.name).like(like, escape="\\") | (QueueEntry.token == search.upper()))
    query = query.order_by(col(QueueEntry.id).desc()).offset((max(page, 1) - 1) * PAGE).limit(PAGE + 1)
    return [_row(entry, patient, doctor) for entry, patient, doctor in session.exec(query)]


def entry(session: Session, *, actor: Actor, entry_id: int) -> EntryRow:
    found = session.exec(_rows().where(QueueEntry.id == entry_id)).first()
    if found is None:
        raise NotFound(steps.UNKNOWN_ENTRY, code="unknown_entry")
    policy.require(session, actor, Verb.SEE, found[0].doctor_id)
    return _row(*found)


def timeline(session: Session, *, actor: Actor, entry_id: int) -> list[EventRow]:
    """Every step of one entry, oldest first, with who did it."""
    entry = session.get(QueueEntry, entry_id)
    if entry is None:
        raise NotFound(steps.UNKNOWN_ENTRY, code="unknown_entry")
    policy.require(session, actor, Verb.SEE, entry.doctor_id)
    found = session.exec(
        select(EntryEvent, col(User.name))
        .join(User, col(User.id) == EntryEvent.actor_id, isouter=True)
        .where(EntryEvent.entry_id == entry_id)
        .order_by(col(EntryEvent.id))
    )
    return [
        EventRow(e.at, e.verb, e.from_status, e.to_status, name or "", e.actor_role, e.room, e.reason)
        for e, name in found
    ]


def _rows() -> Select[QueueEntry, str, str]:
    return (
        select(QueueEntry, col(Patient.name), col(Doctor.name))
        .join(Patient, col(Patient.id) == QueueEntry.patient_id)
        .join(Doctor, col(Doctor.id) == QueueEntry.doctor_id)
    )


def _row(entry: QueueEntry, patient_name: str, doctor_name: str) -> EntryRow:
    seen = entry.status is Status.DONE
    return EntryRow(
        entry_id=entry.id, doctor_id=entry.doctor_id, doctor_name=doctor_name, token=entry.token,
        patient_name=patient_name, status=entry.status, service_date=entry.service_date,
        joined_at=entry.joined_at, started_at=entry.started_at, ended_at=entry.closed_at,
        end_reason=entry.close_reason, waited_minutes=_minutes(entry.joined_at, entry.started_at),
        visit_minutes=_minutes(entry.started_at, entry.closed_at) if seen else None,
    )  # fmt: skip


def _minutes(began: datetime | None, ended: datetime | None) -> int | None:
    return (ended - began) // timedelta(minutes=1) if began and ended else None
