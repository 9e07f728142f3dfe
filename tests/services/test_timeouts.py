"""What happens by itself when time passes."""

from datetime import date, datetime

import pytest

from app.models import QueueDay, Status
from app.services import invariants, steering, timeouts
from app.services.estimate import Wait
from tests.factories import Clinic, Clock
from tests.services.states import entry_in


def tick(clinic: Clinic) -> None:
    """What the jobs do."""
    for find, do in (
        (timeouts.missed_calls, timeouts.skip_missed),
        (timeouts.long_gone, timeouts.give_up),
        (timeouts.days_to_close, timeouts.close_day),
    ):
        for key in clinic.read(find):
            clinic.write(lambda s, do=do, key=key: do(s, key))  # type: ignore[misc]
    assert clinic.read(invariants.broken) == []


def test_after_the_last_call_there_are_three_minutes_to_come(clinic: Clinic, clock: Clock) -> None:
    entry = clinic.join()
    clinic.call_next()
    for _ in range(2):
        clock.forward(minutes=10)
        tick(clinic)
        assert clinic.entry(entry).status is Status.CALLED, "not before the third call"
        clinic.do("recall", entry)
    clock.forward(minutes=3, seconds=-1)
    tick(clinic)
    assert clinic.entry(entry).status is Status.CALLED
    clock.forward(seconds=1)
    tick(clinic)
    assert clinic.entry(entry).status is Status.SKIPPED
    assert clinic.steps(entry)[-1].actor_role == "system"


def test_skipped_for_an_hour_is_a_no_show(clinic: Clinic, clock: Clock) -> None:
    entry = entry_in(clinic, Status.SKIPPED)
    clock.forward(minutes=59)
    tick(clinic)
    assert clinic.entry(entry).status is Status.SKIPPED
    clock.forward(minutes=1)
    tick(clinic)
    assert clinic.entry(entry).status is Status.NO_SHOW


def test_what_was_found_but_has_changed_since_is_left_alone(clinic: Clinic, clock: Clock) -> None:
    clinic.rules(max_calls=1)
    called, skipped = entry_in(clinic, Status.CALLED), entry_in(clinic, Status.SKIPPED)
    clock.forward(hours=2)
    assert clinic.read(timeouts.missed_calls) == [called.id]
    assert clinic.read(timeouts.long_gone) == [skipped.id]
    clinic.do("recall", called)
    clinic.do("return", skipped)
    clinic.write(lambda s: timeouts.skip_missed(s, called.id))
    assert clinic.entry(called).status is Status.CALLED, "they have three minutes again"
    clinic.do("start", called)
    clinic.write(lambda s: timeouts.skip_missed(s, called.id))
    clinic.write(lambda s: timeouts.give_up(s, skipped.id))
    assert clinic.entry(called).status is Status.IN_PROGRESS
    assert clinic.entry(skipped).status is Status.WAITING


def test_who_was_found_but_was_called_again_since_has_another_hour(clinic: Clinic, clock: Clock) -> None:
    skipped = entry_in(clinic, Status.SKIPPED)
    clock.forward(hours=1)
    assert clinic.read(timeouts.long_gone) == [skipped.id]
    clinic.do("call", skipped)
    clinic.do("skip", skipped)
    clinic.write(lambda s: timeouts.give_up(s, skipped.id))
    assert clinic.entry(skipped).status is Status.SKIPPED


def test_a_day_that_nobody_closed_is_closed_after_midnight(clinic: Clinic, clock: Clock) -> None:
    waiting, called = entry_in(clinic, Status.WAITING), entry_in(clinic, Status.CALLED)
    inside = entry_in(clinic, Status.IN_PROGRESS)
    before = clinic.version()
    clock.at = datetime.fromisoformat("2026-03-10T22:59:59Z")
    tick(clinic)
    assert clinic.entry(waiting).status is Status.WAITING
    clock.forward(seconds=1)  # midnight at the clinic
    tick(clinic)
    assert (clinic.entry(waiting).status, clinic.entry(waiting).close_reason) == (Status.CANCELLED, "clinic_closed")
    assert clinic.entry(called).status is Status.NO_SHOW
    assert clinic.entry(inside).status is Status.IN_PROGRESS
    assert clinic.version() > before
    clinic.new_shift()
    assert clinic.join().token == "A1"


def test_a_night_clinics_queue_lives_through_midnight(clinic: Clinic, clock: Clock) -> None:
    clinic.rules(day_start_hour=6)
    entry = clinic.join("Before midnight")
    clock.at = datetime.fromisoformat("2026-03-11T04:59:00Z")  # 5:59 at the clinic
    tick(clinic)
    clinic.new_shift()
    after = clinic.join("After midnight")
    assert (after.token, after.service_date) == ("A2", date(2026, 3, 10))
    assert clinic.line() == ["A1", "A2"]
    clock.forward(minutes=1)
    tick(clinic)
    assert clinic.entry(entry).status is Status.CANCELLED


@pytest.mark.parametrize("moment", ["restored after the close", "undone after the close"])
def test_nobody_stays_open_for_ever_in_a_day_that_was_closed_early(clinic: Clinic, clock: Clock, moment: str) -> None:
    entry = clinic.join()
    me, doctor_id = clinic.doctor(), clinic.doctor_id
    clinic.write(lambda s: steering.close_day(s, actor=me, doctor_id=doctor_id))
    clinic.do("restore" if moment.startswith("restored") else "undo", entry)
    assert clinic.entry(entry).status is Status.WAITING
    clock.forward(days=1)
    tick(clinic)
    assert clinic.entry(entry).status is Status.CANCELLED
    assert clinic.read(timeouts.days_to_close) == []


def test_days_without_anybody_left_are_not_touched(clinic: Clinic, clock: Clock) -> None:
    entry_in(clinic, Status.DONE)
    clock.forward(days=3)
    assert clinic.read(timeouts.days_to_close) == []
    tick(clinic)
    assert len(clinic.all(QueueDay)) == 1


def test_a_promise_is_stored_once(clinic: Clinic, clock: Clock) -> None:
    clinic.visits(clock, 10, 10, 10)
    clinic.join("Before")
    entry = clinic.join("Promised")
    first = clinic.view().line
    clinic.write(lambda s: timeouts.keep_promises(s, first))
    kept = clinic.entry(entry)
    assert Wait(kept.promised_low or 0, kept.promised_high or 0) == first[1].wait
    assert kept.promised_at == clock.at
    clock.forward(minutes=30)
    clinic.do("prioritise", entry, pinned=True, reason="Asked")
    clinic.write(lambda s: timeouts.keep_promises(s, clinic.view().line))
    now = clinic.entry(entry)
    assert (now.promised_low, now.promised_high, now.promised_at) == (
        kept.promised_low, kept.promised_high, kept.promised_at,
    )  # fmt: skip


def test_nothing_is_promised_without_an_estimate(clinic: Clinic) -> None:
    entry = clinic.join()
    clinic.write(lambda s: timeouts.keep_promises(s, clinic.view().line))
    assert clinic.entry(entry).promised_at is None
