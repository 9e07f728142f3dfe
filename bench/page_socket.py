"""The socket of one open page, as cheap to read as Python allows.

A thousand pages are read by one process. A general WebSocket client spends more on each message than the bare
server under test spends on sending it, and would be measured in its place; so this one knows only what the
servers send: whole, uncompressed frames. It does not look inside a snapshot beyond its version.
"""

import asyncio
import base64
import os
import re
import time
from dataclasses import dataclass, field
from typing import cast

VERSION = re.compile(rb'version\\?": ?(\d+)')
TEXT, CLOSE, PING, PONG = 0x81, 0x88, 0x89, 0x8A
ENGINE_PING, ENGINE_PONG = b"2", b"3"
BOARD = (b'42["board"', b"{")  # a Socket.IO event, or a bare WebSocket's message


@dataclass(frozen=True)
class Door:
    """What a page needs to open its socket."""

    path: str
    headers: tuple[tuple[str, str], ...] = ()
    greeting: bytes = b""
    """Sent once the socket is open."""
    subscribe: bytes = b""
    """Sent once the greeting is answered."""


@dataclass
class Arrivals:
    """One change on its way to every page."""

    after: int = -1
    missing: int = 0
    first: float = 0.0
    last: float = 0.0
    complete: asyncio.Event = field(default_factory=asyncio.Event)

    def expect(self, pages: "list[PageSocket]") -> None:
        self.after = max(page.version for page in pages)
        self.missing, self.first, self.last = len(pages), 0.0, 0.0
        self.complete.clear()

    def note(self, now: float) -> None:
        self.first = self.first or now
        self.last = now
        self.missing -= 1
        if self.missing == 0:
            self.complete.set()


class PageSocket(asyncio.Protocol):
    def __init__(self, host: str, door: Door, arrivals: Arrivals) -> None:
        self.host, self.door, self.arrivals = host, door, arrivals
        self.rest = b""
        self.handshaken = False
        self.version = -1
        self.snapshot = b""
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        headers = {
            "Host": self.host,
            "Origin": f"http://{self.host}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
            **dict(self.door.headers),
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.transport.write(f"GET {self.door.path} HTTP/1.1\r\n{lines}\r\n".encode())

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(ConnectionError(f"{self.door.path} was closed before it opened: {exc}"))

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self.rest = self.rest + data if self.rest else data
        if not self.handshaken and not self.finish_handshake():
            return
        while frame := self.next_frame():
            self.on_frame(*frame, now)

    def finish_handshake(self) -> bool:
        head, end, rest = self.rest.partition(b"\r\n\r\n")
        if not end:
            return False
        if not head.startswith(b"HTTP/1.1 101") or b"permessage-deflate" in head:
            self.opened.set_exception(ConnectionError(head.decode(errors="replace")))
            self.transport.abort()
            return False
        self.handshaken, self.rest = True, rest
        self.send(self.door.greeting)
        return True

    def next_frame(self) -> tuple[int, bytes] | None:
        rest = self.rest
        if len(rest) < 2:
            return None
        start, length = 2, rest[1]
        if length > 125:
            start = 4 if length == 126 else 10
            length = int.from_bytes(rest[2:start])
        end = start + length
        if len(rest) < end or len(rest) < start:
            return None
        self.rest = rest[end:]
        return rest[0], rest[start:end]

    def on_frame(self, kind: int, payload: bytes, now: float) -> None:
        if kind == TEXT and payload.startswith(BOARD):
            self.on_snapshot(payload, now)
        elif kind == TEXT and payload == ENGINE_PING:
            self.send(ENGINE_PONG)
        elif kind == TEXT and payload.startswith(b"40"):
            self.send(self.door.subscribe)
        elif kind == TEXT and payload.startswith(b"43"):
            self.on_snapshot(payload, now)
        elif kind == PING:
            self.send(payload, PONG)
        elif kind == CLOSE:
            self.transport.close()

    def on_snapshot(self, payload: bytes, now: float) -> None:
        found = VERSION.search(payload)
        if found is None:
            return
        version = int(found[1])
        if version > self.arrivals.after >= self.version:
            self.arrivals.note(now)
        if version > self.version:
            self.version, self.snapshot = version, payload
        if not self.opened.done():
            self.opened.set_result(None)

    def send(self, payload: bytes, kind: int = TEXT) -> None:
        """Masked with zeros: a mask must be sent, and this one leaves the bytes as they are."""
        if payload or kind == PONG:
            size = len(payload)
            length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2)
            self.transport.write(bytes([kind]) + length + b"\0\0\0\0" + payload)
