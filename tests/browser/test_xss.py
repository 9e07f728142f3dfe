"""G-XSS: thirty payloads in every text that people can write, on every page that shows any: none runs.

The texts are put into the database past all checks, so the pages stand alone. Every row of a table has another
payload, and each round shifts them by one: `XSS_ROUNDS=30` (`make xss`) brings every payload into every field.
"""

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pytest
from playwright.async_api import Page
from sqlalchemy import Enum, String
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from app.models import Role
from app.settings import settings
from app.web import sessions
from tests.access.pages import ROLES as MATRIX
from tests.access.pages import filled
from tests.browsers import READY, Browsers
from tests.factories import Clinic
from tests.serving import Server

TEXT = (AutoString, String)
ROUNDS = int(os.environ.get("XSS_ROUNDS", "1"))
TABS = 3

PAYLOADS = (
    "<script>__xss=1</script>",
    "<img src=x onerror=__xss=2>",
    "<svg onload=__xss=3>",
    '"><script>__xss=4</script>',
    "'><img src=x onerror=__xss=5>",
    "<iframe srcdoc='<script>parent.__xss=6</script>'>",
    "javascript:__xss=7",
    "</script><script>__xss=8</script>",
    "</title><svg onload=__xss=9>",
    "</style><img src=x onerror=__xss=10>",
    "<body onload=__xss=11>",
    "<input autofocus onfocus=__xss=12>",
    "<details open ontoggle=__xss=13>x</details>",
    "{{__xss=14}}",
    "{{constructor.constructor('__xss=15')()}}",
    "${__xss=16}",
    "`+(__xss=17)+`",
    "'-(__xss=18)-'",
    '";__xss=19;//',
    '\\"};__xss=20;//',
    "\\u003cimg src=x onerror=__xss=21\\u003e",
    "&lt;img src=x onerror=__xss=22&gt;",
    "<a href=javascript:__xss=23 data-evil>x</a>",
    "[x](javascript:__xss=24)",
    "<math><mi xlink:href=javascript:__xss=25>",
    "<style>@import 'javascript:__xss=26';</style><b data-evil>",
    "x onmouseover=__xss=27 style=position:fixed;inset:0",
    "\u2028__xss=28//",
    '<template v-html="__xss=29"><b data-evil></template>',
    ":innerHTML=__xss=30 v-on:click=__xss=30",
)

# Where people's words are kept. Everything else is made by us, and says so here.
WORDS = {
    "clinic": {"name"}, "device": {"name"}, "user": {"name"}, "user_session": {"device"},
    "doctor": {"name", "specialization", "licence_number", "languages", "biography", "room"},
    "patient": {"name", "phone", "allergies", "insurance_provider", "insurance_number", "emergency_name",
                "emergency_phone", "language"},
    "message": {"recipient", "subject", "body", "error"},
    "queue_entry": {"reason", "room", "hold_reason"}, "entry_event": {"room"},
    "appointment": {"reason", "close_reason"}, "schedule_exception": {"note"},
}  # fmt: skip
OURS = {
    "clinic": {"timezone"}, "device": {"code_hash", "token_hash", "address"},
    "user": {"email", "phone", "password_hash", "totp"}, "user_session": {"token_hash", "address"},
    "doctor": {"letter", "letter_in_use"}, "patient": {"name_key", "phone_key"}, "recovery_code": {"code_hash"},
    "message": {"kind", "once"}, "one_time_link": {"token_hash"}, "request_key": {"asker", "key_hash", "body_hash"},
    "audit": {"role", "action", "kind", "reason", "fields", "address", "request_id", "mark"}, "audit_seal": {"digest"},
    "queue_entry": {"token", "link", "origin", "close_reason"},
    "entry_event": {"verb", "actor_role", "reason", "step"}, "appointment": {"link"},
}  # fmt: skip

WATCH = """
Object.defineProperty(window, "__xss", {
    get() { return 0; }, set(value) { console.error("a payload ran: " + value); },
});
addEventListener("securitypolicyviolation", (event) => console.error("the policy stopped " + event.blockedURI));
"""
EVIL = """() => [...document.querySelectorAll("*")].filter((element) =>
    element.matches("[data-evil], img[src='x'], iframe[srcdoc], [v-html], math") ||
    [...element.attributes].some((each) =>
        (/^on|^v-on|^:/i.test(each.name) && each.value.includes("__xss")) ||
        (/^(href|src|action|formaction|xlink:href)$/i.test(each.name) && /^\\s*javascript:/i.test(each.value)))
).map((element) => element.outerHTML.slice(0, 200))"""
ROLES = {path: Role.ADMIN if allowed and Role.ADMIN in allowed else min(allowed) if allowed else None
         for path, allowed in MATRIX.items()}  # fmt: skip
ASKED = ("/login", "/register", "/forgot", "/join-queue", "/display", "/locked", "/poster")
PREFIXES = ("/", "/t/", "/doctor/", "/api/v1/tickets/", "/assets/", "/claim/", "/_nicegui/")
PARAMETERS = ("q", "open", "page", "status", "day", "doctor", "next", "error", "role", "scale", "who", "kind", "action")


def test_every_text_in_the_database_is_known_here() -> None:
    for table in SQLModel.metadata.sorted_tables:
        texts = {c.name for c in table.columns if isinstance(c.type, TEXT) and not isinstance(c.type, Enum)}
        words, ours = WORDS.get(table.name, set()), OURS.get(table.name, set())
        assert texts == words | ours, f"{table.name}: is it people's words or ours?"
        assert not words & ours, table.name


