"""Impatient fingers: what is pressed twice, or by two at once, happens once."""

import asyncio

from playwright.async_api import Route

from app.models import QueueEntry
from app.services.policy import Verb
from tests.browser.story import Story, button, is_called, join, key, says
from tests.browsers import open_page


async def test_double_clicks_act_once(story: Story) -> None:
    ann = await story.phone()
    nair = await story.dashboard()
    await ann.get_by_role("radio", name="Meera Nair").tap()
    await ann.get_by_label("Your name").fill("Ann Lee")
    await button(ann, "Get my ticket").dblclick()
    await says(ann, "A1", ".no")
    ben = await story.phone()
    assert await join(ben, "Ben Okoye") == "A2"
    assert len(story.clinic.all(QueueEntry)) == 2

    await button(nair, "Call A1").dblclick()
    await is_called(ann, "Room 2")
    await says(nair, "Start visit with A1", "[data-main]")
    assert story.clinic.line() == ["A2"]
    assert steps(story, "A1") == [Verb.JOIN, Verb.CALL_NEXT]


async def test_one_tab_gets_a_ticket_for_each_child_and_home_shows_both(story: Story) -> None:
    phone = await story.phone()
    assert await join(phone, "Ben Lee") == "A1"
    await open_page(phone, story.server.url)
    await says(phone, "Your ticket A1 · Waiting", "nav")
    await open_page(phone, f"{story.server.url}/join-queue")
    assert await join(phone, "Anna Lee") == "A2"
    await open_page(phone, story.server.url)
    await says(phone, "Your ticket A2 · Waiting", "nav")
    await says(phone, "Your ticket A1 · Waiting", "nav")


async def test_a_tap_before_the_scripts_is_kept_and_says_so(story: Story) -> None:
    phone = await story.browsers.phone()
    scripts = asyncio.Event()

    async def slowly(route: Route) -> None:
        await scripts.wait()
        await route.continue_()

    await phone.route("**/*.js", slowly)
    await phone.goto(f"{story.server.url}/join-queue", wait_until="commit")
    await phone.get_by_role("radio", name="Meera Nair").tap()
    await phone.get_by_label("Your name").fill("Ann Lee")
    await button(phone, "Get my ticket").tap()
    await says(phone, "Getting your ticket…", "[aria-busy=true]")
    scripts.set()
    await says(phone, "A1", ".no")
    assert len(story.clinic.all(QueueEntry)) == 1


async def test_two_dashboards_call_in_the_same_moment(story: Story) -> None:
    for name in ("Ann Lee", "Ben Okoye"):
        story.clinic.join(name)
    here, there = await story.dashboard(), await story.dashboard()
    await says(here, "Call A1", "[data-main]")
    await says(there, "Call A1", "[data-main]")
    await asyncio.gather(key(here, "N"), key(there, "N"))
    for page in (here, there):
        await says(page, "Start visit with A1", "[data-main]")
        await says(page, "Called to room 2")
    assert story.clinic.line() == ["A2"]
    assert steps(story, "A1") == [Verb.JOIN, Verb.CALL_NEXT]


def steps(story: Story, token: str) -> list[str]:
    entry = next(entry for entry in story.clinic.all(QueueEntry) if entry.token == token)
    return [step.verb for step in story.clinic.steps(entry)]
