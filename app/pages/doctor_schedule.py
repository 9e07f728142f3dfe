"""`/doctor/{doctor_id}/schedule`: when a doctor can be booked. Doctors change their own, admins everybody's."""

from fastapi import Response
from fastapi.responses import RedirectResponse
from nicegui import ui
from nicegui.events import GenericEventArguments

from app.components.dialogs import button
from app.components.forms import TARGET_VALUE, select
from app.components.frame import live_dot, staff_frame
from app.components.schedule import Schedule
from app.components.words import schedule as words
from app.errors import NotFound
from app.models import STAFF, Role
from app.services import doctors, schedules
from app.services.steps import UNKNOWN_DOCTOR
from app.web.actions import fetch
from app.web.numbers import number
from app.web.page import page, visit

PATH = "/schedules"
DESK = frozenset({Role.RECEPTION, Role.NURSE, Role.ADMIN})


@page(PATH, allow=DESK, title=words.SCHEDULES)
async def any_schedule() -> Response:
    """The first doctor's; the page leads to the others."""
    found = await fetch(doctors.working)
    if not found:
        raise NotFound(UNKNOWN_DOCTOR, code="unknown_doctor")
    return RedirectResponse(f"/doctor/{found[0]}/schedule", 303)


@page("/doctor/{doctor_id}/schedule", allow=STAFF, title=words.TITLE)
async def doctor_schedule(doctor_id: str) -> None:
    here, asked = visit(), number(doctor_id)
    if asked is None:
        raise NotFound(UNKNOWN_DOCTOR, code="unknown_doctor")
    plan = await fetch(lambda s: schedules.plan(s, actor=here.actor, doctor_id=asked))
    own = here.me.role is Role.DOCTOR
    colleagues = [] if own else await fetch(lambda s: schedules.colleagues(s, actor=here.actor))
    shown = Schedule(asked, plan.doctor_name, may_edit=own or here.me.role is Role.ADMIN)
    title, current = (words.MINE, f"/doctor/{asked}/schedule") if own else (words.SCHEDULES, PATH)
    subtitle = words.plan_of(plan.doctor_name) if shown.may_edit else words.ONLY_LOOK
    with staff_frame(title, current=current, subtitle=subtitle) as top:
        with top:
            if colleagues:
                _others(colleagues, asked)
            if shown.may_edit:
                button(words.ABSENT_TODAY, shown.absent_today)
            live_dot()
        await shown.build()


def _others(colleagues: list[tuple[int, str]], doctor_id: int) -> None:
    """The way to another doctor's schedule."""
    control = select("doctor", {str(each): name for each, name in colleagues}, str(doctor_id))
    control.props["aria-label"] = words.WHICH_DOCTOR

    def chosen(event: GenericEventArguments) -> None:
        asked = number(str(event.args))
        if asked is not None:
            ui.navigate.to(f"/doctor/{asked}/schedule")

    control.on("change", chosen, js_handler=TARGET_VALUE)
