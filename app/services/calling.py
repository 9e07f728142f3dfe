"""Calling people in, and what happens when they do not come."""

from datetime import timedelta

from sqlmodel import Session, col, select

from app import clock
from app.errors import Conflict, NotAllowed
from app.models import Answer, Band, EntryEvent, QueueEntry, Status, User
from app.services import leaving, ordering, policy, steps, text
from app.services.policy import CLINICAL, Actor, Kind, Verb


def call_next(
    session: Session,
    *,
    actor: Actor,
    doctor_id: int,
    expected_version: int | None = None,
    expected_entry_id: int | None = None,
    step_name: str | None = None,
) -> QueueEntry:
    """Call whoever is first in the one order.

    Raises Conflict `queue_empty`; `stale_version` when the queue moved on since `expected_version`, or when
    somebody else than `expected_entry_id` is first now. `step_name` makes it part of an earlier click.
    """
    step = steps.begin(session, actor, Verb.CALL_NEXT, doctor_id, step_name)
    if expected_version is not None and expected_version != step.day.version:
        raise Conflict("The queue has changed. Your list is up to date now.", code="stale_version")
    first = ordering.next_up(steps.waiting(step), step.at)
    if first is None:
        raise Conflict("No one is waiting.", code="queue_empty")
    entry = session.get_one(QueueEntry, first.entry_id, populate_existing=True)
    if expected_entry_id is not None and entry.id != expected_entry_id:
        raise Conflict(f"The line has changed: {entry.token} is next now.", code="stale_version")
    _call(step, entry)
    return entry


def call(session: Session, *, actor: Actor, entry_id: int, reason: str = "") -> QueueEntry:
    """Call this one person, in or out of turn."""
    step, entry = steps.begin_on(session, actor, Verb.CALL, entry_id)
    if entry.status is Status.CALLED:
        raise already_called(step, entry)
    _call(step, entry, reason)
    return entry


def recall(session: Session, *, actor: Actor, entry_id: int) -> QueueEntry:
    """Call a called person again; not sooner than the policy's gap."""
    step, entry = steps.begin_on(session, actor, Verb.RECALL, entry_id)
    if entry.status is not Status.CALLED:
        raise Conflict(f"{entry.token} is {entry.status.label.lower()} now.", code="wrong_status")
    gap = timedelta(seconds=step.rules.recall_gap_seconds)
    if entry.last_called_at and step.at < entry.last_called_at + gap:
        raise Conflict(f"{entry.token} was called a moment ago. Please give them time to come.", code="too_soon")
    _call(step, entry)
    return entry


def skip(session: Session, *, actor: Actor, entry_id: int) -> QueueEntry:
    """The called person did not come: the screen clears, they may still return."""
    step, entry = steps.begin_on(session, actor, Verb.SKIP, entry_id)
    before = entry.undoable()
    entry.become(Status.SKIPPED, step.at)
    entry.skipped_at = step.at
    entry.skip_count += 1
    entry.answer = None
    step.changed(entry, before)
    return entry


def put_back(session: Session, *, actor: Actor, entry_id: int) -> QueueEntry:
    """Back into the line at the same place: a wrong call, a wrong start, or somebody who is back from hold."""
    step, entry = steps.begin_on(session, actor, Verb.PUT_BACK, entry_id)
    if entry.status is Status.SKIPPED:
        return _return(step, entry)
    if entry.status not in (Status.CALLED, Status.IN_PROGRESS, Status.ON_HOLD):
        raise Conflict(f"{entry.token} is {entry.status.label.lower()} now.", code="wrong_status")
    if entry.status is not Status.CALLED and actor.role not in CLINICAL:
        raise actor.refused(NotAllowed("Only a doctor or a nurse can do this."), Verb.PUT_BACK, "entry", entry_id)
    if entry.status is Status.IN_PROGRESS and entry.service_date != step.day.service_date:
        new = leaving.move(step, entry, step)
        step.changed(new, None)
        return new
    before = entry.undoable()
    entry.become(Status.WAITING, step.at)
    entry.started_at = entry.held_at = entry.answer = None
    entry.hold_reason = ""
    step.changed(entry, before)
    return entry


