"""Calling people in, and what happens when they do not come."""

from datetime import timedelta
from typing import Any

import pytest

from app.models import Answer, Role, Status
from tests.factories import Clinic, Clock, refused
from tests.services.states import entry_in


def test_call_next_calls_the_first_of_the_line_to_the_doctors_room(clinic: Clinic, clock: Clock) -> None:
    first, second = clinic.join("First"), clinic.join("Second")
    called = clinic.call_next()
    assert (called.id, called.status, called.room, called.call_count) == (first.id, Status.CALLED, "2", 1)
    assert called.first_called_at == called.last_called_at == clock.at
    assert clinic.call_next().id == second.id
    with refused("queue_empty"):
        clinic.call_next()


def test_an_empty_queue_says_so(clinic: Clinic) -> None:
    with refused("queue_empty"):
        clinic.call_next()


def test_a_call_made_on_an_old_picture_of_the_line_is_refused(clinic: Clinic) -> None:
    clinic.join("First")
    seen = clinic.version()
    clinic.join("Second")
    with refused("stale_version"):
        clinic.call_next(expected_version=seen)
    clinic.call_next(expected_version=clinic.version())


def test_the_doctor_who_expects_somebody_else_is_asked_again(clinic: Clinic) -> None:
    first, second = clinic.join("First"), clinic.join("Second")
    with refused("stale_version"):
        clinic.call_next(expected_entry_id=second.id)
    assert clinic.call_next(expected_entry_id=first.id).id == first.id


def test_the_second_caller_of_one_person_is_told_when_they_were_called(clinic: Clinic) -> None:
    entry = clinic.join()
    clinic.do("call", entry)
    with pytest.raises(Exception, match=r"A1 .*09:00"):
        clinic.do("call", entry, actor=clinic.staff(Role.RECEPTION))


def test_anybody_may_be_called_out_of_turn(clinic: Clinic) -> None:
    clinic.join("First")
    second = clinic.join("Second")
    clinic.do("call", second, reason="Fasting")
    assert clinic.steps(second)[-1].reason == "Fasting"
    assert clinic.line() == ["A1"]


def test_calls_of_one_person_are_at_least_20_seconds_apart(clinic: Clinic, clock: Clock) -> None:
    entry = clinic.join()
    clinic.call_next()
    clock.forward(seconds=19)
    with refused("too_soon"):
        clinic.do("recall", entry)
    clock.forward(seconds=1)
    assert clinic.do("recall", entry).call_count == 2
    assert clinic.entry(entry).first_called_at != clinic.entry(entry).last_called_at


def test_somebody_skipped_can_be_called_again_directly(clinic: Clinic) -> None:
    entry = entry_in(clinic, Status.SKIPPED)
    assert clinic.do("call", entry).call_count == 2


def test_put_back_keeps_the_place(clinic: Clinic, clock: Clock) -> None:
    first = clinic.join("First")
    clock.forward(minutes=1)
    clinic.join("Second")
    for road in (["call"], ["start"], ["start", "hold"]):
        for verb in road:
            clinic.do(verb, first)
        clinic.do("put-back", first)
        assert clinic.line() == ["A1", "A2"], road
    assert clinic.entry(first).started_at is None


def test_who_comes_back_after_a_missed_call_keeps_the_place_but_not_at_once(clinic: Clinic, clock: Clock) -> None:
    first, second = clinic.join("First"), clinic.join("Second")
    clock.forward(minutes=1)
    third = clinic.join("Third")
    clinic.call_next()
    clinic.do("skip", first)
    back = clinic.do("return", first, actor=clinic.as_patient(first))
    assert back.virtual_at == first.virtual_at
    assert back.not_before == clock.at + timedelta(minutes=5)
    assert clinic.call_next().id == second.id
    clock.forward(minutes=5)
    assert clinic.call_next().id == first.id
    assert clinic.call_next().id == third.id


def test_who_is_back_early_is_called_when_nobody_else_is_there(clinic: Clinic) -> None:
    entry = entry_in(clinic, Status.SKIPPED)
    clinic.do("return", entry)
    assert clinic.call_next().id == entry.id


def test_saying_i_am_here_twice_is_fine(clinic: Clinic) -> None:
    entry = entry_in(clinic, Status.SKIPPED)
    patient = clinic.as_patient(entry)
    before = clinic.do("return", entry, actor=patient)
    rows = len(clinic.steps(entry))
    assert clinic.do("return", entry, actor=patient).not_before == before.not_before
    assert len(clinic.steps(entry)) == rows


