"""All that is held about a person, to take away: a file for machines, a page for people and paper.

Plain GET, and still a read that the audit keeps: the address changes nothing, and nobody caches the answer.
"""

import json
from typing import Any

from fastapi import Request, Response
from nicegui import app

from app.components import export_page
from app.db import Session
from app.errors import DomainError, NotFound, NotSignedIn
from app.services import exporting, patients
from app.services.policy import ANONYMOUS, Actor
from app.web import limits, plain, sessions
from app.web.actions import commit, noted, on_thread
from app.web.numbers import number

PATIENT_PATH = "/admin/patients/{patient_id}/export"
MY_PATH = "/me/export"
HEADERS = {"Cache-Control": "no-store"}


def mount() -> None:
    app.add_api_route(PATIENT_PATH, of_patient, methods=["GET"], include_in_schema=False)
    app.add_api_route(MY_PATH, of_me, methods=["GET"], include_in_schema=False)


async def of_patient(request: Request, patient_id: str) -> Response:
    key = number(patient_id)

    def work(session: Session, actor: Actor) -> dict[str, Any]:
        if key is None:
            raise actor.refused(NotFound(patients.UNKNOWN, code="unknown_patient"), exporting.ACTION, "patient")
        return exporting.of_patient(session, actor=actor, patient_id=key)

    return await _answer(request, work, f"patient-{key}")


async def of_me(request: Request) -> Response:
    return await _answer(request, lambda session, actor: exporting.of_me(session, actor=actor), "my-data")


async def _answer(request: Request, work: Any, name: str) -> Response:
    try:
        principal = await sessions.principal_of(request)
        if principal is None:
            raise ANONYMOUS.refused(NotSignedIn(), exporting.ACTION, "patient")
        limits.hit("export", str(principal.user_id))
        found = await commit(lambda session: work(session, principal.actor))
    except DomainError as error:
        return plain.refusal(await noted(error))
    if request.query_params.get("form") == "json":
        file = await on_thread(json.dumps, found, ensure_ascii=False, indent=2)
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}.json"'}
        return Response(file, media_type="application/json; charset=utf-8", headers=headers)
    return Response(await on_thread(export_page.written, found), media_type="text/html; charset=utf-8", headers=HEADERS)