@dataclass
class House:
    """A clinic full of payloads, and who has looked at what."""

    clinic: Clinic
    server: Server
    seen: int = 0
    complaints: list[str] = field(default_factory=list)

    def fill(self) -> None:
        """People in every state a page shows."""
        doctor, desk = self.clinic.doctor(), self.clinic.staff(Role.RECEPTION)
        for number in range(len(PAYLOADS) + 5):
            entry = self.clinic.join(f"Number {number}", actor=desk, reason="Cough")
            if number < 3:
                self.clinic.do("hold", self.clinic.do("start", entry, actor=doctor), actor=doctor, reason="Blood test")
            elif number < 6:
                self.clinic.do("cancel", entry, actor=desk)
        self.clinic.call_next()
        for name in ("Bela", "Cora"):
            self.clinic.join(name, doctor_id=self.clinic.add_doctor(name))

    def poison(self, shift: int) -> None:
        path = Path(settings().url.removeprefix("sqlite:///"))
        with closing(sqlite3.connect(path)) as database, database:
            for table, columns in WORDS.items():
                ids = [row[0] for row in database.execute(f'SELECT id FROM "{table}" ORDER BY id')]
                for place, name in enumerate(sorted(columns)):
                    which = [PAYLOADS[(number + 7 * place + shift) % len(PAYLOADS)] for number in range(len(ids))]
                    said = list(zip(which, ids, strict=True))
                    database.executemany(f'UPDATE "{table}" SET "{name}" = ? WHERE id = ?', said)

    async def look(self, page: Page, address: str) -> None:
        """Open a page, wait until it is drawn, and search it for anything that is more than text."""
        answer = await page.goto(self.server.url + address)
        assert answer, address
        assert answer.status < 500, f"{address}: {answer.status}"
        if "clientId" in await answer.text() or "client_id" in await answer.text():
            await page.wait_for_function(READY, timeout=20_000)
            await page.wait_for_timeout(60)
        evil = await page.evaluate(EVIL)
        assert not evil, f"{address}: {evil}"
        self.seen += (await page.evaluate("document.documentElement.innerText")).count("__xss")


def addresses(clinic: Clinic, real: list[str], shift: int) -> Iterator[tuple[Role | None, str]]:
    """Every page, and again with payloads in everything that an address may say."""
    for number, (path, asked) in enumerate(zip(MATRIX, real, strict=True)):
        if path.endswith(".csv"):
            continue
        role = ROLES[path]
        yield role, asked
        if path in ASKED or path.startswith("/admin/"):
            words = {name: PAYLOADS[(number + place + shift) % len(PAYLOADS)] for place, name in enumerate(PARAMETERS)}
            yield role, f"{asked}?{urlencode(words)}"
        if path.startswith("/admin/"):
            yield role, f"{asked}?open={clinic.doctor_id + number % 3}"


@pytest.mark.timeout(1800)
async def test_no_payload_runs(clinic: Clinic, data_dir: Path, browser: Browsers) -> None:
    house = House(clinic, Server(data_dir))
    house.fill()
    real = filled("\n".join(MATRIX).replace("/claim", "/claim/{token}"), clinic).split("\n")
    for shift in range(ROUNDS):
        todo = list(addresses(clinic, real, shift))
        house.poison(shift)
        house.server.start()
        try:
            context = {role: await opened(house, browser, role) for role in {role for role, _ in todo}}
            for role, pages in context.items():
                mine = [address for who, address in todo if who is role]
                await asyncio.gather(*[_all(house, page, mine[number::TABS]) for number, page in enumerate(pages)])
            await plain(house)
        finally:
            house.server.stop()
    assert house.seen > 300 * ROUNDS, "the payloads are not on the pages"
    forgiven = ("status of 404", "status of 403", "status of 422")
    browser.complaints[:] = [said for said in browser.complaints if not any(word in said for word in forgiven)]


async def opened(house: House, browser: Browsers, role: Role | None) -> list[Page]:
    """The tabs of one person."""
    first = await browser.desktop()
    await first.context.add_init_script(WATCH)
    first.context.on("dialog", lambda dialog: browser.complaints.append(f"a dialog: {dialog.message}"))
    if role:
        token = house.clinic.session_token(role)
        await first.context.add_cookies([{"name": sessions.cookie_name(), "value": token, "url": house.server.url}])
    return [first, *[await first.context.new_page() for _ in range(TABS - 1)]]


async def _all(house: House, page: Page, mine: list[str]) -> None:
    for address in mine:
        await house.look(page, address)


async def plain(house: House) -> None:
    """What is no page: tables to download, and addresses that are none."""
    cookie = {sessions.cookie_name(): house.clinic.session_token(Role.ADMIN)}
    async with httpx.AsyncClient(base_url=house.server.url, cookies=cookie) as http:
        for path in (path for path in MATRIX if path.endswith(".csv")):
            answer = await http.get(path)
            assert answer.headers["content-type"].startswith("text/csv")
            assert "attachment" in answer.headers["content-disposition"]
            assert answer.headers["x-content-type-options"] == "nosniff"
        for number, payload in enumerate(PAYLOADS):
            path = PREFIXES[number % len(PREFIXES)] + quote(payload, safe="")
            said = await http.get(path)
            is_page = "text/html" in said.headers.get("content-type", "")
            assert not is_page or payload not in said.text, path
