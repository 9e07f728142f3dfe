"""The log says what failed and where, and nothing that anybody typed."""

import asyncio
import json
import logging

import pytest

from app.web import logs

SECRET = "Ann Lee, diabetes"


def record(message: object, error: BaseException | None = None) -> logging.LogRecord:
    made = logging.LogRecord("x", logging.ERROR, __file__, 1, message, (), None)
    made.exc_info = (type(error), error, error.__traceback__) if error else None
    return made


def caught() -> Exception:
    try:
        try:
            int(SECRET)
        except ValueError as inner:
            raise KeyError(SECRET) from inner
    except KeyError as outer:
        return outer
    raise AssertionError


@pytest.mark.parametrize("form", [logs.Lines(), logs.JsonLines()])
def test_a_failure_is_logged_without_its_words(form: logging.Formatter) -> None:
    error = caught()
    for message in ("It failed", error):
        line = form.format(record(message, error))
        assert "Ann Lee" not in line
        assert "KeyError" in line
        assert "ValueError" in line
        assert "in caught" in line


def test_the_systems_own_words_are_kept() -> None:
    assert "No space left on device" in logs.place_of(OSError(28, "No space left on device", "/x"))


def test_a_json_line_is_one_line() -> None:
    line = logs.JsonLines().format(record("a\nERROR forged"))
    assert "\n" not in line
    assert json.loads(line)["message"] == "a\nERROR forged"


async def test_the_loops_complaints_show_no_task(caplog: pytest.LogCaptureFixture) -> None:
    logs.of_loop(asyncio.get_running_loop(), {"message": "Task exception was never retrieved", "exception": caught()})
    assert [said.getMessage() for said in caplog.records] == ["Task exception was never retrieved"]
