"""What every answer carries, which requests nobody takes, and that looking changes nothing."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from nicegui import Client, app
from nicegui.testing import User
from starlette.routing import Mount, Route

from app.api import rest
from app.models import Role
from app.services.policy import Actor
from app.web import edge
from tests.factories import Clinic

SignIn = Callable[[User, Actor | Role], User]
OFTEN_WRITTEN = {"audit", "audit_row", "audit_seal", "device", "user_session"}  # reads are noted, who is there too
SAMPLES = {
    "key": "x",
    "path": "x",
    "name": "x",
    "verb": "done",
    "link": "x" * 22,
    "token": "x" * 22,
    "appointment_id": "1",
}


def addresses(clinic: Clinic) -> Iterator[str]:
    """One address for every route there is, and some that are none."""
    entry = clinic.join("Ann Lee")
    known = {"doctor_id": str(clinic.doctor_id), "entry_id": str(entry.id), "link": entry.link or "", "verb": "done"}
    for route in app.routes:
        if isinstance(route, Route):
            names = route.param_convertors
            yield route.path_format.format(**{name: known.get(name, SAMPLES.get(name, "1")) for name in names})
        elif isinstance(route, Mount):
            yield f"{route.path}/"
            if route.path == rest.PATH:
                yield from (rest.PATH + path.format_map({**SAMPLES, **known}) for path in _described(route))
    yield from (
        "/nothing",
        "/assets/mediqueue.css",
        "/assets/none.css",
        "/assets/",
        "//evil.example",
        "/login?next=//x",
    )


def _described(api: Mount) -> Iterator[str]:
    inner = vars(api.app)["_inner"]
    yield from ("/docs", "/openapi.json")
    yield from inner.openapi()["paths"]


async def test_every_answer_has_the_headers(user: User, clinic: Clinic, sign_in: SignIn) -> None:
    http = user.http_client
    for who in (None, Role.ADMIN):
        if who:
            sign_in(user, who)
        for path in addresses(clinic):
            for method in ("GET", "POST") if who else ("GET", "POST", "OPTIONS", "TRACE"):
                if path == "/logout" and method == "POST":
                    continue
                answer = await http.request(method, path, follow_redirects=False)
                where = f"{method} {path} {answer.status_code}"
                assert answer.status_code < 500, where
                for name, value in edge.HEADERS.items():
                    allowed = (value, "no-referrer") if name == "Referrer-Policy" else (value,)
                    assert answer.headers[name] in allowed, f"{where} {name}"
                assert answer.headers["x-request-id"], where
                kept = path.startswith(("/assets/", "/_nicegui/", "/favicon"))
                assert kept or "no-store" in answer.headers["cache-control"], where
                assert answer.headers.get("access-control-allow-origin") is None, where


async def test_a_file_that_did_not_change_has_them_too(user: User, clinic: Clinic) -> None:
    first = await user.http_client.get("/assets/mediqueue.css")
    again = await user.http_client.get("/assets/mediqueue.css", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.headers["content-security-policy"] == edge.CSP


async def test_what_breaks_says_nothing_of_the_inside(
    user: User, clinic: Clinic, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from app.web import sessions

    async def broken(*_: Any, **__: Any) -> None:
        raise ValueError("Ann Lee was here")

    monkeypatch.setattr(sessions, "principal_of", broken)
    for path in ("/", "/api/v1/doctors", "/reception"):
        answer = await user.http_client.get(path)
        assert answer.status_code == 500
        assert answer.headers["content-security-policy"] == edge.CSP
        assert "Ann Lee" not in answer.text
        assert "Something went wrong here. Please try again." in answer.text
    caplog.clear()


async def test_head_is_get_without_the_body(user: User, clinic: Clinic) -> None:
    for path in ("/", "/login", "/display", "/healthz", "/api/v1/doctors", "/assets/mediqueue.css"):
        answer = await user.http_client.head(path)
        assert (answer.status_code, answer.content) == (200, b""), path


async def test_methods_that_nobody_needs(user: User, clinic: Clinic) -> None:
    for method in ("TRACE", "CONNECT", "PROPFIND", "BREW"):
        for path in ("/", "/api/v1/doctors", "/assets/mediqueue.css", "/login"):
            assert (await user.http_client.request(method, path)).status_code == 405, method


HOSTS = (
    "evil.example\r\nX: y",
    "a b",
    "<script>",
    "evil.example/x",
    "user@evil.example",
    "",
    "x" * 10 + "\x00",
    "[::1",
)


async def test_a_host_is_a_host(user: User, clinic: Clinic) -> None:
    for host in HOSTS:
        assert (await user.http_client.get("/", headers={"host": host})).status_code == 400, host
    for host in ("clinic.example", "clinic.example:8080", "[::1]:8080", "10.0.0.1"):
        assert (await user.http_client.get("/healthz", headers={"host": host})).status_code == 200, host


async def test_a_made_up_host_leads_nobody_away(user: User, clinic: Clinic) -> None:
    for path in ("/reception/", "/login/", "/reception", "//evil.example/", "/\\evil.example/", "/setup", "/doctor/1/"):
        answer = await user.http_client.get(path, headers={"host": "evil.example"}, follow_redirects=False)
        leads = answer.headers.get("location", "/")
        assert leads.startswith("/"), path
        assert not leads.startswith(("//", "/\\")), path
        assert "evil.example" not in answer.text.replace("&#x2F;", "/") or answer.status_code != 200, path


def test_a_redirect_to_ourselves_is_a_path() -> None:
    for location, path in (
        ("http://clinic.example/login?next=%2Fme", "/login?next=%2Fme"),
        ("https://clinic.example//evil.example", "/evil.example"),
        ("http://clinic.example/\\evil.example", "/evil.example"),
        ("/me", "/me"),
    ):
        assert edge._own_path(location, "clinic.example") == path


WAYS_OUT = (
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "https:evil.example",
    "javascript:alert(1)", "/\t/evil.example", "/\r\nLocation: https://evil.example", "/\x00//evil.example",
    " //evil.example", "/%0d%0aSet-Cookie:x=1", "/%2f%2fevil.example", "/.//evil.example", "/../\\evil.example",
    "／／evil.example", "/／evil.example", "/\u2215evil.example", "/\u2028/evil.example", "data:text/html,x",
    "/login?next=//evil.example", "x" * 600, "/" + "x" * 600, "@evil.example", ".evil.example", "http:///evil.example",
)  # fmt: skip


async def test_after_signing_in_one_stays_here(user: User, clinic: Clinic) -> None:
    http = user.http_client
    from app.web import limits
    from tests.factories import ADMIN, PASSWORD

    for way in WAYS_OUT:
        limits.forget()
        for form in ({"email": ADMIN, "password": PASSWORD, "next": way}, {"email": "x", "password": "y", "next": way}):
            answer = await http.post("/login", data=form, follow_redirects=False)
            leads = answer.headers["location"]
            joined = httpx.URL("http://clinic.example/login").join(leads)
            assert (joined.scheme, joined.host) == ("http", "clinic.example"), way
            assert leads.isascii(), way
            assert not leads.startswith(("//", "/\\")), way
        shown = await http.get("/login", params={"next": way}, follow_redirects=False)
        assert shown.status_code in (200, 303), way


OTHER_SITES: tuple[dict[str, str], ...] = (
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://test.evil.example"},
    {"Origin": "http://evil.example@test"}, {"Origin": "http://test:81"}, {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "nonsense"},
    {"Sec-Fetch-Site": ""}, {"Sec-Fetch-Site": "cross-site", "Origin": "http://test"},
)  # fmt: skip


async def test_other_sites_write_nothing(user: User, clinic: Clinic, sign_in: SignIn) -> None:
    sign_in(user, Role.ADMIN)
    paths = sorted({path for path in addresses(clinic) if not path.startswith(("/_nicegui", "/assets"))})
    before = dump(clinic)
    for headers in OTHER_SITES:
        for path in paths:
            answer = await user.http_client.post(path, headers=headers, follow_redirects=False)
            assert answer.status_code == 403, f"{path} {headers}"
            assert answer.json()["error"]["code"] == "other_site", path
    assert dump(clinic) == before


@pytest.mark.parametrize("who", [None, *Role])
async def test_looking_changes_nothing(user: User, clinic: Clinic, sign_in: SignIn, who: Role | None) -> None:
    """Every address there is, asked with GET by everybody: the data is what it was."""
    if who:
        sign_in(user, who)
    paths = sorted(set(addresses(clinic)))
    before = dump(clinic)
    for path in paths:
        answer = await user.http_client.get(path, follow_redirects=False)
        assert answer.status_code < 500, path
    assert dump(clinic) == before


def dump(clinic: Clinic) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, but of those that are written by looking."""
    from app.settings import settings

    with closing(sqlite3.connect(Path(settings().url.removeprefix("sqlite:///")))) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: connection.execute(f'SELECT * FROM "{name}"').fetchall()
            for name in names
            if name not in OFTEN_WRITTEN
        }


