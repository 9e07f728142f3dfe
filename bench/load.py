"""The load process: opens pages, asks for changes, times their arrival. Plan in, leg out.

It is a process of its own so that it never blocks the server's loop, and the same one for every system.
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

import aiohttp
import uvloop

from bench.page_socket import Arrivals, PageSocket
from bench.processes import cpu_seconds, resident_kb
from bench.systems import SYSTEMS, System

OPENING_AT_ONCE = 16
SETTLE, PAUSE, IDLE, PATIENCE = 1.0, 0.05, 2.0, 60.0  # seconds
WARM_UP_CHANGES = 4


@dataclass(frozen=True)
class Plan:
    system: str
    base: str
    pid: int
    steps: list[tuple[int, int]]
    """(open pages, changes) in growing order of pages."""


@dataclass(frozen=True)
class Step:
    pages: int
    last_ms: list[float]
    first_ms: list[float]
    cpu_ms: float
    """Server CPU per page and change, without what the open pages cost at rest."""
    idle_ms: float
    """Server CPU per page and second at rest."""
    load_cpu_ms: float
    """The load process's own CPU per page and change, which must not be what is measured."""


@dataclass(frozen=True)
class Leg:
    system: str
    steps: list[Step]
    page_kb: float
    snapshot: str


class Load:
    def __init__(self, plan: Plan, system: System) -> None:
        self.plan, self.system = plan, system
        self.pages: list[PageSocket] = []
        self.arrivals = Arrivals()

    async def leg(self) -> Leg:
        await self.system.prepare()
        await self.open_pages(1)  # first page: modules load, caches fill
        await asyncio.sleep(SETTLE)
        before = resident_kb(self.plan.pid)
        steps = [await self.step(pages, changes) for pages, changes in self.plan.steps]
        return Leg(self.plan.system, steps, self.page_kb(before), snapshot_text(self.pages[0].snapshot))

    def page_kb(self, before: int) -> float:
        return (resident_kb(self.plan.pid) - before) / (len(self.pages) - 1)

    async def open_pages(self, pages: int) -> None:
        gate = asyncio.Semaphore(OPENING_AT_ONCE)
        await asyncio.gather(*(self.open_page(number, gate) for number in range(len(self.pages), pages)))

    async def open_page(self, number: int, gate: asyncio.Semaphore) -> None:
        address = urlsplit(self.plan.base).netloc
        host, _, port = address.partition(":")
        async with gate:
            door = await self.system.door(number)
            _, page = await asyncio.get_running_loop().create_connection(
                lambda: PageSocket(address, door, self.arrivals), host, int(port)
            )
            await asyncio.wait_for(page.opened, PATIENCE)
            self.pages.append(page)

    async def step(self, pages: int, changes: int) -> Step:
        await self.open_pages(pages)
        await asyncio.sleep(SETTLE)
        idle = await self.idle_rate()
        for _ in range(WARM_UP_CHANGES):
            await self.one_change()
        cpu, load_cpu, start = cpu_seconds(self.plan.pid), time.process_time(), time.monotonic()
        timings = [await self.one_change() for _ in range(changes)]
        spent = cpu_seconds(self.plan.pid) - cpu - idle * (time.monotonic() - start)
        return Step(
            pages=pages,
            first_ms=[first for first, _ in timings],
            last_ms=[last for _, last in timings],
            cpu_ms=1000 * spent / changes / pages,
            idle_ms=1000 * idle / pages,
            load_cpu_ms=1000 * (time.process_time() - load_cpu) / changes / pages,
        )

    async def idle_rate(self) -> float:
        cpu, start = cpu_seconds(self.plan.pid), time.monotonic()
        await asyncio.sleep(IDLE)
        return (cpu_seconds(self.plan.pid) - cpu) / (time.monotonic() - start)

    async def one_change(self) -> tuple[float, float]:
        """Milliseconds from asking for a change until the first and the last page has it."""
        self.arrivals.expect(self.pages)
        asked = time.monotonic()
        await self.system.change()
        await asyncio.wait_for(self.arrivals.complete.wait(), PATIENCE)
        await asyncio.sleep(PAUSE)
        return 1000 * (self.arrivals.first - asked), 1000 * (self.arrivals.last - asked)


def snapshot_text(message: bytes) -> str:
    """The snapshot inside a page's newest message, whichever way it was wrapped."""
    if message.startswith(b"{"):
        return message.decode()
    payload = json.loads(message[message.index(b"[") :])
    snapshot = payload[0][0] if isinstance(payload[0], list) else payload[1]
    return str(snapshot)


async def run(plan: Plan) -> Leg:
    jar = aiohttp.DummyCookieJar()  # every page is a visitor of its own
    async with aiohttp.ClientSession(cookie_jar=jar, connector=aiohttp.TCPConnector(limit=0)) as http:
        return await Load(plan, SYSTEMS[plan.system](plan.base, http)).leg()


def main() -> None:
    plan = Plan(**json.load(sys.stdin))
    json.dump(asdict(uvloop.run(run(plan))), sys.stdout)


if __name__ == "__main__":
    main()
