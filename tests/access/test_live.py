"""docs/access.md where things stay open: the feed, the socket's events, and the command line."""

import asyncio
import json
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import typer
from nicegui import core
from nicegui.testing import User

from app import cli
from app.web import gate
from tests.access.matrix import ACTORS, HIDDEN, NO, SECTIONS, SIGN_IN, YES, table
from tests.access.world import NAMES, World

MARKS = {"not_signed_in": SIGN_IN, "not_allowed": NO, "unknown_doctor": HIDDEN, "unknown_entry": HIDDEN}


class Socket:
    """The other end of a WebSocket, in this process."""

    def __init__(self, path: str, headers: dict[str, str]) -> None:
        self._sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._got: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
        self.scope = {
            "type": "websocket", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
            "headers": [(b"host", b"test"), *((k.lower().encode(), v.encode()) for k, v in headers.items())],
            "subprotocols": [], "scheme": "ws", "client": ("203.0.113.9", 1), "server": ("test", 80),
        }  # fmt: skip

    async def run(self) -> None:
        await core.app(self.scope, self._sent.get, self._hear)

    async def _hear(self, message: MutableMapping[str, Any]) -> None:
        await self._got.put(message)

    async def say(self, **wish: Any) -> None:
        await self._sent.put({"type": "websocket.receive", "text": json.dumps(wish)})

    async def begin(self) -> None:
        await self._sent.put({"type": "websocket.connect"})

    async def end(self) -> None:
        await self._sent.put({"type": "websocket.disconnect", "code": 1000})

    async def next(self, *kinds: str) -> dict[str, Any]:
        """The next message of one of these kinds."""
        while True:
            message = await asyncio.wait_for(self._got.get(), 5)
            said = json.loads(message.get("text") or "{}")
            if said.get("type") in kinds:
                return dict(said)
            assert message["type"] != "websocket.close", message


@asynccontextmanager
async def feed(path: str, headers: dict[str, str]) -> AsyncIterator[Socket]:
    socket = Socket(path, headers)
    running = asyncio.create_task(socket.run())
    await socket.begin()
    try:
        yield socket
    finally:
        await socket.end()
        await running


async def test_the_feed(user: User, world: World) -> None:
    wrong = []
    for row, expected in table("Live feed").items():
        address, _, part = row.removeprefix("WS ").partition(", ")
        for who in ACTORS:
            world.forget()
            async with feed(address.format(doctor_id=world.doctor_id), world.headers(who, bearer=True)) as socket:
                found = await _mark(world, socket, part)
            world.reset()
            if found != expected[who]:
                wrong.append(f"{row} by {who}: {found}, and the document says {expected[who]}")
    assert not wrong, "\n".join(wrong)


async def _mark(world: World, socket: Socket, part: str) -> str:
    first = json.dumps(await socket.next("queue_update"))
    if part in ("", "names"):
        return YES if not part or any(name in first for name in NAMES) else NO
    before = world.state()
    await socket.say(action=part, **({"entry_id": world.entry_id} if part == "call" else {}))
    answer = await socket.next("ack", "error")
    if answer["type"] == "ack":
        return YES
    assert not any(name in json.dumps(answer) for name in NAMES), answer
    after = world.state()
    assert after == before, [(set(after[n]) ^ set(before[n])) for n in after if after[n] != before[n]]
    return MARKS[answer["code"]]


async def test_every_socket_event_is_in_the_document(user: User) -> None:
    assert set(SECTIONS["Socket events"]) == set(core.sio.handlers["/"])
    assert gate.EVENTS | {"connect", "disconnect"} == set(SECTIONS["Socket events"])
    assert not core.sio.namespace_handlers


def test_every_command_is_in_the_document() -> None:
    def named(app: typer.Typer, before: str = "") -> list[str]:
        own = [before + (each.name or each.callback.__name__) for each in app.registered_commands if each.callback]
        groups = (
            named(group.typer_instance, f"{group.name} ") for group in app.registered_groups if group.typer_instance
        )
        return [*own, *(name for group in groups for name in group)]

    assert set(SECTIONS["Command line"]) == set(named(cli.app))
