"""A day at the clinic: everybody sees what happens by themselves, nobody loads a page again."""

from tests.browser.story import Story, button, choose, is_called, join, key, says, says_no_more

SAME = "window.same = true"
YELLOW = "getComputedStyle(document.querySelector('.call.new')).backgroundColor === 'rgb(255, 204, 51)'"


async def test_two_patients_from_the_door_to_the_end(story: Story) -> None:
    ann, ben = await story.phone(), await story.phone()
    nair, haddad = await story.dashboard(), await story.dashboard(story.other_id)
    desk, screen = await story.desk(), await story.screen()
    everybody = (ann, ben, nair, haddad, desk, screen)
    for page in everybody:
        await page.evaluate(SAME)

    await story.act("join: phone, dashboard, desk", ann, join(ann, "Ann Lee"),
        says(ann, "A1", ".no"), says(nair, "Call A1", "[data-main]"), says(nair, "Ann Lee"), says(desk, "Ann Lee"),
    )  # fmt: skip
    assert "/t/" in ann.url
    await story.act("join the other doctor", ben, join(ben, "Ben Okoye", "Omar Haddad"),
        says(haddad, "Call B1", "[data-main]"), says(desk, "Ben Okoye"),
    )  # fmt: skip
    await says_no_more(nair, "Ben Okoye")

    await story.act("call: phone, screen, desk", nair, key(nair, "N"),
        is_called(ann, "Room 2"), says(screen, "A1", ".call.new"), says(screen, "2", ".call.new"),
        says(desk, "Called", "tr.hot"), says(nair, "Start visit with A1", "[data-main]"),
    )  # fmt: skip
    await ann.wait_for_function("document.title === '● YOUR TURN – Room 2'")
    await ann.wait_for_function("window.rang.shaken > 0 && window.rang.tones > 0")
    assert await ben.evaluate("window.rang.shaken") == 0
    await screen.wait_for_function(YELLOW)

    await story.act("I am coming: dashboard", ann, button(ann, "I am coming").tap(), says(nair, "“I am coming”"))
    await story.act("start: phone, desk, screen", nair, key(nair, "N"),
        says(ann, "You are with the doctor"), says(desk, "In Progress", "td"), says_no_more(screen, "A1", ".call.new"),
    )  # fmt: skip
    await story.act("done: phone, dashboard, desk", nair, key(nair, "N"),
        says(ann, "Your visit is done", "dialog"), says(nair, "The room is free"), says_no_more(desk, "Ann Lee"),
    )  # fmt: skip
    for page in everybody:
        assert await page.evaluate("window.same"), page.url
        assert story.loads[page] == 1, page.url
    await ann.get_by_role("link", name="Back to the start").last.tap()
    await ann.wait_for_url("**/join-queue")
    story.tell()


async def test_mistakes_are_put_right_everywhere(story: Story) -> None:
    ann, screen = await story.phone(), await story.screen()
    nair, haddad = await story.dashboard(), await story.dashboard(story.other_id)
    desk = await story.desk()
    await join(ann, "Ann Lee")
    await says(nair, "Call A1", "[data-main]")

    await key(nair, "N")
    await is_called(ann, "Room 2")
    await says(screen, "A1", ".call.new")
    await story.act("undo of the call: phone, screen, dashboard", nair, key(nair, "U"),
        says(ann, "You are next"), says_no_more(ann, "It is your turn", ".takeover"),
        says_no_more(screen, "A1", ".calls"), says(nair, "Call A1", "[data-main]"),
    )  # fmt: skip

    await story.act("transfer: phone, both dashboards", nair, choose(nair, "A1", "Move to another doctor", "Move"),
        says(ann, "You now see Omar Haddad."), says(ann, "A1", ".no"),
        says(haddad, "Call A1", "[data-main]"), says_no_more(nair, "Ann Lee", "main"),
    )  # fmt: skip

    await button(ann, "Leave the queue").tap()
    yes = button(ann, "Leave the queue").and_(ann.locator("dialog *"))
    await story.act("leave: phone, dashboard, desk", ann, yes.tap(),
        says(ann, "You left the queue"), says_no_more(haddad, "Ann Lee"), says_no_more(desk, "Ann Lee"),
    )  # fmt: skip
    await story.act("place back: phone, dashboard, desk", ann, button(ann, "Get my place back").tap(),
        says(ann, "You are next"), says(haddad, "Call A1", "[data-main]"), says(desk, "Ann Lee"),
    )  # fmt: skip

    await story.act("removed by staff: phone, dashboard", desk, choose(desk, "A1", "Remove", "Remove"),
        says(ann, "Your place is cancelled", "dialog"), says_no_more(haddad, "Ann Lee"),
    )  # fmt: skip
    await story.act("brought back by undo: phone, dashboard", desk, key(desk, "U"),
        says_no_more(ann, "Your place is cancelled"), says(haddad, "Ann Lee"),
    )  # fmt: skip
    story.tell()
