"""How often somebody may try. Kept generous: a whole waiting room shares one address."""

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from app.errors import TooMany
from app.settings import Switch, settings

RATES: dict[str, RateLimitItem] = {
    "sign-in": parse("8/minute"),
    "sign-in-address": parse("40/minute"),
    "join": parse("60/minute"),
    "join-queue": parse("120/minute"),
    "page": parse("1200/minute"),
    "board": parse("60/minute"),
    "event": parse("1200/minute"),
    "api": parse("1200/minute"),
    "feed-action": parse("120/minute"),
}

_limiter = FixedWindowRateLimiter(MemoryStorage())  # a moving window would keep everybody who ever tried once


def hit(name: str, who: str, refusal: TooMany | None = None) -> None:
    """Count one try of `who`. Raises TooMany when there were too many in the last minute."""
    if not allows(name, who):
        raise refusal or TooMany


def allows(name: str, who: str) -> bool:
    """Count one try of `who` and answer whether it may go on."""
    return settings().rate_limits is Switch.OFF or _limiter.hit(RATES[name], name, who)


def forget() -> None:
    """Start counting anew."""
    _limiter.storage.reset()
