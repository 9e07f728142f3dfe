"""The outbox: what is to be told to people outside, written in the transaction that made it true."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from app.models.base import UtcDateTime


class Message(SQLModel, table=True):
    """`once` is the same for a message that must not go out twice. The body is emptied when it was sent."""

    __table_args__ = (Index("ix_message_due", "sent_at", "failed_at", "due_at"),)

    id: int = Field(default=None, primary_key=True)  # given by the database
    kind: str = Field(max_length=20)
    once: str | None = Field(default=None, max_length=80, unique=True)
    patient_id: int | None = Field(default=None, foreign_key="patient.id", index=True)
    recipient: str = Field(max_length=254)
    subject: str = Field(max_length=200)
    body: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    tries: int = 0
    error: str = Field(default="", max_length=200)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    failed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # given up
