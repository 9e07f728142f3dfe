"""The floor: uvicorn sending the same bytes to every socket. No queue, no page, no database."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import uvicorn

from bench.payload import Payload

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

payload = Payload(Path(os.environ["BENCH_SNAPSHOT"]).read_text())
viewers: set[Send] = set()


async def app(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await view(receive, send)
    elif scope["type"] == "http":
        if scope["method"] == "POST":
            await broadcast()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def view(receive: Receive, send: Send) -> None:
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": payload.current()})
    viewers.add(send)
    while (await receive())["type"] != "websocket.disconnect":
        pass
    viewers.discard(send)


async def broadcast() -> None:
    message = {"type": "websocket.send", "text": payload.following()}
    for send in tuple(viewers):
        await send(message)


if __name__ == "__main__":
    uvicorn.run(
        app,
        port=int(os.environ["BENCH_PORT"]),
        ws_per_message_deflate=False,
        lifespan="off",
        log_level="warning",
    )
