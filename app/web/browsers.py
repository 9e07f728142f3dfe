"""The browser somebody signs in with: what to call it, and whether it has signed in before.

After a sign-in a browser gets a signed cookie that holds a random name and, as keyed hashes, which accounts have
signed in there. It opens nothing: it only has tries of its own (see `throttle`).
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from fastapi import Request, Response

from app.services import text
from app.settings import settings
from app.web import cookies

COOKIE = "mediqueue-known"
YEAR = 365 * 24 * 60 * 60  # seconds
MOST_ACCOUNTS = 30  # who share a computer at a ward
_MARK = 12  # letters

_BROWSERS = (
    ("Edge", "Edg"), ("Opera", "OPR"), ("Samsung Internet", "SamsungBrowser"), ("Firefox", "Firefox|FxiOS"),
    ("Chrome", "Chrome|CriOS|Chromium"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac", "Macintosh"),
    ("ChromeOS", "CrOS"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Device:
    name: str
    accounts: tuple[str, ...] = ()

    def knows(self, handle: str) -> bool:
        """Whether this account has signed in here before."""
        return _mark(handle) in self.accounts


def called(request: Request) -> str:
    """What people call it: "Chrome on Windows"."""
    sent = request.headers.get("user-agent", "")
    browser = next((name for name, sign in _BROWSERS if re.search(sign, sent)), "")
    system = next((name for name, sign in _SYSTEMS if sign in sent), "")
    return " on ".join(part for part in (browser, system) if part)


def normal(handle: str) -> str:
    """An e-mail or a phone number, always written the same way."""
    return (handle.strip().lower() if "@" in handle else text.dialled(handle))[:254]


def of(request: Request) -> Device:
    """The device by its cookie; an unknown one if there is none, or one that is not ours."""
    name, _, rest = request.cookies.get(cookies.named(COOKIE), "").partition(".")
    accounts, _, signature = rest.partition(".")
    if name and hmac.compare_digest(signature.encode(), _signature(name, accounts).encode()):
        return Device(name, tuple(accounts.split("-")))
    return Device("")


def remember(response: Response, device: Device, *handles: str | None) -> None:
    """From now on these names of an account are known here."""
    marks = [_mark(handle) for handle in handles if handle]
    name = device.name or secrets.token_hex(8)
    accounts = "-".join([*marks, *(old for old in device.accounts if old and old not in marks)][:MOST_ACCOUNTS])
    cookies.put(response, COOKIE, f"{name}.{accounts}.{_signature(name, accounts)}", seconds=YEAR)


def _mark(handle: str) -> str:
    return _keyed(f"account {normal(handle)}")[:_MARK]


def _signature(name: str, accounts: str) -> str:
    return _keyed(f"device {name} {accounts}")


def _keyed(said: str) -> str:
    return hmac.new(settings().key, said.encode(), hashlib.sha256).hexdigest()
