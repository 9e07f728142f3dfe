"""Many at once over HTTP, on a real server and on both engines."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from app import db
from app.models import QueueEntry, Role, Status
from app.services import invariants
from tests.engines import on_both_engines
from tests.factories import Clinic
from tests.serving import Server

CROWD = 20

pytestmark = [on_both_engines, pytest.mark.slow]


def at_once(server: Server, send: Callable[[httpx.Client, int], httpx.Response]) -> list[httpx.Response]:
    """Let a crowd send at the same moment, each over a connection of their own."""
    ready = threading.Barrier(CROWD)

    def one(number: int) -> httpx.Response:
        with httpx.Client(base_url=f"{server.url}/api/v1", timeout=60) as client:
            client.get("/doctors")
            ready.wait()
            return send(client, number)

    with ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(one, range(CROWD)))


def test_twenty_join_and_twenty_call(clinic: Clinic, server: Server) -> None:
    path = f"/queues/{clinic.doctor_id}"
    joined = at_once(server, lambda client, n: client.post(f"{path}/tickets", json={"name": f"Person {n}"}))
    assert {answer.status_code for answer in joined} == {201}, [answer.text for answer in joined]
    assert sorted(answer.json()["number"] for answer in joined) == list(range(1, CROWD + 1))
    headers = {"Authorization": f"Bearer {clinic.session_token(Role.RECEPTION)}"}
    called = at_once(server, lambda client, _: client.post(f"{path}/call-next", headers=headers))
    assert {answer.status_code for answer in called} == {200}, [answer.text for answer in called]
    assert sorted(answer.json()["entry_id"] for answer in called) == sorted(e.id for e in clinic.all(QueueEntry))
    assert {entry.call_count for entry in clinic.all(QueueEntry)} == {1}
    assert db.reading(invariants.broken) == []


def test_twenty_taps_with_one_key_act_once(clinic: Clinic, server: Server) -> None:
    path = f"/queues/{clinic.doctor_id}"
    key = {"Idempotency-Key": "9d2c8a52-aaaa-4d5b-8f7e-000000000001"}
    joined = at_once(server, lambda client, _: client.post(f"{path}/tickets", json={"name": "Ann"}, headers=key))
    assert {(answer.status_code, answer.text) for answer in joined} == {(201, joined[0].text)}
    clinic.join("Bob")
    staff = {"Authorization": f"Bearer {clinic.session_token(Role.RECEPTION)}", **key}
    called = at_once(server, lambda client, _: client.post(f"{path}/call-next", headers=staff))
    assert {(answer.status_code, answer.text) for answer in called} == {(200, called[0].text)}
    assert [entry.status for entry in clinic.all(QueueEntry)] == [Status.CALLED, Status.WAITING]


def test_what_was_seen_is_called_once(clinic: Clinic, server: Server) -> None:
    for number in range(3):
        clinic.join(f"Person {number}")
    headers = {"Authorization": f"Bearer {clinic.session_token(Role.RECEPTION)}"}
    seen = {"expected_version": clinic.version()}
    path = f"/queues/{clinic.doctor_id}/call-next"
    answers = at_once(server, lambda client, _: client.post(path, headers=headers, json=seen))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (CROWD - 1)
    assert {a.json()["error"]["code"] for a in answers if a.status_code == 409} == {"stale_version"}
