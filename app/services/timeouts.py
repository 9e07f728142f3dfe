"""What happens by itself when time passes: missed calls, no shows, the end of the day, first promises."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, CursorResult, update
from sqlmodel import Session, col, select

from app import clock
from app.models import OPEN, QueueDay, QueueEntry, Status
from app.services import audit, calling, leaving, policy, steering, steps
from app.services.board import EntryView
from app.services.policy import SYSTEM, Verb

_PROMISE = ("promised_low", "promised_high", "promised_at")


def missed_calls(session: Session) -> list[int]:
    """Entries whose last allowed call was longer ago than the grace time."""
    rules = policy.clinic(session).rules
    return _ids(
        session,
        QueueEntry.status == Status.CALLED,
        col(QueueEntry.call_count) >= rules.max_calls,
        col(QueueEntry.last_called_at) <= clock.now() - timedelta(minutes=rules.grace_minutes),
    )


def long_gone(session: Session) -> list[int]:
    """Skipped entries that nobody came back for."""
    rules = policy.clinic(session).rules
    return _ids(
        session,
        QueueEntry.status == Status.SKIPPED,
        col(QueueEntry.skipped_at) <= clock.now() - timedelta(minutes=rules.no_show_minutes),
    )


def skip_missed(session: Session, entry_id: int) -> None:
    """Skip, if it is still true under the lock that they were called and did not come."""
    _, entry = steps.begin_on(session, SYSTEM, Verb.SKIP, entry_id)
    if entry.status is Status.CALLED and entry_id in missed_calls(session):
        calling.skip(session, actor=SYSTEM, entry_id=entry_id)


def give_up(session: Session, entry_id: int) -> None:
    """Close as a no show, if it is still true under the lock that nobody came back."""
    _, entry = steps.begin_on(session, SYSTEM, Verb.NO_SHOW, entry_id)
    if entry.status is Status.SKIPPED and entry_id in long_gone(session):
        leaving.no_show(session, actor=SYSTEM, entry_id=entry_id)


def days_to_close(session: Session) -> list[int]:
    """Days that are over but still have open people: yesterday's and older ones."""
    clinic = policy.clinic(session)
    at = clock.now()
    today = clock.service_date(at, clinic.timezone, clinic.rules.day_start_hour)
    its_day = (col(QueueDay.doctor_id) == QueueEntry.doctor_id) & (QueueDay.service_date == QueueEntry.service_date)
    over = select(col(QueueDay.id)).join(QueueEntry, its_day).where(QueueDay.service_date < today)
    return list(session.exec(over.where(col(QueueEntry.status).in_(OPEN - {Status.IN_PROGRESS})).distinct()))


def close_day(session: Session, day_id: int) -> None:
    """Close one day that is over."""
    day = session.get_one(QueueDay, day_id)
    step = steps.begin(session, SYSTEM, Verb.CLOSE_DAY, day.doctor_id)
    steering.close(step, steps.locked_day(session, day.doctor_id, day.service_date))


def keep_promises(session: Session, people: Sequence[EntryView]) -> None:
    """Store the first estimate that each of these people was shown; later ones change nothing."""
    for person in people:
        if person.wait:
            kept = session.execute(
                update(QueueEntry)
                .where(col(QueueEntry.id) == person.entry_id, col(QueueEntry.promised_at).is_(None))
                .values(
                    promised_low=person.wait.low_minutes,
                    promised_high=person.wait.high_minutes,
                    promised_at=clock.now(),
                )
            )
            if isinstance(kept, CursorResult) and kept.rowcount:
                audit.note(session, SYSTEM, "promise", kind="entry", object_id=person.entry_id,
                           patient_id=person.patient_id, fields=_PROMISE)  # fmt: skip


def _ids(session: Session, *conditions: ColumnElement[bool] | bool) -> list[int]:
    return list(session.exec(select(col(QueueEntry.id)).where(*conditions)))
