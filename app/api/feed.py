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
from app.models import Role
from app.services import policy, sign_ins
from app.services.board import QueueView
from app.services.confidential import opens_to
from app.services.policy import Actor, Verb
from app.settings import settings
from app.web import budgets, edge, limits, live, payloads, sessions
from app.web.actions import fetch

PATHS: Final = ("/ws/waiting_room/{doctor_id}", "/ws/queue/{doctor_id}")
SUBPROTOCOL = "bearer."
UNKNOWN_DOCTOR, FOREIGN, TOO_FAST = 4404, 4403, 4429
_ID = re.compile(r"^[0-9]{1,9}$", re.ASCII)

_encoded: dict[tuple[int, bool, bool], tuple[QueueView, str]] = {}


def mount() -> None:
    """Serve the feed; a second call replaces the first."""
    paths = [path + slash for path in PATHS for slash in ("", "/")]
    app.routes[:] = [r for r in app.routes if not (isinstance(r, APIWebSocketRoute) and r.path in paths)]
    for path in paths:
        app.add_api_websocket_route(path, _connected)


async def _connected(socket: WebSocket, doctor_id: str) -> None:
    token, chosen = _token(socket)
    who = None if edge.from_another_site(socket) else await budgets.of_feed(socket, token)
    if who is None or limits.connections.is_full(who):
        await socket.close(FOREIGN)
        return
    await socket.accept(chosen)
    if not _ID.match(doctor_id):
        await socket.close(UNKNOWN_DOCTOR)
        return
    with metrics.FEEDS.track_inprogress(), limits.connections.one(who), suppress(WebSocketDisconnect):
        await Feed(socket, int(doctor_id), token).run()


def _token(socket: WebSocket) -> tuple[str | None, str | None]:
    """The session token, and the subprotocol to agree on if it came as one."""
    header = sessions.bearer(socket.headers.get("authorization", ""))
    offered = next((name for name in socket.scope["subprotocols"] if name.startswith(SUBPROTOCOL)), None)
    return header or (offered.removeprefix(SUBPROTOCOL) if offered else None), offered


def encoded(view: QueueView, role: Role | None) -> str:
    """The message for `view`, encoded once for each audience: everybody, the desk, the doctor and nurses."""
    audience = (view.doctor.id, role is not None, opens_to(role))
    kept = _encoded.get(audience)
    if kept is None or kept[0] is not view:
        kept = (view, payloads.text(payloads.feed(view.seen_by(role), names=role is not None)))
        _encoded[audience] = kept
    return kept[1]


class Feed:
    """One connection."""

    def __init__(self, socket: WebSocket, doctor_id: int, token: str | None) -> None:
        self._socket, self._doctor_id, self._token = socket, doctor_id, token
        self._newest: QueueView | None = None
        self._sent_version = -1
        self._refused = False
        self._wake = asyncio.Event()
        self._too_fast = False

    async def run(self) -> None:
        """Serve until the client goes. Raises WebSocketDisconnect when it goes in the middle of a message."""
        stop = live.watch(self._doctor_id, self._changed)
        try:
            self._changed(await live.queue(self._doctor_id))
            await _until_one_ends(self._send(), self._receive())
            if self._too_fast:
                await self._socket.close(TOO_FAST)
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
            role = await self._staff_role()
            view = self._newest
            if view is not None and view.version > self._sent_version:
                self._sent_version = view.version
                await self._socket.send_text(encoded(view, role))

    async def _receive(self) -> None:
        address = edge.address_of(self._socket.scope)
        client, bucket = feed_actions.Client(self._doctor_id), limits.Bucket()
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            self._too_fast = not bucket.take()
            if self._too_fast:
                return
            trace.begin(address)
            answer = await client.answer(message.get("text"), await self._actor())
            await self._socket.send_text(payloads.text(answer))

    async def _staff_role(self) -> Role | None:
        """Set for staff of this queue. Asked again before every message: a sign-in may have ended since the last."""
        if self._token is None:
            return None
        try:
            return await fetch(self._allowed)
        except (DomainError, OperationalError):
            return None

    def _allowed(self, session: Session) -> Role | None:
        me = sign_ins.who(session, self._token, settings().key)
        if me is None:
            return None
        try:
            policy.require(session, me.actor, Verb.SEE, self._doctor_id)
        except DomainError:
            if self._refused:
                return None  # the audit has it once, not with every change of the queue
            self._refused = True
            raise
        return me.role

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
