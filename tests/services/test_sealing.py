"""The seal: late commits, several servers at once, a crash in between, and a hundred thousand rows."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlmodel import Session, col, select

from app import clock as app_clock
from app import db
from app.models import AuditRow, AuditSeal
from app.services import audit, sealing
from app.services.policy import SYSTEM
from app.services.sealing import Head
from app.services.tampering import Check, Finding, Kind
from app.settings import settings

SOME = 5_000


def note(times: int = 1) -> None:
    def work(session: Session) -> None:
        for _ in range(times):
            audit.note(session, SYSTEM, "promise", kind="entry")

    db.transaction(work)


def seal(**how: bool) -> Head:
    return db.transaction(lambda s: sealing.seal(s, **how)).head


def sound() -> bool:
    check = Check(sealing.read_head(settings().data_dir) or Head(0, sealing.FIRST))
    while db.reading(check.step):
        pass
    return check.findings == []


def order() -> list[int]:
    return list(db.reading(lambda s: s.exec(select(AuditSeal.audit_id).order_by(col(AuditSeal.seq))).all()))


def test_seals_have_no_gaps_and_follow_the_rows(database: str) -> None:
    assert db.reading(sealing.pending) is False
    note(3)
    assert db.reading(sealing.pending) is True
    assert seal().seq == 3
    assert db.reading(sealing.pending) is False
    assert seal().seq == 3, "nothing new, nothing done"
    note()
    assert seal().seq == 4
    assert order() == [1, 2, 3, 4]


def test_what_is_committed_late_is_sealed_late_and_verifies(database: str) -> None:
    """On MariaDB a transaction may hold a lower number and commit after its neighbours."""
    if database.startswith("sqlite"):
        pytest.skip("SQLite has one writer at a time")
    holding, go = threading.Event(), threading.Event()

    def slowly(session: Session) -> None:
        audit.note(session, SYSTEM, "promise", kind="entry")
        holding.set()
        assert go.wait(10)

    late = threading.Thread(target=db.transaction, args=(slowly,))
    late.start()
    assert holding.wait(10)
    note(2)
    seal()
    assert order() == [2, 3]
    assert db.reading(sealing.pending) is False
    go.set()
    late.join()
    assert db.reading(sealing.pending) is True, "also when nothing newer has come"
    seal()
    assert order() == [2, 3, 1]
    assert sound()


def test_what_is_very_late_is_found_by_the_thorough_look(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "LATE", 3)
    note(9)
    for row_id in range(2, 10):  # row 1 was not committed yet
        db.transaction(lambda s, n=row_id: seal_by_hand(s, n - 1, n))  # type: ignore[misc]
    assert db.reading(sealing.pending) is False
    assert seal().seq == 8
    assert seal(all_rows=True).seq == 9
    assert order() == [2, 3, 4, 5, 6, 7, 8, 9, 1]
    assert sound()


def seal_by_hand(session: Session, seq: int, row_id: int) -> None:
    session.add(AuditSeal(seq=seq, audit_id=row_id, digest=digest(session, seq - 1, row_id)))


def test_neighbours_with_the_same_fault_are_one_finding() -> None:
    assert Finding(Kind.ALTERED, 5, 7, seq=5).sentence == "Rows 5 to 7 were altered (seal 5)."
    assert Finding(Kind.GAP, 5, 5).sentence == "Seal 5 is missing, with what it sealed."


def digest(session: Session, after: int, row_id: int) -> str:
    before = session.exec(select(AuditSeal.digest).where(AuditSeal.seq == after)).one() if after else sealing.FIRST
    row = session.get_one(AuditRow, row_id)
    return sealing.digest_after(before, {"id": row.id, "mark": row.mark})


def test_servers_that_seal_at_once_make_one_chain(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "AT_ONCE", 7)
    stop = time.monotonic() + 0.7

    def server() -> None:
        while time.monotonic() < stop:
            note()
            seal()

    with ThreadPoolExecutor(4) as servers:
        for running in [servers.submit(server) for _ in range(4)]:
            running.result()
    while db.transaction(sealing.seal).more:
        pass
    assert sorted(order()) == sorted(db.reading(lambda s: s.exec(select(col(AuditRow.id))).all()))
    assert sound()


def test_a_crash_between_the_seal_and_the_kept_head_is_no_harm(database: str, data_dir: Path) -> None:
    note(3)
    seal()
    db.reading(lambda s: sealing.keep_if_sound(s, data_dir))
    note(3)
    seal()  # and here the machine stops
    assert sealing.read_head(data_dir) == db.reading(lambda s: Head(3, digest(s, 2, 3)))
    assert sound()
    db.reading(lambda s: sealing.keep_if_sound(s, data_dir))
    kept = sealing.read_head(data_dir)
    assert kept
    assert kept.seq == 6


def test_the_kept_head_never_goes_back(database: str, data_dir: Path) -> None:
    note(3)
    head = seal()
    sealing.keep_head(data_dir, Head(9, "f" * 64))
    assert db.reading(lambda s: sealing.keep_if_sound(s, data_dir)) is False
    assert sealing.read_head(data_dir) == Head(9, "f" * 64)
    sealing.keep_head(data_dir, head)
    assert db.reading(lambda s: sealing.keep_if_sound(s, data_dir)) is True


@pytest.mark.parametrize("half", ["", "{", '{"seq": 3}', "[]", "null"])
def test_half_a_head_file_is_none(data_dir: Path, database: str, half: str) -> None:
    (data_dir / sealing.HEAD_FILE).write_text(half)
    assert sealing.read_head(data_dir) is None


def test_a_hundred_thousand_rows_are_looked_through_in_seconds(database: str) -> None:
    def many(session: Session) -> None:
        columns = {
            "at": app_clock.now(), "actor_id": 1, "role": "admin", "action": "join", "kind": "entry", "object_id": 1,
            "patient_id": 1, "outcome": "done", "reason": "", "fields": "", "address": "127.0.0.1", "request_id": "x",
        }  # fmt: skip
        rows = [{**columns, "mark": audit._mark(f"{number:016x}", columns)} for number in range(SOME)]
        session.execute(insert(AuditRow.__table__), rows)  # type: ignore[attr-defined]

    db.transaction(many)
    while db.transaction(sealing.seal).more:
        pass
    assert len(order()) == SOME
    began = time.perf_counter()
    assert db.reading(lambda s: sealing.keep_if_sound(s, settings().data_dir))
    assert sound()
    assert (time.perf_counter() - began) * (100_000 / SOME) < 15, "seconds for a hundred thousand, on a busy machine"
