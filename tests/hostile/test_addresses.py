"""Whose tries are counted: behind a proxy the client's, and nobody chooses an address of their own."""

import getpass
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.web import limits
from bench.processes import free_port, process, wait_until_it_answers
from tests.engines import missing
from tests.hostile.clients import Person
from tests.serving import Server

NGINX = """
worker_processes 1; daemon off; pid {dir}/pid; error_log {dir}/error.log; {user}
events {{ worker_connections 256; }}
http {{
    access_log off; client_body_temp_path {dir}/b; proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f;
    uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
    map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://127.0.0.1:{inner};
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
        }}
    }}
}}
"""


@pytest.fixture
def limited(clinic: object, data_dir: Path) -> Iterator[Server]:
    running = Server(data_dir, MEDIQUEUE_RATE_LIMITS="on")
    try:
        yield running.start()
    finally:
        running.stop()


@contextmanager
def nginx(directory: Path, inner: int) -> Iterator[str]:
    """As docs/operations.md sets it up."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin") or missing("nginx is not installed")
    port = free_port()
    user = "user root;" if getpass.getuser() == "root" else ""
    config = directory / "nginx.conf"
    config.write_text(NGINX.format(dir=directory, port=port, inner=inner, user=user))
    with process([program, "-c", str(config), "-e", str(directory / "error.log")], directory / "log") as child:
        wait_until_it_answers(f"http://127.0.0.1:{port}/healthz", child, directory / "log")
        yield f"http://127.0.0.1:{port}"


async def joins(person: Person, number: int) -> list[int]:
    """The answers to so many joins, each of which pretends to come from somewhere else."""
    statuses = []
    async with person.http() as http:
        for count in range(number):
            lies = {"X-Forwarded-For": f"10.1.1.{count}", "X-Real-IP": "10.2.2.2", "Forwarded": "for=10.3.3.3"}
            answer = await http.post("/api/v1/queues/1/tickets", json={"name": "Ann Lee"}, headers=lies)
            statuses.append(answer.status_code)
    return statuses


async def test_nobody_chooses_an_address(limited: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.66 is no proxy: what it says of others is not believed, and others go on."""
    most = limits.RATES["join"].amount
    liar, other = Person(limited.url, "127.0.0.66"), Person(limited.url, "127.0.0.67")
    statuses = await joins(liar, most + 5)
    assert statuses[most:] == [429] * 5
    assert await joins(other, 1) == [201]


async def test_behind_nginx_the_clients_address_counts(limited: Server, tmp_path: Path) -> None:
    with nginx(tmp_path, limited.port) as url:
        most = limits.RATES["join"].amount
        liar, other = Person(url, "127.0.0.66"), Person(url, "127.0.0.67")
        statuses = await joins(liar, most + 5)
        assert statuses[most:] == [429] * 5
        assert await joins(other, 1) == [201]
        page = await other.page("/")
        assert await other.status(page) == "open"
        evil = Person(url, "127.0.0.67", Origin="https://evil.example")
        assert await evil.status(page) == "403"
        own = Person(url, "127.0.0.67", Origin=url)
        assert await own.status(await own.page("/")) == "open"
        async with other.http() as http:
            assert (await http.get("/", headers={"host": "evil\\example"})).status_code == 400


def test_one_ipv6_network_is_one_person() -> None:
    assert limits.place("2001:db8:1:2:3::4") == limits.place("2001:db8:1:2:ffff::1")
    assert limits.place("2001:db8:1:2::4") != limits.place("2001:db8:1:3::4")
    assert limits.place("::ffff:10.0.0.1") == limits.place("10.0.0.1")


def test_nginx_here_is_nginx_as_described() -> None:
    """What the test sets up is what the handbook says."""
    described = Path("docs/operations.md").read_text()
    for line in NGINX.splitlines():
        if "proxy_set_header" in line or "map $http" in line:
            assert line.strip().replace("{{", "{").replace("}}", "}") in described, line
