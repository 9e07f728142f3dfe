"""What a patient tells the clinic of themselves and of their family. Changing it needs the person, not a clinician."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from app import clock, events
from app.errors import Conflict, Invalid
from app.models import OPEN, BloodGroup, Need, Patient, QueueEntry, Role, Sex
from app.services import audit, families, policy, steps, text
from app.services.families import Person
from app.services.policy import Actor

MOST_ALLERGIES = 20
LONGEST_ALLERGY = 100
LONGEST_ALLERGIES = 1000
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_INSURANCE_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z ./-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Everything that a patient may change, and nothing else. `allergies` are one a line."""

    name: str
    born: date | None = None
    sex: Sex | None = None
    phone: str = ""
    blood_group: BloodGroup | None = None
    allergies: str = ""
    insurance_provider: str = ""
    insurance_number: str = ""
    emergency_name: str = ""
    emergency_phone: str = ""
    needs: tuple[Need, ...] = ()
    language: str = ""
    is_confidential: bool = False


FIELDS: dict[str, str] = {
    "name": "the name",
    "born": "the date of birth",
    "sex": "the sex",
    "phone": "the phone number",
    "blood_group": "the blood group",
    "allergies": "the allergies",
    "insurance_provider": "the insurance",
    "insurance_number": "the insurance number",
    "emergency_name": "the name of the person to call",
    "emergency_phone": "the phone number of the person to call",
    "needs": "the help needed",
    "language": "the language",
    "is_confidential": "whether the name is hidden",
}


def read(session: Session, *, actor: Actor, patient_id: int | None = None) -> tuple[Person, Profile]:
    """Somebody of the signed-in patient's account, or without an id their own person. Goes into the audit."""
    person, patient = _find(session, actor, patient_id, "profile-read")
    if patient is None:
        return person, _blank(session, actor)
    _note(session, actor, "profile-read", patient.id)
    return person, of(patient)


def change(
    session: Session, *, actor: Actor, wish: Profile, patient_id: int | None = None, seen: Profile | None = None
) -> Profile:
    """Keep `wish` for one person of the account; answers what is kept now.

    `seen` is what was there when the form was opened. If that is not what is there now, nothing is
    overwritten: Conflict `changed_since` names the fields.
    """
    doing = "profile-change"
    person, patient = _find(session, actor, patient_id, doing)
    clean = cleaned(session, wish)
    if patient is None:
        _new(session, actor, clean, is_own=True)
        return clean
    announce(session, patient.id)  # the queues are locked before the record, as everywhere
    patient = families.held(session, actor=actor, patient_id=patient.id, doing=doing)
    before = of(patient)
    if seen is not None and (differs := changed(seen, before)):
        names = ", ".join(FIELDS[name] for name in differs)
        raise Conflict(f"This was changed in another window meanwhile: {names}.", code="changed_since")
    fields = changed(before, clean)
    write(patient, clean)
    if person.is_own:
        patient.is_own = True
        policy.signed_in(session, actor).name = clean.name
    session.add(patient)
    _note(session, actor, doing, patient.id, fields)
    events.record(session, events.PeopleChanged())
    return clean


def add(session: Session, *, actor: Actor, wish: Profile) -> int:
    """One more person for the account of the signed-in patient; answers their id."""
    user = policy.require_role(session, actor, Role.PATIENT, doing="family-add")
    families.refuse_more(session, user)
    return _new(session, actor, cleaned(session, wish), is_own=False)


def of(patient: Patient) -> Profile:
    """The profile in a record."""
    known = {name: getattr(patient, name) for name in FIELDS}
    return Profile(**{**known, "needs": tuple(Need(need) for need in patient.needs)})


def changed(before: Profile, after: Profile) -> list[str]:
    """The names of the fields that differ."""
    return audit.changes(asdict(before), asdict(after))


def merged(seen: Profile, wish: Profile, now: Profile) -> Profile:
    """`now` with what somebody who saw `seen` has changed to make `wish`; an allergy of either is kept."""
    mine = {name: getattr(wish, name) for name in changed(seen, wish)}
    if {"allergies"} <= mine.keys() & set(changed(seen, now)):
        mine["allergies"] = "\n".join(dict.fromkeys([*now.allergies.splitlines(), *wish.allergies.splitlines()]))
    return replace(now, **mine)


