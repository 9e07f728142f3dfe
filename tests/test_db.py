"""The one place that opens, commits and rolls back."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, make_url
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlmodel import Session, select

from app import db, events
from app.errors import Busy, Conflict
from app.models import Clinic as ClinicRow
from app.models import Patient, QueueEntry, Status
from tests.engines import MARIADB, on_both_engines
from tests.factories import Clinic

NOW = datetime(2026, 3, 10, 8, 0, 0, 123456, tzinfo=UTC)


def patient(session: Session, name: str = "Asha Rao") -> None:
    session.add(Patient(name=name, created_at=NOW))
    events.record(session, events.PeopleChanged())
    session.flush()


@pytest.fixture
def heard() -> object:
    found: list[events.Event] = []
    stop = events.listen(found.append)
    yield found
    stop()


@on_both_engines
def test_what_was_committed_is_announced_once_and_after_the_commit(database: str) -> None:
    seen: list[int] = []
    stop = events.listen(lambda _: seen.append(len(db.reading(lambda s: s.exec(select(Patient)).all()))))

    def work(session: Session) -> None:
        patient(session)
        events.record(session, events.PeopleChanged())

    db.transaction(work)
    stop()
    assert seen == [1], "whoever hears it finds it in the database"


@on_both_engines
def test_what_was_refused_is_neither_kept_nor_announced(database: str, heard: list[events.Event]) -> None:
    def work(session: Session) -> None:
        patient(session)
        raise Conflict

    with pytest.raises(Conflict):
        db.transaction(work)
    assert db.reading(lambda s: s.exec(select(Patient)).all()) == []
    assert heard == []


def test_a_listener_that_fails_stops_nobody(database: str, heard: list[events.Event], caplog) -> None:
    def fails(_: events.Event) -> None:
        raise RuntimeError

    stop = events.listen(fails)
    events.publish([events.DoctorsChanged()])
    stop()
    assert heard == [events.DoctorsChanged()]
    assert "A listener failed" in caplog.text


@on_both_engines
def test_a_moment_comes_back_as_it_went_in(database: str) -> None:
    db.transaction(patient)
    (found,) = db.reading(lambda s: s.exec(select(Patient)).all())
    assert found.created_at == NOW
    assert found.created_at.tzinfo is UTC


@on_both_engines
def test_a_moment_without_a_zone_is_refused(database: str) -> None:
    def naive(session: Session) -> None:
        session.add(Patient(name="X", created_at=NOW.replace(tzinfo=None)))
        session.flush()

    with pytest.raises((StatementError, ValueError)):
        db.transaction(naive)


@on_both_engines
@pytest.mark.parametrize("name", ["🧑‍⚕️ 李小龙", "Åsa", "محمد"])
def test_every_script_is_kept(database: str, name: str) -> None:
    db.transaction(lambda s: patient(s, name))
    assert [p.name for p in db.reading(lambda s: s.exec(select(Patient)).all())] == [name]


@on_both_engines
def test_the_database_itself_says_never(clinic: Clinic) -> None:
    entry, other = clinic.join("First"), clinic.join("Second")
    clinic.do("start", entry)

    def breaks(**values: object) -> None:
        def work(session: Session) -> None:
            row = session.get_one(QueueEntry, other.id)
            for name, value in values.items():
                setattr(row, name, value)
            session.flush()

        with pytest.raises(IntegrityError):
            db.transaction(work)

    breaks(status=Status.IN_PROGRESS)  # one person in the room
    breaks(patient_id=entry.patient_id)  # one open place each
    breaks(number=1)  # one token each
    breaks(link=entry.link)
    breaks(doctor_id=999)
    with pytest.raises(IntegrityError):
        db.transaction(lambda s: s.add(ClinicRow(id=1, name="Second", timezone="UTC")))
    assert clinic.entry(other).status is Status.WAITING


@pytest.mark.parametrize(
    "trouble",
    [
        OperationalError("x", {}, sqlite3.OperationalError("database is locked")),
        OperationalError("x", {}, Exception(1213, "Deadlock found")),
        OperationalError("x", {}, Exception(1205, "Lock wait timeout")),
        IntegrityError("x", {}, Exception("UNIQUE constraint failed: request_key.asker")),
    ],
)
def test_trouble_that_passes_is_never_seen(database: str, trouble: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    tries: list[int] = []

    def work(session: Session) -> str:
        tries.append(1)
        patient(session)
        if len(tries) < db.TRIES:
            raise trouble
        return "done"

    assert db.transaction(work) == "done"
    assert len(db.reading(lambda s: s.exec(select(Patient)).all())) == 1


def test_trouble_that_stays_is_said_in_words(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    tries: list[int] = []

    def work(_: Session) -> None:
        tries.append(1)
        raise OperationalError("x", {}, sqlite3.OperationalError("database is locked"))

    with pytest.raises(Busy):
        db.transaction(work)
    assert len(tries) == db.TRIES


def test_a_database_that_is_gone_is_said_in_words(database: str) -> None:
    def work(_: Session) -> None:
        raise OperationalError("x", {}, Exception(2006, "Server has gone away"))

    with pytest.raises(Busy):
        db.transaction(work)
    with pytest.raises(Busy):
        db.reading(work)


@pytest.mark.parametrize(
    "bug",
    [
        ValueError("a bug"),
        IntegrityError("x", {}, Exception("UNIQUE constraint failed: user.email")),
    ],
)
def test_a_bug_is_not_tried_again(database: str, bug: Exception) -> None:
    tries: list[int] = []

    def work(_: Session) -> None:
        tries.append(1)
        raise bug

    with pytest.raises(type(bug)):
        db.transaction(work)
    assert tries == [1]


def test_sqlite_keeps_what_it_acknowledged(database: str) -> None:
    def pragmas(session: Session) -> dict[str, object]:
        wanted = ("journal_mode", "synchronous", "foreign_keys")
        return {name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}

    assert db.transaction(pragmas) == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_new_database_is_made_on_the_way(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "mediqueue.db"
    url = f"sqlite:///{path}"
    db.migrate(url)
    db.migrate(url)
    db.connect(url)
    try:
        assert db.reading(lambda s: s.exec(select(Patient)).all()) == []
    finally:
        db.disconnect()


def test_nothing_works_before_the_database_is_connected() -> None:
    db.disconnect()
    with pytest.raises(RuntimeError):
        db.reading(lambda s: None)


@pytest.mark.parametrize("database", [MARIADB], indirect=True)
def test_without_the_right_to_make_triggers_nothing_is_half_made(database: str) -> None:
    admin = create_engine(database, isolation_level="AUTOCOMMIT")
    url = make_url(database).set(database="half_made")
    with admin.connect() as connection:
        for sql in (
            "CREATE DATABASE half_made", "CREATE OR REPLACE USER small@localhost",
            "GRANT ALL ON half_made.* TO small@localhost", "REVOKE TRIGGER ON half_made.* FROM small@localhost",
        ):  # fmt: skip
            connection.exec_driver_sql(sql)
        try:
            for _ in range(2):
                with pytest.raises(SystemExit, match="log_bin_trust_function_creators"):
                    db.migrate(url.set(username="small").render_as_string(hide_password=False))
            assert not inspect(connection).has_table("audit", schema="half_made")
            connection.exec_driver_sql("GRANT TRIGGER ON half_made.* TO small@localhost")
            db.migrate(url.set(username="small").render_as_string(hide_password=False))
            assert inspect(connection).has_table("audit", schema="half_made")
        finally:
            connection.exec_driver_sql("DROP DATABASE half_made")
            connection.exec_driver_sql("DROP USER small@localhost")
    admin.dispose()
