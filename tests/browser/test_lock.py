"""A screen that is left: nothing of it stays readable, in any tab, and all of it comes back."""

from playwright.async_api import Page

from app.models import Role
from tests.browser.story import Story, says
from tests.factories import PASSWORD

SOON = 3_000  # milliseconds


async def test_leaving_and_coming_back(story: Story) -> None:
    story.clinic.join("Ann Lee")
    story.clinic.add_user(Role.RECEPTION, email="rosa@clinic.test", name="Rosa Desk")
    desk = await story.desktop("/login?next=/reception")
    await sign_in(desk)
    await says(desk, "Ann Lee")
    tab = await story.tab(desk, f"/doctor/{story.doctor_id}?x=1")
    await says(tab, "Ann Lee")

    await desk.locator("input[type=search]").focus()
    await desk.keyboard.press("F2")  # also while typing
    for page in (desk, tab):
        await says(page, "Is it still Rosa Desk?", "h1", patience=SOON)
        assert "Ann Lee" not in await page.content()
    await desk.go_back()
    await says(desk, "Is it still Rosa Desk?", "h1")

    await desk.get_by_label("Password").fill("a typing error")
    await desk.keyboard.press("Enter")
    await says(desk, "The password is not right.")
    await desk.get_by_label("Password").fill(PASSWORD)
    await desk.keyboard.press("Enter")
    await says(desk, "Ann Lee")
    await says(tab, "Ann Lee", patience=SOON)
    assert tab.url.endswith(f"/doctor/{story.doctor_id}?x=1")


async def sign_in(page: Page) -> None:
    await page.locator("input[name=email]").fill("rosa@clinic.test")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
