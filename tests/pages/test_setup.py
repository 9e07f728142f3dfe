"""The very first start."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from nicegui.testing import User
from sqlmodel import select

from app import db
from app.models import Doctor
from app.models import User as Account
from app.services import clinic, passwords
from tests.factories import Clinic
from tests.pages.looking import form_with, sees, send

FORM = {
    "name": "Eva Klein",
    "email": "eva@clinic.test",
    "password": "a short sentence is fine",
    "clinic": "Hill Street",
    "timezone": "Asia/Kolkata",
    "doctor": "Dr Amina Rahman",
    "specialization": "Skin",
    "room": "3",
}


async def set_up(browser: User, **changes: str) -> httpx.Response:
    return await browser.http_client.post("/setup", data=FORM | changes, follow_redirects=False)


async def test_everything_leads_to_the_first_start(user: User) -> None:
    for path in ("/", "/login", "/admin", "/display"):
        answer = await user.http_client.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/setup")


async def test_each_step_is_checked_where_it_is(user: User) -> None:
    await user.open("/setup")
    form = form_with(user, "action")
    send(user, form, FORM | {"name": " "})
    await sees(user, "Please enter your name.")
    send(user, form, FORM | {"password": "short"})
    await sees(user, "Please use at least 15 letters.")
    send(user, form, FORM)
    await sees(user, "Eva Klein, eva@clinic.test")
    send(user, form, FORM | {"timezone": "Mars/Base"})
    await sees(user, "Please choose a time zone from the list.")
    send(user, form, FORM)
    await sees(user, "Open the clinic")


async def test_the_admin_is_signed_in_and_shown_around(user: User) -> None:
    answer = await set_up(user)
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/welcome")
    await user.open("/admin/welcome")
    await sees(user, "Your clinic is open")
    made = db.reading(clinic.view)
    assert made
    assert (made.name, made.timezone) == ("Hill Street", "Asia/Kolkata")
    assert db.reading(lambda s: [(d.name, d.letter) for d in s.exec(select(Doctor))]) == [("Dr Amina Rahman", "A")]
    gone = await user.http_client.get("/setup", follow_redirects=False)
    assert (gone.status_code, gone.headers["location"]) == (303, "/")


async def test_a_double_click_and_a_second_browser(user: User, another: Callable[[], User]) -> None:
    other = another()
    answers = await asyncio.gather(set_up(user), set_up(user), set_up(other, email="eve@clinic.test"))
    places = [answer.headers["location"] for answer in answers]
    winner = db.reading(lambda s: [account.email for account in s.exec(select(Account))])
    assert len(winner) == 1
    mine, theirs = "/admin/welcome", "/login?error=set_up"
    assert places == ([mine, mine, theirs] if winner == ["eva@clinic.test"] else [theirs, theirs, mine])


async def test_later_it_is_only_a_sign_in(user: User, clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hashed", lambda _: pytest.fail("costs time that anybody could make us spend"))
    answer = await set_up(user)
    assert answer.headers["location"] == "/login?error=set_up"


async def test_what_slips_through_is_refused_with_nothing_saved(user: User) -> None:
    for wrong in (
        {"password": "short"},
        {"timezone": "Mars/Base"},
        {"email": "nobody"},
        {"doctor": ""},
        {"clinic": ""},
    ):
        answer = await set_up(user, **wrong)
        assert answer.headers["location"].startswith("/setup?error=")
        assert db.reading(clinic.view) is None
    await user.open("/setup?error=bad_zone")
    await sees(user, "Nothing was saved.")
