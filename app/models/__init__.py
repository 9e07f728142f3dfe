"""Every table, imported here once so that migrations and mappers know them all."""

from sqlmodel import SQLModel

from app.models.appointment import TAKING, Appointment, AppointmentStatus, Wish, WishStatus
from app.models.audit import AuditRow, AuditSeal, Outcome
from app.models.clinic import Clinic, Policy
from app.models.device import Device, DeviceKind
from app.models.doctor import TOKEN_LETTERS, Doctor
from app.models.message import Message
from app.models.patient import BloodGroup, Patient, PatientMerge, Sex, dialled, folded
from app.models.queue import (
    CLOSED,
    OPEN,
    TRANSITIONS,
    Answer,
    Band,
    CancelReason,
    EntryEvent,
    Need,
    Priority,
    QueueDay,
    QueueEntry,
    Source,
    Status,
)
from app.models.request_key import RequestKey
from app.models.schedule import ExceptionKind, Period, ScheduleException, Slot
from app.models.user import STAFF, OneTimeLink, Purpose, RecoveryCode, Role, User, UserSession

__all__ = [
    "CLOSED",
    "COMING",
    "OPEN",
    "STAFF",
    "TAKING",
    "TOKEN_LETTERS",
    "TRANSITIONS",
    "Answer",
    "Appointment",
    "AppointmentStatus",
    "AuditRow",
    "AuditSeal",
    "Band",
    "BloodGroup",
    "CancelReason",
    "Clinic",
    "Device",
    "DeviceKind",
    "Doctor",
    "EntryEvent",
    "ExceptionKind",
    "Message",
    "Need",
    "OneTimeLink",
    "Outcome",
    "Patient",
    "PatientMerge",
    "Period",
    "Policy",
    "Priority",
    "Purpose",
    "QueueDay",
    "QueueEntry",
    "RecoveryCode",
    "RequestKey",
    "Role",
    "ScheduleException",
    "Sex",
    "Slot",
    "Source",
    "Status",
    "User",
    "UserSession",
    "Wish",
    "WishStatus",
    "dialled",
    "folded",
]  # fmt: skip

for _table in SQLModel.metadata.tables.values():
    _table.dialect_kwargs.update(mysql_charset="utf8mb4", mysql_engine="InnoDB")
