"""Two records of the same person become one; within a month that can be taken back.

What one had moves to the other: tickets of all days, messages, the account. The old record stays, empty-handed,
and its id leads to the one that goes on. If one of the two is confidential, so is the one that goes on.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from app import clock, events
from app.errors import Conflict, Invalid, NotFound
from app.models import (
    OPEN,
    Appointment,
    AuditRow,
    Doctor,
    Message,
    OneTimeLink,
    Outcome,
    Patient,
    PatientMerge,
    QueueEntry,
    Role,
    User,
)
from app.services import audit, families, patients, policy, profiles
from app.services.policy import Actor

UNDO_FOR = timedelta(days=30)
PAGE = 50
FIELDS = (
    "name", "phone", "born", "sex", "blood_group", "allergies", "insurance_provider", "insurance_number",
    "emergency_name", "emergency_phone", "needs", "language", "account",
)  # fmt: skip
_ACCOUNT = ("user_id", "is_own")
_MOVING: dict[str, Any] = {"queue_entry": QueueEntry, "message": Message, "appointment": Appointment}
CANT = "This can't be taken back any more."


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A merge that can still be taken back."""

    id: int
    kept_id: int
    kept_name: str
    gone_id: int
    gone_name: str
    at: datetime
    tickets: int


def merge(session: Session, *, actor: Actor, kept_id: int, gone_id: int, taken: Collection[str] = ()) -> int:
    """`gone` goes into `kept`. `taken` names the fields in which the value of `gone` wins; answers the merge's id.

    Raises Conflict `two_tickets` when both wait in the same queue.
    """
    policy.require_role(session, actor, Role.ADMIN, doing="patient-merge")
    if kept_id == gone_id:
        raise Invalid("Please choose two different records.", code="same_patient")
    if set(taken) - set(FIELDS):
        raise Invalid("We do not know this field.", code="unknown_field")
    for patient_id in (kept_id, gone_id):
        patients.refuse_sealed(session, patients.resolved(session, patient_id), actor=actor, doing="patient-merge")
    return fold(session, actor=actor, kept_id=kept_id, gone_id=gone_id, taken=taken)


def fold(session: Session, *, actor: Actor, kept_id: int, gone_id: int, taken: Collection[str]) -> int:
    """The merge itself, for callers that have asked whether `actor` may."""
    profiles.announce(session, gone_id)
    kept, gone = _both(session, kept_id, gone_id)
    _refuse_two_tickets(session, kept_id, gone_id)
    done = PatientMerge(
        kept_id=kept_id, gone_id=gone_id, gone_user_id=gone.user_id, at=clock.now(), by_id=actor.user_id,
        moved={name: _move(session, table, gone_id, kept_id) for name, table in _MOVING.items()},
    )  # fmt: skip
    done.changed = dict(_take(kept, gone, taken))
    _end_claims(session, gone_id)
    gone.merged_into_id, gone.user_id = kept_id, None
    session.add_all((kept, gone, done))
    session.flush()
    _note(session, actor, "patient-merge", done)
    events.record(session, events.PeopleChanged())
    return done.id


def take_back(session: Session, *, actor: Actor, merge_id: int) -> None:
    """Two records again: what moved goes back, and fields that nobody changed since are as they were.

    The account comes back only to somebody whom it has not let go meanwhile.
    """
    policy.require_role(session, actor, Role.ADMIN, doing="patient-unmerge")
    done = session.get(PatientMerge, merge_id)
    if done is None:
        raise NotFound("We can't find that merge.", code="unknown_merge")
    profiles.announce(session, done.kept_id)
    kept, gone = locked(session, done.kept_id, done.gone_id)
    session.refresh(done)
    if done.undone_at or clock.now() > done.at + UNDO_FOR:
        raise Conflict(CANT, code="too_late")
    if kept.erased_at or kept.merged_into_id or gone.merged_into_id != kept.id:
        raise Conflict(f"The record was erased or merged again. {CANT}", code="changed_since")
    still = _still_theirs(session, kept, done)
    gone.merged_into_id = None
    _move_back(session, done)
    _restore(kept, done)
    _give_account(session, gone, still)
    done.undone_at = clock.now()
    session.add_all((kept, gone, done))
    session.flush()
    _note(session, actor, "patient-unmerge", done)
    done.changed = {}
    events.record(session, events.PeopleChanged())


def recent(session: Session, *, actor: Actor) -> list[MergeRow]:
    """What can still be taken back, newest first."""
    policy.require_role(session, actor, Role.ADMIN)
    rows = session.exec(
        select(PatientMerge, Patient)
        .join(Patient, col(Patient.id) == PatientMerge.gone_id)
        .where(col(PatientMerge.at) > clock.now() - UNDO_FOR, col(PatientMerge.undone_at).is_(None))
        .where(col(Patient.erased_at).is_(None))
        .order_by(col(PatientMerge.at).desc(), col(PatientMerge.id).desc())
        .limit(PAGE)
    )
    return [
        MergeRow(
            done.id, done.kept_id, patients.shown_name(session.get_one(Patient, done.kept_id)), gone.id,
            patients.shown_name(gone), done.at, len(done.moved.get("queue_entry", ())),
        )
        for done, gone in rows
    ]  # fmt: skip


