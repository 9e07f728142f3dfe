"""The real program as a process of its own: started, killed and started again on the same port and data."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app import db
from app.settings import ROOT, Settings, settings
from bench.processes import free_port, stop, wait_until_it_answers

DEMO_PASSWORD = "demo-demo-demo-1"


class Server:
    """`python main.py` on a free port. `url` has no slash at its end."""

    program: tuple[str, ...] = ("main.py",)

    def __init__(self, data_dir: Path, *, demo: bool = False, **environment: str) -> None:
        self.data_dir, self.port, self._demo = data_dir, free_port(), demo
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data_dir.parent / f"{data_dir.name}-server.log"
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Server":
        """Start and wait until it is ready."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self.program, *(["--demo"] if self._demo else [])],
                cwd=ROOT,
                env=self._env(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until_it_answers(f"{self.url}/readyz", self._process, self.log)
        return self

    @property
    def pid(self) -> int:
        assert self._process is not None, "the server is not running"
        return self._process.pid

    def kill(self) -> None:
        """The power cut: no goodbye, no clean-up."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        if self._process:
            stop(self._process)
            self._process = None

    def said(self) -> str:
        """Everything it printed so far."""
        return self.log.read_text(errors="replace")

    def _env(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MEDIQUEUE_", "NICEGUI_", "PYTEST_"))
        }
        return {
            **kept,
            "MEDIQUEUE_DATA_DIR": str(self.data_dir),
            "MEDIQUEUE_PORT": str(self.port),
            "MEDIQUEUE_RATE_LIMITS": "off",
            "MEDIQUEUE_DEMO_PASSWORD": DEMO_PASSWORD,
            **self._environment,
        }


@contextmanager
def served(migrated_file: Path, directory: Path, **environment: str) -> Iterator["Server"]:
    """The program with a copy of `migrated_file`, to which this process is connected as well."""
    data_dir = directory / "data"
    data_dir.mkdir()
    shutil.copy(migrated_file, data_dir / "mediqueue.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Settings.model_config, "env_file", None)
        patch.setenv("MEDIQUEUE_DATA_DIR", str(data_dir))
        settings.cache_clear()
        db.connect(settings().url)
        running = Server(data_dir, demo=False, **environment)
        try:
            yield running.start()
        finally:
            running.stop()
            db.disconnect()
