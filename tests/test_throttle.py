"""The more wrong tries, the longer the wait; and nobody can keep somebody else out."""

import asyncio
from datetime import UTC, datetime
from time import monotonic

import pytest

from app import clock
from app.errors import NotSignedIn, TooMany
from app.web import throttle
from app.web.throttle import Bucket


class Passing:
    """Time as the limiter sees it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = 1_800_000_000.0
        monkeypatch.setattr("limits.storage.memory.time.time", lambda: self.at)


@pytest.fixture
def passing(data_dir: object, monkeypatch: pytest.MonkeyPatch) -> Passing:
    time = Passing(monkeypatch)
    clock.use(lambda: datetime.fromtimestamp(time.at, UTC))
    return time


ACCOUNT = Bucket("sign-in", "ada@clinic.test")


def wrong(*buckets: Bucket) -> None:
    with pytest.raises(NotSignedIn), throttle.one_try(*buckets or (ACCOUNT,)):
        raise NotSignedIn


def wait(*buckets: Bucket) -> int:
    """How long somebody who tries now has to wait, in seconds."""
    with pytest.raises(TooMany) as caught, throttle.one_try(*buckets or (ACCOUNT,)):
        pytest.fail("It was let through.")
    return caught.value.seconds


def test_the_wait_grows(passing: Passing) -> None:
    for _ in range(5):
        wrong()
    assert wait() == 60
    passing.at += 61
    for _ in range(5):
        wrong()
    assert 500 < wait() <= 600
    passing.at += 601
    for _ in range(5):
        wrong()
    passing.at += 61
    for _ in range(5):
        wrong()
    assert 2000 < wait() <= 3600
    passing.at += 3601
    wrong()


def test_trying_while_one_has_to_wait_makes_it_no_longer(passing: Passing) -> None:
    for _ in range(5):
        wrong()
    for _ in range(50):
        wait()
    passing.at += 61
    wrong()


def test_right_tries_are_not_counted(passing: Passing) -> None:
    for _ in range(50):
        with throttle.one_try(ACCOUNT):
            pass
    for _ in range(5):
        wrong()
    wait()


def test_many_at_once_are_many(passing: Passing) -> None:
    """Counted before it is known whether they are right: a hundred at once are not a hundred first ones."""
    tries = [throttle.one_try(ACCOUNT) for _ in range(5)]
    for one in tries:
        one.__enter__()
    wait()
    for one in tries:
        one.__exit__(None, None, None)
    wrong()


def test_everybody_has_a_bucket_of_their_own(passing: Passing) -> None:
    known = Bucket("sign-in-device", "ada@clinic.test d00d")
    for _ in range(5):
        wrong()
    wrong(known)
    wrong(Bucket("sign-in", "other@clinic.test"))
    for _ in range(4):
        wrong(known)
    wait(known)


ADDRESS = Bucket("address", "203.0.113.9")


async def in_turn(name: str) -> None:
    """A wrong try at this account from `ADDRESS`."""
    with pytest.raises(NotSignedIn):
        async with throttle.one_try_in_turn(Bucket("sign-in", name), ADDRESS):
            raise NotSignedIn


async def test_an_address_may_try_more_often_than_a_person_and_then_it_is_slow(
    passing: Passing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole clinic sits behind it: made-up names keep nobody out, and trying many accounts is slow."""
    monkeypatch.setattr(throttle, "PAUSE", 0.05)
    began = monotonic()
    for number in range(40):
        await in_turn(f"{number}@clinic.test")
    assert not throttle._lanes
    async with throttle.one_try_in_turn(ACCOUNT, ADDRESS):
        waited = monotonic() - began
    assert waited >= 0.05
    began = monotonic()
    await asyncio.gather(*[in_turn(f"more{number}@clinic.test") for number in range(4)])
    assert monotonic() - began >= 0.2, "one after the other"
    async with throttle.one_try_in_turn(Bucket("sign-in-device", "ada@clinic.test d00d")):
        pass
    assert not throttle._lanes


async def test_so_many_wait_for_their_turn_and_no_more(passing: Passing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "PAUSE", 0.02)
    monkeypatch.setattr(throttle, "MOST_WAITING", 3)
    for number in range(40):
        wrong(Bucket("sign-in", f"{number}@clinic.test"), ADDRESS)
    tries = [in_turn(f"more{number}@clinic.test") for number in range(5)]
    said = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(each) for each in said] == [type(None)] * 3 + [TooMany] * 2
    await in_turn("later@clinic.test")


async def test_a_full_account_is_refused_at_once_whatever_its_address(passing: Passing) -> None:
    for number in range(40):
        wrong(Bucket("sign-in", str(number // 5)), ADDRESS)
    began = monotonic()
    with pytest.raises(TooMany):
        async with throttle.one_try_in_turn(Bucket("sign-in", "0"), ADDRESS):
            pytest.fail("It was let through.")
    assert monotonic() - began < 1


def test_the_sentence_says_how_long(passing: Passing) -> None:
    for _ in range(5):
        wrong()
    with pytest.raises(TooMany, match=r"Try again in 1 minute\."), throttle.one_try(ACCOUNT):
        pass
    passing.at += 61
    for _ in range(5):
        wrong()
    with pytest.raises(TooMany, match=r"Try again in 9 minutes\."), throttle.one_try(ACCOUNT):
        pass
