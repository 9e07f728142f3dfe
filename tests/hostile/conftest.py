"""`target`: the real program with its limits on, a clinic in it, and what the system says of its process."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.models import Role
from app.web import sessions
from tests.factories import Clinic
from tests.hostile.clients import Person, event
from tests.serving import Server, served

FRAMES = int(os.environ.get("ATTACK_FRAMES", "10000"))  # `make attack` sends more
QUIET = "127.0.0.1"
MOST_MEGABYTES, MOST_FILES = 60, 30  # that an attack may leave behind
SOON = 3.0


@dataclass(frozen=True)
class Target:
    server: Server
    clinic: Clinic

    def person(self, role: Role | None = None, address: str = QUIET, **headers: str) -> Person:
        cookie = f"{sessions.cookie_name()}={self.clinic.session_token(role)}" if role else ""
        return Person(self.server.url, address, cookie, **headers)

    @property
    def megabytes(self) -> float:
        status = Path(f"/proc/{self.server.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024

    @property
    def files(self) -> int:
        return len(list(Path(f"/proc/{self.server.pid}/fd").iterdir()))

    @asynccontextmanager
    async def unharmed(self, most_megabytes: int = MOST_MEGABYTES) -> AsyncIterator[None]:
        """What is done inside leaves the server small, its log clean, and a bystander's page as quick as before."""
        memory, files, said = self.megabytes, self.files, len(self.server.said())
        async with self._bystander() as slowest:
            yield
        await self._quiet(files)
        assert slowest[0] < SOON, f"somebody else waited {slowest[0]:.1f} s for a change"
        assert self.megabytes - memory < most_megabytes, f"{memory:.0f} MB became {self.megabytes:.0f} MB"
        assert self.files - files < MOST_FILES, f"{files} files became {self.files}"
        new = self.server.said()[said:]
        assert "Traceback" not in new, new[-3000:]
        assert "ERROR" not in new, new[-3000:]

    @asynccontextmanager
    async def _bystander(self) -> AsyncIterator[list[float]]:
        """A screen somewhere else in the house, and a patient who joins now and then."""
        slowest, stop = [0.0], asyncio.Event()
        person = self.person()
        page = await person.page("/display")
        async with person.on(page) as screen, person.http() as http:
            await screen.send(event("board", {"queues": [self.clinic.doctor_id]}, number="1"))

            async def live() -> None:
                last = False
                while not last:
                    last = stop.is_set()
                    began = time.monotonic()
                    joined = await http.post(
                        f"/api/v1/queues/{self.clinic.doctor_id}/tickets", json={"name": "By Stander"}
                    )
                    assert joined.status_code == 201, joined.text
                    token = joined.json()["token"]
                    await http.post(f"/api/v1/tickets/{joined.json()['link']}/cancel")
                    await self._until(screen, token)
                    slowest[0] = max(slowest[0], time.monotonic() - began)
                    with suppress(TimeoutError):
                        await asyncio.wait_for(stop.wait(), 1)

            living = asyncio.create_task(live())
            try:
                yield slowest
            finally:
                stop.set()
                await living

    @staticmethod
    async def _until(screen: object, token: str) -> None:
        """Until a board says that `token` is there, answering pings on the way."""
        async with asyncio.timeout(20):
            while True:
                said = str(await screen.recv())  # type: ignore[attr-defined]
                if said == "2":
                    await screen.send("3")  # type: ignore[attr-defined]
                if said.startswith("42") and token in said:
                    return

    async def _quiet(self, files: int) -> None:
        """Closed connections take a moment to be gone."""
        for _ in range(100):
            if self.files - files < MOST_FILES:
                return
            await asyncio.sleep(0.1)


@pytest.fixture(scope="module")
def target(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with served(migrated_file, tmp_path_factory.mktemp("target"), MEDIQUEUE_RATE_LIMITS="on") as running:
        yield Target(running, Clinic())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.slow)
