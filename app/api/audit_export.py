"""The audit, as the admin has filtered it, to take away as CSV. That somebody took it is in the audit first."""

from collections.abc import AsyncIterator
from dataclasses import fields

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from nicegui import app

from app.components.words import audit as words
from app.errors import DomainError, NotSignedIn
from app.services import auditing
from app.services.auditing import MOST_EXPORTED, Filter, Row
from app.services.policy import ANONYMOUS, Actor
from app.web import csv_file, plain, sessions
from app.web.actions import commit, fetch, noted
from app.web.audit_asked import CSV_PATH, asked

AT_ONCE = 1000  # rows in one load
_HEAD = tuple(field.name for field in fields(Row) if field.name != "seal")


def mount() -> None:
    app.add_api_route(CSV_PATH, export, methods=["GET"], include_in_schema=False)


async def export(request: Request) -> Response:
    try:
        actor = await _actor(request)
        wish = asked(request.query_params)
        await commit(lambda session: auditing.begin_export(session, actor=actor, asked=wish))
    except DomainError as error:
        return plain.refusal(await noted(error))
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return StreamingResponse(_lines(actor, wish), media_type="text/csv; charset=utf-8", headers=headers)


async def _actor(request: Request) -> Actor:
    principal = await sessions.principal_of(request)
    if principal is None:
        raise ANONYMOUS.refused(NotSignedIn(), auditing.EXPORT, "audit")
    return principal.actor


async def _lines(actor: Actor, wish: Filter) -> AsyncIterator[str]:
    """Newest first, in several loads: a hundred thousand rows are never in memory at once."""
    yield csv_file.written([*_HEAD, "sentence"], [])
    before: int | None = None
    for _ in range(0, MOST_EXPORTED, AT_ONCE):
        rows = await fetch(
            lambda session, last=before: auditing.exported(  # type: ignore[misc]
                session, actor=actor, asked=wish, before=last, limit=AT_ONCE
            )
        )
        yield csv_file.lines([*(getattr(row, name) for name in _HEAD), words.action(row.action)] for row in rows)
        if len(rows) < AT_ONCE:
            return
        before = rows[-1].id
