"""Leaving: cancelled, no show, moved to another doctor; and coming back after a mistake."""

import pytest

from app.models import CancelReason, Role, Status
from app.services import steering
from app.services.leaving import Placing
from tests.factories import Clinic, Clock, refused
from tests.services.states import entry_in


def test_a_patient_leaves_alone_and_may_tap_twice(clinic: Clinic) -> None:
    entry = clinic.join()
    patient = clinic.as_patient(entry)
    for _ in range(2):
        left = clinic.do("cancel", entry, actor=patient)
        assert (left.status, left.close_reason) == (Status.CANCELLED, CancelReason.BY_PATIENT)
    assert len(clinic.steps(entry)) == 2
    assert clinic.steps(entry)[-1].actor_role == "patient"


def test_nobody_leaves_from_the_phone_while_with_the_doctor(clinic: Clinic) -> None:
    entry = entry_in(clinic, Status.IN_PROGRESS)
    with refused("wrong_status"):
        clinic.do("cancel", entry, actor=clinic.as_patient(entry))


def test_staff_remove_somebody_with_a_reason_and_the_history_keeps_them(clinic: Clinic) -> None:
    entry = clinic.join()
    clinic.do("cancel", entry, actor=clinic.staff(Role.RECEPTION), reason=CancelReason.DUPLICATE)
    assert clinic.entry(entry).close_reason == "duplicate"
    assert clinic.view().entries == ()
    assert clinic.steps(entry)[-1].reason == "duplicate"


def test_a_mistaken_leave_is_taken_back_within_five_minutes(clinic: Clinic, clock: Clock) -> None:
    entry = clinic.join("Mine")
    clock.forward(minutes=1)
    clinic.join("Behind")
    patient = clinic.as_patient(entry)
    clinic.do("cancel", entry, actor=patient)
    clock.forward(minutes=5)
    clinic.do("restore", entry, actor=patient)
    assert clinic.line() == ["A1", "A2"]
    clinic.do("cancel", entry, actor=patient)
    clock.forward(minutes=5, seconds=1)
    with refused("too_late"):
        clinic.do("restore", entry, actor=patient)


def test_a_patient_does_not_undo_what_staff_decided(clinic: Clinic) -> None:
    entry = clinic.join()
    clinic.do("cancel", entry)
    with refused("too_late"):
        clinic.do("restore", entry, actor=clinic.as_patient(entry))


def test_a_place_in_a_closed_queue_is_not_taken_back(clinic: Clinic) -> None:
    entry = clinic.join()
    patient = clinic.as_patient(entry)
    clinic.do("cancel", entry, actor=patient)
    clinic.write(lambda s: steering.close_day(s, actor=clinic.doctor(), doctor_id=clinic.doctor_id))
    with refused("queue_closed"):
        clinic.do("restore", entry, actor=patient)


@pytest.mark.parametrize("ended", [Status.DONE, Status.CANCELLED, Status.NO_SHOW])
def test_staff_bring_somebody_back_on_the_same_day(clinic: Clinic, ended: Status) -> None:
    entry = entry_in(clinic, ended)
    back = clinic.do("restore", entry, reason="A mistake")
    assert back.status is (Status.IN_PROGRESS if ended is Status.DONE else Status.WAITING)
    assert (back.closed_at, back.close_reason) == (None, "")
    assert clinic.steps(entry)[-1].reason == "A mistake"


def test_nobody_is_brought_back_on_another_day(clinic: Clinic, clock: Clock) -> None:
    entry = entry_in(clinic, Status.DONE)
    clock.forward(days=1)
    clinic.new_shift()
    with refused("other_day"):
        clinic.do("restore", entry)


def test_a_finished_visit_comes_back_only_into_an_empty_room(clinic: Clinic) -> None:
    done = entry_in(clinic, Status.DONE)
    clinic.do("start", clinic.join("Inside"))
    with refused("room_busy"):
        clinic.do("restore", done)


def test_nobody_is_brought_back_beside_a_newer_place(clinic: Clinic) -> None:
    me = clinic.staff(Role.PATIENT)
    first = clinic.join("Asha Rao", actor=me)
    clinic.do("cancel", first)
    clinic.join("Asha Rao", actor=me)
    with refused("already_waiting"):
        clinic.do("restore", first)


# transfer


