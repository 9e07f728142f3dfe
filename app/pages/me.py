"""A patient's own page: the open tickets of the family on this account."""

from nicegui import html

from app import events
from app.components.frame import icon, phone_frame
from app.components.words import SIGN_OUT
from app.components.words import patient as words
from app.components.words.patient import HOME
from app.models import Role
from app.services import patients
from app.web.page import page, visit
from app.web.sections import section


@page("/me", allow=frozenset({Role.PATIENT}))
async def me() -> None:
    here = visit()
    actor = here.actor
    with phone_frame(words.ME_TITLE):
        with html.main().props("id=main"):
            html.h1(words.ME_HELLO.format(name=here.me.name))
            html.h2(words.ME_OPEN)
            await section(lambda session: patients.tickets_of(session, actor=actor), _draw, on=events.QueueChanged)
        with html.footer():
            html.a(HOME["join"]).classes("btn primary block").props('href="/join-queue"')
            with html.form().props('action="/logout" method="post"').classes("foot-link"):
                html.button(SIGN_OUT).classes("link").props("type=submit")


def _draw(tickets: list[tuple[str, str]]) -> None:
    if not tickets:
        with html.div().classes("empty"):
            icon("ticket")
            html.b(words.ME_NONE)
            html.p(words.ME_NONE_TEXT)
        return
    with html.div().classes("docs"):
        for token, link in tickets:
            with html.a().classes("doc").props(f'href="/t/{link}" data-focus="{link}"'):
                with html.span().classes("avatar"):
                    icon("ticket")
                with html.span().classes("grow"):
                    html.b(token)
                    html.span(words.ME_OPEN_TICKET).classes("sub")
