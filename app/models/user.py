"""People who sign in, and their sessions."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from app.models.base import UtcDateTime, enum_type


class Role(StrEnum):
    PATIENT = "patient"
    DOCTOR = "doctor"
    NURSE = "nurse"
    RECEPTION = "reception"
    ADMIN = "admin"


STAFF = frozenset({Role.DOCTOR, Role.NURSE, Role.RECEPTION, Role.ADMIN})


class User(SQLModel, table=True):
    id: int = Field(default=None, primary_key=True)  # given by the database
    email: str = Field(max_length=254, unique=True)  # always stored in lower case
    name: str = Field(max_length=80)
    role: Role = Field(sa_type=enum_type(Role))
    password_hash: str = Field(max_length=200)
    created_at: datetime = Field(sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UserSession(SQLModel, table=True):
    """A sign-in on one device. Only a keyed hash of its token is kept."""

    __tablename__ = "user_session"

    id: int = Field(default=None, primary_key=True)  # given by the database
    user_id: int = Field(foreign_key="user.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
