"""Registering, forgotten passwords and the links that set one: plain form posts, like those of the sign-in.

Whether somebody has an account is for its owner only, so what registers and what asks for a link always answers
the same and takes the same time.
"""

from asyncio import gather, sleep
from collections.abc import Awaitable
from functools import partial
from typing import Final
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import app

from app.api.sign_in import SEE_OTHER, form_of, let_in
from app.errors import Conflict, DomainError, TooMany
from app.services import accounts, clinic, one_time_links, passwords, registration
from app.services.passwords import WeakPassword
from app.web import edge, limits, proving, sessions
from app.web.actions import commit, fetch, hashing
from app.web.links import CLAIM, PASSWORD
from app.web.proving import Caller

AT_LEAST = 0.4  # seconds that an answer takes which must not tell what was found
_LATER: Final = "Too many tries. Try again in one hour."


def mount() -> None:
    for path, route in (("/register", register), ("/forgot", forgot), (PASSWORD.path, choose_password)):
        app.add_api_route(path, route, methods=["POST"], include_in_schema=False)
    for link in (PASSWORD, CLAIM):
        link.mount()


async def register(request: Request) -> Response:
    """Make a patient's account, if there is none yet. The answer does not say which it was."""
    sent = await form_of(request)
    try:
        return await _evenly(_register(_address(request), sent))
    except DomainError as error:
        return _to("/register", error=_said(error), **({"phone": "yes"} if sent.get("phone") else {}), **_next(sent))


async def forgot(request: Request) -> Response:
    """Send a link by mail to whoever has this account; the answer does not say whether anybody has."""
    sent = await form_of(request)
    try:
        return await _evenly(_forgot(_address(request), sent.get("email", "")))
    except DomainError as error:
        return _to("/forgot", error=_said(error))


async def choose_password(request: Request) -> Response:
    """The link's owner has a new password and is signed in. Sent twice, the second one only signs in."""
    sent = await form_of(request)
    token, password = PASSWORD.token_of(request), sent.get("password", "")
    try:
        limits.hit("new-password-address", _address(request), TooMany(_LATER))
        response = await _choose(request, token, sent.get("account", ""), password)
    except Conflict:
        return await _sent_twice(request, token, password)
    except DomainError as error:
        return _to(PASSWORD.path, error=_said(error))
    PASSWORD.forget(response)
    return response


async def _register(address: str, sent: dict[str, str]) -> Response:
    limits.hit("register-address", address, TooMany(_LATER))
    name, handle = sent.get("name", ""), sent.get("email", "")
    who = await fetch(lambda session: registration.checked(session, name=name, handle=handle))
    limits.hit("register", who.handle, TooMany(_LATER))
    if registration.by_mail(who.handle):
        await commit(lambda session: registration.register(session, who))
        return _to("/register", done="mail")
    here = await fetch(clinic.view)
    about = (here.name if here else "", who.name, who.handle)
    password_hash = await hashing(partial(passwords.hashed, sent.get("password", ""), about=about))
    await commit(lambda session: registration.register(session, who, password_hash=password_hash))
    return _to("/login", done="register", **_next(sent))


def _next(sent: dict[str, str]) -> dict[str, str]:
    """Where somebody wanted to go before they had an account."""
    path = sessions.safe_path(sent.get("next", ""))
    return {"next": path} if path else {}


async def _forgot(address: str, typed: str) -> Response:
    limits.hit("forgot-address", address, TooMany(_LATER))
    limits.hit("forgot", accounts.handle(typed)[:254], TooMany(_LATER))
    await commit(lambda session: registration.ask_reset(session, typed))
    return _to("/forgot", done="mail")


async def _choose(request: Request, token: str, account: str, password: str) -> Response:
    view = await fetch(lambda session: one_time_links.look(session, token))
    if account != str(view.user_id):  # another link was opened in another tab meanwhile
        return _to(PASSWORD.path, error="other")
    hashed = partial(passwords.hashed, password, second_step=view.second_step, about=view.about)
    password_hash = await hashing(hashed)
    user = await commit(lambda session: registration.choose_password(session, token, password_hash=password_hash))
    return await let_in(request, user)


async def _sent_twice(request: Request, token: str, password: str) -> Response:
    """The link is used up. Whoever did that a moment ago knows the password."""
    handle = await fetch(lambda session: one_time_links.handle_of(session, token))
    try:
        return await let_in(request, await proving.by_password(Caller.of(request), handle, password))
    except DomainError:
        return _to(PASSWORD.path)


async def _evenly(work: Awaitable[Response]) -> Response:
    """What `work` answers, never sooner than `AT_LEAST`."""
    answer, _ = await gather(work, sleep(AT_LEAST))
    return answer


def _said(error: DomainError) -> str:
    """A code that the page has words for."""
    if isinstance(error, WeakPassword):
        return error.weakness
    return "wait" if isinstance(error, TooMany) else error.code


def _address(request: Request) -> str:
    return edge.address_of(request.scope)


def _to(path: str, **said: str) -> Response:
    return RedirectResponse(f"{path}?{urlencode(said)}" if said else path, SEE_OTHER)
