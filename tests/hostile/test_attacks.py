"""G-SOCK, the other half: whoever floods, hangs and storms harms nobody else and leaves nothing behind.

`ATTACK_FRAMES` says how many frames; `make attack` sends 100,000.
"""

import asyncio
import itertools
import socket as sockets
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.models import Role
from app.web import limits
from tests.hostile.clients import ATTACKER, PATH, Person, Polling, asked, event
from tests.hostile.conftest import FRAMES, Target

Attack = Callable[[Target, Person], Awaitable[None]]


async def frames_on_ones_own_page(target: Target, evil: Person) -> None:
    """Well-formed frames, as fast as they go; a new socket whenever the server has had enough."""
    kinds = itertools.cycle(
        ["3", event("board", {"queues": [1]}, number="1"), event("event", {"client_id": "x"}), event("ack", {}),
         event("log", {"message": "Ann Lee"}), event("no such event", 1), event("javascript_response", {})]
    )  # fmt: skip
    sent, closed = 0, 0
    while sent < FRAMES:
        page = await evil.page("/")
        with suppress(ConnectionClosed):
            async with evil.on(page) as socket:
                reading = asyncio.create_task(_read_all(socket))
                try:
                    for frame in itertools.islice(kinds, min(FRAMES - sent, 2500)):
                        await socket.send(frame)
                        sent += 1
                finally:
                    await asyncio.wait([reading], timeout=1)
                    closed += reading.done()
                    reading.cancel()
    assert closed, "a flood goes on for ever"


async def _read_all(socket: object) -> None:
    with suppress(ConnectionClosed):
        while True:
            await socket.recv()  # type: ignore[attr-defined]


