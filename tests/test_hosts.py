"""Requests in somebody else's name are refused once the clinic's own address is known."""

from pathlib import Path

import httpx

from tests.serving import Server


def test_only_the_clinics_own_address_is_answered(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", MEDIQUEUE_BASE_URL="https://queue.example.org").start()
    try:
        for host, status in (
            ("queue.example.org", 200),
            ("127.0.0.1", 200),
            ("evil.example", 400),
            ("queue.example.org.evil.example", 400),
        ):
            assert httpx.get(f"{server.url}/healthz", headers={"host": host}).status_code == status, host
    finally:
        server.stop()
