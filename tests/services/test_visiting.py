"""The visit: one person in the room, a pause for the lab, done."""

from datetime import date

import pytest

from app.models import Role, Status
from app.services import invariants
from tests.factories import Clinic, Clock, refused
from tests.services.states import entry_in


def test_a_start_straight_from_the_line_counts_as_a_call(clinic: Clinic, clock: Clock) -> None:
    entry = clinic.do("start", clinic.join())
    assert (entry.call_count, entry.first_called_at, entry.started_at) == (1, clock.at, clock.at)
    assert entry.room == "2"


def test_a_start_after_a_call_keeps_the_call(clinic: Clinic, clock: Clock) -> None:
    entry = clinic.join()
    called_at = clinic.call_next().first_called_at
    clock.forward(minutes=2)
    started = clinic.do("start", entry)
    assert (started.first_called_at, started.started_at, started.call_count) == (called_at, clock.at, 1)


def test_one_person_is_in_the_room_at_a_time(clinic: Clinic) -> None:
    held = entry_in(clinic, Status.ON_HOLD)
    inside = clinic.join("Inside")
    clinic.do("start", inside)
    with refused("room_busy"):
        clinic.do("start", clinic.join("Next"))
    with refused("room_busy"):
        clinic.do("resume", held)
    other = clinic.add_doctor()
    clinic.do("start", clinic.join("Elsewhere", doctor_id=other))


def test_calling_does_not_finish_the_running_visit(clinic: Clinic) -> None:
    inside = entry_in(clinic, Status.IN_PROGRESS)
    clinic.join("Next")
    clinic.call_next()
    view = clinic.view()
    assert view.current
    assert view.current.entry_id == inside.id
    assert [p.token for p in view.called] == ["A2"]


def test_done_ends_the_visit(clinic: Clinic, clock: Clock) -> None:
    entry = entry_in(clinic, Status.IN_PROGRESS)
    clock.forward(minutes=12)
    done = clinic.do("done", entry)
    assert (done.status, done.closed_at) == (Status.DONE, clock.at)
    assert clinic.view().stats.completed_today == 1


@pytest.mark.parametrize("call_next", [False, True])
def test_an_admin_who_was_not_there_says_why(clinic: Clinic, call_next: bool) -> None:
    entry = entry_in(clinic, Status.IN_PROGRESS)
    clinic.join("Next")
    with refused("reason_missing"):
        clinic.do("done", entry, actor=clinic.admin, call_next=call_next)
    clinic.do("done", entry, actor=clinic.admin, call_next=call_next, reason="Forgotten")
    assert clinic.steps(entry)[-1].reason == "Forgotten"


def test_done_call_next_is_one_act_with_one_name(clinic: Clinic) -> None:
    inside = entry_in(clinic, Status.IN_PROGRESS)
    waiting = clinic.join("Next")
    called = clinic.do("done", inside, call_next=True)
    assert (called.id, called.status) == (waiting.id, Status.CALLED)
    assert clinic.steps(inside)[-1].step == clinic.steps(waiting)[-1].step


def test_done_call_next_with_nobody_waiting_only_finishes(clinic: Clinic) -> None:
    inside = entry_in(clinic, Status.IN_PROGRESS)
    assert clinic.do("done", inside, call_next=True).status is Status.DONE


def test_done_call_next_does_all_or_nothing(clinic: Clinic) -> None:
    inside = entry_in(clinic, Status.IN_PROGRESS)
    expected = clinic.join("Expected")
    clinic.do("prioritise", clinic.join("Sudden"), emergency=True, reason="Chest pain")
    with refused("stale_version"):
        clinic.do("done", inside, call_next=True, expected_entry_id=expected.id)
    assert clinic.entry(inside).status is Status.IN_PROGRESS


def test_hold_frees_the_room_and_keeps_the_place(clinic: Clinic, clock: Clock) -> None:
    first = entry_in(clinic, Status.IN_PROGRESS)
    clock.forward(minutes=5)
    clinic.join("Second")
    held = clinic.do("hold", first, reason="X-ray")
    assert (held.status, held.hold_reason, held.held_at) == (Status.ON_HOLD, "X-ray", clock.at)
    assert clinic.view().stats.waiting_count == 1, "on hold is not waiting"
    clinic.do("put-back", first)
    assert clinic.line() == ["A1", "A2"]


def test_back_from_the_lab_straight_into_the_room(clinic: Clinic) -> None:
    entry = entry_in(clinic, Status.ON_HOLD)
    back = clinic.do("resume", entry, actor=clinic.staff(Role.NURSE))
    assert (back.status, back.held_at, back.hold_reason) == (Status.IN_PROGRESS, None, "")


def test_a_visit_over_midnight_is_still_in_the_room_and_nobody_is_lost(clinic: Clinic, clock: Clock) -> None:
    """Whoever leaves the room after midnight, to the lab or back into the line, is on the new day's list."""
    clock.at = clock.at.replace(hour=22, minute=50)
    clinic.new_shift()
    entry = entry_in(clinic, Status.IN_PROGRESS)
    clock.forward(minutes=30)
    clinic.join("After midnight")
    view = clinic.view()
    assert view.current
    assert view.current.entry_id == entry.id
    held = clinic.do("hold", entry)
    assert [(p.entry_id, p.token, p.held_at) for p in clinic.view().aside] == [(held.id, entry.token, clock.at)]
    clinic.do("put-back", held)
    called = clinic.call_next()
    assert (called.token, called.link, called.service_date) == (entry.token, entry.link, date(2026, 3, 11))
    assert clinic.read(invariants.broken) == []


def test_a_visit_over_midnight_goes_back_into_the_new_days_line_and_that_can_be_undone(
    clinic: Clinic, clock: Clock
) -> None:
    clock.at = clock.at.replace(hour=22, minute=50)
    clinic.new_shift()
    entry = entry_in(clinic, Status.IN_PROGRESS)
    clock.forward(minutes=30)
    back = clinic.do("put-back", entry)
    assert clinic.line() == ["A1"]
    clinic.do("undo", back)
    current = clinic.view().current
    assert current
    assert (current.entry_id, clinic.ticket(entry).status) == (entry.id, Status.IN_PROGRESS)
    assert clinic.read(invariants.broken) == []
