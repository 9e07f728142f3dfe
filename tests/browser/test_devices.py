"""A screen and a kiosk from their first code to their last, in real browsers."""

from app.models import QueueEntry, Role
from tests.browser.devices import LATER, code_on, kiosk
from tests.browser.story import RETURNING, Story, button, says, says_no_more

LEFT_BEHIND = "(words) => document.documentElement.outerHTML.includes(words)"


async def test_a_screen_is_paired_goes_live_and_is_revoked(story: Story) -> None:
    story.clinic.join("Ann Lee")
    screen = await story.desktop("/display?pair=1")
    admin = await story.staff(Role.ADMIN, "/admin/devices")
    await says(admin, "Waits for its code", ".tbl")
    await button(admin, "Pair a screen or kiosk").click()
    await admin.get_by_label("Code on the device").fill(await code_on(screen))
    await admin.get_by_label("Name", exact=True).fill("Waiting room")
    await admin.get_by_label("Which doctors").select_option("Only these doctors")
    await admin.get_by_label("Meera Nair").check()
    pair = admin.get_by_role("button", name="Pair", exact=True)
    await story.act("pair", admin, pair.click(), says(screen, "No calls right now"), says(admin, "Live now", ".tbl"))
    await says(screen, "1", ".wait b")

    await button(admin, "Revoke").click()
    revoke = admin.get_by_role("button", name="Revoke it").click()
    await story.act("revoke", admin, revoke, says(screen, "This screen is not paired any more."))
    await screen.reload()
    await says(screen, "This screen is not paired any more.")
    assert len(await code_on(screen)) == 7
    assert "Ann Lee" not in await screen.content()
    story.tell(most=2000)


async def test_a_kiosk_gives_a_ticket_and_forgets_the_person(story: Story) -> None:
    page = await kiosk(story)
    await button(page, "Meera Nair").tap()
    await page.get_by_label("What is your name?").fill("Zoë Canary")
    await page.get_by_label("I use a wheelchair").check()
    await button(page, "Get my ticket").dblclick()
    await says(page, "A1", ".tk .no")
    await says(page, "You are next", ".tk")
    await button(page, "I am done").tap()
    await says(page, "Which doctor do you want to see?")
    for trace in ("Canary", "data:image/svg+xml;", "/t/"):
        assert not await page.evaluate(LEFT_BEHIND, trace), trace
    await button(page, "Omar Haddad").tap()
    assert await page.get_by_label("What is your name?").input_value() == ""
    assert not await page.get_by_label("I use a wheelchair").is_checked()
    assert len(story.clinic.all(QueueEntry)) == 1

    await page.get_by_label("What is your name?").fill("Ben Okoye")
    await page.keyboard.press("Enter")
    await says(page, "B1", ".tk .no")
    await page.evaluate(LATER, 15)
    await says(page, "B1", ".tk .no")
    await page.evaluate(LATER, 15)  # the person has walked away
    await says(page, "Which doctor do you want to see?")
    assert not await page.evaluate(LEFT_BEHIND, "Okoye")
    await page.go_back()
    assert not await page.evaluate(LEFT_BEHIND, "B1")


async def test_a_kiosk_asks_who_is_still_there_and_says_when_it_can_not_help(story: Story) -> None:
    page = await kiosk(story)
    await button(page, "Meera Nair").tap()
    await page.get_by_label("What is your name?").fill("Mia Brandt")
    await page.evaluate(LATER, 50)
    await says(page, "Still there?")
    await button(page, "I am still here").tap()
    await says_no_more(page, "Still there?")
    assert await page.get_by_label("What is your name?").input_value() == "Mia Brandt"
    await page.evaluate(LATER, 50)
    await says(page, "Still there?")
    await page.evaluate(LATER, 15)
    await says(page, "Which doctor do you want to see?")
    assert not await page.evaluate(LEFT_BEHIND, "Brandt")

    await button(page, "Omar Haddad").tap()
    await page.get_by_label("What is your name?").fill("Leo Martin")
    await page.context.set_offline(True)
    await page.evaluate("window.socket.io.engine.close()")
    await button(page, "Get my ticket").tap()
    await says(page, "Nothing was sent.")
    await button(page, "Back").tap()
    await says(page, "This tablet has no connection")
    await page.context.set_offline(False)
    await says(page, "Which doctor do you want to see?", patience=RETURNING)
