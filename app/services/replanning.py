"""Before a plan is changed: who would lose their place. For a transaction that is taken back (`db.trial`)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.models import Appointment, Patient
from app.services import confidential, schedules, slots
from app.services.policy import Actor

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Effect:
    """How many bookings a change leaves without a place, and the first of them."""

    count: int
    first: tuple[tuple[datetime, str], ...]  # when, and who


def effect(session: Session, *, actor: Actor, doctor_id: int | None, change: Callable[[Session], object]) -> Effect:
    """What `change`, which is made here, does to the bookings of a doctor, or of all. Raises what it raises."""
    doctors = [doctor_id] if doctor_id else slots.doctors(session)
    before = {each.id for each in _conflicts(session, actor, doctors)}
    change(session)
    new = [each for each in _conflicts(session, actor, doctors) if each.id not in before]
    return Effect(len(new), tuple((each.starts_at, _name(session, actor, each)) for each in new[:MOST_NAMED]))


def _conflicts(session: Session, actor: Actor, doctors: Sequence[int]) -> list[Appointment]:
    found = [each for one in doctors for each in schedules.conflicts(session, actor=actor, doctor_id=one)]
    return sorted(found, key=lambda each: each.starts_at)


def _name(session: Session, actor: Actor, found: Appointment) -> str:
    patient = session.get_one(Patient, found.patient_id)
    sealed = patient.is_confidential and not confidential.opens_to(actor.role)
    return confidential.CONFIDENTIAL if sealed else patient.name
