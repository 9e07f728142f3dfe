"""axe-core finds nothing on any page, in any of its states."""

from collections.abc import AsyncIterator
from datetime import time, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page

from app.models import Role, User
from app.services import booking, claims, invitations, profiles, schedules, slot_search
from app.services.booking import Guest
from app.services.policy import Verb
from app.services.profiles import Profile
from app.services.schedules import PeriodForm
from app.settings import settings
from tests.browser.devices import LATER, kiosk
from tests.browser.story import NOT_FOUND, Story, button, says
from tests.browser.test_lock import sign_in
from tests.browsers import Browsers, open_page
from tests.serving import Server

AXE = Axe()
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": STANDARDS, "resultTypes": ["violations"], "preload": False}
STILL = """!document.querySelector("[class*='-enter-active'], [class*='-leave-active']") &&
    document.getAnimations().every((one) =>
        one.effect.getTiming().iterations === Infinity || one.playState !== "running")"""
States = tuple[tuple[tuple[Verb, ...], str], ...]
A_VISIT: States = (
    ((Verb.CALL,), "It is your turn"),
    ((Verb.SKIP,), "We called you"),
    ((Verb.CALL, Verb.START), "You are with the doctor"),
    ((Verb.HOLD,), "Your visit is on hold"),
    ((Verb.RESUME, Verb.DONE), "Your visit is done"),
)
OTHER_ENDS: States = (
    ((Verb.CANCEL,), "Your place is cancelled"),
    ((Verb.CALL, Verb.SKIP, Verb.NO_SHOW), "Your ticket has ended"),
)
PEOPLE = ("Ann Lee", "Ben Okoye", "Eve Horvat", "Mia Brandt", "Leo Martin")
STEPS = ((Verb.START, Verb.HOLD), (Verb.CALL, Verb.SKIP), (Verb.START,), (Verb.CALL,), ())


