"""docs/asvs.toml answers every requirement of OWASP ASVS 5.0 at levels 1 and 2, and what it names is there.

Below it: what the table needs and no test of a feature shows.
"""

import ast
import json
import logging
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from fastapi import Response
from nicegui.testing import User

from app import clock
from app.models import Patient, Role
from app.models import User as Account
from app.services import claims, joining, one_time_links, sign_ins
from app.services import devices as device_services
from app.settings import ROOT, settings
from app.web import browsers, devices, edge, gate, limits, links, logs, proving, sessions, throttle
from tests.access.pages import ROLES
from tests.factories import ADMIN, PASSWORD, Clinic

TABLE = tomllib.loads((ROOT / "docs" / "asvs.toml").read_text())
REQUIRED = dict(line.split() for line in (Path(__file__).parent / "asvs_ids.txt").read_text().splitlines())
KINDS = {"test", "where", "exception", "not_applicable"}
JSON = {"Content-Type": "application/json"}
SOURCES = sorted((ROOT / "app").rglob("*.py"))


@cache
def functions_in(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text())
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


def test_every_requirement_is_answered_once() -> None:
    assert len(REQUIRED) == 253
    assert TABLE.keys() == REQUIRED.keys()
    for name, answer in TABLE.items():
        assert len(answer.keys() & KINDS) == 1, name
        assert answer.keys() <= KINDS | {"about"}, name
        assert answer["about"], name


@pytest.mark.parametrize("name", [name for name, answer in TABLE.items() if "test" in answer])
def test_what_is_shown_is_shown_by_a_test(name: str) -> None:
    assert TABLE[name]["test"]
    for shown in TABLE[name]["test"]:
        file, _, function = shown.partition("::")
        assert (ROOT / file).is_file(), shown
        assert function in functions_in(ROOT / file), shown


def test_what_is_written_down_is_there() -> None:
    for name, answer in TABLE.items():
        if "where" in answer:
            file, _, what = answer["where"].partition(": ")
            assert (ROOT / file).is_file(), f"{name}: {file}"
            said = " ".join((ROOT / file).read_text().split())
            for part in what.split("; ")[: None if file.startswith("docs/") else 0]:
                assert part in said, f"{name}: {file} does not say {part}"


def test_reasons_are_sentences() -> None:
    for name, answer in TABLE.items():
        for kind in {"exception", "not_applicable"} & answer.keys():
            assert re.fullmatch(r"[A-Z].{10,}\.", answer[kind]), name


def test_the_summary_is_the_tables() -> None:
    met, total = Counter[str](), Counter[str]()
    for name, level in REQUIRED.items():
        kind = next(iter(TABLE[name].keys() & KINDS))
        met[level, "met" if kind in {"test", "where"} else kind] += 1  # type: ignore[index]
        total[level] += 1
    text = (ROOT / "docs" / "security.md").read_text()
    for level in ("1", "2"):
        kinds = [met[level, kind] for kind in ("met", "exception", "not_applicable")]  # type: ignore[index]
        row = f"| {level} | {total[level]} | {' | '.join(map(str, kinds))} |"
        assert row in text, f"docs/security.md should say {row}"


def test_the_limits_in_the_document_are_those_of_the_code() -> None:
    text = (ROOT / "docs" / "security.md").read_text()
    written = text.partition("## How often and how long")[2].partition("\n## ")[0]
    numbers = set(re.findall(r"\d+", written.replace(",", "")))
    rates = [*limits.RATES.values(), *throttle._PERSON, *throttle._ADDRESS]
    alone = (
        limits.MOST_CONNECTIONS, limits.MOST_UNSEEN, limits.FRAMES_AT_ONCE, limits.FRAMES_EACH_SECOND,
        gate.MOST_FRAMES, throttle.MOST_WAITING, round(throttle.PAUSE),
    )  # fmt: skip
    missing = {str(number) for number in (*(rate.amount for rate in rates), *alone)} - numbers
    assert not missing, f"docs/security.md does not name these limits: {missing}"


