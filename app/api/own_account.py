"""A new password for one's own account: a plain form post, because this session gets a new cookie."""

from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import app

from app.api.sign_in import SEE_OTHER, form_of
from app.errors import DomainError, TooMany
from app.services import own_account, passwords
from app.services.passwords import WeakPassword
from app.services.sign_ins import Principal
from app.settings import settings
from app.web import proving, sessions, throttle
from app.web.actions import commit, fetch, hashing
from app.web.page import ACCOUNT_PATH


def mount() -> None:
    app.add_api_route("/account/password", change_password, methods=["POST"], include_in_schema=False)


async def change_password(request: Request) -> Response:
    """The old password and a new one. The answer is the page again, with a code for what to say."""
    sent = await form_of(request)
    principal = await sessions.principal_of(request)
    if principal is None:
        return RedirectResponse(f"/login?{urlencode({'next': ACCOUNT_PATH})}", SEE_OTHER)
    try:
        token = await _changed(principal, sent.get("old", ""), sent.get("new", ""))
    except TooMany as error:
        return _back(error="wait", minutes=str(throttle.minutes(error.seconds)))
    except WeakPassword as error:
        return _back(error=error.weakness.value)
    except DomainError as error:
        return _back(error="same" if error.code == "same_password" else "wrong")
    response = _back(done="password")
    sessions.remember(response, token)
    return response


async def _changed(principal: Principal, old: str, new: str) -> str:
    user = await proving.again(principal, old, "password-change")
    if old == new:
        raise DomainError(code="same_password")
    known = await fetch(lambda session: own_account.about(session, user))
    new_hash = await hashing(passwords.hashed, new, second_step=user.totp is not None, about=known)
    key, proof, actor = settings().key, user.password_hash, principal.actor
    return await commit(
        lambda session: own_account.change_password(session, actor=actor, proof=proof, password_hash=new_hash, key=key)
    )


def _back(**said: str) -> Response:
    return RedirectResponse(f"{ACCOUNT_PATH}?{urlencode(said)}", SEE_OTHER)
