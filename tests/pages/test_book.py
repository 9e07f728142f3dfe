"""Booking from a phone: finding a time, keeping it while the form is filled in, and what the link is good for later."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any

import pytest
from limits import parse
from nicegui.testing import User

from app.components.booking.picker import Picker
from app.components.patient.ticket import Ticket
from app.components.words import booking as words
from app.models import Appointment, AppointmentStatus, Patient, QueueEntry, Role, Slot
from app.services import booking, schedules, slot_search, waitlist
from app.services.booking import Guest
from app.services.policy import ANONYMOUS, Actor, link_holder
from app.services.slot_search import SlotView
from app.web import free_times, limits
from tests.factories import Clinic, Clock, assert_sentence, refused
from tests.pages.looking import page_of, press, sees, words_on
from tests.pages.waiting import until
from tests.services.test_booking import plan

SignIn = Callable[[Actor | Role], User]
ANN = {"name": "Ann Lee", "phone": "0151 555 0199"}


@pytest.fixture(autouse=True)
def _planned(clock: Clock, clinic: Clinic) -> None:
    """Tuesdays from nine to eleven, in half hours; it is a Tuesday, nine o'clock, and the lead time is an hour."""
    plan(clinic)


def slots(clinic: Clinic) -> list[SlotView]:
    return clinic.read(lambda s: slot_search.of_doctor(s, clinic.doctor_id))


def made(clinic: Clinic, slot: int = 2, name: str = "Ann Lee", **more: Any) -> Appointment:
    """By default in one week, at nine."""
    desk, slot_id = clinic.staff(Role.RECEPTION), slots(clinic)[slot].slot_id
    return clinic.write(lambda s: booking.book(s, actor=desk, slot_id=slot_id, who=Guest(name=name), **more))


def now(clinic: Clinic, one: Appointment) -> Appointment:
    return clinic.read(lambda s: s.get_one(Appointment, one.id))


def picker(browser: User) -> Picker:
    return next(iter(browser.find(Picker).elements))


def days(browser: User) -> list[dict[str, Any]]:
    return json.loads(picker(browser).props["days"])["days"]


async def tap(browser: User, event: str, args: object = None) -> dict[str, Any]:
    """One tap; answers what the page is told."""
    before = picker(browser).props.get("reply")
    browser.find(Picker).trigger(event, args)
    await until(lambda: picker(browser).props.get("reply") != before)
    return json.loads(picker(browser).props["reply"])


@pytest.fixture
async def phone(user: User, clinic: Clinic) -> User:
    await user.open(f"/book?doctor={clinic.doctor_id}")
    return user


async def test_doctors_are_listed_by_their_first_free_time(user: User, clinic: Clinic) -> None:
    clinic.add_doctor("Dr <b>Bold</b>", specialization="Skin")
    page = (await user.http_client.get("/book")).text
    splash = page.partition('id="splash"')[2].partition('id="app"')[0]
    assert splash.index("Meera Nair") < splash.index("&lt;b&gt;Bold")
    assert "First free time: today, 10:00" in splash
    assert "No free time right now" in splash
    assert "<b>Bold</b>" not in page


async def test_first_picture_has_the_days_and_the_times(user: User, clinic: Clinic) -> None:
    page = (await user.http_client.get(f"/book?doctor={clinic.doctor_id}")).text
    splash = page.partition('id="splash"')[2].partition('id="app"')[0]
    there = [word in splash for word in ("2 free", "closed", "Morning", "10:00", "10:30", "09:00")]
    assert there == [True] * 5 + [False]
    assert (await user.http_client.get("/book?doctor=999")).status_code == 404
    assert (await user.http_client.get("/book?doctor=²'")).status_code == 200


async def test_a_full_week_is_passed_over(user: User, clinic: Clinic) -> None:
    made(clinic, 0)
    made(clinic, 1, "Ben Okoye")
    await user.open(f"/book?doctor={clinic.doctor_id}")
    assert days(user)[0]["day"] == "2026-03-17"
    user.find(Picker).trigger("week", "2026-03-10")
    await until(lambda: days(user)[0]["note"] == "full")
    user.find(Picker).trigger("week", "1999-01-01")
    user.find(Picker).trigger("week", {"no": "day"})
    user.find(Picker).trigger("week", "2026-03-15")
    await until(lambda: days(user)[0]["day"] == "2026-03-15")


