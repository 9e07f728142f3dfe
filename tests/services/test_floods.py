"""Floods of fake tickets: which tickets belong together, and away with them in one step."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from app import trace
from app.models import AuditRow, EntryEvent, QueueEntry, Role, Source, Status
from app.services import doctors, floods, history, undoing
from app.services.floods import Group
from app.services.policy import Actor, Verb
from tests.factories import Clinic, Clock, refused

BOT, ROOM, HOME = "203.0.113.7", "198.51.100.1", "192.0.2.9"


def joined_from(clinic: Clinic, address: str, name: str, **who: Any) -> QueueEntry:
    trace.begin(address)
    try:
        return clinic.join(name, **who)
    finally:
        trace.begin("")


def found(clinic: Clinic) -> list[Group]:
    return floods.groups(clinic.read(doctors.queues))


def said(clinic: Clinic) -> list[tuple[int, bool, bool]]:
    return [(len(group.entries), group.looks_fake, group.one_place) for group in found(clinic)]


def test_a_flood_stands_out_from_a_full_waiting_room(clinic: Clinic, clock: Clock) -> None:
    there = clinic.add_doctor()
    for number in range(9):  # people who scan the code at the door
        joined_from(clinic, ROOM, f"Guest {number}")
        clock.forward(seconds=12)
    joined_from(clinic, HOME, "From home")
    for number in range(37):
        joined_from(clinic, BOT, f"xx {number}", doctor_id=there if number % 2 else None)
        clock.forward(seconds=3)
    clock.forward(minutes=5)
    joined_from(clinic, BOT, "Neighbour of the bot")
    assert said(clinic) == [(37, True, True), (9, False, True), (2, False, False)]
    flood = found(clinic)[0]
    assert flood.last - flood.first == timedelta(seconds=36 * 3)
    assert {entry.patient_name[:2] for entry in flood.entries} == {"xx"}


def test_two_floods_of_one_place_are_two(clinic: Clinic, clock: Clock) -> None:
    for _ in range(2):
        for number in range(floods.MANY):
            joined_from(clinic, BOT, f"xx {number}")
        clock.forward(minutes=3)
    joined_from(clinic, BOT, "After that")
    assert said(clinic) == [(10, True, True), (10, True, True), (1, False, False)]


def test_the_place_is_kept_from_everybody(clinic: Clinic, clock: Clock) -> None:
    first, again = joined_from(clinic, BOT, "One"), joined_from(clinic, BOT, "Two")
    assert first.origin == again.origin
    assert len(first.origin) == 16
    assert joined_from(clinic, ROOM, "Three").origin != first.origin
    six = [joined_from(clinic, f"2001:db8:0:1::{n}", f"Six {n}").origin for n in (1, 2)]
    assert six[0] == six[1], "whoever has one IPv6 address has many"
    desk = clinic.staff(Role.RECEPTION)
    assert joined_from(clinic, BOT, "At the desk", actor=desk, source=Source.RECEPTION).origin == ""
    assert joined_from(clinic, BOT, "At the kiosk", source=Source.KIOSK).origin == ""
    clock.forward(days=1)
    clinic.new_shift()
    assert joined_from(clinic, BOT, "Tomorrow").origin != first.origin, "nobody can be followed over days"


def test_removed_and_brought_back_in_one_step_over_all_queues(clinic: Clinic) -> None:
    there = clinic.add_doctor()
    fakes = [joined_from(clinic, BOT, f"xx {n}", doctor_id=there if n % 3 else None) for n in range(12)]
    real = clinic.join("Real")
    lines = clinic.line(), clinic.line(there)
    desk = clinic.staff(Role.RECEPTION)
    ids = [fake.id for fake in fakes]
    clinic.do(Verb.CALL, fakes[0])
    done = clinic.write(lambda s: floods.remove(s, actor=desk, entry_ids=[*ids, 999_999]))
    assert done.count == 11
    assert clinic.entry(fakes[0]).status is Status.CALLED, "somebody came for this one"
    assert {(clinic.entry(fake).status, clinic.entry(fake).close_reason) for fake in fakes[1:]} == {
        ("cancelled", "fake")
    }
    assert clinic.line() == [real.token]
    steps = {clinic.steps(fake)[-1].step for fake in fakes[1:]}
    assert len(steps) == 1
    clinic.do(Verb.PUT_BACK, fakes[0])
    clinic.write(lambda s: undoing.undo(s, actor=desk, entry_id=done.entry_id))
    assert (clinic.line(), clinic.line(there)) == lines
    told = clinic.read(lambda s: s.exec(select(AuditRow).where(col(AuditRow.reason) == "fake")).all())
    assert len(told) == 11


def test_only_what_waits_and_came_from_outside_is_removed(clinic: Clinic) -> None:
    desk = clinic.staff(Role.RECEPTION)
    walk_in = clinic.join("Walk-in", actor=desk, source=Source.RECEPTION)
    with refused("wrong_status"):
        clinic.write(lambda s: floods.remove(s, actor=desk, entry_ids=[walk_in.id]))
    with refused("wrong_status"):
        clinic.write(lambda s: floods.remove(s, actor=desk, entry_ids=[]))
    assert clinic.line() == [walk_in.token]


def test_who_may(clinic: Clinic) -> None:
    there = clinic.add_doctor()

    def remove(actor: Actor) -> None:
        fake = joined_from(clinic, BOT, "xx", doctor_id=there)
        clinic.write(lambda s: floods.remove(s, actor=actor, entry_ids=[fake.id]))

    with refused("unknown_doctor"):
        remove(clinic.doctor())
    with refused("not_allowed"):
        remove(clinic.staff(Role.PATIENT))
    for role in (Role.NURSE, Role.ADMIN, Role.RECEPTION):
        remove(clinic.staff(role))
    assert len(clinic.line(there)) == 2


def test_fakes_do_not_push_the_finished_out_of_the_list(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_TODAY", 3)
    desk = clinic.staff(Role.RECEPTION)
    done = clinic.join("Ida Done")
    clinic.do(Verb.START, done)
    clinic.do(Verb.DONE, done)
    ids = [joined_from(clinic, BOT, f"xx {n}").id for n in range(5)]
    clinic.write(lambda s: floods.remove(s, actor=desk, entry_ids=ids))
    rows = clinic.read(lambda s: history.finished_today(s, actor=desk))
    assert (rows[0].patient_name, len(rows)) == ("Ida Done", 3)


def test_hundreds_at_once(clinic: Clinic) -> None:
    fakes = [joined_from(clinic, BOT, f"xx {n}").id for n in range(60)]
    desk = clinic.staff(Role.RECEPTION)
    done = clinic.write(lambda s: floods.remove(s, actor=desk, entry_ids=fakes))
    assert (done.count, clinic.line()) == (60, [])
    clinic.write(lambda s: undoing.undo(s, actor=desk, entry_id=done.entry_id))
    assert len(clinic.line()) == 60
    assert len(clinic.all(EntryEvent)) == 180