CLIMBING = (
    "/assets/../main.py",
    "/assets/..%2fmain.py",
    "/assets/%2e%2e/main.py",
    "/assets/..%5cmain.py",
    "/assets//etc/passwd",
    "/assets/....//main.py",
    "/assets/%00",
    "/assets/mediqueue.css%00.py",
    "/assets/%252e%252e/main.py",
    "/assets/%C0%AE/",
    "/_nicegui/3.18.0/static/../../../../../etc/passwd",
    "/_nicegui/3.18.0/components/..%2f..%2fmain.py",
    "/_nicegui/3.18.0/resources/x/..%2f..%2fetc%2fpasswd",
    "/_nicegui/3.18.0/libraries/%2e%2e%2fmain.py",
    "/_nicegui/3.18.0/esm/nicegui/..%2f..%2f..%2fetc/passwd",
    "/_nicegui/3.18.0/static/" + "a" * 3000,
    "/assets/" + "a/" * 500,
    "/favicon.ico/../main.py",
    "/api/../main.py",
    "/t/../../etc/passwd",
)


async def test_nothing_climbs_out_of_its_directory(user: User, clinic: Clinic) -> None:
    for path in CLIMBING:
        answer = await user.http_client.get(path, follow_redirects=False)
        assert answer.status_code in (303, 307, 400, 403, 404, 405), f"{path}: {answer.status_code}"
        assert "import sys" not in answer.text
        assert "root:" not in answer.text


async def test_a_body_is_small_everywhere(user: User, clinic: Clinic) -> None:
    async def in_pieces() -> Any:
        for _ in range(40):
            yield b"x" * 5000

    pages = [path for path in Client.page_routes.values() if "{" not in path]
    for path in ("/login", "/setup", "/api/v1/session", f"/api/v1/queues/{clinic.doctor_id}/tickets"):
        assert (await user.http_client.post(path, content=in_pieces())).status_code in (303, 400, 413), path
    for path in (*pages, "/logout", "/api/v1/session", "/assets/mediqueue.css", "/nothing", "/healthz"):
        answer = await user.http_client.post(path, content=b"x" * (edge.MOST_BYTES + 1))
        assert answer.status_code == 413, path
        answer = await user.http_client.request("GET", path, content=b"x" * (edge.MOST_BYTES + 1))
        assert answer.status_code == 413, path
