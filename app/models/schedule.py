"""When a doctor can be booked: the weekly plan, what differs from it, and the slots that come out."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.base import UtcDateTime, enum_type


class Period(SQLModel, table=True):
    """Bookable hours on one weekday (0 is Monday), on the clinic's wall clock. Ending at 00:00 means midnight."""

    __tablename__ = "schedule_period"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("slot_minutes > 0 AND places > 0", name="sizes"),
    )

    id: int = Field(default=None, primary_key=True)  # given by the database
    doctor_id: int = Field(foreign_key="doctor.id", index=True)
    weekday: int
    starts: time
    ends: time
    slot_minutes: int
    places: int = 1
    valid_from: date
    valid_until: date | None = None  # the last day


class ExceptionKind(StrEnum):
    LEAVE = "leave"
    HOLIDAY = "holiday"
    EXTRA = "extra"  # hours that the weekly plan does not have


class ScheduleException(SQLModel, table=True):
    """Days on which the plan does not hold. Without a doctor: the whole clinic. Without times: the whole day."""

    __tablename__ = "schedule_exception"

    id: int = Field(default=None, primary_key=True)  # given by the database
    doctor_id: int | None = Field(default=None, foreign_key="doctor.id", index=True)
    kind: ExceptionKind = Field(sa_type=enum_type(ExceptionKind))
    first_day: date
    last_day: date = Field(index=True)
    starts: time | None = None
    ends: time | None = None
    slot_minutes: int | None = None  # of extra hours
    places: int = 1
    note: str = Field(default="", max_length=80)


class Slot(SQLModel, table=True):
    """A time that can be booked, as often as it has places. `day` is the clinic's.

    A slot that the plan no longer has, but that somebody has booked, stays and is `withdrawn`.
    """

    __table_args__ = (
        UniqueConstraint("doctor_id", "starts_at", name="uq_slot"),
        Index("ix_slot_free", "doctor_id", "day", "withdrawn", "starts_at", "taken", "places"),
        CheckConstraint("taken >= 0 AND ends_at > starts_at", name="sane"),
    )

    id: int = Field(default=None, primary_key=True)  # given by the database
    doctor_id: int = Field(foreign_key="doctor.id")
    day: date
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    places: int = 1
    taken: int = 0
    withdrawn: bool = False
