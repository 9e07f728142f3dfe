"""G-SOCK: who may use the socket of a page, and what of it. On the real server, on both transports."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from app.models import QueueEntry, Role, Status
from app.services import accounts, sign_ins
from app.web import sessions
from tests.factories import Clinic
from tests.hostile.clients import PATH, Person, Polling, asked, event
from tests.hostile.conftest import QUIET, Target

FOREIGN = ("https://evil.example", "http://127.0.0.1.evil.example", "null", "http://localhost:1", "file://")


async def cut(socket: object) -> bool:
    """Whether the server ends the connection within a moment."""
    try:
        async with asyncio.timeout(3):
            while True:
                await socket.recv()  # type: ignore[attr-defined]
    except ConnectionClosed:
        return True
    except TimeoutError:
        return False


async def test_only_our_own_origin(target: Target) -> None:
    own = target.person(Role.RECEPTION, Origin=target.server.url)
    page = await own.page("/reception")
    assert await own.status(page) == "open"
    for origin in FOREIGN:
        evil = Person(own.url, own.address, own.cookie, Origin=origin)
        assert await evil.status(await own.page("/reception")) == "403", origin
        async with evil.http() as http:
            answer = await Polling(http, page).open()
            assert answer.status_code == 403, origin
            assert "access-control-allow-origin" not in answer.headers, origin
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        assert await Person(own.url, own.address, own.cookie, **headers).status(page) == "403"


async def test_a_page_belongs_to_the_sign_in_that_opened_it(target: Target) -> None:
    desk = target.person(Role.RECEPTION)
    thieves = {
        "nobody": target.person(), "another of the desk": target.person(Role.RECEPTION),
        "a doctor": target.person(Role.DOCTOR), "the admin": target.person(Role.ADMIN),
    }  # fmt: skip
    for who, thief in thieves.items():
        page = await desk.page("/reception")
        assert await thief.status(page) == "refused", who
        async with thief.http() as http:
            polling = Polling(http, page)
            assert (await polling.open()).status_code == 200
            await polling.say("40")
            assert (await polling.hear()).text.startswith("44"), who
        assert await desk.status(page) == "open", who


async def test_one_phone_silences_nobody_else_on_the_same_wifi(target: Target) -> None:
    """A request with a heap of frames is not looked at, and a socket that polls has a limit of its own."""
    nat = "127.0.0.77"
    desk, evil = target.person(Role.RECEPTION, address=nat), Person(target.server.url, nat)

    async def is_heard(number: int) -> bool:
        await mine.send(event("board", {"clinic": True}, number=str(number)))
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                while not str(await mine.recv()).startswith(f"43{number}"):
                    pass
                return True
        return False

    async with desk.on(await desk.page("/reception")) as mine, evil.http() as http:
        assert await is_heard(7)
        heap = Polling(http, await evil.page("/"))
        await heap.open()
        assert (await heap.say(*["3"] * 60_000)).status_code == 400
        assert (await heap.say(*["3"] * 17)).status_code == 400
        flood = Polling(http, await evil.page("/"))
        await flood.open()
        answers = [(await flood.say(*["3"] * 16)).status_code for _ in range(30)]
        assert answers[:12] == [200] * 12
        assert answers[-1] == 400, "200 at once, and 20 a second"
        assert await is_heard(8)


async def test_a_polling_session_belongs_to_whoever_began_it(target: Target) -> None:
    desk = target.person(Role.RECEPTION)
    async with desk.http() as mine, target.person(Role.DOCTOR).http() as theirs:
        polling = Polling(mine, await desk.page("/reception"))
        await polling.open()
        await polling.say("40")
        assert (await polling.hear()).text.startswith("40")
        stolen = Polling(theirs, "x")
        stolen.sid = polling.sid
        assert (await stolen.hear()).status_code == 400
        assert (await stolen.say(event("board", {"queues": [1]}))).status_code == 400
        unknown = Polling(mine, "x")
        unknown.sid = "Ann-Lee"
        assert (await unknown.hear()).status_code == 400
        assert "Ann-Lee" not in target.server.said()


async def test_a_socket_needs_a_page(target: Target) -> None:
    nobody = target.person()
    page = await nobody.page("/")
    assert await nobody.status("") == "400"
    assert await nobody.status("", "tab_id=t") == "400"
    assert await nobody.status("", f"{asked(page)}&client_id=other") == "400"
    for unknown in ("0" * 36, "x", "%00", "'%20OR%201=1"):
        assert await nobody.status(unknown) == "refused", unknown


async def test_a_tab_can_not_be_taken_over(target: Target) -> None:
    desk = target.person(Role.RECEPTION)
    page = await desk.page("/reception")
    async with desk.on(page):
        assert await desk.status(page, asked(page, tab="another")) == "refused"


async def test_events_for_another_page_are_not_taken(target: Target) -> None:
    """The owner of one page knows the other's id, and every number in it."""
    victim, thief = target.person(Role.DOCTOR), target.person(Role.RECEPTION)
    entry = target.clinic.join("Ann Lee")
    theirs, heard = await victim.look(f"/doctor/{target.clinic.doctor_id}")
    mine = await thief.page("/reception")
    assert len(heard) > 5
    async with victim.on(theirs), thief.on(mine) as socket:
        for element, listener in heard[-150:]:
            said = {"id": element, "client_id": theirs, "listener_id": listener, "args": ["{}"]}
            await socket.send(event("event", said))
        for name in ("javascript_response", "ack"):
            await socket.send(event(name, {"client_id": theirs, "request_id": "1", "next_message_id": 10**9}))
        await socket.send(event("handshake", {"client_id": theirs, "tab_id": "t", "document_id": "d"}, number="7"))
        assert not await cut(socket)
        rows = [row for row in target.clinic.all(QueueEntry) if row.id == entry.id]
        assert rows[0].status is Status.WAITING
    assert await victim.status(theirs) == "open"


