"""The WebSocket feed, on a real server, as screens and other software meet it."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx
import pytest
from fastapi import WebSocket
from websockets import ClientConnection, ConnectionClosed, InvalidStatus, connect

from app import db
from app.api import feed_actions
from app.api.feed import Feed
from app.models import Role
from app.services import joining
from app.services.joining import Newcomer
from app.services.policy import ANONYMOUS, Verb
from tests.api.conftest import Live

SOON = 5.0
CHANGES = 150


@pytest.fixture
def doctor_id(live: Live) -> int:
    return live.clinic.add_doctor()


@asynccontextmanager
async def feed(live: Live, doctor_id: int | str, token: str = "", **options: Any) -> AsyncIterator[ClientConnection]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with connect(live.address(doctor_id), additional_headers=headers, proxy=None, **options) as connection:
        yield connection


async def said(connection: ClientConnection, kind: str = "queue_update") -> dict[str, Any]:
    """The next message of this kind."""
    while True:
        message = json.loads(await asyncio.wait_for(connection.recv(), SOON))
        if message["type"] == kind:
            return dict(message)


async def ask(connection: ClientConnection, **wish: Any) -> dict[str, Any]:
    """Send an action and read its answer."""
    await connection.send(json.dumps(wish))
    while True:
        message = json.loads(await asyncio.wait_for(connection.recv(), SOON))
        if message["type"] != "queue_update":
            return dict(message)


async def over_rest(live: Live, path: str, **given: Any) -> httpx.Response:
    async with httpx.AsyncClient(base_url=live.server.url) as client:
        return await client.post(f"/api/v1{path}", **given)


async def join(live: Live, doctor_id: int, name: str = "Asha Rao") -> str:
    answer = await over_rest(live, f"/queues/{doctor_id}/tickets", json={"name": name})
    assert answer.status_code == 201
    return str(answer.json()["token"])


async def test_two_clients_see_the_same_change(live: Live, doctor_id: int) -> None:
    token = live.clinic.session_token(live.clinic.doctor(doctor_id))
    async with feed(live, doctor_id) as public, feed(live, f"{doctor_id}/", token) as staff:
        first, own = await said(public), await said(staff)
        assert first == {
            "type": "queue_update", "version": first["version"], "queue": [],
            "stats": {"waiting_count": 0, "completed_today": 0},
        }  # fmt: skip
        assert own["version"] == first["version"]
        ticket = await join(live, doctor_id, "Canary Nightingale")
        public_now, staff_now = await said(public), await said(staff)
        assert public_now["queue"] == [{"position": 1, "token": ticket, "patient_name": None, "status": "Waiting"}]
        assert staff_now["queue"][0]["patient_name"] == "Canary Nightingale"
        assert public_now["version"] == staff_now["version"] > first["version"]
        done = await ask(staff, action="call_next", request_id="call-1")
        assert (done["type"], done["request_id"], done["entry"]["status"]) == ("ack", "call-1", "Called")
        called = await said(public)
        assert (called["queue"][0]["status"], called["queue"][0]["position"]) == ("Called", None)
        assert called["stats"]["waiting_count"] == 0


@pytest.mark.parametrize("path", ["queue", "waiting_room"])
@pytest.mark.parametrize("slash", ["", "/"])
async def test_both_addresses_work(live: Live, doctor_id: int, path: str, slash: str) -> None:
    async with connect(live.address(doctor_id, path) + slash, proxy=None) as connection:
        assert (await said(connection))["queue"] == []


async def test_names_only_for_staff_of_the_queue(live: Live, doctor_id: int) -> None:
    clinic = live.clinic
    await join(live, doctor_id, "Canary Nightingale")
    stranger = clinic.doctor(clinic.add_doctor())
    for who, sees in (
        (Role.RECEPTION, True), (Role.NURSE, True), (Role.ADMIN, True), (clinic.doctor(doctor_id), True),
        (stranger, False), (Role.PATIENT, False),
    ):  # fmt: skip
        token = clinic.session_token(who)
        async with connect(live.address(doctor_id), subprotocols=[f"bearer.{token}"], proxy=None) as connection:  # type: ignore[list-item]
            assert connection.subprotocol == f"bearer.{token}"
            person = (await said(connection))["queue"][0]
            assert (person["patient_name"] == "Canary Nightingale") is sees
            assert ("entry_id" in person) is sees
    async with feed(live, doctor_id, "made-up") as connection:
        assert (await said(connection))["queue"][0]["patient_name"] is None


async def test_names_stop_when_the_sign_in_ends(live: Live, doctor_id: int) -> None:
    token = live.clinic.session_token(Role.RECEPTION)
    async with feed(live, doctor_id, token) as connection:
        await said(connection)
        await join(live, doctor_id, "Canary One")
        assert (await said(connection))["queue"][0]["patient_name"] == "Canary One"
        async with httpx.AsyncClient(base_url=live.server.url) as client:
            await client.delete("/api/v1/session", headers={"Authorization": f"Bearer {token}"})
        await join(live, doctor_id, "Canary Two")
        after = await said(connection)
        assert [person["patient_name"] for person in after["queue"]] == [None, None]
        refusal = await ask(connection, action="call_next", request_id="late")
        assert (refusal["code"], refusal["request_id"]) == ("not_signed_in", "late")


async def test_the_same_request_id_acts_once(live: Live, doctor_id: int) -> None:
    for name in ("Ann", "Bob"):
        await join(live, doctor_id, name)
    token = live.clinic.session_token(Role.RECEPTION)
    async with feed(live, doctor_id, token) as one, feed(live, doctor_id, token) as two:
        wish = {"action": "call_next", "request_id": f"again-{doctor_id}"}
        answers = await asyncio.gather(ask(one, **wish), ask(two, **wish))
        assert answers[0] == answers[1] == await ask(one, **wish)
        other = await ask(one, action="skip", entry_id=answers[0]["entry"]["entry_id"], request_id=wish["request_id"])
        assert other["code"] == "key_reused"
    assert len(live.clinic.view(doctor_id).called) == 1


async def test_every_verb_with_its_words(live: Live, doctor_id: int) -> None:
    await join(live, doctor_id)
    async with feed(live, doctor_id, live.clinic.session_token(live.clinic.doctor(doctor_id))) as connection:
        entry_id = (await said(connection))["queue"][0]["entry_id"]
        for action, status in (
            ("call", "Called"), ("put_back", "Waiting"), ("start", "In Progress"), ("hold", "On hold"),
            ("resume", "In Progress"), ("done", "Done"), ("restore", "In Progress"), ("undo", "Done"),
        ):  # fmt: skip
            answer = await ask(connection, action=action, entry_id=entry_id, request_id=action)
            assert (answer["type"], answer["entry"]["status"]) == ("ack", status), answer


async def test_who_may_not_act_is_told_and_the_feed_goes_on(live: Live, doctor_id: int) -> None:
    clinic = live.clinic
    await join(live, doctor_id)
    entry_id = clinic.view(doctor_id).line[0].entry_id
    stranger = clinic.doctor(clinic.add_doctor())
    for who, code in ((None, "not_signed_in"), (Role.PATIENT, "not_allowed"), (stranger, "unknown_doctor")):
        async with feed(live, doctor_id, clinic.session_token(who) if who else "") as connection:
            assert (await ask(connection, action="call_next", request_id="1"))["code"] == code
            refusal = await ask(connection, action="cancel", entry_id=entry_id, request_id="2")
            assert refusal["code"] == ("unknown_entry" if who is stranger else code)
            clinic.do(Verb.CALL, clinic.join(doctor_id=doctor_id))
            await said(connection)
    assert clinic.entry(entry_id).status == "waiting"


async def test_an_entry_of_another_queue_is_not_in_this_one(live: Live, doctor_id: int) -> None:
    entry = live.clinic.join(doctor_id=live.clinic.add_doctor())
    async with feed(live, doctor_id, live.clinic.session_token(Role.RECEPTION)) as connection:
        refusal = await ask(connection, action="call", entry_id=entry.id, request_id="x")
        assert refusal["code"] == "unknown_entry"


BAD = (
    ("{", "bad_json"), ("[]", "bad_json"), ("null", "bad_json"), ('"\\ud800"', "bad_json"), ("[" * 9000, "bad_json"),
    (b"\x00\xff", "bad_json"), ("{}", "missing"), ('{"action": 5}', "invalid"), ('{"action": "fly"}', "unknown_action"),
    ('{"action": "__class__"}', "unknown_action"), ('{"action": "answer", "entry_id": 1}', "unknown_action"),
    ('{"action": "done"}', "missing"), ('{"action": "done", "entry_id": 1e99}', "invalid"),
    ('{"action": "done", "entry_id": "1"}', "invalid"), ('{"action": "done", "entry_id": 99999}', "unknown_entry"),
    ('{"action": "call_next", "expected_verison": 1}', "unknown_field"),
    ('{"action": "call_next", "request_id": 5}', "invalid"), ('{"action": "call_next"}', "queue_empty"),
    ('{"action": "call_next", "reason": "' + "x" * 9000 + '"}', "invalid"),
)  # fmt: skip


async def test_bad_messages_are_answered_and_survived(live: Live, doctor_id: int) -> None:
    before = live.server.said()
    async with feed(live, doctor_id, live.clinic.session_token(Role.RECEPTION)) as connection:
        await said(connection)
        for message, code in BAD:
            await connection.send(message)
            answer = await said(connection, "error")
            assert answer["code"] == code, (message, answer)
            assert answer["message"].endswith(".")
        await join(live, doctor_id)
        assert (await said(connection))["stats"]["waiting_count"] == 1
    said_since = live.server.said().removeprefix(before)
    assert not [line for line in said_since.splitlines() if "ERROR" in line or "Traceback" in line]


async def test_a_frame_that_is_too_big_closes_only_its_own_connection(live: Live, doctor_id: int) -> None:
    async with feed(live, doctor_id) as careful, feed(live, doctor_id) as careless:
        await said(careful)
        await careless.send("x" * 140_000)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(_drain(careless), SOON)
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 1009
        await join(live, doctor_id)
        await said(careful)


async def _drain(connection: ClientConnection) -> None:
    while True:
        await connection.recv()


@pytest.mark.parametrize("doctor_id", ["9999", "0", "abc", "-1", "99999999999999999999", "1%00"])
async def test_an_unknown_doctor_closes_with_4404(live: Live, doctor_id: str) -> None:
    async with feed(live, doctor_id) as connection:
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(connection.recv(), SOON)
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 4404


async def test_another_site_is_refused(live: Live, doctor_id: int) -> None:
    for origin in ("https://evil.example", "null", live.server.url.replace("http", "https") + "1"):
        with pytest.raises(InvalidStatus) as refused:
            async with feed(live, doctor_id, origin=origin):
                pass
        assert refused.value.response.status_code == 403
    async with feed(live, doctor_id, origin=live.server.url) as connection:
        assert await said(connection)


async def test_a_slow_reader_gets_the_newest_and_versions_only_grow(live: Live, doctor_id: int) -> None:
    entry = live.clinic.join(doctor_id=doctor_id)
    live.clinic.write(lambda session: _crowd(session, doctor_id))
    token = live.clinic.session_token(Role.RECEPTION)
    async with (
        feed(live, doctor_id, token, sock=_with_small_buffer(live), max_queue=1) as slow,
        feed(live, doctor_id, token) as quick,
        feed(live, doctor_id, token) as acting,
    ):
        slow.transport.pause_reading()
        quick_versions: list[int] = []
        reading = asyncio.create_task(_read(quick, quick_versions))
        for number in range(CHANGES):
            action = "put_back" if number % 2 else "call"
            await ask(acting, action=action, entry_id=entry.id, request_id=f"{doctor_id}-{number}")
        slow.transport.resume_reading()
        slow_versions: list[int] = []
        await _read(slow, slow_versions, until=live.clinic.version(doctor_id))
        reading.cancel()
    for versions in (slow_versions, quick_versions):
        assert versions == sorted(set(versions))
    assert slow_versions[-1] - slow_versions[0] > len(slow_versions) + CHANGES // 4, "a backlog was sent"


def _crowd(session: db.Session, doctor_id: int) -> None:
    """So many people with names so long that what the kernel holds for a reader is soon used up."""
    for number in range(150):
        joining.join(session, actor=ANONYMOUS, doctor_id=doctor_id, who=Newcomer(name=f"{number}" + "王" * 70))


async def _read(connection: ClientConnection, versions: list[int], until: int | None = None) -> None:
    while until is None or versions[-1:] != [until]:
        versions.append((await said(connection))["version"])


def _with_small_buffer(live: Live) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.connect(("127.0.0.1", live.server.port))
    made.setblocking(False)
    return made


async def test_too_many_messages_are_slowed_down(live: Live) -> None:
    client = feed_actions.Client(1)
    codes = [(await client.answer("{", ANONYMOUS))["code"] for _ in range(125)]
    assert codes == ["bad_json"] * 120 + ["too_many"] * 5
    assert (await feed_actions.Client(1).answer("{", ANONYMOUS))["code"] == "bad_json"


async def test_no_version_is_sent_twice_and_none_after_a_newer_one(
    live: Live, doctor_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = live.clinic.view(doctor_id)
    live.clinic.join(doctor_id=doctor_id)
    new, again = live.clinic.view(doctor_id), live.clinic.view(doctor_id)
    sent: list[int] = []

    class Socket:
        async def send_text(self, text: str) -> None:
            sent.append(json.loads(text)["version"])

    async def slowly() -> None:
        await asyncio.sleep(0.05)

    one = Feed(cast("WebSocket", Socket()), doctor_id, None)
    monkeypatch.setattr(one, "_staff_role", slowly)
    sending = asyncio.create_task(one._send())
    for views in ((old, new, again, old), (old, again)):
        for view in views:
            one._changed(view)
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
    sending.cancel()
    assert sent == [new.version]
