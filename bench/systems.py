"""The three systems as the load process sees them: how a page is opened, and how a change is asked for.

What the benchmark knows of MediQueue's outside is in `MediQueue` below and in `start_mediqueue` (push.py).
"""

import ast
import asyncio
import re
import uuid
from typing import Any, Protocol
from urllib.parse import urlencode

import aiohttp

from bench.page_socket import Door

OPEN_ENTRIES = 30
DOCTOR = 1
DOCTOR_SIGN_IN = "doctor1@demo.clinic"
API = "/api/v1"
DEMO_PASSWORD = "a password for the benchmark only"
SOCKET_QUERY = re.compile(r"query: (\{.*?\}),\n")


class System(Protocol):
    async def prepare(self) -> None: ...

    async def door(self, number: int) -> Door:
        """Fetch page `number` as a browser does, on a connection of its own, and find its socket."""

    async def change(self) -> None:
        """Ask for one change of the queue; every open page is to hear of it."""


class MediQueue:
    def __init__(self, base: str, http: aiohttp.ClientSession) -> None:
        self.base, self.http = base, http
        self.links: list[str] = []
        self.called: int | None = None
        self.staff: dict[str, str] = {}

    async def prepare(self) -> None:
        """Fill the queue to OPEN_ENTRIES; the pages share the links of those who joined."""
        answer = await self.post("/session", {"email": DOCTOR_SIGN_IN, "password": DEMO_PASSWORD})
        self.staff = {"Authorization": f"Bearer {answer['token']}"}
        already = len((await self.get(f"/queues/{DOCTOR}"))["queue"])
        for number in range(max(OPEN_ENTRIES - already, 1)):
            ticket = await self.post(f"/queues/{DOCTOR}/tickets", {"name": f"Patient Number {number}"})
            self.links.append(ticket["link"])

    async def door(self, number: int) -> Door:
        link = self.links[number % len(self.links)]
        async with self.http.get(f"{self.base}/t/{link}", headers={"Connection": "close"}) as page:
            page.raise_for_status()
            query = SOCKET_QUERY.search(await page.text())
            cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in page.cookies.values())
        if query is None:
            raise ValueError("the ticket page does not say how to open its socket")
        socket = {
            **ast.literal_eval(query[1]),  # written into the script as Python prints it
            "implicit_handshake": "true",
            "document_id": str(uuid.uuid4()),
            "tab_id": str(uuid.uuid4()),
            "EIO": 4,
            "transport": "websocket",
        }
        return Door(
            path=f"/_nicegui_ws/socket.io/?{urlencode(socket)}",
            headers=(("Cookie", cookies),) if cookies else (),
            greeting=b"40",
            subscribe=f'421["board",{{"queues":[{DOCTOR}],"clinic":false}}]'.encode(),
        )

    async def change(self) -> None:
        """Call the next patient and put them back, in turn: the queue never runs dry."""
        if self.called is None:
            self.called = (await self.post(f"/queues/{DOCTOR}/call-next", {}))["entry_id"]
        else:
            await self.post(f"/entries/{self.called}/put-back", {})
            self.called = None

    async def get(self, path: str) -> dict[str, Any]:
        async with self.http.get(f"{self.base}{API}{path}", headers=self.staff) as answer:
            answer.raise_for_status()
            body: dict[str, Any] = await answer.json()
            return body

    async def post(self, path: str, body: dict[str, str]) -> dict[str, Any]:
        async with self.http.post(f"{self.base}{API}{path}", json=body, headers=self.staff) as answer:
            if not answer.ok:
                raise RuntimeError(f"{path}: {answer.status} {await answer.text()}")
            result: dict[str, Any] = await answer.json()
            return result


class Channels:
    """The documents' own way: pages on /join-queue/, one consumer per page, actions over a staff socket."""

    def __init__(self, base: str, http: aiohttp.ClientSession) -> None:
        self.base, self.http = base, http

    async def prepare(self) -> None:
        self.dashboard = await self.http.ws_connect(f"{self.base}/ws/waiting_room/{DOCTOR}/", origin=self.base)
        self.reading = asyncio.create_task(self.read())

    async def read(self) -> None:
        async for _ in self.dashboard:
            """The dashboard gets every snapshot too; left unread they would pile up in the server."""

    async def door(self, number: int) -> Door:
        async with self.http.get(f"{self.base}/join-queue/", headers={"Connection": "close"}) as page:
            page.raise_for_status()
            await page.read()
        return Door(f"/ws/waiting_room/{DOCTOR}/")

    async def change(self) -> None:
        await self.dashboard.send_json({"action": "call_next"})


class Floor:
    def __init__(self, base: str, http: aiohttp.ClientSession) -> None:
        self.base, self.http = base, http

    async def prepare(self) -> None:
        """Nothing: there is no queue behind it."""

    async def door(self, number: int) -> Door:
        return Door("/")

    async def change(self) -> None:
        async with self.http.post(f"{self.base}/change") as answer:
            answer.raise_for_status()


SYSTEMS: dict[str, type[MediQueue] | type[Channels] | type[Floor]] = {
    "MediQueue": MediQueue,
    "Channels + Daphne": Channels,
    "floor": Floor,
}
