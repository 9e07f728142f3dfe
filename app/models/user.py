"""People who sign in, how they prove it, and their sessions."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from app.models.base import EXACT_EMAIL, UtcDateTime, enum_type


class Role(StrEnum):
    PATIENT = "patient"
    DOCTOR = "doctor"
    NURSE = "nurse"
    RECEPTION = "reception"
    ADMIN = "admin"


STAFF = frozenset({Role.DOCTOR, Role.NURSE, Role.RECEPTION, Role.ADMIN})


class User(SQLModel, table=True):
    """People sign in with an e-mail or a phone number. Without a password yet, the hash is empty and fits nothing."""

    __table_args__ = (
        CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name="reachable"),
        Index("ix_user_list", "name", "email", "phone", "role"),  # a search reads no row
    )

    id: int = Field(default=None, primary_key=True)  # given by the database
    email: str | None = Field(default=None, sa_type=EXACT_EMAIL, unique=True)  # always stored in lower case
    phone: str | None = Field(default=None, max_length=20, unique=True)  # always stored as text.dialled makes it
    name: str = Field(max_length=80)
    role: Role = Field(sa_type=enum_type(Role))
    password_hash: str = Field(max_length=200)
    totp: str | None = Field(default=None, max_length=500)  # the second step's secret, encrypted; None: it is off
    totp_counter: int | None = None  # of the last code that was used: none is good twice
    created_at: datetime = Field(sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RecoveryCode(SQLModel, table=True):
    """Opens the second step once, for whoever has lost their phone."""

    __tablename__ = "recovery_code"

    id: int = Field(default=None, primary_key=True)  # given by the database
    user_id: int = Field(foreign_key="user.id", index=True)
    code_hash: str = Field(max_length=64, unique=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UserSession(SQLModel, table=True):
    """A sign-in on one device. Only a keyed hash of its token is kept."""

    __tablename__ = "user_session"

    id: int = Field(default=None, primary_key=True)  # given by the database
    user_id: int = Field(foreign_key="user.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    for_machine: bool = False  # other software with a bearer token: no screen that could be left open
    address: str = Field(default="", max_length=45)
    device: str = Field(default="", max_length=120)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    locked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Purpose(StrEnum):
    INVITE = "invite"  # the first password of an account that an admin made
    RESET = "reset"  # a new password for a forgotten one
    CLAIM = "claim"  # a patient known at the desk comes to an account


class OneTimeLink(SQLModel, table=True):
    """A link that works once. Only a keyed hash of its token is kept."""

    __tablename__ = "one_time_link"

    id: int = Field(default=None, primary_key=True)  # given by the database
    purpose: Purpose = Field(sa_type=enum_type(Purpose))
    user_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    patient_id: int | None = Field(default=None, foreign_key="patient.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    made_by: int | None = Field(default=None, foreign_key="user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    tries: int = 0  # wrong answers of whoever had to prove that it is for them
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
