"""Running a queue over REST."""

import pytest

from app.models import Role
from app.services.policy import Verb
from tests.api.conftest import Api, refused
from tests.factories import Clock


async def test_a_visit_over_rest(clock: Clock, api: Api) -> None:
    doctor, path = api.clinic.doctor(), f"/queues/{api.clinic.doctor_id}"
    refused(await api("POST", f"{path}/call-next", who=doctor), 409, "queue_empty")
    api.clinic.join("Asha Rao")
    before = (await api("GET", path, who=doctor)).json()
    assert before["stats"] == {"waiting_count": 1, "completed_today": 0}
    called = (await api("POST", f"{path}/call-next", who=doctor, json={"expected_version": before["version"]})).json()
    assert (called["token"], called["status"], called["patient_name"], called["room"]) == (
        "A1",
        "Called",
        "Asha Rao",
        "2",
    )
    entry = f"/entries/{called['entry_id']}"
    refused(await api("POST", f"{entry}/recall", who=doctor), 409, "too_soon")
    clock.forward(seconds=30)
    for verb, status in (
        ("recall", "Called"), ("skip", "Skipped"), ("call", "Called"), ("start", "In Progress"), ("hold", "On hold"),
        ("resume", "In Progress"), ("put-back", "Waiting"), ("start", "In Progress"), ("done", "Done"),
        ("restore", "In Progress"), ("undo", "Done"),
    ):  # fmt: skip
        answer = await api("POST", f"{entry}/{verb}", who=doctor, json={})
        assert (answer.status_code, answer.json().get("status")) == (200, status), (verb, answer.text)
    after = (await api("GET", path, who=doctor)).json()
    assert after["stats"] == {"waiting_count": 0, "completed_today": 1}
    assert after["version"] > before["version"]


async def test_done_and_call_next_in_one_act(api: Api) -> None:
    first, second = api.clinic.join("Ann"), api.clinic.join("Bob")
    api.clinic.do(Verb.START, first)
    wish = {"call_next": True, "expected_entry_id": second.id}
    answer = await api("POST", f"/entries/{first.id}/done", who=api.clinic.doctor(), json=wish)
    assert (answer.json()["entry_id"], answer.json()["status"]) == (second.id, "Called")
    assert api.clinic.entry(first).status == "done"


async def test_moving_somebody_and_going_first(api: Api) -> None:
    other = api.clinic.add_doctor()
    entry, late = api.clinic.join("Ann"), api.clinic.join("Bob")
    refused(await api("POST", f"/entries/{late.id}/prioritise", who=Role.NURSE), 422, "reason_missing")
    first = await api(
        "POST", f"/entries/{late.id}/prioritise", who=Role.NURSE, json={"reason": "pain", "emergency": True}
    )
    assert (first.json()["position"], first.json()["emergency"]) == (1, True)
    refused(await api("POST", f"/entries/{entry.id}/transfer", who=Role.NURSE), 422, "missing")
    moved = (await api("POST", f"/entries/{entry.id}/transfer", who=Role.NURSE, json={"doctor_id": other})).json()
    assert (moved["token"], moved["doctor_id"], moved["status"]) == ("A1", other, "Waiting")
    assert (await api("GET", f"/tickets/{entry.link}")).json()["doctor_id"] == other


async def test_the_history_is_read_page_by_page(clock: Clock, api: Api) -> None:
    closed = []
    for number in range(5):
        entry = api.clinic.join(f"Person {number}")
        clock.forward(minutes=1)
        closed.append(api.clinic.do(Verb.CANCEL, entry, reason="duplicate").id)
    api.clinic.join("Still here")
    path = f"/queues/{api.clinic.doctor_id}/history"
    first = (await api("GET", f"{path}?before=&limit=2", who=Role.RECEPTION)).json()
    assert first[0].items() >= {"patient_name": "Person 4", "status": "Cancelled", "end_reason": "duplicate"}.items()
    seen, before = [], ""
    while page := (await api("GET", f"{path}?limit=2&before={before}", who=Role.RECEPTION)).json():
        seen += [row["entry_id"] for row in page]
        before = page[-1]["entry_id"]
    assert seen == closed[::-1]
    assert len((await api("GET", path, who=Role.RECEPTION)).json()) == 5


async def test_pause_break_and_the_end_of_the_day(clock: Clock, api: Api) -> None:
    path, doctor = f"/queues/{api.clinic.doctor_id}", api.clinic.doctor()

    async def state() -> str:
        return (await api("GET", "/doctors")).json()[0]["presence"]["state"]

    for verb, body, expected in (
        ("pause", None, "paused"),
        ("open", None, "open"),
        ("break", {"back_at": "2026-03-10T10:30:00+01:00"}, "break"),
        ("open", None, "open"),
        ("close-day", None, "closed"),
    ):
        answer = await api("POST", f"{path}/{verb}", who=doctor, json=body)
        assert answer.status_code == 200, answer.text
        assert answer.json().keys() == {"version", "queue", "stats"}
        assert await state() == expected


@pytest.mark.parametrize("way", ["bearer", "cookie"])
async def test_a_page_of_the_clinic_may_use_its_cookie(api: Api, way: str) -> None:
    token = api.token(Role.RECEPTION)
    headers = {"Authorization": f"Bearer {token}"} if way == "bearer" else {}
    if way == "cookie":
        api.client.cookies.set("mediqueue", token)
    assert (await api("GET", f"/queues/{api.clinic.doctor_id}", headers=headers)).status_code == 200