def _both(session: Session, kept_id: int, gone_id: int) -> tuple[Patient, Patient]:
    kept, gone = locked(session, kept_id, gone_id)
    for patient in (kept, gone):
        if patient.merged_into_id or patient.erased_at:
            raise Conflict("One of the records was erased or merged already.", code="changed_since")
    return kept, gone


def locked(session: Session, *patient_ids: int) -> list[Patient]:
    """The records, locked in one order, answered in the order asked for."""
    query = select(Patient).where(col(Patient.id).in_(patient_ids)).order_by(col(Patient.id)).with_for_update()
    found = {row.id: row for row in session.exec(query.execution_options(populate_existing=True))}
    if len(found) < len(patient_ids):
        raise NotFound(patients.UNKNOWN, code="unknown_patient")
    return [found[patient_id] for patient_id in patient_ids]


def _refuse_two_tickets(session: Session, kept_id: int, gone_id: int) -> None:
    places: dict[tuple[int, date], QueueEntry] = {}
    waiting = select(QueueEntry).where(
        col(QueueEntry.patient_id).in_((kept_id, gone_id)), col(QueueEntry.status).in_(OPEN)
    )
    for entry in session.exec(waiting.order_by(col(QueueEntry.id))):
        other = places.setdefault((entry.doctor_id, entry.service_date), entry)
        if other is not entry:
            doctor = session.get_one(Doctor, entry.doctor_id).name
            raise Conflict(
                f"Both wait for {doctor}, as {other.token} and {entry.token}. Please cancel one of the two tickets.",
                code="two_tickets",
            )


def _move(session: Session, table: Any, from_id: int, to_id: int) -> list[int]:
    """Give every row of one person to the other; answers the ids."""
    rows = session.exec(select(table).where(table.patient_id == from_id).order_by(table.id)).all()
    for row in rows:
        row.patient_id = to_id
        session.add(row)
    return [row.id for row in rows]


def _take(kept: Patient, gone: Patient, taken: Collection[str]) -> Iterator[tuple[str, list[Any]]]:
    """Give `kept` the chosen values, what has to be kept secret, and the account if it has none; yields what was and
    what is, as JSON can hold.
    """
    wanted = [name for name in FIELDS if name in taken and name != "account"]
    if "account" in taken or kept.user_id is None:
        wanted += _ACCOUNT
    if gone.is_confidential:
        wanted.append("is_confidential")
    for name in wanted:
        before, after = getattr(kept, name), getattr(gone, name)
        if before != after:
            setattr(kept, name, after)
            yield name, [_plain(before), _plain(after)]
    if kept.user_id is not None and kept.user_id == gone.user_id and gone.is_own and not kept.is_own:
        kept.is_own = True
        yield "is_own", [False, True]


def _restore(kept: Patient, done: PatientMerge) -> None:
    for name, (before, after) in done.changed.items():
        if _plain(getattr(kept, name)) == after:
            setattr(kept, name, _revived(name, before))


def _still_theirs(session: Session, kept: Patient, done: PatientMerge) -> User | None:
    """The account that looked after the old record, if it is in use and nobody has taken the person off it since."""
    user = session.get(User, done.gone_user_id) if done.gone_user_id else None
    _, left = done.changed.get("user_id", (None, kept.user_id))
    if user is None or user.disabled_at or kept.user_id is None or kept.user_id != left:
        return None
    let_go = select(AuditRow.id).where(
        AuditRow.patient_id == kept.id,
        AuditRow.actor_id == user.id,
        AuditRow.action == families.REMOVE,
        AuditRow.outcome == Outcome.DONE,
        AuditRow.at >= done.at,
    )
    return None if session.exec(let_go.limit(1)).first() else user


def _give_account(session: Session, gone: Patient, user: User | None) -> None:
    """The account again; it has one person of its own at most."""
    is_taken = user is not None and any(row.is_own for row in families.of_account(session, user.id))
    gone.user_id = user.id if user else None
    gone.is_own = gone.is_own and user is not None and not is_taken


def _move_back(session: Session, done: PatientMerge) -> None:
    for name, table in _MOVING.items():
        ids = done.moved.get(name, [])
        rows = session.exec(select(table).where(col(table.id).in_(ids))).all() if ids else []
        for row in rows:
            if row.patient_id == done.kept_id:
                row.patient_id = done.gone_id
                session.add(row)


def _end_claims(session: Session, patient_id: int) -> None:
    """A link that was handed out for the old record opens nothing any more."""
    session.execute(
        update(OneTimeLink)
        .where(col(OneTimeLink.patient_id) == patient_id, col(OneTimeLink.used_at).is_(None))
        .values(used_at=clock.now())
    )


def _note(session: Session, actor: Actor, action: str, done: PatientMerge) -> None:
    """One row for each of the two, so that both are found by their id."""
    for patient_id, other_id in ((done.kept_id, done.gone_id), (done.gone_id, done.kept_id)):
        audit.note(
            session, actor, action, kind="patient", object_id=other_id, patient_id=patient_id,
            reason=f"merge-{done.id}", fields=done.changed,
        )  # fmt: skip


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _revived(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name == "born" and value else value