async def test_a_guest_books(phone: User, clinic: Clinic) -> None:
    first = slots(clinic)[0]
    held = (await tap(phone, "choose", first.slot_id))["held"]
    assert (held["words"], held["until_text"]) == ("Tuesday 10 March, 10:00", "09:05")
    phone.find(Picker).trigger("book", {"slot": first.slot_id, **ANN, "reason": "Cough"})
    await sees(phone, words.STATES["booked"][0])
    (one,) = clinic.all(Appointment)
    assert (one.status, one.reason) == (AppointmentStatus.BOOKED, "Cough")


async def test_others_see_at_once_that_a_time_is_kept(phone: User, clinic: Clinic, another: Callable[[], User]) -> None:
    other = another()
    await other.open(f"/book?doctor={clinic.doctor_id}")
    await tap(phone, "choose", slots(clinic)[0].slot_id)
    await until(lambda: not days(other)[0]["slots"][0]["free"], patience=1)
    await tap(phone, "choose", slots(clinic)[1].slot_id)
    await until(lambda: [slot["free"] for slot in days(other)[0]["slots"]] == [True, False], patience=1)
    assert phone.client
    phone.client.delete()
    await until(lambda: days(other)[0]["free"] == 2, patience=1)


async def test_what_another_process_takes_is_seen_too(phone: User, clinic: Clinic) -> None:
    def quietly(session: Any) -> None:
        slot = session.get_one(Slot, first.slot_id)
        slot.taken = 1
        session.add(slot)

    first = slots(clinic)[0]
    await until(lambda: free_times._known)
    clinic.write(quietly)
    await until(lambda: days(phone)[0]["free"] == 1)


async def test_somebody_was_faster(phone: User, clinic: Clinic) -> None:
    first, second, *_ = slots(clinic)
    made(clinic, 0)
    said = await tap(phone, "choose", first.slot_id)
    assert_sentence(said["message"])
    assert (said["gone"], said["others"][0]["slot"], said["others"][0]["words"]) == (
        True, second.slot_id, "Tue 10 Mar, 10:30",
    )  # fmt: skip


async def test_a_time_that_ran_out_is_offered_with_its_neighbours(phone: User, clinic: Clinic, clock: Clock) -> None:
    _, second, third, *_ = slots(clinic)
    await tap(phone, "choose", second.slot_id)
    clock.forward(minutes=6)
    said = await tap(phone, "ended")
    assert [other["slot"] for other in said["others"]][:2] == [second.slot_id, third.slot_id]
    assert_sentence(said["message"])
    assert slots(clinic)[0].free == 1


async def test_more_time(phone: User, clinic: Clinic, clock: Clock) -> None:
    clinic.rules(book_lead_minutes=0)
    await tap(phone, "choose", slots(clinic)[0].slot_id)
    clock.forward(minutes=4)
    assert (await tap(phone, "more"))["held"]["until_text"] == "09:09"
    assert slots(clinic)[0].free == 0


async def test_a_page_that_is_loaded_again_lets_go_of_what_it_kept(phone: User, clinic: Clinic) -> None:
    held = (await tap(phone, "choose", slots(clinic)[0].slot_id))["held"]
    phone.find(Picker).trigger("drop", held["link"])
    await until(lambda: slots(clinic)[0].free == 1)
    said = await tap(phone, "book", {"slot": held["slot"], **ANN})
    assert (said["message"], said["gone"]) == ("Please choose a time.", True)
    assert [one.status for one in clinic.all(Appointment)] == [AppointmentStatus.EXPIRED]


@pytest.mark.parametrize(
    ("wish", "field"),
    [({"name": " "}, "name"), ({"phone": ""}, "phone"), ({"phone": "abc"}, "phone")],
)
async def test_what_is_wrong_is_said_at_the_field(
    phone: User, clinic: Clinic, wish: dict[str, str], field: str
) -> None:
    slot = slots(clinic)[0].slot_id
    await tap(phone, "choose", slot)
    errors = (await tap(phone, "book", {"slot": slot, **ANN, **wish}))["errors"]
    assert list(errors) == [field]
    assert_sentence(errors[field])


