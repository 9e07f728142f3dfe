"""What the link of an appointment shows, and the numbers that tell whether free times have changed."""

from datetime import timedelta
from functools import partial

import pytest

from app.models import AppointmentStatus, Patient
from app.services import booking, own_appointment, slot_search
from app.services.own_appointment import Arrival
from app.services.policy import ANONYMOUS
from tests.factories import Clinic, Clock, refused
from tests.services.test_booking import book, check_in, free, plan


@pytest.fixture
def planned(clock: Clock, clinic: Clinic) -> Clinic:
    plan(clinic)
    return clinic


def test_only_the_very_link_opens_it(planned: Clinic) -> None:
    made = book(planned, free(planned)[0].slot_id, "Asha Maria Rao")
    mine = planned.read(lambda s: own_appointment.by_link(s, made.link))
    assert (mine.id, mine.first_name, mine.arrival, mine.ticket) == (made.id, "Asha", Arrival.EARLY, None)
    held = planned.write(lambda s: booking.hold(s, actor=ANONYMOUS, slot_id=free(planned)[1].slot_id))
    for link in ("", made.link.swapcase(), f"{made.link} ", held.link):
        with refused("unknown_appointment"):
            planned.read(partial(own_appointment.by_link, link=link))


def test_an_erased_person_has_no_appointments(planned: Clinic, clock: Clock) -> None:
    made = book(planned, free(planned)[0].slot_id)

    def erase(session) -> None:
        patient = session.get_one(Patient, made.patient_id)
        patient.erased_at = clock.at
        session.add(patient)

    planned.write(erase)
    with refused("unknown_appointment"):
        planned.read(lambda s: own_appointment.by_link(s, made.link))


@pytest.mark.parametrize(
    ("minutes", "arrival", "may_change"),
    [
        (-24 * 60, Arrival.OTHER_DAY, True),
        (-121, Arrival.EARLY, True),
        (-119, Arrival.EARLY, False),
        (-30, Arrival.OPEN, False),
        (15, Arrival.OPEN, False),
        (16, Arrival.LATE, False),
    ],
)
def test_what_can_be_done_when(planned: Clinic, clock: Clock, minutes: int, arrival: Arrival, may_change: bool) -> None:
    made = book(planned, free(planned)[3].slot_id)
    clock.at = made.starts_at + timedelta(minutes=minutes)
    mine = planned.read(lambda s: own_appointment.by_link(s, made.link))
    assert (mine.arrival, mine.may_change) == (arrival, may_change)


def test_after_the_check_in_it_leads_to_the_ticket(planned: Clinic, clock: Clock) -> None:
    made = book(planned, free(planned)[0].slot_id)
    clock.forward(minutes=40)
    entry = check_in(planned, made)
    mine = planned.read(lambda s: own_appointment.by_link(s, made.link))
    assert (mine.status, mine.ticket, mine.may_change) == (AppointmentStatus.CHECKED_IN, entry.link, False)


def test_numbers_tell_of_every_change(planned: Clinic, clock: Clock) -> None:
    def numbers() -> tuple[int, int, int]:
        return planned.read(lambda s: slot_search.fingerprints(s, [planned.doctor_id]))[planned.doctor_id]

    seen = [numbers()]
    first, second, *_ = free(planned)
    made = book(planned, first.slot_id)
    seen.append(numbers())
    desk = planned.admin
    planned.write(lambda s: booking.reschedule(s, actor=desk, appointment_id=made.id, slot_id=second.slot_id))
    seen.append(numbers())
    clock.forward(minutes=10)  # the first is too soon now
    seen.append(numbers())
    assert len(set(seen)) == 4


def test_around_a_time_are_its_neighbours_and_itself_if_it_is_free(planned: Clinic) -> None:
    first, second, third, *_ = free(planned)
    around = planned.read(lambda s: slot_search.around(s, second.slot_id))
    assert [slot.slot_id for slot in around[:2]] == [second.slot_id, first.slot_id]
    book(planned, second.slot_id)
    around = planned.read(lambda s: slot_search.around(s, second.slot_id))
    assert [slot.slot_id for slot in around[:2]] == [first.slot_id, third.slot_id]
    assert planned.read(lambda s: slot_search.around(s, 999_999)) == []
