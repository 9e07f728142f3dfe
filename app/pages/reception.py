"""`/reception`: the front desk, for everybody who has no phone and for everything that goes wrong."""

from functools import partial

from nicegui import html

from app import events
from app.components import desk_top, doctor_keys
from app.components.desk import Desk
from app.components.desk_add import add_walk_in
from app.components.frame import live_dot, staff_frame
from app.components.words import desk as words
from app.models import Role
from app.web.page import page
from app.web.sections import queues_section, section

DESK = frozenset({Role.RECEPTION, Role.NURSE, Role.ADMIN})


@page("/reception", allow=DESK, title=words.TITLE, stay=180)
async def reception() -> None:
    with staff_frame(words.TITLE, current="/reception", shortcuts=partial(doctor_keys.explain, words.KEYS)) as top:
        with html.div().classes("page tight"):
            desk = Desk()
        with top:
            next(iter(top)).classes(remove="grow")
            desk_top.search(desk.scanned)
            desk_top.add_button(add_walk_in)
            live_dot()
    await queues_section(desk.show)
    await section(desk.next.load, desk.next.show, on=(events.SlotsChanged, events.PeopleChanged))
    desk.follow(await section(desk.load, desk.show_finished, on=events.QueueChanged))
