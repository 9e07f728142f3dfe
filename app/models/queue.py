"""A doctor's queue: the day, the entries with their states, and the history of every step."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.errors import Conflict
from app.models.base import UtcDateTime, enum_type, unique_while


class Status(StrEnum):
    WAITING = "waiting"
    CALLED = "called"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    SKIPPED = "skipped"
    DONE = "done"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    TRANSFERRED = "transferred"

    @property
    def label(self) -> str:
        """The word people read and machines get."""
        return _LABELS[self]

    @property
    def is_open(self) -> bool:
        return self in OPEN


_LABELS = {
    Status.WAITING: "Waiting",
    Status.CALLED: "Called",
    Status.IN_PROGRESS: "In Progress",
    Status.ON_HOLD: "On hold",
    Status.SKIPPED: "Skipped",
    Status.DONE: "Done",
    Status.CANCELLED: "Cancelled",
    Status.NO_SHOW: "No show",
    Status.TRANSFERRED: "Transferred",
}

OPEN = frozenset({Status.WAITING, Status.CALLED, Status.IN_PROGRESS, Status.ON_HOLD, Status.SKIPPED})
CLOSED = frozenset(Status) - OPEN

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.WAITING: frozenset({Status.CALLED, Status.IN_PROGRESS, Status.CANCELLED, Status.TRANSFERRED}),
    Status.CALLED: frozenset(
        {
            Status.CALLED,
            Status.IN_PROGRESS,
            Status.SKIPPED,
            Status.WAITING,
            Status.CANCELLED,
            Status.NO_SHOW,
            Status.TRANSFERRED,
        }
    ),
    Status.SKIPPED: frozenset({Status.WAITING, Status.CALLED, Status.NO_SHOW, Status.CANCELLED, Status.TRANSFERRED}),
    Status.IN_PROGRESS: frozenset({Status.DONE, Status.ON_HOLD, Status.WAITING, Status.CANCELLED, Status.TRANSFERRED}),
    Status.ON_HOLD: frozenset({Status.IN_PROGRESS, Status.WAITING, Status.CANCELLED, Status.TRANSFERRED}),
    Status.DONE: frozenset({Status.IN_PROGRESS}),
    Status.CANCELLED: frozenset({Status.WAITING}),
    Status.NO_SHOW: frozenset({Status.WAITING}),
    Status.TRANSFERRED: frozenset(),
}


class Source(StrEnum):
    PHONE = "phone"
    RECEPTION = "reception"
    KIOSK = "kiosk"
    MACHINE = "machine"
    TRANSFER = "transfer"


class Band(StrEnum):
    NORMAL = "normal"
    EMERGENCY = "emergency"


class Priority(StrEnum):
    NONE = "none"
    ELDERLY = "elderly"
    PREGNANT = "pregnant"
    CHILD = "child"
    DISABILITY = "disability"


class Need(StrEnum):
    """How a person has to be called or met."""

    FETCH = "fetch"
    DEAF = "deaf"
    BLIND = "blind"
    WHEELCHAIR = "wheelchair"
    CHILD = "child"


class Answer(StrEnum):
    """What a patient said from the phone, for staff to see."""

    COMING = "coming"
    BACK = "back"


class CancelReason(StrEnum):
    PATIENT_LEFT = "patient_left"
    BY_PATIENT = "by_patient"
    BY_STAFF = "by_staff"
    DUPLICATE = "duplicate"
    ENTERED_IN_ERROR = "entered_in_error"
    CLINIC_CLOSED = "clinic_closed"
    FAKE = "fake"  # nobody was behind it


class QueueDay(SQLModel, table=True):
    """A doctor's queue on one clinic day: the token counter, the version, and the lock of every writer."""

    __tablename__ = "queue_day"
    __table_args__ = (UniqueConstraint("doctor_id", "service_date"),)

    id: int = Field(default=None, primary_key=True)  # given by the database
    doctor_id: int = Field(foreign_key="doctor.id")
    service_date: date
    next_token: int = 1
    version: int = 0
    on_break: bool = False
    back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


_revision = Column("revision", Integer, nullable=False)


