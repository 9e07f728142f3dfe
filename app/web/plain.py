"""A small page without a socket: one sentence, one way on. For errors and for everybody who is not let in."""

from html import escape

from fastapi import Response
from fastapi.responses import HTMLResponse

from app.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, NotSignedIn, TooMany

STATUS: dict[type[DomainError], int] = {
    NotSignedIn: 401,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Invalid: 422,
    TooMany: 429,
}
SERVICE_UNAVAILABLE = 503
FAILED = "Something went wrong here. Please try again."
BACK = ("/", "Back to the start")

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/assets/favicon.svg"><link rel="stylesheet" href="/assets/mediqueue.css"></head>
<body class="phone"><div class="ph"><main><div class="msg st-waiting">
<span class="disc"><i class="ic ic-info" aria-hidden="true"></i></span>
<h1>{title}</h1><p><a class="btn primary" href="{path}">{word}</a></p></div></main></div></body></html>"""


def status_of(error: DomainError) -> int:
    """The HTTP status of a refusal."""
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), SERVICE_UNAVAILABLE)


def refusal(error: DomainError, way: tuple[str, str] = BACK) -> Response:
    """The sentence of `error` with its status; `way` is the path and the word of the button under it."""
    return sentence(error.message, status_of(error), way)


def sentence(text: str, status: int, way: tuple[str, str] = BACK) -> Response:
    path, word = map(escape, way)
    return HTMLResponse(_PAGE.format(title=escape(text), path=path, word=word), status_code=status)