def test_some_clinics_want_the_desk_to_say_who_is_back(clinic: Clinic) -> None:
    clinic.rules(patient_may_return=False)
    entry = entry_in(clinic, Status.SKIPPED)
    assert not clinic.ticket(entry).may_return
    with refused("ask_desk"):
        clinic.do("return", entry, actor=clinic.as_patient(entry))
    clinic.do("return", entry, actor=clinic.staff(Role.RECEPTION))


@pytest.mark.parametrize("pinned", [False, True])
def test_after_too_many_missed_calls_the_place_is_at_the_end(clinic: Clinic, clock: Clock, pinned: bool) -> None:
    entry = clinic.join("Never there")
    clock.forward(minutes=1)
    if pinned:
        clinic.do("prioritise", entry, pinned=True, reason="Asked for it")
    for misses in (1, 2, 3):
        clinic.do("call", entry)
        clinic.do("skip", entry)
        clock.forward(minutes=1)
        clinic.join(f"Patient {misses}")
        clock.forward(minutes=1)
        clinic.do("return", entry)
        clock.forward(minutes=10)
        assert clinic.line()[-1 if misses == 3 else 0] == entry.token, misses


def test_i_am_coming_is_seen_by_staff_and_changes_nothing_else(clinic: Clinic) -> None:
    entry = entry_in(clinic, Status.CALLED)
    patient = clinic.as_patient(entry)
    assert clinic.do("answer", entry, actor=patient).answer is Answer.COMING
    rows = len(clinic.steps(entry))
    clinic.do("answer", entry, actor=patient)
    assert len(clinic.steps(entry)) == rows, "the second tap says nothing new"
    assert clinic.view().called[0].answer == "coming"
    assert clinic.do("start", entry).answer is None


def test_i_am_back_is_for_people_on_hold(clinic: Clinic) -> None:
    entry = entry_in(clinic, Status.ON_HOLD)
    assert clinic.do("answer", entry, actor=clinic.as_patient(entry)).answer is Answer.BACK
    waiting = clinic.join("Waiting")
    assert clinic.do("answer", waiting, actor=clinic.as_patient(waiting)).answer is None


def test_more_time_lets_others_go_first_and_keeps_the_place(clinic: Clinic, clock: Clock) -> None:
    first, second = clinic.join("First"), clinic.join("Second")
    clinic.call_next()
    clinic.do("answer", first, actor=clinic.as_patient(first))
    asked = clinic.do("more-time", first, actor=clinic.as_patient(first))
    assert (asked.status, asked.virtual_at) == (Status.WAITING, first.virtual_at)
    assert asked.not_before == clock.at + timedelta(minutes=10)
    assert clinic.view().line[-1].answer is None, "nobody says any more that they are coming"
    assert clinic.call_next().id == second.id
    clock.forward(minutes=10)
    assert clinic.line() == ["A1"]


@pytest.mark.parametrize("given", [{"pinned": True}, {"emergency": True}], ids=["pinned", "emergency"])
@pytest.mark.parametrize("status", [Status.WAITING, Status.CALLED])
def test_more_time_is_refused_to_who_goes_first_anyway(clinic: Clinic, given: dict[str, Any], status: Status) -> None:
    first = clinic.join("First")
    clinic.join("Second")
    clinic.do("prioritise", first, reason="Asked for it", **given)
    if status is Status.CALLED:
        clinic.do("call", first)
    with refused("next_already"):
        clinic.do("more-time", first, actor=clinic.as_patient(first))
    now = clinic.entry(first)
    assert (now.status, now.not_before) == (status, None)


def test_the_line_shown_and_the_person_called_never_differ(clinic: Clinic, clock: Clock) -> None:
    entries = [clinic.join(f"P{n}") for n in range(6)]
    clinic.do("prioritise", entries[4], pinned=True, reason="Asked for it")
    clinic.do("prioritise", entries[3], emergency=True, reason="Chest pain")
    clinic.do("more-time", entries[0], actor=clinic.as_patient(entries[0]))
    shown = clinic.line()
    called = []
    for n in range(6):
        assert clinic.view().line[0].position == 1
        assert clinic.ticket(clinic.entry(entries[1])).position in {None, *range(1, 7 - n)}
        called.append(clinic.call_next().token)
        clock.forward(minutes=10)
    assert called == shown == ["A4", "A5", "A1", "A2", "A3", "A6"]