async def test_nonsense_books_nothing(phone: User, clinic: Clinic) -> None:
    wishes: tuple[Any, ...] = (None, [], {"slot": "1; drop"}, {"slot": 1, "name": {"a": 1}}, {"slot": 10**12})
    for wish in wishes:
        assert_sentence((await tap(phone, "book", wish))["message"])
    phone.find(Picker).trigger("choose", "1")
    phone.find(Picker).trigger("choose", 10**12)
    assert_sentence((await tap(phone, "choose", 99_999))["message"])
    assert clinic.all(Appointment) == []


async def test_one_address_keeps_only_so_many_times(
    phone: User, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits.holds, "_most", 1)
    first, second, *_ = slots(clinic)
    assert "held" in await tap(phone, "choose", first.slot_id)
    assert_sentence((await tap(phone, "choose", second.slot_id))["message"])
    monkeypatch.setitem(limits.RATES, "hold", parse("1/minute"))
    limits.forget()
    assert "held" in await tap(phone, "choose", first.slot_id)  # what was kept has been let go
    assert_sentence((await tap(phone, "choose", second.slot_id))["message"])


async def book(browser: User, clinic: Clinic, name: str, **more: Any) -> None:
    """The first free time, on an open page."""
    slot = next(one["id"] for day in days(browser) for one in day["slots"] if one["free"])
    await tap(browser, "choose", slot)
    browser.find(Picker).trigger("book", {"slot": slot, "name": name, **more})
    await sees(browser, words.STATES["booked"][0])


def booked(clinic: Clinic) -> list[Appointment]:
    return [one for one in clinic.all(Appointment) if one.status is AppointmentStatus.BOOKED]


async def test_an_account_books_for_its_people(signed_in: SignIn, clinic: Clinic) -> None:
    asha = clinic.actor_of(clinic.add_user(Role.PATIENT, name="Asha Rao"))
    browser = signed_in(asha)
    await browser.open(f"/book?doctor={clinic.doctor_id}")
    assert [one["name"] for one in json.loads(picker(browser).props["page"])["people"]] == ["Asha Rao"]
    for name in ("Asha Rao", "Mia Rao"):
        await book(browser, clinic, name)
        await browser.open(f"/book?doctor={clinic.doctor_id}")
    people = {one.name: one for one in clinic.all(Patient)}
    assert [one.user_id for one in people.values()] == [asha.user_id] * 2
    stranger = made(clinic, 5).patient_id
    slot = next(each for each in slots(clinic) if each.free).slot_id
    await tap(browser, "choose", slot)
    assert_sentence((await tap(browser, "book", {"slot": slot, "name": "x", "person": stranger}))["message"])
    await browser.open("/me")
    await sees(browser, "Tuesday 10 March, 10:30")


async def test_two_at_the_same_time_only_if_that_is_meant(signed_in: SignIn, clinic: Clinic) -> None:
    other = clinic.add_doctor("Omar Haddad")
    hours = schedules.PeriodForm(weekday=1, starts=time(9), ends=time(11), slot_minutes=30)
    clinic.write(lambda s: schedules.add_period(s, actor=clinic.admin, doctor_id=other, form=hours))
    asha = clinic.actor_of(clinic.add_user(Role.PATIENT, name="Asha Rao"))
    browser = signed_in(asha)
    await browser.open(f"/book?doctor={clinic.doctor_id}")
    await book(browser, clinic, "Asha Rao")
    await browser.open(f"/book?doctor={other}")
    slot = days(browser)[0]["slots"][0]["id"]
    await tap(browser, "choose", slot)
    assert_sentence((await tap(browser, "book", {"slot": slot, "name": "Asha Rao"}))["both"])
    assert len(booked(clinic)) == 1
    browser.find(Picker).trigger("book", {"slot": slot, "name": "Asha Rao", "both": True})
    await sees(browser, words.STATES["booked"][0])
    assert len(booked(clinic)) == 2


