"""Signing in over HTTP: the cookie, the bearer token, and who is behind them."""

from datetime import datetime

from fastapi import Request, Response

from app.errors import DomainError, TooMany
from app.models import Role
from app.services import accounts, passwords, sign_ins
from app.services.sign_ins import Principal
from app.settings import settings
from app.web import limits
from app.web.actions import commit, fetch, on_thread

BEARER = "Bearer "
LONGEST_PATH = 500


def cookie_name() -> str:
    return "__Host-mediqueue" if settings().is_https else "mediqueue"


async def sign_in(email: str, password: str, address: str) -> tuple[str, datetime, Principal]:
    """A new session for the right password: its token, its end and who it is.

    Raises NotSignedIn with the same words for everything that can be wrong, TooMany after several tries.
    """
    limits.hit("sign-in", email.strip().lower()[:254], TooMany("Please wait 1 minute and try again."))
    limits.hit("sign-in-address", address, TooMany("Please wait 1 minute and try again."))
    user = await fetch(lambda session: accounts.by_email(session, email))
    known = await on_thread(passwords.verified, user, password)
    key = settings().key
    token, ends = await commit(lambda session: sign_ins.open_session(session, known.id or 0, key))
    principal = await fetch(lambda session: sign_ins.who(session, token, key))
    if principal is None:
        raise DomainError
    return token, ends, principal


async def principal_of(request: Request) -> Principal | None:
    """Who sent this request, by cookie or by `Authorization: Bearer`, as the database knows them now."""
    token = bearer(request.headers.get("authorization", "")) or request.cookies.get(cookie_name())
    return await by_token(token)


async def by_token(token: str | None) -> Principal | None:
    if not token:
        return None
    key = settings().key
    return await fetch(lambda session: sign_ins.who(session, token, key))


def bearer(header: str) -> str | None:
    return header.removeprefix(BEARER) if header.startswith(BEARER) else None


def remember(response: Response, token: str) -> None:
    """Give the browser its session; it ends with the browser or with the session, whichever is first."""
    response.set_cookie(
        cookie_name(),
        token,
        max_age=int(sign_ins.LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=settings().is_https,
        path="/",
    )


def forget(response: Response) -> None:
    response.delete_cookie(cookie_name(), path="/")


def home_of(principal: Principal) -> str:
    """The page that each role works on."""
    return {
        Role.DOCTOR: f"/doctor/{principal.doctor_id}" if principal.doctor_id else "/doctor",
        Role.NURSE: "/reception",
        Role.RECEPTION: "/reception",
        Role.ADMIN: "/admin/doctors",
        Role.PATIENT: "/me",
    }[principal.role]


def safe_path(path: str) -> str | None:
    """`path`, if it leads to a page of this site and nowhere else."""
    ours = path.startswith("/") and not path.startswith("//") and len(path) <= LONGEST_PATH
    return path if ours and path.isprintable() and "\\" not in path else None
