"""Every table, imported here once so that migrations and mappers know them all."""

from sqlmodel import SQLModel

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
from app.models.user import STAFF, OneTimeLink, Purpose, RecoveryCode, Role, User, UserSession

__all__ = [
    "CLOSED",
    "OPEN",
    "STAFF",
    "TOKEN_LETTERS",
    "TRANSITIONS",
    "Answer",
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
    "Message",
    "Need",
    "OneTimeLink",
    "Outcome",
    "Patient",
    "PatientMerge",
    "Policy",
    "Priority",
    "Purpose",
    "QueueDay",
    "QueueEntry",
    "RecoveryCode",
    "RequestKey",
    "Role",
    "Sex",
    "Source",
    "Status",
    "User",
    "UserSession",
    "dialled",
    "folded",
]  # fmt: skip

for _table in SQLModel.metadata.tables.values():
    _table.dialect_kwargs.update(mysql_charset="utf8mb4", mysql_engine="InnoDB")
