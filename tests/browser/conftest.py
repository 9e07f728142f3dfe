"""`story`: a clinic that runs as the real program, and real browsers for everybody in it."""

from pathlib import Path

import pytest

from tests.browser.story import Story
from tests.browsers import Browsers
from tests.factories import Clinic
from tests.serving import Server

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def story(clinic: Clinic, server: Server, browser: Browsers) -> Story:
    return Story(clinic, server, browser)
