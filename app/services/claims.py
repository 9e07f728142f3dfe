"""A patient known at the desk comes to an account: a link made by staff, good once and for a week.

Whoever has the link still has to know the date of birth, if the clinic knows it. For a confidential patient the clinic
has to know it, and whoever makes the link has said why they have to see the name.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from app import clock, events
from app.errors import Attempt, Conflict, NotFound
from app.models import OneTimeLink, Patient, Purpose, Role
from app.services import audit, families, merging, patients, policy, profiles
from app.services.policy import Actor
from app.settings import settings

LASTS = timedelta(days=7)
MOST_TRIES = 5
TOKEN_BYTES = 24
UNKNOWN_LINK = "We can't find that link. Please ask the desk for a new one."
DOING = "claim"


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be shown before the proof: the first letters, never the name."""

    letters: str
    asks_birthday: bool
    looks_own: bool  # the name is that of the account's own person


@dataclass(frozen=True, slots=True)
class Wrong:
    """The date of birth was not the right one. With 0 tries left the link is worth nothing any more."""

    tries_left: int


def offer(session: Session, *, actor: Actor, patient_id: int) -> str:
    """The secret end of a new link for a patient without an account. It is kept nowhere; older links end."""
    staff = policy.require_role(session, actor, Role.RECEPTION, Role.ADMIN, doing="claim-offer")
    patient = session.get(Patient, patient_id)
    if patient is None or patient.merged_into_id is not None or patient.erased_at is not None:
        raise NotFound("We can't find that patient.", code="unknown_patient")
    patients.refuse_sealed(session, patient, actor=actor, doing="claim-offer", said=("patient-see", "name-see"))
    if patient.user_id is not None:
        raise Conflict("This patient has an account already.", code="has_account")
    if _lacks_birthday(patient):
        raise Conflict(
            "This person is confidential. Please ask an admin to add the date of birth first.", code="needs_birthday"
        )
    at = clock.now()
    _end_offers(session, patient_id)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        OneTimeLink(
            purpose=Purpose.CLAIM, patient_id=patient_id, token_hash=_hash(token), made_by=staff.id, created_at=at,
            expires_at=at + LASTS,
        )
    )  # fmt: skip
    audit.note(session, actor, "claim-offer", kind="patient", object_id=patient_id, patient_id=patient_id)
    return token


def look(session: Session, *, actor: Actor, token: str) -> Offer:
    """What the link is for. Looking uses nothing up. Raises NotFound, or Conflict for a link that is no good."""
    user = policy.require_role(session, actor, Role.PATIENT, doing=DOING)
    _, patient = _good(session, token)
    own = families.own(session, user)
    looks_own = patient.name.casefold() in (user.name.casefold(), own.name.casefold() if own else "")
    return Offer(_letters(patient.name), patient.born is not None, looks_own)


def take(session: Session, *, actor: Actor, token: str, born: date | None = None, is_me: bool = False) -> int | Wrong:
    """Put the record on the account of the signed-in patient and answer its id, or say that the proof was wrong.

    `is_me`: it is the account's own person, whose record until now goes into the one that the desk knew.
    """
    user = policy.require_role(session, actor, Role.PATIENT, doing=DOING)
    own = families.own(session, user) if is_me else None
    link, patient = _held(session, token, own)
    if patient.born is not None and born != patient.born:
        return _wrong(session, actor, link)
    link.used_at = clock.now()
    session.add(link)
    if own:
        merging.fold(session, actor=actor, kept_id=patient.id, gone_id=own.id, taken=_missing(patient, own))
    else:
        families.refuse_more(session, user)
    patient.user_id, patient.is_own = user.id, is_me
    session.add(patient)
    audit.note(session, actor, DOING, kind="patient", object_id=patient.id, patient_id=patient.id, fields=["user_id"])
    events.record(session, events.PeopleChanged())
    return patient.id


def _held(session: Session, token: str, own: Patient | None) -> tuple[OneTimeLink, Patient]:
    """The link and whom it is for, locked in the order of everybody: queues, people, the link."""
    link, patient = _good(session, token)
    ids = {patient.id, own.id if own else patient.id}
    profiles.announce(session, *ids)
    merging.locked(session, *ids)
    session.refresh(link, with_for_update=True)
    return _good(session, token)


def _missing(patient: Patient, own: Patient) -> list[str]:
    """What the desk did not know yet."""
    return [name for name in profiles.FIELDS if getattr(own, name) and not getattr(patient, name)]


def _wrong(session: Session, actor: Actor, link: OneTimeLink) -> Wrong:
    link.tries += 1
    if link.tries >= MOST_TRIES:
        link.used_at = clock.now()
    session.add(link)
    attempt = Attempt(actor.user_id, actor.name_in_history, DOING, "patient", link.patient_id)
    audit.denied(session, attempt, "wrong_birthday")
    return Wrong(MOST_TRIES - link.tries)


def _good(session: Session, token: str) -> tuple[OneTimeLink, Patient]:
    """The link and whom it is for, if it still works."""
    query = select(OneTimeLink).where(OneTimeLink.token_hash == _hash(token), OneTimeLink.purpose == Purpose.CLAIM)
    link = session.exec(query).first()
    patient = session.get(Patient, link.patient_id) if link else None
    if link is None or patient is None:
        raise NotFound(UNKNOWN_LINK, code="unknown_claim")
    if link.tries >= MOST_TRIES:
        raise Conflict("There were too many wrong tries. Please ask the desk for a new link.", code="claim_ended")
    if link.used_at is not None:
        raise Conflict("This link was used already. Please ask the desk for a new one.", code="claim_used")
    if clock.now() >= link.expires_at:
        raise Conflict("This link is too old. Please ask the desk for a new one.", code="claim_expired")
    if patient.user_id is not None or patient.merged_into_id is not None or patient.erased_at is not None:
        raise Conflict("This record can't be added any more. Please ask the desk.", code="has_account")
    if _lacks_birthday(patient):
        raise Conflict("This record can't be added with a link. Please ask the desk.", code="needs_birthday")
    return link, patient


def _lacks_birthday(patient: Patient) -> bool:
    """A confidential record opens for no link alone."""
    return patient.is_confidential and patient.born is None


def _end_offers(session: Session, patient_id: int) -> None:
    at = clock.now()
    for link in session.exec(
        select(OneTimeLink).where(
            OneTimeLink.patient_id == patient_id,
            OneTimeLink.purpose == Purpose.CLAIM,
            col(OneTimeLink.used_at).is_(None),
        )
    ):
        link.used_at = at
        session.add(link)


def _letters(name: str) -> str:
    """ "Asha Rao" is "A… R…"."""
    return " ".join(f"{part[0]}…" for part in name.split())


def _hash(token: str) -> str:
    return hmac.new(settings().key, f"claim:{token}".encode(), hashlib.sha256).hexdigest()
