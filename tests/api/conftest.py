"""The API as other software meets it: `api` in this process, `live` as a server of its own for a whole module."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from nicegui.testing import User

from app.models import Role
from app.services.policy import Actor
from tests.factories import Clinic
from tests.serving import Server, served

Who = Actor | Role | None


@dataclass
class Api:
    """`await api("POST", "/queues/1/call-next", who=Role.RECEPTION, json={…})`, under /api/v1."""

    client: httpx.AsyncClient
    clinic: Clinic
    tokens: dict[object, str] = field(default_factory=dict)

    async def __call__(
        self,
        method: str,
        path: str,
        *,
        who: Who = None,
        key: str = "",
        json: object = None,
        headers: dict[str, str] | None = None,
        content: Any = None,
    ) -> httpx.Response:
        sent = dict(headers or {})
        if who is not None:
            sent["Authorization"] = f"Bearer {self.token(who)}"
        if key:
            sent["Idempotency-Key"] = key
        return await self.client.request(method, f"/api/v1{path}", headers=sent, json=json, content=content)

    def token(self, who: Actor | Role) -> str:
        if who not in self.tokens:
            self.tokens[who] = self.clinic.session_token(who)
        return self.tokens[who]


@pytest.fixture
def api(user: User, clinic: Clinic) -> Api:
    return Api(user.http_client, clinic)


@dataclass(frozen=True)
class Live:
    """A server and the clinic it serves; every test takes a doctor of its own."""

    server: Server
    clinic: Clinic

    def address(self, doctor_id: int | str, path: str = "queue") -> str:
        return f"{self.server.url.replace('http', 'ws')}/ws/{path}/{doctor_id}"


@pytest.fixture(scope="module")
def live(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with served(migrated_file, tmp_path_factory.mktemp("live")) as running:
        yield Live(running, Clinic())


def refused(answer: httpx.Response, status: int, code: str | None = None) -> str:
    """The sentence of a refusal, after checking that it is a proper one."""
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert set(answer.json()) == {"error"}
    assert set(error) == {"code", "message"}
    assert code in (None, error["code"]), error
    assert error["message"][:1].isupper()
    assert error["message"].endswith((".", "?"))
    return str(error["message"])
