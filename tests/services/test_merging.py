"""Two records of one person become one, and two again."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import col, select

from app import clock as app_clock
from app.errors import Conflict
from app.models import AuditRow, Message, Patient, PatientMerge, QueueEntry, Role, User
from app.services import claims, duplicates, families, merging, patients, privacy, profiles
from app.services.duplicates import Why
from app.services.policy import Actor
from app.services.profiles import Profile
from tests.factories import Clinic, Clock, refused


def merge(clinic: Clinic, kept: int, gone: int, *taken: str, actor: Actor | None = None) -> int:
    return clinic.write(
        lambda s: merging.merge(s, actor=actor or clinic.admin, kept_id=kept, gone_id=gone, taken=taken)
    )


def take_back(clinic: Clinic, merge_id: int) -> None:
    clinic.write(lambda s: merging.take_back(s, actor=clinic.admin, merge_id=merge_id))


def patient(clinic: Clinic, patient_id: int) -> Patient:
    return clinic.read(lambda s: s.get_one(Patient, patient_id))


def edit(clinic: Clinic, patient_id: int, **changes: object) -> None:
    now = profiles.of(patient(clinic, patient_id))
    wish = replace(now, **changes)  # type: ignore[arg-type]
    clinic.write(lambda s: patients.change(s, actor=clinic.admin, patient_id=patient_id, wish=wish))


def found(clinic: Clinic, search: str) -> list[int]:
    return [row.id for row in clinic.read(lambda s: patients.found(s, actor=clinic.admin, search=search))]


def pairs(clinic: Clinic, why: Why) -> list[tuple[int, int]]:
    return [
        (pair.older.id, pair.newer.id)
        for pair in clinic.read(lambda s: duplicates.pairs(s, actor=clinic.admin, why=why))
    ]


def test_everything_goes_to_the_one_that_goes_on_and_back(clinic: Clinic) -> None:
    me = clinic.staff(Role.PATIENT)
    kept, gone = clinic.join("Asha Rao", phone="0664 1"), clinic.join("Ascha Rao", actor=me, phone="0664 22222")
    clinic.do("cancel", gone)
    other = clinic.add_doctor()
    here = clinic.join("Ascha Rao", doctor_id=other, actor=me)
    assert here.patient_id == gone.patient_id
    version = clinic.version(other)
    merge_id = merge(clinic, kept.patient_id, gone.patient_id, "phone")
    assert {clinic.entry(entry).patient_id for entry in (kept, gone, here)} == {kept.patient_id}
    assert clinic.view(other).line[0].patient_name == "Asha Rao"
    assert clinic.version(other) == version + 1
    now = patient(clinic, kept.patient_id)
    assert (now.name, now.phone, now.user_id) == ("Asha Rao", "0664 22222", me.user_id)
    assert patient(clinic, gone.patient_id).user_id is None
    assert found(clinic, "ascha") == []
    assert found(clinic, "rao") == [kept.patient_id]
    assert clinic.read(lambda s: patients.one(s, actor=clinic.admin, patient_id=gone.patient_id)).id == kept.patient_id
    later = clinic.join(patient_id=gone.patient_id, doctor_id=clinic.add_doctor("Third"), actor=clinic.admin)
    assert later.patient_id == kept.patient_id

    take_back(clinic, merge_id)
    assert {clinic.entry(entry).patient_id for entry in (gone, here)} == {gone.patient_id}
    assert {clinic.entry(entry).patient_id for entry in (kept, later)} == {kept.patient_id}
    before, after = patient(clinic, kept.patient_id), patient(clinic, gone.patient_id)
    assert (before.phone, before.user_id, after.user_id) == ("0664 1", None, me.user_id)
    assert found(clinic, "ascha") == [gone.patient_id]
    with refused("too_late"):
        take_back(clinic, merge_id)


def test_what_somebody_changed_since_stays_as_they_left_it(clinic: Clinic) -> None:
    kept, gone = clinic.join("Asha"), clinic.join("Ascha")
    edit(clinic, gone.patient_id, born=date(1990, 1, 2), allergies="Nuts", needs=("deaf",))
    clinic.do("cancel", gone)
    merge_id = merge(clinic, kept.patient_id, gone.patient_id, "born", "allergies", "needs")
    assert patient(clinic, kept.patient_id).needs == ["deaf"]
    edit(clinic, kept.patient_id, allergies="Nuts\nMilk")
    take_back(clinic, merge_id)
    now = patient(clinic, kept.patient_id)
    assert (now.born, now.allergies, now.needs) == (None, "Nuts\nMilk", [])


def test_one_person_waits_once_in_one_queue(clinic: Clinic) -> None:
    kept, gone = clinic.join("Asha Rao"), clinic.join("Ascha Rao")
    with pytest.raises(Conflict, match=r"Both wait for Meera Nair, as A1 and A2\."):
        merge(clinic, kept.patient_id, gone.patient_id)
    assert clinic.entry(gone).patient_id == gone.patient_id
    clinic.do("cancel", gone)
    merge(clinic, kept.patient_id, gone.patient_id)


def test_who_may_and_what_makes_no_sense(clinic: Clinic) -> None:
    kept, gone, third = (clinic.join(name).patient_id for name in ("Ann", "Anne", "Anna"))
    clinic.add_doctor()
    for role in set(Role) - {Role.ADMIN}:
        with refused("not_allowed"):
            merge(clinic, kept, gone, actor=clinic.staff(role))
    with refused("same_patient"):
        merge(clinic, kept, kept)
    with refused("unknown_patient"):
        merge(clinic, kept, 999)
    with refused("unknown_field"):
        merge(clinic, kept, gone, "id")
    for token in ("A2", "A3"):
        entry = next(entry for entry in clinic.view().entries if entry.token == token)
        clinic.do("cancel", entry.entry_id)
    first = merge(clinic, kept, gone)
    with refused("changed_since"):
        merge(clinic, third, gone)
    merge(clinic, third, kept)
    assert clinic.read(lambda s: patients.one(s, actor=clinic.admin, patient_id=gone)).id == third
    with refused("changed_since"):
        take_back(clinic, first)


def test_after_a_month_it_stays(clinic: Clinic, clock: Clock) -> None:
    kept, gone = clinic.join("Ann"), clinic.join("Anne")
    clinic.do("cancel", gone)
    merge_id = merge(clinic, kept.patient_id, gone.patient_id)
    recent = clinic.read(lambda s: merging.recent(s, actor=clinic.admin))
    assert [(row.id, row.kept_name, row.gone_name, row.tickets) for row in recent] == [(merge_id, "Ann", "Anne", 1)]
    clock.forward(days=31)
    clinic.new_shift()
    assert clinic.read(lambda s: merging.recent(s, actor=clinic.admin)) == []
    with refused("too_late"):
        take_back(clinic, merge_id)


def test_the_audit_names_fields_and_never_values(clinic: Clinic) -> None:
    kept, gone = clinic.join("Ann", phone="111111"), clinic.join("Anne", phone="222222")
    clinic.do("cancel", gone)
    clinic.write(
        lambda s: s.add(
            Message(
                kind="turn", patient_id=gone.patient_id, recipient="a@b.test", subject="", body="",
                created_at=app_clock.now(), due_at=app_clock.now(),
            )
        )
    )  # fmt: skip
    merge_id = merge(clinic, kept.patient_id, gone.patient_id, "phone")
    rows = clinic.read(lambda s: s.exec(select(AuditRow).where(col(AuditRow.action) == "patient-merge")).all())
    assert [(row.patient_id, row.object_id, row.fields) for row in rows] == [
        (kept.patient_id, gone.patient_id, "phone"),
        (gone.patient_id, kept.patient_id, "phone"),
    ]
    done = clinic.all(PatientMerge)[0]
    assert done.moved == {"queue_entry": [gone.id], "message": [clinic.all(Message)[0].id], "appointment": []}
    take_back(clinic, merge_id)
    assert clinic.all(PatientMerge)[0].changed == {}
    assert clinic.all(Message)[0].patient_id == gone.patient_id


def test_likely_pairs(clinic: Clinic) -> None:
    born = date(1990, 1, 2)
    ids = {}
    for key, name, phone, birthday in (
        ("a", "Zoë  Müller", "0664 123", born), ("b", "zoe muller", "", born), ("c", "Zoe Müller", "0664/123", None),
        ("d", "Kid Müller", "0664 123", date(2015, 1, 1)), ("e", "Ann", "111111", None), ("f", "Bob", "111-111", None),
        ("g", "Sec Ret", "999999", born), ("h", "Sec Ret", "999999", born),
        ("i", "Mum Lee", "222222", date(1980, 1, 1)), ("j", "Kid Lee", "222222", date(2015, 1, 1)),
    ):  # fmt: skip
        ids[key] = clinic.join(name).patient_id
        edit(clinic, ids[key], name=name, phone=phone, born=birthday, is_confidential=key == "h")
    assert pairs(clinic, Why.BORN) == [(ids["a"], ids["b"])]
    assert pairs(clinic, Why.PHONE) == [(ids["a"], ids["c"])]
    assert pairs(clinic, Why.ONLY_PHONE) == [(ids["a"], ids["d"]), (ids["e"], ids["f"])]
    clinic.do("cancel", next(e.entry_id for e in clinic.view().entries if e.patient_id == ids["b"]))
    merge(clinic, ids["a"], ids["b"])
    assert pairs(clinic, Why.BORN) == []
    with refused("confidential"):
        merge(clinic, ids["g"], ids["h"])


def test_whoever_joins_while_it_happens_waits_as_the_one_that_goes_on(clinic: Clinic) -> None:
    for number in range(6):
        kept, gone = (clinic.join(f"{name} {number}") for name in ("Ann", "Anne"))
        clinic.do("cancel", gone)
        clinic.do("cancel", kept)
        with ThreadPoolExecutor(2) as pool:
            joined = pool.submit(clinic.join, patient_id=gone.patient_id, actor=clinic.admin)
            merged = pool.submit(merge, clinic, kept.patient_id, gone.patient_id)
            joined.result(), merged.result()
    lost = {person.id for person in clinic.all(Patient) if person.merged_into_id}
    assert len(lost) == 6
    assert not lost & {entry.patient_id for entry in clinic.all(QueueEntry)}


@pytest.mark.parametrize("secret", [0, 1])
def test_what_is_confidential_stays_so(clinic: Clinic, secret: int) -> None:
    both = [clinic.join("Ann").patient_id, clinic.join("Anne").patient_id]
    clinic.do("cancel", clinic.view().line[1].entry_id)
    edit(clinic, both[secret], is_confidential=True)
    said = "Both are the same person"
    clinic.write(lambda s: patients.record(s, actor=clinic.admin, patient_id=both[secret], reason=said))
    merge_id = merge(clinic, both[0], both[1])
    assert patient(clinic, both[0]).is_confidential
    assert clinic.view().line[0].patient_name == "Confidential"
    with refused("unknown_field"):
        merge(clinic, both[0], both[1], "is_confidential")
    take_back(clinic, merge_id)
    assert [patient(clinic, one).is_confidential for one in both] == [secret == 0, secret == 1]


def test_an_admin_may_open_a_merged_record_again(clinic: Clinic) -> None:
    kept, gone = clinic.join("Ann").patient_id, clinic.join("Anne")
    clinic.do("cancel", gone)
    edit(clinic, gone.patient_id, is_confidential=True)
    said = "Both are the same person"
    clinic.write(lambda s: patients.record(s, actor=clinic.admin, patient_id=gone.patient_id, reason=said))
    merge(clinic, kept, gone.patient_id)
    clinic.write(lambda s: patients.record(s, actor=clinic.admin, patient_id=kept, reason="They asked for it now"))
    edit(clinic, kept, is_confidential=False)
    assert not patient(clinic, kept).is_confidential


@pytest.fixture
def family(clinic: Clinic) -> tuple[Actor, int, int]:
    """An account, the record of one who is not its own person, and the merge of it into another record."""
    me = clinic.actor_of(clinic.add_user(Role.PATIENT, name="Dad"))
    clinic.write(lambda s: profiles.change(s, actor=me, wish=Profile(name="Dad")))
    gone = clinic.write(lambda s: profiles.add(s, actor=me, wish=Profile(name="Ex")))
    return me, gone, merge(clinic, clinic.join("Ex").patient_id, gone)


def test_an_account_gets_back_whom_it_had(clinic: Clinic, family: tuple[Actor, int, int]) -> None:
    me, gone, merge_id = family
    take_back(clinic, merge_id)
    assert patient(clinic, gone).user_id == me.user_id


@pytest.mark.parametrize("how", ["removed", "claimed", "disabled", "erased"])
def test_an_account_that_let_somebody_go_does_not_get_them_back(
    clinic: Clinic, family: tuple[Actor, int, int], how: str
) -> None:
    me, gone, merge_id = family
    kept = patient(clinic, gone).merged_into_id or 0
    if how in ("removed", "claimed"):
        clinic.write(lambda s: families.remove(s, actor=me, patient_id=kept))
    if how == "claimed":
        theirs = clinic.actor_of(clinic.add_user(Role.PATIENT, name="Ex"))
        token = clinic.write(lambda s: claims.offer(s, actor=clinic.admin, patient_id=kept))
        clinic.write(lambda s: claims.take(s, actor=theirs, token=token))
    if how == "disabled":
        clinic.write(lambda s: s.get_one(User, me.user_id).sqlmodel_update({"disabled_at": app_clock.now()}))
    if how == "erased":
        own = next(row.id for row in clinic.all(Patient) if row.name == "Dad")
        clinic.write(lambda s: s.get_one(Patient, kept).sqlmodel_update({"user_id": None}))
        said = privacy.EraseReason.ASKED
        clinic.write(lambda s: privacy.erase(s, actor=clinic.admin, patient_id=own, reason=said, typed="erase"))
    take_back(clinic, merge_id)
    assert patient(clinic, gone).user_id is None


def test_the_own_person_of_an_account_is_that_again(clinic: Clinic) -> None:
    me = clinic.actor_of(clinic.add_user(Role.PATIENT, name="Dad"))
    clinic.write(lambda s: profiles.change(s, actor=me, wish=Profile(name="Dad")))
    (own,) = [row.id for row in clinic.all(Patient)]
    other = clinic.actor_of(clinic.add_user(Role.PATIENT, name="Other"))
    kept = clinic.write(lambda s: profiles.add(s, actor=other, wish=Profile(name="Aunt")))
    for renewed in (False, True):
        merge_id = merge(clinic, kept, own)
        if renewed:
            clinic.write(lambda s: profiles.change(s, actor=me, wish=Profile(name="Dad")))
        take_back(clinic, merge_id)
        now = patient(clinic, own)
        assert (now.user_id, now.is_own) == (me.user_id, not renewed)
