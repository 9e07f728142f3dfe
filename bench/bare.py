"""The least a database driver can do for a check-in and a call: the same rows, as durable, and no service.

It locks the day, writes what the service writes, and commits. It checks no permission, refuses no duplicate
and knows one order only, so it is a floor and not a replacement.
"""

import secrets
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

import MySQLdb

from bench.mariadb import PASSWORD, USER

LOCK_DAY = "SELECT id, next_token FROM queue_day WHERE doctor_id = ? AND service_date = ?"
ADD_PATIENT = "INSERT INTO patient (name, phone, created_at) VALUES ('Asha Rao', '', ?)"
ADD_ENTRY = (
    "INSERT INTO queue_entry (revision, doctor_id, service_date, patient_id, number, token, link, status,"
    " source, reason, needs, band, priority, virtual_at, joined_at, call_count, room, hold_reason,"
    " skip_count, close_reason)"
    " VALUES (1, ?, ?, ?, ?, ?, ?, 'waiting', 'phone', '', '[]', 'normal', 'none', ?, ?, 0, '', '', 0, '')"
)
ADD_EVENT = (
    "INSERT INTO entry_event (entry_id, doctor_id, at, verb, from_status, to_status, actor_role, room,"
    " reason, step, `before`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?)"
)
MOVE_DAY = "UPDATE queue_day SET next_token = ?, version = version + 1 WHERE id = ?"
NEXT_WAITING = (
    "SELECT id FROM queue_entry WHERE doctor_id = ? AND service_date = ? AND status = 'waiting'"
    " ORDER BY virtual_at, id LIMIT 1"
)
CALL = (
    "UPDATE queue_entry SET status = 'called', revision = revision + 1, first_called_at = ?,"
    " last_called_at = ?, call_count = 1, room = '1' WHERE id = ? AND status = 'waiting'"
)
BEFORE_CALL = '{"status": "waiting", "first_called_at": null, "last_called_at": null, "call_count": 0, "room": ""}'


class Cursor(Protocol):
    """What both drivers offer."""

    @property
    def lastrowid(self) -> int | None: ...
    def execute(self, sql: str, values: tuple[object, ...] = (), /) -> object: ...
    def fetchone(self) -> tuple[Any, ...] | None: ...


Transaction = Callable[[Callable[[Cursor], None]], None]


class Bare:
    """The two verbs, in whatever `transaction` of whichever driver."""

    def __init__(self, transaction: Transaction, lock_day: str, service_date: date) -> None:
        self.transaction, self.lock_day, self.day = transaction, lock_day, service_date.isoformat()

    def check_in(self, doctor_id: int) -> None:
        self.transaction(lambda cursor: self._check_in(cursor, doctor_id))

    def call_next(self, doctor_id: int) -> None:
        self.transaction(lambda cursor: self._call_next(cursor, doctor_id))

    def _check_in(self, cursor: Cursor, doctor_id: int) -> None:
        now, link, step = stamp(), secrets.token_urlsafe(16), secrets.token_hex(8)
        day_id, number = self._lock(cursor, doctor_id)
        cursor.execute(ADD_PATIENT, (now,))
        entry = (doctor_id, self.day, cursor.lastrowid, number, f"A{number}", link, now, now)
        cursor.execute(ADD_ENTRY, entry)
        event = (cursor.lastrowid, doctor_id, now, "join", None, "waiting", "anonymous", "", step, "{}")
        cursor.execute(ADD_EVENT, event)
        cursor.execute(MOVE_DAY, (number + 1, day_id))

    def _call_next(self, cursor: Cursor, doctor_id: int) -> None:
        now, step = stamp(), secrets.token_hex(8)
        day_id, number = self._lock(cursor, doctor_id)
        cursor.execute(NEXT_WAITING, (doctor_id, self.day))
        (entry_id,) = cursor.fetchone() or (None,)
        cursor.execute(CALL, (now, now, entry_id))
        event = (entry_id, doctor_id, now, "call-next", "waiting", "called", "doctor", "1", step, BEFORE_CALL)
        cursor.execute(ADD_EVENT, event)
        cursor.execute(MOVE_DAY, (number, day_id))

    def _lock(self, cursor: Cursor, doctor_id: int) -> tuple[int, int]:
        cursor.execute(self.lock_day, (doctor_id, self.day))
        day_id, number = cursor.fetchone() or (0, 0)
        return day_id, number


def stamp() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"


def bare_sqlite(path: Path, service_date: date) -> Bare:
    """Durable as the app is, and with its lock: without one, threads wait for the file in sleeps."""
    local, one_writer = threading.local(), threading.Lock()

    def connection() -> sqlite3.Connection:
        if not hasattr(local, "connection"):
            local.connection = sqlite3.connect(path, isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
                local.connection.execute(f"PRAGMA {pragma}")
        found: sqlite3.Connection = local.connection
        return found

    def transaction(work: Callable[[Cursor], None]) -> None:
        with one_writer:
            cursor = connection().cursor()
            cursor.execute("BEGIN IMMEDIATE")
            work(cursor)
            cursor.execute("COMMIT")

    return Bare(transaction, LOCK_DAY, service_date)


def bare_mariadb(port: int, database: str, service_date: date) -> Bare:
    local = threading.local()

    def connection() -> Any:
        if not hasattr(local, "connection"):
            local.connection = MySQLdb.connect(
                host="127.0.0.1",
                port=port,
                user=USER,
                password=PASSWORD,
                database=database,
                charset="utf8mb4",
            )
            local.connection.cursor().execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        return local.connection

    def transaction(work: Callable[[Cursor], None]) -> None:
        work(QuestionMarks(connection().cursor()))
        connection().commit()

    return Bare(transaction, f"{LOCK_DAY} FOR UPDATE", service_date)


class QuestionMarks:
    """MySQLdb's cursor, reading `?` for its own `%s`."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor

    @property
    def lastrowid(self) -> int | None:
        found: int | None = self.cursor.lastrowid
        return found

    def execute(self, sql: str, values: tuple[object, ...] = (), /) -> object:
        return self.cursor.execute(sql.replace("?", "%s"), values)

    def fetchone(self) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self.cursor.fetchone()
        return row
