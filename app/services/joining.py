"""Joining a queue: a name is enough, a token and a secret link come back."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app import clock, trace
from app.errors import Conflict, NotFound
from app.models import OPEN, STAFF, Need, Patient, Priority, QueueEntry, Role, Source
from app.services import audit, expected, families, idempotency, patients, policy, queue_rows, steps, text
from app.services.attendance import Attendance, Presence, presence
from app.services.policy import Actor, Kind, Verb
from app.settings import settings

LINK_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Who joins. `patient_id` is somebody the clinic knows: staff may pick anybody, patients their own people.
    `is_confidential` is for staff: a name to keep."""

    name: str = ""
    phone: str = ""
    reason: str = ""
    born: date | None = None
    needs: Sequence[Need] = ()
    priority: Priority = Priority.NONE
    source: Source = Source.PHONE
    patient_id: int | None = field(default=None)
    is_confidential: bool = False


def join(session: Session, *, actor: Actor, doctor_id: int, who: Newcomer) -> QueueEntry:
    """Give `who` the next token of this doctor's queue.

    Raises Invalid for an unusable name or phone, Conflict when the queue takes nobody (`queue_paused`,
    `queue_closed`, `queue_full`, `not_open_yet`) or when that person already waits here (`already_waiting`).
    """
    name, phone, reason = _checked(who)
    step = steps.begin(session, actor, Verb.JOIN, doctor_id)
    _refuse_unless_open(step)
    patient = _known_patient(step, who, name) or _new_patient(step, who, name, phone)
    if who.is_confidential:
        _keep_secret(step, patient)
    entry = ticket(step, patient)
    entry.source, entry.reason, entry.priority = who.source, reason, who.priority
    entry.origin = _origin(step, who)
    entry.needs = list(dict.fromkeys(Need(need).value for need in (*who.needs, *patient.needs)))
    entry.virtual_at -= steps.head_start(step.rules, who.priority)
    if actor.role is Role.PATIENT:  # the desk is asked instead
        expected.merge(step, entry)
    step.changed(entry, None)
    return entry


def ticket(step: steps.Step, patient: Patient) -> QueueEntry:
    """The queue's next token for this patient, as an entry that is not written yet."""
    number = step.day.next_token
    step.day.next_token += 1
    return QueueEntry(
        doctor_id=step.doctor.id,
        service_date=step.day.service_date,
        patient_id=patient.id,
        number=number,
        token=f"{step.doctor.letter}{number}",
        link=secrets.token_urlsafe(LINK_BYTES),
        joined_at=step.at,
        virtual_at=step.at,
    )


def _origin(step: steps.Step, who: Newcomer) -> str:
    """The same for all who join from one address today: it tells a flood, and tells nobody the address."""
    address = trace.network(trace.current().address)
    if not address or who.source not in (Source.PHONE, Source.MACHINE) or step.actor.role in STAFF:
        return ""
    said = f"origin|{step.day.service_date}|{address}"
    return hmac.new(settings().key, said.encode(), hashlib.sha256).hexdigest()[:16]


def _keep_secret(step: steps.Step, patient: Patient) -> None:
    """From now on only their doctor and nurses see the name."""
    policy.require(step.session, step.actor, Verb.SEE, step.day.doctor_id)
    if not patient.is_confidential:
        patient.is_confidential = True
        audit.note(
            step.session, step.actor, "patient-change", kind="patient", object_id=patient.id, patient_id=patient.id,
            fields=["is_confidential"],
        )  # fmt: skip


def link_once(session: Session, *, actor: Actor, doctor_id: int, who: Newcomer, key: str) -> str:
    """The link of the ticket that `join` gives; the same person with the same key gets the same one."""

    def work() -> dict[str, str]:
        return {"link": join(session, actor=actor, doctor_id=doctor_id, who=who).link or ""}

    body = {"doctor_id": doctor_id, **asdict(who)}
    return str(idempotency.once(session, asker=actor.asker, key=key, body=body, work=work)["link"])


def _checked(who: Newcomer) -> tuple[str, str, str]:
    name = "" if who.patient_id else text.person(who.name, "your name")
    return name, text.phone(who.phone), text.line(who.reason, field="the reason", longest=200)


