"""Undo: one's own last click, within half a minute, with everything that it did."""

from collections.abc import Callable
from typing import Any

import pytest

from app.models import QueueEntry, Role, Status
from app.services import invariants
from app.services.policy import Verb
from tests.factories import Clinic, Clock, refused
from tests.services.states import entry_in

LEFT_OUT = {"id", "revision"}


def picture(clinic: Clinic, entry: QueueEntry) -> dict[str, object]:
    """Everything that an entry says of itself, and its place in the line."""
    now = clinic.entry(entry)
    told = {name: getattr(now, name) for name in QueueEntry.model_fields if name not in LEFT_OUT}
    return {**told, "line": clinic.line()}


UNDONE: dict[Verb, tuple[Status, dict[str, Any]]] = {
    Verb.CALL: (Status.WAITING, {"reason": "Fasting"}),
    Verb.RECALL: (Status.CALLED, {}),
    Verb.START: (Status.CALLED, {}),
    Verb.DONE: (Status.IN_PROGRESS, {}),
    Verb.SKIP: (Status.CALLED, {}),
    Verb.PUT_BACK: (Status.IN_PROGRESS, {}),
    Verb.HOLD: (Status.IN_PROGRESS, {"reason": "X-ray"}),
    Verb.RESUME: (Status.ON_HOLD, {}),
    Verb.RETURN: (Status.SKIPPED, {}),
    Verb.CANCEL: (Status.CALLED, {"reason": "duplicate"}),
    Verb.NO_SHOW: (Status.SKIPPED, {}),
    Verb.RESTORE: (Status.NO_SHOW, {}),
    Verb.PRIORITISE: (Status.WAITING, {"pinned": True, "priority": "elderly", "emergency": True, "reason": "Because"}),
}


@pytest.mark.parametrize("verb", UNDONE)
def test_after_an_undo_everything_is_as_before(clinic: Clinic, clock: Clock, verb: Verb) -> None:
    status, given = UNDONE[verb]
    entry = entry_in(clinic, status)
    clock.forward(minutes=1)
    clinic.join("Behind")
    before = picture(clinic, entry)
    clinic.do(verb, entry, **given)
    assert picture(clinic, entry) != before
    clock.forward(seconds=30)
    clinic.do("undo", entry)
    assert picture(clinic, entry) == before
    done, undone = clinic.steps(entry)[-2:]
    assert (undone.verb, undone.undoes_id) == ("undo", done.id)
    assert clinic.read(invariants.broken) == []


def test_call_next_is_undone_and_the_screen_forgets_the_call(clinic: Clinic, clock: Clock) -> None:
    entry = clinic.join()
    clinic.call_next()
    assert [call.token for call in clinic.view().calls] == ["A1"]
    clinic.do("undo", entry)
    assert clinic.view().calls == ()
    assert clinic.line() == ["A1"]


@pytest.mark.parametrize("through", ["the finished one", "the called one"])
def test_done_call_next_is_taken_back_as_one_act(clinic: Clinic, through: str) -> None:
    inside = entry_in(clinic, Status.IN_PROGRESS)
    waiting = clinic.join("Next")
    clinic.do("done", inside, call_next=True)
    clinic.do("undo", inside if through == "the finished one" else waiting)
    assert clinic.entry(inside).status is Status.IN_PROGRESS
    assert clinic.entry(waiting).status is Status.WAITING
    assert clinic.view().stats.completed_today == 0
    assert clinic.read(invariants.broken) == []


@pytest.mark.parametrize("through", ["the old place", "the new place"])
def test_a_transfer_is_taken_back_with_ticket_and_link(clinic: Clinic, clock: Clock, through: str) -> None:
    there = clinic.add_doctor()
    entry = clinic.join("Moved")
    clock.forward(minutes=1)
    clinic.join("Second")
    desk = clinic.staff(Role.RECEPTION)
    moved = clinic.do("transfer", entry, actor=desk, doctor_id=there)
    clinic.do("undo", entry if through == "the old place" else moved, actor=desk)
    assert (clinic.line(), clinic.line(there)) == (["A1", "A2"], [])
    assert clinic.entry(moved).status is Status.CANCELLED
    assert clinic.ticket(entry).doctor_id == clinic.doctor_id
    assert clinic.read(invariants.broken) == []


