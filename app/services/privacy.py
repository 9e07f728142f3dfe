"""Erasing a person: what the law and the clinic's counts need stays, without a name; the rest is gone for good.

All of it is one transaction, so it is done or not. Tickets keep their times and states, the audit keeps its ids.
"""

import json
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from app import clock, events
from app.errors import Conflict, Invalid
from app.models import (
    OPEN,
    Appointment,
    AppointmentStatus,
    AuditRow,
    CancelReason,
    EntryEvent,
    Message,
    OneTimeLink,
    Patient,
    PatientMerge,
    QueueEntry,
    RecoveryCode,
    RequestKey,
    Role,
    User,
    UserSession,
)
from app.services import audit, families, idempotency, patients, policy, sign_ins, steps
from app.services.policy import Actor

WORD = "erase"
ERASED_NAME = "Erased patient"
FAMILY_NAME = "Family account"
_CODES = tuple(CancelReason)
_FRESH = {name: field.get_default(call_default_factory=True) for name, field in Patient.model_fields.items()}
_KEPT = {"id", "created_at", "merged_into_id", "erased_at", "name"}


class EraseReason(StrEnum):
    ASKED = "asked"
    MISTAKE = "mistake"
    RETENTION = "retention"


def erase(session: Session, *, actor: Actor, patient_id: int, reason: EraseReason, typed: str) -> None:
    """An admin erases a person, and every record that was merged into theirs. Nobody can take it back.

    `typed` has to be `WORD`. Raises Conflict `open_tickets` while the person waits somewhere.
    """
    policy.require_role(session, actor, Role.ADMIN, doing="patient-erase")
    if typed.strip().casefold() != WORD:
        raise Invalid(f"Please type the word {WORD}.", code="wrong_word")
    patient = patients.resolved(session, patient_id)
    patients.refuse_sealed(session, patient, actor=actor, doing="patient-erase")
    _erase(session, actor, patient.id, reason)


def erase_by_rule(session: Session, *, actor: Actor, patient_id: int) -> None:
    """The clinic's own rule erases somebody who has not been here for long; `retention` says whom and asks who may."""
    _erase(session, actor, patient_id, EraseReason.RETENTION)


def _erase(session: Session, actor: Actor, patient_id: int, reason: EraseReason) -> None:
    ids = same_person(session, patient_id)
    _announce(session, ids)
    people = _locked(session, ids)
    if any(person.erased_at for person in people):
        raise Conflict("This person is erased already.", code="already_erased")
    _refuse_open_tickets(session, ids)
    _refuse_appointments(session, ids)
    merges = _merges(session, ids)
    accounts = _accounts(people, merges)
    _empty_answers(session, people, accounts, _names(people, merges))
    _empty_tickets(session, ids)
    _empty_appointments(session, ids)
    for user_id in accounts:
        _erase_account(session, user_id, people, merges)
    session.execute(delete(Message).where(col(Message.patient_id).in_(ids)))
    session.execute(delete(OneTimeLink).where(col(OneTimeLink.patient_id).in_(ids)))
    for merge in merges:
        merge.changed, merge.gone_user_id = {}, None
        session.add(merge)
    for person in people:
        _empty(session, person)
        audit.note(
            session, actor, "patient-erase", kind="patient", object_id=person.id, patient_id=person.id, reason=reason
        )
    events.record(session, events.PeopleChanged())


def same_person(session: Session, patient_id: int) -> list[int]:
    """The id and those of all records that were merged into it."""
    ids, new = [patient_id], [patient_id]
    while new:
        new = list(session.exec(select(Patient.id).where(col(Patient.merged_into_id).in_(new))))
        ids += new
    return sorted(ids)


def _announce(session: Session, ids: Sequence[int]) -> None:
    """Lock and announce the queues in whose lists of today the name still stands."""
    rules = policy.clinic(session)
    today = clock.service_date(clock.now(), rules.timezone, rules.rules.day_start_hour)
    seen = select(QueueEntry.doctor_id).where(col(QueueEntry.patient_id).in_(ids), QueueEntry.service_date == today)
    for doctor_id in sorted(set(session.exec(seen))):
        steps.announce(session, steps.today(session, doctor_id))


def _locked(session: Session, ids: Sequence[int]) -> list[Patient]:
    query = select(Patient).where(col(Patient.id).in_(ids)).order_by(col(Patient.id)).with_for_update()
    return list(session.exec(query.execution_options(populate_existing=True)))


def _refuse_open_tickets(session: Session, ids: Sequence[int]) -> None:
    open_ = select(QueueEntry.token).where(col(QueueEntry.patient_id).in_(ids), col(QueueEntry.status).in_(OPEN))
    if tokens := session.exec(open_.order_by(col(QueueEntry.id))).all():
        raise Conflict(
            f"This person still has an open ticket: {', '.join(tokens)}. Please finish or cancel it first.",
            code="open_tickets",
        )


def _refuse_appointments(session: Session, ids: Sequence[int]) -> None:
    coming = select(Appointment.id).where(
        col(Appointment.patient_id).in_(ids), Appointment.status == AppointmentStatus.BOOKED
    )
    if session.exec(coming.limit(1)).first() is not None:
        raise Conflict("This person has an appointment. Please cancel it first.", code="open_appointments")


def _merges(session: Session, ids: Sequence[int]) -> list[PatientMerge]:
    either = col(PatientMerge.kept_id).in_(ids) | col(PatientMerge.gone_id).in_(ids)
    return list(session.exec(select(PatientMerge).where(either).order_by(col(PatientMerge.id))))


def _accounts(people: Sequence[Patient], merges: Sequence[PatientMerge]) -> list[int]:
    """Accounts that look after this person, and those that did before a merge."""
    found = {person.user_id for person in people} | {merge.gone_user_id for merge in merges if merge.undone_at is None}
    return sorted(user_id for user_id in found if user_id is not None)


