"""The only reader of the wall clock. Moments are aware UTC; the clinic's zone decides which day it is."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def _wall() -> datetime:
    return datetime.now(UTC)


_read: Callable[[], datetime] = _wall


def now() -> datetime:
    """This moment, in UTC."""
    return _read()


def use(read: Callable[[], datetime] | None = None) -> None:
    """Let `read` tell the time (a simulation, a test); without it the wall clock does again."""
    global _read
    _read = read or _wall


def service_date(at: datetime, zone: str, day_start_hour: int = 0) -> date:
    """The clinic's day that the moment `at` belongs to. A night clinic's day may start at, say, 6 o'clock."""
    local = at.astimezone(ZoneInfo(zone))
    return (local.replace(tzinfo=None) - timedelta(hours=day_start_hour)).date()


def at_clinic(at: datetime, zone: str) -> datetime:
    """The same moment, as the clinic's clock shows it."""
    return at.astimezone(ZoneInfo(zone))


def first_moment(day: date, wall: time, zone: str) -> datetime:
    """As `moment`; a wall clock time that the change to summer time leaves out is the end of the hour it skips."""
    local = datetime.combine(day, wall, ZoneInfo(zone))
    found = local.astimezone(UTC)
    if found.astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None):
        return found
    before, after = local.replace(fold=1).astimezone(UTC), found  # both sides of the gap; it is as wide as they differ
    return _change_between(before, after, ZoneInfo(zone))


def moment(day: date, wall: time, zone: str) -> datetime:
    """The UTC moment at which the clinic's clock shows `wall` on `day` (the first one if it shows it twice)."""
    return datetime.combine(day, wall, ZoneInfo(zone)).astimezone(UTC)


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment, to the second, between the two at which the zone's offset changes."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == offset else (before, middle)
    return after.replace(microsecond=0)
