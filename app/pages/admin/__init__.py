"""The admin's pages: today at a glance, lists with an editor beside them, and the clinic's settings."""

from collections.abc import Sequence

from nicegui import html

from app import events
from app.components.frame import live_dot, staff_frame
from app.components.overview import Look, Numbers, Queues
from app.components.words import overview as words
from app.models import Role
from app.services import overview
from app.services.board import QueueView
from app.web.page import page, visit
from app.web.sections import queues_section, section

ADMIN = frozenset({Role.ADMIN})


@page("/admin", allow=ADMIN)
async def admin() -> None:
    actor = visit().actor
    with staff_frame(words.TITLE, current="/admin") as top:
        with top:
            live_dot()
        with html.div().classes("page"):
            numbers, look, table = Numbers(), Look(), Queues()

    def show(queues: Sequence[QueueView]) -> None:
        numbers.show(queues)
        look.hear(queues)
        table.show(queues)

    await queues_section(show)
    changes = (events.PeopleChanged, events.DoctorsChanged, events.DevicesChanged, events.ClinicChanged)
    await section(lambda session: overview.attention(session, actor=actor), look.show, on=changes)
