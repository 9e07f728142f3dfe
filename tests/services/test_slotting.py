"""Slots from plans, on the nights and days on which clocks do odd things. Pure: no database."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models import ExceptionKind, Period, ScheduleException
from app.services.slotting import wanted

VIENNA, NEW_YORK, LORD_HOWE, KOLKATA, APIA = (
    "Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia",
)  # fmt: skip
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)  # Vienna's Sundays


def period(starts: str, ends: str, day: date, minutes: int = 30, **more) -> Period:
    return Period(
        doctor_id=1, weekday=day.weekday(), starts=time.fromisoformat(starts), ends=time.fromisoformat(ends),
        slot_minutes=minutes, **{"valid_from": date(2000, 1, 1), "places": 1, **more},
    )  # fmt: skip


def walls(starts: str, ends: str, day: date, zone: str = VIENNA, minutes: int = 30) -> list[str]:
    """What the clinic's clock shows at the start of each slot, with the offset from UTC."""
    found = wanted([period(starts, ends, day, minutes)], [], day, day, zone)
    return [f"{at.astimezone(ZoneInfo(zone)):%H:%M%z}" for at in found]


@pytest.mark.parametrize(
    ("zone", "day", "starts", "ends", "expected"),
    [
        pytest.param(VIENNA, date(2026, 3, 10), "09:00", "10:00", ["09:00+0100", "09:30+0100"], id="winter"),
        pytest.param(VIENNA, date(2026, 7, 10), "09:00", "10:00", ["09:00+0200", "09:30+0200"], id="summer"),
        pytest.param(
            VIENNA, SPRING, "01:00", "04:00", ["01:00+0100", "01:30+0100", "03:00+0200", "03:30+0200"], id="no 02:30"
        ),
        pytest.param(VIENNA, SPRING, "02:00", "03:00", [], id="hours that are not there"),
        pytest.param(VIENNA, SPRING, "02:30", "04:00", ["03:00+0200", "03:30+0200"], id="begins where nothing is"),
        pytest.param(VIENNA, SPRING, "01:30", "02:30", ["01:30+0100"], id="ends where nothing is"),
        pytest.param(
            VIENNA, AUTUMN, "01:30", "03:30",
            ["01:30+0200", "02:00+0200", "02:30+0200", "02:00+0100", "02:30+0100", "03:00+0100"], id="02:30 twice",
        ),
        pytest.param(VIENNA, AUTUMN, "02:30", "03:00", ["02:30+0200", "02:00+0100", "02:30+0100"], id="from the first"),
        pytest.param(VIENNA, AUTUMN, "03:00", "04:00", ["03:00+0100", "03:30+0100"], id="after the change"),
        pytest.param(
            NEW_YORK, date(2026, 3, 8), "01:30", "03:30", ["01:30-0500", "03:00-0400"], id="New York in spring"
        ),
        pytest.param(
            NEW_YORK, date(2026, 11, 1), "01:00", "02:00",
            ["01:00-0400", "01:30-0400", "01:00-0500", "01:30-0500"], id="New York's 01:30 twice",
        ),
        pytest.param(
            LORD_HOWE, date(2026, 10, 4), "01:00", "03:00", ["01:00+1030", "01:30+1030", "02:30+1100"],
            id="half an hour missing",
        ),
        pytest.param(KOLKATA, date(2026, 3, 29), "09:00", "10:00", ["09:00+0530", "09:30+0530"], id="half-hour zone"),
        pytest.param(APIA, date(2026, 3, 10), "23:00", "00:00", ["23:00+1300", "23:30+1300"], id="until midnight"),
        pytest.param(
            VIENNA, date(2026, 3, 28), "23:00", "00:00", ["23:00+0100", "23:30+0100"], id="the evening before"
        ),
        pytest.param(VIENNA, date(2028, 2, 29), "09:00", "09:30", ["09:00+0100"], id="leap day"),
        pytest.param("UTC", SPRING, "02:00", "03:00", ["02:00+0000", "02:30+0000"], id="a zone without change"),
    ],
)  # fmt: skip
def test_the_clinics_clock(zone: str, day: date, starts: str, ends: str, expected: list[str]) -> None:
    assert walls(starts, ends, day, zone) == expected


def test_a_night_goes_on_into_the_next_day() -> None:
    evening = SPRING - timedelta(days=1)
    night = ScheduleException(
        doctor_id=1, kind=ExceptionKind.EXTRA, first_day=evening, last_day=evening, starts=time(22), ends=time(4),
        slot_minutes=60, places=1,
    )  # fmt: skip
    found = wanted([], [night], evening, SPRING, VIENNA)
    assert [f"{at.astimezone(ZoneInfo(VIENNA)):%d %H}" for at in found] == ["28 22", "28 23", "29 00", "29 01", "29 03"]
    assert {slot.day for slot in found.values()} == {evening}


def test_leave_takes_the_slots_it_touches() -> None:
    day = date(2026, 3, 10)
    away = ScheduleException(
        doctor_id=1, kind=ExceptionKind.LEAVE, first_day=day, last_day=day, starts=time(9, 45), ends=time(10, 30)
    )
    found = wanted([period("09:00", "11:30", day)], [away], day, day, VIENNA)
    assert [f"{at.astimezone(ZoneInfo(VIENNA)):%H:%M}" for at in found] == ["09:00", "10:30", "11:00"]


def test_a_holiday_takes_the_whole_day_and_only_it() -> None:
    day = date(2026, 3, 10)
    holiday = ScheduleException(doctor_id=None, kind=ExceptionKind.HOLIDAY, first_day=day, last_day=day)
    found = wanted([period("09:00", "09:30", day)], [holiday], day, day + timedelta(days=7), VIENNA)
    assert [slot.day for slot in found.values()] == [day + timedelta(days=7)]


def test_a_plan_counts_from_its_first_to_its_last_day() -> None:
    day = date(2026, 3, 10)
    weeks = period("09:00", "09:30", day, valid_from=day + timedelta(days=7), valid_until=day + timedelta(days=14))
    found = wanted([weeks], [], day, day + timedelta(days=28), VIENNA)
    assert [slot.day for slot in found.values()] == [day + timedelta(days=7), day + timedelta(days=14)]


times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
zones = st.sampled_from([VIENNA, NEW_YORK, LORD_HOWE, KOLKATA, APIA, "UTC", "America/Santiago", "Africa/Casablanca"])
days = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@given(st.lists(st.tuples(times, times, st.integers(5, 240)), min_size=1, max_size=4), days, zones)
def test_slots_never_lie_across_each_other_and_last_as_long_as_planned(
    hours: list[tuple[time, time, int]], day: date, zone: str
) -> None:
    plan = [period(str(a), str(b), day, minutes) for a, b, minutes in hours if a < b]
    found = list(wanted(plan, [], day, day, zone).values())
    lengths = {timedelta(minutes=p.slot_minutes) for p in plan}
    for before, after in pairwise(found):
        assert before.ends_at <= after.starts_at
    for slot in found:
        assert slot.ends_at - slot.starts_at in lengths
        assert slot.starts_at.tzinfo is UTC or slot.starts_at.utcoffset() == timedelta()
        assert abs(datetime.combine(slot.day, time(12), ZoneInfo(zone)) - slot.starts_at) <= timedelta(hours=14)
