"""Screens and kiosks: devices without a person, paired by an admin and good for one thing."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from app.models.base import UtcDateTime, enum_type


class DeviceKind(StrEnum):
    DISPLAY = "display"
    KIOSK = "kiosk"


class Device(SQLModel, table=True):
    """Until an admin has typed its `code`, a device is nobody. Only keyed hashes of code and token are kept."""

    id: int = Field(default=None, primary_key=True)  # given by the database
    kind: DeviceKind = Field(sa_type=enum_type(DeviceKind))
    name: str = Field(default="", max_length=80)
    doctor_ids: list[int] = Field(default_factory=list, sa_type=JSON)  # empty: every doctor
    code_hash: str | None = Field(default=None, max_length=64, unique=True)
    token_hash: str = Field(max_length=64, unique=True)
    address: str = Field(default="", max_length=45)
    created_at: datetime = Field(sa_type=UtcDateTime)
    code_expires_at: datetime = Field(sa_type=UtcDateTime)
    paired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
