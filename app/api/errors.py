"""Every refusal of the API as `{"error": {"code", "message"}}` with the right status and a whole sentence."""

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from app.errors import Busy, DomainError, TooMany
from app.services.places import SlotTaken
from app.web import payloads, plain
from app.web.actions import noted

log = logging.getLogger(__name__)

NOT_FOUND = "We can't find that."
NOT_JSON = "Please send JSON, with the header Content-Type: application/json."
_SENTENCES = {
    400: ("bad_json", NOT_JSON),
    404: ("not_found", NOT_FOUND),
    405: ("wrong_method", "This address does not take that method."),
    413: ("too_large", "That is too much at once."),
}
_PLAIN_NAME = re.compile(r"^[A-Za-z][A-Za-z_-]{0,39}$")


def install(api: FastAPI) -> None:
    """Let `api` answer every refusal and every failure in one shape."""
    api.add_exception_handler(DomainError, _refused)
    api.add_exception_handler(RequestValidationError, _not_understood)
    api.add_exception_handler(HTTPException, _stopped)
    api.add_exception_handler(OperationalError, _database_down)
    api.add_exception_handler(Exception, _failed)


def refusal(error: DomainError) -> JSONResponse:
    said = payloads.error(error.code, error.message)
    if isinstance(error, SlotTaken):
        said["alternatives"] = said["error"]["alternatives"] = [payloads.slot(free) for free in error.alternatives]
    return JSONResponse(said, plain.status_of(error), headers=_headers(error))


def too_large() -> JSONResponse:
    return _answer(413, *_SENTENCES[413])


def sentence(error: Mapping[str, Any]) -> tuple[int, str, str]:
    """Status, code and words for one thing that pydantic found. Never repeats what was sent."""
    where, kind = error["loc"], error["type"]
    if kind == "json_invalid" or isinstance(error["input"], bytes):
        return 400, "bad_json", "This is not JSON that we can read." if kind == "json_invalid" else NOT_JSON
    if where[0] == "path":
        return 404, "not_found", NOT_FOUND
    if where == ("body",):
        return 422, "missing" if kind == "missing" else "invalid", "Please send a JSON object."
    field = next((part for part in reversed(where) if _is_name(part)), "a field")
    if kind == "missing":
        return 422, "missing", f"Please send {field}."
    if kind == "extra_forbidden":
        return 422, "unknown_field", f"We don't know the field {field}."
    return 422, "invalid", f"Please check {field}: {_words(error)}."


def _is_name(part: object) -> bool:
    return isinstance(part, str) and bool(_PLAIN_NAME.match(part))


def _words(error: Mapping[str, Any]) -> str:
    text = str(error["msg"]).removeprefix("Value error, ").rstrip(".")
    return text[:1].lower() + text[1:]


def _headers(error: DomainError) -> dict[str, str]:
    if isinstance(error, TooMany):
        return {"Retry-After": str(error.seconds)}
    if isinstance(error, Busy):
        return {"Retry-After": "1"}
    return {"WWW-Authenticate": "Bearer"} if plain.status_of(error) == 401 else {}


def _answer(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse(payloads.error(code, message), status, headers=headers)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)  # noqa: S101
    return refusal(await noted(error))


async def _not_understood(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    return _answer(*sentence(error.errors()[0]))


async def _stopped(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    status = error.status_code
    code, message = _SENTENCES.get(status, ("refused", f"{HTTPStatus(status).phrase}."))
    return _answer(status, code, message, error.headers)


async def _database_down(_: Request, error: Exception) -> JSONResponse:
    log.warning("The database did not answer: %s", type(error).__name__)
    return refusal(Busy())


async def _failed(_: Request, __: Exception) -> JSONResponse:
    """What nobody expected. The server logs it; the asker learns nothing of the inside."""
    return _answer(500, "failed", "Something went wrong here. Please try again.")
