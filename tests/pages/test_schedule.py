"""A doctor's schedule and closed days, as they are used."""

from collections.abc import Callable
from datetime import date, time

import pytest
from nicegui.testing import User

from app.models import Appointment, AppointmentStatus, ExceptionKind, Period, Role, ScheduleException
from app.services import booking, schedules, slot_search
from app.services.booking import Guest
from app.services.policy import Actor
from app.services.schedules import ExceptionForm, PeriodForm
from tests.factories import Clinic, Clock
from tests.pages.looking import act, fields_of, form_with, page_of, press, sees, send, text_of, words_on
from tests.pages.waiting import until

SignIn = Callable[[Actor | Role], User]


@pytest.fixture
def planned(clock: Clock, clinic: Clinic) -> Clinic:
    """Tuesdays from ten to twelve; today is one, and it is nine."""
    form = PeriodForm(weekday=1, starts=time(10), ends=time(12), slot_minutes=30)
    clinic.write(lambda s: schedules.add_period(s, actor=clinic.admin, doctor_id=clinic.doctor_id, form=form))
    return clinic


def schedule(clinic: Clinic) -> str:
    return f"/doctor/{clinic.doctor_id}/schedule"


def book(clinic: Clinic, number: int = 0, name: str = "Asha <b>Rao</b>") -> Appointment:
    slot = clinic.read(lambda s: slot_search.of_doctor(s, clinic.doctor_id))[number]
    guest = Guest(name=name, phone="0170 123")
    return clinic.write(lambda s: booking.book(s, actor=clinic.admin, slot_id=slot.slot_id, who=guest))


def click_labelled(browser: User, label: str) -> None:
    found = next(e for e in page_of(browser).descendants() if e.props.get("aria-label", "").startswith(label))
    act(browser, found, "click")


def editor_open(browser: User) -> bool:
    return any("editor" in element.classes for element in page_of(browser).descendants())


async def type_into(browser: User, **changes: str) -> None:
    await until(lambda: editor_open(browser))
    form = form_with(browser, "editor")
    send(browser, form, fields_of(form) | changes)


async def test_hours_are_added_told_in_words_and_refused_where_they_are_wrong(
    signed_in: SignIn, planned: Clinic
) -> None:
    doctor = signed_in(planned.doctor())
    await doctor.open(schedule(planned))
    await sees(doctor, "10:00–12:00")
    click_labelled(doctor, "Add hours on Wednesday")
    await until(lambda: editor_open(doctor))
    assert "8 visits of 30 minutes." in words_on(doctor)
    form = form_with(doctor, "editor")
    act(doctor, form, "input", fields_of(form) | {"slot_minutes": "60", "places": "3"})
    await sees(doctor, "4 visits of 60 minutes, 3 people at the same time.")
    for wrong, said in (
        ({"ends": "07:00"}, "The end must be after the start."),
        ({"starts": "x"}, "Please enter a time like 08:00."),
        ({"slot_minutes": "1"}, "Please choose between 5 and 240 minutes."),
        ({"places": ""}, "Please enter a whole number."),
        ({"first_day": "2026-13-01"}, "Please enter a date."),
        ({"weekday": "9"}, "Please choose a day of the week."),
        ({"weekday": "1", "starts": "11:00"}, "These hours lie across 10:00 to 12:00."),
    ):
        await type_into(doctor, **wrong)
        await sees(doctor, said)
    await type_into(doctor, starts="13:00", ends="00:00")
    await sees(doctor, "The hours are added.")
    await sees(doctor, "13:00–00:00")
    press(doctor, "Undo")
    await until(lambda: len(planned.all(Period)) == 1)


async def test_a_change_says_who_loses_their_time_before_it_is_saved(signed_in: SignIn, planned: Clinic) -> None:
    made = book(planned)
    admin, second = signed_in(Role.ADMIN), signed_in(Role.RECEPTION)
    await second.open(schedule(planned))
    await sees(second, "1 booked")
    await admin.open(schedule(planned))
    click_labelled(admin, "Change Tuesday 10:00–12:00")
    await until(lambda: editor_open(admin))
    press(admin, "Remove")
    await sees(admin, "1 booking no longer fits. Save anyway?")
    assert "Tue 10 Mar, 10:00 Asha <b>Rao</b>." in words_on(admin)
    press(admin, "Go back")
    press(admin, "Cancel")
    await until(lambda: not editor_open(admin))
    click_labelled(admin, "Change Tuesday 10:00–12:00")
    await type_into(admin, starts="11:00")
    await sees(admin, "Save anyway")
    assert len(planned.all(Period)) == 1
    press(admin, "Save anyway")
    await sees(admin, "The hours are saved.")
    await sees(second, "1 booking no longer fits. Please decide about each.")  # by itself
    await sees(second, "Call 0170 123")
    press(second, "Keep")
    await sees(second, "Kept. The patient comes at that time.")
    await until(lambda: "decide" not in words_on(admin))
    press(second, "Undo")
    await sees(second, "Please decide about each.")
    press(second, "11:00")
    await sees(second, "now comes Tue 10 Mar, 11:00.")
    now = planned.read(lambda s: s.get_one(Appointment, made.id))
    assert (now.status, now.starts_at.hour) == (AppointmentStatus.BOOKED, 10)


