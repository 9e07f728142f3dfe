"""Is the process alive, and can it work? Plain routes: no page, no socket."""

from fastapi import Response
from nicegui import app
from sqlalchemy import text

from app.errors import Busy
from app.web.actions import fetch


def mount() -> None:
    app.add_api_route("/healthz", healthz, methods=["GET"], include_in_schema=False)
    app.add_api_route("/readyz", readyz, methods=["GET"], include_in_schema=False)


async def healthz() -> dict[str, str]:
    """Alive; asks nothing of the database."""
    return {"status": "ok"}


async def readyz(response: Response) -> dict[str, str]:
    """Ready to serve: the database answers."""
    try:
        await fetch(lambda session: session.execute(text("SELECT 1")))
    except Busy:
        response.status_code = 503
        return {"status": "database_down"}
    return {"status": "ok"}
