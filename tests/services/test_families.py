"""The people on a patient's account: who is there, who comes, who goes, and for whom the account may join."""

from typing import Any

import pytest

from app.models import AuditRow, Need, Patient, QueueEntry, Role
from app.services import families, profiles
from app.services.policy import ANONYMOUS, Actor
from app.services.profiles import Profile
from tests.factories import Clinic, Clock, refused


@pytest.fixture
def me(clinic: Clinic) -> Actor:
    return clinic.actor_of(clinic.add_user(Role.PATIENT, name="Asha Rao"))


@pytest.fixture
def stranger(clinic: Clinic) -> Actor:
    return clinic.actor_of(clinic.add_user(Role.PATIENT, name="Omar Aziz"))


def people(clinic: Clinic, actor: Actor) -> list[tuple[str, bool]]:
    return [(one.name, one.is_own) for one in clinic.read(lambda s: families.people(s, actor=actor))]


def add(clinic: Clinic, actor: Actor, name: str = "Mia Rao", **profile: Any) -> int:
    return clinic.write(lambda s: profiles.add(s, actor=actor, wish=Profile(name=name, **profile)))


def rename(clinic: Clinic, actor: Actor, name: str, patient_id: int | None = None) -> None:
    clinic.write(lambda s: profiles.change(s, actor=actor, patient_id=patient_id, wish=Profile(name=name)))


def remove(clinic: Clinic, actor: Actor, patient_id: int) -> None:
    clinic.write(lambda s: families.remove(s, actor=actor, patient_id=patient_id))


def test_an_account_without_a_record_has_its_own_person_all_the_same(clinic: Clinic, me: Actor) -> None:
    assert people(clinic, me) == [("Asha Rao", True)]
    clinic.join("asha rao", actor=me)
    add(clinic, me)
    assert people(clinic, me) == [("asha rao", True), ("Mia Rao", False)]
    assert [patient.is_own for patient in clinic.all(Patient)] == [True, False]


def test_own_stays_own_when_the_name_changes(clinic: Clinic, me: Actor) -> None:
    add(clinic, me)
    for name in ("Asha Nair", "Mia Rao"):
        rename(clinic, me, name)
    assert people(clinic, me) == [("Mia Rao", True), ("Mia Rao", False)]


def test_an_account_has_room_for_so_many(clinic: Clinic, me: Actor) -> None:
    for number in range(families.MOST_PEOPLE):
        add(clinic, me, f"Child {number}")
    with refused("too_many_people"):
        add(clinic, me)
    outside = clinic.join("Somebody Else", actor=me)  # may join all the same, without coming on the account
    assert clinic.read(lambda s: s.get_one(Patient, outside.patient_id).user_id) is None


def test_whoever_is_taken_off_stays_known_to_the_clinic(clinic: Clinic, me: Actor) -> None:
    mia = add(clinic, me)
    remove(clinic, me, mia)
    assert people(clinic, me) == [("Asha Rao", True)]
    assert clinic.read(lambda s: s.get_one(Patient, mia).name) == "Mia Rao"
    with refused("unknown_patient"):
        remove(clinic, me, mia)


def test_nobody_takes_themselves_off(clinic: Clinic, me: Actor) -> None:
    own = clinic.join("Asha Rao", actor=me).patient_id
    with refused("own_record"):
        remove(clinic, me, own)


@pytest.mark.parametrize("there", [True, False])
def test_somebody_elses_people_do_not_exist(clinic: Clinic, me: Actor, stranger: Actor, there: bool) -> None:
    patient_id = add(clinic, me) if there else 424242
    with refused("unknown_patient"):
        remove(clinic, stranger, patient_id)
    with refused("unknown_patient"):
        clinic.join("", actor=stranger, patient_id=patient_id)
    with refused("unknown_patient"):
        clinic.write(lambda s: profiles.read(s, actor=stranger, patient_id=patient_id))
    with refused("unknown_patient"):
        rename(clinic, stranger, "Stolen", patient_id)
    assert "Stolen" not in [patient.name for patient in clinic.all(Patient)]
    denied = [row for row in clinic.all(AuditRow) if row.outcome == "denied"]
    assert {row.action for row in denied} == {"family-remove", "join", "profile-read", "profile-change"}
    assert {(row.kind, row.object_id) for row in denied} == {("patient", patient_id)}


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.NURSE, Role.RECEPTION, Role.ADMIN])
def test_staff_have_no_family_here(clinic: Clinic, me: Actor, role: Role) -> None:
    mia = add(clinic, me)
    staff = clinic.staff(role)
    with refused("not_allowed"):
        people(clinic, staff)
    with refused("not_allowed"):
        add(clinic, staff)
    with refused("not_allowed"):
        remove(clinic, staff, mia)
    with refused("not_allowed"):
        rename(clinic, staff, "X", mia)
    with refused("not_allowed"):
        clinic.write(lambda s: profiles.read(s, actor=staff, patient_id=mia))
    with refused("not_signed_in"):
        people(clinic, ANONYMOUS)


@pytest.mark.parametrize("how", ["merged", "erased"])
def test_a_merged_or_erased_record_is_nobodys(clinic: Clinic, clock: Clock, me: Actor, how: str) -> None:
    goes_on, gone = add(clinic, me, "Goes on"), add(clinic, me, "Gone")
    mark: dict[str, Any] = {"merged_into_id": goes_on} if how == "merged" else {"erased_at": clock.at}
    clinic.write(lambda s: s.get_one(Patient, gone).sqlmodel_update(mark))
    with refused("unknown_patient"):
        clinic.join("", actor=me, patient_id=gone)
    assert "Gone" not in dict(people(clinic, me))


def test_a_ticket_for_a_child_is_the_childs(clinic: Clinic, me: Actor) -> None:
    mia = add(clinic, me, needs=(Need.DEAF, Need.FETCH))
    entry = clinic.join("", actor=me, patient_id=mia, needs=[Need.CHILD])
    assert entry.patient_id == mia
    assert set(entry.needs) == {"fetch", "deaf", "child"}
    with refused("already_waiting"):
        clinic.join("", actor=me, patient_id=mia)
    with refused("not_signed_in"):
        clinic.join("", patient_id=mia)
    assert len(clinic.all(QueueEntry)) == 1
