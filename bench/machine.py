"""What the numbers were measured on. Ratios travel to other machines; milliseconds do not."""

import os
import platform
import shutil
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import IO

from bench.mariadb import server_program

PACKAGES = (
    "nicegui",
    "python-socketio",
    "uvicorn",
    "sqlmodel",
    "SQLAlchemy",
    "mysqlclient",
    "django",
    "channels",
    "daphne",
)


def describe() -> list[str]:
    libraries = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    return [
        f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC on {processor()}, {os.cpu_count()} cores, "
        f"{memory_gib():.0f} GiB, {platform.system()} {platform.release()}. "
        f"Making 4 KiB durable takes {durable_write_ms():.2f} ms.",
        f"Python {platform.python_version()}, {libraries}, MariaDB {mariadb_version()}, "
        f"{first_line(browser_program(), '--version')}.",
    ]


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def durable_write_ms() -> float:
    """What a commit waits for: a write and an fdatasync, in the directory that the databases are in."""
    with tempfile.TemporaryFile(buffering=0) as file:
        return median(timed_write_ms(file) for _ in range(200))


def timed_write_ms(file: IO[bytes]) -> float:
    began = time.perf_counter()
    file.write(bytes(4096))
    os.fdatasync(file.fileno())
    return 1000 * (time.perf_counter() - began)


def browser_program() -> str:
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return next(filter(None, found))


def mariadb_version() -> str:
    return first_line(server_program(), "--version").partition("Ver ")[2].partition("-")[0]


def first_line(*command: str) -> str:
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return answer.stdout.splitlines()[0].strip()
