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
    "pair": parse("30/minute"),
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

_ASK_THE_DESK = "Too many tickets were taken. Please ask the desk."
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


def allows(name: str, who: str) -> bool:
    """Count one try of `who` and answer whether it may go on."""
    return is_off() or _limiter.hit(RATES[name], name, trace.network(who))


def is_off() -> bool:
    return settings().rate_limits is Switch.OFF


place = trace.network


def forget() -> None:
    """Start counting anew."""
    _limiter.storage.reset()


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

    @contextmanager
    def one(self, who: str) -> Iterator[None]:
        self.take(who)
        try:
            yield
        finally:
            self.give_back(who)


connections = Held(MOST_CONNECTIONS)


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
