"""Floods of fake tickets: many from one place within a short time, found and taken away together."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlmodel import Session, col, select

from app.errors import Conflict
from app.models import STAFF, CancelReason, QueueEntry, Source, Status
from app.services import policy, steps
from app.services.board import EntryView, QueueView
from app.services.policy import Actor, Verb

MANY = 10  # tickets from one place within `SHORT`: people who stand in one room are slower
SHORT = timedelta(minutes=1)
FEW = 3  # from one place: not worth a line of its own
MOST = 1000  # removed at once
_OUTSIDE = (Source.PHONE, Source.MACHINE)


@dataclass(frozen=True, slots=True)
class Group:
    """Tickets that belong together, oldest first. `one_place` is False for those that came from all over."""

    entries: tuple[EntryView, ...]
    looks_fake: bool
    one_place: bool = True

    @property
    def first(self) -> datetime:
        return self.entries[0].joined_at

    @property
    def last(self) -> datetime:
        return self.entries[-1].joined_at


@dataclass(frozen=True, slots=True)
class Removed:
    """How many, and one of them: an undo of it brings all back."""

    count: int
    entry_id: int


def groups(queues: Iterable[QueueView]) -> list[Group]:
    """Everybody waiting who joined from outside, by place; floods first, then the biggest."""
    by_place: dict[str, list[EntryView]] = defaultdict(list)
    for queue in queues:
        for entry in queue.line:
            if entry.origin:
                by_place[entry.origin].append(entry)
    found: list[Group] = []
    others: list[EntryView] = []
    for entries in by_place.values():
        dense, calm = _split(sorted(entries, key=_when))
        found += [Group(tuple(burst), looks_fake=True) for burst in dense]
        if len(calm) >= FEW:
            found.append(Group(tuple(calm), looks_fake=False))
        else:
            others += calm
    found.sort(key=lambda group: (not group.looks_fake, -len(group.entries), group.first))
    if others:
        found.append(Group(tuple(sorted(others, key=_when)), looks_fake=False, one_place=False))
    return found


def remove(session: Session, *, actor: Actor, entry_ids: Collection[int]) -> Removed:
    """Take these tickets out of their lines in one step. Who was called since, or came to the desk, stays."""
    policy.require_role(session, actor, *STAFF, doing=Verb.CANCEL)  # the holder of one ticket may cancel it, too
    chosen = sorted(set(entry_ids))[:MOST]
    doctors = session.exec(select(QueueEntry.doctor_id).where(col(QueueEntry.id).in_(chosen)).distinct()).all()
    name = secrets.token_hex(8)
    here = {doctor_id: steps.begin(session, actor, Verb.CANCEL, doctor_id, name) for doctor_id in sorted(doctors)}
    entries = session.exec(
        select(QueueEntry)
        .where(
            col(QueueEntry.id).in_(chosen),
            QueueEntry.status == Status.WAITING,
            col(QueueEntry.source).in_(_OUTSIDE),
        )
        .order_by(col(QueueEntry.id))
        .execution_options(populate_existing=True)
    ).all()
    if not entries:
        raise Conflict("These tickets are not waiting any more.", code="wrong_status")
    for entry in entries:
        step = here[entry.doctor_id]
        before = entry.undoable()
        entry.become(Status.CANCELLED, step.at)
        entry.close_reason = CancelReason.FAKE
        step.changed(entry, before, CancelReason.FAKE)
    return Removed(len(entries), entries[0].id)


def _split(entries: Sequence[EntryView]) -> tuple[list[list[EntryView]], list[EntryView]]:
    """The bursts among the tickets of one place, and those that came at a person's pace."""
    dense = set(_dense(entries))
    calm = [entry for number, entry in enumerate(entries) if number not in dense]
    bursts: list[list[EntryView]] = []
    for before, number in pairwise([-2, *sorted(dense)]):
        follows = number == before + 1 and entries[number].joined_at - entries[before].joined_at <= SHORT
        if follows:
            bursts[-1].append(entries[number])
        else:
            bursts.append([entries[number]])
    return bursts, calm


def _dense(entries: Sequence[EntryView]) -> Iterator[int]:
    """The places of all that lie in some `SHORT` with `MANY` of them."""
    end = done = 0
    for begin, entry in enumerate(entries):
        while end < len(entries) and entries[end].joined_at - entry.joined_at < SHORT:
            end += 1
        if end - begin >= MANY:
            yield from range(max(begin, done), end)
            done = end


def _when(entry: EntryView) -> tuple[datetime, int]:
    return entry.joined_at, entry.entry_id
