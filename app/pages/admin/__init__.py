"""The admin's pages: lists with an editor beside them, and the clinic's settings."""

from fastapi import Response
from fastapi.responses import RedirectResponse

from app.models import Role
from app.web.page import page

ADMIN = frozenset({Role.ADMIN})


@page("/admin", allow=ADMIN)
async def admin() -> Response | None:
    return RedirectResponse("/admin/doctors", 303)
