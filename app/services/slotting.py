"""From a weekly plan to slots. Pure: no database, no clock.

Slots are cut in real time between the moments at which the clinic's wall clock shows the start and the end of a
period. So a night that is an hour short has fewer slots, none at a time that does not exist, and a night that is
an hour long has more, each at a moment of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app import clock
from app.models import ExceptionKind, Period, ScheduleException

MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A slot as the plan has it."""

    starts_at: datetime
    ends_at: datetime
    places: int
    day: date


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` until just before `end`."""

    start: datetime
    end: datetime

    def meets(self, start: datetime, end: datetime) -> bool:
        return self.start < end and start < self.end


def wanted(
    periods: Sequence[Period], exceptions: Sequence[ScheduleException], first: date, last: date, zone: str
) -> dict[datetime, Wanted]:
    """The slots of one doctor from the day `first` to the day `last`, by their start. Where two overlap, the one that
    starts earlier stays, so nobody is ever in two at once."""
    found: list[Wanted] = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        off = list(_away(exceptions, day, zone))
        for hours in _hours(periods, exceptions, day):
            found += [slot for slot in _cut(hours, day, zone) if not _meets(off, slot)]
    return {slot.starts_at: slot for slot in _apart(found)}


@dataclass(frozen=True, slots=True)
class _Hours:
    starts: time
    ends: time
    slot_minutes: int
    places: int


def _hours(periods: Iterable[Period], exceptions: Iterable[ScheduleException], day: date) -> Iterator[_Hours]:
    for period in periods:
        begun = period.valid_from <= day and (period.valid_until is None or day <= period.valid_until)
        if begun and period.weekday == day.weekday():
            yield _Hours(period.starts, period.ends, period.slot_minutes, period.places)
    for extra in exceptions:
        if extra.kind is ExceptionKind.EXTRA and extra.first_day <= day <= extra.last_day and extra.slot_minutes:
            yield _Hours(extra.starts or MIDNIGHT, extra.ends or MIDNIGHT, extra.slot_minutes, extra.places)


def _away(exceptions: Iterable[ScheduleException], day: date, zone: str) -> Iterator[Span]:
    for gone in exceptions:
        if gone.kind is not ExceptionKind.EXTRA and gone.first_day <= day <= gone.last_day:
            yield _span(day, gone.starts or MIDNIGHT, gone.ends or MIDNIGHT, zone)


def _cut(hours: _Hours, day: date, zone: str) -> Iterator[Wanted]:
    span, length = _span(day, hours.starts, hours.ends, zone), timedelta(minutes=hours.slot_minutes)
    start = span.start
    while start + length <= span.end:
        yield Wanted(start, start + length, hours.places, day)
        start += length


def _span(day: date, starts: time, ends: time, zone: str) -> Span:
    """Times that end before they start, or at the same time, go on into the next day."""
    last = day if ends > starts else day + timedelta(days=1)
    return Span(clock.first_moment(day, starts, zone), clock.first_moment(last, ends, zone))


def _meets(spans: Iterable[Span], slot: Wanted) -> bool:
    return any(span.meets(slot.starts_at, slot.ends_at) for span in spans)


def _apart(slots: Iterable[Wanted]) -> Iterator[Wanted]:
    busy_until: datetime | None = None
    for slot in sorted(slots, key=lambda slot: (slot.starts_at, slot.ends_at)):
        if busy_until is None or slot.starts_at >= busy_until:
            busy_until = slot.ends_at
            yield slot
