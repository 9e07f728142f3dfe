"""The socket guard. NiceGUI's socket asks nobody who they are; this does.

* only our own origin may connect, with frames of a known shape and number: `gate`;
* a page belongs to the sign-in that opened it: another browser can't use its id, and a socket without a page
  is closed;
* an event is taken only from the socket of its own page;
* pages that nobody looks at are not made without end;
* nothing of what a browser sends is written to the log.
"""

import asyncio
import hmac
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from fastapi import Request
from nicegui import Client, app, background_tasks, core
from socketio.exceptions import ConnectionRefusedError as Refused
from starlette.routing import Mount

from app import trace
from app.errors import TooMany
from app.web import activity, budgets, gate, limits

MOST_BYTES = gate.MOST_BYTES
SOCKETS = "/_nicegui_ws"
PAGE_WITHIN = 10.0  # seconds in which a new socket has to name its page
_RELOAD = "Implicit handshake failed"  # on this word NiceGUI's script loads the page again
_MALFORMED = (AttributeError, KeyError, TypeError, ValueError, RecursionError)  # what NiceGUI makes of nonsense
TOO_MANY_PAGES = "Too many pages at once. Try again in one minute."

_cookies: "WeakKeyDictionary[Client, str]" = WeakKeyDictionary()
_unseen = limits.Held(limits.MOST_UNSEEN)


def bind(client: Client, request: Request, who: str) -> None:
    """Remember which session opened the page, and whose budget it has. Raises TooMany if too many wait to be seen."""
    if _unseen.is_full(who):
        raise TooMany(TOO_MANY_PAGES)
    _cookies[client] = gate.sign_in_of(request.headers.get("cookie", ""))
    budgets.remember(client, _cookies[client], who)
    _unseen.take(who)
    seen = _first(lambda: _unseen.give_back(who))
    client.on_connect(seen)
    client.on_delete(seen)


def _first(work: Callable[[], None]) -> Callable[[], None]:
    """`work`, done at the first call only."""
    left = [work]

    def call() -> None:
        if left:
            left.pop()()

    return call


def start() -> None:
    """Put the guard in front of NiceGUI's handlers; a second call changes nothing."""
    core.sio.eio.cors_allowed_origins = []  # the gate looks at origins; nobody gets permission to read across
    core.sio.eio.max_http_buffer_size = MOST_BYTES
    for route in app.routes:
        if isinstance(route, Mount) and route.path == SOCKETS and not isinstance(route.app, gate.Gate):
            route.app = gate.Gate(route.app)
    handlers = core.sio.handlers["/"]
    if handlers["event"].__module__ == __name__:
        return
    for event in ("event", "javascript_response", "ack"):
        handlers[event] = _from_own_page(handlers[event], by_person=event == "event")
    handlers["log"] = _unheard
    handlers["connect"] = _of_same_session(handlers["connect"])
    handlers["handshake"] = _handshake(handlers["handshake"])
    core.sio.eio.handlers["connect"] = _with_page_soon(core.sio.eio.handlers["connect"])


def _from_own_page(handler: Any, *, by_person: bool) -> Any:
    def guarded(sid: str, msg: Any = None, *_: Any) -> Any:
        if not isinstance(msg, dict):
            return None
        if not _is_test(sid) and not _is_own(sid, msg.get("client_id")):
            return None
        trace.begin(_address(sid))
        if by_person:
            activity.on_page(str(msg.get("client_id")))
        try:
            return handler(sid, msg)
        except _MALFORMED:
            return None

    return guarded


def _is_own(sid: str, client_id: object) -> bool:
    """Whether this is the socket's own page, and still somebody's."""
    return client_id in tuple(core.sio.rooms(sid)) and Client.instances.get(str(client_id)) in _cookies


def _is_test(sid: str) -> bool:
    """The simulated browser of the tests calls the handlers itself; real ids are made by the server."""
    return sid.startswith("test-")


def _address(sid: str) -> str:
    environ = core.sio.get_environ(sid) or {}
    scope = environ.get("asgi.scope") or {}
    return str((scope.get("client") or ("",))[0])


def _unheard(*_: Any) -> None:
    """A browser's own log may hold anything, names and forged lines among it."""


def _of_same_session(handler: Any) -> Any:
    async def guarded(sid: str, environ: dict[str, Any], auth: Any = None) -> Any:
        asked = gate.page_of(environ.get("QUERY_STRING", ""))
        if not _may_use(asked, environ):
            raise Refused(_RELOAD)
        try:
            return await handler(sid, environ, auth)
        except _MALFORMED:
            return False

    return guarded


def _with_page_soon(handler: Any) -> Any:
    """A socket that has no page after `PAGE_WITHIN` seconds is closed."""

    async def guarded(eio_sid: str, environ: dict[str, Any]) -> Any:
        asyncio.get_running_loop().call_later(PAGE_WITHIN, _close_without_page, eio_sid)
        return await handler(eio_sid, environ)

    return guarded


def _close_without_page(eio_sid: str) -> None:
    if eio_sid in core.sio.eio.sockets and not core.sio.manager.sid_from_eio_sid(eio_sid, "/"):
        background_tasks.create(core.sio.eio.disconnect(eio_sid), name="close a socket without a page")


def _handshake(handler: Any) -> Any:
    """Only the tests' simulated browser shakes hands by itself: real pages do it by connecting."""

    async def guarded(sid: str, data: Any = None, *_: Any) -> Any:
        return await handler(sid, data) if _is_test(sid) else False

    return guarded


def disown(client: Client) -> None:
    """The sign-in that opened this page has ended: no socket may use it, and nothing more is taken from it."""
    _cookies.pop(client, None)


def _may_use(client_id: str, environ: dict[str, Any]) -> bool:
    """Whether the browser behind `environ` carries the session that opened the page `client_id`."""
    client = Client.instances.get(client_id)
    opened_with = _cookies.get(client) if client else None
    if opened_with is None:
        return False
    sent = gate.sign_in_of(environ.get("HTTP_COOKIE", ""))
    return hmac.compare_digest(sent.encode(), opened_with.encode())
