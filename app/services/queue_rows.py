"""What a look at a queue is made of, as the database has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.models import OPEN, Appointment, Patient, QueueEntry, Status

RECENT_CALLS = 8
VISITS_TO_LEARN_FROM = 30
DAYS_TO_LEARN_FROM = 14
NOT_A_PLACE = (Status.CANCELLED, Status.TRANSFERRED)
Rows = Sequence[tuple[QueueEntry, Patient, datetime | None]]  # with the time of the appointment


@dataclass(frozen=True, slots=True)
class Call:
    """A call as the waiting room saw it: token and room only."""

    token: str
    room: str
    at: datetime


def counts(session: Session, doctor_id: int, today: date) -> dict[Status, int]:
    rows = session.exec(
        select(col(QueueEntry.status), func.count())
        .where(QueueEntry.doctor_id == doctor_id, QueueEntry.service_date == today)
        .group_by(col(QueueEntry.status))
    )
    return {Status(status): number for status, number in rows}


def taken(counts: dict[Status, int]) -> int:
    return sum(number for status, number in counts.items() if status not in NOT_A_PLACE)


def open_rows(session: Session, doctor_id: int, today: date) -> Rows:
    """Today's open entries, and whoever is still in the room from an earlier day."""
    open_today = (col(QueueEntry.service_date) == today) & col(QueueEntry.status).in_(OPEN)
    return session.exec(
        select(QueueEntry, Patient, Appointment.starts_at)
        .join(Patient, col(Patient.id) == QueueEntry.patient_id)
        .outerjoin(Appointment, col(Appointment.id) == QueueEntry.appointment_id)
        .where(QueueEntry.doctor_id == doctor_id, open_today | (QueueEntry.status == Status.IN_PROGRESS))
        .order_by(col(QueueEntry.id))
    ).all()


def recent_calls(session: Session, doctor_id: int, today: date) -> tuple[Call, ...]:
    rows = session.exec(
        select(QueueEntry.token, QueueEntry.room, QueueEntry.last_called_at)
        .where(
            QueueEntry.doctor_id == doctor_id,
            QueueEntry.service_date == today,
            col(QueueEntry.last_called_at).is_not(None),
        )
        .order_by(col(QueueEntry.last_called_at).desc())
        .limit(RECENT_CALLS)
    ).all()
    return tuple(Call(token, room, at) for token, room, at in rows if at)


def recent_visits(session: Session, doctor_id: int, at: datetime) -> list[float]:
    """How long this doctor's last finished visits took, in minutes."""
    rows = session.exec(
        select(QueueEntry.started_at, QueueEntry.closed_at)
        .where(
            QueueEntry.doctor_id == doctor_id,
            QueueEntry.status == Status.DONE,
            col(QueueEntry.closed_at) > at - timedelta(days=DAYS_TO_LEARN_FROM),
        )
        .order_by(col(QueueEntry.closed_at).desc())
        .limit(VISITS_TO_LEARN_FROM)
    ).all()
    return [(ended - began) / timedelta(minutes=1) for began, ended in rows if began and ended]
