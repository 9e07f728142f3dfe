"""The people the clinic knows."""

import pytest

from app.models import Role
from app.services import patients
from app.services.policy import Actor
from app.services.profiles import Profile
from tests.factories import Clinic, refused


def found(clinic: Clinic, search: str = "", page: int = 1) -> list[str]:
    return [row.name for row in clinic.read(lambda s: patients.found(s, actor=clinic.admin, search=search, page=page))]


@pytest.mark.parametrize(
    ("search", "names"),
    [("asha", ["Asha Rao"]), ("RAO", ["Asha Rao"]), ("0664", ["Omar"]), ("100%", ["100% Sure"]), ("%", ["100% Sure"]),
     ("_", ["Odd_Name"]), ("\\", ["Back\\slash"]), ("", ["Back\\slash", "Odd_Name", "100% Sure", "Omar", "Asha Rao"]),
     ("nobody", [])],
)  # fmt: skip
def test_a_search_by_name_or_phone(clinic: Clinic, search: str, names: list[str]) -> None:
    for name, phone in (
        ("Asha Rao", ""),
        ("Omar", "+43 0664"),
        ("100% Sure", ""),
        ("Odd_Name", ""),
        ("Back\\slash", ""),
    ):
        clinic.join(name, phone=phone)
    assert found(clinic, search) == names


def test_a_correction_is_seen_in_the_line(clinic: Clinic) -> None:
    entry = clinic.join("Asah Rao")

    def correct(actor, name: str = "Asha Rao", phone: str = "0664 1") -> None:
        clinic.write(
            lambda s: patients.change(s, actor=actor, patient_id=entry.patient_id, wish=Profile(name=name, phone=phone))
        )

    correct(clinic.staff(Role.RECEPTION))
    assert (clinic.view().line[0].patient_name, clinic.view().line[0].phone) == ("Asha Rao", "0664 1")
    with refused("bad_name"):
        correct(clinic.admin, name=" ")
    with refused("bad_phone"):
        correct(clinic.admin, phone="abc")
    for role in (Role.PATIENT, Role.DOCTOR):
        with refused("not_allowed"):
            correct(clinic.staff(role))


def seen(clinic: Clinic, actor: Actor, search: str = "") -> list[tuple[str, bool]]:
    rows = clinic.read(lambda s: patients.found(s, actor=actor, search=search))
    return [(row.name, row.sealed) for row in rows]


def is_sealed(clinic: Clinic, actor: Actor, patient_id: int) -> bool:
    return clinic.read(lambda s: patients.one(s, actor=actor, patient_id=patient_id)).sealed


def test_a_confidential_name_is_for_their_own_doctor_and_nurses(clinic: Clinic) -> None:
    hers = clinic.join("Ann Secret", actor=clinic.staff(Role.NURSE), is_confidential=True)
    other = clinic.doctor(clinic.add_doctor())
    clinic.do("cancel", hers)  # was here
    for actor in (clinic.doctor(), clinic.staff(Role.NURSE)):
        assert seen(clinic, actor) == seen(clinic, actor, "secr") == [("Ann Secret", False)]
        assert not is_sealed(clinic, actor, hers.patient_id)
    for actor in (other, clinic.staff(Role.RECEPTION), clinic.admin):
        assert seen(clinic, actor) == seen(clinic, actor, "ann secret") == [("Confidential", True)]
        assert seen(clinic, actor, "secr") == []
        assert is_sealed(clinic, actor, hers.patient_id)
