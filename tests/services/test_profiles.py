"""What patients say of themselves: checked, kept, audited by name only, and never overwritten unseen."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.errors import Conflict
from app.models import AuditRow, BloodGroup, Need, Patient, Role, Sex, User
from app.services import profiles
from app.services.policy import Actor
from app.services.profiles import Profile
from tests.factories import Clinic, refused

FULL = Profile(
    name="Asha Rao", born=date(1985, 4, 5), sex=Sex.FEMALE, phone="+43 664 1234", blood_group=BloodGroup.AB_NEGATIVE,
    allergies="Penicillin\nNuts", insurance_provider="Care All", insurance_number="AB-12 345/6",
    emergency_name="Ravi Rao", emergency_phone="0664 99887", needs=(Need.FETCH, Need.BLIND), language="pt-BR",
    is_confidential=True,
)  # fmt: skip


@pytest.fixture
def me(clinic: Clinic) -> Actor:
    return clinic.actor_of(clinic.add_user(Role.PATIENT, name="Asha Rao"))


def read(clinic: Clinic, actor: Actor, patient_id: int | None = None) -> Profile:
    return clinic.write(lambda s: profiles.read(s, actor=actor, patient_id=patient_id))[1]


def change(clinic: Clinic, actor: Actor, wish: Profile, **more: Any) -> Profile:
    return clinic.write(lambda s: profiles.change(s, actor=actor, wish=wish, **more))


def test_everything_is_kept(clinic: Clinic, me: Actor) -> None:
    assert read(clinic, me) == Profile(name="Asha Rao")
    assert clinic.all(Patient) == []  # looking makes nothing
    assert change(clinic, me, FULL) == FULL
    (own,) = clinic.all(Patient)
    assert read(clinic, me) == read(clinic, me, own.id) == FULL
    change(clinic, me, Profile(name="Asha Rao"))
    assert read(clinic, me) == Profile(name="Asha Rao")
    assert len(clinic.all(Patient)) == 1


def test_every_field_of_a_profile_has_a_name_for_people() -> None:
    assert set(profiles.FIELDS) == set(Profile.__dataclass_fields__)
    assert set(profiles.FIELDS) < set(Patient.model_fields)


def test_text_is_made_clean(clinic: Clinic, me: Actor) -> None:
    typed = "  Nuts \r\n\r\nPenicillin\nNuts\n"
    change(clinic, me, replace(FULL, name="  Asha \x00 Rao", allergies=typed, needs=(Need.BLIND,) * 3))
    kept = read(clinic, me)
    assert (kept.name, kept.allergies, kept.needs) == ("Asha Rao", "Nuts\nPenicillin", (Need.BLIND,))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 81),
        ("born", date(1899, 12, 31)),
        ("born", date(2026, 3, 11)),
        ("phone", "call me"),
        ("emergency_phone", "12"),
        ("emergency_name", "x" * 81),
        ("insurance_provider", "x" * 81),
        ("insurance_number", "x" * 41),
        ("insurance_number", "=1+1"),
        ("allergies", "x" * 101),
        ("allergies", "\n".join(f"Thing {n}" for n in range(21))),
        ("allergies", "\n".join(f"{n:02}{'x' * 70}" for n in range(15))),
        ("language", "Deutsch!"),
        ("language", "x" * 36),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(clinic: Clinic, me: Actor, field: str, value: object) -> None:
    with refused(f"bad_{field}"):
        change(clinic, me, replace(FULL, **{field: value}))  # type: ignore[arg-type]
    assert clinic.all(Patient) == []


def test_a_stale_save_overwrites_nothing_and_names_what_differs(clinic: Clinic, me: Actor) -> None:
    change(clinic, me, FULL)
    change(clinic, me, replace(FULL, phone="0664 1", allergies=""), seen=FULL)
    with refused("changed_since"):
        change(clinic, me, replace(FULL, language="de"), seen=FULL)
    assert read(clinic, me) == replace(FULL, phone="0664 1", allergies="")
    with pytest.raises(Conflict, match=r"the phone number, the allergies\.$"):
        change(clinic, me, FULL, seen=FULL)
    now = read(clinic, me)
    change(clinic, me, profiles.merged(FULL, replace(FULL, language="de"), now), seen=now)
    assert read(clinic, me) == replace(now, language="de")


def test_the_audit_has_the_fields_and_no_values(clinic: Clinic, me: Actor) -> None:
    change(clinic, me, FULL)
    change(clinic, me, replace(FULL, phone="0664 1", needs=()))
    read(clinic, me)
    own = clinic.all(Patient)[0].id
    rows = [row for row in clinic.all(AuditRow) if row.action.startswith("profile")]
    assert [(row.action, row.actor_id, row.patient_id) for row in rows] == [
        ("profile-change", me.user_id, own), ("profile-change", me.user_id, own), ("profile-read", me.user_id, own)
    ]  # fmt: skip
    assert [row.fields for row in rows] == [", ".join(profiles.FIELDS), "phone, needs", ""]


def test_a_new_name_shows_in_the_line_and_on_the_account(clinic: Clinic, me: Actor) -> None:
    clinic.join("Asha Rao", actor=me)
    before = clinic.version()
    change(clinic, me, Profile(name="Asha Nair"))
    assert clinic.version() == before + 1
    assert clinic.view().line[0].patient_name == "Asha Nair"
    assert clinic.read(lambda s: s.get_one(User, me.user_id)).name == "Asha Nair"


def test_two_who_add_an_allergy_lose_neither(clinic: Clinic, me: Actor) -> None:
    seen = change(clinic, me, FULL)
    now = replace(seen, allergies=f"{seen.allergies}\nLatex", phone="0170 1")
    wish = replace(seen, allergies=f"{seen.allergies}\nPollen", phone="0170 2")
    mine = profiles.merged(seen, wish, now)
    assert mine.allergies.splitlines() == [*now.allergies.splitlines(), "Pollen"]
    assert mine.phone == "0170 2"
    assert profiles.lost(now, mine, seen)["the phone number"] == "0170 1"
