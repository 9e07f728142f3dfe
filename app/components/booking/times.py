"""Free times as the browser gets them: the same text for everybody who looks at the same days, written once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from app import clock
from app.components.words import booking as words
from app.services.slot_search import SlotView
from app.web import payloads
from app.web.free_times import DAYS, Days
from app.web.payloads import Json

MOST_KEPT = 64


def today(zone: str) -> date:
    return clock.at_clinic(clock.now(), zone).date()


def payload(days: Days, zone: str, last: date) -> Json:
    """The days with their times; `last` is the last day that can be booked."""
    now = today(zone)
    by_day = _by_day(days, zone)
    end = days.first + timedelta(days=DAYS - 1)
    earlier = max(days.first - timedelta(days=DAYS), now)
    return {
        "first": days.first.isoformat(),
        "title": words.months(days.first, end),
        "days": [_day(day, slots, zone, now) for day, slots in by_day.items()],
        "earlier": earlier.isoformat() if days.first > now else None,
        "later": (end + timedelta(days=1)).isoformat() if end < last else None,
    }


@lru_cache(maxsize=MOST_KEPT)
def _text(days: Days, zone: str, last: date, _now: date) -> str:
    return payloads.text(payload(days, zone, last))


def text(days: Days, zone: str, last: date) -> str:
    return _text(days, zone, last, today(zone))


def others(slots: Sequence[SlotView], zone: str, most: int = 6) -> list[Json]:
    """Times to offer as buttons."""
    return [
        {"slot": one.slot_id, "day": _day_of(one.starts_at, zone).isoformat(), "words": words.soon(one.starts_at, zone)}
        for one in slots[:most]
    ]


def _by_day(days: Days, zone: str) -> dict[date, list[SlotView]]:
    found: dict[date, list[SlotView]] = {days.first + timedelta(days=offset): [] for offset in range(DAYS)}
    for slot in days.slots:
        day = _day_of(slot.starts_at, zone)
        if day in found:
            found[day].append(slot)
    return found


def _day(day: date, slots: Sequence[SlotView], zone: str, now: date) -> Json:
    free = sum(slot.free for slot in slots)
    empty = words.BOOK["none_today"] if day == now else words.BOOK["closed"]
    return {
        "day": day.isoformat(),
        "name": f"{day:%a}",
        "number": day.day,
        "long": words.long_day(day),
        "free": free,
        "note": words.free(free) if free else words.BOOK["full"] if slots else empty,
        "slots": [_slot(slot, zone) for slot in slots],
    }


def _slot(slot: SlotView, zone: str) -> Json:
    local = clock.at_clinic(slot.starts_at, zone)
    return {
        "id": slot.slot_id,
        "at": words.time_of(slot.starts_at, zone),
        "starts": payloads.stamp(slot.starts_at),
        "part": words.part(local),
        "free": slot.free > 0,
    }


def _day_of(at: datetime, zone: str) -> date:
    return clock.at_clinic(at, zone).date()
