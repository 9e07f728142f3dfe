"""Booking over REST, as contract and patients know it."""

from datetime import time

import pytest
from sqlmodel import Session

from app.models import Patient, Role
from app.services import schedules
from app.services.policy import Actor
from tests.api.conftest import Api, refused
from tests.factories import Clinic, Clock


@pytest.fixture(autouse=True)
def _planned(clock: Clock, clinic: Clinic) -> None:
    form = schedules.PeriodForm(weekday=1, starts=time(11), ends=time(12, 30), slot_minutes=30)
    clinic.write(lambda s: schedules.add_period(s, actor=clinic.admin, doctor_id=clinic.doctor_id, form=form))


def patient(clinic: Clinic, name: str = "Asha Rao") -> Actor:
    actor = clinic.staff(Role.PATIENT, another=True)

    def record(session: Session) -> None:
        session.add(Patient(name=name, user_id=actor.user_id, created_at=clinic.read(_now)))

    clinic.write(record)
    return actor


def _now(_: Session):
    from app import clock

    return clock.now()


async def slots(api: Api, query: str = "") -> list[dict]:
    return (await api("GET", f"/doctors/{api.clinic.doctor_id}/slots{query}")).json()


async def test_from_a_free_time_to_the_ticket(clock: Clock, api: Api) -> None:
    first, *_ = found = await slots(api)
    assert first == {
        "slot_id": first["slot_id"], "starts_at": "2026-03-10T10:00:00.000Z", "ends_at": "2026-03-10T10:30:00.000Z",
        "free": 1,
    }  # fmt: skip
    assert len(found) == 9  # today, in one week and in two
    me = patient(api.clinic)
    answer = await api("POST", "/appointments", who=me, json={"slot_id": first["slot_id"], "reason": "Check-up"})
    made = answer.json()
    assert (answer.status_code, made["status"], made["patient_name"]) == (201, "Booked", "Asha Rao")
    assert (made["starts_at"], made["doctor_id"]) == (first["starts_at"], api.clinic.doctor_id)
    assert [one["id"] for one in (await api("GET", "/appointments", who=me)).json()] == [made["id"]]
    assert (await slots(api))[0]["free"] == 0
    refused(await api("POST", f"/appointments/{made['id']}/check-in", who=me), 409, "too_early")
    clock.forward(minutes=95)
    ticket = await api("POST", f"/appointments/{made['id']}/check-in", who=me)
    assert (ticket.status_code, ticket.json()["token"], ticket.json()["position"]) == (200, "A1", 1)
    again = await api("POST", f"/appointments/{made['id']}/check-in", who=me)
    assert again.json()["link"] == ticket.json()["link"]


async def test_somebody_was_faster(api: Api) -> None:
    slot_id = (await slots(api))[0]["slot_id"]
    await api("POST", "/appointments", who=patient(api.clinic), json={"slot_id": slot_id})
    answer = await api("POST", "/appointments", who=patient(api.clinic, "Bo"), json={"slot_id": slot_id})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "slot_taken")
    assert answer.json()["alternatives"][0].keys() == {"slot_id", "starts_at", "ends_at", "free"}


async def test_moving_and_cancelling(api: Api) -> None:
    first, second, third, *_ = await slots(api)
    me = patient(api.clinic)
    made = (await api("POST", "/appointments", who=me, json={"slot_id": third["slot_id"]})).json()
    refused(await api("POST", f"/appointments/{made['id']}/cancel", who=patient(api.clinic, "Bo")), 404)
    next_week = (await slots(api))[3]
    one = (await api("POST", "/appointments", who=me, json={"slot_id": next_week["slot_id"]})).json()
    moved = await api("POST", f"/appointments/{one['id']}/reschedule", who=me, json={"slot_id": second["slot_id"]})
    assert (moved.status_code, moved.json()["starts_at"]) == (200, second["starts_at"])
    gone = await api("POST", f"/appointments/{made['id']}/cancel", who=me)
    assert (gone.status_code, gone.json()["status"]) == (200, "Cancelled")
    assert first["free"] == 1


async def test_a_late_change_is_for_the_desk(clock: Clock, api: Api) -> None:
    me, slot = patient(api.clinic), (await slots(api))[0]
    made = (await api("POST", "/appointments", who=me, json={"slot_id": slot["slot_id"]})).json()
    clock.forward(minutes=61)
    refused(await api("POST", f"/appointments/{made['id']}/cancel", who=me), 409, "too_late")
    assert (await api("POST", f"/appointments/{made['id']}/cancel", who=Role.RECEPTION)).status_code == 200


async def test_only_staff_name_a_patient(api: Api) -> None:
    slot_id = (await slots(api))[0]["slot_id"]
    other = patient(api.clinic)
    theirs = next(row.id for row in api.clinic.all(Patient) if row.user_id == other.user_id)
    sent = {"slot_id": slot_id, "patient_id": theirs}
    refused(await api("POST", "/appointments", who=patient(api.clinic, "Bo"), json=sent), 403)
    refused(await api("POST", "/appointments", json=sent), 401)
    refused(await api("POST", "/appointments", who=Role.RECEPTION, json={"slot_id": slot_id}), 422, "missing")
    assert (await api("POST", "/appointments", who=Role.RECEPTION, json=sent)).status_code == 201
    (listed,) = (await api("GET", "/appointments", who=Role.RECEPTION)).json()
    assert listed["patient_id"] == theirs


async def test_a_repeated_request_books_once(api: Api) -> None:
    me, slot = patient(api.clinic), (await slots(api))[0]
    answers = [
        await api("POST", "/appointments", who=me, key="k" * 20, json={"slot_id": slot["slot_id"]}) for _ in "12"
    ]
    assert answers[0].json() == answers[1].json()


async def test_days_are_the_clinics(api: Api) -> None:
    assert await slots(api, "?from=2026-03-17&to=2026-03-17") != []
    assert await slots(api, "?from=2026-03-18&to=2026-03-23") == []
    refused(await api("GET", f"/doctors/{api.clinic.doctor_id}/slots?from=2026-03-17&to=2026-12-31"), 422)
    refused(await api("GET", f"/doctors/{api.clinic.doctor_id}/slots?from=soon"), 422)
    refused(await api("GET", "/doctors/999/slots"), 404, "unknown_doctor")
