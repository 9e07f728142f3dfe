"""Signing in and out, and the very first start: plain form posts, because only HTTP can set a cookie.

What people typed never travels in an address: a failure goes back with a code, and the page has the words.
"""

from urllib.parse import parse_qsl, urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import app

from app.errors import Conflict, DomainError, TooMany
from app.services import clinic, passwords, sign_ins
from app.services.doctors import DoctorForm
from app.web import sessions
from app.web.actions import commit, fetch, on_thread

MOST_BYTES = 16 * 1024
SEE_OTHER = 303


def mount() -> None:
    app.add_api_route("/login", sign_in, methods=["POST"], include_in_schema=False)
    app.add_api_route("/logout", sign_out, methods=["POST"], include_in_schema=False)
    app.add_api_route("/setup", set_up, methods=["POST"], include_in_schema=False)


async def sign_in(request: Request) -> Response:
    """The right password leads to where the person wanted to go, everything else back to the form."""
    sent = await _form(request)
    next_ = sessions.safe_path(sent.get("next", ""))
    try:
        return await _signed_in(request, sent.get("email", ""), sent.get("password", ""), next_)
    except DomainError as error:
        again = {"error": "wait" if isinstance(error, TooMany) else "wrong"} | ({"next": next_} if next_ else {})
        return _to(f"/login?{urlencode(again)}")


async def sign_out(request: Request) -> Response:
    """End the session everywhere it is open. Signing out twice is fine."""
    principal = await sessions.principal_of(request)
    if principal:
        await commit(lambda session: sign_ins.end_session(session, principal.session_id))
    response = _to("/")
    sessions.forget(response)
    return response


async def set_up(request: Request) -> Response:
    """Make the clinic and sign its admin in. Sent twice, the second one only signs in."""
    sent = await _form(request)
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
    password_hash = await on_thread(passwords.hashed, sent.get("password", ""))
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


async def _signed_in(request: Request, email: str, password: str, next_: str | None) -> Response:
    address = request.client.host if request.client else ""
    before = await sessions.principal_of(request)
    token, _, principal = await sessions.sign_in(email, password, address)
    if before:
        await commit(lambda session: sign_ins.end_session(session, before.session_id))
    response = _to(next_ or sessions.home_of(principal))
    sessions.remember(response, token)
    return response


async def _form(request: Request) -> dict[str, str]:
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