async def test_events_that_a_library_would_believe_are_not_events(target: Target) -> None:
    """`connect` as an event would come with headers of the sender's choice."""
    victim, thief = target.person(Role.RECEPTION), target.person()
    theirs, mine = await victim.page("/reception"), await thief.page("/")
    forged = {"QUERY_STRING": asked(theirs), "HTTP_COOKIE": victim.cookie}
    async with victim.on(theirs), thief.on(mine) as socket:
        for name in ("connect", "disconnect", "message", "__disconnect_final", "*"):
            await socket.send(event(name, forged))
        await socket.send(event("board", {"queues": [target.clinic.doctor_id]}, number="9"))
        async with asyncio.timeout(5):
            while not (said := str(await socket.recv())).startswith("439"):
                assert "html" not in said
        assert len(json.loads(said[3:])[0]) == 1
    async with thief.http() as http:
        polling = Polling(http, await thief.page("/"))
        await polling.open()
        assert (await polling.say("40", event("connect", forged))).status_code == 400


async def test_the_board_takes_only_boards(target: Target) -> None:
    nobody = target.person()
    page = await target.person(Role.RECEPTION).page("/reception")
    wishes: list[object] = [
        {"queues": [page]}, {"queues": ["clinic", "queue:1", None, -1, 0, True, 2**31, 2**63, 1.5, [], {}]},
        {"queues": {"0": 1}}, {"queues": list(range(2, 3000))}, {"clinic": []}, [], None, "clinic", 1,
    ]  # fmt: skip
    async with nobody.on(await nobody.page("/")) as socket:
        for number, wish in enumerate(wishes, 10):
            await socket.send(event("board", wish, number=str(number)))
            async with asyncio.timeout(5):
                while not (said := str(await socket.recv())).startswith(f"43{number}"):
                    pass
            assert json.loads(said[4:]) == [[]], wish


async def test_a_lost_right_ends_events_at_once_and_the_page_soon(target: Target) -> None:
    nurse = target.person(Role.NURSE)
    async with nurse.on(await nurse.page("/reception")) as socket:
        async with nurse.http() as http:
            assert (await http.post("/logout")).status_code == 303
        async with asyncio.timeout(3):
            while "/login" not in str(await socket.recv()):
                pass
        async with nurse.http() as http:
            assert (await http.get("/reception")).status_code == 303


def demoted(clinic: Clinic, user_id: int) -> None:
    clinic.write(
        lambda s: accounts.change_user(
            s, actor=clinic.admin, user_id=user_id, name="Nora", role=Role.PATIENT, disabled=False
        )
    )


def disabled(clinic: Clinic, user_id: int) -> None:
    clinic.write(
        lambda s: accounts.change_user(
            s, actor=clinic.admin, user_id=user_id, name="Nora", role=Role.RECEPTION, disabled=True
        )
    )


def revoked(clinic: Clinic, user_id: int) -> None:
    clinic.write(lambda s: accounts.end_sessions(s, actor=clinic.admin, user_id=user_id))


@pytest.mark.parametrize("change", [demoted, disabled, revoked])
async def test_a_change_of_rights_reaches_every_open_page(
    target: Target, change: Callable[[Clinic, int], None]
) -> None:
    """Made by another process, so that only the regular look can find it."""
    actor = target.clinic.actor_of(target.clinic.add_user(Role.RECEPTION))
    assert actor.user_id
    cookie = f"{sessions.cookie_name()}={target.clinic.session_token(actor)}"
    who = Person(target.server.url, QUIET, cookie)
    async with who.on(await who.page("/reception")) as one, who.on(await who.page("/reception")) as other:
        change(target.clinic, actor.user_id)
        async with asyncio.timeout(4):  # two seconds, on a busy machine
            for socket in (one, other):
                while "/login" not in str(await socket.recv()):
                    pass
        assert "/login" in await where(who, "/reception")
        assert await who.status(await target.person(Role.RECEPTION).page("/reception")) == "refused"


async def heard(socket: ClientConnection, seconds: float) -> str:
    """Everything that comes in this time."""
    said = ""
    with suppress(TimeoutError, ConnectionClosed):
        async with asyncio.timeout(seconds):
            while True:
                said += str(await socket.recv())
    return said


