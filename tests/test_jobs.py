"""The sealing job: within seconds, at the start and at the end, and never over a cut."""

import logging
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import func, select

from app import db, jobs
from app.errors import Busy
from app.models import AuditRow, AuditSeal
from app.services import audit, sealing
from app.services.policy import SYSTEM


def note(times: int) -> None:
    def work(session: db.Session) -> None:
        for number in range(times):
            audit.note(session, SYSTEM, "promise", object_id=number)

    db.transaction(work)


def counts() -> tuple[int, int]:
    def work(session: db.Session) -> tuple[int, int]:
        found = [session.exec(select(func.count()).select_from(table)).one() for table in (AuditRow, AuditSeal)]
        return found[0], found[1]

    return db.reading(work)


async def test_it_seals_all_there_is_and_keeps_the_newest_outside(
    database: str, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "AT_ONCE", 10)
    note(35)
    await jobs._seal()
    assert counts() == (35, 35)
    assert sealing.read_head(data_dir) == db.reading(sealing.newest)
    note(1)
    await jobs._seal_all()
    assert counts() == (36, 36)
    assert sealing.read_head(data_dir) == db.reading(sealing.newest)


async def test_it_says_when_the_end_was_cut_off(
    database: str, data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    note(5)
    await jobs._seal()
    kept = sealing.read_head(data_dir)

    def cut(session: db.Session) -> None:
        for table, column in (("audit", "id"), ("audit_seal", "seq")):
            session.execute(text(f"DROP TRIGGER {table}_no_delete"))
            session.execute(text(f"DELETE FROM {table} WHERE {column} > 3"))

    db.transaction(cut)
    note(5)
    with caplog.at_level(logging.ERROR, logger="app.jobs"):
        await jobs._seal()
    assert "was cut off" in caplog.text
    assert counts() == (8, 8)
    assert sealing.read_head(data_dir) == kept, "the evidence stays"


async def test_a_database_that_is_away_stops_nothing(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise Busy

    monkeypatch.setattr(sealing, "pending", away)
    monkeypatch.setattr(sealing, "seal", away)
    await jobs._seal()
    await jobs._seal_all()
