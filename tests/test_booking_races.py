"""Many people and one slot, as threads, on both engines. Set MEDIQUEUE_TEST_ROUNDS for more of it."""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import time
from functools import partial

import pytest

from app import db
from app.models import Appointment, AppointmentStatus, Period, Role, Slot
from app.services import booking, invariants, schedules, slot_search, slots, waitlist
from app.services.booking import Guest
from app.services.policy import ANONYMOUS, Actor
from tests.engines import on_both_engines
from tests.factories import Clinic, Clock
from tests.test_races import at_once

pytestmark = on_both_engines
CLIENTS = 20
ROUNDS = int(os.environ.get("MEDIQUEUE_TEST_ROUNDS", "3"))


@pytest.fixture
def planned(clock: Clock, clinic: Clinic) -> Iterator[Clinic]:
    form = schedules.PeriodForm(weekday=2, starts=time(8), ends=time(18), slot_minutes=30)
    clinic.write(lambda s: schedules.add_period(s, actor=clinic.admin, doctor_id=clinic.doctor_id, form=form))
    yield clinic
    assert clinic.read(invariants.broken) == []


def free(clinic: Clinic) -> list[int]:
    return [slot.slot_id for slot in clinic.read(lambda s: slot_search.of_doctor(s, clinic.doctor_id)) if slot.free]


def book(actor: Actor, slot_id: int, name: str = "Asha Rao") -> str:
    guest = Guest(name=name, phone="0170 123")
    return db.transaction(lambda s: booking.book(s, actor=actor, slot_id=slot_id, who=guest).status)


def hold(slot_id: int) -> str:
    return db.transaction(lambda s: booking.hold(s, actor=ANONYMOUS, slot_id=slot_id).status)


def move(actor: Actor, appointment_id: int, slot_id: int) -> str:
    return db.transaction(
        lambda s: booking.reschedule(s, actor=actor, appointment_id=appointment_id, slot_id=slot_id).status
    )


def appointments(clinic: Clinic, *status: AppointmentStatus) -> list[Appointment]:
    return [one for one in clinic.all(Appointment) if one.status in status]


def test_one_slot_has_one_winner(planned: Clinic) -> None:
    desk = planned.staff(Role.RECEPTION)
    for slot_id in free(planned)[:ROUNDS]:
        won = at_once(*[partial(book, who, slot_id) for who in (ANONYMOUS, desk) * (CLIENTS // 2)])
        assert Counter(won) == {AppointmentStatus.BOOKED: 1, "slot_taken": CLIENTS - 1}


def test_a_held_slot_has_one_holder(planned: Clinic) -> None:
    for slot_id in free(planned)[:ROUNDS]:
        won = at_once(*[partial(hold, slot_id)] * CLIENTS)
        assert Counter(won) == {AppointmentStatus.HELD: 1, "slot_taken": CLIENTS - 1}


def test_everybody_moves_to_one_slot(planned: Clinic) -> None:
    desk, (wanted, *others) = planned.staff(Role.RECEPTION), free(planned)
    for slot_id in others[:8]:
        book(desk, slot_id)
    booked = appointments(planned, AppointmentStatus.BOOKED)
    moved = at_once(*[partial(move, desk, one.id, wanted) for one in booked])
    assert Counter(moved) == {AppointmentStatus.BOOKED: 1, "slot_taken": 7}
    assert len(appointments(planned, AppointmentStatus.BOOKED)) == 8


def test_two_who_move_across_do_not_block_each_other(planned: Clinic) -> None:
    desk, (one, two, *_) = planned.staff(Role.RECEPTION), free(planned)
    book(desk, one), book(desk, two)
    first, second = appointments(planned, AppointmentStatus.BOOKED)
    for _ in range(ROUNDS):
        moved = at_once(partial(move, desk, first.id, two), partial(move, desk, second.id, one))
        assert set(moved) <= {AppointmentStatus.BOOKED, "slot_taken"}
    assert len(appointments(planned, AppointmentStatus.BOOKED)) == 2


def test_a_slot_with_places_gives_each_once(planned: Clinic) -> None:
    period = planned.all(Period)[0]
    form = schedules.PeriodForm(weekday=2, starts=time(8), ends=time(18), slot_minutes=30, places=3)
    planned.write(lambda s: schedules.change_period(s, actor=planned.admin, period_id=period.id, form=form))
    slot_id = free(planned)[0]
    won = at_once(*[partial(book, ANONYMOUS, slot_id)] * CLIENTS)
    assert Counter(won) == {AppointmentStatus.BOOKED: 3, "slot_taken": CLIENTS - 3}
    assert sorted(one.place for one in appointments(planned, AppointmentStatus.BOOKED)) == [1, 2, 3]


def test_cancelling_and_booking_in_the_same_moment(planned: Clinic) -> None:
    desk, slot_id = planned.staff(Role.RECEPTION), free(planned)[0]
    book(desk, slot_id)
    for _ in range(ROUNDS):
        (old,) = appointments(planned, AppointmentStatus.BOOKED)

        def cancel(appointment_id: int = old.id) -> str:
            return db.transaction(lambda s: booking.cancel(s, actor=desk, appointment_id=appointment_id).status)

        at_once(cancel, *[partial(book, ANONYMOUS, slot_id)] * 4)
        if not appointments(planned, AppointmentStatus.BOOKED):
            book(desk, slot_id)
    assert planned.read(lambda s: s.get_one(Slot, slot_id)).taken == 1


def test_a_new_plan_and_bookings_in_the_same_moment(planned: Clinic) -> None:
    desk, wanted = planned.staff(Role.RECEPTION), free(planned)[:6]
    period = planned.all(Period)[0]

    def replan() -> str:
        form = schedules.PeriodForm(weekday=2, starts=time(8), ends=time(18), slot_minutes=20)
        db.transaction(lambda s: schedules.change_period(s, actor=planned.admin, period_id=period.id, form=form))
        return "planned"

    done = Counter(at_once(replan, *[partial(book, desk, slot_id) for slot_id in wanted]))
    assert done["planned"] == 1
    assert len(appointments(planned, AppointmentStatus.BOOKED)) == done[AppointmentStatus.BOOKED]
    assert planned.write(lambda s: slots.make(s, planned.doctor_id)) == 0


def test_an_offer_is_taken_once(planned: Clinic) -> None:
    desk, (_, late, *_rest) = planned.staff(Role.RECEPTION), free(planned)
    book(desk, late)
    (one,) = appointments(planned, AppointmentStatus.BOOKED)
    wish = planned.write(lambda s: waitlist.wish(s, actor=desk, appointment_id=one.id))
    at_once(*[partial(db.transaction, lambda s: waitlist.offer(s, wish))] * 4)
    assert len(appointments(planned, AppointmentStatus.HELD)) == 1
    taken = at_once(
        *[partial(db.transaction, lambda s: waitlist.accept(s, actor=desk, appointment_id=one.id).status)] * 4
    )
    assert Counter(taken) == {AppointmentStatus.BOOKED: 1, "offer_ended": 3}
