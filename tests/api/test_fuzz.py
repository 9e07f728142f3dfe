"""G-FUZZ: whatever is sent, by anybody, is answered as described and never with a failure.

schemathesis reads the description and makes up requests; forms and addresses of pages get odd words.
`FUZZ_CASES` is how many for each route; `make fuzz` sends many more.
"""

import itertools
import os
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeVar
from urllib.parse import urlencode

import httpx
import hypothesis
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st
from nicegui import Client, app
from nicegui.testing import User
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks
from starlette.routing import Route

from app.models import QueueEntry, Role
from app.services.policy import Actor
from app.settings import settings
from app.web import sessions
from tests.factories import Clinic

T = TypeVar("T")

CASES = int(os.environ.get("FUZZ_CASES", "1"))
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture
def people(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The session tokens of everybody, without limits on how often they ask."""
    other = clinic.add_doctor("Omar Haddad")
    who: dict[str, Actor | Role] = {role.value: role for role in Role} | {"other doctor": clinic.doctor(other)}
    tokens = {name: clinic.session_token(actor) for name, actor in who.items()}
    monkeypatch.setenv("MEDIQUEUE_RATE_LIMITS", "off")
    settings.cache_clear()
    return {"anonymous": "", **tokens}


def drawn(strategy: st.SearchStrategy[T], number: int) -> list[T]:
    """Some values of a strategy, others in each long run and the same in each short one."""
    found: list[T] = []

    @hypothesis.settings(
        max_examples=number, phases=[Phase.generate], database=None, derandomize=CASES < 10, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def draw(value: T) -> None:
        found.append(value)

    draw()
    return found


async def test_the_interface_is_as_described(user: User, clinic: Clinic, people: dict[str, str]) -> None:
    schema = schemathesis.openapi.from_dict((await user.http_client.get("/api/openapi.json")).json())
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    statuses: Counter[int] = Counter()
    line = itertools.cycle([clinic.join("Ann Lee") for _ in range(40)])  # the queue will be closed soon
    for operation in sorted(found, key=lambda each: each.method.lower() == "delete"):  # signing out comes last
        for mode in GenerationMode:
            try:
                cases = drawn(operation.as_strategy(generation_mode=mode), CASES)
            except hypothesis.errors.Unsatisfiable:  # nothing can be wrong with it
                continue
            for case in cases:
                made_up = dict(case.path_parameters)
                for number, (name, token) in enumerate(people.items()):
                    exists = real(made_up, next(line)) if number % 2 == mode.is_positive else {}
                    case.path_parameters = {**made_up, **exists}
                    answer = await send(user.http_client, case, token)
                    statuses[answer.status_code] += 1
                    try:
                        case.validate_response(answer, checks=CHECKS)
                    except Exception as error:
                        raise AssertionError(f"{name}: {case.as_curl_command()}\n{answer.text}") from error
    assert statuses[200] + statuses[201] > sum(statuses.values()) / 20, f"hardly anything was taken: {statuses}"


def real(names: dict[str, Any], entry: QueueEntry) -> dict[str, Any]:
    """Things that exist, for the names in a path."""
    known = {"doctor_id": entry.doctor_id, "entry_id": entry.id, "link": entry.link}
    return {name: value for name, value in known.items() if name in names}


async def send(http: httpx.AsyncClient, case: Any, token: str) -> httpx.Response:
    sent = requests.Request(**case.as_transport_kwargs(base_url="http://test/api")).prepare()
    headers = {name: value for name, value in sent.headers.items() if name.lower() != "authorization"}
    if token:
        headers["Authorization"] = f"{sessions.BEARER}{token}"
    raw = {name.encode("latin-1"): as_bytes(value) for name, value in headers.items()}
    return await http.request(
        sent.method or "GET", sent.url or "/", headers=list(raw.items()), content=as_bytes(sent.body or b"")
    )


def as_bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


FIELDS = (
    "email", "handle", "password", "new_password", "again", "code", "next", "name", "clinic", "timezone", "doctor",
    "room", "token", "key", "phone", "born", "sex", "language", "session_id", "locked", "recovery",
)  # fmt: skip
ODD_TEXT = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", "0", "-1", "99999999999999999999", "null", "\x00", "x" * 9000, "%00", "//evil.example",
                     "' OR 1=1 --", "{{7*7}}", "a@b.c", "٣", "²", "1e309", "NaN"]),
)  # fmt: skip
TYPES = (
    "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "text/plain",
    "application/json", "application/x-www-form-urlencoded; charset=utf-16", "", "nonsense",
)  # fmt: skip
BODIES = st.one_of(
    st.binary(max_size=300),
    st.dictionaries(st.sampled_from(FIELDS), ODD_TEXT, max_size=6).map(lambda form: urlencode(form).encode()),
    st.lists(st.tuples(st.sampled_from(FIELDS), ODD_TEXT), max_size=40).map(lambda form: urlencode(form).encode()),
    st.sampled_from(
        [b"&" * 3000, b"=" * 3000, b"a=%ff%fe&b=%", b"email=" + b"x" * 15_000, b"null", b"[]", b'{"email":1}']
    ),
    st.just(b'--x\r\nContent-Disposition: form-data; name="email"; filename="a"\r\n\r\nx\r\n--x--'),
)


def posts(clinic: Clinic) -> Iterator[str]:
    """Every plain form's address."""
    for route in app.routes:
        if isinstance(route, Route) and "POST" in (route.methods or ()):
            yield route.path_format.format(**dict.fromkeys(route.param_convertors, "x" * 22))


async def test_forms_take_anything(user: User, clinic: Clinic, people: dict[str, str]) -> None:
    sent = drawn(st.tuples(BODIES, st.sampled_from(TYPES)), 12 * CASES)
    for path in posts(clinic):
        for (body, kind), name in zip(sent, itertools.cycle(people), strict=False):
            cookies = {sessions.cookie_name(): people[name]} if people[name] and path != "/logout" else {}
            user.http_client.cookies = httpx.Cookies(cookies)
            answer = await user.http_client.post(
                path, content=body, headers={"Content-Type": kind}, follow_redirects=False
            )
            assert answer.status_code < 500, f"{name} {path} {kind} {body[:80]!r}"


NAMES = (
    "doctor", "page", "q", "open", "status", "day", "scale", "roll", "auto", "next", "error", "role", "from", "to",
    "who", "kind", "action", "sent", "code", "saved", "tab",
)  # fmt: skip


async def test_addresses_take_anything(user: User, clinic: Clinic, people: dict[str, str]) -> None:
    queries = drawn(st.lists(st.tuples(st.sampled_from(NAMES), ODD_TEXT), min_size=1, max_size=6), 6 * CASES)
    queries += [[(name, "99999999999999999999") for name in NAMES], [(name, "²") for name in NAMES]]
    ids = ("99999999999999999999", "-1", "x", "²", "%00", "1.5", "'", "0")
    who = itertools.cycle(("admin", "doctor", "admin", "patient", "reception", "anonymous"))
    for path in Client.page_routes.values():
        for number, query in enumerate(queries):
            name = next(who)
            user.http_client.cookies = httpx.Cookies({sessions.cookie_name(): people[name]} if people[name] else {})
            asked = re.sub(r"\{\w+\}", ids[number % len(ids)], path)
            answer = await user.http_client.get(f"{asked}?{urlencode(query)}", follow_redirects=False)
            assert answer.status_code < 500, f"{name} {asked} {query}"
