"""Joining from a phone: what the page shows before any script, and what its button does."""

import json
from collections.abc import Awaitable, Callable
from datetime import time
from typing import Any

import httpx
import pytest
from limits import parse
from nicegui import core
from nicegui.testing import User

from app.components.patient.home import Home
from app.components.patient.join import JoinForm
from app.components.patient.ticket import Ticket
from app.models import QueueEntry
from app.services.policy import Verb
from app.web import limits
from tests.factories import Clinic, assert_sentence
from tests.pages.waiting import until

Press = Callable[..., Awaitable[None]]


def reply(user: User, kind: type[Home] | type[JoinForm] | type[Ticket]) -> dict[str, Any]:
    """What the server has told this element last."""
    element = next(iter(user.find(kind).elements))
    return json.loads(element.props.get("reply") or "{}")


@pytest.fixture
def press(user: User, clinic: Clinic) -> Press:
    """`await press(user, name=…)` is one tap on "Get my ticket"; it waits for the answer."""

    async def tap(browser: User, times: int = 1, **wish: Any) -> None:
        args = {"doctor": clinic.doctor_id, "name": "Asha Rao", **wish}
        for _ in range(times):
            browser.find(JoinForm).trigger("join", args)
        await until(lambda: reply(browser, Ticket) or reply(browser, JoinForm))

    return tap


async def test_join_first_html_shows_every_doctor_and_who_takes_nobody(user: User, clinic: Clinic) -> None:
    clinic.add_doctor("Dr <b>Bold</b>", closes_at=time(0, 1))
    page = (await user.http_client.get("/join-queue")).text
    splash = page.partition('id="splash"')[2].partition('id="app"')[0]
    assert "Meera Nair" in splash
    assert "&lt;b&gt;Bold" in splash
    assert "<b>Bold</b>" not in page
    assert splash.count(" disabled") == 1
    assert "Closed for today" in splash


async def test_join_link_of_one_doctor_chooses_that_doctor(user: User, clinic: Clinic) -> None:
    other = clinic.add_doctor("Omar Haddad")
    page = (await user.http_client.get(f"/join-queue/?doctor={other}", follow_redirects=True)).text
    assert f'value="{other}" checked' in page
    assert page.count(" checked") == 1
    assert (await user.http_client.get("/join-queue?doctor=x'")).status_code == 200


async def test_join_gives_a_ticket_in_the_same_document(user: User, clinic: Clinic, press: Press) -> None:
    await user.open("/join-queue")
    await press(user)
    ticket = reply(user, Ticket)["ticket"]
    assert ticket["status"] == "Waiting"
    assert ticket["position"] == 1
    assert "Asha" not in json.dumps(ticket)
    await user.should_not_see(JoinForm)


async def test_join_pressed_twice_gives_one_ticket(user: User, clinic: Clinic, press: Press) -> None:
    await user.open("/join-queue")
    await press(user, times=2)
    assert len(clinic.all(QueueEntry)) == 1


async def test_join_two_children_from_one_phone_are_two_tickets(user: User, clinic: Clinic, press: Press) -> None:
    for name in ("Ben", "Anna"):
        await user.open("/join-queue")
        await press(user, name=name)
    assert len(clinic.all(QueueEntry)) == 2


async def test_join_one_queue_from_many_addresses_has_a_limit(
    user: User, clinic: Clinic, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.RATES, "join-queue", parse("1/minute"))
    await user.open("/join-queue")
    await press(user)
    elsewhere = httpx.ASGITransport(core.app, client=("10.0.0.9", 1))
    async with httpx.AsyncClient(transport=elsewhere, base_url="http://test") as client:
        stranger = User(client)
        await stranger.open("/join-queue")
        await press(stranger, name="Somebody Else")
    assert len(clinic.all(QueueEntry)) == 1


async def test_join_link_of_no_doctor_is_only_the_list(user: User, clinic: Clinic) -> None:
    for doctor in ("9" * 5000, "²", "x"):
        answer = await user.http_client.get(f"/join-queue?doctor={doctor}")
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"name": " \u200b\x00 "}, "name"),
        ({"name": "y" * 120}, "name"),
        ({"phone": "abc"}, "phone"),
        ({"doctor": 999}, "page"),
        ({"doctor": "1; drop"}, "page"),
        ({"name": {"a": 1}}, "page"),
    ],
)
async def test_join_says_under_the_field_what_is_wrong(
    user: User, clinic: Clinic, press: Press, wish: dict[str, Any], field: str
) -> None:
    await user.open("/join-queue")
    await press(user, **wish)
    errors = reply(user, JoinForm)["errors"]
    assert list(errors) == [field]
    assert_sentence(errors[field])
    assert clinic.all(QueueEntry) == []


async def test_join_queue_closed_between_load_and_tap(user: User, clinic: Clinic, press: Press) -> None:
    await user.open("/join-queue")
    clinic.edit_doctor(closes_at=time(0, 1))
    await press(user)
    assert_sentence(reply(user, JoinForm)["errors"]["page"])


@pytest.mark.parametrize(("path", "kind"), [("/", Home), ("/join-queue", JoinForm)])
async def test_only_open_tickets_of_this_device_are_listed(
    user: User, clinic: Clinic, path: str, kind: type[Home] | type[JoinForm]
) -> None:
    mine, left = clinic.join("Ben"), clinic.join("Anna")
    clinic.do(Verb.CANCEL, left, clinic.as_patient(left))
    await user.open(path)
    user.find(kind).trigger("mine", [mine.link, left.link, "made-up", 7])
    await until(lambda: reply(user, kind))
    assert reply(user, kind)["tickets"] == [{"link": mine.link, "token": mine.token, "status": "Waiting"}]
