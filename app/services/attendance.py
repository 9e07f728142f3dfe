"""Whether a doctor takes people right now, and the words for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app import clock
from app.models import Doctor, QueueDay


class Attendance(StrEnum):
    OPEN = "open"
    BREAK = "break"
    NOT_YET = "not_yet"
    PAUSED = "paused"
    FULL = "full"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Presence:
    """`until` is when the doctor is back or opens, if that is known."""

    state: Attendance
    until: datetime | None = None

    @property
    def takes_people(self) -> bool:
        return self.state in (Attendance.OPEN, Attendance.BREAK)


def presence(doctor: Doctor, day: QueueDay | None, taken_today: int, at: datetime, zone: str) -> Presence:
    """How `doctor` attends at the moment `at`; `day` is None when nobody has touched this queue today.
    `taken_today` counts everybody who got a place today and did not give it back."""
    if doctor.retired_at or (day and day.closed_at):
        return Presence(Attendance.CLOSED)
    if not doctor.accepting:
        return Presence(Attendance.PAUSED)
    outside = _outside_hours(doctor, at, zone)
    if outside:
        return outside
    if doctor.cap is not None and taken_today >= doctor.cap:
        return Presence(Attendance.FULL)
    return Presence(Attendance.BREAK, day.back_at) if day and day.on_break else Presence(Attendance.OPEN)


def _outside_hours(doctor: Doctor, at: datetime, zone: str) -> Presence | None:
    opens, closes = hours(doctor, at, zone)
    if opens and at < opens:
        return Presence(Attendance.NOT_YET, opens)
    return Presence(Attendance.CLOSED) if closes and at >= closes else None


def hours(doctor: Doctor, at: datetime, zone: str) -> tuple[datetime | None, datetime | None]:
    """The opening and closing moments around `at`, exact across midnight and summer time."""
    local = clock.at_clinic(at, zone)
    day = local.date()
    opens, closes = doctor.opens_at, doctor.closes_at
    if opens and closes and closes <= opens:  # past midnight
        if local.time() < closes:
            day -= timedelta(days=1)
        return clock.moment(day, opens, zone), clock.moment(day + timedelta(days=1), closes, zone)
    return (
        clock.moment(day, opens, zone) if opens else None,
        clock.moment(day, closes, zone) if closes else None,
    )
