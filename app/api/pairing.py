"""How a paired device gets its cookie: over HTTP, because only HTTP can set one that scripts can't read."""

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from nicegui import app

from app.errors import DomainError, NotFound
from app.services import devices
from app.web import devices as cookies
from app.web import edge, limits, payloads, plain
from app.web.actions import commit, fetch

HEADER = "X-Pairing"
SEE_OTHER = 303


def mount() -> None:
    app.add_api_route("/pairing", claim, methods=["POST"], include_in_schema=False)
    app.add_api_route("/pairing/skip", skip, methods=["POST"], include_in_schema=False)


async def claim(request: Request) -> Response:
    """What the page held while it waited, for the cookie; answers which page the device is for."""
    secret = request.headers.get(HEADER, "")
    try:
        if not await fetch(lambda session: devices.may_claim(session, secret)):
            limits.hit("claim", edge.address_of(request.scope))
            raise NotFound(devices.NOT_PAIRED, code="not_paired")
        token, device = await commit(lambda session: devices.claim(session, secret))
    except DomainError as error:
        return JSONResponse(payloads.error(error.code, error.message), plain.status_of(error))
    response = JSONResponse({"path": cookies.HOME[device.kind]})
    cookies.remember(response, token)
    return response


async def skip() -> Response:
    """This browser is no device, and looks at the screen that is open to all."""
    response = RedirectResponse("/display", SEE_OTHER)
    cookies.forget(response)
    return response
