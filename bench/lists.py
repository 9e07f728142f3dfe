"""How long the server needs for one page of the admin's lists, with a hundred thousand rows in each table."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from app import clock, db
from app.models import (
    TOKEN_LETTERS,
    AuditRow,
    Clinic,
    Outcome,
    Patient,
    QueueEntry,
    Role,
    Status,
    User,
    UserSession,
    dialled,
    folded,
)
from app.services import accounts, auditing, duplicates, history, patients, retention
from app.services.duplicates import Why
from app.services.history import Filter
from app.services.policy import Actor, Kind
from bench.clinic import open_queue
from bench.mariadb import PASSWORD, USER, mariadb

ROWS, QUICK_ROWS = 100_000, 5_000
TIMES, QUICK_TIMES = 40, 5
AT_ONCE = 5_000
DOCTORS = 12
ADMIN = 100
FIRST = ("Asha", "Omar", "Meera", "Zoë", "Jürgen", "Ana", "Li", "Fatima", "John", "Olena", "Kofi", "Mateo", "Aiko")
LAST = ("Rao", "Haddad", "Nair", "Müller", "García", "Wei", "O’Neill", "Kovač", "Smith", "Bondarenko", "Mensah", "Sato")
Load = Callable[[Session], list[Any]]


@dataclass(frozen=True)
class ListLoad:
    """One page of one list on one engine, loaded again and again."""

    engine: str
    page: str
    asked: str
    rows: int
    each_ms: list[float]


def measure(directory: Path, quick: bool, say: Callable[[str], None]) -> list[ListLoad]:
    say("lists: SQLite")
    found = _measure("SQLite", f"sqlite:///{directory / 'lists.sqlite3'}", quick)
    say("lists: MariaDB")
    with mariadb(directory, ("lists",)) as port:
        found += _measure("MariaDB", f"mysql+mysqldb://{USER}:{PASSWORD}@127.0.0.1:{port}/lists", quick)
    return found


def _measure(engine: str, url: str, quick: bool) -> list[ListLoad]:
    actor = build(url, QUICK_ROWS if quick else ROWS)
    try:
        return [
            ListLoad(engine, page, asked, len(db.reading(load)), _timed(load, QUICK_TIMES if quick else TIMES))
            for page, asked, load in loads(actor, QUICK_ROWS if quick else ROWS)
        ]
    finally:
        db.disconnect()


def _timed(load: Load, times: int) -> list[float]:
    each: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        db.reading(load)
        each.append(1000 * (time.perf_counter() - began))
    return each


def loads(actor: Actor, rows: int) -> Iterator[tuple[str, str, Load]]:
    """What is asked of each list; the deep page is near its end."""
    deep = rows // patients.PAGE - 10
    people = partial(patients.found, actor=actor)
    yield "patients", "first page", people
    yield "patients", f"page {deep:,}", partial(people, page=deep)
    for asked, search in (
        ("start of a name", "ash"), ("middle of a name", "ülle"), ("whole name", "Asha Rao 77"), ("phone", "0664 1234"),
        ("number", "#4711"), ("nobody", "xyzzy"),
    ):  # fmt: skip
        yield "patients", asked, partial(people, search=search)
    yield "patients", "middle of a name, page 100", partial(people, search="a", page=100)
    entries = partial(history.entries, actor=actor)
    yield "tickets", "first page", partial(entries, asked=Filter())
    yield "tickets", f"page {deep:,}", partial(entries, asked=Filter(), page=deep)
    today = date(2026, 6, 1)
    for asked, wish in (
        ("a doctor", Filter(doctor_id=3)),
        ("a rare status", Filter(status=Status.ON_HOLD)),
        ("a usual status", Filter(status=Status.DONE)),
        ("a day", Filter(first=today, last=today)),
        ("doctor, status and day", Filter(doctor_id=3, status=Status.DONE, first=today, last=today)),
        ("token", Filter(search="B42")),
        ("start of a name", Filter(search="ash")),
        ("middle of a name", Filter(search="ülle")),
        ("whole name", Filter(search="Asha Rao 77")),
        ("nobody", Filter(search="xyzzy")),
    ):
        yield "tickets", asked, partial(entries, asked=wish)
    yield "tickets", "a doctor, page 100", partial(entries, asked=Filter(doctor_id=3), page=100)
    users = partial(accounts.users, actor=actor)
    yield "users", "first page", users
    yield "users", f"page {deep:,}", partial(users, page=deep)
    yield "users", "a role", partial(users, role=Role.NURSE)
    for asked, search in (("start of a name", "ash"), ("e-mail", "u4711@"), ("nobody", "xyzzy")):
        yield "users", asked, partial(users, search=search)
    for why in Why:
        yield "duplicates", why, partial(duplicates.pairs, actor=actor, why=why)
    yield "retention", "dry run", lambda session: [retention.plan(session, actor=actor)]
    yield "audit", "first page", partial(auditing.rows, actor=actor, asked=auditing.Filter())


def build(url: str, rows: int) -> Actor:
    """A clinic with so many patients, tickets, users and audit rows; answers its admin."""
    db.migrate(url)
    db.connect(url)
    db.transaction(_start)
    chance = random.Random(1)
    for made in (_users, _patients, _entries, _audit):
        for first in range(0, rows, AT_ONCE):
            db.transaction(partial(_fill, made, range(first, first + AT_ONCE), chance))
    db.transaction(_learn)
    return Actor(Kind.USER, session_id=ADMIN, user_id=ADMIN, role=Role.ADMIN)


def _start(session: Session) -> None:
    session.add(Clinic(name="Benchmark clinic", timezone="UTC", policy={"keep_patients_months": 12}))
    for doctor in range(1, DOCTORS + 1):
        open_queue(session, doctor)
    now = clock.now()
    session.add(User(id=ADMIN, email="admin@bench", name="Ada", role=Role.ADMIN, password_hash="", created_at=now))
    session.flush()
    session.add(
        UserSession(
            id=ADMIN, user_id=ADMIN, for_machine=True, token_hash=str(ADMIN), created_at=now, last_seen_at=now,
            expires_at=now + timedelta(days=1),
        )
    )  # fmt: skip


def _learn(session: Session) -> None:
    """What the database's own housekeeping does in time: count what is in its indexes."""
    for table in ("patient", "queue_entry", "user", "audit"):
        verb = "ANALYZE" if _is_sqlite(session) else "ANALYZE TABLE"
        session.connection().exec_driver_sql(f"{verb} `{table}`")


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


