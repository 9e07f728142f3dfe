"""The more wrong tries, the longer the wait; and nobody can keep somebody else out."""

from datetime import UTC, datetime

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


def test_an_address_may_try_more_often_than_a_person(passing: Passing) -> None:
    address = Bucket("address", "203.0.113.9")
    for number in range(40):
        wrong(Bucket("sign-in", f"{number}@clinic.test"), address)
    wait(Bucket("sign-in", "another@clinic.test"), address)


def test_the_sentence_says_how_long(passing: Passing) -> None:
    for _ in range(5):
        wrong()
    with pytest.raises(TooMany, match=r"Please wait 1 minute and try again\."), throttle.one_try(ACCOUNT):
        pass
    passing.at += 61
    for _ in range(5):
        wrong()
    with pytest.raises(TooMany, match=r"Please wait 9 minutes and try again\."), throttle.one_try(ACCOUNT):
        pass
