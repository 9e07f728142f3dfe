"""The socket guard. NiceGUI's socket asks nobody who they are; this does.

* only our own origin may connect;
* a page belongs to the sign-in that opened it: another browser can't use its id;
* an event is taken only from the socket of its own page;
* frames are small.
"""

import hmac
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs
from weakref import WeakKeyDictionary

from fastapi import Request
from nicegui import Client, core

from app.web import sessions

MOST_BYTES = 128 * 1024

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
    for event in ("event", "javascript_response", "ack", "log"):
        handlers[event] = _from_own_page(handlers[event])
    handlers["connect"] = _of_same_session(handlers["connect"])
    handlers["handshake"] = _handshake(handlers["handshake"])


def _from_own_page(handler: Any) -> Any:
    def guarded(sid: str, msg: Any) -> Any:
        if isinstance(msg, dict) and (sid.startswith("test-") or msg.get("client_id") in core.sio.rooms(sid)):
            return handler(sid, msg)
        return None

    return guarded


def _of_same_session(handler: Any) -> Any:
    async def guarded(sid: str, environ: dict[str, Any], auth: Any = None) -> Any:
        asked = parse_qs(environ.get("QUERY_STRING", "")).get("client_id", [""])[0]
        if not _may_use(asked, environ):
            return False
        return await handler(sid, environ, auth)

    return guarded


def _handshake(handler: Any) -> Any:
    async def guarded(sid: str, data: Any) -> Any:
        if not isinstance(data, dict) or not {"client_id", "tab_id", "document_id"} <= data.keys():
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
    sent = SimpleCookie((environ or {}).get("HTTP_COOKIE", "")).get(sessions.cookie_name())
    return hmac.compare_digest(sent.value if sent else "", _cookies[client])
