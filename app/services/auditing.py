"""Reading the audit: the admin's list, one row, what is taken away, and how the last look through it went."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app import clock
from app.errors import NotFound
from app.models import AuditRow, AuditSeal, Outcome, Role, User
from app.services import audit, policy, sealing, text
from app.services.policy import Actor

PAGE = 50
MOST_PEOPLE = 20  # whom a search by name means at most
MOST_EXPORTED = 100_000
CHECK, EXPORT = "audit-check", "audit-export"
SOUND, FOUND = "sound", "findings-"  # how a look went, as the reason in its row


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What an admin asks the audit for; empty: all of it. `who` is a part of a name, an e-mail or a user's number;
    the days are the clinic's."""

    who: str = ""
    action: str = ""
    patient_id: int | None = None
    outcome: Outcome | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `who` is the name that the account `actor_id` has now; the audit itself keeps numbers only."""

    id: int
    at: datetime
    actor_id: int | None
    who: str
    role: str
    action: str
    kind: str
    object_id: int | None
    patient_id: int | None
    outcome: Outcome
    reason: str
    fields: str
    address: str
    request_id: str
    seal: int | None = None


@dataclass(frozen=True, slots=True)
class State:
    """How far the audit is sealed, and how the last look through all of it went; None: there was none."""

    sealed_to: int
    checked_at: datetime | None
    findings: int


def rows(
    session: Session, *, actor: Actor, asked: Filter, before: int | None = None, after: int | None = None
) -> list[Row]:
    """Newest first: `PAGE` and one more if there are more, older than the row `before` or just newer than `after`."""
    policy.require_role(session, actor, Role.ADMIN, doing="audit-see")
    query = _asked(session, asked)
    if after is not None:
        found = session.exec(query.where(col(AuditRow.id) > after).order_by(col(AuditRow.id)).limit(PAGE + 1))
        return _named(session, reversed(found.all()))
    return _named(session, session.exec(_older(query, before).limit(PAGE + 1)))


def one(session: Session, *, actor: Actor, row_id: int) -> Row:
    policy.require_role(session, actor, Role.ADMIN, doing="audit-see")
    found = session.get(AuditRow, row_id)
    if found is None:
        raise NotFound("We can't find that row.", code="unknown_row")
    seal = session.exec(select(AuditSeal.seq).where(AuditSeal.audit_id == row_id)).first()
    return next(iter(_named(session, [found], seal)))


def state(session: Session, *, actor: Actor) -> State:
    policy.require_role(session, actor, Role.ADMIN, doing="audit-see")
    newest = session.exec(select(AuditSeal.audit_id).where(AuditSeal.seq == sealing.newest(session).seq)).first()
    looked = select(AuditRow).where(AuditRow.action == CHECK, AuditRow.outcome == Outcome.DONE)
    last = session.exec(looked.order_by(col(AuditRow.id).desc()).limit(1)).first()
    found = last.reason.removeprefix(FOUND) if last else ""
    return State(newest or 0, last.at if last else None, int(found) if found.isdecimal() else 0)


def checked(session: Session, *, actor: Actor, findings: int) -> None:
    """Write down how a look through the whole audit went."""
    policy.require_role(session, actor, Role.ADMIN, doing=CHECK)
    audit.note(session, actor, CHECK, kind="audit", reason=f"{FOUND}{findings}" if findings else SOUND)


def begin_export(session: Session, *, actor: Actor, asked: Filter) -> None:
    """Let an admin take away what `asked` finds: with a row in the audit first, or not at all."""
    policy.require_role(session, actor, Role.ADMIN, doing=EXPORT)
    limits = [each.name for each in fields(asked) if getattr(asked, each.name)]
    audit.note(session, actor, EXPORT, kind="audit", patient_id=asked.patient_id, fields=limits)


def exported(session: Session, *, actor: Actor, asked: Filter, before: int | None, limit: int) -> list[Row]:
    """The next `limit` rows of an export, newest first."""
    policy.require_role(session, actor, Role.ADMIN, doing=EXPORT)
    return _named(session, session.exec(_older(_asked(session, asked), before).limit(limit)))


def _older(query: SelectOfScalar[AuditRow], before: int | None) -> SelectOfScalar[AuditRow]:
    if before is not None:
        query = query.where(col(AuditRow.id) < before)
    return query.order_by(col(AuditRow.id).desc())


def _asked(session: Session, asked: Filter) -> SelectOfScalar[AuditRow]:
    query = select(AuditRow)
    if asked.who:
        query = query.where(col(AuditRow.actor_id).in_(_people(session, asked.who)))
    if asked.action:
        query = query.where(AuditRow.action == asked.action)
    if asked.patient_id is not None:
        query = query.where(AuditRow.patient_id == asked.patient_id)
    if asked.outcome is not None:
        query = query.where(AuditRow.outcome == asked.outcome)
    zone = policy.clinic(session).timezone
    if asked.first is not None:
        query = query.where(AuditRow.at >= clock.moment(asked.first, time(), zone))
    if asked.last is not None:
        query = query.where(AuditRow.at < clock.moment(asked.last + timedelta(days=1), time(), zone))
    return query


def _people(session: Session, who: str) -> list[int]:
    if who.isascii() and who.isdecimal() and len(who) < 10:
        return [int(who)]
    like = text.like(who.strip())
    known = col(User.name).like(like, escape="\\") | col(User.email).like(like, escape="\\")
    return list(session.exec(select(col(User.id)).where(known).order_by(col(User.id)).limit(MOST_PEOPLE)))


def _named(session: Session, found: Iterable[AuditRow], seal: int | None = None) -> list[Row]:
    """`found` with the names that the accounts have now."""
    listed = list(found)
    people = {row.actor_id for row in listed if row.actor_id is not None}
    names = dict(session.exec(select(col(User.id), col(User.name)).where(col(User.id).in_(people))).all())
    return [_row(row, names.get(row.actor_id or 0, ""), seal) for row in listed]


def _row(row: AuditRow, who: str, seal: int | None) -> Row:
    return Row(
        id=row.id, at=row.at, actor_id=row.actor_id, who=who, role=row.role, action=row.action, kind=row.kind,
        object_id=row.object_id, patient_id=row.patient_id, outcome=row.outcome, reason=row.reason,
        fields=row.fields, address=row.address, request_id=row.request_id, seal=seal,
    )  # fmt: skip
