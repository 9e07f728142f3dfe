"""The people on a patient's account: the one whose account it is, and the family they look after.

Every id of a person that arrives from a patient goes through `one`: somebody else's does not exist for them.
"""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from app import events
from app.errors import Conflict, NotFound
from app.models import Patient, Role, User
from app.services import audit, policy
from app.services.policy import Actor

MOST_PEOPLE = 12
REMOVE = "family-remove"
UNKNOWN_PERSON = "We can't find that person on your account."


@dataclass(frozen=True, slots=True)
class Person:
    """`patient_id` is None for somebody who has an account but no record here yet."""

    patient_id: int | None
    name: str
    born: date | None
    is_own: bool


def people(session: Session, *, actor: Actor) -> list[Person]:
    """Everybody on the signed-in patient's account, the account's own person first."""
    user = policy.require_role(session, actor, Role.PATIENT, doing="family-read")
    rows = of_account(session, user.id)
    own = _own_of(rows, user)
    first = Person(own.id, own.name, own.born, True) if own else Person(None, user.name, None, True)
    return [first, *(Person(row.id, row.name, row.born, False) for row in rows if row is not own)]


def one(session: Session, *, actor: Actor, patient_id: int, doing: str) -> Patient:
    """A person of the signed-in patient's account. Raises NotFound for everybody else's."""
    user = policy.require_role(session, actor, Role.PATIENT, doing=doing)
    found = session.get(Patient, patient_id)
    if found is None or found.user_id != user.id or not _is_here(found):
        raise actor.refused(NotFound(UNKNOWN_PERSON, code="unknown_patient"), doing, "patient", patient_id)
    return found


def held(session: Session, *, actor: Actor, patient_id: int, doing: str) -> Patient:
    """As `one`, locked; whoever was erased, merged or taken off the account meanwhile does not exist for it either."""
    patient = one(session, actor=actor, patient_id=patient_id, doing=doing)
    session.refresh(patient, with_for_update=True)
    return one(session, actor=actor, patient_id=patient_id, doing=doing)


def own(session: Session, user: User) -> Patient | None:
    """The record of the person whose account it is."""
    return _own_of(of_account(session, user.id), user)


def is_named_as(patient: Patient, user: User) -> bool:
    return patient.name.casefold() == user.name.casefold()


def of_account(session: Session, user_id: int) -> list[Patient]:
    """The records of an account, the oldest first; none that was merged into another or erased."""
    rows = session.exec(select(Patient).where(Patient.user_id == user_id).order_by(col(Patient.id)))
    return [row for row in rows if _is_here(row)]


def refuse_more(session: Session, user: User) -> None:
    """Raise Conflict when the account has no room for one more person. Two at once wait for one another here."""
    session.exec(select(User.id).where(User.id == user.id).with_for_update()).one()
    if len(of_account(session, user.id)) >= MOST_PEOPLE:
        raise Conflict(f"An account has room for {MOST_PEOPLE} people. Please ask the desk.", code="too_many_people")


def take_in(session: Session, *, actor: Actor, patient: Patient) -> None:
    """Put somebody new who joins a queue from this account on it, while there is room."""
    user = policy.signed_in(session, actor)
    rows = of_account(session, user.id)
    if len(rows) < MOST_PEOPLE:
        patient.user_id = user.id
        patient.is_own = is_named_as(patient, user) and _own_of(rows, user) is None


def remove(session: Session, *, actor: Actor, patient_id: int) -> None:
    """Take somebody off the account. The clinic keeps what it knows of them."""
    user = policy.require_role(session, actor, Role.PATIENT, doing=REMOVE)
    patient = held(session, actor=actor, patient_id=patient_id, doing=REMOVE)
    if patient is own(session, user):
        raise Conflict("This is you. You can't take yourself off your own account.", code="own_record")
    patient.user_id = None
    session.add(patient)
    audit.note(session, actor, REMOVE, kind="patient", object_id=patient_id, patient_id=patient_id, fields=["user_id"])
    events.record(session, events.PeopleChanged())


def _own_of(rows: list[Patient], user: User) -> Patient | None:
    """The one that is marked; on accounts from before marks, the oldest with the account's name."""
    named = (row for row in rows if is_named_as(row, user))
    return next((row for row in rows if row.is_own), None) or next(named, None)


def _is_here(patient: Patient) -> bool:
    return patient.merged_into_id is None and patient.erased_at is None
