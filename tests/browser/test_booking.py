"""Booking on phones: two people want the same time, one has only a keyboard, and the day comes."""

from datetime import time, timedelta
from functools import partial

import pytest
from playwright.async_api import Page

from app import clock
from app.models import Appointment, AppointmentStatus
from app.services import schedules
from app.services.schedules import PeriodForm
from tests.browser.story import Story, button, says
from tests.browser.test_accessible import Found, axe
from tests.browsers import open_page
from tests.factories import ZONE

__all__ = ["axe"]
WIDTH = "document.documentElement.scrollWidth <= innerWidth"
MOVED = """() => {
    window.moved = 0;
    const seen = (list) => list.getEntries().forEach((one) => { window.moved += one.hadRecentInput ? 0 : one.value; });
    new PerformanceObserver(seen).observe({ type: "layout-shift", buffered: true });
}"""


@pytest.fixture(autouse=True)
def _planned(story: Story) -> None:
    """From tomorrow on, every day from nine to eleven."""
    tomorrow = clock.at_clinic(clock.now() + timedelta(days=1), ZONE).date()
    for weekday in range(7):
        hours = PeriodForm(
            weekday=weekday, starts=time(9), ends=time(11), slot_minutes=30, places=1, valid_from=tomorrow
        )
        add = partial(schedules.add_period, actor=story.clinic.admin, doctor_id=story.doctor_id, form=hours)
        story.clinic.write(add)


async def small(story: Story, zone: str) -> Page:
    """A small phone far away."""
    page = await story.browsers.person(320, 640, is_mobile=True, has_touch=True, timezone_id=zone)
    await open_page(page, f"{story.server.url}/book?doctor={story.doctor_id}")
    return page


async def test_three_taps_and_a_time_that_somebody_else_wants(story: Story, axe: Found) -> None:
    ann = await story.phone("/")
    await ann.get_by_role("link", name="Book a visit").tap()
    await says(ann, "First free time:")
    await axe.look(ann, "find a doctor")
    await ann.get_by_role("link", name="Meera Nair").tap()
    await says(ann, "Choose a day and a time")
    await ann.wait_for_function("window.did_handshake === true")
    await ann.evaluate(MOVED)
    await axe.look(ann, "days and times")
    ben = await small(story, "America/New_York")
    await says(ben, "All times are clinic time (Vienna).")
    assert await ben.evaluate(WIDTH)

    await story.act("a time is kept: the other phone", ann, ann.locator("label.slot", has_text="09:30").tap(),
        says(ann, "Kept for you until", "footer"), says(ben, "taken", "label.slot"),
    )  # fmt: skip
    assert await ben.get_by_role("radio", name="09:30").is_disabled()
    await button(ann, "Book this time").tap()
    assert await ann.evaluate("document.activeElement.name") == "name"
    await ann.get_by_label("Name", exact=True).fill("Ann Lee")
    await button(ann, "Book this time").tap()
    await says(ann, "Please type a phone number.")
    await axe.look(ann, "booking with an error")
    await ann.get_by_label("Phone number").fill("0151 555 0199")
    assert await ann.evaluate("window.moved") < 0.05
    await button(ann, "Book this time").tap()
    await ann.wait_for_url("**/a/*")
    await says(ann, "Your visit is booked")
    await axe.look(ann, "an appointment")
    await button(ann, "Cancel this appointment").tap()
    await says(ann, "Somebody else can have the time then.")
    await axe.look(ann, "cancel?")
    await button(ann, "Keep it").tap()
    story.tell()


async def test_with_the_keyboard_only(story: Story) -> None:
    page = await story.desktop(f"/book?doctor={story.doctor_id}")
    await page.get_by_role("radio", name="09:00").focus()
    await page.keyboard.press("Space")
    for _ in range(2):
        await page.keyboard.press("ArrowRight")
    await says(page, "10:00", "footer")
    await says(page, "Kept for you until", "footer")
    for text in ("Ann Lee", "0151 555 0199", "Cough"):
        await page.keyboard.press("Tab")
        await page.keyboard.type(text)
    await page.keyboard.press("Enter")
    await says(page, "Your visit is booked")
    one = next(each for each in story.clinic.all(Appointment) if each.status is AppointmentStatus.BOOKED)
    assert (clock.at_clinic(one.starts_at, ZONE).hour, one.reason) == (10, "Cough")
    kept = [each.status for each in story.clinic.all(Appointment) if each.status is AppointmentStatus.HELD]
    assert kept == []
    await page.get_by_role("link", name="Choose another time").focus()
    await page.keyboard.press("Enter")
    await says(page, "You keep your old time until the new one is booked.")
    await page.get_by_role("radio", name="10:30").focus()
    await page.keyboard.press("Space")
    await page.get_by_role("button", name="Change to this time").focus()
    await page.keyboard.press("Enter")
    await says(page, "10:30", ".tk")


async def test_a_closed_page_lets_go(story: Story) -> None:
    ann, ben = [await story.phone(f"/book?doctor={story.doctor_id}") for _ in "12"]
    await ann.locator("label.slot", has_text="09:00").tap()
    await says(ben, "taken", "label.slot")
    await open_page(ann, story.server.url)
    await says(ben, "4 free", "label.day")
