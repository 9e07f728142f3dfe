"""One change to N open pages: MediQueue, Channels + Daphne and the floor in turn, each on a fresh server."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from pathlib import Path

from bench.load import Leg, Plan, Step
from bench.processes import ROOT, Server, free_port, serving
from bench.systems import DEMO_PASSWORD

Start = Callable[[Path], AbstractContextManager[Server]]
Steps = list[tuple[int, int]]

ROUNDS = 3
STEPS: dict[str, Steps] = {
    "MediQueue": [(100, 40), (500, 40), (1000, 70)],
    "Channels + Daphne": [(100, 20), (500, 15), (1000, 15)],
    "floor": [(100, 60), (500, 60), (1000, 70)],
}
QUICK_STEPS: dict[str, Steps] = {
    "MediQueue": [(50, 10), (200, 10)],
    "Channels + Daphne": [(50, 10), (200, 10)],
    "floor": [(50, 20), (200, 20)],
}


@contextmanager
def start_mediqueue(directory: Path) -> Iterator[Server]:
    """A new demo clinic."""
    data, port = directory / "mediqueue", free_port()
    shutil.rmtree(data, ignore_errors=True)
    env = {
        "MEDIQUEUE_DATA_DIR": str(data),
        "MEDIQUEUE_PORT": str(port),
        "MEDIQUEUE_DEMO_PASSWORD": DEMO_PASSWORD,
        "MEDIQUEUE_RATE_LIMITS": "off",
    }
    command = [sys.executable, "main.py", "--demo"]
    with serving(command, port, "/healthz", directory / "mediqueue.log", env) as server:
        yield server


@contextmanager
def start_channels(directory: Path) -> Iterator[Server]:
    (directory / "channels.sqlite3").unlink(missing_ok=True)
    port = free_port()
    command = [sys.executable, "-m", "bench.channels_peer"]
    with serving(command, port, "/join-queue/", directory / "channels.log", peer_env(directory, port)) as server:
        yield server


@contextmanager
def start_floor(directory: Path) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", "bench.floor_peer"]
    with serving(command, port, "/", directory / "floor.log", peer_env(directory, port)) as server:
        yield server


def peer_env(directory: Path, port: int) -> dict[str, str]:
    return {
        "BENCH_PORT": str(port),
        "BENCH_DATA": str(directory),
        "BENCH_SNAPSHOT": str(directory / "snapshot.json"),
    }


STARTS: dict[str, Start] = {
    "MediQueue": start_mediqueue,
    "Channels + Daphne": start_channels,
    "floor": start_floor,
}


def measure(directory: Path, quick: bool, say: Callable[[str], None]) -> list[Leg]:
    """MediQueue comes first in each round: the snapshot it sends is what the others are given to send."""
    legs: list[Leg] = []
    steps = QUICK_STEPS if quick else STEPS
    for number in range(1 if quick else ROUNDS):
        for system, start in STARTS.items():
            say(f"push: round {number + 1}, {system}")
            with start(directory) as server:
                leg = run_load(Plan(system, server.base, server.pid, steps[system]))
            (directory / "snapshot.json").write_text(leg.snapshot)
            legs.append(leg)
    return legs


def run_load(plan: Plan) -> Leg:
    answer = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        cwd=ROOT,
        input=json.dumps(asdict(plan)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=os.environ,
    )
    raw = json.loads(answer.stdout)
    return Leg(**{**raw, "steps": [Step(**step) for step in raw["steps"]]})
