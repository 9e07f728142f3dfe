"""Whether a doctor takes people: pauses, hours, night clinics, summer time, other time zones."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from app import clock as app_clock
from app.models import Doctor, QueueDay
from app.services import steering
from app.services.attendance import Attendance, Presence, hours, presence
from tests.factories import Clinic, Clock, refused

VIENNA, KIRITIMATI = "Europe/Vienna", "Pacific/Kiritimati"
A = Attendance


def at(text: str, zone: str = VIENNA) -> datetime:
    """The moment at which the clinic's clock shows `text`."""
    return app_clock.moment(date.fromisoformat(text[:10]), time.fromisoformat(text[11:]), zone)


def doctor(opens: str | None = None, closes: str | None = None, **given: Any) -> Doctor:
    return Doctor(
        name="Meera Nair", letter="A",
        opens_at=time.fromisoformat(opens) if opens else None,
        closes_at=time.fromisoformat(closes) if closes else None, **given,
    )  # fmt: skip


def state(who: Doctor, moment: datetime, day: QueueDay | None = None, taken: int = 0, zone: str = VIENNA) -> Attendance:
    return presence(who, day, taken, moment, zone).state


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-03-10 07:59", A.NOT_YET),
        ("2026-03-10 08:00", A.OPEN),
        ("2026-03-10 15:59", A.OPEN),
        ("2026-03-10 16:00", A.CLOSED),
    ],
)
def test_opening_hours_are_the_clinics_wall_clock(when: str, expected: Attendance) -> None:
    assert state(doctor("08:00", "16:00"), at(when)) is expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-03-10 19:59", A.NOT_YET),
        ("2026-03-10 20:00", A.OPEN),
        ("2026-03-10 23:59", A.OPEN),
        ("2026-03-11 00:00", A.OPEN),
        ("2026-03-11 03:59", A.OPEN),
        ("2026-03-11 04:00", A.NOT_YET),
    ],
)
def test_a_night_clinic_is_open_across_midnight(when: str, expected: Attendance) -> None:
    assert state(doctor("20:00", "04:00"), at(when)) is expected


def test_hours_with_one_end_only() -> None:
    assert state(doctor(opens="08:00"), at("2026-03-10 23:59")) is A.OPEN
    assert state(doctor(opens="08:00"), at("2026-03-10 07:00")) is A.NOT_YET
    assert state(doctor(closes="12:00"), at("2026-03-10 00:00")) is A.OPEN
    assert state(doctor(closes="12:00"), at("2026-03-10 12:00")) is A.CLOSED
    assert state(doctor(), at("2026-03-10 03:00")) is A.OPEN


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])  # one hour less, one hour more
def test_hours_are_exact_on_the_days_summer_time_begins_and_ends(day: str) -> None:
    opens, closes = hours(doctor("01:00", "05:00"), at(f"{day} 03:30"), VIENNA)
    assert opens
    assert closes
    assert app_clock.at_clinic(opens, VIENNA).time() == time(1)
    assert app_clock.at_clinic(closes, VIENNA).time() == time(5)
    assert closes - opens == timedelta(hours=3 if day == "2026-03-29" else 5)


def test_an_hour_that_the_clock_skips_opens_when_it_would_have_been() -> None:
    opens, _ = hours(doctor("02:30", "10:00"), at("2026-03-29 12:00"), VIENNA)
    assert opens == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert state(doctor("02:30", "10:00"), at("2026-03-29 03:30")) is A.OPEN


def test_an_hour_that_comes_twice_counts_the_first_time() -> None:
    first_half_past_two = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert state(doctor("02:30", "10:00"), first_half_past_two) is A.OPEN
    assert state(doctor("02:30", "10:00"), first_half_past_two - timedelta(minutes=1)) is A.NOT_YET


def test_the_servers_zone_does_not_matter() -> None:
    """Noon in London is already the next day in Kiritimati."""
    noon = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    assert app_clock.service_date(noon, KIRITIMATI) == date(2026, 3, 11)
    assert state(doctor("01:00", "03:00"), noon, zone=KIRITIMATI) is A.OPEN
    assert state(doctor("01:00", "03:00"), noon, zone=VIENNA) is A.CLOSED


@pytest.mark.parametrize(
    ("local", "expected"),
    [("2026-03-11 05:59", "2026-03-10"), ("2026-03-11 06:00", "2026-03-11"), ("2026-03-29 05:59", "2026-03-28"),
     ("2026-03-29 06:00", "2026-03-29"), ("2026-10-25 05:59", "2026-10-24"), ("2026-10-25 06:00", "2026-10-25")],
)  # fmt: skip
def test_a_night_clinics_day_begins_in_the_morning(local: str, expected: str) -> None:
    assert app_clock.service_date(at(local), VIENNA, day_start_hour=6) == date.fromisoformat(expected)


def test_reasons_come_in_the_order_of_their_weight() -> None:
    now = at("2026-03-10 09:00")
    closed, away = QueueDay(doctor_id=1, service_date=now.date()), QueueDay(doctor_id=1, service_date=now.date())
    closed.closed_at, closed.on_break = now, True
    away.on_break, away.back_at = True, now + timedelta(minutes=10)
    assert state(doctor(), now, closed) is A.CLOSED
    assert state(doctor(accepting=False), now, away) is A.PAUSED
    assert state(doctor(cap=3), now, away, taken=3) is A.FULL
    assert state(doctor(cap=3), now, away, taken=2) is A.BREAK
    assert state(doctor(retired_at=now), now) is A.CLOSED
    assert presence(doctor(), away, 0, now, VIENNA).until == away.back_at
    assert presence(doctor("10:00"), None, 0, now, VIENNA).until == at("2026-03-10 10:00")


def test_only_an_open_doctor_and_one_on_a_break_take_people() -> None:
    assert {a for a in Attendance if Presence(a).takes_people} == {A.OPEN, A.BREAK}


def test_joining_one_minute_before_closing_and_at_closing(clinic: Clinic, clock: Clock) -> None:
    clinic.edit_doctor(opens_at=time(8), closes_at=time(16))
    clock.at = at("2026-03-10 15:59")
    clinic.join()
    clock.forward(minutes=1)
    with refused("queue_closed"):
        clinic.join()


def test_before_the_doctor_comes_people_are_told_when(clinic: Clinic, clock: Clock) -> None:
    clinic.edit_doctor(opens_at=time(10))
    with pytest.raises(Exception, match="We open at 10:00"):
        clinic.join()


def test_an_early_close_can_be_taken_back(clinic: Clinic) -> None:
    me, doctor_id = clinic.doctor(), clinic.doctor_id
    clinic.write(lambda s: steering.close_day(s, actor=me, doctor_id=doctor_id))
    with refused("queue_closed"):
        clinic.join()
    clinic.write(lambda s: steering.open_(s, actor=me, doctor_id=doctor_id))
    assert clinic.join().token == "A1"
