"""The waiting-room screen: open to all, tokens and rooms only. What it does with calls is tried in a browser."""

import json
from typing import Any

import pytest
from nicegui.testing import User

from app.components.display import Display
from app.services.policy import Verb
from tests.factories import Clinic
from tests.pages.looking import page_of


def screen(user: User) -> dict[str, Any]:
    return next(element for element in page_of(user).descendants() if isinstance(element, Display)).props


def boards(user: User) -> list[dict[str, Any]]:
    return [json.loads(board) for board in json.loads(screen(user)["initial"])]


async def test_display_knows_tokens_and_rooms_and_no_names(user: User, clinic: Clinic) -> None:
    entry = clinic.join("Zoë <script>", reason="private thing", phone="0151 555 0199")
    clinic.do(Verb.CALL, entry)
    page = (await user.http_client.get("/display")).text
    assert entry.token in page
    for private in ("Zoë", "private thing", "0151 555 0199", "01515550199"):
        assert private not in page


async def test_display_shows_all_doctors_or_the_chosen_ones(user: User, clinic: Clinic) -> None:
    second = clinic.add_doctor("Omar Haddad")
    await user.open("/display")
    assert len(boards(user)) == 2
    assert screen(user)["everyone"]
    await user.open(f"/display?doctor={second}")
    assert [board["doctor_id"] for board in boards(user)] == [second]
    assert not screen(user)["everyone"]


async def test_display_takes_only_known_text_sizes(user: User, clinic: Clinic) -> None:
    await user.open("/display?scale=1.5")
    assert screen(user)["scale"] == 1.5
    await user.open("/display?scale=900")
    assert screen(user)["scale"] == 1


@pytest.mark.parametrize("doctor", ["99", "x", "-1", "1e3", "٣", "9" * 30])
async def test_display_says_when_it_does_not_know_the_doctor(user: User, clinic: Clinic, doctor: str) -> None:
    answer = await user.http_client.get("/display", params={"doctor": doctor})
    assert answer.status_code == 404
    assert "find that doctor" in answer.text


async def test_display_has_its_clock_and_name_before_any_script(user: User, clinic: Clinic) -> None:
    page = (await user.http_client.get("/display")).text
    splash = page.partition('id="splash"')[2]
    assert 'class="clk"' in splash