# ---------------------------------------------------------------------------------------------- the appointment's page


async def test_the_link_shows_what_its_holder_needs(user: User, clinic: Clinic) -> None:
    one = made(clinic)
    await user.open(f"/a/{one.link}")
    await sees(user, "Tuesday 17 March, 09:00")
    said = words_on(user)
    assert "Meera Nair" in said
    assert "Ann" in said
    assert "Lee" not in said
    for link in (one.link.swapcase(), "erased-1", "x"):
        assert (await user.http_client.get(f"/a/{link}")).status_code == 404


async def test_a_secret_name_is_not_on_the_page(user: User, clinic: Clinic) -> None:
    one = made(clinic)

    def keep(session: Any) -> None:
        patient = session.get_one(Patient, one.patient_id)
        patient.is_confidential = True
        session.add(patient)

    clinic.write(keep)
    await user.open(f"/a/{one.link}")
    await sees(user, "Tuesday 17 March, 09:00")
    assert "Ann" not in words_on(user)


async def test_old_links_say_so(user: User, clinic: Clinic, clock: Clock) -> None:
    one = made(clinic)
    clock.forward(days=30)
    for path in ("", "/move", "/calendar.ics"):
        answer = await user.http_client.get(f"/a/{one.link}{path}")
        assert answer.status_code == 404
        assert "This appointment was on 17 March." in answer.text


async def test_cancelling_asks_first(user: User, clinic: Clinic) -> None:
    one = made(clinic)
    await user.open(f"/a/{one.link}")
    await sees(user, words.CANCEL)
    press(user, words.CANCEL)
    await sees(user, words.CANCEL_EFFECT)
    press(user, words.CANCEL_YES)
    await sees(user, words.STATES["cancelled"][0])
    assert now(clinic, one).status is AppointmentStatus.CANCELLED


async def test_after_the_cut_off_the_clinic_is_called(user: User, clinic: Clinic, clock: Clock) -> None:
    one = made(clinic)
    clock.forward(days=6, hours=23)
    await user.open(f"/a/{one.link}")
    await sees(user, words.TOO_LATE)
    assert words.CANCEL not in words_on(user)
    moving = await user.http_client.get(f"/a/{one.link}/move", follow_redirects=False)
    assert (moving.status_code, moving.headers["location"]) == (303, f"/a/{one.link}")


async def test_arriving_leads_to_the_ticket(user: User, clinic: Clinic, clock: Clock) -> None:
    one = made(clinic, 1)  # today at half past ten
    await user.open(f"/a/{one.link}")
    await sees(user, "You can tell us that you are here from 10:00 on.")
    press(user, words.I_AM_HERE)
    await sees(user, "You are early. You can check in from 10:00.")
    clock.forward(minutes=70)
    press(user, words.I_AM_HERE)
    await until(lambda: any(isinstance(element, Ticket) for element in page_of(user).descendants()))
    (entry,) = clinic.all(QueueEntry)
    assert entry.appointment_id == one.id
    await user.open(f"/a/{one.link}")
    await sees(user, words.TICKET)
    assert words.CANCEL not in words_on(user)


async def test_on_another_day_there_is_nothing_to_press(user: User, clinic: Clinic) -> None:
    await user.open(f"/a/{made(clinic).link}")
    await sees(user, "Please come on Tuesday 17 March.")
    assert words.I_AM_HERE not in words_on(user)


async def test_an_earlier_time_is_offered_and_taken(user: User, clinic: Clinic) -> None:
    early, one = made(clinic, 0, "Ben Okoye"), made(clinic)
    made(clinic, 1, "Eve Horvat")
    await user.open(f"/a/{one.link}")
    await sees(user, words.EARLIER)
    press(user, words.EARLIER)
    await sees(user, words.EARLIER_ON)
    desk = clinic.staff(Role.RECEPTION)
    clinic.write(lambda s: booking.cancel(s, actor=desk, appointment_id=early.id))
    for wish_id in clinic.read(waitlist.chances):
        clinic.write(partial(waitlist.offer, wish_id=wish_id))
    await sees(user, "Tuesday 10 March, 10:00. We keep it for you until 09:30.")
    press(user, words.ACCEPT)
    await until(lambda: now(clinic, one).starts_at == early.starts_at)
    await until(lambda: words.OFFER not in words_on(user))


