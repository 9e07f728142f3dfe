"""Records that may be of the same person. Found in the order of an index, so that no list has to be sorted."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from app.models import Patient, Role
from app.services import patients, policy
from app.services.patients import PatientRow
from app.services.policy import Actor

PAGE = 50


class Why(StrEnum):
    """Why two records are likely the same person's: name and day of birth, name and phone, only the phone."""

    BORN = "born"
    PHONE = "phone"
    ONLY_PHONE = "only-phone"


@dataclass(frozen=True, slots=True)
class Pair:
    """The oldest and the newest record of several that look the same; `more` are between them."""

    older: PatientRow
    newer: PatientRow
    more: int


_KEYS: dict[Why, tuple[Any, ...]] = {
    Why.BORN: (col(Patient.name_key), col(Patient.born)),
    Why.PHONE: (col(Patient.phone_key), col(Patient.name_key)),
    Why.ONLY_PHONE: (col(Patient.phone_key),),
}


def pairs(session: Session, *, actor: Actor, why: Why, page: int = 1) -> list[Pair]:
    """Likely pairs, `PAGE` and one more if there are more. Confidential people are in none."""
    policy.require_role(session, actor, Role.ADMIN)
    keys = _KEYS[why]
    number = func.count()
    groups = (
        columns(func.min(col(Patient.id)), func.max(col(Patient.id)), number)
        .where(*(key.is_not(None) for key in keys), ~col(Patient.is_confidential))
        .group_by(*keys)
        .having(number > 1)
        .order_by(*keys)
        .offset((max(page, 1) - 1) * PAGE)
        .limit(PAGE + 1)
    )
    if why is Why.ONLY_PHONE:  # a family has one phone, too: other names with other days of birth are other people
        names, births = func.count(col(Patient.name_key).distinct()), func.count(col(Patient.born).distinct())
        groups = groups.having(names > 1, births < number)
    found = session.execute(groups).all()
    ids = {patient_id for low, high, _ in found for patient_id in (low, high)}
    rows = {row.id: patients.row(row) for row in session.exec(select(Patient).where(col(Patient.id).in_(ids)))}
    return [Pair(rows[low], rows[high], count - 2) for low, high, count in found]


def compare(
    session: Session, *, actor: Actor, first_id: int, second_id: int
) -> tuple[patients.Record, patients.Record]:
    """Both records whole, to be shown beside each other; reads that the audit keeps."""
    first = patients.record(session, actor=actor, patient_id=first_id)
    return first, patients.record(session, actor=actor, patient_id=second_id)
