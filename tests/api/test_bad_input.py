"""Whatever is sent: a clear sentence, the right status, nothing lost, nothing logged as an error."""

import json
import logging

import pytest

from app.models import Patient, QueueEntry, Role
from app.settings import settings
from tests.api.conftest import Api, refused

JSON = {"Content-Type": "application/json"}
NAMES = (
    "Ада Лавлейс", "محمد عبد الله", "王小明", "ნინო", "สมชาย ใจดี", "प्रिया शर्मा", "Zoë O’Brien-Smith", "👩🏽‍⚕️ Ann",
    "x" * 80, "<script>alert(1)</script>", "'; DROP TABLE queue_entry; --", "{{7*7}}", "=cmd()", "null",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_is_logged_as_an_error(caplog: pytest.LogCaptureFixture):
    yield
    assert not [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]


async def test_a_name_of_any_script_comes_back_as_it_was(api: Api) -> None:
    for name in NAMES:
        answer = await api("POST", f"/queues/{api.clinic.doctor_id}/tickets", json={"name": name})
        assert answer.status_code == 201, name
    line = (await api("GET", f"/queues/{api.clinic.doctor_id}", who=Role.RECEPTION)).json()["queue"]
    assert [person["patient_name"] for person in line] == list(NAMES)


async def test_control_characters_are_taken_out(api: Api) -> None:
    sent = {"name": "A\u0000s\u202eh\u0007a\tRao\n"}
    assert (await api("POST", f"/queues/{api.clinic.doctor_id}/tickets", json=sent)).status_code == 201
    assert [patient.name for patient in api.clinic.all(Patient)] == ["Asha Rao"]


WRONG_FIELDS = [
    ({}, "missing", "name"),
    ({"name": ""}, "missing", "name"),
    ({"name": " \u0000\u200b "}, "missing", "name"),
    ({"name": "x" * 81}, "too_long", "80"),
    ({"name": "x" * 5000}, "invalid", "name"),
    ({"name": None}, "invalid", "name"),
    ({"name": 7}, "invalid", "name"),
    ({"name": ["Ann"]}, "invalid", "name"),
    ({"name": "\ud800"}, "invalid", "name"),
    ({"name": "Ann", "phone": "call me"}, "bad_phone", "phone"),
    ({"name": "Ann", "phone": 123}, "invalid", "phone"),
    ({"name": "Ann", "nmae": "Ann"}, "unknown_field", "nmae"),
    ({"name": "Ann", "status": "Done"}, "unknown_field", "status"),
    ({"name": "Ann", "patient_id": "1"}, "invalid", "patient_id"),
    ({"name": "Ann", "patient_id": 2**63}, "invalid", "patient_id"),
    ({"name": "Ann", "priority": "king"}, "invalid", "priority"),
    ({"name": "Ann", "needs": "deaf"}, "invalid", "needs"),
    ({"name": "Ann", "born": 0}, "invalid", "born"),
    ({"name": "Ann", "born": "1980-02-31"}, "invalid", "born"),
    ([], "invalid", "object"),
    ("Ann", "invalid", "object"),
    (None, "invalid", "object"),
]


async def test_a_wrong_field_is_named(api: Api) -> None:
    for body, code, word in WRONG_FIELDS:
        answer = await api("POST", f"/queues/{api.clinic.doctor_id}/tickets", content=json.dumps(body), headers=JSON)
        assert word in refused(answer, 422, code), body
    assert not api.clinic.all(QueueEntry)


NOT_JSON = [
    (b'{"name": "Ann"', JSON),
    (b"\xff\xfe\x00", JSON),
    (b"[" * 20_000, JSON),
    (b'{"name": ' + b"9" * 6000 + b"}", JSON),
    (b"name=Ann", {"Content-Type": "application/x-www-form-urlencoded"}),
    (b'{"name": "Ann"}', {"Content-Type": "text/plain"}),
    (b'{"name": "Ann"}', {}),
]


async def test_what_is_not_json_is_not_taken(api: Api) -> None:
    for content, headers in NOT_JSON:
        answer = await api("POST", f"/queues/{api.clinic.doctor_id}/tickets", content=content, headers=headers)
        assert "JSON" in refused(answer, 400, "bad_json"), content[:20]
    assert not api.clinic.all(QueueEntry)


async def test_a_huge_body_is_not_read(api: Api) -> None:
    async def in_pieces():
        for _ in range(100):
            yield b"x" * 1000

    path = f"/queues/{api.clinic.doctor_id}/tickets"
    refused(await api("POST", path, content=b"x" * 70_000, headers=JSON), 413, "too_large")
    refused(await api("POST", path, content=in_pieces(), headers=JSON), 413, "too_large")


NO_DOCTORS = ["999", "0", "-1", "abc", "1.5", "99999999999999999999", "1%00", "%F0%9F%91%A9"]


async def test_an_unknown_doctor_is_not_found(api: Api) -> None:
    for doctor_id in NO_DOCTORS:
        path = f"/queues/{doctor_id}"
        refused(await api("POST", f"{path}/tickets", json={"name": "Ann"}), 404)
        refused(await api("POST", f"{path}/call-next", who=Role.RECEPTION), 404)
        refused(await api("GET", path, who=Role.RECEPTION), 404)
        refused(await api("GET", f"{path}/history", who=Role.RECEPTION), 404)


NO_LINKS = ["x", "x" * 22, "x" * 500, "' OR 1=1 --", "%00%00%00%00%00%00%00%00", "..%2F..%2Fetc"]


async def test_a_wrong_link_is_not_found(api: Api) -> None:
    for link in NO_LINKS:
        refused(await api("GET", f"/tickets/{link}"), 404)
        refused(await api("POST", f"/tickets/{link}/cancel"), 404)


async def test_a_queue_that_takes_nobody_says_why(api: Api) -> None:
    path, desk = f"/queues/{api.clinic.doctor_id}", Role.RECEPTION
    await api("POST", f"{path}/pause", who=desk)
    refused(await api("POST", f"{path}/tickets", json={"name": "Ann"}), 409, "queue_paused")
    await api("POST", f"{path}/close-day", who=desk)
    refused(await api("POST", f"{path}/tickets", json={"name": "Ann"}), 409, "queue_closed")
    await api("POST", f"{path}/open", who=desk)
    api.clinic.edit_doctor(cap=1)
    assert (await api("POST", f"{path}/tickets", json={"name": "Ann"})).status_code == 201
    refused(await api("POST", f"{path}/tickets", json={"name": "Bob"}), 409, "queue_full")


async def test_a_stale_version_calls_nobody(api: Api) -> None:
    api.clinic.join()
    path, doctor = f"/queues/{api.clinic.doctor_id}", api.clinic.doctor()
    version = (await api("GET", path, who=doctor)).json()["version"]
    api.clinic.join("Somebody else")
    stale = {"expected_version": version}
    refused(await api("POST", f"{path}/call-next", who=doctor, json=stale), 409, "stale_version")
    refused(await api("POST", f"{path}/call-next", who=doctor, json={"expected_verison": 1}), 422, "unknown_field")
    assert api.clinic.line() == ["A1", "A2"]


BAD_PAGES = ["limit=0", "limit=201", "limit=x", "before=-1", "before=x", "before=99999999999999999"]


async def test_a_bad_page_is_refused(api: Api) -> None:
    for query in BAD_PAGES:
        answer = await api("GET", f"/queues/{api.clinic.doctor_id}/history?{query}", who=Role.RECEPTION)
        assert query.partition("=")[0] in refused(answer, 422)


BAD_BREAKS = [
    "soon",
    5,
    "2020-01-01T00:00:00Z",
    "9999-01-01T00:00:00Z",
    "9999-12-31T23:59:59-12:00",
    "0001-01-01T00:00:00+14:00",
]


async def test_a_break_ends_within_a_day(api: Api) -> None:
    for until in BAD_BREAKS:
        path = f"/queues/{api.clinic.doctor_id}/break"
        refused(await api("POST", path, who=api.clinic.doctor(), json={"back_at": until}), 422)


NOWHERE = [
    ("GET", "/api/v1/nothing", 404),
    ("GET", "/api/v2/doctors", 404),
    ("GET", "/api/", 404),
    ("GET", "/api/v1/tickets/one%0Atwo%0D%0Athree", 404),
    ("POST", "/api/v1/entries/1/fly", 404),
    ("POST", "/api/v1/entries/1/answer", 404),
    ("PUT", "/api/v1/doctors", 405),
    ("DELETE", "/api/v1/queues/1", 405),
    ("GET", "/api/v1/session", 405),
]


async def test_every_refusal_has_the_same_shape(api: Api) -> None:
    for method, path, status in NOWHERE:
        refused(await api.client.request(method, path), status)


async def test_a_sign_in_that_is_wrong_says_nothing_of_what_is_wrong(api: Api) -> None:
    said = set()
    for email in ("admin@clinic.test", "nobody@clinic.test", "x", "\udcff"):
        body = json.dumps({"email": email, "password": "wrong wrong wrong"})
        answer = await api("POST", "/session", content=body, headers=JSON)
        said.add(refused(answer, 422 if email == "\udcff" else 401))
    assert len(said) == 2
    assert answer.json()["error"]["code"] == "invalid"


async def test_too_many_tries_are_told_when_to_come_back(api: Api) -> None:
    wrong = {"email": "admin@clinic.test", "password": "wrong"}
    for _ in range(5):
        refused(await api("POST", "/session", json=wrong), 401)
    answer = await api("POST", "/session", json=wrong)
    refused(answer, 429, "too_many")
    assert int(answer.headers["Retry-After"]) > 0


async def test_a_stranger_can_not_fill_the_queues(api: Api) -> None:
    path = f"/queues/{api.clinic.doctor_id}/tickets"
    statuses = [(await api("POST", path, json={"name": ""})).status_code for _ in range(61)]
    assert set(statuses[:60]) == {422}
    assert statuses[60] == 429


async def test_another_site_can_not_write(api: Api) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        answer = await api("POST", f"/queues/{api.clinic.doctor_id}/tickets", json={"name": "Ann"}, headers=headers)
        refused(answer, 403, "other_site")
    assert not api.clinic.all(QueueEntry)


async def test_no_answer_is_kept_on_the_way(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIQUEUE_BASE_URL", "https://clinic.example")
    settings.cache_clear()
    elsewhere = await api("DELETE", "/session", headers={"Sec-Fetch-Site": "cross-site"})
    for answer in (await api("GET", "/doctors"), await api("GET", "/nothing"), elsewhere):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "max-age" in answer.headers["Strict-Transport-Security"]
    style = await api.client.get("/assets/mediqueue.css")
    assert "max-age" in style.headers["Cache-Control"]
