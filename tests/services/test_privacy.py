"""A person is erased from the whole database, or not at all; and can take away all that is held about them."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from app import clock as app_clock
from app import db
from app.models import (
    AuditRow,
    BloodGroup,
    EntryEvent,
    Message,
    OneTimeLink,
    Patient,
    PatientMerge,
    Purpose,
    QueueEntry,
    RecoveryCode,
    RequestKey,
    Role,
    Sex,
    User,
    UserSession,
)
from app.services import exporting, families, idempotency, merging, patients, privacy, profiles, sign_ins
from app.services.policy import Actor
from app.services.privacy import EraseReason
from app.services.profiles import Profile
from app.settings import settings
from tests.factories import Clinic, refused

CANARY = "Zyx7kanari"


def erase(clinic: Clinic, patient_id: int, *, actor: Actor | None = None, typed: str = "erase") -> None:
    clinic.write(
        lambda s: privacy.erase(
            s, actor=actor or clinic.admin, patient_id=patient_id, reason=EraseReason.ASKED, typed=typed
        )
    )


def dump() -> dict[str, list[str]]:
    """Every row of every table, as text."""

    def rows(session: db.Session) -> dict[str, list[str]]:
        return {
            name: [repr(tuple(row)) for row in session.execute(sql(f"SELECT * FROM `{name}`"))]
            for name in SQLModel.metadata.tables
        }

    return db.reading(rows)


def holding(needle: str) -> set[str]:
    return {table for table, rows in dump().items() if any(needle.lower() in row.lower() for row in rows)}


def account(clinic: Clinic) -> tuple[int, Actor]:
    user_id = clinic.add_user(Role.PATIENT, email=f"{CANARY}@mail.test", name=f"{CANARY} Own")

    def more(session: db.Session) -> None:
        user = session.get_one(User, user_id)
        user.totp, user.phone = f"{CANARY}-secret", "+4366477777"
        session.add(user)
        at = app_clock.now()
        session.add(RecoveryCode(user_id=user_id, code_hash=f"{CANARY}-code"))
        session.add(
            OneTimeLink(purpose=Purpose.RESET, user_id=user_id, token_hash=f"{CANARY}-r", created_at=at, expires_at=at)
        )
        session.add(
            Message(
                kind="reset", recipient=f"{CANARY}@mail.test".lower(), subject=CANARY, body=CANARY, created_at=at,
                due_at=at,
            )
        )  # fmt: skip
        sign_ins.open_session(session, user_id, settings().key, device=f"{CANARY} phone")

    clinic.write(more)
    return user_id, clinic.actor_of(user_id)


def everywhere(clinic: Clinic) -> tuple[int, int]:
    """Somebody whose canary is in every text column that is about them; their id and the one merged into it."""
    user_id, me = account(clinic)
    entry = clinic.join(f"{CANARY} Own", actor=me, phone="+4366477777", reason=f"{CANARY} pain")
    clinic.do("start", entry)
    clinic.do("hold", entry, reason=f"{CANARY} blood test")
    clinic.do("resume", entry)
    clinic.do("hold", entry, reason=f"{CANARY} x-ray")
    clinic.do("cancel", entry, reason=f"{CANARY} went home")
    other = clinic.join(f"{CANARY} Twin", phone="+4366488888", reason=f"{CANARY} too")
    clinic.do("cancel", other)
    wish = Profile(
        name=f"{CANARY} Own", born=date(1985, 3, 4), sex=Sex.FEMALE, phone="+4366477777",
        blood_group=BloodGroup.AB_NEGATIVE, allergies=f"{CANARY} nuts", insurance_provider=f"{CANARY} Ltd",
        insurance_number=f"{CANARY}9", emergency_name=f"{CANARY} Mum", emergency_phone="+4366499999", language="de",
    )  # fmt: skip
    clinic.write(lambda s: patients.change(s, actor=clinic.admin, patient_id=entry.patient_id, wish=wish))

    def more(session: db.Session) -> None:
        at = app_clock.now()
        for patient_id in (entry.patient_id, other.patient_id):
            session.add(
                Message(
                    kind="turn", patient_id=patient_id, recipient="+4366477777", subject=CANARY, body=CANARY,
                    created_at=at, due_at=at, error=CANARY, once=f"{CANARY}-{patient_id}",
                )
            )  # fmt: skip
        session.add(
            OneTimeLink(
                purpose=Purpose.CLAIM, patient_id=other.patient_id, token_hash=f"{CANARY}-c", created_at=at,
                expires_at=at,
            )
        )  # fmt: skip
        answers: tuple[tuple[str, dict[str, Any]], ...] = (
            ("anonymous", {"link": entry.link}),
            (f"user:{clinic.admin.user_id}", {"said": f"{CANARY} Own is done.", "all": [{"why": f"{CANARY} pain"}]}),
            (f"user:{user_id}", {"email": f"{CANARY}@mail.test"}),
            ("anonymous", {"said": "Somebody else is done."}),
        )
        for asker, answer in answers:
            key = json.dumps(answer)
            idempotency.once(session, asker=asker, key=key, body={}, work=lambda answer=answer: answer)  # type: ignore[misc]

    clinic.write(more)
    clinic.write(
        lambda s: merging.merge(
            s, actor=clinic.admin, kept_id=entry.patient_id, gone_id=other.patient_id, taken=("phone", "name")
        )
    )
    return entry.patient_id, other.patient_id


def test_nothing_is_left_of_an_erased_person(clinic: Clinic) -> None:
    untouched = clinic.join("Bystander", phone="0664 1", reason="Cough")
    kept, gone = everywhere(clinic)
    links = [entry.link for entry in clinic.all(QueueEntry) if entry.patient_id == kept]
    theirs = {
        "patient", "patient_merge", "queue_entry", "entry_event", "message", "one_time_link", "request_key", "user",
        "user_session", "recovery_code",
    }  # fmt: skip
    assert holding(CANARY) == theirs
    steps, audited = len(clinic.all(EntryEvent)), len(dump()["audit"])
    erase(clinic, gone)  # an old id means the same person
    for needle in (CANARY, "66477777", "66488888", "66499999", "1985-03-04", "AB-", *filter(None, links)):
        assert holding(needle) == set(), needle
    people = {person.id: person for person in clinic.all(Patient)}
    assert {people[key].name for key in (kept, gone)} == {privacy.ERASED_NAME}
    assert all(people[key].erased_at and not people[key].user_id for key in (kept, gone))
    assert clinic.entry(untouched).reason == "Cough"
    assert clinic.view().line[0].patient_name == "Bystander"
    assert len(clinic.all(EntryEvent)) == steps
    assert len(dump()["audit"]) > audited
    assert {"said": "Somebody else is done."} in [row.answer for row in clinic.all(RequestKey)]
    assert {entry.status for entry in clinic.all(QueueEntry) if entry.patient_id == kept} == {"cancelled"}
    user = next(user for user in clinic.all(User) if user.name == privacy.ERASED_NAME)
    assert user.disabled_at
    assert all(row.ended_at for row in clinic.all(UserSession) if row.user_id == user.id)
    clinic.add_user(Role.PATIENT, email=f"{CANARY}@mail.test")  # the e-mail is free again
    with refused("already_erased"):
        erase(clinic, kept)


def test_every_table_that_knows_people_is_thought_of() -> None:
    """A new table that points to patients or tickets has to be emptied by erase, too: then name it here."""
    about = {"patient", "queue_entry", "entry_event"}
    knows = {
        name for name, table in SQLModel.metadata.tables.items()
        if about & {key.column.table.name for key in table.foreign_keys}
    }  # fmt: skip
    assert knows == {
        "appointment", "entry_event", "message", "one_time_link", "patient", "patient_merge", "queue_entry",
    }  # fmt: skip


def test_it_is_refused_in_words(clinic: Clinic) -> None:
    entry = clinic.join("Ann", phone="111111")
    for role in set(Role) - {Role.ADMIN}:
        with refused("not_allowed"):
            erase(clinic, entry.patient_id, actor=clinic.staff(role))
    with refused("wrong_word"):
        erase(clinic, entry.patient_id, typed="yes")
    with refused("open_tickets"):
        erase(clinic, entry.patient_id)
    assert holding("111111") == {"patient"}
    clinic.do("cancel", entry)
    erase(clinic, entry.patient_id, typed=" Erase ")
    with refused("unknown_patient"):
        clinic.join(patient_id=entry.patient_id, actor=clinic.admin)
    with refused("moved_on"):
        clinic.do("restore", entry)


def test_it_is_done_whole_or_not(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, _ = everywhere(clinic)
    before = dump()

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(privacy, "_empty", dies)
    with pytest.raises(KeyboardInterrupt):
        erase(clinic, kept)
    assert dump() == before


def test_an_account_with_others_on_it_goes_on(clinic: Clinic) -> None:
    user_id, me = account(clinic)
    own, child = clinic.join(f"{CANARY} Own", actor=me), clinic.join("Child", actor=me)
    for entry in (own, child):
        clinic.do("cancel", entry)
    erase(clinic, own.patient_id)
    user = next(user for user in clinic.all(User) if user.id == user_id)
    assert (user.name, user.disabled_at) == (privacy.FAMILY_NAME, None)
    erase(clinic, child.patient_id)
    assert holding(CANARY) == set()


def test_the_account_of_a_parent_goes_on_without_the_child(clinic: Clinic) -> None:
    me = clinic.actor_of(clinic.add_user(Role.PATIENT, email="mum@home.test", name="Mum"))
    child = clinic.write(lambda s: profiles.add(s, actor=me, wish=Profile(name="Child")))
    erase(clinic, child)
    user = next(user for user in clinic.all(User) if user.id == me.user_id)
    assert (user.name, user.email, user.disabled_at) == ("Mum", "mum@home.test", None)
    assert [one.patient_id for one in clinic.read(lambda s: families.people(s, actor=me))] == [None]
    clinic.write(lambda s: profiles.change(s, actor=me, wish=Profile(name="Mum")))  # is still signed in


@pytest.mark.parametrize("account_goes", [True, False])
def test_an_account_closes_with_its_own_person_whatever_they_are_called(clinic: Clinic, account_goes: bool) -> None:
    me = clinic.actor_of(clinic.add_user(Role.PATIENT, email="mum@home.test", name="Mum"))
    clinic.write(lambda s: profiles.change(s, actor=me, wish=Profile(name="Mum")))
    (own,) = [row.id for row in clinic.all(Patient)]
    clinic.write(lambda s: patients.change(s, actor=clinic.admin, patient_id=own, wish=Profile(name="Mother")))
    other = clinic.actor_of(clinic.add_user(Role.PATIENT, name="Other"))
    kept = clinic.write(lambda s: profiles.add(s, actor=other, wish=Profile(name="Aunt")))
    taken = ["account"] if account_goes else []
    clinic.write(lambda s: merging.merge(s, actor=clinic.admin, kept_id=kept, gone_id=own, taken=taken))
    erase(clinic, kept)
    gone = {user.id: user.disabled_at is not None for user in clinic.all(User)}
    assert (gone[me.user_id or 0], gone[other.user_id or 0]) == (True, False)


# ------------------------------------------------------------------------------------------------------------ export


def test_an_export_holds_everything_and_nothing_of_others(clinic: Clinic) -> None:
    clinic.join("Bystander", phone="0664 1")
    kept, gone = everywhere(clinic)
    found = clinic.write(lambda s: exporting.of_patient(s, actor=clinic.admin, patient_id=gone))
    whole = json.dumps(found, ensure_ascii=False)
    for word in ("pain", "blood test", "x-ray", "went home", "nuts", "Ltd", "Mum", "too", "phone", "AB-", "1985-03-04"):
        assert word in whole, word
    person = found["people"][0]
    assert (person["number"], person["earlier_numbers"]) == (kept, [gone])
    assert [ticket["token"] for ticket in person["tickets"]] == ["A2", "A3"]
    assert person["tickets"][0]["steps"][0]["actor_role"] == "patient"
    assert {row["action"] for row in person["audit"]} >= {"join", "patient-change", "patient-merge"}
    assert len(person["messages"]) == 2
    for secret in ("Bystander", "hash", "secret", "Ada Admin", settings().key.hex()):
        assert secret not in whole, secret
    taken = [row for row in clinic.all(AuditRow) if row.action == "patient-export"]
    assert [(row.patient_id, row.fields) for row in taken] == [(kept, ", ".join(exporting.SECTIONS))]


def test_my_own_export_holds_my_people_and_only_them(clinic: Clinic) -> None:
    me, stranger = clinic.staff(Role.PATIENT), clinic.staff(Role.PATIENT, another=True)
    clinic.join("Asha Rao", actor=me)
    child = clinic.join("Mia Rao", actor=me)
    other = clinic.join("Somebody Else", actor=stranger)
    found = clinic.write(lambda s: exporting.of_me(s, actor=me))
    assert [person["profile"]["name"] for person in found["people"]] == ["Asha Rao", "Mia Rao"]
    assert found["account"]["email"]
    assert "Somebody Else" not in json.dumps(found)
    shared = clinic.write(lambda s: exporting.of_patient(s, actor=clinic.admin, patient_id=child.patient_id))
    assert shared["account"].keys() == {"shared", "since"}
    for role in set(Role) - {Role.ADMIN}:
        who = clinic.staff(role)
        with refused("not_allowed"):
            clinic.write(
                lambda s, who=who: exporting.of_patient(s, actor=who, patient_id=other.patient_id)  # type: ignore[misc]
            )
    with refused("not_allowed"):
        clinic.write(lambda s: exporting.of_me(s, actor=clinic.admin))


# ------------------------------------------------------------------------------------------------------ confidential


def test_a_confidential_record_asks_why_first(clinic: Clinic) -> None:
    entry = clinic.join("Asha Rao", phone="+43 664 123", is_confidential=True, actor=clinic.admin)
    clinic.do("cancel", entry)
    key = entry.patient_id

    def found(search: str, actor: Actor) -> list[str]:
        return [row.name for row in clinic.read(lambda s: patients.found(s, actor=actor, search=search))]

    assert found("asha", clinic.admin) == []
    for search in ("", "asha rao", "+43 664 123", f"#{key}"):
        assert found(search, clinic.admin) == ["Confidential"], search
    assert found("asha", clinic.doctor()) == ["Asha Rao"]
    for work in (
        lambda s: patients.record(s, actor=clinic.admin, patient_id=key),
        lambda s: patients.change(s, actor=clinic.admin, patient_id=key, wish=Profile(name="X")),
        lambda s: exporting.of_patient(s, actor=clinic.admin, patient_id=key),
        lambda s: privacy.erase(s, actor=clinic.admin, patient_id=key, reason=EraseReason.ASKED, typed="erase"),
    ):
        with refused("confidential"):
            clinic.write(work)
    with refused("short_reason"):
        clinic.write(lambda s: patients.record(s, actor=clinic.admin, patient_id=key, reason="why not"))
    seen = clinic.write(
        lambda s: patients.record(s, actor=clinic.admin, patient_id=key, reason="They asked for a copy at the desk")
    )
    assert seen.profile.name == "Asha Rao"
    clinic.write(lambda s: exporting.of_patient(s, actor=clinic.admin, patient_id=key))
    another = clinic.staff(Role.ADMIN, another=True)
    with refused("confidential"):
        clinic.write(lambda s: exporting.of_patient(s, actor=another, patient_id=key))
    assert clinic.all(PatientMerge) == []
