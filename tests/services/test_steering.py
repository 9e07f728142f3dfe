"""Steering: who goes first, breaks, and the end of the day."""

from datetime import timedelta
from typing import Any

from app.models import CancelReason, Priority, Role, Status
from app.services import steering
from tests.factories import Clinic, Clock, refused
from tests.services.states import entry_in


def three(clinic: Clinic, clock: Clock) -> list[int]:
    found = []
    for name in ("First", "Second", "Third"):
        found.append(clinic.join(name).id)
        clock.forward(minutes=1)
    return found


def test_an_emergency_goes_first_and_returns_to_its_place(clinic: Clinic, clock: Clock) -> None:
    _, _, third = three(clinic, clock)
    clinic.do("prioritise", third, emergency=True, reason="Chest pain")
    assert clinic.line() == ["A3", "A1", "A2"]
    clinic.do("prioritise", third, emergency=False)
    assert clinic.line() == ["A1", "A2", "A3"]


def test_pinned_people_go_next_in_the_order_of_pinning_after_emergencies(clinic: Clinic, clock: Clock) -> None:
    first, second, third = three(clinic, clock)
    for entry in (third, second):
        clinic.do("prioritise", entry, reason="Fasting")  # said without more, it means: next
        clock.forward(minutes=1)
    assert clinic.line() == ["A3", "A2", "A1"]
    clinic.do("prioritise", first, emergency=True, reason="Chest pain")
    assert clinic.line() == ["A1", "A3", "A2"]
    for entry in (third, second):
        clinic.do("prioritise", entry, pinned=False)
    clinic.do("prioritise", first, emergency=False)
    assert clinic.line() == ["A1", "A2", "A3"]


def test_a_kind_of_priority_can_be_given_and_taken(clinic: Clinic, clock: Clock) -> None:
    _, _, third = three(clinic, clock)
    before = clinic.entry(third).virtual_at
    clinic.do("prioritise", third, priority=Priority.PREGNANT)
    assert clinic.line() == ["A3", "A1", "A2"]
    clinic.do("prioritise", third, priority=Priority.ELDERLY)
    assert clinic.entry(third).virtual_at == before - timedelta(minutes=20), "the head start is given once"
    clinic.do("prioritise", third, priority=Priority.NONE)
    assert clinic.entry(third).virtual_at == before


def test_going_first_needs_a_reason_and_an_emergency_somebody_clinical(clinic: Clinic) -> None:
    entry = clinic.join()
    wishes: tuple[dict[str, Any], ...] = ({"emergency": True}, {"pinned": True}, {})
    for wish in wishes:
        with refused("reason_missing"):
            clinic.do("prioritise", entry, **wish)
    for role in (Role.RECEPTION, Role.ADMIN):
        with refused("not_allowed"):
            clinic.do("prioritise", entry, actor=clinic.staff(role), emergency=True, reason="Chest pain")
    clinic.do("prioritise", entry, actor=clinic.staff(Role.NURSE), emergency=True, reason="Chest pain")
    clinic.do("prioritise", entry, actor=clinic.staff(Role.RECEPTION), pinned=True, reason="Asked")


def test_a_break_lets_people_join_and_ends(clinic: Clinic, clock: Clock) -> None:
    me, doctor_id = clinic.doctor(), clinic.doctor_id
    back_at = clock.at + timedelta(minutes=20)
    clinic.write(lambda s: steering.take_break(s, actor=me, doctor_id=doctor_id, back_at=back_at))
    clinic.join()
    presence = clinic.view().doctor.presence
    assert (presence.state, presence.until) == ("break", back_at)
    clinic.write(lambda s: steering.end_break(s, actor=me, doctor_id=doctor_id))
    assert clinic.view().doctor.presence.state == "open"
    with refused("bad_time"):
        clinic.write(lambda s: steering.take_break(s, actor=me, doctor_id=doctor_id, back_at=clock.at))


def close(clinic: Clinic) -> int:
    me, doctor_id = clinic.doctor(), clinic.doctor_id
    return clinic.write(lambda s: steering.close_day(s, actor=me, doctor_id=doctor_id))


def test_the_end_of_the_day(clinic: Clinic, clock: Clock) -> None:
    ended = {
        Status.WAITING: (Status.CANCELLED, CancelReason.CLINIC_CLOSED),
        Status.ON_HOLD: (Status.CANCELLED, CancelReason.CLINIC_CLOSED),
        Status.CALLED: (Status.NO_SHOW, CancelReason.CLINIC_CLOSED),
        Status.SKIPPED: (Status.NO_SHOW, CancelReason.CLINIC_CLOSED),
        Status.DONE: (Status.DONE, ""),
        Status.IN_PROGRESS: (Status.IN_PROGRESS, ""),
    }
    entries = {status: entry_in(clinic, status) for status in ended}
    assert close(clinic) == 4
    found = {status: clinic.entry(entry) for status, entry in entries.items()}
    assert {s: (e.status, e.close_reason) for s, e in found.items()} == ended
    view = clinic.view()
    assert [p.entry_id for p in view.entries] == [entries[Status.IN_PROGRESS].id], "listed for the doctor"
    assert clinic.do("done", entries[Status.IN_PROGRESS]).status is Status.DONE
    assert close(clinic) == 0


def test_closing_one_queue_leaves_the_others(clinic: Clinic) -> None:
    other = clinic.add_doctor()
    clinic.join()
    clinic.join("Elsewhere", doctor_id=other)
    close(clinic)
    assert clinic.line(other) == ["B1"]
