"""Looking back: a doctor's finished visits, the admin's list of all entries, one entry step by step.

Rows are made for whoever asks: confidential people are sealed in them for all but their doctor and nurses.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import case
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from app import clock
from app.errors import NotFound
from app.models import (
    CLOSED,
    CancelReason,
    Doctor,
    EntryEvent,
    Patient,
    QueueEntry,
    Role,
    Source,
    Status,
    User,
    folded,
)
from app.services import audit, policy, steps, text
from app.services.confidential import CONFIDENTIAL, code_only, opens_to
from app.services.policy import Actor, Verb

PAGE = 50
MOST_TODAY = 100
_TOKEN = re.compile(r"[A-Za-z]{1,2}[0-9]{1,5}")
MOST_EXPORTED = 100_000
Found = tuple[QueueEntry, str, bool, str]  # entry, the patient's name, whether it is confidential, the doctor's name


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry in a list. `waited_minutes` is from joining to the start of the visit, if there was one.

    `sealed`: the name is not for whoever asked.
    """

    entry_id: int
    doctor_id: int
    doctor_name: str
    token: str
    patient_id: int
    patient_name: str
    confidential: bool
    sealed: bool
    source: Source
    status: Status
    service_date: date
    joined_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    waited_minutes: int | None
    visit_minutes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What an admin asks the list for; `search` is a part of a name or a whole token. None: all of it."""

    doctor_id: int | None = None
    status: Status | None = None
    source: Source | None = None
    first: date | None = None
    last: date | None = None
    search: str = ""


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
    opened = _opens(session, actor)
    return [_row(found, opened) for found in session.exec(query.limit(min(max(limit, 1), 200)))]


def finished_today(session: Session, *, actor: Actor) -> list[EntryRow]:
    """Today's closed entries of all doctors for the desk, newest first, fake ones last. Who was moved is still here."""
    user = policy.require_role(session, actor, Role.RECEPTION, Role.NURSE, Role.ADMIN)
    clinic = policy.clinic(session)
    today = clock.service_date(clock.now(), clinic.timezone, clinic.rules.day_start_hour)
    query = _rows().where(QueueEntry.service_date == today, col(QueueEntry.status).in_(CLOSED - {Status.TRANSFERRED}))
    fake = case((col(QueueEntry.close_reason) == CancelReason.FAKE, 1), else_=0)
    query = query.order_by(fake, col(QueueEntry.closed_at).desc(), col(QueueEntry.id).desc()).limit(MOST_TODAY)
    return [_row(found, opens_to(user.role)) for found in session.exec(query)]


def entries(session: Session, *, actor: Actor, asked: Filter, page: int = 1) -> list[EntryRow]:
    """All entries, newest first, `PAGE` a page and one more if there are more; for admins."""
    user = policy.require_role(session, actor, Role.ADMIN)
    ids = _asked(asked, opened=opens_to(user.role)).offset((max(page, 1) - 1) * PAGE).limit(PAGE + 1)
    return _found(session, ids, opens_to(user.role))


def begin_export(session: Session, *, actor: Actor, asked: Filter) -> None:
    """Let an admin take away what `asked` finds: with a row in the audit first, or not at all."""
    policy.require_role(session, actor, Role.ADMIN, doing="entries-export")
    limits = [name for name in Filter.__dataclass_fields__ if getattr(asked, name)]
    audit.note(session, actor, "entries-export", kind="entry", fields=limits)


def exported(session: Session, *, actor: Actor, asked: Filter, before: int | None, limit: int) -> list[EntryRow]:
    """The next `limit` rows of an export, newest first, older than the entry `before`."""
    user = policy.require_role(session, actor, Role.ADMIN, doing="entries-export")
    ids = _asked(asked, opened=opens_to(user.role))
    if before is not None:
        ids = ids.where(col(QueueEntry.id) < before)
    return _found(session, ids.limit(limit), opens_to(user.role))


def entry(session: Session, *, actor: Actor, entry_id: int) -> EntryRow:
    found = session.exec(_rows().where(QueueEntry.id == entry_id)).first()
    if found is None:
        raise NotFound(steps.UNKNOWN_ENTRY, code="unknown_entry")
    policy.require(session, actor, Verb.SEE, found[0].doctor_id)
    return _row(found, _opens(session, actor))


