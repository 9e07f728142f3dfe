"""All that the clinic holds about a person, to take away: as data, for machines and for a page on paper.

No secrets, and nothing of other people: of whoever works here only the role is told, as in the audit.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from app import clock
from app.models import (
    Appointment,
    AuditRow,
    Doctor,
    EntryEvent,
    Message,
    Outcome,
    Patient,
    QueueEntry,
    Role,
    User,
    UserSession,
)
from app.services import audit, families, patients, policy, privacy, profiles
from app.services.policy import Actor

Json = dict[str, Any]
ACTION = "patient-export"
SECTIONS = ("profile", "tickets", "messages", "account", "audit")
_TICKET = (
    "token", "service_date", "status", "source", "reason", "needs", "priority", "joined_at", "first_called_at",
    "last_called_at", "call_count", "room", "started_at", "held_at", "hold_reason", "skipped_at", "skip_count",
    "closed_at", "close_reason", "promised_low", "promised_high", "promised_at",
)  # fmt: skip
_EVENT = ("at", "verb", "from_status", "to_status", "actor_role", "room", "reason")
_MESSAGE = ("kind", "recipient", "subject", "body", "created_at", "sent_at", "failed_at")
_SIGN_IN = ("created_at", "last_seen_at", "ended_at", "address", "device")
_APPOINTMENT = ("starts_at", "ends_at", "status", "reason", "created_at", "closed_at", "close_reason")
_AUDIT = ("at", "role", "action", "kind", "outcome", "fields")


def of_patient(session: Session, *, actor: Actor, patient_id: int) -> Json:
    """Everything about one person, for an admin. The audit keeps that it was taken, so this has to be committed."""
    policy.require_role(session, actor, Role.ADMIN, doing=ACTION)
    patient = patients.resolved(session, patient_id)
    patients.refuse_sealed(session, patient, actor=actor, doing=ACTION)
    return _export(session, actor, [patient], _account_of(session, patient))


def of_me(session: Session, *, actor: Actor) -> Json:
    """Everything about the signed-in patient and the people on the same account."""
    user = policy.require_role(session, actor, Role.PATIENT, doing=ACTION)
    return _export(session, actor, families.of_account(session, user.id), _account(session, user))


def _export(session: Session, actor: Actor, people: Sequence[Patient], account: Json | None) -> Json:
    clinic = policy.clinic(session)
    found: Json = {
        "clinic": clinic.name,
        "timezone": clinic.timezone,
        "made_at": clock.now().isoformat(),
        "account": account,
        "people": [_person(session, patient) for patient in people],
    }
    for patient in people:
        audit.note(session, actor, ACTION, kind="patient", object_id=patient.id, patient_id=patient.id, fields=SECTIONS)
    if not people:
        audit.note(session, actor, ACTION, kind="user", object_id=actor.user_id, fields=("account",))
    return found


def _person(session: Session, patient: Patient) -> Json:
    ids = privacy.same_person(session, patient.id)
    return {
        "number": patient.id,
        "earlier_numbers": [patient_id for patient_id in ids if patient_id != patient.id],
        "known_since": patient.created_at.isoformat(),
        "erased_at": _plain(patient.erased_at),
        "profile": {name: _plain(getattr(profiles.of(patient), name)) for name in profiles.FIELDS},
        "tickets": _tickets(session, ids),
        "appointments": [
            _some(row, _APPOINTMENT)
            for row in session.exec(
                select(Appointment).where(col(Appointment.patient_id).in_(ids)).order_by(col(Appointment.starts_at))
            )
        ],
        "messages": [
            _some(row, _MESSAGE)
            for row in session.exec(select(Message).where(col(Message.patient_id).in_(ids)).order_by(col(Message.id)))
        ],
        "audit": [
            _some(row, _AUDIT)
            for row in session.exec(
                select(AuditRow)
                .where(col(AuditRow.patient_id).in_(ids), AuditRow.outcome == Outcome.DONE)
                .order_by(col(AuditRow.id))
            )
        ],
    }


def _tickets(session: Session, ids: Sequence[int]) -> list[Json]:
    rows = session.exec(
        select(QueueEntry, Doctor.name)
        .join(Doctor, col(Doctor.id) == QueueEntry.doctor_id)
        .where(col(QueueEntry.patient_id).in_(ids))
        .order_by(col(QueueEntry.id))
    ).all()
    steps: dict[int, list[Json]] = {entry.id: [] for entry, _ in rows}
    theirs = select(QueueEntry.id).where(col(QueueEntry.patient_id).in_(ids))
    for event in session.exec(
        select(EntryEvent).where(col(EntryEvent.entry_id).in_(theirs)).order_by(col(EntryEvent.id))
    ):
        steps.setdefault(event.entry_id, []).append(_some(event, _EVENT))
    return [{"doctor": doctor, **_some(entry, _TICKET), "steps": steps[entry.id]} for entry, doctor in rows]


def _account_of(session: Session, patient: Patient) -> Json | None:
    """The account, without what it says of others if it looks after them, too."""
    user = session.get(User, patient.user_id) if patient.user_id else None
    if user is None:
        return None
    people = session.exec(select(func.count()).select_from(Patient).where(Patient.user_id == user.id)).one()
    if people > 1 or user.role is not Role.PATIENT:
        return {"shared": True, "since": user.created_at.isoformat()}
    return _account(session, user)


def _account(session: Session, user: User) -> Json:
    signed = session.exec(select(UserSession).where(UserSession.user_id == user.id).order_by(col(UserSession.id)))
    return {
        "shared": False,
        "name": user.name,
        "email": user.email,
        "phone": user.phone,
        "since": user.created_at.isoformat(),
        "second_step": user.totp is not None,
        "sign_ins": [_some(row, _SIGN_IN) for row in signed],
    }


def _some(row: object, names: Sequence[str]) -> Json:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value