def return_(session: Session, *, actor: Actor, entry_id: int) -> QueueEntry:
    """A skipped person is here after all: same place, callable again after a short delay."""
    step, entry = steps.begin_on(session, actor, Verb.RETURN, entry_id)
    if actor.kind is Kind.LINK and not step.rules.patient_may_return:
        raise Conflict("Please tell the desk that you are here.", code="ask_desk")
    if entry.status is Status.WAITING:
        return entry  # said twice, or staff were faster: they are in the line, which is what was asked
    return _return(step, entry)


def _return(step: steps.Step, entry: QueueEntry) -> QueueEntry:
    before = entry.undoable()
    if entry.status is not Status.SKIPPED:
        raise Conflict(f"{entry.token} is {entry.status.label.lower()} now.", code="wrong_status")
    entry.become(Status.WAITING, step.at)
    entry.not_before = step.at + timedelta(minutes=step.rules.return_delay_minutes)
    if entry.skip_count >= step.rules.max_misses:
        entry.virtual_at, entry.pinned_at = step.at, None
    step.changed(entry, before)
    return entry


def answer(session: Session, *, actor: Actor, entry_id: int) -> QueueEntry:
    """The patient says from the phone: "I am coming" (called) or "I am back" (on hold)."""
    step, entry = steps.begin_on(session, actor, Verb.ANSWER, entry_id)
    said = {Status.CALLED: Answer.COMING, Status.ON_HOLD: Answer.BACK}.get(entry.status)
    if said is None or entry.answer is said:
        return entry
    before = entry.undoable()
    entry.answer = said
    step.changed(entry, before)
    return entry


def more_time(session: Session, *, actor: Actor, entry_id: int) -> QueueEntry:
    """The patient can't come yet: others go first for a while, the place is kept.

    Raises Conflict `next_already` for those who come before everybody: nobody else would go first.
    """
    step, entry = steps.begin_on(session, actor, Verb.MORE_TIME, entry_id)
    before = entry.undoable()
    if entry.status not in (Status.WAITING, Status.CALLED):
        raise Conflict(f"{entry.token} is {entry.status.label.lower()} now.", code="wrong_status")
    if entry.band is Band.EMERGENCY or entry.pinned_at:  # the order lets nobody go before them
        when = "It is your turn" if entry.status is Status.CALLED else "You are called soon"
        raise Conflict(f"{when}. Please tell the desk if you can't come.", code="next_already")
    if entry.status is Status.CALLED:
        entry.become(Status.WAITING, step.at)
    entry.not_before = step.at + timedelta(minutes=step.rules.more_time_minutes)
    entry.answer = None
    step.changed(entry, before)
    return entry


def already_called(step: steps.Step, entry: QueueEntry) -> Conflict:
    """Who was faster, and when."""
    zone = policy.clinic(step.session).timezone
    at = clock.at_clinic(entry.last_called_at or step.at, zone)
    who = step.session.exec(
        select(col(User.name))
        .join(EntryEvent, col(EntryEvent.actor_id) == User.id)
        .where(EntryEvent.entry_id == entry.id, EntryEvent.to_status == Status.CALLED)
        .order_by(col(EntryEvent.id).desc())
        .limit(1)
    ).first()
    by = f"{who} called" if who else "Somebody called"
    return Conflict(f"{by} {entry.token} at {at:%H:%M}. Your list is up to date now.", code="already_called")


def _call(step: steps.Step, entry: QueueEntry, reason: str = "") -> None:
    reason = text.line(reason, field="the reason", longest=200)
    before = entry.undoable()
    entry.become(Status.CALLED, step.at)
    entry.first_called_at = entry.first_called_at or step.at
    entry.last_called_at = step.at
    entry.call_count += 1
    entry.room = step.doctor.room
    entry.not_before = entry.answer = None
    step.changed(entry, before, reason)