Make = Callable[[int, random.Random], tuple[Any, dict[str, Any]]]


def _fill(make: Make, numbers: range, chance: random.Random, session: Session) -> None:
    made = [make(number, chance) for number in numbers]
    session.connection().execute(insert(made[0][0].__table__), [values for _, values in made])


def _name(number: int, chance: random.Random) -> str:
    return f"{chance.choice(FIRST)} {chance.choice(LAST)} {number % 5000}"


def _users(number: int, chance: random.Random) -> tuple[Any, dict[str, Any]]:
    role = Role.NURSE if number % 500 == 0 else Role.PATIENT
    return User, {
        "id": 1000 + number, "email": f"u{number}@bench", "name": _name(number, chance), "role": role,
        "password_hash": "x" * 100, "created_at": clock.now(),
    }  # fmt: skip


def _patients(number: int, chance: random.Random) -> tuple[Any, dict[str, Any]]:
    name = _name(number, chance)
    phone = f"+43 664 {chance.randrange(10**7):07}" if number % 3 else ""
    born = date(1940, 1, 1) + timedelta(days=chance.randrange(30000)) if number % 2 else None
    return Patient, {
        "id": 1 + number, "name": name, "phone": phone, "born": born, "needs": [], "allergies": "Penicillin",
        "is_confidential": number % 200 == 0, "created_at": clock.now() - timedelta(days=1000 - number // 200),
        "name_key": folded(name), "phone_key": dialled(phone) or None,
    }  # fmt: skip


def _entries(number: int, chance: random.Random) -> tuple[Any, dict[str, Any]]:
    doctor = 1 + number % DOCTORS
    day, place = date(2026, 11, 30) - timedelta(days=number // 600), number % 600 // DOCTORS + 1
    at = clock.now() - timedelta(days=number // 600)
    status = Status.ON_HOLD if number % 9973 == 0 else chance.choice((Status.DONE, Status.DONE, Status.CANCELLED))
    return QueueEntry, {
        "id": ROWS - number, "revision": 1, "doctor_id": doctor, "service_date": day, "number": place,
        "patient_id": 1 + number, "token": f"{TOKEN_LETTERS[doctor]}{place}", "link": f"link-{number}",
        "status": status, "source": "phone", "needs": [], "reason": "Cough and fever", "virtual_at": at,
        "joined_at": at, "started_at": at, "closed_at": None if status.is_open else at,
    }  # fmt: skip


def _audit(number: int, chance: random.Random) -> tuple[Any, dict[str, Any]]:
    return AuditRow, {
        "at": clock.now(), "actor_id": 1 + number % DOCTORS, "role": "doctor",
        "action": chance.choice(("call", "done", "join")), "kind": "entry", "object_id": number,
        "patient_id": 1 + number, "outcome": Outcome.DONE, "mark": "0" * 81,
    }  # fmt: skip
