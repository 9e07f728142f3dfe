"""The socket guard. NiceGUI's socket asks nobody who they are; this does.

* only our own origin may connect;
* a page belongs to the sign-in that opened it: another browser can't use its id;
* an event is taken only from the socket of its own page, and not more of them than a person makes;
* frames are small, and nothing of what a browser sends is written to the log.
"""

import hmac
from typing import Any
from urllib.parse import parse_qs
from weakref import WeakKeyDictionary

from fastapi import Request
from nicegui import Client, core
from starlette.requests import cookie_parser

from app import trace
from app.web import limits, sessions

MOST_BYTES = 128 * 1024
_HANDSHAKE = ("client_id", "tab_id", "document_id")
_MALFORMED = (AttributeError, KeyError, TypeError, ValueError)  # what NiceGUI makes of nonsense

_cookies: "WeakKeyDictionary[Client, str]" = WeakKeyDictionary()


def bind(client: Client, request: Request) -> None:
    """Remember which session opened the page."""
    _cookies[client] = request.cookies.get(sessions.cookie_name(), "")


def start() -> None:
    """Put the guard in front of NiceGUI's handlers; a second call changes nothing."""
    core.sio.eio.cors_allowed_origins = None  # same origin only
    core.sio.eio.max_http_buffer_size = MOST_BYTES
    handlers = core.sio.handlers["/"]
    if handlers["event"].__module__ == __name__:
        return
    for event in ("event", "javascript_response", "ack"):
        handlers[event] = _from_own_page(handlers[event])
    handlers["log"] = _unheard
    handlers["connect"] = _of_same_session(handlers["connect"])
    handlers["handshake"] = _handshake(handlers["handshake"])


def _from_own_page(handler: Any) -> Any:
    def guarded(sid: str, msg: Any = None) -> Any:
        if not isinstance(msg, dict) or not limits.allows("event", sid):
            return None
        if not sid.startswith("test-") and msg.get("client_id") not in tuple(core.sio.rooms(sid)):
            return None
        trace.begin(_address(sid))
        try:
            return handler(sid, msg)
        except _MALFORMED:
            return None

    return guarded


def _address(sid: str) -> str:
    environ = core.sio.get_environ(sid) or {}
    scope = environ.get("asgi.scope") or {}
    return str((scope.get("client") or ("",))[0])


def _unheard(*_: Any) -> None:
    """A browser's own log may hold anything, names and forged lines among it."""


def _of_same_session(handler: Any) -> Any:
    async def guarded(sid: str, environ: dict[str, Any], auth: Any = None) -> Any:
        asked = parse_qs(environ.get("QUERY_STRING", "")).get("client_id", [""])[0]
        if not _may_use(asked, environ):
            return False
        try:
            return await handler(sid, environ, auth)
        except _MALFORMED:
            return False

    return guarded


def _handshake(handler: Any) -> Any:
    async def guarded(sid: str, data: Any = None) -> Any:
        if not isinstance(data, dict) or not all(isinstance(data.get(name), str) for name in _HANDSHAKE):
            return False
        if not sid.startswith("test-") and not _may_use(data["client_id"], core.sio.get_environ(sid)):
            return False
        return await handler(sid, data)

    return guarded


def _may_use(client_id: str, environ: dict[str, Any] | None) -> bool:
    """Whether the browser behind `environ` carries the session that opened the page `client_id`."""
    client = Client.instances.get(client_id)
    if client is None or client not in _cookies:
        return True  # nothing to protect; NiceGUI refuses unknown pages itself
    sent = cookie_parser((environ or {}).get("HTTP_COOKIE", "")).get(sessions.cookie_name(), "")
    return hmac.compare_digest(sent.encode(), _cookies[client].encode())
