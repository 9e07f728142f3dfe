"""Patients. Most never sign in: a name is all that a queue needs."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from app.models.base import UtcDateTime, enum_type


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class BloodGroup(StrEnum):
    A_POSITIVE = "A+"
    A_NEGATIVE = "A-"
    B_POSITIVE = "B+"
    B_NEGATIVE = "B-"
    AB_POSITIVE = "AB+"
    AB_NEGATIVE = "AB-"
    O_POSITIVE = "O+"
    O_NEGATIVE = "O-"


class Patient(SQLModel, table=True):
    """`user_id` is the account that looks after this person: their own, or the one of their family.

    A merged patient points to the one that goes on. An erased one keeps its id, so that counts stay true.
    """

    id: int = Field(default=None, primary_key=True)  # given by the database
    user_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    name: str = Field(max_length=80, index=True)
    phone: str = Field(default="", max_length=20, index=True)
    born: date | None = None
    sex: Sex | None = Field(default=None, sa_type=enum_type(Sex))
    blood_group: BloodGroup | None = Field(default=None, sa_type=enum_type(BloodGroup))
    allergies: str = Field(default="", max_length=1000)  # one a line
    insurance_provider: str = Field(default="", max_length=80)
    insurance_number: str = Field(default="", max_length=40)
    emergency_name: str = Field(default="", max_length=80)
    emergency_phone: str = Field(default="", max_length=20)
    needs: list[str] = Field(default_factory=list, sa_type=JSON)  # values of Need that hold for every visit
    language: str = Field(default="", max_length=35)  # BCP 47, such as "de" or "pt-BR"
    is_confidential: bool = False  # only their own doctor and nurses see the name
    created_at: datetime = Field(sa_type=UtcDateTime)
    merged_into_id: int | None = Field(default=None, foreign_key="patient.id", index=True)
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
