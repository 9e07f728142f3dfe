"""How the server writes its log: plain lines for people, or one JSON object a line for machines.

A failure is written with its kind and its place, without its words: they may repeat what somebody typed.
"""

import asyncio
import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

from app.settings import LogFormat

QUIET = ("alembic", "apscheduler")
LOUD = ("engineio.server", "socketio.server")  # bring handlers of their own


class Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # somebody else's formatter may have left the words here
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        record.message = message_of(record)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802  logging's name
        return place_of(ei[1])


class JsonLines(Lines):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)


PLAIN = Lines("%(asctime)s %(levelname)s %(name)s: %(message)s", datefmt="%Y-%m-%d %H:%M:%S%z")


def prepare(form: LogFormat) -> None:
    """Set up logging once, before anything is logged."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form is LogFormat.JSON else PLAIN)
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in LOUD:
        logging.getLogger(name).handlers.clear()
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def message_of(record: logging.LogRecord) -> str:
    """What is said; of an exception that is logged as it is, only the kind."""
    return type(record.msg).__qualname__ if isinstance(record.msg, BaseException) else record.getMessage()


def of_loop(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What the event loop complains of: its own words would show the task, and what the task failed with."""
    error = context.get("exception")
    logging.getLogger("asyncio").error("%s", context["message"], exc_info=error)


def place_of(error: BaseException | None) -> str:
    """Where an exception came from, its causes first. Only the system's own words are kept: a full disk says so."""
    if error is None:
        return ""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{place_of(cause)}\n" if cause else ""
    frames = "".join(traceback.format_tb(error.__traceback__)).rstrip()
    said = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    return f"{before}Traceback (most recent call last):\n{frames}\n{type(error).__qualname__}{said}"
