"""How often somebody may try."""

import time

import pytest
from limits import parse

from app.errors import TooMany
from app.web import limits


def test_one_who_tries_too_often_waits_and_nobody_else_does(data_dir: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.RATES, "join", parse("8/minute"))
    for _ in range(8):
        limits.hit("join", "192.0.2.1")
    with pytest.raises(TooMany):
        limits.hit("join", "192.0.2.1")
    limits.hit("join", "192.0.2.2")
    limits.hit("board", "192.0.2.1")


def test_who_tried_once_is_forgotten(data_dir: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.RATES, "board", parse("1/second"))
    for number in range(200):
        limits.allows("board", str(number))
    deadline = time.monotonic() + 10
    while remembered() > 20 and time.monotonic() < deadline:
        time.sleep(0.2)
        limits.allows("board", "still here")
    assert remembered() <= 20


def remembered() -> int:
    """How many the biggest table of the limiter holds."""
    return max(len(kept) for kept in vars(limits._limiter.storage).values() if isinstance(kept, dict))
