"""The doctor's dashboard and history: who sees what, and that a press does what it said and does it once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from nicegui.element import Element
from nicegui.testing import User

from app.models import QueueEntry, Role, Status
from app.services.policy import Actor, Verb
from tests.factories import Clinic, Clock
from tests.pages.looking import act, page_of, press, sees, words_on
from tests.pages.waiting import until

SignIn = Callable[[User, Actor | Role], User]


@pytest.fixture
async def dashboard(user: User, clinic: Clinic, sign_in: SignIn) -> User:
    """The doctor's page with two people waiting: A1 and A2."""
    clinic.join("Ann Lee", reason="Cough")
    clinic.join("Ben <b>Bold</b>")
    return await opened(user, sign_in, Role.DOCTOR, clinic)


async def opened(browser: User, sign_in: SignIn, who: Actor | Role, clinic: Clinic, page: str = "doctor") -> User:
    sign_in(browser, who)
    await browser.open(f"/{page}/{clinic.doctor_id}")
    return browser


def main_button(browser: User) -> Element | None:
    return next((e for e in page_of(browser).descendants() if "data-main" in e.props), None)


def status_of(clinic: Clinic, token: str) -> Status:
    return next(entry.status for entry in clinic.all(QueueEntry) if entry.token == token)


async def test_one_button_leads_through_the_day(dashboard: User, clinic: Clinic) -> None:
    for word in ("Call A1", "Start visit with A1", "Finish and call A2", "Start visit with A2", "Finish A2"):
        await sees(dashboard, word)
        press(dashboard, word)
    await sees(dashboard, "The room is free")
    assert main_button(dashboard) is None
    assert {status_of(clinic, "A1"), status_of(clinic, "A2")} == {Status.DONE}


async def test_double_click_acts_once(dashboard: User, clinic: Clinic) -> None:
    button = main_button(dashboard)
    assert button
    act(dashboard, button, "click")
    act(dashboard, button, "click")
    await sees(dashboard, "Start visit with A1")
    assert len(clinic.steps(clinic.view().called[0].entry_id)) == 2  # joined, called
    assert clinic.line() == ["A2"]


async def test_the_wrong_person_is_never_called(dashboard: User, clinic: Clinic) -> None:
    first = clinic.view().line[0].entry_id
    clinic.do(Verb.CANCEL, first, clinic.staff(Role.RECEPTION), reason="by_staff")
    press(dashboard, "Call A1")
    await sees(dashboard, "The line has changed: A2 is next now.")
    await sees(dashboard, "Call A2")
    assert clinic.line() == ["A2"]


async def test_undo_takes_the_whole_click_back(dashboard: User, clinic: Clinic) -> None:
    clinic.do(Verb.START, clinic.view().line[0].entry_id)
    await sees(dashboard, "Finish and call A2")
    press(dashboard, "Finish and call A2")
    await sees(dashboard, "A1 is done. A2 is called.")
    press(dashboard, "Undo")
    await sees(dashboard, "Taken back. A1 is in progress now.")
    assert status_of(clinic, "A2") is Status.WAITING


async def test_newcomers_show_up_and_are_announced(dashboard: User, clinic: Clinic) -> None:
    clinic.join("Cleo Late")
    await sees(dashboard, "Cleo Late")
    await sees(dashboard, "A3 joined. 3 waiting.")
    assert "Ben <b>Bold</b>" in words_on(dashboard)


async def test_rows_that_do_not_change_stay_the_same_elements(dashboard: User, clinic: Clinic) -> None:
    def row_of(token: str) -> Element:
        return next(e for e in page_of(dashboard).descendants() if e.props.get("data-find", "").startswith(token))

    before = list(row_of("A2").descendants())
    clinic.join("Cleo Late")
    await until(lambda: "A3" in words_on(dashboard))
    assert list(row_of("A2").descendants()) == before


