"""How often somebody may try. Kept generous: a whole waiting room shares one address."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from app import trace
from app.errors import TooMany
from app.settings import Switch, settings

RATES: dict[str, RateLimitItem] = {
    "join": parse("60/minute"),
    "join-hour": parse("300/hour"),
    "join-queue": parse("120/minute"),
    "join-queue-hour": parse("600/hour"),  # more than one address can: nobody shuts a queue alone
    "join-device": parse("30/minute"),
    "hold": parse("60/minute"),  # times kept while a form is filled in
    "hold-hour": parse("600/hour"),
    "book": parse("20/minute"),
    "book-hour": parse("120/hour"),
    "check-in-device": parse("20/minute"),  # at a kiosk, where somebody types who they are
    "check-in-phone": parse("6/hour"),
    "pair": parse("30/minute"),
    "claim": parse("30/minute"),  # of the cookie of a paired device, with a secret that opens nothing
    "register": parse("4/hour"),  # one e-mail or phone number
    "register-address": parse("40/hour"),
    "forgot": parse("4/hour"),
    "forgot-address": parse("40/hour"),
    "new-password-address": parse("40/hour"),
    "export": parse("30/minute"),  # everything about a person, by one user
    "page": parse("1200/minute"),
    "board": parse("60/minute"),
    "api": parse("1200/minute"),
    "feed-action": parse("120/minute"),
    "connect": parse("2400/minute"),  # sockets opened by one address
    "frame": parse("40000/minute"),  # what the sockets of one address say
}
MOST_CONNECTIONS = 600  # sockets that one address holds open
MOST_UNSEEN = 600  # pages that one address asked for and never came to life
FRAMES_AT_ONCE, FRAMES_EACH_SECOND = 200, 20  # of one socket; a busy person sends two a second

MOST_HOLDS = 30  # times that one address keeps at once

_ASK_THE_DESK = "Too many tickets were taken. Please ask the desk."
_CALL_THE_CLINIC = "Too many times were taken from here. Please call the clinic."
_limiter = FixedWindowRateLimiter(MemoryStorage())  # a moving window would keep everybody who ever tried once


def hit(name: str, who: str, refusal: TooMany | None = None) -> None:
    """Count one try of `who`. Raises TooMany when there were too many in the last minute."""
    if not allows(name, who):
        raise refusal or TooMany


def join(address: str, doctor_id: int) -> None:
    """Count one ticket that somebody takes from outside. Raises TooMany for an address or a queue with too many."""
    hit("join", address)
    hit("join-hour", address, TooMany(_ASK_THE_DESK))
    hit("join-queue", str(doctor_id))
    hit("join-queue-hour", str(doctor_id), TooMany(_ASK_THE_DESK))


def hold(address: str) -> None:
    """Count one time that somebody chooses. Raises TooMany for an address that chooses or keeps too many."""
    hit("hold", address)
    hit("hold-hour", address, TooMany(_CALL_THE_CLINIC))
    if holds.is_full(address):
        raise TooMany(_CALL_THE_CLINIC)


def book(address: str) -> None:
    """Count one appointment that somebody makes from outside."""
    hit("book", address)
    hit("book-hour", address, TooMany(_CALL_THE_CLINIC))


def allows(name: str, who: str) -> bool:
    """Count one try of `who` and answer whether it may go on."""
    return is_off() or _limiter.hit(RATES[name], name, trace.network(who))


def is_off() -> bool:
    return settings().rate_limits is Switch.OFF


place = trace.network


def forget() -> None:
    """Start counting anew."""
    _limiter.storage.reset()
    holds.forget()


class Held:
    """How many of something each address holds at the moment."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._now: Counter[str] = Counter()

    def is_full(self, who: str) -> bool:
        return self._now[trace.network(who)] >= self._most and not is_off()

    def take(self, who: str) -> None:
        self._now[trace.network(who)] += 1

    def give_back(self, who: str) -> None:
        self._now[trace.network(who)] -= 1
        if self._now[trace.network(who)] <= 0:
            del self._now[trace.network(who)]

    def forget(self) -> None:
        self._now.clear()

    @contextmanager
    def one(self, who: str) -> Iterator[None]:
        self.take(who)
        try:
            yield
        finally:
            self.give_back(who)


connections = Held(MOST_CONNECTIONS)
holds = Held(MOST_HOLDS)


class Bucket:
    """So many at once, and so many each second after that."""

    def __init__(self, size: int = FRAMES_AT_ONCE, each_second: float = FRAMES_EACH_SECOND) -> None:
        self._size, self._rate = float(size), each_second
        self._left, self._at = float(size), time.monotonic()
        self.refused = 0

    def take(self) -> bool:
        now = time.monotonic()
        self._left = min(self._size, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1 and not is_off():
            self.refused += 1
            return False
        self._left -= 1
        return True
