"""Booking: taking a place, moving it, giving it back."""

from datetime import time, timedelta
from functools import partial

import pytest

from app.models import Appointment, AppointmentStatus, Period, QueueEntry, Role, Slot
from app.services import arriving, booking, places, schedules, slot_search, slots, waitlist
from app.services.booking import Guest
from app.services.policy import ANONYMOUS, Actor, link_holder
from app.services.schedules import PeriodForm
from tests.factories import Clinic, Clock, refused


def plan(clinic: Clinic, **form) -> int:
    wish = PeriodForm(**{"weekday": 1, "starts": time(9), "ends": time(11), "slot_minutes": 30, **form})
    return clinic.write(lambda s: schedules.add_period(s, actor=clinic.admin, doctor_id=clinic.doctor_id, form=wish))


def free(clinic: Clinic) -> list[slot_search.SlotView]:
    return clinic.read(lambda s: slot_search.of_doctor(s, clinic.doctor_id))


def wish(clinic: Clinic, made: Appointment) -> int:
    desk = clinic.staff(Role.RECEPTION)
    return clinic.write(lambda s: waitlist.wish(s, actor=desk, appointment_id=made.id))


def offers(clinic: Clinic) -> int:
    """Let the job go round once; answers how many were offered something."""
    return sum(clinic.write(partial(waitlist.offer, wish_id=wish_id)) for wish_id in clinic.read(waitlist.chances))


def book(clinic: Clinic, slot_id: int, name: str = "Asha Rao", **more) -> Appointment:
    desk = clinic.staff(Role.RECEPTION)
    guest = Guest(name=name)
    return clinic.write(lambda s: booking.book(s, actor=desk, slot_id=slot_id, who=guest, **more))


@pytest.fixture
def planned(clock: Clock, clinic: Clinic) -> Clinic:
    plan(clinic)
    return clinic


def test_a_plan_makes_slots_weeks_ahead(planned: Clinic) -> None:
    found = free(planned)
    assert [f"{slot.starts_at:%d %H:%M}" for slot in found[:4]] == ["10 09:00", "10 09:30", "17 08:00", "17 08:30"]
    assert all(slot.free == 1 for slot in found)


def test_a_place_is_given_once(planned: Clinic) -> None:
    first, second, *_ = free(planned)
    made = book(planned, first.slot_id)
    assert (made.status, made.starts_at) == (AppointmentStatus.BOOKED, first.starts_at)
    with pytest.raises(places.SlotTaken) as taken:
        book(planned, first.slot_id, "Somebody Else")
    assert second.slot_id in [slot.slot_id for slot in taken.value.alternatives]
    assert first.slot_id not in [slot.slot_id for slot in taken.value.alternatives]


def test_cancelled_is_free_again(planned: Clinic) -> None:
    slot = free(planned)[0]
    made = book(planned, slot.slot_id)
    desk = planned.staff(Role.RECEPTION)
    planned.write(lambda s: booking.cancel(s, actor=desk, appointment_id=made.id))
    assert free(planned)[0].free == 1
    assert book(planned, slot.slot_id).id != made.id


def test_moving_takes_the_new_place_first(planned: Clinic) -> None:
    first, second, third, *_ = free(planned)
    desk = planned.staff(Role.RECEPTION)
    made = book(planned, first.slot_id)
    book(planned, second.slot_id, "Other")
    with refused("slot_taken"):
        planned.write(lambda s: booking.reschedule(s, actor=desk, appointment_id=made.id, slot_id=second.slot_id))
    assert planned.read(lambda s: s.get_one(Appointment, made.id)).slot_id == first.slot_id
    moved = planned.write(lambda s: booking.reschedule(s, actor=desk, appointment_id=made.id, slot_id=third.slot_id))
    assert (moved.slot_id, moved.sequence) == (third.slot_id, 1)
    assert [slot.free for slot in free(planned)[:3]] == [1, 0, 0]


def test_a_held_place_runs_out(planned: Clinic, clock: Clock) -> None:
    slot = free(planned)[1]
    held = planned.write(lambda s: booking.hold(s, actor=ANONYMOUS, slot_id=slot.slot_id))
    with refused("slot_taken"):
        book(planned, slot.slot_id)
    clock.forward(minutes=6)
    assert planned.read(booking.expired_holds) == [held.id]
    assert book(planned, slot.slot_id).place == 1
    with refused("slot_taken"):
        planned.write(
            lambda s: booking.confirm(s, actor=ANONYMOUS, link=held.link, who=Guest(name="Late", phone="0170 1"))
        )


def check_in(clinic: Clinic, made: Appointment, actor: Actor | None = None) -> QueueEntry:
    who = actor or link_holder(made.link)
    return clinic.write(lambda s: arriving.check_in(s, actor=who, appointment_id=made.id))


def status(clinic: Clinic, made: Appointment) -> AppointmentStatus:
    return clinic.read(lambda s: s.get_one(Appointment, made.id)).status


def test_checking_in_makes_the_entry_once(planned: Clinic, clock: Clock) -> None:
    made = book(planned, free(planned)[0].slot_id)  # ten o'clock at the clinic, it is nine
    with refused("too_early"):
        check_in(planned, made)
    with refused("unknown_appointment"):
        check_in(planned, made, planned.staff(Role.PATIENT))
    clock.forward(minutes=40)
    entry = check_in(planned, made)
    assert check_in(planned, made).id == entry.id
    assert status(planned, made) is AppointmentStatus.CHECKED_IN
    planned.do("start", entry)
    planned.do("done", entry)
    assert status(planned, made) is AppointmentStatus.COMPLETED


