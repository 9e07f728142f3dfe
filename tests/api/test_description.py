"""OpenAPI, its readable page, and the metrics."""

import re
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from app.models import Role
from tests.api.conftest import Api, refused


async def test_every_route_is_described_with_its_refusals(api: Api) -> None:
    schema = (await api.client.get("/api/openapi.json")).json()
    assert schema["openapi"].startswith("3.")
    assert schema["servers"] == [{"url": "/api"}]
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            about = (path, method)
            assert operation["summary"], about
            assert operation["description"], about
            for status, answer in operation["responses"].items():
                assert answer["description"], (*about, status)
                if int(status) >= 400:
                    shape = answer["content"]["application/json"]["schema"]
                    assert shape == {"$ref": "#/components/schemas/Error"}, (*about, status)
            assert {"422", "429", "503"} <= operation["responses"].keys()
    assert "HTTPValidationError" not in schema["components"]["schemas"]


async def test_the_readable_page_needs_no_other_server_and_no_script(api: Api) -> None:
    answer = await api.client.get("/api/docs")
    assert answer.headers["content-type"].startswith("text/html")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    page = _Page()
    page.feed(answer.text)
    assert not page.open
    assert "script" not in page.tags
    assert not [address for address in page.addresses if not address.startswith(("/", "#"))]
    assert {a.removeprefix("#") for a in page.addresses if a.startswith("#")} <= page.ids
    for path in (await api.client.get("/api/openapi.json")).json()["paths"]:
        assert path in answer.text


class _Page(HTMLParser):
    """Tags, ids and addresses of a page; `open` are elements that were never closed."""

    EMPTY = frozenset({"meta", "link", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: set[str] = set()
        self.addresses: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        self.ids |= {str(given["id"])} if "id" in given else set()
        self.addresses += [str(given[name]) for name in ("href", "src") if name in given]
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


async def _metrics(api: Api, **headers: str) -> httpx.Response:
    return await api.client.get("/metrics", headers=headers)


async def test_metrics_are_for_this_machine_and_admins(api: Api) -> None:
    assert (await _metrics(api)).status_code == 200
    away = {"X-Forwarded-For": "203.0.113.9"}
    refused(await _metrics(api, **away), 401)
    for role, status in ((Role.RECEPTION, 403), (Role.DOCTOR, 403), (Role.PATIENT, 403), (Role.ADMIN, 200)):
        answer = await _metrics(api, **away, Authorization=f"Bearer {api.token(role)}")
        assert answer.status_code == status


async def test_metrics_count_by_route_and_never_by_person(api: Api) -> None:
    entry = api.clinic.join("Canary Nightingale")
    await api("GET", f"/tickets/{entry.link}")
    await api.client.get("/canary-path")
    text = (await _metrics(api)).text
    assert 'route="/api/v1/tickets/{link}"' in text
    assert f'mediqueue_waiting{{doctor="{api.clinic.doctor_id}"}} 1.0' in text
    assert _value(text, "mediqueue_transaction_seconds_count") > 0
    assert "mediqueue_open_pages" in text
    assert not [word for word in ("Canary", "canary", entry.link or "", entry.token) if re.search(rf"\b{word}\b", text)]


def _value(text: str, name: str) -> float:
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} "))


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_the_process_says_that_it_is_well(api: Api, path: str) -> None:
    answer: Any = await api.client.get(path)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
