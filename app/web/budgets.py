"""Whose budget a try is charged to, where a whole clinic is one address.

Whoever is signed in has a budget of their own, and so has every paired device: nobody else on the same Wi-Fi can
use it up. One account is one budget, however many sign-ins it has. Strangers share the budget of their address.
"""

from collections.abc import Awaitable
from weakref import WeakKeyDictionary

from fastapi.requests import HTTPConnection
from nicegui import Client

from app.errors import DomainError
from app.services.devices import State
from app.services.sign_ins import Principal
from app.web import devices, edge, sessions

_pages: "WeakKeyDictionary[Client, tuple[str, str]]" = WeakKeyDictionary()


async def of(request: HTTPConnection, principal: Principal | None) -> str:
    """The budget of this request, which `principal` has sent."""
    if principal:
        return f"user {principal.user_id}"
    device = await devices.of(request)
    return f"device {device.id}" if device and device.state is State.PAIRED else edge.address_of(request.scope)


def remember(client: Client, cookies: str, who: str) -> None:
    """The page was opened with these cookies: its sockets are charged to `who`."""
    _pages[client] = (cookies, who)


async def of_socket(request: HTTPConnection, page: str, cookies: str) -> str:
    """The budget of a socket that is about to be opened for a page, by whoever has these cookies."""
    client = Client.instances.get(page)
    opened_with, who = _pages.get(client, ("", "")) if client else ("", "")
    if who and opened_with == cookies:
        return who
    return await _found(request, sessions.by_cookie(request, even_locked=True))


async def of_feed(request: HTTPConnection, token: str | None) -> str:
    """The budget of other software's socket with this token."""
    return await _found(request, sessions.by_token(token))


async def _found(request: HTTPConnection, looking: Awaitable[Principal | None]) -> str:
    """While the database is away, everybody is a stranger."""
    try:
        return await of(request, await looking)
    except DomainError:
        return edge.address_of(request.scope)
