"""The token of a link that sets a password, between opening the link and using it: in a cookie, in no address."""

from fastapi import Request, Response

from app.settings import settings

PATH = "/password"
SECONDS = 60 * 60


def remember(response: Response, token: str) -> None:
    response.set_cookie(
        _cookie(), token, max_age=SECONDS, httponly=True, samesite="lax", secure=settings().is_https, path="/"
    )


def token_of(request: Request) -> str:
    """The token of the link that this browser opened last."""
    return request.cookies.get(_cookie(), "")


def forget(response: Response) -> None:
    response.delete_cookie(_cookie(), path="/", httponly=True, secure=settings().is_https)


def _cookie() -> str:
    return "__Host-mediqueue-link" if settings().is_https else "mediqueue-link"
