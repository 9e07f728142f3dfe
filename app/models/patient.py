"""Patients. Most never sign in: a name is all that a queue needs."""

import re
import unicodedata
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, event
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
    Both have no keys: nothing finds them but their id.
    """

    __table_args__ = (
        Index("ix_patient_name_key", "name_key", "born", "phone_key", "is_confidential"),  # a search reads no row
        Index("ix_patient_phone_key", "phone_key", "name_key", "born", "is_confidential"),
        Index("ix_patient_here", "merged_into_id", "erased_at"),
    )

    id: int = Field(default=None, primary_key=True)  # given by the database
    user_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    is_own: bool = False  # the person whose account it is; the others on it are family
    name: str = Field(max_length=80)
    phone: str = Field(default="", max_length=20)
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
    merged_into_id: int | None = Field(default=None, foreign_key="patient.id")
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    name_key: str | None = Field(default=None, max_length=120)
    phone_key: str | None = Field(default=None, max_length=20)


class PatientMerge(SQLModel, table=True):
    """One of two records of the same person went into the other, and how to take that back.

    `moved` holds ids by table; `changed` the fields of the one that goes on, as they were and as they became.
    """

    __tablename__ = "patient_merge"

    id: int = Field(default=None, primary_key=True)  # given by the database
    kept_id: int = Field(foreign_key="patient.id", index=True)
    gone_id: int = Field(foreign_key="patient.id", index=True)
    gone_user_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    by_id: int | None = Field(default=None, foreign_key="user.id")
    moved: dict[str, list[int]] = Field(default_factory=dict, sa_type=JSON)
    changed: dict[str, list[Any]] = Field(default_factory=dict, sa_type=JSON)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


def folded(name: str) -> str:
    """How names are compared and found: without capitals, accents and double spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return " ".join(unicodedata.normalize("NFC", plain).split())[:120]


def dialled(phone: str) -> str:
    """The digits of a phone number, with + in front of a country's: how numbers are compared."""
    clean = re.sub(r"[^0-9+]", "", unicodedata.normalize("NFKC", phone))
    return f"+{clean[2:]}" if clean.startswith("00") else clean


@event.listens_for(Patient, "before_insert")
@event.listens_for(Patient, "before_update")
def _keep_keys(_mapper: object, _connection: object, patient: Patient) -> None:
    """Whoever writes a name or a phone number writes how it is found, too."""
    here = patient.merged_into_id is None and patient.erased_at is None
    patient.name_key = folded(patient.name) if here else None
    patient.phone_key = (dialled(patient.phone) or None) if here else None
