"""Confidential patients. Others know them by their token; the name is for their doctor and for nurses.

What the services answer is sealed: the word `CONFIDENTIAL` stands for the name, and nothing else of the person is
there. Whoever shows it to somebody opens it for that role (`seen_by`), so what was forgotten stays sealed.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlmodel import Session

from app.errors import Invalid, NotFound
from app.models import CancelReason, Patient, Role
from app.services import audit, policy, text
from app.services.policy import CLINICAL, Actor

CONFIDENTIAL = "Confidential"
SHORTEST_REASON = 10  # letters
_CODES = frozenset(CancelReason)


class Secret(NamedTuple):
    """What is kept from others. A tuple: JSON takes no named tuple, so it can't leave by accident."""

    name: str
    born: date | None
    phone: str
    reason: str
    hold_reason: str

    def __repr__(self) -> str:
        return "Secret(…)"


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody sees who gave a reason to look."""

    name: str
    born: date | None
    phone: str


def opens_to(role: Role | None) -> bool:
    """Whether people of this role see the names of confidential patients in the queues that they see."""
    return role in CLINICAL


def code_only(reason: str) -> str:
    """A reason without anybody's own words, which may tell of an illness."""
    return reason if reason in _CODES else ""


def see_name(session: Session, *, actor: Actor, patient_id: int, reason: str) -> Shown:
    """Who a confidential patient is, for somebody at the desk who says why they have to know. The audit keeps it."""
    policy.require_role(session, actor, Role.RECEPTION, Role.ADMIN, doing="name-see")
    said = text.line(reason, field="the reason", longest=200)
    if len(said.replace(" ", "")) < SHORTEST_REASON:
        raise Invalid("Please write why you need the name, in a few words.", code="short_reason")
    patient = session.get(Patient, patient_id)
    if patient is None:
        raise NotFound("We can't find that patient.", code="unknown_patient")
    audit.note(
        session, actor, "name-see", kind="patient", object_id=patient_id, patient_id=patient_id, reason=said,
        fields=("name", "born", "phone"),
    )  # fmt: skip
    return Shown(patient.name, patient.born, patient.phone)
