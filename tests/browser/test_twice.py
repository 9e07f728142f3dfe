"""Impatient fingers: what is pressed twice, or by two at once, happens once."""

import asyncio

from app.models import QueueEntry
from app.services.policy import Verb
from tests.browser.story import Story, button, is_called, join, key, says


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
