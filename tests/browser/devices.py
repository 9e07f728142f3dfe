"""A kiosk that is paired, and the code of a device that is not."""

from playwright.async_api import Page

from app.models import DeviceKind
from app.services import devices
from app.services.devices import DeviceForm
from tests.browser.story import Story, says
from tests.browsers import open_page

LATER = "(seconds) => { const real = Date.now; Date.now = () => real() + seconds * 1000; }"


async def code_on(page: Page) -> str:
    return (await page.locator(".code").inner_text()).replace("\n", " ")


async def kiosk(story: Story) -> Page:
    """A tablet that an admin somewhere else has just paired."""
    page = await story.browsers.person(768, 1024, has_touch=True)
    page.set_default_timeout(5_000)
    await open_page(page, f"{story.server.url}/kiosk")
    code, form = await code_on(page), DeviceForm(name="At the door")
    story.clinic.write(lambda s: devices.pair(s, actor=story.clinic.admin, code=code, kind=DeviceKind.KIOSK, form=form))
    await says(page, "Which doctor do you want to see?")
    return page