def _names(people: Sequence[Patient], merges: Sequence[PatientMerge]) -> set[str]:
    """What this person is called, and was before a merge."""
    return {person.name for person in people} | {name for merge in merges for name in merge.changed.get("name", ())}


def _empty_tickets(session: Session, ids: Sequence[int]) -> None:
    """Times and states stay. People's own words, their needs and the secret links go."""
    theirs = col(QueueEntry.patient_id).in_(ids)
    words: dict[str, Any] = {"reason": "", "hold_reason": "", "needs": [], "origin": "", "link": None}
    quiet = {"synchronize_session": False}
    session.execute(update(QueueEntry).where(theirs).values(**words).execution_options(**quiet))
    own_words = col(QueueEntry.close_reason).not_in(_CODES)
    session.execute(update(QueueEntry).where(theirs, own_words).values(close_reason="").execution_options(**quiet))
    steps_ = col(EntryEvent.entry_id).in_(select(QueueEntry.id).where(theirs))
    session.execute(update(EntryEvent).where(steps_).values(before={}).execution_options(**quiet))
    own_words = col(EntryEvent.reason).not_in(_CODES)
    session.execute(update(EntryEvent).where(steps_, own_words).values(reason="").execution_options(**quiet))


def _empty_appointments(session: Session, ids: Sequence[int]) -> None:
    """The times stay; the words and the secret links go."""
    query = select(Appointment).where(col(Appointment.patient_id).in_(ids)).with_for_update()
    for one in session.exec(query.execution_options(populate_existing=True)):
        one.reason, one.close_reason, one.link = "", "", f"erased-{one.id}"
        session.add(one)


def _erase_account(session: Session, user_id: int, people: Sequence[Patient], merges: Sequence[PatientMerge]) -> None:
    """Close the account of this person and let go of its e-mail and phone.

    One that looks after others goes on without the name; the account of somebody else goes on as it is.
    """
    user = session.exec(select(User).where(User.id == user_id).with_for_update()).one()
    if user.role is not Role.PATIENT:
        return  # somebody who works here and is a patient, too: the account is for the work
    if not _is_theirs(session, user, people, merges):
        return
    ids = [person.id for person in people]
    others = select(Patient.id).where(Patient.user_id == user_id, col(Patient.id).not_in(ids))
    if session.exec(others.limit(1)).first() is not None:
        user.name = FAMILY_NAME
        session.add(user)
        return
    sign_ins.end_all_sessions(session, user_id)
    session.flush()
    session.execute(delete(Message).where(col(Message.recipient).in_([h for h in (user.email, user.phone) if h])))
    session.execute(delete(OneTimeLink).where(col(OneTimeLink.user_id) == user_id))
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
    session.execute(update(UserSession).where(col(UserSession.user_id) == user_id).values(address="", device=""))
    user.name, user.email, user.phone = ERASED_NAME, f"{user_id}@erased.invalid", None
    user.password_hash, user.totp, user.totp_counter = "", None, None
    user.disabled_at = user.disabled_at or clock.now()
    session.add(user)


def _is_theirs(session: Session, user: User, people: Sequence[Patient], merges: Sequence[PatientMerge]) -> bool:
    """Whether this is the person whose account it is: now, or before a merge. If that one is erased, it is anybody."""
    ids = {person.id for person in people}
    if own := families.own(session, user):
        return own.id in ids
    if user.name == FAMILY_NAME:
        return True
    before = {merge.gone_id for merge in merges if merge.gone_user_id == user.id and merge.undone_at is None}
    return any(person.is_own or families.is_named_as(person, user) for person in people if person.id in before)


def _empty_answers(session: Session, people: Sequence[Patient], accounts: Sequence[int], names: set[str]) -> None:
    """Answers that are kept for repeated requests hold names, for two days."""
    ids = [person.id for person in people]
    lately = select(AuditRow.id).where(
        col(AuditRow.patient_id).in_(ids), AuditRow.at > clock.now() - idempotency.KEEP_FOR
    )
    if session.exec(lately.limit(1)).first() is None:
        return
    entries = session.exec(select(QueueEntry).where(col(QueueEntry.patient_id).in_(ids))).all()
    links = {entry.link for entry in entries if entry.link}
    who = _any_of(names | links)
    said = {entry.reason for entry in entries} | {entry.hold_reason for entry in entries}
    theirs = _any_of(names | links | said | {person.phone for person in people})
    askers = {f"user:{user_id}" for user_id in accounts} | {f"link:{link}" for link in links}
    for kept in session.exec(select(RequestKey).execution_options(yield_per=500)):
        if kept.asker in askers or who.search(json.dumps(kept.answer, ensure_ascii=False)):
            kept.answer = _without(kept.answer, None if kept.asker in askers else theirs)
            kept.asker = "erased" if kept.asker in askers and kept.asker.startswith("link:") else kept.asker
            session.add(kept)


def _any_of(words: set[str]) -> re.Pattern[str]:
    either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True) if word)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)" if either else r"(?!)")


def _without(answer: Any, words: re.Pattern[str] | None) -> Any:
    """The same answer; what holds one of `words` (None: all words) is empty."""
    if isinstance(answer, dict):
        return {key: _without(value, words) for key, value in answer.items()}
    if isinstance(answer, list):
        return [_without(value, words) for value in answer]
    return "" if isinstance(answer, str) and (words is None or words.search(answer)) else answer


def _empty(session: Session, person: Patient) -> None:
    for name, fresh in _FRESH.items():
        if name not in _KEPT:
            setattr(person, name, fresh)
    person.name, person.erased_at = ERASED_NAME, clock.now()
    session.add(person)
