"""The WebSocket feed of one queue: a snapshot on connect and after every committed change, for everybody; names
and actions for its staff.

A connection holds one snapshot at most, the newest: who reads slowly misses some and never gets an old one.
"""

import asyncio
import re
from collections.abc import Coroutine
from contextlib import suppress
from typing import Final

from fastapi import WebSocket, WebSocketDisconnect
from fastapi.routing import APIWebSocketRoute
from nicegui import app
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from app import trace
from app.api import feed_actions, metrics
from app.errors import DomainError, NotFound
from app.services import policy, sign_ins
from app.services.board import QueueView
from app.services.policy import Actor, Verb
from app.settings import settings
from app.web import live, payloads, server, sessions
from app.web.actions import fetch

PATHS: Final = ("/ws/waiting_room/{doctor_id}", "/ws/queue/{doctor_id}")
SUBPROTOCOL = "bearer."
UNKNOWN_DOCTOR, FOREIGN = 4404, 4403
_ID = re.compile(r"^[0-9]{1,9}$", re.ASCII)

_encoded: dict[tuple[int, bool], tuple[QueueView, str]] = {}


def mount() -> None:
    """Serve the feed; a second call replaces the first."""
    paths = [path + slash for path in PATHS for slash in ("", "/")]
    app.routes[:] = [r for r in app.routes if not (isinstance(r, APIWebSocketRoute) and r.path in paths)]
    for path in paths:
        app.add_api_websocket_route(path, _connected)


async def _connected(socket: WebSocket, doctor_id: str) -> None:
    if server.from_another_site(socket):
        await socket.close(FOREIGN)
        return
    token, chosen = _token(socket)
    await socket.accept(chosen)
    if not _ID.match(doctor_id):
        await socket.close(UNKNOWN_DOCTOR)
        return
    with metrics.FEEDS.track_inprogress(), suppress(WebSocketDisconnect):
        await Feed(socket, int(doctor_id), token).run()


def _token(socket: WebSocket) -> tuple[str | None, str | None]:
    """The session token, and the subprotocol to agree on if it came as one."""
    header = sessions.bearer(socket.headers.get("authorization", ""))
    offered = next((name for name in socket.scope["subprotocols"] if name.startswith(SUBPROTOCOL)), None)
    return header or (offered.removeprefix(SUBPROTOCOL) if offered else None), offered


def encoded(view: QueueView, *, names: bool) -> str:
    """The message for `view`, encoded once for each of the two audiences."""
    kept = _encoded.get((view.doctor.id, names))
    if kept is None or kept[0] is not view:
        kept = (view, payloads.text(payloads.feed(view, names=names)))
        _encoded[(view.doctor.id, names)] = kept
    return kept[1]


class Feed:
    """One connection."""

    def __init__(self, socket: WebSocket, doctor_id: int, token: str | None) -> None:
        self._socket, self._doctor_id, self._token = socket, doctor_id, token
        self._newest: QueueView | None = None
        self._sent_version = -1
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Serve until the client goes. Raises WebSocketDisconnect when it goes in the middle of a message."""
        stop = live.watch(self._doctor_id, self._changed)
        try:
            self._changed(await live.queue(self._doctor_id))
            await _until_one_ends(self._send(), self._receive())
        except NotFound:
            await self._socket.close(UNKNOWN_DOCTOR)
        finally:
            stop()

    def _changed(self, view: QueueView) -> None:
        if self._newest is None or view.version > self._newest.version:
            self._newest = view
            self._wake.set()

    async def _send(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            names = await self._sees_names()
            view = self._newest
            if view is not None and view.version > self._sent_version:
                self._sent_version = view.version
                await self._socket.send_text(encoded(view, names=names))

    async def _receive(self) -> None:
        address = self._socket.client.host if self._socket.client else ""
        client = feed_actions.Client(self._doctor_id)
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            trace.begin(address)
            answer = await client.answer(message.get("text"), await self._actor())
            await self._socket.send_text(payloads.text(answer))

    async def _sees_names(self) -> bool:
        """Asked again before every message: a sign-in may have ended since the last one."""
        if self._token is None:
            return False
        try:
            return await fetch(self._allowed)
        except (DomainError, OperationalError):
            return False

    def _allowed(self, session: Session) -> bool:
        me = sign_ins.who(session, self._token, settings().key)
        if me is not None:
            policy.require(session, me.actor, Verb.SEE, self._doctor_id)
        return me is not None

    async def _actor(self) -> Actor:
        me = await sessions.by_token(self._token)
        return me.actor if me else policy.ANONYMOUS


async def _until_one_ends(*work: Coroutine[None, None, None]) -> None:
    """Run both ways of a connection; when one ends or fails, so does the other."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
