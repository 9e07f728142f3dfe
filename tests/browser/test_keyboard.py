"""Without a mouse: a patient joins and a doctor does a whole visit."""

from playwright.async_api import Page

from app.models import QueueEntry, Status
from tests.browser.story import Story, key, says
from tests.factories import PASSWORD

FOCUSED = """() => {
    const one = document.activeElement;
    const words = one.labels?.[0]?.innerText || one.getAttribute("aria-label") || one.innerText;
    return one === document.body ? "" : words;
}"""


async def test_a_visit_without_a_mouse(story: Story) -> None:
    patient = await story.desktop("/join-queue")
    await tab_to(patient, "Meera Nair")
    await patient.keyboard.press("Space")
    await tab_to(patient, "Your name")
    await patient.keyboard.type("Ann Lee")
    await patient.keyboard.press("Enter")
    await says(patient, "A1", ".no")
    await patient.wait_for_function("document.activeElement.matches('h1')")  # what is new is what is read

    doctor = await story.desktop("/login")
    await doctor.wait_for_function("document.activeElement.name === 'email'")
    await doctor.keyboard.type("doctor1@clinic.test")
    await doctor.keyboard.press("Tab")
    await doctor.keyboard.type(PASSWORD)
    await doctor.keyboard.press("Enter")
    await says(doctor, "Call A1", "[data-main]")

    await key(doctor, "n")
    await says(doctor, "Start visit with A1")
    await patient.wait_for_function("document.activeElement.closest('.takeover')")
    await tab_to(patient, "I am coming")
    await patient.keyboard.press("Enter")
    await says(doctor, "“I am coming”")
    await key(doctor, "n")
    await says(doctor, "Finish A1")
    await key(doctor, "h")
    await says(doctor, "Why is A1 on hold?")
    await doctor.wait_for_function("document.activeElement.matches('[role=dialog] input')")
    await doctor.keyboard.press("ArrowDown")
    await doctor.keyboard.press("Enter")
    await says(doctor, "On hold")
    await says(patient, "Please go to X-ray")
    await key(doctor, "ArrowDown")
    await doctor.wait_for_function("document.activeElement.closest('tr[data-row]')")
    await doctor.keyboard.press("Enter")
    await says(doctor, "Finish A1", "[data-main]")
    await key(doctor, "f")
    await says(patient, "Your visit is done", "dialog")
    await patient.wait_for_function("document.activeElement.closest('dialog')")
    await patient.keyboard.press("Enter")
    await patient.wait_for_url("**/join-queue")
    assert [entry.status for entry in story.clinic.all(QueueEntry)] == [Status.DONE]


async def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on what is called so."""
    for _ in range(15):
        if name in await page.evaluate(FOCUSED):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {name!r} on {page.url}")
