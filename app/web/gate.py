"""In front of NiceGUI's socket, before anything is parsed: who may knock, how often, and what a frame looks like.

Works on WebSockets and on polling alike. A browser that runs our own pages never meets a refusal here; whoever
does is cut off without a word in the log.
"""

import asyncio
import hmac
import re
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs

import orjson
from fastapi.requests import HTTPConnection
from fastapi.responses import JSONResponse
from nicegui import core
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web import budgets, devices, edge, limits, payloads, sessions

MOST_BYTES = edge.MOST_BYTES
EVENTS: Final = frozenset({"event", "javascript_response", "ack", "log", "handshake", "board"})
MOST_FRAMES: Final = 16  # in one request; Socket.IO's script sends no more
POLICY, TOO_MUCH_REFUSED = 1008, 400  # frames that are dropped before the socket is closed
TOO_MANY: Final = 429
_MOST_POLLS = 2  # at a time on one session; a browser has one
_ENGINE = re.compile(r"^(?:1|2probe|3|3probe|5|6)$")
_EVENT = re.compile(r"^42[0-9]{0,9}(?=\[)")
_BETWEEN = "\x1e"
_PEER: Final = "mediqueue.peer"  # where the scope keeps who it is

_polling: dict[str, int] = {}


class Gate:
    """Wraps the Socket.IO application."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        sid = query.get("sid", [""])[0]
        status = _status_of_refusal(scope, query, sid)
        peer = None if status else _known(sid) if sid else await _new(scope)
        if peer is None:
            refused = JSONResponse(payloads.error("refused", "This socket is not for you."), status or TOO_MANY)
            await refused(scope, receive, send)
        elif scope["type"] == "websocket":
            with limits.connections.one(peer.who):
                await self._inner(scope, _Frames(receive, peer), send)
        elif scope["method"] == "POST":
            await self._post(peer, scope, receive, send)
        else:
            with limits.connections.one(peer.who), _Poll(sid):
                await self._inner(scope, receive, send)

    async def _post(self, peer: "_Peer", scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        frames = body.decode("utf-8", "replace").split(_BETWEEN, MOST_FRAMES)
        if len(frames) > MOST_FRAMES or not all(
            peer.may_say_more() and is_frame(frame) and is_known(frame) for frame in frames
        ):
            await JSONResponse(payloads.error("refused", "We can't read this."), 400)(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
        whole = {**scope, "headers": [*headers, (b"content-length", str(len(body)).encode())]}
        await self._inner(whole, _once(body, receive), send)


def is_frame(frame: str) -> bool:
    """Whether this is a frame as Socket.IO's script writes them; ours sends no binary ones."""
    if len(frame) > MOST_BYTES:
        return False
    if _ENGINE.match(frame) or frame in ("40", "41"):
        return True
    if frame.startswith("40{"):
        return isinstance(_json(frame[2:]), dict)
    head = _EVENT.match(frame)
    said = _json(frame[head.end() :]) if head else None
    return isinstance(said, list) and bool(said) and isinstance(said[0], str)


def is_known(frame: str) -> bool:
    """Not an event that we don't know. `connect` and `disconnect` are such: a library would believe them."""
    head = _EVENT.match(frame)
    name: str = _json(frame[head.end() :])[0] if head else ""
    return head is None or name in EVENTS


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _status_of_refusal(scope: Scope, query: dict[str, list[str]], sid: str) -> int | None:
    request = HTTPConnection(scope)
    polling = scope["type"] == "http"
    if edge.from_another_site(request):
        return 403
    if polling and scope["method"] not in ("GET", "POST"):
        return 405
    if query.get("transport") != ["polling" if polling else "websocket"] or "j" in query:
        return 400
    if sid:
        full = polling and scope["method"] == "GET" and _polling.get(sid, 0) >= _MOST_POLLS
        return 400 if full or not _is_their_own(sid, request) else None
    if query.get("EIO") != ["4"] or len(query.get("client_id", [])) != 1 or not _is_opening(scope):
        return 400
    return None


@dataclass(frozen=True, slots=True)
class _Peer:
    """The other side of one socket, however it is carried: whose budget it has, and what it may say."""

    who: str
    bucket: limits.Bucket = field(default_factory=limits.Bucket)

    def may_say_more(self) -> bool:
        """Count one frame: of this socket first, so that one alone can't use up what all may say."""
        return self.bucket.take() and limits.allows("frame", self.who)


async def _new(scope: Scope) -> _Peer | None:
    """Who opens a socket; None if they have too many."""
    request = HTTPConnection(scope)
    page = page_of(scope.get("query_string", b"").decode("latin-1"))
    who = await budgets.of_socket(request, page, sign_in_of(request.headers.get("cookie", "")))
    if limits.connections.is_full(who) or not limits.allows("connect", who):
        return None
    peer = scope[_PEER] = _Peer(who)
    return peer


def _known(sid: str) -> _Peer:
    """Who opened the socket `sid`."""
    peer: _Peer = core.sio.environ[sid]["asgi.scope"][_PEER]
    return peer


def _is_opening(scope: Scope) -> bool:
    return bool(scope["type"] == "websocket" or scope["method"] == "GET")


def _is_their_own(sid: str, request: HTTPConnection) -> bool:
    """Whether the session `sid` was begun with the sign-in that this request carries."""
    if sid not in core.sio.eio.sockets or sid not in core.sio.environ:
        return False
    begun = sign_in_of(core.sio.environ[sid].get("HTTP_COOKIE", ""))
    return hmac.compare_digest(begun.encode(), sign_in_of(request.headers.get("cookie", "")).encode())


def page_of(query: str) -> str:
    """The page id in a socket's address."""
    return parse_qs(query).get("client_id", [""])[0]


def sign_in_of(cookies: str) -> str:
    """Who a browser is, by the cookies of a request's header: its sign-in, and the device that it was paired as."""
    sent = cookie_parser(cookies)
    return f"{sent.get(sessions.cookie_name(), '')} {sent.get(devices.cookie_name(), '')}"


class _Frames:
    """What a WebSocket receives: well-formed frames, not too many. Anything else ends it."""

    def __init__(self, receive: Receive, peer: _Peer) -> None:
        self._receive, self._peer = receive, peer

    async def __call__(self) -> Message:
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            frame = message.get("text") or ""
            allowed = self._peer.may_say_more()
            if self._peer.bucket.refused > TOO_MUCH_REFUSED or (allowed and not is_frame(frame)):
                return {"type": "websocket.disconnect", "code": POLICY}
            if allowed and is_known(frame):
                return message
            await asyncio.sleep(0)  # a flood must not keep the loop for itself


class _Poll:
    """Counts the polls that hang on one session."""

    def __init__(self, sid: str) -> None:
        self._sid = sid

    def __enter__(self) -> None:
        _polling[self._sid] = _polling.get(self._sid, 0) + 1

    def __exit__(self, *_: object) -> None:
        _polling[self._sid] -= 1
        if not _polling[self._sid]:
            del _polling[self._sid]


def _once(body: bytes, receive: Receive) -> Receive:
    """The body that was read already, then what follows it."""
    waiting = [body]

    async def again() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return again
