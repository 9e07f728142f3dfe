"""Patients and what the clinic knows of them, over REST."""

from typing import Any

import pytest

from app.models import Patient, Role
from app.services.policy import Actor, Verb
from tests.api.conftest import Api, refused

FULL = {
    "name": "Asha Rao", "phone": "+43 664 1234", "date_of_birth": "1985-04-05", "sex": "female", "blood_group": "AB-",
    "allergies": "Penicillin\nNuts", "insurance_provider": "Care All", "insurance_number": "AB-12", "emergency_name":
    "Ravi Rao", "emergency_phone": "0664 99887", "needs": ["fetch", "blind"], "language": "pt-BR", "confidential": True,
}  # fmt: skip


@pytest.fixture
def me(api: Api) -> Actor:
    return api.clinic.actor_of(api.clinic.add_user(Role.PATIENT, name="Asha Rao"))


async def put(api: Api, who: Any, **body: object) -> Any:
    return await api("PUT", "/me/profile", who=who, json=body)


async def test_a_profile_is_sent_and_answered_whole(api: Api, me: Actor) -> None:
    empty = (await api("GET", "/me/profile", who=me)).json()
    assert empty.keys() == FULL.keys()
    assert empty["name"] == "Asha Rao"
    answer = await put(api, me, **FULL)
    assert (answer.status_code, answer.json()) == (200, FULL)
    assert (await api("GET", "/me/profile/", who=me)).json() == FULL


async def test_what_is_left_out_stays_and_null_empties(api: Api, me: Actor) -> None:
    await put(api, me, **FULL)
    changed = (await put(api, me, blood_group=None, allergies=None, phone="", needs=[])).json()
    assert changed == FULL | {"blood_group": None, "allergies": "", "phone": "", "needs": []}
    assert (await put(api, me)).json() == changed


BAD: list[tuple[dict[str, object], str]] = [
    ({"user_id": 1}, "unknown_field"),
    ({"is_own": False}, "unknown_field"),
    ({"patient_id": 1}, "unknown_field"),
    ({"role": "admin"}, "unknown_field"),
    ({"erased_at": None}, "unknown_field"),
    ({"name": ""}, "bad_name"),
    ({"name": None}, "invalid"),
    ({"phone": "call me"}, "bad_phone"),
    ({"date_of_birth": "5.4.1985"}, "invalid"),
    ({"date_of_birth": "1800-01-01"}, "bad_born"),
    ({"blood_group": "C+"}, "invalid"),
    ({"needs": ["gold"]}, "invalid"),
    ({"confidential": "yes"}, "invalid"),
    ({"allergies": "x" * 500}, "bad_allergies"),
    ({"language": "Deutsch!"}, "bad_language"),
    ({"insurance_number": "=1+1"}, "bad_insurance_number"),
]


async def test_what_cannot_be_taken_changes_nothing(api: Api, me: Actor) -> None:
    await put(api, me, **FULL)
    for body, code in BAD:
        refused(await put(api, me, **body), 422, code)
    assert (await api("GET", "/me/profile", who=me)).json() == FULL


async def test_everybody_has_their_own(api: Api, me: Actor) -> None:
    await put(api, me, **FULL)
    other = api.clinic.staff(Role.PATIENT)
    assert (await api("GET", "/me/profile", who=other)).json()["name"] == "Patient"
    await put(api, other, name="Omar Aziz")
    assert (await api("GET", "/me/profile", who=me)).json() == FULL
    assert sorted(patient.name for patient in api.clinic.all(Patient)) == ["Asha Rao", "Omar Aziz"]


async def test_a_repeated_change_acts_once(api: Api, me: Actor) -> None:
    body = {"phone": "0664 1"}
    first = await api("PUT", "/me/profile", who=me, key="once", json={"phone": "0664 1234"})
    await put(api, me, phone="0664 9999")
    again = await api("PUT", "/me/profile", who=me, key="once", json={"phone": "0664 1234"})
    assert again.json() == first.json()
    assert (await api("GET", "/me/profile", who=me)).json()["phone"] == "0664 9999"
    refused(await api("PUT", "/me/profile", who=me, key="once", json=body), 422, "key_reused")


async def test_own_visits_that_are_over(api: Api, me: Actor) -> None:
    clinic = api.clinic
    mine = [clinic.join("Asha Rao", actor=me)]
    clinic.do(Verb.START, mine[0])
    clinic.do(Verb.DONE, mine[0])
    mine.append(clinic.join("Asha Rao", actor=me))
    clinic.do(Verb.CANCEL, mine[1], reason="patient_left")
    for name, actor in (("Mia Rao", me), ("Omar", clinic.staff(Role.PATIENT))):
        clinic.do(Verb.CANCEL, clinic.join(name, actor=actor), reason="patient_left")
    clinic.join("Asha Rao", actor=me)
    found = (await api("GET", "/me/visits", who=me)).json()
    assert [(one["entry_id"], one["status"]) for one in found] == [(mine[1].id, "Cancelled"), (mine[0].id, "Done")]
    assert found[0].items() >= {"token": "A2", "doctor_id": clinic.doctor_id, "doctor_name": "Meera Nair"}.items()
    assert (await api("GET", f"/me/visits?before={mine[1].id}&limit=1", who=me)).json() == found[1:]
    assert (await api("GET", "/me/visits?limit=1", who=me)).json() == found[:1]


async def test_patients_join_for_their_own_people_only(api: Api, me: Actor) -> None:
    mia = api.clinic.join("Mia Rao", actor=me).patient_id
    path = f"/queues/{api.clinic.add_doctor()}/tickets"
    assert (await api("POST", path, who=me, json={"patient_id": mia})).status_code == 201
    refused(await api("POST", path, who=Role.PATIENT, json={"patient_id": mia}), 404, "unknown_patient")
    refused(await api("POST", path, json={"patient_id": mia}), 401, "not_signed_in")