async def test_monday_is_copied_and_can_be_taken_back(signed_in: SignIn, planned: Clinic) -> None:
    form = PeriodForm(weekday=0, starts=time(8), ends=time(9), slot_minutes=20)
    planned.write(lambda s: schedules.add_period(s, actor=planned.admin, doctor_id=planned.doctor_id, form=form))
    doctor = signed_in(planned.doctor())
    await doctor.open(schedule(planned))
    press(doctor, "Copy Monday to Tuesday–Friday")
    await sees(doctor, "instead of their own")
    press(doctor, "Copy")
    await sees(doctor, "Tuesday to Friday are like Monday now.")
    assert [(each.weekday, each.starts) for each in planned.all(Period)] == [(day, time(8)) for day in range(5)]
    press(doctor, "Undo")
    await until(lambda: [(e.weekday, e.starts.hour) for e in planned.all(Period)] == [(0, 8), (1, 10)])


async def test_different_days_are_added_and_removed(signed_in: SignIn, planned: Clinic) -> None:
    old = ExceptionForm(kind=ExceptionKind.LEAVE, first_day=date(2026, 1, 5), last_day=date(2026, 1, 9))
    planned.write(lambda s: schedules.add_exception(s, actor=planned.admin, doctor_id=planned.doctor_id, form=old))
    doctor = signed_in(planned.doctor())
    await doctor.open(schedule(planned))
    await sees(doctor, "Past days (1)")
    press(doctor, "Add leave or extra hours")
    await type_into(doctor, kind="leave")
    await sees(doctor, "Please enter a date.")
    await type_into(doctor, kind="extra", first_day="2026-03-12")
    await sees(doctor, "and how long one visit is.")
    await type_into(doctor, kind="extra", first_day="2026-03-12", starts="08:00", ends="10:00")
    await until(lambda: not editor_open(doctor))
    await sees(doctor, "Extra hours 08:00–10:00")
    press(doctor, "Add leave or extra hours")
    await type_into(doctor, first_day="2026-03-17", note="Training")
    await sees(doctor, "Training")
    press(doctor, "Remove")
    await sees(doctor, "Removed.")
    await until(lambda: len(planned.all(ScheduleException)) == 2)


async def test_who_only_looks_has_nothing_to_press(signed_in: SignIn, planned: Clinic) -> None:
    for role in (Role.RECEPTION, Role.NURSE):
        desk = signed_in(role)
        await desk.open(schedule(planned))
        await sees(desk, "You can look at this plan.")
        said = words_on(desk)
        assert not [word for word in ("Absent", "Copy Monday", "Add leave", "Remove") if word in said]
        assert not [e for e in page_of(desk).descendants() if "per" in e.classes and e.tag == "button"]
    answer = await desk.http_client.get("/schedules", follow_redirects=False)
    assert answer.headers["location"] == schedule(planned)


async def test_a_doctor_sees_no_other_plan(signed_in: SignIn, planned: Clinic) -> None:
    other = planned.add_doctor("Omar Haddad")
    doctor = signed_in(planned.doctor())
    assert (await doctor.http_client.get(f"/doctor/{other}/schedule")).status_code == 404
    admin = signed_in(Role.ADMIN)
    await admin.open(schedule(planned))
    names = [text_of(element) for element in page_of(admin).descendants() if element.tag == "option"]
    assert names == ["Meera Nair", "Omar Haddad"]


async def test_a_closed_day_counts_for_every_doctor(signed_in: SignIn, planned: Clinic) -> None:
    book(planned)
    admin = signed_in(Role.ADMIN)
    await admin.open("/admin/closures")
    await sees(admin, "No closed days")
    press(admin, "Add closed days")
    await type_into(admin, first_day="2026-03-10", note="Public holiday")
    await sees(admin, "1 booking no longer fits. Save anyway?")
    press(admin, "Save anyway")
    await sees(admin, "Public holiday")
    await sees(admin, "Meera Nair")
    doctor = signed_in(planned.doctor())
    await doctor.open(schedule(planned))
    await sees(doctor, "Clinic closed")
    assert "Remove" not in [text_of(element) for element in page_of(doctor).descendants()]
    press(admin, "Remove")
    await sees(admin, "No closed days")
    await until(lambda: "decide" not in words_on(doctor))


async def test_an_absent_day_moves_to_somebody_else(signed_in: SignIn, planned: Clinic) -> None:
    planned.rules(book_lead_minutes=0)
    other = planned.add_doctor("Omar Haddad")
    form = PeriodForm(weekday=1, starts=time(10), ends=time(11), slot_minutes=30)
    planned.write(lambda s: schedules.add_period(s, actor=planned.admin, doctor_id=other, form=form))
    for number in range(3):
        book(planned, number, f"Person {number}")
    waits = planned.join("Wai Ting")
    doctor = signed_in(planned.doctor())
    await doctor.open(schedule(planned))
    press(doctor, "Absent today")
    await sees(doctor, "Meera Nair is absent today?")
    press(doctor, "Move everybody")
    await sees(doctor, "3 moved. 1 person is still with this doctor.")
    await sees(doctor, "11:00 Person 2")
    await sees(doctor, "There is no free time left on that day.")
    assert planned.line(other) == [waits.token]
    assert sorted(each.doctor_id for each in planned.all(Appointment)) == [planned.doctor_id, other, other]
    await sees(doctor, "1 booking no longer fits. Please decide about each.")