def lost(now: Profile, mine: Profile, seen: Profile) -> dict[str, str]:
    """The fields, in words, in which `mine` hides what somebody else has made of `seen`, and what that is."""
    theirs = set(changed(seen, now)) & set(changed(now, mine))
    return {FIELDS[name]: _said(getattr(now, name)) for name in FIELDS if name in theirs - {"allergies"}}


def _said(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value or "–").replace("\n", ", ")


def cleaned(session: Session, wish: Profile) -> Profile:
    """`wish` as it is kept. Raises Invalid `bad_<field>` with a sentence."""
    today = clock.service_date(clock.now(), policy.clinic(session).timezone)
    needs = tuple(need for need in Need if need in wish.needs)
    plain: dict[str, Any] = {}
    with _blames("name"):
        plain["name"] = text.person(wish.name)
    with _blames("born"):
        plain["born"] = text.birthday(wish.born, today)
    for name in ("phone", "emergency_phone"):
        with _blames(name):
            plain[name] = text.phone(getattr(wish, name))
    for name, longest in (("insurance_provider", 80), ("insurance_number", 40), ("emergency_name", 80)):
        with _blames(name):
            plain[name] = text.line(getattr(wish, name), field=FIELDS[name], longest=longest)
    if plain["insurance_number"] and not _INSURANCE_NUMBER.fullmatch(plain["insurance_number"]):
        raise Invalid("Please check the insurance number: letters and digits only.", code="bad_insurance_number")
    if wish.language and not (len(wish.language) <= 35 and _LANGUAGE.fullmatch(wish.language)):
        raise Invalid("Please choose a language from the list.", code="bad_language")
    return replace(wish, **plain, allergies=_allergies(wish.allergies), needs=needs)


def _allergies(typed: str) -> str:
    with _blames("allergies"):
        kept = [text.line(one, field="an allergy", longest=LONGEST_ALLERGY) for one in typed.splitlines()]
    lines = list(dict.fromkeys(filter(None, kept)))
    if len(lines) > MOST_ALLERGIES or len("\n".join(lines)) > LONGEST_ALLERGIES:
        raise Invalid(f"Please write at most {MOST_ALLERGIES} allergies, one a line.", code="bad_allergies")
    return "\n".join(lines)


@contextmanager
def _blames(field: str) -> Iterator[None]:
    """A refusal inside says which field it is about."""
    try:
        yield
    except Invalid as error:
        raise Invalid(error.message, code=f"bad_{field}") from error


def _find(session: Session, actor: Actor, patient_id: int | None, doing: str) -> tuple[Person, Patient | None]:
    user = policy.require_role(session, actor, Role.PATIENT, doing=doing)
    own = families.own(session, user)
    found = own if patient_id is None else families.one(session, actor=actor, patient_id=patient_id, doing=doing)
    if found is None:
        return Person(None, user.name, None, True), None
    return Person(found.id, found.name, found.born, found is own), found


def _blank(session: Session, actor: Actor) -> Profile:
    """What the account itself knows of somebody who has no record yet."""
    user = policy.signed_in(session, actor)
    return Profile(name=user.name, phone=user.phone or "")


def _new(session: Session, actor: Actor, clean: Profile, *, is_own: bool) -> int:
    patient = Patient(name=clean.name, user_id=actor.user_id, is_own=is_own, created_at=clock.now())
    write(patient, clean)
    session.add(patient)
    session.flush()
    _note(session, actor, "profile-change" if is_own else "family-add", patient.id, changed(Profile(name=""), clean))
    events.record(session, events.PeopleChanged())
    return patient.id


def write(patient: Patient, clean: Profile) -> None:
    for name in FIELDS:
        setattr(patient, name, getattr(clean, name))
    patient.needs = [need.value for need in clean.needs]


def announce(session: Session, *patient_ids: int) -> None:
    """Lock every queue in which one of them waits, before any record as everywhere, and announce it: whoever looks
    at one sees the change.
    """
    theirs = col(QueueEntry.patient_id).in_(patient_ids)
    waits = select(QueueEntry.doctor_id).where(theirs, col(QueueEntry.status).in_(OPEN))
    for doctor_id in sorted(set(session.exec(waits))):
        steps.announce(session, steps.today(session, doctor_id))


def _note(session: Session, actor: Actor, action: str, patient_id: int, fields: list[str] | None = None) -> None:
    audit.note(session, actor, action, kind="patient", object_id=patient_id, patient_id=patient_id, fields=fields or ())