async def test_only_what_the_role_may_do_is_offered(user: User, clinic: Clinic, sign_in: SignIn) -> None:
    called = clinic.join("Ann Lee")
    clinic.do(Verb.CALL, called)
    await opened(user, sign_in, Role.RECEPTION, clinic)
    await sees(user, "Call again")
    assert "Start visit" not in words_on(user)
    assert main_button(user) is None


async def test_a_doctor_sees_no_other_doctors_pages(user: User, clinic: Clinic, sign_in: SignIn) -> None:
    other = clinic.add_doctor()
    sign_in(user, Role.DOCTOR)
    for path in (f"/doctor/{other}", f"/doctor-history/{other}", "/doctor/999", "/doctor/first"):
        answer = await user.http_client.get(path)
        assert answer.status_code == 404
        assert "We can" in answer.text


async def test_a_visit_of_yesterday_says_so(clock: Clock, user: User, clinic: Clinic, sign_in: SignIn) -> None:
    clinic.do(Verb.START, clinic.join("Nell Night"))
    clock.forward(days=1)
    clinic.new_shift()
    await opened(user, sign_in, Role.DOCTOR, clinic)
    await sees(user, "since 10 March, 09:00")


async def test_who_was_called_in_vain_can_be_skipped_first(
    clock: Clock, user: User, clinic: Clinic, sign_in: SignIn
) -> None:
    clinic.do(Verb.CALL, clinic.join("Ann Lee"))
    clock.forward(minutes=4)
    await opened(user, sign_in, Role.DOCTOR, clinic)
    await sees(user, "A1 is not here")


async def test_closing_the_queue_says_whom_it_touches(dashboard: User, clinic: Clinic) -> None:
    press(dashboard, "Queue is open")
    await sees(dashboard, "Close for today")
    press(dashboard, "Close for today")
    await sees(dashboard, "2 people are still waiting. Their phones will say the clinic is closed.")
    press(dashboard, "Keep it open")
    assert clinic.line() == ["A1", "A2"]


async def test_history_grows_by_itself_and_brings_back(user: User, clinic: Clinic, sign_in: SignIn) -> None:
    first, second = clinic.join("Ann Lee"), clinic.join("Ben Bold")
    clinic.do(Verb.CANCEL, first, reason="patient_left")
    await opened(user, sign_in, Role.DOCTOR, clinic, "doctor-history")
    await sees(user, "Left the clinic")
    clinic.do(Verb.START, second)
    clinic.do(Verb.DONE, second)
    await sees(user, "Ben Bold")
    clinic.do(Verb.RESTORE, second)
    await until(lambda: "Ben Bold" not in words_on(user))
    press(user, "Bring back")
    await sees(user, "Why bring A1 back?")
    await until(lambda: words_on(user).count("Bring back") > 1)
    press(user, "Bring back")
    await sees(user, "A1 is back.")
    assert clinic.line() == ["A1"]


async def test_history_can_be_of_one_kind_and_tells_the_steps(user: User, clinic: Clinic, sign_in: SignIn) -> None:
    gone, done = clinic.join("Ann Lee"), clinic.join("Ben Bold")
    clinic.do(Verb.CANCEL, gone, reason="patient_left")
    clinic.do(Verb.START, done)
    clinic.do(Verb.DONE, done)
    sign_in(user, Role.DOCTOR)
    await user.open(f"/doctor-history/{clinic.doctor_id}?status=done")
    await sees(user, "Ben Bold")
    assert "Ann Lee" not in words_on(user)
    press(user, "Steps")
    for step in ("Got the ticket", "The visit began", "The visit was finished"):
        await sees(user, step)


async def test_history_of_another_day_can_not_be_brought_back(
    clock: Clock, user: User, clinic: Clinic, sign_in: SignIn
) -> None:
    clinic.do(Verb.CANCEL, clinic.join("Ann Lee"), reason="patient_left")
    clock.at += timedelta(days=1)
    clinic.new_shift()
    await opened(user, sign_in, Role.DOCTOR, clinic, "doctor-history")
    await sees(user, "10 March, 09:00")
    assert "Bring back" not in words_on(user)
