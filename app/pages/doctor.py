"""`/doctor/{doctor_id}`: the queue of one doctor, live, for that doctor and for the desk."""

from nicegui import html

from app.components import doctor_keys
from app.components.doctor_line import Line
from app.components.doctor_news import News
from app.components.doctor_now import Now
from app.components.doctor_part import Shows
from app.components.doctor_top import Opening, Tiles
from app.components.frame import icon, live_dot, staff_frame, today
from app.components.words import doctor as words
from app.errors import NotFound
from app.models import STAFF, Role
from app.services import policy
from app.services.board import QueueView
from app.services.policy import Verb
from app.web import live
from app.web.actions import fetch
from app.web.numbers import number
from app.web.page import page, visit
from app.web.sections import queue_section


@page("/doctor/{doctor_id}", allow=STAFF, title=words.MY_QUEUE, stay=180)
async def doctor(doctor_id: str) -> None:
    queue = await queue_for_me(doctor_id)
    here = visit()
    own = here.me.doctor_id == queue.doctor.id
    title = words.MY_QUEUE if own else queue.doctor.name
    subtitle = " · ".join(part for part in (today(here), queue.doctor.specialization) if part)
    with staff_frame(title, current=menu_path(queue), subtitle=subtitle, shortcuts=doctor_keys.explain) as top:
        with top:
            live_dot()
            if not own:
                history_link(queue)
            opening = Opening(queue.doctor.id)
        with html.div().classes("page"):
            parts: list[Shows] = [opening, News(title), Tiles(own=own)]
            with html.div().classes("dash"):
                parts += [Now(), Line()]
            doctor_keys.legend()

    def show(view: QueueView) -> None:
        for part in parts:
            part.show(view)

    await queue_section(queue.doctor.id, show)


async def queue_for_me(doctor_id: str) -> QueueView:
    """The queue behind a path's id, if whoever looks may see it. Raises NotFound otherwise."""
    actor, asked = visit().actor, number(doctor_id)
    if asked is None:
        raise NotFound("We can't find that doctor.", code="unknown_doctor")
    await fetch(lambda session: policy.require(session, actor, Verb.SEE, asked))
    return await live.queue(asked)


def menu_path(queue: QueueView) -> str:
    """Where the menu stands: a doctor in their own queue, everybody else at the desk."""
    return f"/doctor/{queue.doctor.id}" if visit().me.role is Role.DOCTOR else "/reception"


def history_link(queue: QueueView) -> None:
    with html.a().classes("btn").props(f'href="/doctor-history/{queue.doctor.id}"'):
        icon("history")
        html.span(words.HISTORY)
