"""`@page`: a route that says who may open it. There is no default, so nothing is public by accident."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final
from urllib.parse import quote
from weakref import WeakKeyDictionary, WeakSet

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import Client, context, ui

from app.errors import DomainError, NotAllowed, TooMany
from app.models import Role
from app.services import clinic
from app.services.clinic import ClinicView
from app.services.policy import ANONYMOUS, Actor
from app.services.sign_ins import Principal
from app.web import activity, budgets, edge, guard, limits, plain, sessions
from app.web.actions import fetch, noted

log = logging.getLogger(__name__)

PUBLIC: Final = frozenset[Role]()
SETUP_PATH = "/setup"
ACCOUNT_PATH = "/account"
Build = Callable[..., Awaitable[Response | None]]


@dataclass(frozen=True, slots=True)
class Visit:
    """The open page: which clinic it shows and who looks at it (None: nobody signed in)."""

    clinic: ClinicView
    principal: Principal | None
    address: str
    is_public: bool

    @property
    def actor(self) -> Actor:
        return self.principal.actor if self.principal else ANONYMOUS

    @property
    def me(self) -> Principal:
        """Whoever is signed in, on pages that nobody else can open."""
        assert self.principal is not None, "this page is open to people who are not signed in"  # noqa: S101
        return self.principal


_visits: "WeakKeyDictionary[Client, Visit]" = WeakKeyDictionary()
_personal: "WeakSet[Client]" = WeakSet()  # public pages with something of whoever is signed in


def visit() -> Visit:
    """The visit that the present page belongs to."""
    return _visits[context.client]


@dataclass(frozen=True, slots=True)
class Open:
    """A page that somebody has open, and the session it lives from."""

    client: Client
    session_id: int
    unfinished: bool = False  # it sets up the second step
    is_public: bool = False  # it can be opened again without the session


def belongs_to_sign_in() -> None:
    """The present page, which everybody can open, shows what only whoever is signed in may see."""
    client = context.client
    if me := _visits[client].principal:
        _personal.add(client)
        activity.belongs(client, me.session_id)


def signed_in_visits() -> list[Open]:
    """Every open page that shows what only a sign-in could open."""
    return [
        Open(client, here.principal.session_id, here.principal.unfinished, here.is_public)
        for client, here in list(_visits.items())
        if here.principal and not client.is_deleted and (not here.is_public or client in _personal)
    ]


def first_page(build: Build) -> Build:
    """Serve `build` at SETUP_PATH to everybody, as long as there is no clinic."""

    @wraps(build)
    async def opened(**given: Any) -> Response | None:
        request = context.client.request
        assert request is not None  # noqa: S101

        async def built() -> Response | None:
            who = await _count(request, None)
            if await fetch(clinic.view):
                return RedirectResponse("/", 303)
            guard.bind(context.client, request, who)
            _leave_main_to_us()
            return await build(**given)

        return await _answered(built())

    ui.page(SETUP_PATH)(opened)
    return build


def page(
    path: str, *, allow: frozenset[Role], title: str = "MediQueue", stay: float = 60, unfinished: bool = False
) -> Callable[[Build], Build]:
    """Serve `path` to signed-in people with a role of `allow`, or to everybody if it is `PUBLIC`.

    The builder is async and may answer a Response instead of a page. A DomainError becomes a page with its
    sentence. `stay` is how many seconds the page's state outlives a lost connection; `unfinished`: also for
    staff who have to set up their second step first.
    """

    def register(build: Build) -> Build:
        @wraps(build)
        async def opened(**given: Any) -> Response | None:
            request = context.client.request
            assert request is not None  # noqa: S101

            async def built() -> Response | None:
                return await _admit(request, allow, unfinished=unfinished) or await build(**given)

            return await _answered(built())

        ui.page(path, title=title, reconnect_timeout=stay)(opened)
        return build

    return register


async def _answered(built: Awaitable[Response | None]) -> Response | None:
    """What a builder answers; a refusal or a failure as a small page. A page that nobody gets is not kept."""
    try:
        answer = await built
    except DomainError as error:
        answer = plain.refusal(await noted(error))
    except Exception:
        log.exception("A page could not be built")
        answer = plain.sentence(plain.FAILED, 500)
    if answer is not None and not context.client.is_deleted:
        context.client.delete()
    return answer


async def _admit(request: Request, allow: frozenset[Role], *, unfinished: bool) -> Response | None:
    """Let the visitor in, or answer where to go instead."""
    principal = await sessions.principal_of(request, even_locked=True)
    who = await _count(request, principal)
    settings = await fetch(clinic.view)
    if settings is None:
        return RedirectResponse(SETUP_PATH, 303)
    if principal and principal.locked and not allow:
        principal = None
    if allow and (principal is None or principal.locked):
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{'/locked' if principal else '/login'}?next={quote(asked, safe='')}", 303)
    if allow and principal and principal.role not in allow:
        error = NotAllowed("You can't open this page with your sign-in.")
        raise principal.actor.refused(error, "open", "page", where=context.client.page.path)
    if allow and principal and principal.unfinished and not unfinished:
        return RedirectResponse(ACCOUNT_PATH, 303)
    _visits[context.client] = Visit(settings, principal, edge.address_of(request.scope), is_public=not allow)
    if allow and principal:
        activity.belongs(context.client, principal.session_id)
    guard.bind(context.client, request, who)
    _leave_main_to_us()
    return None


def _leave_main_to_us() -> None:
    """NiceGUI wraps every page in a `main` of Quasar's; a page has only one, and it is ours."""
    slot = context.client.content.parent_slot
    if slot:
        slot.parent.tag = "div"


async def _count(request: Request, principal: Principal | None) -> str:
    """Count one page, and answer whose it is. Raises TooMany."""
    who = await budgets.of(request, principal)
    limits.hit("page", who, TooMany(guard.TOO_MANY_PAGES))
    return who
