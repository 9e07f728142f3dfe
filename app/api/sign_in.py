"""Signing in and out, and the very first start: plain form posts, because only HTTP can set a cookie.

What people typed never travels in an address: a failure goes back with a code, and the page has the words.
"""

from functools import partial
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import app

from app.errors import Conflict, DomainError, TooMany
from app.models import User
from app.services import clinic, locking, passwords, sign_ins
from app.services.doctors import DoctorForm
from app.services.signing_in import CodeNeeded
from app.web import browsers, proving, sessions, throttle
from app.web.actions import commit, fetch, hashing
from app.web.page import ACCOUNT_PATH
from app.web.proving import Caller

MOST_BYTES = 16 * 1024
SEE_OTHER = 303
_SAID = frozenset({"wrong_code", "short_password"})  # everything else is just wrong


def mount() -> None:
    for path, route in (
        ("/login", sign_in), ("/login/code", send_code), ("/logout", sign_out), ("/lock", lock), ("/unlock", unlock),
        ("/setup", set_up),
    ):  # fmt: skip
        app.add_api_route(path, route, methods=["POST"], include_in_schema=False)


async def sign_in(request: Request) -> Response:
    """The right password leads to where the person wanted to go, or first to the code of the second step."""
    sent = await form_of(request)
    next_ = sessions.safe_path(sent.get("next", ""))
    try:
        return await _signed_in(request, sent.get("email", ""), sent.get("password", ""), next_)
    except DomainError as error:
        return _again("/login", error, next_)


async def send_code(request: Request) -> Response:
    """The second step of a sign-in whose password was right a moment ago."""
    sent = await form_of(request)
    next_ = sessions.safe_path(sent.get("next", ""))
    user = await proving.pending(request)
    if user is None:
        return _to(f"/login?{urlencode({'error': 'code_late'} | ({'next': next_} if next_ else {}))}")
    try:
        return await _opened(request, user, next_, sent.get("code", "").strip() or "0")
    except DomainError as error:
        return _again("/login/code", error, next_)


async def sign_out(request: Request) -> Response:
    """End the session everywhere it is open. Signing out twice is fine."""
    principal = await sessions.principal_of(request, even_locked=True)
    if principal:
        await commit(lambda session: sign_ins.end_session(session, principal.session_id))
    response = _to("/")
    sessions.forget(response)
    return response


async def lock(request: Request) -> Response:
    """Somebody leaves their screen: all tabs show the lock screen until the password is given."""
    principal = await sessions.principal_of(request)
    if principal:
        await commit(lambda session: locking.lock(session, actor=principal.actor))
    came_from = urlsplit(request.headers.get("referer", ""))
    path = came_from.path + (f"?{came_from.query}" if came_from.query else "")
    return _to(f"/locked?{urlencode({'next': sessions.safe_path(path) or '/'})}")


async def unlock(request: Request) -> Response:
    """The password opens the page again, with a new token for the session."""
    sent = await form_of(request)
    next_ = sessions.safe_path(sent.get("next", ""))
    principal = await sessions.principal_of(request, even_locked=True)
    if principal is None:
        return _to(f"/login?{urlencode({'next': next_ or '/'})}")
    if not principal.locked:
        return _to(next_ or sessions.home_of(principal))
    try:
        token = await proving.unlocked(principal, sent.get("password", ""))
    except DomainError as error:
        return _again("/locked", error, next_)
    response = _to(next_ or sessions.home_of(principal))
    sessions.remember(response, token)
    return response


async def set_up(request: Request) -> Response:
    """Make the clinic and sign its admin in. Sent twice, the second one only signs in."""
    sent = await form_of(request)
    try:
        if await fetch(clinic.view) is None:  # otherwise anybody could keep us busy with hashing
            await _make_clinic(sent)
    except Conflict as error:
        if error.code != "already_set_up":
            return _to(f"/setup?{urlencode({'error': error.code})}")
    except DomainError as error:
        return _to(f"/setup?{urlencode({'error': error.code})}")
    try:
        return await _signed_in(request, sent.get("email", ""), sent.get("password", ""), "/admin/welcome")
    except DomainError:
        return _to("/login?error=set_up")


async def _make_clinic(sent: dict[str, str]) -> None:
    about = (sent.get("clinic", ""), sent.get("name", ""), sent.get("email", ""))
    password_hash = await hashing(partial(passwords.hashed, sent.get("password", ""), about=about))
    doctor = DoctorForm(
        name=sent.get("doctor", ""), specialization=sent.get("specialization", ""), room=sent.get("room", "")
    )
    await commit(
        lambda session: clinic.set_up(
            session,
            name=sent.get("clinic", ""),
            timezone=sent.get("timezone", ""),
            admin_email=sent.get("email", ""),
            admin_name=sent.get("name", ""),
            password_hash=password_hash,
            doctor=doctor,
        )
    )


async def _signed_in(request: Request, handle: str, password: str, next_: str | None) -> Response:
    return await let_in(request, await proving.by_password(Caller.of(request), handle, password), next_)


async def let_in(request: Request, user: User, next_: str | None = None) -> Response:
    """Sign in whoever has just proven to be `user`, or ask for the code of the second step."""
    try:
        return await _opened(request, user, next_)
    except CodeNeeded:
        response = _to(f"/login/code?{urlencode({'next': next_})}" if next_ else "/login/code")
        proving.remember_pending(response, user)
        return response


async def _opened(request: Request, user: User, next_: str | None, code: str | None = None) -> Response:
    """Whatever session this browser had ends; it gets a new one, and is known from now on."""
    caller = Caller.of(request)
    before = await sessions.principal_of(request, even_locked=True)
    opened = await proving.opened(caller, user, code)
    if before:
        await commit(lambda session: sign_ins.end_session(session, before.session_id, reason="new-sign-in"))
    me = opened.principal
    response = _to(ACCOUNT_PATH if me.unfinished else next_ or sessions.home_of(me))
    sessions.remember(response, opened.token)
    browsers.remember(response, caller.device, user.email, user.phone)
    proving.forget_pending(response)
    return response


def _again(path: str, error: DomainError, next_: str | None) -> Response:
    """Back to the form, with a code for its words: what people typed never travels in an address."""
    said = {"error": error.code}
    if isinstance(error, TooMany):
        said = {"error": "wait", "minutes": str(throttle.minutes(error.seconds))}
    elif error.code not in _SAID:
        said = {"error": "wrong"}
    return _to(f"{path}?{urlencode(said | ({'next': next_} if next_ else {}))}")


async def form_of(request: Request) -> dict[str, str]:
    """The posted fields; none of them if there is more than a form can hold."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return {}
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))
    except ValueError:
        return {}


def _to(path: str) -> Response:
    return RedirectResponse(path, SEE_OTHER)
