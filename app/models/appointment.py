"""Appointments: who comes to which slot, and who would like to come earlier."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from app.errors import Conflict
from app.models.base import UtcDateTime, enum_type, unique_while


class AppointmentStatus(StrEnum):
    HELD = "held"  # kept for a few minutes while somebody fills in the form
    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    LEFT = "left"  # came, and left without being seen
    CANCELLED = "cancelled"
    EXPIRED = "expired"  # held, and never booked

    @property
    def label(self) -> str:
        """The word people read and machines get."""
        return _LABELS[self]

    @property
    def takes_a_place(self) -> bool:
        return self in TAKING


_LABELS = {
    AppointmentStatus.HELD: "Held",
    AppointmentStatus.BOOKED: "Booked",
    AppointmentStatus.CHECKED_IN: "Checked in",
    AppointmentStatus.COMPLETED: "Completed",
    AppointmentStatus.NO_SHOW: "No show",
    AppointmentStatus.LEFT: "Left",
    AppointmentStatus.CANCELLED: "Cancelled",
    AppointmentStatus.EXPIRED: "Expired",
}
TAKING = frozenset(AppointmentStatus) - {AppointmentStatus.CANCELLED, AppointmentStatus.EXPIRED}
_OPEN = frozenset({AppointmentStatus.HELD, AppointmentStatus.BOOKED, AppointmentStatus.CHECKED_IN})

APPOINTMENT_TRANSITIONS: dict[AppointmentStatus, frozenset[AppointmentStatus]] = {
    AppointmentStatus.HELD: frozenset({AppointmentStatus.BOOKED, AppointmentStatus.EXPIRED}),
    AppointmentStatus.BOOKED: frozenset(
        {AppointmentStatus.CHECKED_IN, AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW}
    ),
    # The queue decides from here on; an undone check-in is a booking again.
    AppointmentStatus.CHECKED_IN: frozenset(
        {
            AppointmentStatus.BOOKED,
            AppointmentStatus.COMPLETED,
            AppointmentStatus.NO_SHOW,
            AppointmentStatus.LEFT,
        }
    ),
    AppointmentStatus.COMPLETED: frozenset({AppointmentStatus.CHECKED_IN}),
    AppointmentStatus.NO_SHOW: frozenset({AppointmentStatus.CHECKED_IN}),
    AppointmentStatus.LEFT: frozenset({AppointmentStatus.CHECKED_IN}),
    AppointmentStatus.CANCELLED: frozenset(),
    AppointmentStatus.EXPIRED: frozenset(),
}


class Appointment(SQLModel, table=True):
    """`place` is one of the slot's places. `sequence` grows with each change of time, as calendars want it."""

    __table_args__ = (
        Index("ix_appointment_day", "doctor_id", "starts_at"),
        Index("ix_appointment_status", "status", "starts_at"),
    )

    id: int = Field(default=None, primary_key=True)  # given by the database
    doctor_id: int = Field(foreign_key="doctor.id")
    slot_id: int = Field(foreign_key="slot.id")
    place: int
    patient_id: int | None = Field(default=None, foreign_key="patient.id", index=True)  # None while held
    status: AppointmentStatus = Field(sa_type=enum_type(AppointmentStatus))
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(default="", max_length=200)
    link: str = Field(max_length=43, unique=True)
    sequence: int = 0
    kept: bool = False  # although the plan has no such slot any more: staff have decided so
    held_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    booked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    close_reason: str = Field(default="", max_length=200)

    def become(self, status: AppointmentStatus, at: datetime) -> None:
        """Take the next state, or say in words why that is not possible."""
        if status not in APPOINTMENT_TRANSITIONS[self.status]:
            raise Conflict(
                f"This appointment is {self.status.label.lower()}, so that can't be done.", code="wrong_status"
            )
        self.status = status
        self.closed_at = None if status in _OPEN else at


_taking = ", ".join(f"'{status}'" for status in sorted(TAKING))
unique_while(Appointment.__table__, "place_taken", "place", f"status IN ({_taking})", "slot_id")  # type: ignore[attr-defined]


class WishStatus(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    ENDED = "ended"


class Wish(SQLModel, table=True):
    """The waitlist: somebody with an appointment would like an earlier one. An offer keeps a slot for a while."""

    __tablename__ = "waitlist_wish"

    id: int = Field(default=None, primary_key=True)  # given by the database
    appointment_id: int = Field(foreign_key="appointment.id", index=True)
    doctor_id: int = Field(foreign_key="doctor.id")
    status: WishStatus = Field(default=WishStatus.WAITING, sa_type=enum_type(WishStatus), index=True)
    from_day: date
    created_at: datetime = Field(sa_type=UtcDateTime)
    offered_id: int | None = Field(default=None, foreign_key="appointment.id")  # the held place that is offered
    offered_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    refused: list[int] = Field(default_factory=list, sa_type=JSON)  # slots that are not offered to them again


unique_while(Wish.__table__, "open_wish", "appointment_id", "status IN ('offered', 'waiting')")  # type: ignore[attr-defined]
