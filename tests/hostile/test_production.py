"""Production starts safe or not at all, and says why not."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import ROOT, settings

SECRET = "k3Jf0-9sPq2vXz7LmN4tRb8WcYd1HgE6uAoT5iQ"
MYSQL = "mysql://clinic:hunter2@db/clinic"

REFUSED: tuple[tuple[dict[str, str], str], ...] = (
    ({"MEDIQUEUE_SECRET": ""}, "MEDIQUEUE_SECRET must be random"),
    ({"MEDIQUEUE_SECRET": "short"}, "MEDIQUEUE_SECRET must be random"),
    ({"MEDIQUEUE_SECRET": "please-change-this-secret-before-use"}, "MEDIQUEUE_SECRET must be random"),
    ({"MEDIQUEUE_SECRET": "ab" * 30}, "MEDIQUEUE_SECRET must be random"),
    ({"MEDIQUEUE_RATE_LIMITS": "off"}, "MEDIQUEUE_RATE_LIMITS=off is for load tests"),
    ({"MEDIQUEUE_REDIS_URL": "redis://r"}, "SQLite serves one process only"),
    ({"WEB_CONCURRENCY": "4"}, "Several processes need MariaDB or MySQL"),
    ({"WEB_CONCURRENCY": "4", "MEDIQUEUE_DATABASE_URL": MYSQL}, "One process each"),
    ({"MEDIQUEUE_BASE_URL": "http://queue.example.org"}, "passwords would travel in the clear"),
    ({"MEDIQUEUE_BASE_URL": ""}, "passwords would travel in the clear"),
    ({"MEDIQUEUE_DEMO_PASSWORD": "demo-demo-demo-1"}, "refused in production"),
    ({"PYTHONASYNCIODEBUG": "1"}, "development mode shows the inside"),
    ({"MEDIQUEUE_DEBUG": "1"}, "development mode shows the inside"),
    ({"MEDIQUEUE_RELOAD": "1"}, "development mode shows the inside"),
)


@pytest.fixture
def production(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("WEB_CONCURRENCY", "PYTHONASYNCIODEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MEDIQUEUE_ENV", "production")
    monkeypatch.setenv("MEDIQUEUE_SECRET", SECRET)
    monkeypatch.setenv("MEDIQUEUE_BASE_URL", "https://queue.example.org")
    settings.cache_clear()
    return data_dir


def refusal() -> str:
    settings.cache_clear()
    with pytest.raises(SystemExit) as refused:
        settings()
    settings.cache_clear()
    said = str(refused.value)
    assert said.endswith(".")
    assert SECRET not in said
    assert "hunter2" not in said
    return said


def test_a_safe_one_starts(production: Path) -> None:
    assert settings().is_https


@pytest.mark.parametrize(("given", "sentence"), REFUSED, ids=[" ".join(given) for given, _ in REFUSED])
def test_an_unsafe_one_does_not(
    production: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], sentence: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert sentence in refusal()


def test_names_of_patients_that_everybody_may_read(production: Path) -> None:
    file = production / "mediqueue.db"
    file.touch()
    file.chmod(0o644)
    assert f"chmod 600 {file}" in refusal()
    file.chmod(0o600)
    (production / "secret").touch()
    (production / "secret").chmod(0o604)
    assert "may read" in refusal()
    (production / "secret").chmod(0o600)
    production.chmod(0o777)
    assert f"chmod 700 {production}" in refusal()
    production.chmod(0o755)
    settings.cache_clear()
    assert settings().is_sqlite


def test_the_program_itself_says_so_and_stops(production: Path) -> None:
    """Also the demo, and Python's development mode."""
    for flags, ending in (([], ["--demo"]), (["-X", "dev"], [])):
        ended = subprocess.run(
            [sys.executable, *flags, "main.py", *ending],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert ended.returncode == 1
        assert "refused in production" in ended.stderr
        assert "Traceback" not in ended.stderr
