"""Appointments at the desk: who is expected, checking in with one key, booking, moving and cancelling."""

from datetime import date, time

import pytest
from nicegui.element import Element
from nicegui.testing import User

from app.models import Appointment, AppointmentStatus, Patient, Role, Source
from app.services import arriving, booking, schedules, slot_search
from app.services.booking import Guest
from app.services.schedules import PeriodForm
from tests.factories import Clinic, Clock
from tests.pages.looking import act, fields_of, page_of, press, sees, send, text_of, words_on
from tests.pages.waiting import until

PATH = "/reception/appointments"


@pytest.fixture
def planned(clock: Clock, clinic: Clinic) -> Clinic:
    form = PeriodForm(weekday=1, starts=time(9), ends=time(12), slot_minutes=30)
    clinic.write(lambda s: schedules.add_period(s, actor=clinic.admin, doctor_id=clinic.doctor_id, form=form))
    return clinic


def free(clinic: Clinic) -> list[slot_search.SlotView]:
    return clinic.read(lambda s: slot_search.of_doctor(s, clinic.doctor_id, by_staff=True))


def book(clinic: Clinic, number: int, name: str = "Asha Rao", **guest: object) -> Appointment:
    slot_id = free(clinic)[number].slot_id
    who, desk = Guest(name=name, **guest), clinic.staff(Role.RECEPTION)  # type: ignore[arg-type]
    return clinic.write(lambda s: booking.book(s, actor=desk, slot_id=slot_id, who=who))


def status(clinic: Clinic, made: Appointment) -> AppointmentStatus:
    return clinic.read(lambda s: s.get_one(Appointment, made.id)).status


async def opened(user: User, sign_in, path: str = PATH, role: Role = Role.RECEPTION) -> User:
    sign_in(user, role)
    await user.open(path)
    return user


def form_of(browser: User) -> Element:
    return next(e for e in page_of(browser).descendants() if e.tag == "form" and "stack" in e.classes)


async def test_todays_appointments_are_listed_by_time(user: User, sign_in, planned: Clinic) -> None:
    book(planned, 2, "Second Sam", phone="0664 1234567")
    book(planned, 1, "First Fay")
    await opened(user, sign_in)
    await sees(user, "First Fay")
    shown = words_on(user)
    assert shown.index("First Fay") < shown.index("Second Sam")


async def test_one_press_checks_in_and_undo_makes_it_a_booking_again(user: User, sign_in, planned: Clinic) -> None:
    made = book(planned, 1)
    await opened(user, sign_in)
    await sees(user, "Asha Rao")
    press(user, "Check in")
    await sees(user, "Asha Rao is checked in: ticket A1.")
    assert planned.view().line[0].source == Source.RECEPTION
    press(user, "Undo")
    await until(lambda: status(planned, made) is AppointmentStatus.BOOKED)
    assert not planned.view().line


async def test_booking_for_somebody_new_in_one_window(user: User, sign_in, planned: Clinic) -> None:
    slot = free(planned)[2]
    await opened(user, sign_in)
    await dialog(user, "Book an appointment", "Reason for the visit")
    form = form_of(user)
    send(user, form, {**typed(form), "name": "Nina New"})
    await sees(user, "Please choose a time.")
    send(user, form, {**typed(form), "name": "Nina New", "phone": "0664 555", "slot": str(slot.slot_id)})
    await sees(user, "Nina New is booked for Tuesday 10 March, 10:30.")
    made = planned.all(Appointment)[0]
    assert (made.slot_id, made.status) == (slot.slot_id, AppointmentStatus.BOOKED)
    press(user, "Undo")
    await until(lambda: status(planned, made) is AppointmentStatus.CANCELLED)


async def test_a_time_that_somebody_else_took_is_said_and_the_others_are_offered(
    user: User, sign_in, planned: Clinic
) -> None:
    slot = free(planned)[0]
    await opened(user, sign_in)
    await dialog(user, "Book an appointment", "Reason for the visit")
    book(planned, 0, "Faster Fay")
    form = form_of(user)
    send(user, form, {**typed(form), "name": "Nina New", "slot": str(slot.slot_id)})
    await sees(user, "Somebody has just taken that time.")
    await until(lambda: "09:30" not in [text_of(each) for each in form.descendants()])


