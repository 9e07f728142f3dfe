"""A record that is let go in the very moment somebody else changes it. SQLite has one writer: there it can't happen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from app import db
from app.models import Patient, QueueEntry, Role
from app.services import claims, families, merging, privacy, profiles
from app.services.policy import Actor
from app.services.privacy import EraseReason
from app.services.profiles import Profile
from tests.engines import MARIADB
from tests.factories import Clinic, refused

pytestmark = pytest.mark.parametrize("database", [MARIADB], indirect=True)


@pytest.fixture
def me(clinic: Clinic) -> Actor:
    me = clinic.actor_of(clinic.add_user(Role.PATIENT, name="Asha Rao"))
    clinic.write(lambda s: profiles.change(s, actor=me, wish=Profile(name="Asha Rao")))
    return me


@pytest.fixture
def child(clinic: Clinic, me: Actor) -> int:
    return clinic.write(lambda s: profiles.add(s, actor=me, wish=Profile(name="Mia Rao")))


def meanwhile(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> None:
    """Let `work` be done after the record was found and before it is locked."""
    announce = profiles.announce

    def first(session: db.Session, *patient_ids: int) -> None:
        monkeypatch.undo()
        work()
        announce(session, *patient_ids)

    monkeypatch.setattr(profiles, "announce", first)


def erase(clinic: Clinic, patient_id: int) -> None:
    said = EraseReason.ASKED
    clinic.write(lambda s: privacy.erase(s, actor=clinic.admin, patient_id=patient_id, reason=said, typed="erase"))


def remove(clinic: Clinic, me: Actor, patient_id: int) -> None:
    clinic.write(lambda s: families.remove(s, actor=me, patient_id=patient_id))


def rename(clinic: Clinic, me: Actor, patient_id: int) -> None:
    wish = Profile(name="Mia Again", phone="0664 1234567", allergies="Nuts")
    clinic.write(lambda s: profiles.change(s, actor=me, patient_id=patient_id, wish=wish))


def record(clinic: Clinic, patient_id: int) -> Patient:
    return clinic.read(lambda s: s.get_one(Patient, patient_id))


def test_an_erased_person_is_not_filled_again(
    clinic: Clinic, me: Actor, child: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: erase(clinic, child))
    with refused("unknown_patient"):
        rename(clinic, me, child)
    now = record(clinic, child)
    assert (now.name, now.phone, now.allergies) == (privacy.ERASED_NAME, "", "")


def test_somebody_taken_off_the_account_is_not_changed(
    clinic: Clinic, me: Actor, child: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: remove(clinic, me, child))
    with refused("unknown_patient"):
        rename(clinic, me, child)
    assert record(clinic, child).name == "Mia Rao"


def test_somebody_merged_away_is_not_taken_off(
    clinic: Clinic, me: Actor, child: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = clinic.join("Mia Rao").patient_id
    one = families.one

    def first(session: db.Session, **asked: object) -> Patient:
        found = one(session, **asked)  # type: ignore[arg-type]
        monkeypatch.undo()
        clinic.write(lambda s: merging.merge(s, actor=clinic.admin, kept_id=kept, gone_id=child))
        return found

    monkeypatch.setattr(families, "one", first)
    with refused("unknown_patient"):
        remove(clinic, me, child)
    assert record(clinic, kept).user_id == me.user_id


@contextmanager
def locks() -> Iterator[list[str]]:
    """The tables whose rows are locked inside, in that order."""
    found: list[str] = []

    def heard(_c: object, _cursor: object, said: str, *_: object) -> None:
        if said.rstrip().endswith("FOR UPDATE"):
            found.append(said.split("FROM", 1)[1].split(maxsplit=1)[0].strip("`"))

    engine = db._database().writer
    event.listen(engine, "before_cursor_execute", heard)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", heard)


def test_a_claim_locks_as_everybody_does(clinic: Clinic, me: Actor) -> None:
    other = clinic.add_doctor()
    clinic.join("Asha Rao", actor=me, doctor_id=other)
    known = clinic.join("Asha R").patient_id
    token = clinic.write(lambda s: claims.offer(s, actor=clinic.admin, patient_id=known))
    with locks() as found:
        clinic.write(lambda s: claims.take(s, actor=me, token=token, is_me=True))
    assert found[:4] == ["queue_day", "queue_day", "patient", "one_time_link"]
    assert {entry.patient_id for entry in clinic.all(QueueEntry)} == {known}
