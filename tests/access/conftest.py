"""One clinic with all who could ask. NiceGUI's simulated browser starts on the same one."""

from pathlib import Path

import pytest

from tests.access.world import World
from tests.factories import Clinic, Clock


@pytest.fixture
def clinic(clock: Clock, database: str) -> Clinic:
    return Clinic()


@pytest.fixture
def world(clinic: Clinic, clock: Clock, data_dir: Path) -> World:
    return World(clinic, data_dir / "mediqueue.db", clock)
