"""The database: one transaction for one user action, one consistent look for one load.

Only this module opens, commits and rolls back. The recipe and its measurements are in docs/architecture.md.
"""

import logging
import os
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from prometheus_client import Counter, Histogram
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session as Session  # noqa: PLC0414  whoever runs work here types it with this one

from app import events, trace
from app.errors import Busy, DomainError
from app.services import audit
from app.settings import ROOT

log = logging.getLogger(__name__)

T = TypeVar("T")

POOL_SIZE = 8
TRIES = 5
MOST_DENIALS = RateLimitItemPerMinute(20)  # of one attempt
MOST_FROM_ONE = RateLimitItemPerMinute(300)  # of all from one address
_TOOK = Histogram("mediqueue_transaction_seconds", "User actions and how long they took, with all their tries")
_REPEATED = Counter("mediqueue_transaction_repeats", "Tries that met a deadlock or a lock and were repeated")
_MYSQL_AGAIN = frozenset({1020, 1205, 1213})  # row changed, lock wait, deadlock


@dataclass(frozen=True, slots=True)
class Database:
    writer: Engine
    reader: Engine
    write_lock: "threading.Lock | nullcontext[None]"

    def dispose(self) -> None:
        self.writer.dispose()
        self.reader.dispose()


_current: Database | None = None
_denials = FixedWindowRateLimiter(MemoryStorage())


def connect(url: str) -> Database:
    """Open the pools for `url` and make them the ones that `transaction` and `reading` use."""
    global _current
    if _current:
        _current.dispose()
    _current = _sqlite(url) if url.startswith("sqlite") else _mysql(url)
    return _current


def disconnect() -> None:
    global _current
    if _current:
        _current.dispose()
        _current = None


def transaction(work: Callable[[Session], T]) -> T:
    """Run one user action: commit all of it or nothing, then announce what it recorded.

    Deadlocks, lock waits and lost races for a request key are tried again from the start, so `work` must
    have no effect outside its session. Raises `Busy` when the database stays busy or is not there.
    """
    return _run(work, keep=True)


def trial(work: Callable[[Session], T]) -> T:
    """As `transaction`, but all is taken back and nothing is announced: `work` answers what would be."""
    return _run(work, keep=False)


@_TOOK.time()
def _run(work: Callable[[Session], T], *, keep: bool) -> T:
    for attempt in range(1, TRIES + 1):
        try:
            with _database().write_lock, _session(_database().writer) as session:
                result = work(session)
                if keep:
                    session.commit()
                announced = events.recorded(session) if keep else []
            events.publish(announced)
            return result
        except (DBAPIError, StaleDataError) as error:
            if attempt == TRIES or not _worth_another_try(error):
                raise _as_refusal(error) from error
            _REPEATED.inc()
            time.sleep(random.uniform(0.005, 0.02) * 2**attempt)
        except DomainError as refusal:
            note(refusal)
            raise
    raise AssertionError("unreachable")


def reading(work: Callable[[Session], T]) -> T:
    """Run one load on a consistent view of the data; it can't write. Raises `Busy` without a database."""
    try:
        with _session(_database().reader) as session:
            return work(session)
    except DBAPIError as error:
        raise _as_refusal(error) from error
    except DomainError as refusal:
        note(refusal)
        raise


def note(refusal: DomainError) -> None:
    """Write into the audit who was refused what. The action itself was rolled back, so this is one of its own.

    Somebody who tries the same again and again is noted at most `MOST_DENIALS` a minute: a flood fills no disk.
    """
    attempt, refusal.attempt = refusal.attempt, None
    address = trace.current().address
    if attempt is None or not _denials.hit(MOST_DENIALS, address, str(attempt)):
        return
    if not _denials.hit(MOST_FROM_ONE, address):
        return
    try:
        transaction(lambda session: audit.denied(session, attempt, refusal.code))
    except Busy:
        log.warning("This refusal is not in the audit: %s %s", attempt, refusal.code)


def forget_denials() -> None:
    """Count refusals anew."""
    _denials.storage.reset()


@contextmanager
def _session(engine: Engine) -> Iterator[Session]:
    session = Session(engine, expire_on_commit=False)
    try:
        yield session
    finally:
        session.close()


def _database() -> Database:
    if _current is None:
        raise RuntimeError("db.connect() has not been called")
    return _current


def _as_refusal(error: Exception) -> Exception:
    """`Busy` for a database that stayed busy or is not there; anything else is a mistake of ours and stays."""
    if isinstance(error, OperationalError | StaleDataError):
        log.warning("The database did not do it: %s", getattr(error, "orig", error))
        return Busy()
    return error


def _worth_another_try(error: Exception) -> bool:
    if isinstance(error, StaleDataError):
        return True
    original: Any = getattr(error, "orig", None)
    if isinstance(error, IntegrityError):
        return "request_key" in str(original)
    if isinstance(original, sqlite3.OperationalError):
        return "locked" in str(original) or "busy" in str(original)
    return isinstance(error, OperationalError) and original.args[0] in _MYSQL_AGAIN


def _sqlite(url: str) -> Database:
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = create_engine(url, pool_size=POOL_SIZE, pool_timeout=30)
    reader = create_engine(url, pool_size=POOL_SIZE, pool_timeout=30)
    for engine, begin in ((writer, "BEGIN IMMEDIATE"), (reader, "BEGIN")):
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", lambda connection, begin=begin: connection.exec_driver_sql(begin))
    return Database(writer, reader, threading.Lock())


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's own BEGIN decides, not the driver's
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _mysql(url: str) -> Database:
    def engine(isolation: str) -> Engine:
        made = create_engine(
            url,
            isolation_level=isolation,
            pool_size=POOL_SIZE,
            pool_timeout=30,
            pool_pre_ping=True,
            pool_recycle=1800,
            connect_args={"charset": "utf8mb4", "connect_timeout": 5},
        )
        event.listen(made, "connect", _prepare_mysql)
        return made

    return Database(engine("READ COMMITTED"), engine("REPEATABLE READ"), nullcontext())


def _prepare_mysql(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(
        "SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = 5,"
        " sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'"
    )
    cursor.close()


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest revision; a new SQLite file is made on the way."""
    if url.startswith("sqlite"):
        _make_private(Path(url.removeprefix("sqlite:///")))
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = url
    try:
        command.upgrade(config, "head")
    except OperationalError as error:
        raise SystemExit(f"The database can't be opened: {error.orig}") from error


def _make_private(file: Path) -> None:
    """Patients' names are for the clinic's own user: nobody else on the machine may read the file."""
    os.umask(0o077)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists():
            file.chmod(0o600)
    except OSError as error:
        raise SystemExit(f"The data directory can't be used: {error}") from error
