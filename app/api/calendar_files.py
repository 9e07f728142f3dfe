"""An appointment as a file for the patient's own calendar. The link is the permission."""

from fastapi import Request, Response
from nicegui import app

from app.db import Session
from app.errors import DomainError
from app.services import appointments, calendars, own_appointment, policy
from app.settings import settings
from app.web import edge, limits, plain
from app.web.actions import fetch, noted

PATH = "/a/{link}/calendar.ics"
HEADERS = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="appointment.ics"'}


def mount() -> None:
    app.add_api_route(PATH, of_appointment, methods=["GET"], include_in_schema=False)


async def of_appointment(request: Request, link: str) -> Response:
    def work(session: Session) -> bytes:
        mine = own_appointment.by_link(session, link)  # refuses what is over, erased or not quite this link
        address = f"{settings().public_url}/a/{mine.link}"
        return calendars.for_patient(appointments.by_link(session, mine.link), policy.clinic(session).name, address)

    try:
        limits.hit("page", edge.address_of(request.scope))
        file = await fetch(work)
    except DomainError as error:
        return plain.refusal(await noted(error))
    return Response(file, media_type="text/calendar; charset=utf-8", headers=HEADERS)