def test_a_transfer_keeps_ticket_link_and_place(clinic: Clinic, clock: Clock) -> None:
    there = clinic.add_doctor("Omar Haddad", room="7")
    entry = clinic.join("Moved", reason="Cough", needs=["deaf"])
    clock.forward(minutes=1)
    clinic.join("There already", doctor_id=there)
    moved = clinic.do("transfer", entry, doctor_id=there, reason="Better there")
    assert (moved.token, moved.link, moved.doctor_id) == ("A1", entry.link, there)
    assert (moved.moved_from_id, moved.number, moved.joined_at) == (entry.id, None, entry.joined_at)
    assert (moved.reason, moved.needs) == ("Cough", ["deaf"])
    assert clinic.line(there) == ["A1", "B1"]
    assert clinic.line() == []
    closed = clinic.entry(entry)
    assert (closed.status, closed.link, closed.close_reason) == (Status.TRANSFERRED, None, "Better there")
    ticket = clinic.ticket(entry)
    assert (ticket.doctor_name, ticket.moved, ticket.position) == ("Omar Haddad", True, 1)
    assert clinic.join("Next there", doctor_id=there).token == "B2", "a guest uses up no number"


@pytest.mark.parametrize(("place", "line"), [(Placing.FRONT, ["A1", "B1"]), (Placing.END, ["B1", "A1"])])
def test_a_transfer_to_the_front_or_to_the_end(clinic: Clinic, clock: Clock, place: Placing, line: list[str]) -> None:
    there = clinic.add_doctor()
    entries = [clinic.join("There already", doctor_id=there), clinic.join("Moved")]
    if place is Placing.END:
        entries.reverse()
    clock.forward(minutes=1)
    clinic.do("transfer", clinic.view().line[0].entry_id, doctor_id=there, place=place)
    assert clinic.line(there) == line


def test_there_and_back_again(clinic: Clinic, clock: Clock) -> None:
    there = clinic.add_doctor()
    entry = clinic.join("Moved")
    clock.forward(minutes=1)
    clinic.join("Second")
    moved = clinic.do("transfer", entry, doctor_id=there)
    back = clinic.do("transfer", moved, doctor_id=clinic.doctor_id)
    assert (back.token, back.link) == ("A1", entry.link)
    assert clinic.line() == ["A1", "A2"]


def test_what_an_undone_transfer_left_there_is_not_brought_back(clinic: Clinic) -> None:
    there, desk = clinic.add_doctor(), clinic.staff(Role.RECEPTION)
    entry = clinic.join()
    moved = clinic.do("transfer", entry, actor=desk, doctor_id=there)
    clinic.do("undo", moved, actor=desk)
    assert clinic.ticket(entry).doctor_id == clinic.doctor_id
    with refused("moved_on"):
        clinic.do("restore", moved, actor=desk)


@pytest.mark.parametrize("status", [Status.CALLED, Status.SKIPPED, Status.ON_HOLD, Status.IN_PROGRESS])
def test_anybody_still_here_can_be_moved(clinic: Clinic, status: Status) -> None:
    there = clinic.add_doctor()
    entry = entry_in(clinic, status)
    moved = clinic.do("transfer", entry, doctor_id=there)
    assert (moved.status, moved.last_called_at, moved.call_count) == (Status.WAITING, None, 0)


def test_nobody_is_moved_to_where_nobody_is_taken(clinic: Clinic) -> None:
    there = clinic.add_doctor()
    entry = clinic.join()
    theirs = clinic.doctor(there)
    for close in (steering.pause, steering.close_day):
        clinic.write(lambda s, close=close: close(s, actor=theirs, doctor_id=there))  # type: ignore[misc]
        with refused("queue_closed"):
            clinic.do("transfer", entry, doctor_id=there)
        clinic.write(lambda s: steering.open_(s, actor=theirs, doctor_id=there))
    assert clinic.entry(entry).status is Status.WAITING


def test_a_transfer_needs_another_doctor(clinic: Clinic) -> None:
    entry = clinic.join()
    for doctor_id, code in ((clinic.doctor_id, "same_doctor"), (999, "unknown_doctor"), (None, "missing")):
        with refused(code):
            clinic.do("transfer", entry, doctor_id=doctor_id)


def test_nobody_is_moved_to_where_they_wait_already(clinic: Clinic) -> None:
    there = clinic.add_doctor()
    entry = clinic.join()
    clinic.join("", actor=clinic.admin, patient_id=entry.patient_id, doctor_id=there)
    with refused("already_waiting"):
        clinic.do("transfer", entry, doctor_id=there)


def test_an_emergency_stays_one_where_it_goes(clinic: Clinic) -> None:
    there = clinic.add_doctor()
    clinic.join("There already", doctor_id=there)
    entry = clinic.join("Moved")
    clinic.do("prioritise", entry, emergency=True, reason="Chest pain")
    clinic.do("transfer", entry, doctor_id=there)
    assert clinic.line(there) == ["A1", "B1"]


def test_somebody_moved_out_of_the_room_after_midnight_is_in_the_new_days_line(clinic: Clinic, clock: Clock) -> None:
    there = clinic.add_doctor()
    clock.at = clock.at.replace(hour=22, minute=50)
    clinic.new_shift()
    entry = entry_in(clinic, Status.IN_PROGRESS)
    clock.forward(minutes=30)
    clinic.do("transfer", entry, doctor_id=there)
    assert clinic.line(there) == ["A1"]