async def frames_over_polling(target: Target, evil: Person) -> None:
    async with evil.http() as http:
        polling = Polling(http, await evil.page("/"))
        await polling.open()
        for _ in range(min(FRAMES // 160, 200)):
            answer = await polling.say(*[event("board", {"queues": [1]})] * 16)
            assert answer.status_code in (200, 400)


async def handshakes(target: Target, evil: Person) -> None:
    """Connections that are opened and left at every stage."""
    page = await evil.page("/")
    async with evil.http() as http:
        for number in range(min(FRAMES // 100, 400)):
            with suppress(ConnectionClosed, InvalidStatus, TimeoutError):
                async with asyncio.timeout(5), evil.socket(page if number % 2 else "unknown") as socket:
                    if number % 3:
                        await socket.send("40")
            await http.get(f"{PATH}?{asked('x')}&EIO=4&transport=polling")


async def half_open_polls(target: Target, evil: Person) -> None:
    async with evil.http() as http:
        for _ in range(10):
            polling = Polling(http, await evil.page("/"))
            await polling.open()
            await polling.say("40")
            hanging = [asyncio.create_task(polling.hear()) for _ in range(5)]
            async with asyncio.timeout(10):  # any number of them may not
                for answered in itertools.islice(asyncio.as_completed(hanging), 3):
                    await answered
            for poll in hanging:
                poll.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)


async def silent_connections(target: Target, evil: Person) -> None:
    """Slow loris: the head of a request, letter by letter, and a body that never comes."""
    starts = [b"", b"G", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ", b"GET / HTTP/1.1\r\nX-B: " + b"b" * 70_000]
    loop, opened = asyncio.get_running_loop(), []
    for number in range(120):
        line = sockets.socket()
        line.setblocking(False)
        line.bind((evil.address, 0))
        await loop.sock_connect(line, ("127.0.0.1", target.server.port))
        with suppress(OSError):
            await loop.sock_sendall(line, starts[number % len(starts)])
        opened.append(line)
    for _ in range(13):
        await asyncio.sleep(1)
        for number, line in enumerate(opened):
            if number % 4 == 2:
                with suppress(OSError):
                    await loop.sock_sendall(line, b"a")
    still_open = 0
    for line in opened:
        try:
            async with asyncio.timeout(0.5):
                while await loop.sock_recv(line, 4096):
                    pass
        except TimeoutError:
            still_open += 1
        except OSError:
            pass
        line.close()
    assert not still_open, f"{still_open} silent connections are still held"


async def feed_floods(target: Target, evil: Person) -> None:
    path, sent = f"/ws/queue/{target.clinic.doctor_id}", 0
    words: list[str | bytes] = ["{", "[]", '{"action":"call_next"}', b"\x00\xff", "x" * 1000, '{"action":"' + "a" * 99]
    while sent < FRAMES:
        with suppress(ConnectionClosed):
            async with evil.raw(path) as feed:
                reading = asyncio.create_task(_read_all(feed))
                for word in itertools.islice(itertools.cycle(words), 2000):
                    await feed.send(word)
                    sent += 1
                await asyncio.wait([reading], timeout=1)
                assert reading.done(), "a flood goes on for ever"
        sent += 200


async def feed_oddities(target: Target, evil: Person) -> None:
    path = f"/ws/queue/{target.clinic.doctor_id}"
    for odd in ("x" * 140_000, b"x" * 140_000):
        async with evil.raw(path) as feed:
            await feed.send(odd)
            await _read_all(feed)
            assert feed.close_code == 1009
    reader, writer = await asyncio.open_connection("127.0.0.1", target.server.port, local_addr=(evil.address, 0))
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    assert b"101" in await reader.readline()
    writer.write(b"\x81\x82\x00\x00\x00\x00\xff\xfe")  # text that is not UTF-8
    await asyncio.wait_for(reader.read(), 5)
    writer.close()


async def slow_readers(target: Target, evil: Person) -> None:
    """They watch a queue and never read; they go on for as long as the others attack."""
    async with AsyncExitStack() as held:
        for _ in range(20):
            await held.enter_async_context(evil.raw(f"/ws/queue/{target.clinic.doctor_id}", max_queue=1))
        await asyncio.sleep(5)


ATTACKS: tuple[Attack, ...] = (
    frames_on_ones_own_page, frames_over_polling, handshakes, half_open_polls, silent_connections, feed_floods,
    feed_oddities, slow_readers,
)  # fmt: skip


@pytest.mark.timeout(900)
async def test_all_attacks_at_once(target: Target) -> None:
    async with target.unharmed():
        people = [target.person(Role.PATIENT, address=f"127.0.1.{number}") for number in range(1, len(ATTACKS) + 1)]
        await asyncio.gather(*[attack(target, who) for attack, who in zip(ATTACKS, people, strict=True)])
    assert "Ann Lee" not in target.server.said()


async def test_one_address_holds_so_many_sockets_and_no_more(target: Target) -> None:
    evil, path = Person(target.server.url, "127.0.0.70"), f"/ws/queue/{target.clinic.doctor_id}"
    async with target.unharmed(), AsyncExitStack() as held:
        for _ in range(limits.MOST_CONNECTIONS // 50):
            await asyncio.gather(*[held.enter_async_context(evil.raw(path)) for _ in range(50)])
        with pytest.raises(InvalidStatus):
            async with evil.raw(path):
                pass
        with pytest.raises(InvalidStatus) as refused:
            async with evil.socket(await evil.page("/")):
                pass
        assert refused.value.response.status_code == 429
        assert await target.person().status(await target.person().page("/")) == "open"
    async with evil.raw(path):  # and when they are gone, again
        pass


async def test_one_address_asks_for_so_many_pages_that_nobody_sees(target: Target) -> None:
    evil = Person(target.server.url, ATTACKER)
    statuses: list[int] = []
    async with target.unharmed(most_megabytes=100), evil.http() as http:  # they are kept for a minute
        while 429 not in statuses and len(statuses) < 2 * limits.MOST_UNSEEN:
            answers: list[httpx.Response] = await asyncio.gather(*[http.get("/login") for _ in range(40)])
            statuses += [answer.status_code for answer in answers]
        assert 0.9 * limits.MOST_UNSEEN < statuses.count(200) <= limits.MOST_UNSEEN
        assert (await http.get("/login")).status_code == 429
