"""Doctors, and how their queue is open to people."""

from datetime import datetime, time

from sqlmodel import Field, SQLModel

from app.models.base import UtcDateTime, unique_while

TOKEN_LETTERS = "ABCDEFHKLMNPRTUWX"  # none that is taken for a digit or for another letter


class Doctor(SQLModel, table=True):
    """`opens_at` and `closes_at` are the clinic's wall clock; closing before opening means past midnight."""

    id: int = Field(default=None, primary_key=True)  # given by the database
    user_id: int | None = Field(default=None, foreign_key="user.id", unique=True)
    name: str = Field(max_length=80)
    specialization: str = Field(default="", max_length=80)  # several with commas between
    licence_number: str = Field(default="", max_length=40)
    languages: str = Field(default="", max_length=120)
    biography: str = Field(default="", max_length=600)
    room: str = Field(default="", max_length=20)
    letter: str = Field(max_length=2)
    accepting: bool = True
    cap: int | None = None
    opens_at: time | None = None
    closes_at: time | None = None
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


unique_while(Doctor.__table__, "letter_in_use", "letter", "retired_at IS NULL")  # type: ignore[attr-defined]
