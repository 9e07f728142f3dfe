"""Answers already given, so that a repeated request acts once."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.base import UtcDateTime


class RequestKey(SQLModel, table=True):
    __tablename__ = "request_key"
    __table_args__ = (UniqueConstraint("asker", "key_hash", name="uq_request_key"),)

    id: int = Field(default=None, primary_key=True)  # given by the database
    asker: str = Field(max_length=64)
    key_hash: str = Field(max_length=64)
    body_hash: str = Field(max_length=64)
    answer: dict[str, Any] = Field(sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)
