"""The services are tested on every engine, with a clock that stands still."""

import pytest

from tests.engines import ENGINES
from tests.factories import Clock


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        metafunc.parametrize("database", ENGINES, indirect=True)


@pytest.fixture(autouse=True)
def _still(clock: Clock) -> None:
    """Time passes only when the test says so."""
