"""What the API answers, for its description. The values are made in `app/web/payloads.py`."""

from typing import Annotated

from pydantic import BaseModel, Field

from app.models import Answer, AppointmentStatus, BloodGroup, Need, Priority, Role, Sex, Status
from app.services.attendance import Attendance

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-03-10T08:04:12.345Z"])]
Label = Annotated[str, Field(json_schema_extra={"enum": [status.label for status in Status]})]
Token = Annotated[str, Field(examples=["A7"])]


class ErrorDetail(BaseModel):
    code: str = Field(examples=["queue_closed"])
    message: str = Field(examples=["The queue is closed."])


class Error(BaseModel):
    error: ErrorDetail


class Session(BaseModel):
    token: str = Field(description="Send it as `Authorization: Bearer …`")
    expires_at: Moment
    role: Role
    name: str
    doctor_id: int | None = Field(description="A doctor's own queue")


class Slot(BaseModel):
    slot_id: int
    starts_at: Moment
    ends_at: Moment
    free: int = Field(description="Places that nobody has taken")


class Appointment(BaseModel):
    id: int
    status: Annotated[str, Field(json_schema_extra={"enum": [status.label for status in AppointmentStatus]})]
    starts_at: Moment
    ends_at: Moment
    doctor_id: int
    doctor_name: str
    room: str
    patient_id: int
    patient_name: str
    reason: str


class Estimate(BaseModel):
    """Minutes until the call, rounded outwards. Null when nobody can honestly say."""

    low_minutes: int
    high_minutes: int


class Presence(BaseModel):
    state: Attendance
    until: Moment | None


class Doctor(BaseModel):
    id: int
    name: str
    specialization: str
    languages: str = Field(examples=["English, German"])
    biography: str
    room: str
    accepting: bool = Field(description="Whether somebody can join now")
    presence: Presence
    waiting_count: int
    estimate: Estimate | None = Field(description="For somebody who joins now")


class Ticket(BaseModel):
    link: str = Field(description="The secret end of the ticket's address `/t/{link}`")
    token: Token
    number: int
    status: Label
    position: int | None = Field(description="Null for those not waiting")
    estimate: Estimate | None
    doctor_id: int
    doctor_name: str
    room: str = Field(description="Set while called or in the room")
    joined_at: Moment
    called_at: Moment | None
    call_count: int
    come_before: Moment | None
    started_at: Moment | None
    held_at: Moment | None
    hold_reason: str
    skipped_at: Moment | None
    ended_at: Moment | None
    end_reason: str
    answer: Answer | None
    moved: bool
    may_return: bool


class Entry(BaseModel):
    """One person in a queue, as its staff see them."""

    entry_id: int
    doctor_id: int
    position: int | None
    token: Token
    patient_name: str = Field(description='"Confidential" where the name is for others only')
    confidential: bool = Field(description="Only the patient's doctor and nurses see the name")
    status: Label
    estimate: Estimate | None
    reason: str
    needs: list[Need]
    priority: Priority
    emergency: bool
    pinned: bool
    room: str
    answer: Answer | None
    call_count: int
    joined_at: Moment
    called_at: Moment | None
    started_at: Moment | None
    held_at: Moment | None
    skipped_at: Moment | None


class Stats(BaseModel):
    waiting_count: int
    completed_today: int


class Queue(BaseModel):
    version: int = Field(description="Grows with every change")
    queue: list[Entry]
    stats: Stats


class PastEntry(BaseModel):
    entry_id: int = Field(description="The last one of a page is `before` of the next page")
    doctor_id: int
    token: Token
    patient_name: str = Field(description='"Confidential" where the name is for others only')
    confidential: bool = Field(description="Only the patient's doctor and nurses see the name")
    status: Label
    service_date: str = Field(json_schema_extra={"format": "date"})
    joined_at: Moment
    started_at: Moment | None
    ended_at: Moment | None
    end_reason: str
    waited_minutes: int | None
    visit_minutes: int | None


class Profile(BaseModel):
    """What a patient tells the clinic of themselves."""

    name: str
    phone: str
    date_of_birth: str | None = Field(json_schema_extra={"format": "date"})
    sex: Sex | None
    blood_group: BloodGroup | None
    allergies: str = Field(description="One a line")
    insurance_provider: str
    insurance_number: str
    emergency_name: str
    emergency_phone: str
    needs: list[Need] = Field(description="How they have to be called or met at every visit")
    language: str = Field(description="BCP 47")
    confidential: bool = Field(description="Only the patient's doctor and nurses see the name")


class OwnVisit(BaseModel):
    entry_id: int = Field(description="The last one of a page is `before` of the next page")
    token: Token
    doctor_id: int
    doctor_name: str
    status: Label
    date: str = Field(json_schema_extra={"format": "date"})
