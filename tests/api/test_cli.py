"""`python -m app.cli`, as somebody at the machine types it."""

import os
import stat
from pathlib import Path

import pytest
from sqlmodel import col, select, update
from typer.testing import CliRunner, Result

from app import db
from app.cli import app
from app.errors import Conflict
from app.models import EntryEvent, Patient, QueueDay, QueueEntry, User
from app.services import clinic as clinic_service
from app.services import invariants, privacy
from app.services.policy import Actor, Verb
from app.settings import settings
from tests.conftest import MORNING
from tests.factories import PASSWORD, Clinic, Clock

NEW = ("create-admin", "--email", "New@clinic.test", "--name", "Nia", "--password", PASSWORD)


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, words, input=typed)


def test_an_admin_is_added_to_a_clinic(clinic: Clinic) -> None:
    assert run(*NEW).exit_code == 0
    assert "new@clinic.test" in [user.email for user in clinic.all(User)]
    again = run(*NEW)
    assert again.exit_code == 1
    assert "Somebody uses this e-mail or phone already." in again.output


def test_the_first_admin_sets_the_clinic_up(database: str) -> None:
    done = run(*NEW, typed="Hill Street Clinic\nEurope/Vienna\n")
    assert done.exit_code == 0, done.output
    made = db.reading(clinic_service.view)
    assert made
    assert (made.name, made.timezone) == ("Hill Street Clinic", "Europe/Vienna")


def test_a_weak_password_makes_nothing(database: str) -> None:
    done = run(*NEW[:-1], "short", "--clinic", "Hill Street", "--timezone", "UTC")
    assert done.exit_code == 1
    assert "at least 15" in done.output
    assert db.reading(clinic_service.view) is None


def test_a_sound_clinic_verifies(clinic: Clinic) -> None:
    other = clinic.add_doctor()
    first, second, third = (clinic.join(name) for name in ("Ann", "Bob", "Eve"))
    clinic.do(Verb.START, first)
    clinic.do(Verb.DONE, first)
    clinic.do(Verb.TRANSFER, second, doctor_id=other)
    clinic.do(Verb.CALL, third)
    clinic.do(Verb.SKIP, third)
    clinic.do(Verb.UNDO, third)
    done = run("verify")
    assert (done.exit_code, done.output) == (0, "All is well.\n")


def _change(table: type, **values: object):
    return lambda session: session.execute(update(table).where(col(table.id) == 1).values(**values))  # type: ignore[attr-defined]


FAULTS = {
    "tokens": (_change(QueueEntry, number=7, token="A7"), "are not 1 to 2"),
    "token and number": (_change(QueueEntry, token="A9"), "has the number 1"),
    "counter": (_change(QueueDay, next_token=9), "The next token"),
    "open but closed": (_change(QueueEntry, closed_at=MORNING), "was closed"),
    "no link": (_change(QueueEntry, link=None), "has no link"),
    "no stamp": (_change(QueueEntry, last_called_at=None), "has no last_called_at"),
    "status without a step": (_change(QueueEntry, status="on_hold"), "its history ends with Called"),
    "a step that jumps": (_change(EntryEvent, to_status="done"), "jumps from Done"),
    "a lost beginning": (_change(EntryEvent, from_status="waiting"), "does not begin"),
    "a step elsewhere": (_change(EntryEvent, doctor_id=2), "partly in another queue"),
    "a move from nowhere": (_change(QueueEntry, number=None), "not moved here"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_broken_is_named(clinic: Clinic, fault: str) -> None:
    clinic.add_doctor()
    clinic.do(Verb.CALL, clinic.join("Ann"))
    clinic.join("Bob")
    assert db.reading(invariants.broken) == []
    spoil, words = FAULTS[fault]
    db.transaction(spoil)
    done = run("verify")
    assert done.exit_code == 1
    assert words in done.output


def test_a_backup_comes_back_into_an_empty_database_only(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.join("Asha Rao")
    file = tmp_path / "backup.db"
    assert run("backup", str(file)).exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert run("backup", str(file)).exit_code == 1
    refused = run("restore", str(file))
    assert refused.exit_code == 1
    assert "holds a clinic" in refused.output
    monkeypatch.setenv("MEDIQUEUE_DATA_DIR", str(tmp_path / "elsewhere"))
    settings.cache_clear()
    assert "There is no database" in run("verify").output
    assert run("restore", str(tmp_path / "nothing")).exit_code == 1
    (tmp_path / "text").write_text("no database at all" * 100)
    assert run("restore", str(tmp_path / "text")).exit_code == 1
    assert run("restore", str(file)).exit_code == 0
    assert run("verify").output == "All is well.\n"
    assert db.reading(lambda session: session.exec(select(QueueEntry.token)).all()) == ["A1"]


def test_mariadb_has_its_own_tools(monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
    monkeypatch.setitem(os.environ, "MEDIQUEUE_DATABASE_URL", "mysql://root@localhost/clinic")
    settings.cache_clear()
    for words in (("backup", "x"), ("restore", "x")):
        done = run(*words)
        assert done.exit_code == 1
        assert "mariadb-dump" in done.output


def test_the_rule_is_tried_and_run(clock: Clock, clinic: Clinic) -> None:
    entry = clinic.join("Ann Lee")
    clinic.do(Verb.CANCEL, entry)
    clock.forward(days=100)
    clinic.new_shift()
    clinic.rules(keep_patients_months=3)
    tried = run("retention", "--dry-run")
    assert "Patients to erase: 1, not here since 2026-03-18." in tried.output
    assert clinic.all(Patient)[0].name == "Ann Lee"
    done = run("retention")
    assert (done.exit_code, "Erased: 1 patients." in done.output) == (0, True)
    assert clinic.all(Patient)[0].erased_at
    assert "Patients to erase: 0" in run("retention", "--dry-run").output


def test_the_rule_goes_on_when_somebody_else_was_faster(
    clinic: Clinic, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Ann", "Bob"):
        clinic.do(Verb.CANCEL, clinic.join(name))
    clock.forward(days=400)
    clinic.new_shift()
    clinic.rules(keep_patients_months=12)
    erase = privacy.erase_by_rule

    def too_late(session: db.Session, *, actor: Actor, patient_id: int) -> None:
        if patient_id == 1:
            raise Conflict("This person is erased already.", code="already_erased")
        erase(session, actor=actor, patient_id=patient_id)

    monkeypatch.setattr(privacy, "erase_by_rule", too_late)
    done = run("retention")
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "Erased: 1 patients."), done.output
    assert [person.name for person in clinic.all(Patient)] == ["Ann", privacy.ERASED_NAME]
