"""A real Chromium, one context per person, each remembering what its console complained about."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.engines import missing

PROGRAMS = ("chromium", "google-chrome", "chromium-browser")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
LOST = ("net::ERR_CONNECTION", "net::ERR_INTERNET_DISCONNECTED")  # a server killed, a network cut: by the test
READY = "window.did_handshake === true"


class Browsers:
    """`phone()`, `desktop()` and `tv()` each give the page of a person of their own."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.complaints: list[str] = []

    async def phone(self, **options: Any) -> Page:
        return await self.person(390, 844, is_mobile=True, has_touch=True, **options)

    async def desktop(self, **options: Any) -> Page:
        return await self.person(1440, 900, **options)

    async def tv(self, **options: Any) -> Page:
        return await self.person(1920, 1080, **options)

    async def person(self, width: int, height: int, **options: Any) -> Page:
        context: BrowserContext = await self._browser.new_context(
            viewport={"width": width, "height": height}, **options
        )
        context.on("console", lambda said: self._heard(said.type, said.text))
        context.on("weberror", lambda error: self._heard("error", str(error.error)))
        return await context.new_page()

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and not any(lost in text for lost in LOST):
            self.complaints.append(text)


async def open_page(page: Page, url: str) -> None:
    """Go there and wait until the page is alive."""
    await page.goto(url)
    await page.wait_for_function(READY)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browsers]:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        missing("Chromium is not installed (none of: " + ", ".join(PROGRAMS) + ")")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        try:
            yield Browsers(browser)
        finally:
            await browser.close()
