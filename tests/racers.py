"""What a process of its own does in a race; imported by tests/test_races.py and by the processes it starts."""

from collections.abc import Callable
from typing import Any

from app import db
from app.errors import DomainError
from app.services import calling, joining
from app.services.policy import ANONYMOUS, Actor
from tests.factories import T


def outcome(work: Callable[[], T]) -> T | str:
    """What came of it; a refusal as its code. Whatever else is raised is a bug and goes on."""
    try:
        return work()
    except DomainError as refusal:
        return refusal.code


def join(doctor_id: int, name: str = "Asha Rao", **who: Any) -> str:
    newcomer = joining.Newcomer(name=name, **who)
    return db.transaction(lambda s: joining.join(s, actor=ANONYMOUS, doctor_id=doctor_id, who=newcomer).token)


def call_next(doctor_id: int, actor: Actor) -> str:
    return db.transaction(lambda s: calling.call_next(s, actor=actor, doctor_id=doctor_id).token)


def rush(url: str, doctor_id: int, actor: Actor, times: int) -> tuple[list[str], list[str]]:
    """In a new process: join and call next, in turns; the tokens that were given and those that were called."""
    db.connect(url)
    try:
        given, called = [], []
        for _ in range(times):
            given.append(outcome(lambda: join(doctor_id)))
            called.append(outcome(lambda: call_next(doctor_id, actor)))
        return given, called
    finally:
        db.disconnect()
