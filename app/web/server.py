"""Starting the server: NiceGUI's settings, headers, start-up and shutdown, in one place."""

import asyncio
import gc
import logging
from urllib.parse import urlsplit

from fastapi import Request, Response
from nicegui import app, core, ui
from starlette.middleware.trustedhost import TrustedHostMiddleware

from app import db
from app.settings import ROOT, Settings, settings
from app.web import activity, devices, edge, eviction, free_times, guard, lines, live, logs, plain, rooms, template

log = logging.getLogger(__name__)

ASSETS = ROOT / "assets"
LOCAL_HOSTS = ("localhost", "127.0.0.1")
HEAD = """
<link rel="stylesheet" href="/assets/mediqueue.css">
<link rel="manifest" href="/assets/manifest.webmanifest">
<link rel="apple-touch-icon" href="/assets/icon-192.png">
<meta name="theme-color" content="#00616B">
<meta name="description" content="The clinic's waiting room, live on your phone.">
<script src="/assets/live.js" defer></script>
"""


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
    app.exception_handler(404)(_not_found)
    if settings.base_url:
        ours = [urlsplit(settings.base_url).hostname or "", *LOCAL_HOSTS]
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=ours, www_redirect=False)
    app.add_middleware(edge.Edge)


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
        http=lines.Line,
        server_header=False,
        log_config=None,  # uvicorn writes as everything else does
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=10,
        access_log=False,
    )


async def _started() -> None:
    log.info("MediQueue is open at %s", settings().public_url)
    asyncio.get_running_loop().set_exception_handler(logs.of_loop)
    _collect_garbage_rarely()
    core.sio.eio.ping_interval, core.sio.eio.ping_timeout = 15, 10
    guard.start()
    await live.start()
    rooms.start()
    free_times.start()
    activity.start()
    eviction.start()
    devices.start()


def _collect_garbage_rarely() -> None:
    """A thousand open pages are a million objects that stay; looking through them all stops every page.

    Closed pages free themselves but for some small cycles, so looking rarely is enough: docs/decisions/0005.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


async def _stopped() -> None:
    devices.stop()
    eviction.stop()
    activity.stop()
    free_times.stop()
    await live.stop()
