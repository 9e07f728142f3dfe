"""What is not kept for ever: patients who have not been here for long, and what nobody needs after a month.

The clinic says how many months patients are kept (0: for ever). Everything is done in small transactions: a run that
is killed has done what it has done, and the next one goes on.
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app import clock
from app.models import (
    OPEN,
    TAKING,
    Appointment,
    AppointmentStatus,
    AuditRow,
    CancelReason,
    Message,
    OneTimeLink,
    Outcome,
    Patient,
    PatientMerge,
    QueueEntry,
    Role,
    UserSession,
)
from app.services import audit, patients, policy, privacy
from app.services.policy import SYSTEM, Actor

KEEP_SMALL = timedelta(days=30)
FAKES_STAY = timedelta(days=1)
AT_ONCE = 500  # small things in one transaction
MOST_AT_NIGHT = 2000  # patients in one run of the clock's
SHOWN = 50
AT_NIGHT = range(1, 5)  # hours of the clinic
AT_LATEST = timedelta(hours=36)  # a clinic that is switched off at night is looked after by day
RUN = "retention-run"


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody who would be erased."""

    patient_id: int
    name: str
    last_here: date


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would erase now. `small` counts by table; `people` are the first of `patients`."""

    months: int
    before: date | None
    patients: int
    people: list[Due]
    small: dict[str, int]

    @property
    def total(self) -> int:
        return self.patients + sum(self.small.values())


@dataclass(frozen=True, slots=True)
class Erased:
    """One who was erased by the rule."""

    patient_id: int
    at: datetime


def plan(session: Session, *, actor: Actor) -> Plan:
    """A dry run, for admins and the command line."""
    _require(session, actor, "retention-see")
    rules, before = policy.clinic(session), _limit(session)
    number = session.exec(select(func.count()).select_from(_gone_long(before).subquery())).one()
    first = session.exec(_gone_long(before).order_by(col(Patient.id)).limit(SHOWN)).all()
    return Plan(
        months=rules.rules.keep_patients_months,
        before=clock.at_clinic(before, rules.timezone).date() if before else None,
        patients=number,
        people=[_due(session, patient_id, rules.timezone) for patient_id in first],
        small={table.__tablename__: _count(session, old) for table, old in _small().items()},
    )


def due(session: Session, *, actor: Actor, limit: int = MOST_AT_NIGHT) -> list[int]:
    """Patients whose time is over, the longest known first."""
    _require(session, actor, "retention-see")
    return list(session.exec(_gone_long(_limit(session)).order_by(col(Patient.id)).limit(limit)))


def erase_one(session: Session, *, actor: Actor, patient_id: int) -> bool:
    """Erase somebody if their time is still over now; answers whether it was."""
    _require(session, actor, "retention-run")
    still = _gone_long(_limit(session)).where(Patient.id == patient_id)
    if session.exec(still).first() is None:
        return False
    privacy.erase_by_rule(session, actor=actor, patient_id=patient_id)
    return True


def sweep(session: Session, *, actor: Actor) -> int:
    """Drop at most `AT_ONCE` ended sign-ins, used links, sent messages and merges of each kind; answers how many."""
    _require(session, actor, "retention-run")
    return sum(_drop(session, table, old) for table, old in _small().items())


def finish(session: Session, *, actor: Actor) -> None:
    """A run is through: the audit keeps when. One that was killed is not, so the clock begins again."""
    _require(session, actor, RUN)
    audit.note(session, actor, RUN, kind="patient")


def is_time(session: Session) -> bool:
    """Whether the clock should begin a run: at night, or by day if there was none for long."""
    hour = clock.at_clinic(clock.now(), policy.clinic(session).timezone).hour
    last = session.exec(
        select(AuditRow.at).where(AuditRow.action == RUN).order_by(col(AuditRow.id).desc()).limit(1)
    ).first()
    since = clock.now() - last if last else AT_LATEST
    return since >= AT_LATEST or (hour in AT_NIGHT and since > timedelta(hours=12))


def erased(session: Session, *, actor: Actor) -> list[Erased]:
    """Who was erased by the rule, newest first."""
    _require(session, actor, "retention-see")
    rows = session.exec(
        select(AuditRow)
        .where(AuditRow.action == "patient-erase", AuditRow.reason == privacy.EraseReason.RETENTION)
        .order_by(col(AuditRow.id).desc())
        .limit(SHOWN)
    )
    return [Erased(row.patient_id or 0, row.at) for row in rows]


def months_before(day: date, months: int) -> date:
    """The same day so many months ago, or the last one of that month."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def _require(session: Session, actor: Actor, doing: str) -> None:
    if actor is not SYSTEM:
        policy.require_role(session, actor, Role.ADMIN, doing=doing)


