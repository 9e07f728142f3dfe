"""The token of a secret link, between opening the link and using it: in a cookie, in no address."""

import re
from dataclasses import dataclass
from typing import Final

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import app

from app.web import cookies

SECONDS = 60 * 60
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")


@dataclass(frozen=True, slots=True)
class Detour:
    """`path/token` leads to `path`, which finds the token in the cookie."""

    path: str
    cookie: str

    def mount(self) -> None:
        app.add_api_route(f"{self.path}/{{token}}", self.opened, methods=["GET"], include_in_schema=False)

    async def opened(self, token: str) -> Response:
        """Take the token out of the address, so that it stays in no history and no log. Uses nothing up."""
        response = RedirectResponse(self.path, 303)
        if _TOKEN.fullmatch(token):
            self.remember(response, token)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def remember(self, response: Response, token: str) -> None:
        cookies.put(response, self.cookie, token, seconds=SECONDS)

    def token_of(self, request: Request) -> str:
        """The token of the link that this browser opened last."""
        return request.cookies.get(cookies.named(self.cookie), "")

    def forget(self, response: Response) -> None:
        cookies.drop(response, self.cookie)


PASSWORD: Final = Detour("/password", "mediqueue-link")
CLAIM: Final = Detour("/claim", "mediqueue-claim")
