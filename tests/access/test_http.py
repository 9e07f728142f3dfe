"""docs/access.md over HTTP: every page, route and REST call, asked for by everybody."""

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute, APIWebSocketRoute
from nicegui import Client, app
from nicegui.testing import User
from starlette.routing import Mount, Route

from app.api import account_forms
from tests.access import requests
from tests.access.matrix import ACTORS, HIDDEN, NO, SECTIONS, YES, Table, table
from tests.access.world import NAMES, World

Send = Callable[..., Awaitable[httpx.Response]]
STRANGERS = ("anyone", "patient", "other patient", "other doctor")  # others learn nothing they may not see
SECRET = (
    "{entry_id}",
    "{patient_id}",
    "{link}",
    "{first}",
    "{appointment_id}",
    "known person",
)  # doctors are public, entries are not
# They put what they get into a cookie, and say nothing of it.
SAME_FOR_ALL = frozenset({"GET /password/{token}", "GET /claim/{token}"})


class Try:
    """One row after the other, one actor after the other."""

    def __init__(self, world: World, http: httpx.AsyncClient, send: Send) -> None:
        self.world, self.http, self.send = world, http, send
        self.wrong: list[str] = []

    async def all(self, rows: Table) -> None:
        for row, expected in rows.items():
            self.state = self.prepared(row, ACTORS[0])
            for who in ACTORS:
                if row.endswith("/undo"):  # of one's own step
                    self.state = self.prepared(row, who)
                await self.cell(row, who, expected[who])
            self.world.reset()

    def prepared(self, row: str, who: str) -> object:
        self.world.reset()
        if verb := requests.verb_of(row):
            self.world.before(verb, who)
        return self.world.state()

    async def ask(self, row: str, who: str, *, unknown: bool = False) -> httpx.Response:
        self.world.forget()
        answer = await self.send(self.http, self.world, row, who, unknown=unknown)
        self.http.cookies.clear()
        return answer

    async def cell(self, row: str, who: str, expected: str) -> None:
        answer = await self.ask(row, who)
        found = requests.mark_of(row, answer)
        if found != expected:
            self.wrong.append(f"{row} by {who}: {found}, and the document says {expected}")
        if self.world.state() != self.state:
            if expected != YES or row.startswith("GET"):
                self.wrong.append(f"{row} by {who} changed something")
            self.state = self.prepared(row, who)
        if expected != YES:
            self.wrong += [f"{row} by {who} names {name}" for name in NAMES if name in answer.text]
        if who in (*STRANGERS, "doctor") and any(each in row for each in SECRET) and row not in SAME_FOR_ALL:
            self.compare(row, who, answer, await self.ask(row, who, unknown=True))

    def compare(self, row: str, who: str, answer: httpx.Response, unknown: httpx.Response) -> None:
        """What is not there is not found; and what is not theirs looks just like it."""
        mark, not_there = requests.mark_of(row, answer), requests.mark_of(row, unknown)
        if who not in STRANGERS or mark == YES:
            if not_there != (HIDDEN if mark in (YES, NO) else mark) and not (mark == NO and not_there == NO):
                self.wrong.append(f"{row} by {who}, not existing: {not_there}")
        elif (answer.status_code, answer.text) != (unknown.status_code, unknown.text):
            self.wrong.append(f"{row} by {who} tells whether it exists: {answer.text} {unknown.text}")


@pytest.fixture
def try_all(user: User, world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[Table, Send], Awaitable[None]]:
    monkeypatch.setattr(account_forms, "AT_LEAST", 0)  # how long an answer takes is tested elsewhere

    async def run(rows: Table, send: Send) -> None:
        trying = Try(world, user.http_client, send)
        await trying.all(rows)
        assert not trying.wrong, "\n".join(trying.wrong)

    return run


Trying = Callable[[Table, Send], Awaitable[None]]


async def test_pages(try_all: Trying) -> None:
    await try_all(table("Pages"), requests.page)


async def test_routes(try_all: Trying) -> None:
    await try_all(table("Forms, files and numbers"), requests.plain)


async def test_rest(try_all: Trying) -> None:
    await try_all(table("REST"), requests.rest)


async def test_appointments_say_no_name_that_is_not_theirs(user: User, world: World) -> None:
    olive, sybil = NAMES[0], NAMES[3]
    seen = {
        "patient": {olive}, "doctor": {olive, sybil}, "nurse": {olive, sybil}, "reception": {olive}, "admin": {olive},
    }  # fmt: skip
    for who in ("patient", "other patient", "doctor", "other doctor", "nurse", "reception", "admin"):
        for method, path in (("GET", "?to=2026-06-01"), ("POST", f"/{world.secret_today}/cancel")):
            world.forget()
            answer = await user.http_client.request(
                method, f"/api/v1/appointments{path}", headers=world.headers(who, bearer=True)
            )
            allowed = seen.get(who, set()) - ({olive} if method == "POST" else set())
            assert {name for name in NAMES if name in answer.text} == allowed, (who, path)
            world.reset()


def _described(paths: dict[str, dict[str, dict[str, list[dict[str, object]]]]]) -> Iterator[str]:
    for path, methods in paths.items():
        for method, operation in methods.items():
            schemas = {each["name"]: each["schema"] for each in operation.get("parameters", [])}
            verbs = schemas["verb"]["enum"] if "{verb}" in path else [""]  # type: ignore[index]
            yield from (f"{method.upper()} {path.removeprefix('/v1').replace('{verb}', verb)}" for verb in verbs)


def _served() -> set[str]:
    """Every route, by its method; the framework's own without its version."""
    found = set()
    for route in app.routes:
        assert isinstance(route, APIWebSocketRoute | Mount | Route)
        path = re.sub(r"^/_nicegui/[0-9.]+/", "/_nicegui/", route.path)
        if isinstance(route, APIWebSocketRoute):
            found.add(f"WS {path.rstrip('/')}")
        elif isinstance(route, Mount):
            found.add(f"MOUNT {path}")
        else:
            found |= {f"{method} {path}" for method in (route.methods or ()) if method != "HEAD"}
    return found


async def test_everything_that_is_served_is_in_the_document(user: User, world: World) -> None:
    assert set(table("Pages")) == set(Client.page_routes.values())
    described = (await user.http_client.get("/api/openapi.json")).json()["paths"]
    calls = {row.partition(",")[0] for row in table("REST")}
    assert calls == set(_described(described))
    pages = {f"GET {path}" for path in Client.page_routes.values()}
    listed = {*table("Forms, files and numbers"), *SECTIONS["The same for everybody"]}
    listed |= {row.partition(",")[0] for row in table("Live feed")}
    assert _served() - pages == listed
    served: Any = next(route.app for route in app.routes if isinstance(route, Mount) and route.path == "/api")
    beside = {route.path for route in served._inner.routes if isinstance(route, APIRoute)}
    assert beside <= {"/docs"} | set(described), "a route that the description does not have"


async def test_files_are_the_same_for_everybody(user: User, world: World) -> None:
    assets = ("/assets/mediqueue.css", "/favicon.ico", "/api/docs", "/api/openapi.json", "/api/v1/nothing")
    scripts = re.findall(r"/_nicegui/[0-9.]+/[^\"' ?]+", (await user.http_client.get("/login")).text)
    user.http_client.cookies.clear()
    for path in {*assets, *scripts[:8]}:
        answers = set()
        for who in ACTORS:
            answer = await user.http_client.get(path, headers=world.headers(who))
            user.http_client.cookies.clear()
            answers.add((answer.status_code, answer.content))
        assert len(answers) == 1, path
