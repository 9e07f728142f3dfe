"""Power cuts, lost networks and phones that sleep: every page shows the truth again by itself."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import CDPSession, Page

from app.services.policy import Verb
from tests.browser.forgetful import FORGOT
from tests.browser.story import RETURNING, Story, is_called, join, key, says, says_no_more
from tests.browsers import Browsers
from tests.factories import Clinic
from tests.pages.waiting import until
from tests.serving import Server

CUT = "window.socket.io.engine.close()"


class Forgetful(Server):
    program = ("-m", "tests.browser.forgetful")


@pytest.fixture
def forgetful(clinic: Clinic, data_dir: Path) -> Iterator[Server]:
    running = Forgetful(data_dir)
    try:
        yield running.start()
    finally:
        running.stop()


async def test_a_call_reaches_a_phone_that_comes_back_and_a_power_cut_changes_nothing(story: Story) -> None:
    ann, ben, eve = await story.phone(), await story.phone(), await story.phone()
    nair, haddad = await story.dashboard(), await story.dashboard(story.other_id)
    desk, screen = await story.desk(), await story.screen()
    await join(ann, "Ann Lee")
    await join(ben, "Ben Okoye")
    await join(eve, "Eve Horvat", "Omar Haddad")

    await eve.context.set_offline(True)
    await says(haddad, "Call B1", "[data-main]")
    await key(haddad, "N")
    await says(screen, "B1", ".call.new")
    await says_no_more(eve, "It is your turn", ".takeover")
    await eve.context.set_offline(False)
    await is_called(eve, "Room 5")

    await key(nair, "N")
    await is_called(ann, "Room 2")
    story.server.kill()
    await asyncio.gather(*(says(page, "No connection", patience=RETURNING) for page in (ann, ben, nair, desk)))
    of_nair = {entry.token: entry for entry in story.clinic.view().entries}
    story.clinic.do(Verb.START, of_nair["A1"].entry_id)
    story.clinic.do(Verb.CALL, of_nair["A2"].entry_id)
    story.clinic.join("Mia Brandt")
    await asyncio.to_thread(story.server.start)

    await asyncio.gather(
        says(ann, "You are with the doctor", patience=RETURNING),
        says(ben, "It is your turn", ".takeover h1", RETURNING),
        says(eve, "It is your turn", ".takeover h1", RETURNING),
        says(nair, "A2", ".now.st-called", RETURNING),
        says(nair, "Mia Brandt", patience=RETURNING),
        says(haddad, "Start visit with B1", "[data-main]", RETURNING),
        says(desk, "Mia Brandt", patience=RETURNING),
        says(screen, "A2", ".call", RETURNING),
        says(screen, "B1", ".call", RETURNING),
    )
    for page in (ann, ben, eve, nair, haddad, desk, screen):
        await page.wait_for_function("window.socket?.connected && window.did_handshake")
        assert story.loads[page] <= 2, page.url


async def test_a_cut_socket_and_pages_that_slept_too_long(clinic: Clinic, forgetful: Server, browser: Browsers) -> None:
    story = Story(clinic, forgetful, browser)
    ann, nair, desk, screen = (
        await story.phone(), await story.dashboard(), await story.desk(), await story.screen()
    )  # fmt: skip
    everybody = (ann, nair, desk, screen)
    await join(ann, "Ann Lee")
    entry = clinic.view().entries[0].entry_id

    for page in everybody:
        await page.evaluate(CUT)
    clinic.do(Verb.CALL, entry)
    await _all_say(ann, "It is your turn", nair, "A1", desk, screen)
    assert set(story.loads.values()) == {1}

    asleep = [await _falls_asleep(page) for page in everybody]
    await until(lambda: forgetful.said().count(FORGOT) >= len(everybody), patience=RETURNING / 1000)
    clinic.do(Verb.START, entry)
    clinic.join("Ben Okoye")
    clinic.call_next()
    for page, session in zip(everybody, asleep, strict=True):
        await _wakes_up(page, session)
    await _all_say(ann, "You are with the doctor", nair, "A2", desk, screen)
    assert set(story.loads.values()) == {2}


async def _all_say(ann: Page, words: str, nair: Page, token: str, desk: Page, screen: Page) -> None:
    """What Ann reads, and who is called according to the staff and the screen."""
    await asyncio.gather(
        says(ann, words, "h1", RETURNING),
        says(nair, token, ".now.st-called", RETURNING),
        says(desk, token, "tr.hot", RETURNING),
        says(screen, token, ".call", RETURNING),
    )


async def _falls_asleep(page: Page) -> CDPSession:
    session = await page.context.new_cdp_session(page)
    await page.context.set_offline(True)
    await page.evaluate(CUT)
    await session.send("Page.setWebLifecycleState", {"state": "frozen"})
    return session


async def _wakes_up(page: Page, session: CDPSession) -> None:
    await page.context.set_offline(False)
    await session.send("Page.setWebLifecycleState", {"state": "active"})
