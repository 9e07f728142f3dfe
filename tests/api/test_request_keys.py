"""The same request twice acts once, whoever sends it and however close together."""

import asyncio

from app.models import QueueEntry, RequestKey, Role
from tests.api.conftest import Api, refused

KEY = "6f9d1d5e-6d5c-4e4b-9c0e-3f9d6c1a2b3c"


async def test_the_first_answer_again_with_the_same_status(api: Api) -> None:
    path = f"/queues/{api.clinic.doctor_id}/tickets"
    first = await api("POST", path, key=KEY, json={"name": "Ann", "reason": None})
    again = await api("POST", f"{path}/", key=KEY, json={"reason": "", "name": "Ann"})
    assert (first.status_code, first.text) == (again.status_code, again.text) == (201, first.text)
    assert len(api.clinic.all(QueueEntry)) == 1


async def test_the_same_key_for_something_else_is_refused(api: Api) -> None:
    other = api.clinic.add_doctor()
    path = f"/queues/{api.clinic.doctor_id}/tickets"
    await api("POST", path, key=KEY, json={"name": "Ann"})
    refused(await api("POST", path, key=KEY, json={"name": "Bob"}), 422, "key_reused")
    refused(await api("POST", f"/queues/{other}/tickets", key=KEY, json={"name": "Ann"}), 422, "key_reused")
    assert len(api.clinic.all(QueueEntry)) == 1


async def test_the_verb_is_part_of_what_was_asked(api: Api) -> None:
    entry, doctor = api.clinic.join(), api.clinic.doctor()
    assert (await api("POST", f"/entries/{entry.id}/call", who=doctor, key=KEY)).status_code == 200
    refused(await api("POST", f"/entries/{entry.id}/skip", who=doctor, key=KEY), 422, "key_reused")
    again = await api("POST", f"/entries/{entry.id}/call", who=doctor, key=KEY, json={})
    assert (again.status_code, again.json()["call_count"]) == (200, 1)


async def test_a_refusal_is_not_kept(api: Api) -> None:
    path, doctor = f"/queues/{api.clinic.doctor_id}/call-next", api.clinic.doctor()
    refused(await api("POST", path, who=doctor, key=KEY), 409, "queue_empty")
    api.clinic.join()
    assert (await api("POST", path, who=doctor, key=KEY)).json()["token"] == "A1"
    assert (await api("POST", path, who=doctor, key=KEY)).json()["token"] == "A1"


async def test_keys_belong_to_whoever_uses_them(api: Api) -> None:
    first, second = api.clinic.join("Ann"), api.clinic.join("Bob")
    for entry in (first, second):
        assert (await api("POST", f"/tickets/{entry.link}/cancel", key="1")).json()["token"] == entry.token
    api.clinic.join("Carl"), api.clinic.join("Dora")
    path = f"/queues/{api.clinic.doctor_id}/call-next"
    tokens = {(await api("POST", path, who=who, key=KEY)).json()["token"] for who in (Role.RECEPTION, Role.NURSE)}
    assert tokens == {"A3", "A4"}


async def test_a_simple_key_of_a_stranger_is_theirs_alone(api: Api) -> None:
    path, wish = f"/queues/{api.clinic.doctor_id}/tickets", {"name": "Ann"}
    mine = await api("POST", path, key="1", json=wish)
    (kept,) = api.clinic.all(RequestKey)
    assert kept.asker == "anonymous:127.0.0.1"
    assert (await api("POST", path, key="1", json=wish)).text == mine.text


async def test_no_sign_in_is_kept_with_a_key(api: Api) -> None:
    await api("POST", "/session", key=KEY, json={"email": "admin@clinic.test", "password": "wrong wrong wrong"})
    await api("DELETE", "/session", key=KEY, who=Role.RECEPTION)
    assert not api.clinic.all(RequestKey)


async def test_a_key_that_is_too_long_is_refused(api: Api) -> None:
    path = f"/queues/{api.clinic.doctor_id}/tickets"
    assert "key" in refused(await api("POST", path, key="k" * 201, json={"name": "Ann"}), 422)


async def test_ten_at_the_same_moment_act_once(api: Api) -> None:
    path = f"/queues/{api.clinic.doctor_id}/tickets"
    answers = await asyncio.gather(*(api("POST", path, key=KEY, json={"name": "Ann"}) for _ in range(10)))
    assert {(answer.status_code, answer.text) for answer in answers} == {(201, answers[0].text)}
    assert len(api.clinic.all(QueueEntry)) == 1
