"""Clients that do what no browser does. They write Engine.IO and Socket.IO frames themselves.

Everybody has an address of their own in 127.0.0.0/8, so that limits by address can be seen to work.
"""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from websockets import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

PATH = "/_nicegui_ws/socket.io/"
ATTACKER = "127.0.0.66"
_PAGE = re.compile(r"\"client_id\": ?\"([0-9a-f-]{36})\"|client_id[^0-9a-f]{1,12}([0-9a-f-]{36})")

_LISTENER = re.compile(r'"(\d+)":\{"tag"|"listener_id":"([0-9a-f-]{36})"')


class Person:
    """A browser without a browser: an address, a cookie, and the pages it has opened."""

    def __init__(self, url: str, address: str = ATTACKER, cookie: str = "", **headers: str) -> None:
        self.url, self.address, self.cookie, self.headers = url, address, cookie, headers

    def http(self, **options: Any) -> httpx.AsyncClient:
        sent = {**self.headers, **({"Cookie": self.cookie} if self.cookie else {})}
        transport = httpx.AsyncHTTPTransport(local_address=self.address, limits=httpx.Limits(max_connections=None))
        return httpx.AsyncClient(base_url=self.url, headers=sent, transport=transport, timeout=30, **options)

    async def page(self, path: str = "/") -> str:
        """Open a page and answer its id."""
        return (await self.look(path))[0]

    async def look(self, path: str = "/") -> tuple[str, list[tuple[int, str]]]:
        """Open a page; its id, and every element of it that hears something with the id of the hearer."""
        async with self.http() as http:
            answer = await http.get(path)
        found = _PAGE.search(answer.text)
        assert found, f"{path}: {answer.status_code}"
        heard, element = [], 0
        for number, listener in _LISTENER.findall(answer.text):
            if number:
                element = int(number)
            else:
                heard.append((element, listener))
        return found[1] or found[2], heard

    @asynccontextmanager
    async def raw(self, path: str, **options: Any) -> AsyncIterator[ClientConnection]:
        """Any WebSocket."""
        sent = {**self.headers, **({"Cookie": self.cookie} if self.cookie else {})}
        async with connect(
            self.url.replace("http", "ws") + path,
            additional_headers=sent, proxy=None, max_size=None, open_timeout=20, close_timeout=1,
            local_addr=(self.address, 0), compression=None, **options,
        ) as socket:  # fmt: skip
            yield socket

    @asynccontextmanager
    async def socket(self, page: str, query: str = "") -> AsyncIterator[ClientConnection]:
        """The socket of a page, as far as Engine.IO: nothing said yet."""
        async with self.raw(f"{PATH}?{query or asked(page)}&EIO=4&transport=websocket") as socket:
            await socket.recv()
            yield socket

    @asynccontextmanager
    async def on(self, page: str) -> AsyncIterator[ClientConnection]:
        """The socket of a page, connected."""
        async with self.socket(page) as socket:
            await socket.send("40")
            said = await socket.recv()
            assert str(said).startswith("40"), said
            yield socket

    async def status(self, page: str, query: str = "") -> str:
        """What becomes of a try to use the page's socket: `open`, `refused`, or the HTTP status."""
        try:
            async with self.socket(page, query) as socket:
                await socket.send("40")
                said = str(await socket.recv())
        except InvalidStatus as error:
            return str(error.response.status_code)
        except ConnectionClosed:
            return "refused"
        return "open" if said.startswith("40") else "refused"


class Polling:
    """The same over HTTP: `await polling.say("40")`, `await polling.hear()`."""

    def __init__(self, http: httpx.AsyncClient, page: str) -> None:
        self._http, self._query, self.sid = http, asked(page), ""

    async def open(self) -> httpx.Response:
        answer = await self._http.get(f"{PATH}?{self._query}&EIO=4&transport=polling")
        if answer.is_success:
            self.sid = json.loads(answer.text[1:])["sid"]
        return answer

    @property
    def path(self) -> str:
        return f"{PATH}?{self._query}&EIO=4&transport=polling&sid={self.sid}"

    async def say(self, *frames: str) -> httpx.Response:
        return await self._http.post(self.path, content="\x1e".join(frames).encode("utf-8", "surrogatepass"))

    async def hear(self) -> httpx.Response:
        return await self._http.get(self.path)


def asked(page: str, tab: str = "t") -> str:
    return f"client_id={page}&tab_id={tab}&document_id=d&old_tab_id=&next_message_id=0&implicit_handshake=true"


def event(name: str, *data: Any, number: str = "") -> str:
    """A Socket.IO event as it goes over the wire."""
    return f"42{number}{json.dumps([name, *data])}"
