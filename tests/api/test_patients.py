"""Joining and following a ticket over REST."""

from datetime import datetime

from app.models import Patient, Role
from app.services.policy import Verb
from tests.api.conftest import Api, refused
from tests.factories import PASSWORD, Clock

TICKET = {"link", "token", "number", "status", "position", "estimate", "doctor_id", "room", "joined_at"}


async def test_a_ticket_from_joining_to_done(clock: Clock, api: Api) -> None:
    api.clinic.join("Somebody before")
    answer = await api("POST", f"/queues/{api.clinic.doctor_id}/tickets", json={"name": "Asha Rao", "phone": None})
    ticket = answer.json()
    assert answer.status_code == 201
    assert ticket.keys() >= TICKET
    assert (ticket["token"], ticket["number"], ticket["status"], ticket["position"]) == ("A2", 2, "Waiting", 2)
    assert ticket["joined_at"] == "2026-03-10T08:00:00.000Z"
    assert datetime.fromisoformat(ticket["joined_at"]) == clock.at
    api.clinic.call_next()
    entry = api.clinic.call_next()
    called = (await api("GET", f"/tickets/{ticket['link']}/")).json()
    assert (called["status"], called["room"], called["position"]) == ("Called", "2", None)
    api.clinic.do(Verb.START, entry)
    assert (await api("GET", f"/tickets/{ticket['link']}")).json()["status"] == "In Progress"
    api.clinic.do(Verb.DONE, entry)
    done = (await api("GET", f"/tickets/{ticket['link']}")).json()
    assert (done["status"], done["room"]) == ("Done", "")
    refused(await api("POST", f"/tickets/{ticket['link']}/cancel"), 409, "wrong_status")


async def test_leaving_coming_back_and_letting_others_go_first(clock: Clock, api: Api) -> None:
    first, second = api.clinic.join("Ann"), api.clinic.join("Bob")
    gone = await api("POST", f"/tickets/{first.link}/cancel")
    assert (gone.status_code, gone.json()["status"]) == (200, "Cancelled")
    assert (await api("POST", f"/tickets/{first.link}/cancel")).status_code == 200
    assert (await api("POST", f"/tickets/{first.link}/restore")).json()["position"] == 1
    assert (await api("POST", f"/tickets/{first.link}/more-time")).json()["position"] == 2
    called = api.clinic.call_next()
    assert called.id == second.id
    assert (await api("POST", f"/tickets/{second.link}/answer")).json()["answer"] == "coming"
    api.clinic.do(Verb.SKIP, second)
    assert (await api("POST", f"/tickets/{second.link}/return")).json()["status"] == "Waiting"


async def test_the_ticket_of_another_day_has_run_out(clock: Clock, api: Api) -> None:
    entry = api.clinic.join()
    clock.forward(days=2)
    for method, path in (("GET", ""), ("POST", "/cancel")):
        refused(await api(method, f"/tickets/{entry.link}{path}"), 404, "ticket_expired")


async def test_the_doctors_and_who_waits(api: Api) -> None:
    api.clinic.join()
    (doctor,) = (await api("GET", "/doctors")).json()
    assert doctor.items() >= {
        "id": api.clinic.doctor_id, "name": "Meera Nair", "room": "2", "accepting": True, "waiting_count": 1,
        "estimate": None, "specialization": "",
    }.items()  # fmt: skip
    api.clinic.edit_doctor(cap=1)
    assert (await api("GET", "/doctors/")).json()[0]["accepting"] is False


async def test_nothing_public_carries_a_name_or_an_id_of_a_person(api: Api) -> None:
    entry = api.clinic.join("Canary Nightingale", phone="+43 1 555 0100", reason="canary cough")
    for path in ("/doctors", f"/tickets/{entry.link}"):
        text = (await api("GET", path)).text.lower()
        assert not [word for word in ("canary", "nightingale", "555 0100", "patient_id", "entry_id") if word in text]


async def test_staff_say_more_of_somebody(api: Api) -> None:
    who = {
        "name": "Asha Rao", "born": "1950-01-31", "needs": ["deaf", "fetch"], "priority": "elderly", "reason": "Cough"
    }  # fmt: skip
    path = f"/queues/{api.clinic.doctor_id}/tickets"
    assert (await api("POST", path, who=Role.RECEPTION, json=who)).status_code == 201
    (person,) = (await api("GET", f"/queues/{api.clinic.doctor_id}", who=Role.RECEPTION)).json()["queue"]
    assert (person["needs"], person["priority"], person["reason"]) == (["deaf", "fetch"], "elderly", "Cough")
    (patient,) = api.clinic.all(Patient)
    assert str(patient.born) == "1950-01-31"
    other = api.clinic.add_doctor()
    known = {"patient_id": patient.id}
    assert (await api("POST", f"/queues/{other}/tickets", who=Role.RECEPTION, json=known)).status_code == 201
    assert len(api.clinic.all(Patient)) == 1
    refused(await api("POST", f"/queues/{other}/tickets", who=Role.RECEPTION, json={"patient_id": 99}), 404)


async def test_a_machine_signs_in_works_and_signs_out(api: Api) -> None:
    signed = (await api("POST", "/session", json={"email": " Admin@clinic.test", "password": PASSWORD})).json()
    assert signed.keys() >= {"token", "expires_at", "role"}
    assert signed["role"] == "admin"
    headers = {"Authorization": f"Bearer {signed['token']}"}
    path = f"/queues/{api.clinic.doctor_id}"
    assert (await api("GET", path, headers=headers)).status_code == 200
    assert (await api("DELETE", "/session", headers=headers)).status_code == 204
    assert (await api("GET", path, headers=headers)).headers["WWW-Authenticate"] == "Bearer"
    refused(await api("GET", path, headers=headers), 401, "not_signed_in")
    refused(await api("DELETE", "/session", headers=headers), 401)