def test_on_time_stands_before_who_came_after_the_credit(planned: Clinic, clock: Clock) -> None:
    made = book(planned, free(planned)[0].slot_id)
    clock.forward(minutes=10)
    planned.join("Came at ten past nine")
    clock.forward(minutes=35)
    check_in(planned, made)
    assert planned.line() == ["A1", "A2"]  # not before five to ten, unless nobody else is there
    clock.forward(minutes=11)
    assert planned.line() == ["A2", "A1"]


def test_late_stands_where_a_walk_in_would(planned: Clinic, clock: Clock) -> None:
    made = book(planned, free(planned)[0].slot_id)
    clock.forward(minutes=70)
    planned.join("Came at ten past ten")
    clock.forward(minutes=10)
    entry = check_in(planned, made)
    assert planned.line() == ["A1", "A2"]
    assert entry.virtual_at == clock.at


def test_a_walk_in_ticket_becomes_the_appointment_and_keeps_the_better_place(planned: Clinic, clock: Clock) -> None:
    made = book(planned, free(planned)[0].slot_id)
    clock.forward(minutes=35)
    ticket = planned.join(actor=planned.staff(Role.RECEPTION), patient_id=made.patient_id)
    entry = check_in(planned, made)
    assert (entry.id, entry.token) == (ticket.id, ticket.token)
    assert entry.virtual_at == made.starts_at - timedelta(hours=1)
    assert status(planned, made) is AppointmentStatus.CHECKED_IN


@pytest.mark.parametrize(
    ("verbs", "after"),
    [
        (["start", "done"], AppointmentStatus.COMPLETED),
        (["start", "done", "restore"], AppointmentStatus.CHECKED_IN),
        (["call", "no-show"], AppointmentStatus.NO_SHOW),
        (["cancel"], AppointmentStatus.LEFT),
        (["cancel", "restore"], AppointmentStatus.CHECKED_IN),
    ],
)
def test_the_appointment_goes_where_the_queue_leads(
    planned: Clinic, clock: Clock, verbs: list[str], after: AppointmentStatus
) -> None:
    made = book(planned, free(planned)[0].slot_id)
    clock.forward(minutes=50)
    entry = check_in(planned, made)
    for verb in verbs:
        planned.do(verb, entry, reason="patient_left")
    assert status(planned, made) is after


def test_a_check_in_that_is_undone_is_a_booking_again(planned: Clinic, clock: Clock) -> None:
    made = book(planned, free(planned)[0].slot_id)
    clock.forward(minutes=50)
    desk = planned.staff(Role.RECEPTION)
    entry = check_in(planned, made, desk)
    planned.do("undo", entry, actor=desk)
    assert status(planned, made) is AppointmentStatus.BOOKED


def test_nobody_came(planned: Clinic, clock: Clock) -> None:
    made = book(planned, free(planned)[0].slot_id)
    clock.forward(minutes=121)
    assert planned.read(arriving.missed) == [made.id]
    planned.write(lambda s: arriving.give_up(s, made.id))
    assert status(planned, made) is AppointmentStatus.NO_SHOW
    with refused("appointment_over"):
        check_in(planned, made)


def test_a_changed_plan_loses_no_booking(planned: Clinic) -> None:
    tuesday = free(planned)
    made = book(planned, tuesday[3].slot_id)  # next week, half past nine
    period = planned.all(Period)[0]
    form = PeriodForm(weekday=1, starts=time(9), ends=time(11), slot_minutes=20)
    planned.write(lambda s: schedules.change_period(s, actor=planned.admin, period_id=period.id, form=form))
    assert status(planned, made) is AppointmentStatus.BOOKED
    found = planned.read(lambda s: schedules.conflicts(s, actor=planned.admin, doctor_id=planned.doctor_id))
    assert [one.id for one in found] == [made.id]
    starts = [f"{slot.starts_at:%d %H:%M}" for slot in free(planned) if slot.starts_at.day == 17]
    assert starts == ["17 08:00", "17 09:00", "17 09:20", "17 09:40"]  # none across the booked half hour
    planned.write(lambda s: booking.keep(s, actor=planned.admin, appointment_id=made.id))
    assert not planned.read(lambda s: schedules.conflicts(s, actor=planned.admin, doctor_id=planned.doctor_id))


def test_making_slots_twice_changes_nothing(planned: Clinic) -> None:
    book(planned, free(planned)[2].slot_id)
    before = [slot.model_dump() for slot in planned.all(Slot)]
    assert planned.write(lambda s: slots.make(s, planned.doctor_id)) == 0
    assert [slot.model_dump() for slot in planned.all(Slot)] == before


def test_an_earlier_time_is_offered_to_one_after_the_other(clock: Clock, clinic: Clinic) -> None:
    plan(clinic, starts=time(12), ends=time(12, 30))
    this_week, next_week, after, *_ = free(clinic)
    desk = clinic.staff(Role.RECEPTION)
    kept, first, second = (book(clinic, slot.slot_id, slot.starts_at.ctime()) for slot in (this_week, next_week, after))
    for made in (first, second):
        wish(clinic, made)
    assert clinic.read(waitlist.chances) == []
    clinic.write(lambda s: booking.cancel(s, actor=desk, appointment_id=kept.id))
    assert offers(clinic) == 1
    with refused("slot_taken"):
        book(clinic, this_week.slot_id, "Quick")
    clock.forward(minutes=31)  # the first did not answer
    assert offers(clinic) + offers(clinic) == 1
    with refused("offer_ended"):
        clinic.write(lambda s: waitlist.accept(s, actor=desk, appointment_id=first.id))
    moved = clinic.write(lambda s: waitlist.accept(s, actor=desk, appointment_id=second.id))
    assert moved.starts_at == this_week.starts_at
    assert [slot.free for slot in free(clinic)[:3]] == [0, 0, 1]