def timeline(session: Session, *, actor: Actor, entry_id: int) -> list[EventRow]:
    """Every step of one entry, oldest first, with who did it."""
    entry = session.get(QueueEntry, entry_id)
    if entry is None:
        raise NotFound(steps.UNKNOWN_ENTRY, code="unknown_entry")
    policy.require(session, actor, Verb.SEE, entry.doctor_id)
    sealed = session.get_one(Patient, entry.patient_id).is_confidential and not _opens(session, actor)
    found = session.exec(
        select(EntryEvent, col(User.name))
        .join(User, col(User.id) == EntryEvent.actor_id, isouter=True)
        .where(EntryEvent.entry_id == entry_id)
        .order_by(col(EntryEvent.id))
    )
    return [
        EventRow(
            e.at, e.verb, e.from_status, e.to_status, name or "", e.actor_role, e.room,
            code_only(e.reason) if sealed else e.reason,
        )
        for e, name in found
    ]  # fmt: skip


def _opens(session: Session, actor: Actor) -> bool:
    return opens_to(policy.signed_in(session, actor).role)


def _found(session: Session, ids: SelectOfScalar[int], opened: bool) -> list[EntryRow]:
    """The rows of a list. The ids come first, from the entries alone: an engine that joins first sorts them all."""
    query = _rows().where(col(QueueEntry.id).in_(session.exec(ids).all()))
    rows = [_row(found, opened) for found in session.exec(query)]
    return sorted(rows, key=lambda row: row.entry_id, reverse=True)


def _asked(asked: Filter, *, opened: bool) -> SelectOfScalar[int]:
    """The ids of the entries that are asked for, newest first."""
    query = select(col(QueueEntry.id)).order_by(col(QueueEntry.id).desc())
    if asked.doctor_id is not None:
        query = query.where(QueueEntry.doctor_id == asked.doctor_id)
    if asked.status is not None:
        query = query.where(QueueEntry.status == asked.status)
    if asked.source is not None:
        query = query.where(QueueEntry.source == asked.source)
    if asked.first is not None:
        query = query.where(QueueEntry.service_date >= asked.first)
    if asked.last is not None:
        query = query.where(QueueEntry.service_date <= asked.last)
    if search := asked.search.strip():
        named = select(col(Patient.id)).where(col(Patient.name_key).like(text.like(folded(search)), escape="\\"))
        if not opened:
            named = named.where(~col(Patient.is_confidential))
        query = query.where(col(QueueEntry.patient_id).in_(named) | (QueueEntry.token == search.upper()))
    return query


def _rows() -> Select[QueueEntry, str, bool, str]:
    return (
        select(QueueEntry, col(Patient.name), col(Patient.is_confidential), col(Doctor.name))
        .join(Patient, col(Patient.id) == QueueEntry.patient_id)
        .join(Doctor, col(Doctor.id) == QueueEntry.doctor_id)
    )


def _row(found: Found, opened: bool) -> EntryRow:
    entry, name, confidential, doctor = found
    sealed = confidential and not opened
    seen = entry.status is Status.DONE
    return EntryRow(
        entry_id=entry.id, doctor_id=entry.doctor_id, doctor_name=doctor, token=entry.token,
        patient_id=entry.patient_id, patient_name=CONFIDENTIAL if sealed else name, confidential=confidential,
        sealed=sealed, source=entry.source, status=entry.status, service_date=entry.service_date,
        joined_at=entry.joined_at, started_at=entry.started_at, ended_at=entry.closed_at,
        end_reason=code_only(entry.close_reason) if sealed else entry.close_reason,
        waited_minutes=_minutes(entry.joined_at, entry.started_at),
        visit_minutes=_minutes(entry.started_at, entry.closed_at) if seen else None,
    )  # fmt: skip


def _minutes(began: datetime | None, ended: datetime | None) -> int | None:
    return (ended - began) // timedelta(minutes=1) if began and ended else None
