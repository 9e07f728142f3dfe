"""What must be true of every queue at every moment. A pure look, for `python -m app.cli verify` and the tests."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise

from sqlmodel import Session, col, select

from app.models import EntryEvent, QueueDay, QueueEntry, Status
from app.services import booking_rules

Key = tuple[int, date]

_STAMPS = {
    Status.CALLED: ("first_called_at", "last_called_at"),
    Status.IN_PROGRESS: ("first_called_at", "started_at"),
    Status.ON_HOLD: ("held_at",),
    Status.SKIPPED: ("skipped_at",),
    Status.DONE: ("started_at",),
}


def broken(session: Session) -> list[str]:
    """Every rule that does not hold, one sentence each; none when all is well."""
    entries = session.exec(select(QueueEntry).order_by(col(QueueEntry.id))).all()
    days = {(day.doctor_id, day.service_date): day for day in session.exec(select(QueueDay))}
    events: dict[int, list[EntryEvent]] = defaultdict(list)
    for event in session.exec(select(EntryEvent).order_by(col(EntryEvent.id))):
        events[event.entry_id].append(event)
    return [
        *_tokens(entries, days),
        *_one_place_each(entries),
        *(found for entry in entries for found in _entry(entry)),
        *(found for entry in entries for found in _history(entry, events[entry.id])),
        *_transfers(entries),
        *booking_rules.broken(session),
    ]


def _tokens(entries: Iterable[QueueEntry], days: dict[Key, QueueDay]) -> Iterator[str]:
    """Each day's tokens are 1 … n, each once, and the counter stands at n + 1."""
    given: dict[Key, list[QueueEntry]] = {key: [] for key in days}
    for entry in entries:
        key = (entry.doctor_id, entry.service_date)
        if key not in days:
            yield f"{_named(entry)} belongs to a day that has no row."
        elif entry.number is not None:
            given[key].append(entry)
            if entry.token.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != str(entry.number):
                yield f"{_named(entry)} has the number {entry.number}."
    for (doctor_id, day), there in given.items():
        numbers = sorted(entry.number or 0 for entry in there)
        where = f"doctor {doctor_id} on {day}"
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"The tokens of {where} are not 1 to {len(numbers)}, each once: {numbers}."
        if days[doctor_id, day].next_token != len(numbers) + 1:
            yield f"The next token of {where} is {days[doctor_id, day].next_token} after {len(numbers)} were given."


def _one_place_each(entries: Iterable[QueueEntry]) -> Iterator[str]:
    """One person in a room, and one open place per person and queue."""
    busy: dict[int, QueueEntry] = {}
    places: dict[tuple[int, date, int], QueueEntry] = {}
    for entry in entries:
        if entry.status is Status.IN_PROGRESS:
            other = busy.setdefault(entry.doctor_id, entry)
            if other is not entry:
                yield f"{_named(entry)} and {_named(other)} are both with doctor {entry.doctor_id}."
        if entry.status.is_open:
            other = places.setdefault((entry.doctor_id, entry.service_date, entry.patient_id), entry)
            if other is not entry:
                yield f"{_named(entry)} and {_named(other)} are the same person."


def _entry(entry: QueueEntry) -> Iterator[str]:
    """What an entry says of itself agrees with its status."""
    label = entry.status.label.lower()
    if entry.status.is_open != (entry.closed_at is None):
        yield f"{_named(entry)} is {label} but was {'' if entry.closed_at else 'never '}closed."
    if entry.status.is_open and not entry.link:
        yield f"{_named(entry)} is {label} but has no link."
    for stamp in _STAMPS.get(entry.status, ()):
        if getattr(entry, stamp) is None:
            yield f"{_named(entry)} is {label} but has no {stamp}."
    if (entry.number is None) != (entry.moved_from_id is not None):
        yield f"{_named(entry)} was{'' if entry.moved_from_id else ' not'} moved here, which its number denies."
    if entry.status in _STAMPS and entry.first_called_at and entry.call_count < 1:
        yield f"{_named(entry)} was called but its calls are not counted."


def _history(entry: QueueEntry, events: Sequence[EntryEvent]) -> Iterator[str]:
    """The steps of an entry begin with its making, follow from one another, and end where it is now."""
    if not events:
        yield f"{_named(entry)} has no history."
        return
    if events[0].from_status is not None:
        yield f"The history of {_named(entry)} does not begin at its beginning."
    for before, after in pairwise(events):
        if after.from_status is not before.to_status:
            yield f"The history of {_named(entry)} jumps from {before.to_status.label} to another status."
    if events[-1].to_status is not entry.status:
        yield f"{_named(entry)} is {entry.status.label} but its history ends with {events[-1].to_status.label}."
    if any(event.doctor_id != entry.doctor_id for event in events):
        yield f"The history of {_named(entry)} is partly in another queue."


def _transfers(entries: Sequence[QueueEntry]) -> Iterator[str]:
    """Whoever was moved away arrived somewhere, with the same token."""
    known = {entry.id: entry for entry in entries}
    arrived: dict[int, list[QueueEntry]] = defaultdict(list)
    for entry in entries:
        if entry.moved_from_id is not None:
            arrived[entry.moved_from_id].append(entry)
            if known[entry.moved_from_id].token != entry.token:
                yield f"{_named(entry)} had another token before it was moved."
    for entry in entries:
        if entry.status is Status.TRANSFERRED and not arrived[entry.id]:
            yield f"{_named(entry)} was moved but arrived nowhere."


def _named(entry: QueueEntry) -> str:
    return f"{entry.token} of doctor {entry.doctor_id} on {entry.service_date} (entry {entry.id})"