class QueueEntry(SQLModel, table=True):
    """One person in one doctor's queue on one day.

    `link` opens the patient's page and is handed on by a transfer. `number` is null for entries that came
    by transfer: they keep the token that another queue gave them. `virtual_at` is the arrival time that
    the order uses; it never moves with the clock.
    """

    __tablename__ = "queue_entry"
    __table_args__ = (
        UniqueConstraint("doctor_id", "service_date", "number"),
        Index("ix_queue_entry_open", "doctor_id", "service_date", "status"),
        Index("ix_queue_entry_history", "doctor_id", "closed_at"),
        CheckConstraint("call_count >= 0 AND skip_count >= 0", name="counts"),
    )
    __mapper_args__ = {"version_id_col": _revision}

    id: int = Field(default=None, primary_key=True)  # given by the database
    revision: int | None = Field(default=None, sa_column=_revision)
    doctor_id: int = Field(foreign_key="doctor.id")
    service_date: date = Field(index=True)
    patient_id: int = Field(foreign_key="patient.id", index=True)
    number: int | None = None
    token: str = Field(max_length=8, index=True)
    link: str | None = Field(default=None, max_length=43, unique=True)
    moved_from_id: int | None = Field(default=None, foreign_key="queue_entry.id")
    appointment_id: int | None = Field(default=None, foreign_key="appointment.id", index=True)

    status: Status = Field(default=Status.WAITING, sa_type=enum_type(Status))
    source: Source = Field(default=Source.PHONE, sa_type=enum_type(Source))
    origin: str = Field(default="", max_length=16)  # where the join came from, as a keyed hash good for one day
    reason: str = Field(default="", max_length=200)
    needs: list[str] = Field(default_factory=list, sa_type=JSON)
    answer: Answer | None = Field(default=None, sa_type=enum_type(Answer))

    band: Band = Field(default=Band.NORMAL, sa_type=enum_type(Band))
    priority: Priority = Field(default=Priority.NONE, sa_type=enum_type(Priority))
    pinned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    virtual_at: datetime = Field(sa_type=UtcDateTime)
    not_before: datetime | None = Field(default=None, sa_type=UtcDateTime)

    joined_at: datetime = Field(sa_type=UtcDateTime)
    first_called_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_called_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    call_count: int = 0
    room: str = Field(default="", max_length=20)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    held_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    hold_reason: str = Field(default="", max_length=200)
    skipped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    skip_count: int = 0
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    close_reason: str = Field(default="", max_length=200)

    promised_low: int | None = None
    promised_high: int | None = None
    promised_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    def become(self, status: Status, at: datetime) -> None:
        """Take the next state, or say in words why that is not possible."""
        if status not in TRANSITIONS[self.status]:
            raise Conflict(
                f"{self.token} is {self.status.label.lower()} now, so that can't be done.",
                code="wrong_status",
            )
        self.status = status
        self.closed_at = None if status.is_open else at

    def undoable(self) -> dict[str, Any]:
        """The values that a step may change and an undo brings back."""
        return {name: getattr(self, name) for name in _UNDOABLE}


_UNDOABLE = (
    "status", "link", "appointment_id", "answer", "band", "priority", "pinned_at", "virtual_at", "not_before",
    "first_called_at", "last_called_at", "call_count", "room", "started_at", "held_at", "hold_reason", "skipped_at",
    "skip_count", "closed_at", "close_reason",
)  # fmt: skip

_entries = QueueEntry.__table__  # type: ignore[attr-defined]
_open = ", ".join(f"'{status}'" for status in sorted(OPEN))
unique_while(_entries, "open_patient_id", "patient_id", f"status IN ({_open})", "doctor_id", "service_date")
unique_while(_entries, "busy_doctor_id", "doctor_id", f"status = '{Status.IN_PROGRESS}'")


class EntryEvent(SQLModel, table=True):
    """One step of one entry. Rows are only ever added; `before` holds what the step changed, for undo.

    `step` names the click: everything one click did carries the same.
    """

    __tablename__ = "entry_event"
    __table_args__ = (Index("ix_entry_event_entry", "entry_id", "id"), Index("ix_entry_event_step", "step"))

    id: int = Field(default=None, primary_key=True)  # given by the database
    entry_id: int = Field(foreign_key="queue_entry.id")
    doctor_id: int = Field(foreign_key="doctor.id")
    at: datetime = Field(sa_type=UtcDateTime)
    verb: str = Field(max_length=20)
    from_status: Status | None = Field(default=None, sa_type=enum_type(Status, "from_status"))
    to_status: Status = Field(sa_type=enum_type(Status, "to_status"))
    actor_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    actor_role: str = Field(max_length=20)
    room: str = Field(default="", max_length=20)
    reason: str = Field(default="", max_length=200)
    step: str = Field(max_length=32)
    undoes_id: int | None = Field(default=None, foreign_key="entry_event.id", unique=True)
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
