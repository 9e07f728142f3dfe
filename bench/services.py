"""Check-ins and calls per second through the service layer, beside a bare driver loop on the same engine.

The two take turns, round after round, on databases of their own: what else the machine does meets both.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from app import db
from app.services import calling, joining
from app.services.policy import ANONYMOUS, Actor
from bench import clinic
from bench.bare import bare_mariadb, bare_sqlite
from bench.mariadb import PASSWORD, USER, mariadb

THREADS = 6
ROUNDS, QUICK_ROUNDS = 7, 2
WAITING = 30  # people in each queue before a round; a round adds and calls as many again
CHECK_IN, CALL_NEXT = "check-in", "call next"
NAME = "Asha Rao"


class Desk(Protocol):
    """Whatever checks somebody in and calls the next, each in a transaction of its own."""

    def check_in(self, doctor_id: int) -> None: ...

    def call_next(self, doctor_id: int) -> None: ...


class ServiceDesk:
    """The app's own verbs, as its pages and its API call them."""

    def __init__(self, doctors: dict[int, Actor]) -> None:
        self.doctors = doctors

    def check_in(self, doctor_id: int) -> None:
        who = joining.Newcomer(name=NAME)
        db.transaction(lambda session: joining.join(session, actor=ANONYMOUS, doctor_id=doctor_id, who=who))

    def call_next(self, doctor_id: int) -> None:
        actor = self.doctors[doctor_id]
        db.transaction(lambda session: calling.call_next(session, actor=actor, doctor_id=doctor_id))


@dataclass(frozen=True)
class Timing:
    per_second: list[float] = field(default_factory=list)
    """One for each round."""
    each_ms: list[float] = field(default_factory=list)
    """One for each transaction."""

    def add(self, per_second: float, each_ms: list[float]) -> None:
        self.per_second.append(per_second)
        self.each_ms.extend(each_ms)


@dataclass(frozen=True)
class Pair:
    """One verb on one engine."""

    engine: str
    verb: str
    service: Timing = field(default_factory=Timing)
    bare: Timing = field(default_factory=Timing)


def measure(directory: Path, quick: bool, say: Callable[[str], None]) -> list[Pair]:
    pairs: list[Pair] = []
    for engine, desks in (("SQLite", on_sqlite), ("MariaDB", on_mariadb)):
        say(f"services: {engine}")
        with desks(directory) as (service, bare, doctors):
            pairs += race(engine, service, bare, doctors, QUICK_ROUNDS if quick else ROUNDS)
    return pairs


Desks = tuple[Desk, Desk, list[int]]


@contextmanager
def on_sqlite(directory: Path) -> Iterator[Desks]:
    paths = {name: directory / f"{name}.sqlite3" for name in ("bare", "service")}
    clinic.build(f"sqlite:///{paths['bare']}")
    doctors = clinic.build(f"sqlite:///{paths['service']}")
    yield ServiceDesk(doctors), bare_sqlite(paths["bare"], clinic.today()), list(doctors)
    db.disconnect()


@contextmanager
def on_mariadb(directory: Path) -> Iterator[Desks]:
    with mariadb(directory, ("bare", "service")) as port:
        clinic.build(mariadb_url(port, "bare"))
        doctors = clinic.build(mariadb_url(port, "service"))
        yield ServiceDesk(doctors), bare_mariadb(port, "bare", clinic.today()), list(doctors)
        db.disconnect()


def mariadb_url(port: int, database: str) -> str:
    return f"mysql+mysqldb://{USER}:{PASSWORD}@127.0.0.1:{port}/{database}"


def race(engine: str, service: Desk, bare: Desk, doctors: list[int], rounds: int) -> list[Pair]:
    check_in, call_next = Pair(engine, CHECK_IN), Pair(engine, CALL_NEXT)
    jobs = doctors * WAITING
    with ThreadPoolExecutor(THREADS) as pool:
        for desk in (service, bare):  # fills the queues, opens the connections, warms the caches
            run(pool, desk.check_in, jobs)
        for number in range(rounds):
            turns = [(service, check_in.service, call_next.service), (bare, check_in.bare, call_next.bare)]
            for desk, checked_in, called in turns if number % 2 else reversed(turns):
                checked_in.add(*run(pool, desk.check_in, jobs))
                called.add(*run(pool, desk.call_next, jobs))
    return [check_in, call_next]


def run(pool: ThreadPoolExecutor, verb: Callable[[int], None], jobs: list[int]) -> tuple[float, list[float]]:
    """Transactions per second, and the milliseconds that each took."""

    def timed(doctor_id: int) -> float:
        began = time.perf_counter()
        verb(doctor_id)
        return 1000 * (time.perf_counter() - began)

    start = time.perf_counter()
    each_ms = list(pool.map(timed, jobs))
    return len(jobs) / (time.perf_counter() - start), each_ms
