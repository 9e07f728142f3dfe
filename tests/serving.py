"""The real program as a process of its own: started, killed and started again on the same port and data."""

import os
import subprocess
import sys
from pathlib import Path

from app.settings import ROOT
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
