"""Every table, imported here once so that migrations and mappers know them all."""

from sqlmodel import SQLModel

from app.models.clinic import Clinic, Policy
from app.models.doctor import TOKEN_LETTERS, Doctor
from app.models.patient import Patient
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
from app.models.user import STAFF, Role, User, UserSession

__all__ = [
    "CLOSED", "OPEN", "STAFF", "TOKEN_LETTERS", "TRANSITIONS", "Answer", "Band", "CancelReason", "Clinic", "Doctor",
    "EntryEvent", "Need", "Patient", "Policy", "Priority", "QueueDay", "QueueEntry", "RequestKey", "Role", "Source",
    "Status", "User", "UserSession",
]  # fmt: skip

for _table in SQLModel.metadata.tables.values():
    _table.dialect_kwargs.update(mysql_charset="utf8mb4", mysql_engine="InnoDB")