def test_the_place_of_a_transfer_that_was_taken_back_is_gone_for_good(clinic: Clinic) -> None:
    there = clinic.add_doctor()
    entry = clinic.join()
    desk = clinic.staff(Role.RECEPTION)
    moved = clinic.do("transfer", entry, actor=desk, doctor_id=there)
    clinic.do("undo", entry, actor=desk)
    with refused("moved_on"):
        clinic.do("restore", moved, actor=desk)
    assert (clinic.line(), clinic.line(there)) == (["A1"], [])


def test_a_transfer_is_not_taken_back_when_the_other_doctor_has_called_already(clinic: Clinic) -> None:
    there = clinic.add_doctor()
    entry = clinic.join()
    clinic.do("transfer", entry, doctor_id=there)
    clinic.call_next(there)
    with refused("changed_since"):
        clinic.do("undo", entry)
    assert clinic.view(there).called[0].token == "A1"


def test_somebody_added_at_reception_by_mistake(clinic: Clinic) -> None:
    desk = clinic.staff(Role.RECEPTION)
    entry = clinic.join("Wrong", actor=desk)
    undone = clinic.do("undo", entry, actor=desk)
    assert (undone.status, undone.close_reason) == (Status.CANCELLED, "entered_in_error")
    assert clinic.line() == []
    assert clinic.join("Right").token == "A2"


def test_after_half_a_minute_it_is_too_late(clinic: Clinic, clock: Clock) -> None:
    entry = clinic.join()
    clinic.call_next()
    clock.forward(seconds=30.001)
    with refused("too_late"):
        clinic.do("undo", entry)


def test_nobody_undoes_what_somebody_else_did(clinic: Clinic) -> None:
    entry = clinic.join()
    with refused("too_late"):
        clinic.do("undo", entry)  # the patient joined
    clinic.call_next()
    with refused("too_late"):
        clinic.do("undo", entry, actor=clinic.staff(Role.RECEPTION))


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda clinic, entry: clinic.do("answer", entry, actor=clinic.as_patient(entry)),
        lambda clinic, entry: clinic.do("skip", entry, actor=clinic.staff(Role.RECEPTION)),
        lambda clinic, entry: clinic.do("cancel", entry, actor=clinic.as_patient(entry)),
    ],
)
def test_what_somebody_else_has_changed_since_stays(
    clinic: Clinic, meanwhile: Callable[[Clinic, QueueEntry], QueueEntry]
) -> None:
    entry = clinic.join()
    clinic.call_next()
    after = meanwhile(clinic, entry)
    with refused("too_late"):
        clinic.do("undo", entry)
    assert clinic.entry(entry).status is after.status


def test_an_act_on_two_people_is_not_half_undone(clinic: Clinic) -> None:
    inside = entry_in(clinic, Status.IN_PROGRESS)
    waiting = clinic.join("Next")
    clinic.do("done", inside, call_next=True)
    clinic.do("skip", waiting, actor=clinic.staff(Role.RECEPTION))
    with refused("changed_since"):
        clinic.do("undo", inside)
    assert clinic.entry(inside).status is Status.DONE


def test_a_visit_is_not_undone_back_into_a_room_that_is_taken(clinic: Clinic) -> None:
    first = entry_in(clinic, Status.IN_PROGRESS)
    clinic.do("done", first)
    clinic.do("start", clinic.join("Second"))
    with refused("room_busy"):
        clinic.do("undo", first)


def test_an_undo_is_not_undone(clinic: Clinic) -> None:
    entry = clinic.join()
    clinic.call_next()
    clinic.do("undo", entry)
    with refused("too_late"):
        clinic.do("undo", entry)


def test_nobody_comes_back_beside_a_newer_place_of_theirs(clinic: Clinic) -> None:
    me = clinic.staff(Role.PATIENT)
    entry = clinic.join("Asha Rao", actor=me)
    clinic.do("cancel", entry)
    clinic.join("Asha Rao", actor=me)
    with refused("already_waiting"):
        clinic.do("undo", entry)