def _refuse_unless_open(step: steps.Step) -> None:
    taken = _taken_today(step) if step.doctor.cap is not None else 0
    zone = policy.clinic(step.session).timezone
    attends = presence(step.doctor, step.day, taken, step.at, zone)
    if not attends.takes_people:
        raise refusal(attends, zone)


def refusal(attends: Presence, zone: str) -> Conflict:
    """Why nobody can join right now, as a sentence."""
    if attends.state is Attendance.FULL:
        return Conflict("Full for today. Please ask the desk.", code="queue_full")
    if attends.state is Attendance.PAUSED:
        return Conflict("This doctor takes nobody right now. Please ask the desk.", code="queue_paused")
    if attends.state is Attendance.NOT_YET and attends.until:
        opens = clock.at_clinic(attends.until, zone).strftime("%H:%M")
        return Conflict(f"No doctor is here right now. We open at {opens}.", code="not_open_yet")
    return Conflict("The queue is closed.", code="queue_closed")


def _taken_today(step: steps.Step) -> int:
    return step.session.exec(
        select(func.count())
        .select_from(QueueEntry)
        .where(
            QueueEntry.doctor_id == step.doctor.id,
            QueueEntry.service_date == step.day.service_date,
            col(QueueEntry.status).not_in(queue_rows.NOT_A_PLACE),
        )
    ).one()


def _known_patient(step: steps.Step, who: Newcomer, name: str) -> Patient | None:
    """Whom the clinic knows already: picked by staff, or signed in. They wait here once."""
    patient = _own_record(step, name) if who.patient_id is None else _picked(step, who.patient_id)
    if patient:
        patient = patients.held(step.session, patient.id)  # nobody merges or erases them meanwhile
        found = step.session.exec(_open_here(step).where(QueueEntry.patient_id == patient.id)).first()
        if found:
            raise _already(found)
    return patient


def _picked(step: steps.Step, patient_id: int) -> Patient:
    if step.actor.role is Role.PATIENT:
        return families.one(step.session, actor=step.actor, patient_id=patient_id, doing=step.verb)
    policy.require(step.session, step.actor, Verb.SEE, step.day.doctor_id)
    patient = step.session.get(Patient, patient_id)
    if patient is None:
        raise NotFound("We can't find that patient.", code="unknown_patient")
    return patient


def _own_record(step: steps.Step, name: str) -> Patient | None:
    """The record of a signed-in patient who joins under their own name."""
    if step.actor.kind is not Kind.USER or step.actor.role is not Role.PATIENT:
        return None
    user = policy.signed_in(step.session, step.actor)
    return next((person for person in families.of_account(step.session, user.id) if person.name == name), None)


def _new_patient(step: steps.Step, who: Newcomer, name: str, phone: str) -> Patient:
    born = text.birthday(who.born, step.day.service_date)
    patient = Patient(name=name, phone=phone, born=born, created_at=step.at)
    if step.actor.role is Role.PATIENT:
        families.take_in(step.session, actor=step.actor, patient=patient)
    if phone:
        _refuse_same_person(step, patient)
    step.session.add(patient)
    step.session.flush()
    return patient


def _refuse_same_person(step: steps.Step, patient: Patient) -> None:
    """The same name with the same phone number is the same person, and waits here once.

    Of a confidential person nobody learns in this way that they are here.
    """
    here = step.session.exec(
        _open_here(step)
        .join(Patient, col(Patient.id) == QueueEntry.patient_id)
        .where(Patient.phone == patient.phone, ~col(Patient.is_confidential))
    )
    for entry in here:  # compared here: engines don't agree on which letters are the same
        if step.session.get_one(Patient, entry.patient_id).name.casefold() == patient.name.casefold():
            raise _already(entry)


def _open_here(step: steps.Step) -> SelectOfScalar[QueueEntry]:
    return select(QueueEntry).where(
        QueueEntry.doctor_id == step.doctor.id,
        QueueEntry.service_date == step.day.service_date,
        col(QueueEntry.status).in_(OPEN),
    )


def _already(entry: QueueEntry) -> Conflict:
    return Conflict(f"You already have a ticket here: {entry.token}.", code="already_waiting")
