"""How often somebody may try to prove who they are: the more wrong tries, the longer the wait.

Each bucket is counted in several windows at once. Five wrong passwords in a minute mean a wait of up to a
minute; ten in ten minutes one of up to ten; twenty in an hour one of up to an hour, and never longer.

Strangers share one bucket per account, so they can fill it. A browser that has signed in to the account before
carries a device cookie and has a bucket of its own: nobody else can keep its owner out. (See OWASP, "Slow Down
Online Guessing Attacks with Device Cookies".) Right tries are not counted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from app import clock
from app.errors import TooMany
from app.web import limits

_PERSON: Final = parse_many("5/minute; 10/10 minutes; 20/hour")
_ADDRESS: Final = parse_many("40/minute; 120/10 minutes; 300/hour")  # a whole clinic shares one

_limiter = FixedWindowRateLimiter(MemoryStorage())


class Bucket(NamedTuple):
    """Whose tries are counted together."""

    kind: str
    who: str

    @property
    def windows(self) -> list[RateLimitItem]:
        return _ADDRESS if self.kind == "address" else _PERSON


@contextmanager
def one_try(*buckets: Bucket) -> Iterator[None]:
    """Count what happens inside as one wrong try unless it ends well.

    It is counted before it is done: many at once are many. Raises TooMany, which says how long to wait.
    """
    counted = [(window, *bucket) for bucket in buckets for window in bucket.windows]
    if limits.is_off():
        counted = []
    if waits := [_wait(*each) for each in counted if not _limiter.test(*each)]:
        raise _too_many(max(waits))
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


def minutes(seconds: int) -> int:
    """How long to wait, as people say it."""
    return max(1, -(-seconds // 60))


def _wait(window: RateLimitItem, *who: str) -> int:
    left = _limiter.get_window_stats(window, *who).reset_time - clock.now().timestamp()
    return min(max(1, round(left)), window.get_expiry())


def _too_many(seconds: int) -> TooMany:
    said = minutes(seconds)
    error = TooMany(f"Too many tries. Please wait {said} {'minute' if said == 1 else 'minutes'} and try again.")
    error.seconds = seconds
    return error
