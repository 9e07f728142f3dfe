"""Starting the server: NiceGUI's settings, headers, start-up and shutdown, in one place."""

import gc
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.requests import HTTPConnection
from fastapi.responses import JSONResponse
from nicegui import app, core, ui
from starlette.middleware.trustedhost import TrustedHostMiddleware

from app import db, trace
from app.settings import ROOT, Settings, settings
from app.web import eviction, guard, live, logs, payloads, plain, rooms, template

log = logging.getLogger(__name__)

ASSETS = ROOT / "assets"
LOCAL_HOSTS = ("localhost", "127.0.0.1")
CSP = (
    # NiceGUI compiles its templates in the browser: scripts need both 'unsafe' words.
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'self' data:;"
    " frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
HEAD = """
<link rel="stylesheet" href="/assets/mediqueue.css">
<link rel="manifest" href="/assets/manifest.webmanifest">
<link rel="apple-touch-icon" href="/assets/icon-192.png">
<meta name="theme-color" content="#00616B">
<meta name="description" content="The clinic's waiting room, live on your phone.">
<script src="/assets/live.js" defer></script>
"""
OTHER_SITE = "Requests from other sites are not taken."
_KEPT = ("/assets/", "/_nicegui/", "/favicon")  # by the browser; everything else may hold names
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def prepare(settings: Settings) -> None:
    """Everything that has to be there before the first request. Pages are imported by the caller."""
    logs.prepare(settings.log_format)
    db.migrate(settings.url)
    db.connect(settings.url)
    app.add_static_files("/assets", ASSETS, max_cache_age=3600)
    template.prepare()
    ui.add_head_html(HEAD, shared=True)
    app.on_startup(_started)
    app.on_shutdown(_stopped)
    app.middleware("http")(_headers)
    app.exception_handler(404)(_not_found)
    if settings.base_url:
        ours = [urlsplit(settings.base_url).hostname or "", *LOCAL_HOSTS]
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=ours)


def _not_found(_request: Request, _error: Exception) -> Response:
    """Our own page, and nothing in the log: an address may hold anything."""
    return plain.sentence("We can't find that page.", 404)


def run(settings: Settings) -> None:
    """Serve until the process ends."""
    ui.run(
        host=settings.host,
        port=settings.port,
        title="MediQueue",
        favicon=ASSETS / "favicon.svg",
        viewport="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content",
        language="en-GB",
        reload=False,
        show=False,
        show_welcome_message=False,
        reconnect_timeout=60,
        message_history_length=0,
        binding_refresh_interval=None,
        tailwind=False,
        endpoint_documentation="none",
        ws_per_message_deflate=False,
        ws_max_size=guard.MOST_BYTES,
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
        timeout_graceful_shutdown=10,
        access_log=False,
    )


async def _started() -> None:
    log.info("MediQueue is open at %s", settings().public_url)
    _collect_garbage_rarely()
    core.sio.eio.ping_interval, core.sio.eio.ping_timeout = 15, 10
    guard.start()
    await live.start()
    rooms.start()
    eviction.start()


def _collect_garbage_rarely() -> None:
    """A thousand open pages are a million objects that stay; looking through them all stops every page.

    Closed pages free themselves but for some small cycles, so looking rarely is enough: docs/decisions/0005.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


async def _stopped() -> None:
    eviction.stop()
    await live.stop()


async def _headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Any:
    came = trace.begin(request.client.host if request.client else "")
    if request.method in _WRITES and from_another_site(request):
        response: Response = JSONResponse(payloads.error("other_site", OTHER_SITE), 403)
    else:
        response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-ID"] = came.request_id
    if not request.url.path.startswith(_KEPT):
        response.headers.setdefault("Cache-Control", "no-store")
    if settings().is_https:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def from_another_site(request: HTTPConnection) -> bool:
    """What the browser says of who sends this. Old browsers say only `Origin`; programs say nothing."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("none", "same-origin")
    origin = request.headers.get("origin")
    if origin is None:
        return False
    return urlsplit(origin).netloc != request.headers.get("host") and origin != settings().base_url
