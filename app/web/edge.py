"""The outermost layer: what every request and every answer has to have, whoever serves it behind.

Requests: known methods, a sane host, a body of bounded size that arrives in bounded time, and no writes that
another site sends. Answers: the headers of `HEADERS`, redirects to paths of our own, and a sentence where
something broke.
"""

import asyncio
import logging
import re
import time
from urllib.parse import urlsplit

from fastapi.requests import HTTPConnection
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import trace
from app.settings import settings
from app.web import payloads, plain

log = logging.getLogger(__name__)

MOST_BYTES = 128 * 1024
BODY_WITHIN = 30.0  # seconds
CSP = (
    # NiceGUI compiles its templates in the browser: scripts need both 'unsafe' words.
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'self' data:;"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
HSTS = "max-age=31536000; includeSubDomains"
_KEPT = ("/assets/", "/_nicegui/", "/favicon")  # by the browser; everything else may hold names
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_METHODS = _WRITES | {"GET", "HEAD", "OPTIONS"}
_HOST = re.compile(r"^[A-Za-z0-9._-]+(:[0-9]{1,5})?$|^\[[0-9a-fA-F:.]+\](:[0-9]{1,5})?$")
_REFUSALS = {
    400: ("bad_request", "We can't read this request."),
    403: ("other_site", "Requests from other sites are not taken."),
    405: ("wrong_method", "This address does not take that method."),
    408: ("too_slow", "This took too long to arrive. Please try again."),
    413: ("too_large", "That is too much at once."),
    500: ("failed", plain.FAILED),
}


class _Stop(Exception):
    """The body is not worth waiting for; the status says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Edge:
    """In front of everything that answers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        came = trace.begin(address_of(scope))
        answer = _Answer(scope, send, came.request_id)
        if scope["type"] == "websocket":
            await self._app(scope, receive, answer)
            return
        status = _status_of_refusal(scope)
        if status is None:
            status = await self._serve(scope, receive, answer)
        if status is not None and not answer.started:
            await _refuse(status, scope, receive, answer)

    async def _serve(self, scope: Scope, receive: Receive, answer: "_Answer") -> int | None:
        asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        try:
            await self._app(asked, _Body(receive), answer)
        except _Stop as stop:
            return stop.status
        except Exception:
            log.exception("This request failed")
            return 500
        return None


def address_of(scope: Scope) -> str:
    """Where a request comes from, after trusted proxies have said whom they speak for."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def from_another_site(request: HTTPConnection) -> bool:
    """What the browser says of who sends this. Old browsers say only `Origin`; programs say nothing."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("none", "same-origin")
    origin = request.headers.get("origin")
    if origin is None:
        return False
    ours = origin == settings().base_url or urlsplit(origin).netloc == request.headers.get("host")
    return not (origin and ours)


def _status_of_refusal(scope: Scope) -> int | None:
    headers = Headers(scope=scope)
    hosts = headers.getlist("host")
    if len(hosts) > 1 or not all(map(_HOST.match, hosts)):
        return 400
    if scope["method"] not in _METHODS:
        return 405
    announced = headers.get("content-length", "")
    if announced.isdecimal() and (len(announced) > 12 or int(announced) > MOST_BYTES):
        return 413
    if scope["method"] in _WRITES and from_another_site(HTTPConnection(scope)):
        return 403
    return None


async def _refuse(status: int, scope: Scope, receive: Receive, send: Send) -> None:
    code, sentence = _REFUSALS[status]
    if scope["path"].startswith("/api") or status == 403:
        answer: ASGIApp = JSONResponse(payloads.error(code, sentence), status)
    else:
        answer = plain.sentence(sentence, status)
    await answer(scope, receive, send)


class _Body:
    """A request's body, as long as it is small and comes soon."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._bytes, self._complete = 0, False
        self._until = time.monotonic() + BODY_WITHIN

    async def __call__(self) -> Message:
        if self._complete:
            return await self._receive()  # waits for the client to go
        try:
            async with asyncio.timeout(self._until - time.monotonic()):
                message = await self._receive()
        except TimeoutError:
            raise _Stop(408) from None
        self._bytes += len(message.get("body", b""))
        if self._bytes > MOST_BYTES:
            raise _Stop(413)
        self._complete = not message.get("more_body", False)
        return message


class _Answer:
    """Sends on what is answered, with our headers."""

    def __init__(self, scope: Scope, send: Send, request_id: str) -> None:
        self._scope, self._send, self._request_id = scope, send, request_id
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"].endswith("http.response.start"):  # or of a refused WebSocket
            self.started = True
            self._complete(MutableHeaders(scope=message))
        elif self._scope.get("method") == "HEAD" and "body" in message:
            message = {**message, "body": b""}
        try:
            await self._send(message)
        except RuntimeError as late:  # a WebSocket that was cut in the middle of an answer
            raise OSError from late

    def _complete(self, headers: MutableHeaders) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        headers["X-Request-ID"] = self._request_id
        if not self._scope["path"].startswith(_KEPT):
            headers.setdefault("Cache-Control", "no-store")
        if settings().is_https:
            headers.setdefault("Strict-Transport-Security", HSTS)
        if "location" in headers:
            headers["location"] = _own_path(headers["location"], Headers(scope=self._scope).get("host", ""))


def _own_path(location: str, host: str) -> str:
    """A redirect to the asked host by its path alone: a made-up Host header leads nobody away."""
    _, mark, rest = location.partition("://")
    if not mark or not host or location.startswith("/") or not rest.startswith((f"{host}/", f"{host}?")):
        return location
    return "/" + rest.removeprefix(host).lstrip("/\\")