async def test_the_same_person_twice_at_one_time_is_asked_about(user: User, sign_in, planned: Clinic) -> None:
    there = planned.add_doctor("Omar Haddad")
    form = PeriodForm(weekday=1, starts=time(9), ends=time(12), slot_minutes=30)
    planned.write(lambda s: schedules.add_period(s, actor=planned.admin, doctor_id=there, form=form))
    made = book(planned, 0, "Ann Lee", born=date(1980, 1, 2))
    slots = planned.read(lambda s: slot_search.of_doctor(s, there, by_staff=True))
    await opened(user, sign_in)
    await dialog(user, "Book an appointment", "Reason for the visit")
    form_ = form_of(user)
    send(user, form_, {**typed(form_), "name": "Ann Lee", "born": "1980-01-02", "slot": str(slots[0].slot_id)})
    await sees(user, "Book this time too?")
    press(user, "Book both")
    await until(lambda: len(planned.all(Appointment)) == 2)
    assert {each.patient_id for each in planned.all(Appointment)} == {made.patient_id}


async def test_another_time_and_back(user: User, sign_in, planned: Clinic) -> None:
    made, wanted = book(planned, 0), free(planned)[3]
    await opened(user, sign_in)
    await sees(user, "Asha Rao")
    await menu(user, "Change the time")
    await sees(user, "Another time for 09:30 Asha Rao")
    await sees(user, "11:30")  # what is free has been loaded
    send(user, form_of(user), {**typed(form_of(user)), "slot": str(wanted.slot_id)})
    await sees(user, "Asha Rao comes on Tuesday 10 March, 11:00 now.")
    press(user, "Undo")
    await until(lambda: planned.read(lambda s: s.get_one(Appointment, made.id)).starts_at == made.starts_at)


async def test_cancelling_asks_why_and_frees_the_time(user: User, sign_in, planned: Clinic) -> None:
    made = book(planned, 0)
    await opened(user, sign_in)
    await sees(user, "Asha Rao")
    await menu(user, "Cancel the appointment")
    await sees(user, "Why cancel 09:30 Asha Rao?")
    press(user, "Cancel the appointment")
    await until(lambda: status(planned, made) is AppointmentStatus.CANCELLED)
    assert free(planned)[0].free == 1
    await sees(user, "No appointments in this list")


async def test_a_confidential_person_is_a_word_until_somebody_says_why(user: User, sign_in, planned: Clinic) -> None:
    made = book(planned, 0, "Kept Kim", phone="0664 4444444")
    planned.write(lambda s: setattr(s.get_one(Patient, made.patient_id), "is_confidential", True))
    await opened(user, sign_in)
    await sees(user, "Confidential")
    assert "Kept Kim" not in words_on(user)
    assert "4444444" not in str([element.props for element in page_of(user).descendants()])
    await user.open("/reception")
    await sees(user, "Expected next")
    assert "Kept Kim" not in words_on(user)


async def test_slip_has_the_time_and_no_name(user: User, sign_in, planned: Clinic) -> None:
    made = book(planned, 0)
    await opened(user, sign_in, f"{PATH}/{made.id}/print")
    assert "09:30" in words_on(user)
    assert "Asha" not in words_on(user)
    assert (await user.http_client.get(f"{PATH}/999/print")).status_code == 404


async def test_a_walk_in_who_is_booked_is_checked_in_instead(user: User, sign_in, planned: Clinic) -> None:
    made = book(planned, 0, "Ann Lee", born=date(1980, 1, 2))
    await opened(user, sign_in, "/reception")
    await dialog(user, "Add walk-in", "Keep the name")
    form = form_of(user)
    values = {k: v for k, v in typed(form).items() if not k.startswith("need-")}
    send(user, form, {**values, "name": "Ann Lee", "born": "1980-01-02"})
    await sees(user, "Check in instead?")
    press(user, "Check in for 09:30")
    await sees(user, "Ann Lee has ticket A1.")
    assert status(planned, made) is AppointmentStatus.CHECKED_IN


async def test_dashboard_says_why_somebody_is_where_they_are(user: User, sign_in, planned: Clinic) -> None:
    made, desk = book(planned, 1), planned.staff(Role.RECEPTION)
    planned.write(lambda s: arriving.check_in(s, actor=desk, appointment_id=made.id))
    planned.join("Wally Walk")
    sign_in(user, planned.doctor())
    await user.open(f"/doctor/{planned.doctor_id}")
    await sees(user, "10:00 appointment, on time, not before 09:55 unless nobody else is there")
    assert words_on(user).count("on time") == 1  # of walk-ins there is nothing to say


async def dialog(browser: User, word: str, until_: str) -> None:
    press(browser, word)
    await sees(browser, until_)


async def menu(browser: User, word: str) -> None:
    """Open the first row's menu and choose from it."""
    more = next(e for e in page_of(browser).descendants() if str(e.props.get("data-focus", "")).startswith("more-"))
    act(browser, more, "click")
    await sees(browser, word)
    press(browser, word)


def typed(form: Element) -> dict[str, str]:
    """What the browser would send of an untouched form: no time is chosen, nothing ticked."""
    return {name: value for name, value in fields_of(form).items() if name not in ("slot", "print", "confidential")}
