"""The socket under the pages, on a real server, as a hostile browser meets it."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from socketio import AsyncClient
from socketio.exceptions import TimeoutError as NoAnswer
from websockets import connect

from app.models import Role
from app.web import sessions
from tests.api.conftest import Live

PATH = "/_nicegui_ws/socket.io"
SECRET = "Ann Lee\n2026-01-01 ERROR forged"
_CLIENT = re.compile(r"\"client_id\": ?\"([0-9a-f-]{36})\"|client_id[^0-9a-f]{1,12}([0-9a-f-]{36})")


async def opened(live: Live, cookie: str) -> str:
    """The id of a freshly opened page of the desk."""
    async with httpx.AsyncClient(base_url=live.server.url, headers={"Cookie": cookie}) as browser:
        found = _CLIENT.search((await browser.get("/reception")).text)
    assert found
    return found[1] or found[2]


def query(page: str) -> str:
    return f"client_id={page}&tab_id=t&document_id=d&old_tab_id=&next_message_id=0&implicit_handshake=true"


async def accepted(live: Live, page: str, cookie: str) -> bool:
    """Whether a browser with exactly this Cookie header may use the page's socket."""
    address = f"{live.server.url.replace('http', 'ws')}{PATH}/?{query(page)}&EIO=4&transport=websocket"
    async with connect(address, additional_headers={"Cookie": cookie}, proxy=None) as socket:
        await socket.recv()
        await socket.send("40")
        return str(await asyncio.wait_for(socket.recv(), 5)).startswith("40")


@asynccontextmanager
async def socket_of(live: Live, page: str, cookie: str) -> AsyncIterator[AsyncClient]:
    socket = AsyncClient(reconnection=False)
    await socket.connect(
        f"{live.server.url}?{query(page)}", headers={"Cookie": cookie}, socketio_path=PATH, transports=["websocket"]
    )
    try:
        yield socket
    finally:
        await socket.disconnect()


@pytest.fixture
def signed_in(live: Live) -> str:
    return f"{sessions.cookie_name()}={live.clinic.session_token(Role.RECEPTION)}"


@pytest.mark.parametrize("beside", ["", 'prefs={"a":1}; ', "a[b]=c; "])
async def test_a_page_is_live_for_the_browser_that_opened_it(live: Live, signed_in: str, beside: str) -> None:
    cookie = beside + signed_in
    assert await accepted(live, await opened(live, cookie), cookie)


@pytest.mark.parametrize("stolen", ["", "mediqueue=guessed", 'mediqueue="\\351"'])
async def test_and_for_no_other(live: Live, signed_in: str, stolen: str) -> None:
    assert not await accepted(live, await opened(live, signed_in), stolen)
    assert "Traceback" not in live.server.said()


async def test_nonsense_is_dropped_and_nothing_of_it_is_logged(live: Live, signed_in: str) -> None:
    page = await opened(live, signed_in)
    nonsense: list[tuple[str, Any]] = [
        ("board", None), ("board", 5), ("board", {"queues": 5}),
        ("board", {"queues": [2**64 - 1, -1, True, "1", None]}), ("event", {"client_id": page}),
        ("event", {"client_id": page, "id": [], "args": 5}), ("event", {"client_id": []}),
        ("javascript_response", {"client_id": page}), ("ack", {"client_id": page, "next_message_id": []}),
        ("handshake", 5), ("handshake", {"client_id": [], "tab_id": "t", "document_id": "d"}),
        ("log", {"client_id": page, "level": "error", "message": SECRET}), ("log", {"client_id": page}),
    ]  # fmt: skip
    async with socket_of(live, page, signed_in) as socket:
        for event, message in nonsense:
            if event == "board":
                assert await socket.call(event, message, timeout=3) == [], message
            else:
                await socket.emit(event, message)
        with pytest.raises(NoAnswer):
            await socket.call("unknown", {}, timeout=1)
        assert len(await socket.call("board", {"queues": [live.clinic.doctor_id]}, timeout=3)) == 1
    said = live.server.said()
    assert "Ann Lee" not in said
    assert "Traceback" not in said