class Found:
    """What axe has to say, page by page."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    async def look(self, page: Page, what: str) -> None:
        await page.wait_for_function(STILL)  # a window that fades in has no contrast yet
        for found in (await AXE.run(page, options=RULES)).response["violations"]:
            where = [str(node["target"]) for node in found["nodes"]][:4]
            self.sentences.append(f"{what}: {found['id']}: {found['help']}: {where}")


@pytest.fixture
async def axe() -> AsyncIterator[Found]:
    found = Found()
    yield found
    assert not found.sentences, "\n".join(found.sentences)


async def test_patients_pages(story: Story, axe: Found) -> None:
    clinic = story.clinic
    mine = clinic.join("Ann Lee")
    phone = await story.phone("/")
    await axe.look(phone, "home")
    joining = await story.phone()
    await axe.look(joining, "join")
    await button(joining, "I need help").tap()
    await button(joining, "Get my ticket").tap()
    await says(joining, "Please type your name.")
    await axe.look(joining, "join with errors")

    await open_page(phone, f"{story.server.url}/t/{mine.link}")
    await says(phone, "You are next")
    await axe.look(phone, "ticket waiting")
    await button(phone, "Leave the queue").tap()
    await says(phone, "You lose your place.")
    await axe.look(phone, "leave?")
    await phone.get_by_role("button", name="Stay in the queue").tap()
    for verbs, words in A_VISIT:
        for verb in verbs:
            clinic.do(verb, mine)
        await says(phone, words, "h1")
        await axe.look(phone, words)
    for verbs, words in OTHER_ENDS:
        other = clinic.join(words)
        for verb in verbs:
            clinic.do(verb, other)
        await open_page(phone, f"{story.server.url}/t/{other.link}")
        await says(phone, words, "h1")
        await axe.look(phone, words)
    await open_page(phone, f"{story.server.url}/t/{mine.link}/print")
    await axe.look(phone, "ticket on paper")
    phone_of_patient = await story.staff(Role.PATIENT, "/me", at=await story.browsers.phone())
    await axe.look(phone_of_patient, "my tickets")


async def test_staff_pages(story: Story, axe: Found) -> None:
    clinic = story.clinic
    people = [clinic.join(name, phone="0151 555 0199") for name in PEOPLE]
    screen = await story.screen()
    await axe.look(screen, "screen without calls")
    for entry, verbs in zip(people, STEPS, strict=True):
        for verb in verbs:
            clinic.do(verb, entry)
    await says(screen, "A4", ".call")
    await axe.look(screen, "screen with calls")

    nair = await story.dashboard()
    await says(nair, "Leo Martin")
    await axe.look(nair, "dashboard")
    await nair.get_by_role("button", name="More for A5").last.click()
    await says(nair, "Remove", "[role=menuitem]")
    await axe.look(nair, "a person's menu")
    await nair.get_by_role("menuitem", name="Remove").click()
    await says(nair, "Why remove A5?")
    await axe.look(nair, "a question")
    await nair.keyboard.press("Escape")
    await nair.get_by_role("button", name="Shortcuts").click()
    await says(nair, "Use shortcuts on this device")
    await axe.look(nair, "shortcuts")
    await nair.keyboard.press("Escape")
    await nair.get_by_role("button", name="Dark screen").click()
    await axe.look(nair, "dashboard, dark")
    empty = await story.dashboard(story.other_id)
    await axe.look(empty, "empty dashboard")
    clinic.do(Verb.DONE, people[2])
    await open_page(nair, f"{story.server.url}/doctor-history/{story.doctor_id}")
    await says(nair, "Eve Horvat")
    await axe.look(nair, "history")

    desk = await story.desk()
    await says(desk, "Leo Martin")
    await axe.look(desk, "desk")
    await desk.keyboard.press("Escape")
    await button(desk, "Add walk-in").click()
    await says(desk, "Priority")
    await axe.look(desk, "add walk-in")
    await desk.keyboard.press("Escape")
    await desk.get_by_role("button", name="Finished").click()
    await says(desk, "Eve Horvat")
    await axe.look(desk, "desk, finished")
    for path in ("/poster", f"/reception/print/{people[0].id}"):
        await open_page(desk, story.server.url + path)
        await axe.look(desk, path)


async def test_admin_and_account_pages(story: Story, axe: Found) -> None:
    story.clinic.join("Ann Lee")
    admin = await story.staff(Role.ADMIN, "/admin/doctors")
    await axe.look(admin, "doctors")
    for path in (
        "/admin/doctors?open=1", "/admin/entries", "/admin/patients", "/admin/users", "/admin/users?open=1",
        "/admin/settings", "/admin/welcome",
    ):  # fmt: skip
        await open_page(admin, story.server.url + path)
        await axe.look(admin, path)
    stranger = await story.phone("/login")
    await axe.look(stranger, "sign in")
    await open_page(stranger, f"{story.server.url}/login?error=wrong")
    await axe.look(stranger, "sign in refused")
    await stranger.goto(f"{story.server.url}/t/unknown")
    await axe.look(stranger, "unknown ticket")
    story.forgive(NOT_FOUND)


async def test_schedules_and_closed_days(story: Story, axe: Found) -> None:
    clinic = story.clinic
    for weekday in range(7):
        form = PeriodForm(weekday=weekday, starts=time(), ends=time(), slot_minutes=60)
        clinic.write(
            lambda s, f=form: schedules.add_period(s, actor=clinic.admin, doctor_id=story.doctor_id, form=f)  # type: ignore[misc]
        )
    slot = clinic.read(lambda s: slot_search.of_doctor(s, story.doctor_id))[-1]
    clinic.write(lambda s: booking.book(s, actor=clinic.admin, slot_id=slot.slot_id, who=Guest(name="Ann Lee")))
    admin = await story.staff(Role.ADMIN, f"/doctor/{story.doctor_id}/schedule")
    await axe.look(admin, "schedule")
    await admin.locator(".per").first.click()
    await says(admin, "24 visits of 60 minutes.")
    await axe.look(admin, "hours")
    await open_page(admin, f"{story.server.url}/admin/closures")
    await axe.look(admin, "no closed days")
    await button(admin, "Add closed days").click()
    await admin.get_by_label("First day").fill(str(slot.starts_at.date() - timedelta(days=1)))
    await admin.get_by_label("Last day").fill(str(slot.starts_at.date() + timedelta(days=1)))
    await axe.look(admin, "new closed days")
    await button(admin, "Save").click()
    await says(admin, "1 booking no longer fits. Save anyway?")
    await axe.look(admin, "what a change does")
    await button(admin, "Save anyway").click()
    await says(admin, "Please decide about each.")
    await open_page(admin, f"{story.server.url}/admin/closures")  # without what was said, whose bar moves
    await axe.look(admin, "bookings that no longer fit")


async def test_admins_pages_of_trust(story: Story, axe: Found) -> None:
    first, second = (story.clinic.join("Ann Lee", phone=f"0151 555 018{number}") for number in range(2))
    hidden = story.clinic.join("Vip Person", actor=story.clinic.staff(Role.RECEPTION), is_confidential=True)
    admin = await story.staff(Role.ADMIN, "/admin")
    await axe.look(admin, "/admin")
    for path in (
        "/admin/audit", "/admin/audit?open=1", "/admin/duplicates",
        f"/admin/duplicates/{first.patient_id}/{second.patient_id}", "/admin/retention",
        f"/admin/entries?open={first.id}", f"/admin/patients?open={first.patient_id}",
        f"/admin/patients?open={hidden.patient_id}", "/admin/users?open=new", "/account",
    ):  # fmt: skip
        await open_page(admin, story.server.url + path)
        await axe.look(admin, path)
    await button(admin, "Set it up").click()
    await says(admin, "No camera?")
    await axe.look(admin, "setting the second step up")
    await admin.goto(f"{story.server.url}/admin/patients/{first.patient_id}/export")
    await axe.look(admin, "export")


async def test_patients_own_pages(story: Story, axe: Found) -> None:
    clinic = story.clinic
    me, desk = clinic.staff(Role.PATIENT), clinic.join("Ben Okoye").patient_id
    mia = clinic.write(lambda s: profiles.add(s, actor=me, wish=Profile(name="Mia")))
    claim = clinic.write(lambda s: claims.offer(s, actor=clinic.admin, patient_id=desk))
    phone = await story.staff(me, "/me", at=await story.browsers.phone())
    for path in (
        "/me", "/me/profile", "/me/people/new", f"/me/people/{mia}", "/me/visits", "/account", f"/claim/{claim}",
        "/join-queue",
    ):  # fmt: skip
        await open_page(phone, story.server.url + path)
        await axe.look(phone, path)


async def test_pages_on_the_way_in(story: Story, axe: Found) -> None:
    clinic = story.clinic
    rosa = clinic.add_user(Role.RECEPTION, email="rosa@clinic.test", name="Rosa Desk")
    link = clinic.write(lambda s: invitations.new_link(s, actor=clinic.admin, user_id=rosa)).link
    phone = await story.phone("/login")
    for path in (
        "/register", "/register?phone=yes&error=short", "/forgot", "/forgot?done=mail",
        link.removeprefix(settings().public_url), "/password?error=short",
    ):  # fmt: skip
        await open_page(phone, story.server.url + path)
        await axe.look(phone, path)
    desk = await story.desktop("/login?next=/reception")
    await sign_in(desk)
    await says(desk, "Add walk-in")
    await desk.keyboard.press("F2")
    await says(desk, "Is it still Rosa Desk?", "h1")
    await axe.look(desk, "/locked")
    clinic.write(lambda s: setattr(s.get_one(User, rosa), "totp", "{}"))
    await open_page(phone, f"{story.server.url}/login")
    await sign_in(phone)
    await says(phone, "Your code")
    await axe.look(phone, "/login/code")


async def test_screens_and_kiosks(story: Story, axe: Found) -> None:
    story.clinic.edit_doctor(story.other_id, cap=1)
    story.clinic.join("Ben Okoye", doctor_id=story.other_id)
    screen = await story.desktop("/display?pair=1")
    await says(screen, "Sign in as an admin")
    await axe.look(screen, "screen that waits")
    tablet = await kiosk(story)
    await axe.look(tablet, "kiosk")
    await button(tablet, "Meera Nair").tap()
    await button(tablet, "Get my ticket").tap()
    await says(tablet, "Please type your name.")
    await axe.look(tablet, "kiosk with an error")
    await tablet.evaluate(LATER, 50)
    await says(tablet, "Still there?")
    await axe.look(tablet, "still there?")
    await button(tablet, "I am still here").tap()
    await tablet.get_by_label("What is your name?").fill("Ann Lee")
    await button(tablet, "Get my ticket").tap()
    await says(tablet, "See your place on your phone")
    await axe.look(tablet, "a kiosk's ticket")
    admin = await story.staff(Role.ADMIN, "/admin/devices")
    for path in ("/admin/devices", "/admin/devices?open=new", "/admin/devices?open=1", "/admin/devices?open=2"):
        await open_page(admin, story.server.url + path)
        await axe.look(admin, path)


async def test_the_very_first_page(data_dir: Path, browser: Browsers, axe: Found) -> None:
    running = Server(data_dir)
    try:
        running.start()
        page = await browser.phone()
        await open_page(page, f"{running.url}/setup")
        await axe.look(page, "set up")
    finally:
        running.stop()
