"""Signing in over HTTP: the cookie, the bearer token, and who is behind them."""

from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.requests import HTTPConnection

from app.models import Role
from app.services import sign_ins
from app.services.sign_ins import Principal
from app.settings import settings
from app.web import activity, cookies
from app.web.actions import fetch

COOKIE = "mediqueue"
BEARER = "Bearer "
LONGEST_PATH = 500


def cookie_name() -> str:
    return cookies.named(COOKIE)


async def principal_of(request: Request, *, even_locked: bool = False) -> Principal | None:
    """Who sent this request, by cookie or by `Authorization: Bearer`, as the database knows them now.

    They are there, so their sign-in stays awake.
    """
    token = bearer(request.headers.get("authorization", ""))
    found = (
        await by_token(token, even_locked=even_locked) if token else await by_cookie(request, even_locked=even_locked)
    )
    if found and not found.locked:
        activity.touch(found.session_id)
    return found


async def by_token(token: str | None, *, even_locked: bool = False) -> Principal | None:
    if not token:
        return None
    key = settings().key
    return await fetch(lambda session: sign_ins.who(session, token, key, even_locked=even_locked))


async def by_cookie(request: HTTPConnection, *, even_locked: bool = False) -> Principal | None:
    """Who has this browser. The token of other software, which is never away, opens no screen."""
    token = request.cookies.get(cookie_name())
    if not token:
        return None
    key = settings().key
    return await fetch(lambda session: sign_ins.who(session, token, key, even_locked=even_locked, at_screen=True))


def bearer(header: str) -> str | None:
    return header.removeprefix(BEARER) if header.startswith(BEARER) else None


def remember(response: Response, token: str) -> None:
    """Give the browser its session; it ends with the browser or with the session, whichever is first."""
    cookies.put(response, COOKIE, token, seconds=int(sign_ins.LASTS.total_seconds()))


def forget(response: Response) -> None:
    cookies.drop(response, COOKIE)


def home_of(principal: Principal) -> str:
    """The page that each role works on."""
    return {
        Role.DOCTOR: f"/doctor/{principal.doctor_id}" if principal.doctor_id else "/doctor",
        Role.NURSE: "/reception",
        Role.RECEPTION: "/reception",
        Role.ADMIN: "/admin",
        Role.PATIENT: "/me",
    }[principal.role]


def with_next(path: str, next_: str | None) -> str:
    """`path`, which leads on to `next_` afterwards."""
    return f"{path}?{urlencode({'next': next_})}" if next_ else path


def safe_path(path: str) -> str | None:
    """`path`, if it leads to a page of this site and nowhere else."""
    ours = path.startswith("/") and not path.startswith("//") and len(path) <= LONGEST_PATH
    return path if ours and path.isprintable() and "\\" not in path else None
