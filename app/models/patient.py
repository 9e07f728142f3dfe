"""Patients. Most never sign in: a name is all that a queue needs."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from app.models.base import UtcDateTime


class Patient(SQLModel, table=True):
    id: int = Field(default=None, primary_key=True)  # given by the database
    user_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    name: str = Field(max_length=80, index=True)
    phone: str = Field(default="", max_length=20, index=True)
    born: date | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
