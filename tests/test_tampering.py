"""Somebody who owns the database, but not the key: whatever they do to the audit is found, and where."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select
from typer.testing import CliRunner

from app import db
from app.cli import app
from app.errors import Busy
from app.models import AuditRow, AuditSeal
from app.services import audit, sealing
from app.services.policy import SYSTEM
from app.services.tampering import Check, Finding, Kind
from app.settings import settings
from tests.engines import on_both_engines

ROWS = 12
pytestmark = on_both_engines


def note(times: int, action: str = "promise") -> None:
    for number in range(times):
        db.transaction(lambda s, n=number: audit.note(s, SYSTEM, action, kind="entry", object_id=n))  # type: ignore[misc]


def seal() -> None:
    """What the job does."""
    while db.transaction(sealing.seal).more:
        pass
    db.reading(lambda s: sealing.keep_if_sound(s, settings().data_dir))


def found() -> list[Finding]:
    check = Check(sealing.read_head(settings().data_dir))
    while db.reading(check.step):
        pass
    return check.findings


def places() -> list[tuple[str, int, int]]:
    return [(finding.kind.value, finding.first, finding.last) for finding in found()]


def attack(*statements: str) -> None:
    """Run this SQL as the database's owner, who first takes the triggers away."""

    def work(session: Session) -> None:
        for table in ("audit", "audit_seal"):
            for event in ("update", "delete"):
                session.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{event}"))
        for statement in statements:
            session.execute(text(statement))

    db.transaction(work)


@pytest.fixture
def sealed(database: str) -> Iterator[None]:
    """Rows 1 to ROWS, sealed as 1 to ROWS; MariaDB's triggers come back at the end."""
    note(ROWS)
    seal()
    yield
    if database.startswith("mysql"):
        _triggers_again()


def _triggers_again() -> None:
    """As the migration makes them, for the next test on the same server."""

    def work(session: Session) -> None:
        for table in ("audit", "audit_seal"):
            for event in ("UPDATE", "DELETE"):
                session.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{event.lower()}"))
                session.execute(
                    text(
                        f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} FOR EACH ROW"
                        f" SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'rows of {table} are only added'"
                    )
                )

    db.transaction(work)


COPY = (
    "INSERT INTO audit (at, actor_id, role, action, kind, object_id, patient_id, outcome, reason, fields, address,"
    " request_id, mark) SELECT at, actor_id, role, {action}, kind, object_id, patient_id, outcome, reason, fields,"
    " address, request_id, {mark} FROM audit WHERE id = 5"
)

ATTACKS: dict[str, tuple[tuple[str, ...], list[tuple[str, int, int]]]] = {
    "altered": (("UPDATE audit SET actor_id = 7 WHERE id = 5",), [("altered", 5, 5)]),
    "altered, a few": (("UPDATE audit SET reason = 'x' WHERE id BETWEEN 5 AND 7",), [("altered", 5, 7)]),
    "altered, the moment": (("UPDATE audit SET at = '2020-01-01 00:00:00' WHERE id = 5",), [("altered", 5, 5)]),
    "altered, the mark": (("UPDATE audit SET mark = 'x' WHERE id = 5",), [("altered", 5, 5)]),
    "altered, with another mark": (
        (
            "UPDATE audit SET action = 'join' WHERE id = 5",
            "UPDATE audit SET mark = REPLACE(mark, '.', '-') WHERE id = 5",
        ),
        [("altered", 5, 5)],
    ),
    "removed": (("DELETE FROM audit WHERE id = 5",), [("removed", 5, 5)]),
    "removed with the seal": (
        ("DELETE FROM audit WHERE id = 5", "DELETE FROM audit_seal WHERE seq = 5"),
        [("gap", 5, 5)],
    ),
    "removed, and the gap closed": (
        (
            "DELETE FROM audit WHERE id = 11",
            "DELETE FROM audit_seal WHERE seq = 11",
            "UPDATE audit_seal SET seq = 11 WHERE seq = 12",
        ),
        [("moved", 12, 12), ("cut", 12, 12)],
    ),
    "inserted": ((COPY.format(action="'join'", mark="'x'"),), [("inserted", 13, 13)]),
    "inserted with a mark that looks like one": (
        (COPY.format(action="'join'", mark="mark"),),
        [("inserted", 13, 13), ("copied", 13, 13)],
    ),
    "inserted with a seal": (
        (COPY.format(action="'join'", mark="'x'"), f"INSERT INTO audit_seal VALUES (13, 13, '{'0' * 64}')"),
        [("altered", 13, 13)],
    ),
    "copied": ((COPY.format(action="action", mark="mark"),), [("copied", 13, 13)]),
    "reordered": (
        (
            "UPDATE audit SET id = 99 WHERE id = 5",
            "UPDATE audit SET id = 5 WHERE id = 6",
            "UPDATE audit SET id = 6 WHERE id = 99",
        ),
        [("moved", 5, 6)],
    ),
    "reordered, the seals": (
        (
            "UPDATE audit_seal SET audit_id = 99 WHERE seq = 5",
            "UPDATE audit_seal SET audit_id = 5 WHERE seq = 6",
            "UPDATE audit_seal SET audit_id = 6 WHERE seq = 5",
        ),
        [("moved", 6, 6), ("moved", 5, 5)],
    ),
    "a digest altered": ((f"UPDATE audit_seal SET digest = '{'f' * 64}' WHERE seq = 5",), [("moved", 5, 5)]),
    "cut": (("DELETE FROM audit WHERE id > 9", "DELETE FROM audit_seal WHERE seq > 9"), [("cut", 10, 12)]),
    "all gone": (("DELETE FROM audit", "DELETE FROM audit_seal"), [("cut", 1, 12)]),
}


