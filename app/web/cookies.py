"""Cookies that only this server reads: no script, no other site, and nothing without https where there is https."""

from typing import Literal

from fastapi import Response

from app.settings import settings


def named(name: str) -> str:
    """Over https a browser takes such a name from no neighbour of this host."""
    return f"__Host-{name}" if settings().is_https else name


def put(response: Response, name: str, value: str, *, seconds: int, samesite: Literal["lax", "strict"] = "lax") -> None:
    response.set_cookie(
        named(name), value, max_age=seconds, httponly=True, samesite=samesite, secure=settings().is_https, path="/"
    )


def drop(response: Response, name: str) -> None:
    response.delete_cookie(named(name), path="/", httponly=True, samesite="lax", secure=settings().is_https)