def _limit(session: Session) -> datetime | None:
    """Whoever was here after this moment stays; None: everybody does."""
    clinic = policy.clinic(session)
    if not clinic.rules.keep_patients_months:
        return None
    today = clock.at_clinic(clock.now(), clinic.timezone).date()
    return clock.moment(months_before(today, clinic.rules.keep_patients_months), time(), clinic.timezone)


def _gone_long(before: datetime | None) -> SelectOfScalar[int]:
    """Whose time is over: not here since `before`, or never a person at all."""
    query = select(Patient.id).where(col(Patient.merged_into_id).is_(None), col(Patient.erased_at).is_(None))
    if before is None:
        return query.where(_only_fake())
    goes_on = (
        (col(QueueEntry.patient_id) == Patient.id) & col(QueueEntry.status).in_(OPEN),
        (col(Appointment.patient_id) == Patient.id) & (col(Appointment.status) == AppointmentStatus.BOOKED),
    )
    here = [*goes_on, *(theirs & (at >= before) for at, theirs in _traces())]
    gone = and_(col(Patient.created_at) < before, *(~exists().where(trace).correlate(Patient) for trace in here))
    return query.where(or_(gone, _only_fake()))


def _only_fake() -> ColumnElement[bool]:
    """A name that somebody made up: since a day ago or longer all its tickets were removed as fakes."""
    theirs, fake = col(QueueEntry.patient_id) == Patient.id, col(QueueEntry.close_reason) == CancelReason.FAKE
    return and_(
        col(Patient.user_id).is_(None),
        col(Patient.created_at) < clock.now() - FAKES_STAY,
        exists().where(theirs, fake).correlate(Patient),
        ~exists().where(theirs, ~fake).correlate(Patient),
        ~exists().where(col(Appointment.patient_id) == Patient.id).correlate(Patient),
    )


def _traces() -> list[tuple[Any, ColumnElement[bool]]]:
    """What tells that a patient was here, and when: visits, appointments, and the use of their account."""
    done = col(AuditRow.outcome) == Outcome.DONE
    by_themselves = (col(AuditRow.patient_id) == Patient.id) & (col(AuditRow.role) == Role.PATIENT.value) & done
    return [
        (col(QueueEntry.joined_at), col(QueueEntry.patient_id) == Patient.id),
        (col(Appointment.booked_at), col(Appointment.patient_id) == Patient.id),
        (
            col(Appointment.starts_at),
            (col(Appointment.patient_id) == Patient.id) & col(Appointment.status).in_(TAKING),
        ),
        (col(UserSession.last_seen_at), col(UserSession.user_id) == Patient.user_id),
        (col(AuditRow.at), (col(AuditRow.actor_id) == Patient.user_id) & done),  # sign-ins of long ago, too
        (col(AuditRow.at), by_themselves),
    ]


def _due(session: Session, patient_id: int, zone: str) -> Due:
    patient = session.get_one(Patient, patient_id)
    newest = [select(func.max(at)).where(theirs, Patient.id == patient_id) for at, theirs in _traces()]
    known: list[datetime | None] = [session.exec(query).one() for query in newest]
    at = max([patient.created_at, *filter(None, known)])
    return Due(patient_id, patients.shown_name(patient), clock.at_clinic(at, zone).date())


def _small() -> dict[Any, ColumnElement[bool]]:
    """Which rows of which table are old."""
    before = clock.now() - KEEP_SMALL
    return {
        UserSession: or_(col(UserSession.ended_at) < before, col(UserSession.expires_at) < before),
        OneTimeLink: or_(col(OneTimeLink.used_at) < before, col(OneTimeLink.expires_at) < before),
        Message: or_(col(Message.sent_at) < before, col(Message.failed_at) < before),
        PatientMerge: (col(PatientMerge.at) < before) & col(PatientMerge.gone_user_id).is_(None),
    }


def _count(session: Session, old: ColumnElement[bool]) -> int:
    return session.exec(select(func.count()).where(old)).one()


def _drop(session: Session, table: Any, old: ColumnElement[bool]) -> int:
    ids: Sequence[int] = session.exec(select(table.id).where(old).order_by(table.id).limit(AT_ONCE)).all()
    if ids:
        session.execute(delete(table).where(col(table.id).in_(ids)).execution_options(synchronize_session=False))
    return len(ids)