async def test_an_offer_can_be_declined(user: User, clinic: Clinic) -> None:
    one = made(clinic)
    clinic.write(lambda s: waitlist.wish(s, actor=link_holder(one.link), appointment_id=one.id))
    for wish_id in clinic.read(waitlist.chances):
        clinic.write(partial(waitlist.offer, wish_id=wish_id))
    await user.open(f"/a/{one.link}")
    await sees(user, words.OFFER)
    press(user, words.DECLINE)
    await until(lambda: words.OFFER not in words_on(user))
    assert slots(clinic)[0].free == 1
    press(user, words.EARLIER_OFF)
    await sees(user, words.EARLIER)


async def test_moving_takes_the_new_time_or_leaves_the_old(user: User, clinic: Clinic) -> None:
    one = made(clinic)
    taken, free = slots(clinic)[0], slots(clinic)[1]
    await user.open(f"/a/{one.link}/move")
    made(clinic, 0, "Ben Okoye")
    said = await tap(user, "book", {"slot": taken.slot_id})
    assert (said["others"][0]["slot"], now(clinic, one).starts_at) == (free.slot_id, one.starts_at)
    user.find(Picker).trigger("book", {"slot": free.slot_id})
    await sees(user, "Tuesday 10 March, 10:30")
    assert now(clinic, one).starts_at == free.starts_at


async def test_the_calendar_file_has_no_name(user: User, clinic: Clinic) -> None:
    one = made(clinic, reason="Cough")
    answer = await user.http_client.get(f"/a/{one.link}/calendar.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "DTSTART:20260317T080000Z" in answer.text
    assert f"/a/{one.link}" in answer.text.replace("\r\n ", "")
    assert [word in answer.text for word in ("Ann", "Lee", "Cough")] == [False] * 3


async def test_my_page_lists_what_is_to_come_and_what_was(signed_in: SignIn, clinic: Clinic) -> None:
    asha = clinic.actor_of(clinic.add_user(Role.PATIENT, name="Asha Rao"))
    browser = signed_in(asha)
    await browser.open("/me")
    await sees(browser, words.NONE_COMING)
    slot = slots(clinic)[2].slot_id
    one = clinic.write(lambda s: booking.book(s, actor=asha, slot_id=slot, who=Guest(name="Asha Rao")))
    await sees(browser, "Tuesday 17 March, 09:00")
    clinic.write(lambda s: booking.cancel(s, actor=asha, appointment_id=one.id))
    await sees(browser, words.PAST)
    await sees(browser, words.NONE_COMING)


async def test_home_and_join_lead_here_only_where_times_are_given(user: User, clinic: Clinic) -> None:
    for path in ("/", "/join-queue"):
        assert 'href="/book"' in (await user.http_client.get(path)).text


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    zone = "Europe/Vienna"
    assert [words.time_of(at, zone) for at in (first, second)] == ["02:30, first", "02:30, second"]
    assert words.time_of(datetime(2026, 10, 25, 2, 30, tzinfo=UTC), zone) == "03:30"


def test_only_a_held_place_is_let_go(clinic: Clinic) -> None:
    one = made(clinic)
    clinic.write(lambda s: booking.let_go(s, one.link))
    assert now(clinic, one).status is AppointmentStatus.BOOKED


def test_a_guest_without_a_phone_is_refused_and_an_account_is_not(clinic: Clinic) -> None:
    asha = clinic.actor_of(clinic.add_user(Role.PATIENT, name="Asha Rao"))
    for actor, slot in ((ANONYMOUS, 0), (asha, 1)):
        slot_id = slots(clinic)[slot].slot_id
        work = partial(booking.book, actor=actor, slot_id=slot_id, who=Guest(name="Asha Rao", born=date(1990, 5, 17)))
        if actor is asha:
            assert clinic.write(work).patient_id
        else:
            with refused("bad_phone"):
                clinic.write(work)
