"""What a patient's own page shows: one ticket, found by its secret link and by nothing else."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from app import clock
from app.errors import NotFound
from app.models import OPEN, Appointment, Doctor, Need, QueueEntry, Status
from app.services import board, ordering, policy
from app.services.board import QueueView
from app.services.estimate import Wait
from app.services.policy import ANONYMOUS, Actor, Verb

UNKNOWN_LINK = "We can't find that ticket."


@dataclass(frozen=True, slots=True)
class TicketView:
    """`room` is set while called or in progress. `ended_at` is when the entry was closed, whatever the way.

    With an appointment: `call_from` is set for somebody who came early, `late` for somebody who came too late.
    """

    entry_id: int
    link: str
    token: str
    number: int
    status: Status
    doctor_id: int
    doctor_name: str
    room: str
    position: int | None
    wait: Wait | None
    service_date: date
    joined_at: datetime
    called_at: datetime | None
    call_count: int
    come_before: datetime | None
    started_at: datetime | None
    skipped_at: datetime | None
    held_at: datetime | None
    hold_reason: str
    ended_at: datetime | None
    end_reason: str
    answer: str | None
    moved: bool
    may_return: bool
    fetch: bool
    promised_by: datetime | None
    appointment_at: datetime | None
    call_from: datetime | None
    late: bool


def by_link(session: Session, link: str) -> TicketView:
    """The ticket behind `link`. Raises NotFound `unknown_link`, or `ticket_expired` after the next day."""
    entry = session.exec(select(QueueEntry).where(QueueEntry.link == link)).first() if link else None
    if entry is None or entry.link != link:  # an engine may take capitals and small letters for the same
        raise ANONYMOUS.refused(NotFound(UNKNOWN_LINK, code="unknown_link"), "open", "ticket")
    clinic = policy.clinic(session)
    today = clock.service_date(clock.now(), clinic.timezone, clinic.rules.day_start_hour)
    left_over = entry.status.is_open and entry.status is not Status.IN_PROGRESS
    if today > entry.service_date + timedelta(days=0 if left_over else 1):
        day = f"{entry.service_date.day} {entry.service_date:%B}"
        raise NotFound(f"This ticket was for {day}. Get a new one?", code="ticket_expired")
    return view(session, entry)


def for_staff(session: Session, *, actor: Actor, entry_id: int) -> TicketView:
    """The ticket that the desk prints for somebody. Raises NotFound for one that was moved away."""
    entry = session.get(QueueEntry, entry_id)
    if entry is None or entry.link is None:
        raise NotFound(UNKNOWN_LINK, code="unknown_entry")
    try:
        policy.require(session, actor, Verb.SEE, entry.doctor_id)
    except NotFound as not_theirs:
        hidden = NotFound(UNKNOWN_LINK, code="unknown_entry")
        raise actor.refused(hidden, Verb.SEE, "entry", entry_id) from not_theirs
    return view(session, entry)


def view(session: Session, entry: QueueEntry, queue: QueueView | None = None) -> TicketView:
    """`entry` as its owner sees it; `queue` saves loading the line again."""
    rules = policy.clinic(session).rules
    waiting = entry.status is Status.WAITING
    queue = (queue or board.load(session, entry.doctor_id)) if waiting else None
    mine = next((p for p in queue.line if p.entry_id == entry.id), None) if queue else None
    in_reach = entry.status in (Status.CALLED, Status.IN_PROGRESS)
    called = entry.last_called_at if entry.status is Status.CALLED else None
    booked = session.get(Appointment, entry.appointment_id) if entry.appointment_id else None
    booked_at = booked.starts_at if booked else None
    return TicketView(
        entry_id=entry.id, link=entry.link or "", token=entry.token,
        number=int("".join(filter(str.isdigit, entry.token))), status=entry.status, doctor_id=entry.doctor_id,
        doctor_name=session.get_one(Doctor, entry.doctor_id).name, room=entry.room if in_reach else "",
        position=mine.position if mine else None, wait=mine.wait if mine else None,
        service_date=entry.service_date, joined_at=entry.joined_at, called_at=entry.last_called_at,
        call_count=entry.call_count,
        come_before=called + timedelta(minutes=rules.grace_minutes) if called else None,
        started_at=entry.started_at, skipped_at=entry.skipped_at, held_at=entry.held_at,
        hold_reason=entry.hold_reason, ended_at=entry.closed_at, end_reason=entry.close_reason,
        answer=entry.answer.value if entry.answer else None, moved=entry.moved_from_id is not None,
        may_return=rules.patient_may_return, fetch=Need.FETCH in entry.needs, promised_by=_promised_by(entry),
        appointment_at=booked_at, call_from=_early_until(entry, clock.now()) if booked_at else None,
        late=ordering.is_late(booked_at, entry.joined_at, rules.late_after_minutes),
    )  # fmt: skip


def still_open(session: Session, links: Collection[str]) -> list[tuple[str, str, Status]]:
    """(link, token, status) of those tickets that are open today, the newest first."""
    clinic = policy.clinic(session)
    today = clock.service_date(clock.now(), clinic.timezone, clinic.rules.day_start_hour)
    rows = session.exec(
        select(QueueEntry.link, QueueEntry.token, QueueEntry.status)
        .where(
            col(QueueEntry.link).in_(links),
            col(QueueEntry.status).in_(OPEN),
            QueueEntry.service_date == today,
        )
        .order_by(col(QueueEntry.id).desc())
    )
    return [(link, token, Status(status)) for link, token, status in rows if link]


def entry_of(session: Session, link: str) -> int:
    """The entry that a link holder may act on."""
    entry_id = session.exec(select(QueueEntry.id).where(QueueEntry.link == link)).first()
    if entry_id is None:
        raise ANONYMOUS.refused(NotFound(UNKNOWN_LINK, code="unknown_link"), "open", "ticket")
    return entry_id


def _early_until(entry: QueueEntry, at: datetime) -> datetime | None:
    waits = entry.status is Status.WAITING and entry.first_called_at is None
    return entry.not_before if waits and entry.not_before and entry.not_before > at else None


def _promised_by(entry: QueueEntry) -> datetime | None:
    """When the first promise ends; None if nobody promised anything."""
    if entry.promised_at is None or entry.promised_high is None:
        return None
    return entry.promised_at + timedelta(minutes=entry.promised_high)
