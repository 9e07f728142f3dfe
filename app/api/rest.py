"""The REST interface: an application of its own under /api, so that its errors are JSON and pages keep theirs."""

import re

from fastapi import FastAPI
from nicegui import app
from starlette.datastructures import Headers
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api import docs, errors, v1

PATH = "/api"
MOST_BYTES = 64 * 1024
_ABOUT = """
The queue of every doctor, for other software: the same rules as the pages.

* **Errors** are `{"error": {"code": "queue_closed", "message": "The queue is closed."}}`. Codes are stable.
* **Times** are RFC 3339 in UTC. Status words are what people read.
* **Sign-in**: `POST /v1/session`, then `Authorization: Bearer` with the token.
* **Repeating is safe**: send an `Idempotency-Key` with calls that change something.
* **Unknown fields** are refused, so that a misspelt safeguard never acts unguarded.
* **Live**: the WebSocket `/ws/queue/{doctor_id}` sends a snapshot on connect and after every change.
"""


class _Edge:
    """In front of the interface: a slash at the end of a path means nothing, and big bodies stay outside."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["path"] = scope["path"].rstrip("/")
            announced = Headers(scope=scope).get("content-length", "")
            if announced.isdecimal() and int(announced) > MOST_BYTES:
                await errors.too_large()(scope, receive, send)
                return
        await self._inner(scope, receive, send)


def mount() -> None:
    """Serve /api; a second call replaces the first."""
    app.routes[:] = [route for route in app.routes if not (isinstance(route, Mount) and route.path == PATH)]
    mounted = Mount(PATH, app=_Edge(_made()))
    mounted.path_regex = re.compile(mounted.path_regex.pattern, re.DOTALL)  # a line break is no way around it
    app.routes.append(mounted)


def _made() -> FastAPI:
    api = FastAPI(
        title="MediQueue",
        version="1",
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        max_body_size=MOST_BYTES,
    )
    errors.install(api)
    for router in v1.ROUTERS:
        api.include_router(router)
    docs.mount(api)
    return api
