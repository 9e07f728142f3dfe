"""People in one clinic, each with a browser of their own, and what they see there."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable
from statistics import median

from playwright.async_api import Locator, Page

from app.models import Role
from app.services.policy import Actor
from app.web import sessions
from tests.browsers import Browsers, open_page
from tests.factories import Clinic
from tests.serving import Server

PATIENCE = 5_000  # milliseconds; how fast it was is measured
RETURNING = 20_000  # a lost connection comes back within that

# Counts what a phone is asked to do, and remembers when somebody acted and that the document is the same.
WITNESS = """
window.rang = { shaken: 0, tones: 0 };
navigator.vibrate = (pattern) => { window.rang.shaken += pattern ? 1 : 0; return true; };
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (...when) { window.rang.tones += 1; start.apply(this, when); };
for (const act of ["click", "keydown"])
    addEventListener(act, () => { window.actedAt = Date.now(); window.keyAt = performance.now(); }, true);
"""
SAYS = """([words, place, is]) => {
    const seen = [...document.querySelectorAll(place)].some((element) =>
        element.checkVisibility() && element.innerText.toLowerCase().includes(words.toLowerCase()));
    return seen === is && Date.now();
}"""
NOT_FOUND = "the server responded with a status of 404"
LISTENS = "() => performance.now() - (window.keyAt ?? -2000) > 1000"  # keys rest for a second after each press


class Story:
    """A clinic with two doctors (`doctor_id` in room 2, `other_id` in room 5) and whoever comes."""

    def __init__(self, clinic: Clinic, server: Server, browsers: Browsers) -> None:
        self.clinic, self.server, self.browsers = clinic, server, browsers
        self.doctor_id, self.other_id = clinic.doctor_id, clinic.add_doctor("Omar Haddad", room="5")
        self.loads: Counter[Page] = Counter()
        self.took: dict[str, float] = {}

    # who is there

    async def phone(self, path: str = "/join-queue") -> Page:
        return await self._at(await self.browsers.phone(), path)

    async def desktop(self, path: str) -> Page:
        """Somebody who has not signed in."""
        return await self._at(await self.browsers.desktop(), path)

    async def screen(self) -> Page:
        return await self._at(await self.browsers.tv(), "/display")

    async def dashboard(self, doctor_id: int | None = None) -> Page:
        which = doctor_id or self.doctor_id
        return await self.staff(self.clinic.doctor(which), f"/doctor/{which}")

    async def desk(self) -> Page:
        return await self.staff(Role.RECEPTION, "/reception")

    async def staff(self, who: Actor | Role, path: str, *, at: Page | None = None) -> Page:
        """Somebody who has signed in, at a desktop (or `at` another device)."""
        page = at or await self.browsers.desktop()
        token = self.clinic.session_token(who)
        await page.context.add_cookies([{"name": sessions.cookie_name(), "value": token, "url": self.server.url}])
        return await self._at(page, path)

    async def tab(self, page: Page, path: str) -> Page:
        """One more tab of the same person."""
        return await self._at(await page.context.new_page(), path)

    async def _at(self, page: Page, path: str) -> Page:
        await page.add_init_script(WITNESS)
        page.set_default_timeout(PATIENCE)
        page.on("domcontentloaded", lambda page: self.loads.update([page]))
        await open_page(page, self.server.url + path)
        await page.locator("#splash").wait_for(state="hidden")
        return page

    def forgive(self, complaint: str) -> None:
        """The console's word for something that the test did on purpose."""
        kept = [said for said in self.browsers.complaints if complaint not in said]
        self.browsers.complaints[:] = kept

    # what is measured

    async def act(self, what: str, actor: Page, act: Awaitable[object], *seen: Awaitable[float]) -> None:
        """Do `act` on the page `actor`; remember how long after it the last of the others was right."""
        began = time.time() * 1000
        async with asyncio.TaskGroup() as together:
            watching = [together.create_task(_when(one)) for one in seen]
            await act
        times = [one.result() for one in watching]
        acted = await actor.evaluate("window.actedAt")  # unless the page has left
        self.took[what] = max(times) - (acted or began)

    def tell(self, most: int = 1000) -> None:
        """Say how long everything took. One slow moment of the machine is no failure."""
        print("\n" + "\n".join(f"{took:6.0f} ms  {what}" for what, took in self.took.items()))
        assert median(self.took.values()) < most, self.took


async def _when(seen: Awaitable[float]) -> float:
    return await seen


async def says(page: Page, words: str, at: str = "body", patience: int = PATIENCE) -> float:
    """Wait until the page shows `words`; answers when that was."""
    return await _wait(page, words, at, True, patience)


async def says_no_more(page: Page, words: str, at: str = "body", patience: int = PATIENCE) -> float:
    return await _wait(page, words, at, False, patience)


async def _wait(page: Page, words: str, at: str, is_: bool, patience: int) -> float:
    try:
        found = await page.wait_for_function(SAYS, arg=[words, at, is_], timeout=patience, polling=20)
    except Exception as error:
        shown = await page.evaluate("document.body.innerText")
        raise AssertionError(f"{words!r} at {at} should {'' if is_ else 'not '}be on {page.url}:\n{shown}") from error
    return float(await found.json_value())


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name).last


async def key(page: Page, name: str) -> None:
    """Press a shortcut, as soon as the page listens again."""
    await page.wait_for_function(LISTENS)
    await page.keyboard.press(name)


async def join(phone: Page, name: str, doctor: str = "Meera Nair") -> str:
    """Three taps; answers the number."""
    await phone.get_by_role("radio", name=doctor).tap()
    await phone.get_by_label("Your name").fill(name)
    await button(phone, "Get my ticket").tap()
    await says(phone, "Your number")
    return await number_of(phone)


async def number_of(phone: Page) -> str:
    return await phone.locator(".id .no, .idrow bdi").first.inner_text()


async def is_called(phone: Page, room: str) -> float:
    return max(await says(phone, "It is your turn", ".takeover h1"), await says(phone, room, ".takeover .room"))


async def choose(page: Page, token: str, item: str, yes: str) -> None:
    """Open the menu of a person, choose something there and say yes to the first answer offered."""
    await page.get_by_role("button", name=f"More for {token}").last.click()
    await page.get_by_role("menuitem", name=item).click()
    await page.get_by_role("dialog").get_by_role("button", name=yes).click()
