"""`/doctor-history/{doctor_id}`: what was finished, cancelled, missed or moved, newest first."""

from nicegui import context, html

from app import events
from app.components.doctor_past import Past
from app.components.frame import icon, live_dot, staff_frame
from app.components.words import doctor as words
from app.models import CLOSED, STAFF, Role, Status
from app.pages.doctor import queue_for_me
from app.services.board import QueueView
from app.web.page import page, visit
from app.web.sections import section

_IN_ORDER = (Status.DONE, Status.CANCELLED, Status.NO_SHOW, Status.TRANSFERRED)


@page("/doctor-history/{doctor_id}", allow=STAFF, title=words.HISTORY)
async def doctor_history(doctor_id: str) -> None:
    queue = await queue_for_me(doctor_id)
    path = f"/doctor-history/{queue.doctor.id}"
    current = path if visit().me.role is Role.DOCTOR else "/reception"
    with staff_frame(words.HISTORY, current=current, subtitle=queue.doctor.name) as top:
        with top:
            live_dot()
            _back_link(queue)
        with html.div().classes("page tight"):
            asked = _asked_status()
            _filters(path, asked)
            past = Past(queue.doctor.id, asked)
    past.refresh = await section(past.load, past.show, on=events.QueueChanged)


def _asked_status() -> Status | None:
    request = context.client.request
    asked = request.query_params.get("status", "") if request else ""
    return Status(asked) if asked in CLOSED else None


def _filters(path: str, asked: Status | None) -> None:
    with html.div().classes("tools"), html.nav().classes("seg") as nav:
        nav.props["aria-label"] = words.FILTER
        for status in (None, *_IN_ORDER):
            address = f"{path}?status={status}" if status else path
            mark = " aria-current=page" if status is asked else ""
            html.a(status.label if status else words.ALL).props(f'href="{address}"{mark}')


def _back_link(queue: QueueView) -> None:
    with html.a().classes("btn").props(f'href="/doctor/{queue.doctor.id}"'):
        icon("left")
        html.span(words.BACK)
