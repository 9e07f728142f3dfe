"""Who did what, and who tried to. Rows are only ever added: triggers refuse everything else."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.models.base import UtcDateTime, enum_type


class Outcome(StrEnum):
    DONE = "done"
    DENIED = "denied"


class AuditRow(SQLModel, table=True):
    """Ids and names of fields, never what is in them. No foreign keys: the audit outlives what it speaks of."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_actor", "actor_id", "id"),
        Index("ix_audit_patient", "patient_id", "id"),
        Index("ix_audit_action", "action", "id"),
    )

    id: int = Field(default=None, primary_key=True)  # given by the database
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor_id: int | None = None
    role: str = Field(max_length=20)
    action: str = Field(max_length=40)
    kind: str = Field(default="", max_length=20)  # of the object: entry, patient, user …
    object_id: int | None = None
    patient_id: int | None = None
    outcome: Outcome = Field(default=Outcome.DONE, sa_type=enum_type(Outcome))
    reason: str = Field(default="", max_length=200)
    fields: str = Field(default="", max_length=400)
    address: str = Field(default="", max_length=45)
    request_id: str = Field(default="", max_length=32)
    mark: str = Field(max_length=90)  # who made the row: services/audit


class AuditSeal(SQLModel, table=True):
    """The row's place in a keyed chain of digests. `seq` has no gaps."""

    __tablename__ = "audit_seal"

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    audit_id: int = Field(unique=True)
    digest: str = Field(max_length=64)
