"""How long somebody will wait: honest, never absurd."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services import steering
from app.services.estimate import Pace, Wait
from tests.factories import Clinic, Clock

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
lengths = st.lists(st.floats(0, 400, allow_nan=False), min_size=3, max_size=30)
untils = st.floats(0, 300).map(lambda m: timedelta(minutes=m))


def pace(*visits: float) -> Pace:
    found = Pace.of(visits)
    assert found
    return found


@pytest.mark.parametrize("visits", [[], [10.0], [10.0, 12.0]])
def test_too_few_visits_are_no_estimate(visits: list[float]) -> None:
    assert Pace.of(visits) is None


@given(lengths, untils, st.integers(0, 60))
def test_a_wait_is_a_range_of_fives(visits: list[float], until: timedelta, before: int) -> None:
    wait = pace(*visits).wait(until, before)
    assert 0 <= wait.low_minutes < wait.high_minutes
    assert wait.low_minutes % 5 == wait.high_minutes % 5 == 0


@given(lengths, untils, st.integers(0, 60))
def test_further_back_never_waits_less(visits: list[float], until: timedelta, before: int) -> None:
    mine, behind = (pace(*visits).wait(until, n) for n in (before, before + 1))
    assert behind.low_minutes >= mine.low_minutes
    assert behind.high_minutes >= mine.high_minutes


def test_one_visit_of_three_hours_does_not_spoil_the_day() -> None:
    usual = [9.0, 10.0, 11.0, 10.0, 10.0]
    assert pace(*usual, 180.0).usual == pace(*usual).usual == 10
    assert pace(*usual, 180.0).wait(timedelta(), 3).high_minutes <= 45


def test_visits_of_no_length_do_not_make_the_wait_vanish() -> None:
    assert pace(0.0, 0.0, 0.0).wait(timedelta(), 10).high_minutes >= 10


def test_a_running_visit_needs_the_rest_of_a_usual_one_and_one_that_overruns_a_fifth() -> None:
    p = pace(10.0, 10.0, 10.0)
    assert p.left_of(NOW - timedelta(minutes=4), NOW) == timedelta(minutes=6)
    assert p.left_of(NOW - timedelta(minutes=50), NOW) == timedelta(minutes=2)
    assert p.left_of(None, NOW) == timedelta()


def test_nobody_before_and_the_doctor_free_is_now() -> None:
    assert pace(10.0, 10.0, 10.0).wait(timedelta(), 0) == Wait(0, 5)


def test_no_estimate_before_three_visits(clinic: Clinic, clock: Clock) -> None:
    clinic.visits(clock, 10, 10)
    clinic.join()
    assert clinic.view().line[0].wait is None
    assert clinic.view().next_wait is None
    clinic.call_next()
    clinic.join()
    clinic.visits(clock, 10)
    assert clinic.view().line[0].wait


def test_no_estimate_while_nobody_knows_when_the_doctor_is_back(clinic: Clinic, clock: Clock) -> None:
    clinic.visits(clock, 10, 10, 10)
    clinic.join()
    me, doctor_id = clinic.doctor(), clinic.doctor_id
    clinic.write(lambda s: steering.take_break(s, actor=me, doctor_id=doctor_id))
    assert clinic.view().line[0].wait is None
    back_at = clock.at + timedelta(minutes=30)
    clinic.write(lambda s: steering.take_break(s, actor=me, doctor_id=doctor_id, back_at=back_at))
    wait = clinic.view().line[0].wait
    assert wait
    assert wait.low_minutes <= 30 <= wait.high_minutes
    clinic.write(lambda s: steering.end_break(s, actor=me, doctor_id=doctor_id))
    wait = clinic.view().line[0].wait
    assert wait
    assert wait.high_minutes < 30


def test_the_estimate_counts_who_is_in_the_room_and_who_is_called(clinic: Clinic, clock: Clock) -> None:
    clinic.visits(clock, 10, 10, 10)
    first, second = clinic.join("First"), clinic.join("Second")
    clinic.join("Third")
    clinic.do("start", first)
    clinic.do("call", second)
    wait = clinic.view().line[0].wait
    assert wait
    assert wait.low_minutes <= 20 <= wait.high_minutes


def test_yesterdays_pace_is_not_todays_promise_until_the_doctor_has_begun(clinic: Clinic, clock: Clock) -> None:
    clinic.visits(clock, 10, 10, 10)
    clock.forward(days=1)
    clinic.new_shift()
    clinic.join()
    assert clinic.view().line[0].wait is None
    clinic.join("Second")
    clinic.call_next()
    assert clinic.view().line[0].wait