def test_an_honest_audit_is_sound(sealed: None) -> None:
    assert found() == []
    note(3)
    assert found() == [], "what is not sealed yet is no harm"
    seal()
    assert found() == []


@pytest.mark.parametrize("name", ATTACKS)
def test_every_kind_of_tampering_is_found_in_its_place(sealed: None, name: str) -> None:
    statements, expected = ATTACKS[name]
    attack(*statements)
    assert places() == expected
    said = CliRunner().invoke(app, ["audit", "verify"])
    assert said.exit_code == 1
    assert all(finding.sentence in said.output for finding in found())


def test_nobody_changes_or_deletes_rows_by_the_way(sealed: None) -> None:
    for statement in (
        "UPDATE audit SET reason = 'x'",
        "DELETE FROM audit WHERE id = 5",
        "UPDATE audit_seal SET audit_id = 50 WHERE seq = 5",
        "DELETE FROM audit_seal",
    ):
        with pytest.raises((DBAPIError, Busy)) as refused:
            db.transaction(lambda s, sql=statement: s.execute(text(sql)))  # type: ignore[misc]
        assert "only added" in f"{refused.value} {refused.value.__cause__}"
    assert found() == []


def test_a_cut_is_still_found_when_the_clinic_goes_on(sealed: None) -> None:
    attack("DELETE FROM audit WHERE id > 9", "DELETE FROM audit_seal WHERE seq > 9")
    note(2)
    seal()
    assert [finding.kind for finding in found()] == [Kind.CUT]
    note(10)
    seal()
    assert [finding.kind for finding in found()] == [Kind.REPLACED]
    assert "kept outside of the database" in found()[0].sentence


def test_truncating_is_found(sealed: None, database: str) -> None:
    """MariaDB asks no trigger when a table is emptied."""
    if database.startswith("mysql"):
        db.transaction(lambda s: (s.execute(text("TRUNCATE audit")), s.execute(text("TRUNCATE audit_seal"))))
    else:
        attack("DELETE FROM audit", "DELETE FROM audit_seal")
    note(3)
    seal()
    assert places() == [("cut", 4, 12)]


def test_a_row_put_in_before_the_seal_is_made_gets_none(sealed: None) -> None:
    attack(COPY.format(action="'join'", mark="'x'"))
    note(2)
    seal()
    assert places() == [("inserted", 13, 13)]
    assert db.reading(lambda s: s.exec(select(AuditSeal.audit_id).order_by(col(AuditSeal.seq))).all())[-2:] == [14, 15]


def test_another_key_is_told_from_tampering(sealed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIQUEUE_SECRET", "another secret, that nobody has seen before")
    settings.cache_clear()
    assert [(finding.kind, finding.first, finding.last) for finding in found()] == [(Kind.OTHER_KEY, 1, ROWS)]
    assert "another key" in found()[0].sentence
    note(3)
    seal()
    attack("UPDATE audit SET actor_id = 7 WHERE id = 14")
    assert places() == [("other-key", 1, ROWS), ("altered", 14, 14)]


def test_a_lost_head_is_said_and_a_backup_is_accepted(sealed: None, data_dir: Path) -> None:
    (data_dir / sealing.HEAD_FILE).unlink()
    assert [finding.kind for finding in found()] == [Kind.NO_HEAD]
    attack("DELETE FROM audit WHERE id > 9", "DELETE FROM audit_seal WHERE seq > 9")
    assert CliRunner().invoke(app, ["audit", "accept"]).exit_code == 0
    assert "All 10 rows are as they were written." in CliRunner().invoke(app, ["audit", "verify"]).output
    newest = db.reading(lambda s: s.exec(select(AuditRow).order_by(col(AuditRow.id).desc())).first())
    assert newest
    assert newest.action == "audit-accept"
