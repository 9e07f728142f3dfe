"""How often somebody may try to prove who they are: the more wrong tries, the longer the wait.

Each bucket is counted in several windows at once. Five wrong passwords in a minute mean a wait of up to a
minute; ten in ten minutes one of up to ten; twenty in an hour one of up to an hour, and never longer.

An address is never shut: whoever sits in a clinic shares one with the waiting room. When its bucket is full, its
tries are only slow: one after the other, with a pause before each, and a few may wait their turn.

Strangers share one bucket per account, so they can fill it. A browser that has signed in to the account before
carries a device cookie and has a bucket of its own: nobody else can keep its owner out. (See OWASP, "Slow Down
Online Guessing Attacks with Device Cookies".) Right tries are not counted.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final, NamedTuple

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from app import clock
from app.errors import TooMany
from app.web import limits

_PERSON: Final = parse_many("5/minute; 10/10 minutes; 20/hour")
_ADDRESS: Final = parse_many("40/minute; 120/10 minutes; 300/hour")  # a whole clinic shares one

PAUSE: Final = 2.0  # seconds, before each try of an address whose bucket is full
MOST_WAITING: Final = 15  # of one address
_TURN: Final = MOST_WAITING * round(PAUSE)  # seconds until all who wait have had their turn

_limiter = FixedWindowRateLimiter(MemoryStorage())


class Bucket(NamedTuple):
    """Whose tries are counted together."""

    kind: str
    who: str

    @property
    def windows(self) -> list[RateLimitItem]:
        return _ADDRESS if self.is_address else _PERSON

    @property
    def is_address(self) -> bool:
        return self.kind == "address"

    @property
    def is_full(self) -> bool:
        return not all(_limiter.test(window, *self) for window in self.windows)


class _Lane:
    """Where the tries of one address wait for their turn."""

    def __init__(self) -> None:
        self.turn, self.waiting = asyncio.Lock(), 0


_lanes: dict[str, _Lane] = {}


@asynccontextmanager
async def one_try_in_turn(*buckets: Bucket) -> AsyncIterator[None]:
    """The same as `one_try`, for strangers: after a pause if the bucket of their address is full."""
    _refuse_if_full(*buckets)
    for bucket in buckets:
        if bucket.is_address and bucket.is_full and not limits.is_off():
            await _turn(bucket.who)
    with one_try(*buckets):
        yield


async def _turn(address: str) -> None:
    """Wait for this address's next turn. Raises TooMany if enough wait already."""
    lane = _lanes.setdefault(address, _Lane())
    if lane.waiting >= MOST_WAITING:
        raise _too_many(_TURN)
    lane.waiting += 1
    try:
        async with lane.turn:
            await asyncio.sleep(PAUSE)
    finally:
        lane.waiting -= 1
        if not lane.waiting:
            _lanes.pop(address, None)


@contextmanager
def one_try(*buckets: Bucket) -> Iterator[None]:
    """Count what happens inside as one wrong try unless it ends well.

    It is counted before it is done: many at once are many. Raises TooMany, which says how long to wait.
    """
    _refuse_if_full(*buckets)
    counted = [] if limits.is_off() else [(window, *bucket) for bucket in buckets for window in bucket.windows]
    for each in counted:
        _limiter.hit(*each)
    yield
    for window, *who in counted:
        key = window.key_for(*who)
        if _limiter.storage.get(key):
            _limiter.storage.decr(key)  # type: ignore[attr-defined]  # every storage has it, the base does not say so


def forget() -> None:
    """Start counting anew."""
    _limiter.storage.reset()
    _lanes.clear()


def minutes(seconds: int) -> int:
    """How long to wait, as people say it."""
    return max(1, -(-seconds // 60))


def _refuse_if_full(*buckets: Bucket) -> None:
    """Raises TooMany; an address alone is no reason."""
    counted = [(window, *bucket) for bucket in buckets for window in bucket.windows if not bucket.is_address]
    waits = [_wait(*each) for each in counted if not _limiter.test(*each)]
    if waits and not limits.is_off():
        raise _too_many(max(waits))


def _wait(window: RateLimitItem, *who: str) -> int:
    left = _limiter.get_window_stats(window, *who).reset_time - clock.now().timestamp()
    return min(max(1, round(left)), window.get_expiry())


def _too_many(seconds: int) -> TooMany:
    said = minutes(seconds)
    error = TooMany(f"Too many tries. Try again in {said} {'minute' if said == 1 else 'minutes'}.")
    error.seconds = seconds
    return error
