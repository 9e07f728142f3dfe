"""The one order of a queue. The dashboard, the patient's place, the screen, the estimate and call-next
all come from `run`, so they can never contradict each other.

Pure: no database, no clock. People are called in this order:

1. emergencies, oldest arrival first;
2. people whom staff pinned, in the order of pinning;
3. everyone else by virtual arrival time, fixed when they joined.

Somebody whose gate (`not_before`) is still shut gives way to everyone who may be called, but the doctor
never sits idle while a person is in the waiting room: if nobody else is there, the earliest gate opens.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Place:
    """What the order needs to know of one waiting person."""

    entry_id: int
    virtual_at: datetime
    emergency: bool = False
    pinned_at: datetime | None = None
    not_before: datetime | None = None

    @property
    def rank(self) -> tuple[int, datetime, int]:
        if self.emergency:
            return (0, self.virtual_at, self.entry_id)
        if self.pinned_at:
            return (1, self.pinned_at, self.entry_id)
        return (2, self.virtual_at, self.entry_id)

    def gate(self, now: datetime) -> datetime:
        """From when this person may be called; staff's own decisions open every gate at once."""
        if self.emergency or self.pinned_at or self.not_before is None:
            return now
        return self.not_before


def is_late(appointment_at: datetime | None, came_at: datetime, after_minutes: int) -> bool:
    """Whether somebody who came at `came_at` was too late for their appointment to keep its place."""
    return appointment_at is not None and came_at > appointment_at + timedelta(minutes=after_minutes)


def run(places: Iterable[Place], now: datetime, *, first_call: datetime, visit: timedelta) -> Iterator[Place]:
    """The line, front first: who is called `now`, and who after that as gates open with time passing.

    The first person is chosen as of `now`, exactly as the call button would. The second is chosen as of
    `first_call + visit`, and so on, one `visit` of usual length after the other.
    """
    shut = [(place.gate(now), place.rank, place) for place in places]
    heapq.heapify(shut)
    free: list[tuple[tuple[int, datetime, int], Place]] = []
    at = now
    while shut or free:
        while shut and shut[0][0] <= at:
            _, rank, place = heapq.heappop(shut)
            heapq.heappush(free, (rank, place))
        chosen = heapq.heappop(free)[1] if free else heapq.heappop(shut)[2]
        yield chosen
        at = max(at, first_call) + visit


def next_up(places: Iterable[Place], now: datetime) -> Place | None:
    """Whom the call button calls; None when nobody waits."""
    return next(run(places, now, first_call=now, visit=timedelta()), None)