async def test_who_does_not_leave_a_page_that_ended_hears_nothing_more(target: Target) -> None:
    """An altered browser may ignore that it is sent to the sign-in; the names go nowhere all the same."""
    actor = target.clinic.actor_of(target.clinic.add_user(Role.RECEPTION))
    cookie = f"{sessions.cookie_name()}={target.clinic.session_token(actor)}"
    who = Person(target.server.url, QUIET, cookie)
    page, elements = await who.look("/reception")
    async with who.on(page) as stubborn:
        target.clinic.join("Heard Before")
        assert "Heard Before" in await heard(stubborn, 2)
        user_id = actor.user_id or 0
        target.clinic.write(lambda s: sign_ins.end_all_sessions(s, user_id))
        await heard(stubborn, 3.5)  # the regular look, and the moment in which an honest page leaves
        target.clinic.join("Heard After")
        for element, listener in elements[-20:]:
            with suppress(ConnectionClosed):
                said = {"id": element, "client_id": page, "listener_id": listener, "args": ["{}"]}
                await stubborn.send(event("event", said))
        assert "Heard After" not in await heard(stubborn, 2)
    assert await who.status(page) == "refused"


async def where(who: Person, path: str) -> str:
    async with who.http() as http:
        return str((await http.get(path)).headers.get("location", ""))


async def test_what_is_no_frame_ends_the_socket(target: Target) -> None:
    nobody = target.person(address="127.0.0.67")
    garbage: list[str | bytes] = [
        "", "4", "x", "9", "Ann Lee", "42", "42[", "42{}", "42[]", "42[5]", "421e9[", "42" + "9" * 400 + "[\"ack\"]",
        "43[]", "44{}", "45", "451-[\"event\",{\"_placeholder\":true,\"num\":0}]", "459999999-[]", "461-[]",
        "4/admin,", "40/admin,", "42/admin,[\"event\"]", "40[]", "40{", "2", "2probe ", "b" + "A" * 40, "\ud7ff",
        "٤٢[\"event\"]", "42" + "[" * 5000, b"\x00\x01", b"42[\"event\"]", "4" * 100_000,
    ]  # fmt: skip
    async with target.unharmed():
        for frame in garbage:
            async with nobody.on(await nobody.page("/")) as socket:
                await socket.send(frame)
                assert await cut(socket), frame[:40]
        async with nobody.on(await nobody.page("/")) as socket:
            await socket.send("42" + json.dumps(["event", "x" * 140_000]))
            assert await cut(socket), "too large"
        async with nobody.http() as http:
            for text in [frame for frame in garbage if isinstance(frame, str)]:
                polling = Polling(http, await nobody.page("/"))
                await polling.open()
                assert (await polling.say("40", text)).status_code == 400, text[:40]
            huge = await polling.say("40" + " " * 140_000)
            assert huge.status_code == 413
            cross = await http.request("TRACE", polling.path)
            assert cross.status_code == 405
            for query in ("EIO=3&transport=polling", "EIO=4&transport=flash", "EIO=4", "EIO=4&transport=polling&j=1"):
                assert (await http.get(f"{PATH}?{asked('x')}&{query}")).status_code == 400, query


ODD: tuple[object, ...] = (
    None, True, -1, 2**70, 1e999, "", "x" * 3000, "1", [], [None], [[]], {}, {"": None}, {"name": 5}, "\ud800",
)  # fmt: skip


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (None, "/"), (None, "/join-queue"), (None, "{ticket}"), (None, "/display"), (None, "/login"),
        (Role.DOCTOR, "/doctor/{doctor}"), (Role.RECEPTION, "/reception"), (Role.ADMIN, "/admin/doctors?open=new"),
        (Role.ADMIN, "/admin/users?open=new"), (Role.ADMIN, "/admin/settings"), (Role.ADMIN, "/admin/entries"),
        (Role.ADMIN, "/admin/patients"),
    ],
)  # fmt: skip
async def test_odd_words_to_ones_own_page_are_no_error(target: Target, role: Role | None, path: str) -> None:
    """Every element that hears anything is told nonsense; nothing fails, nothing is logged."""
    who = target.person(role, address="127.0.0.68")
    link = target.clinic.join("Ann Lee").link
    page, heard = await who.look(path.format(doctor=target.clinic.doctor_id, ticket=f"/t/{link}"))
    before = len(target.server.said())
    async with who.on(page) as socket:
        for number, (element, listener) in enumerate(heard[:60]):
            for odd in (ODD[number % len(ODD)], ODD[(number * 7 + 3) % len(ODD)]):
                said = {"id": element, "client_id": page, "listener_id": listener, "args": [json.dumps(odd)]}
                await socket.send(event("event", said))
        await socket.send(event("event", {"id": 0, "client_id": page, "listener_id": None, "args": ["{"]}))
        await socket.send(event("board", {}, number="8"))
        async with asyncio.timeout(10):
            while not str(await socket.recv()).startswith("438"):
                pass
    await asyncio.sleep(0.3)
    logged = target.server.said()[before:]
    assert "Traceback" not in logged, logged[-4000:]