# --------------------------------------------------------------------------------- what the app does not do at all

OUR_PATTERNS = {
    "sign", "mounted.path_regex.pattern",
    "f'(?<!\\\\w)(?:{either})(?!\\\\w)' if either else '(?!)'",  # privacy escapes each word
}  # fmt: skip
NEVER_IMPORTED = {
    "subprocess", "pickle", "marshal", "shelve", "xml", "lxml", "yaml", "ldap", "pymemcache",  # interpreters of data
    "httpx", "requests", "aiohttp", "urllib3", "http.client", "urllib.request", "socket", "ftplib",  # other servers
}  # fmt: skip
CHANCE = {"app/db.py", "app/demo.py", "app/demo_booking.py"}  # how long to wait until the next try; sample data
NO_DOORS = {"app/components/entry_actions.py", "app/demo.py"}  # keys of repeated clicks; the demo's password


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def called(file: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def test_no_commands_no_parsers_of_risky_formats_and_no_calls_to_other_servers() -> None:
    for file in SOURCES:
        names = set(imported(file))
        bad = {name for name in names if name in NEVER_IMPORTED or name.partition(".")[0] in NEVER_IMPORTED}
        assert not bad, f"{file}: {bad}"
        commands = {name for name, _ in called(file) if re.fullmatch(r"os\.(system|popen|exec\w*|spawn\w*)", name)}
        assert not commands, f"{file}: {commands}"


def test_chance_is_used_where_nothing_depends_on_it() -> None:
    for file in SOURCES:
        if {"random", "uuid.uuid1"} & set(imported(file)):
            assert file.relative_to(ROOT).as_posix() in CHANCE, f"{file}: secrets come from `secrets`"


def test_patterns_and_formats_are_ours() -> None:
    """What people typed is searched in and filled in; it is never the pattern or the format, and never SQL."""
    for file in SOURCES:
        for name, call in called(file):
            if name in {"re.compile", "re.search", "re.match", "re.fullmatch", "re.sub", "re.findall"}:
                pattern = ast.unparse(call.args[0])
                assert isinstance(call.args[0], ast.Constant) or pattern in OUR_PATTERNS, f"{file}: {pattern}"
            if name in {"text", "sqlalchemy.text"} or name.endswith(("exec_driver_sql", ".executescript")):
                sql = call.args[0]
                ours = isinstance(sql, ast.Constant) or ast.unparse(sql) == "begin"
                assert ours, f"{file}: {ast.unparse(sql)}"


def test_scripts_listen_to_no_other_window_and_read_no_cookie() -> None:
    scripts = [*(ROOT / "app").rglob("*.js"), *(ROOT / "assets").glob("*.js")]
    assert scripts
    for script in scripts:
        said = script.read_text()
        assert not re.search(r"postMessage|addEventListener\(.message|document\.cookie|onpaste|__proto__", said), script


KEPT_IN_BROWSERS = {"KEY", "KEPT", "mediqueue-keys", "mediqueue-dark", "`mediqueue-${name}`"}  # links, tokens, switches


def test_browsers_keep_links_tokens_and_switches_only() -> None:
    scripts = [*(ROOT / "app").rglob("*.js"), *(ROOT / "assets").glob("*.js")]
    kept = {key for script in scripts for key in re.findall(r"Storage\.setItem\(\"?([^,\"]+)\"?,", script.read_text())}
    assert kept == KEPT_IN_BROWSERS


# ------------------------------------------------------------------------------------------------- on the wire


def test_cookies_are_for_this_host_the_server_and_https(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIQUEUE_BASE_URL", "https://queue.example.org")
    settings.cache_clear()
    response = Response()
    sessions.remember(response, "x")
    devices.remember(response, "x")
    links.PASSWORD.remember(response, "x")
    links.CLAIM.remember(response, "x")
    browsers.remember(response, browsers.Device(""), "ann@clinic.test")
    proving.remember_pending(
        response, Account(id=1, name="Ann", role=Role.NURSE, password_hash="x", created_at=clock.now())
    )
    cookies = [SimpleCookie(value.decode()) for name, value in response.raw_headers if name == b"set-cookie"]
    found = {name: cookie for each in cookies for name, cookie in each.items()}
    assert len(found) == len(cookies) == 6, "each its own name"
    for name, cookie in found.items():
        assert name.startswith("__Host-"), name
        assert cookie["secure"], name
        assert cookie["httponly"], name
        assert cookie["samesite"] in {"lax", "strict"}, name
        assert (cookie["path"], cookie["domain"]) == ("/", ""), name


async def test_every_answer_says_what_it_is(user: User, clinic: Clinic) -> None:
    paths = [page for page in ROLES if "{" not in page] + [
        "/api/docs", "/api/openapi.json", "/api/v1/doctors", "/healthz", "/nothing", "/assets/mediqueue.css",
    ]  # fmt: skip
    for path in paths:
        answer = await user.http_client.get(path, follow_redirects=False)
        if answer.content:
            kind = answer.headers["content-type"]
            assert not kind.startswith("text/") or "charset=utf-8" in kind.lower(), path
            assert kind.startswith("text/html") == answer.text.lstrip().lower().startswith("<!doctype html"), path


async def test_nothing_of_the_checkout_is_served_and_no_directory_listed(user: User, clinic: Clinic) -> None:
    for path in (
        "/.git/config",
        "/.git/HEAD",
        "/.env",
        "/main.py",
        "/data/mediqueue.db",
        "/assets/",
        "/assets/main.py",
    ):
        answer = await user.http_client.get(path, follow_redirects=True)
        assert answer.status_code == 404, path


async def test_passwords_are_typed_unseen_and_managers_are_helped(user: User, clinic: Clinic) -> None:
    text = (await user.http_client.get("/login")).text
    assert '"type":"password"' in text
    assert '"autocomplete":"current-password"' in text
    assert '"autocomplete":"username"' in text


def test_https_is_for_a_year_and_all_below() -> None:
    assert edge.HSTS == "max-age=31536000; includeSubDomains"


def test_secrets_are_long_and_random() -> None:
    """Everything that opens something holds 128 bits or more, and `secrets` makes it."""
    assert joining.LINK_BYTES >= 16
    for module in (sign_ins, one_time_links, claims, device_services):
        assert module.TOKEN_BYTES >= 16
        assert "secrets" in imported(Path(str(module.__file__)))
    for file in SOURCES:
        if file.relative_to(ROOT).as_posix() in NO_DOORS:
            continue
        for name, call in called(file):
            if name == "secrets.token_urlsafe":
                size = ast.unparse(call.args[0]).rpartition(".")[2]
                assert size in {"TOKEN_BYTES", "LINK_BYTES"} or int(size) >= 16, file


async def test_a_word_sent_twice_counts_once(user: User, clinic: Clinic) -> None:
    """Nothing is taken from one place and checked in another: the last one is checked and taken."""
    form = f"email={ADMIN}&password=wrong&password={PASSWORD.replace(' ', '+')}&next=/admin&next=//evil.example"
    form_is = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await user.http_client.post("/login?password=wrong", content=form, headers=form_is, follow_redirects=False)
    assert answer.headers["location"] == "/admin"
    path = f"/api/v1/queues/{clinic.doctor_id}/tickets"
    joined = await user.http_client.post(path, content='{"name": "Ann", "name": "Bea"}', headers=JSON)
    assert joined.status_code == 201
    assert [patient.name for patient in clinic.all(Patient)] == ["Bea"]


def test_a_line_of_the_log_says_when_and_in_which_zone() -> None:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "Hello", (), None)
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d{4} INFO x: Hello", logs.PLAIN.format(record))
    assert json.loads(logs.JsonLines().format(record))["at"].endswith("+00:00")
