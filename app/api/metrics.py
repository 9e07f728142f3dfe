"""/metrics for Prometheus: how the server does. Counts and times only, never a person.

Served to this machine itself and to signed-in admins; a proxy in front makes everybody else a stranger.
"""

import ipaddress
import time

from fastapi import Request, Response
from fastapi.routing import APIRoute
from nicegui import Client, app
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, Histogram, disable_created_metrics, generate_latest
from sqlalchemy.exc import OperationalError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import errors
from app.errors import DomainError, NotAllowed, NotSignedIn
from app.models import Role
from app.services.policy import ANONYMOUS
from app.web import live, sessions
from app.web.actions import noted

PATH = "/metrics"
FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip", "via")

FEEDS = Gauge("mediqueue_feed_connections", "Open WebSocket feeds")
_REQUESTS = Histogram(
    "mediqueue_http_request_seconds", "Requests and how long they took", ["route", "method", "status"]
)
_PAGES = Gauge("mediqueue_open_pages", "Pages that are open in a browser")
_WAITING = Gauge("mediqueue_waiting", "People waiting", ["doctor"])
_VERSION = Gauge("mediqueue_queue_version", "Version of the queue", ["doctor"])
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def mount() -> None:
    """Serve /metrics and count requests."""
    disable_created_metrics()  # type: ignore[no-untyped-call]
    app.add_api_route(PATH, metrics, methods=["GET"], include_in_schema=False)
    app.add_middleware(_Counted)


async def metrics(request: Request) -> Response:
    try:
        await _admit(request)
    except DomainError as error:
        return errors.refusal(await noted(error))
    await _look()
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _admit(request: Request) -> None:
    if _is_this_machine(request):
        return
    principal = await sessions.principal_of(request)
    if principal is None:
        raise ANONYMOUS.refused(NotSignedIn(), "open", "page", where=PATH)
    if principal.role is not Role.ADMIN:
        raise principal.actor.refused(NotAllowed(), "open", "page", where=PATH)


def _is_this_machine(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


async def _look() -> None:
    """Read what is counted only when somebody asks. A database that is down hides no other number."""
    _PAGES.set(sum(client.has_socket_connection for client in Client.instances.values()))
    try:
        views = await live.queues()
    except (DomainError, OperationalError):
        return
    for gauge in (_WAITING, _VERSION):
        gauge.clear()
    for view in views:
        _WAITING.labels(view.doctor.id).set(view.stats.waiting_count)
        _VERSION.labels(view.doctor.id).set(view.version)


class _Counted:
    """Times every request. Routes are counted by their pattern, so that no link or id becomes a label."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        status, began = 500, time.perf_counter()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._inner(scope, receive, watched)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            _REQUESTS.labels(_route(scope), method, status).observe(time.perf_counter() - began)


def _route(scope: Scope) -> str:
    route = scope.get("route")
    return f"{scope.get('root_path', '')}{route.path}" if isinstance(route, APIRoute) else "other"
