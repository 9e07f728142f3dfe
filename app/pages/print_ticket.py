"""Paper: a ticket with its QR code, and the poster for the door."""

from typing import Annotated

from fastapi import Query
from nicegui import html

from app.components import desk_paper
from app.components.frame import bare_frame
from app.components.words import screen
from app.errors import NotFound
from app.models import STAFF
from app.services import steps, tickets
from app.services.tickets import TicketView
from app.web import live
from app.web.actions import fetch
from app.web.numbers import number
from app.web.page import PUBLIC, page, visit

Flag = Annotated[str | None, Query()]


@page("/t/{link}/print", allow=PUBLIC)
async def print_ticket(link: str, roll: Flag = None, auto: Flag = None) -> None:
    """The link is the permission. `?roll` is for an 80 mm printer, `?auto` opens the print window."""
    mine = await fetch(lambda session: tickets.by_link(session, link))
    _ticket(mine, back=f"/t/{mine.link}", word=screen.BACK_TO_TICKET, roll=roll is not None, auto=auto is not None)


@page("/reception/print/{entry_id}", allow=STAFF)
async def print_for_patient(entry_id: str, roll: Flag = None, auto: Flag = None) -> None:
    """The same paper for the desk, which knows the person and not the link."""
    actor = visit().actor
    asked = number(entry_id)
    if asked is None:
        raise NotFound(steps.UNKNOWN_ENTRY, code="unknown_entry")
    mine = await fetch(lambda session: tickets.for_staff(session, actor=actor, entry_id=asked))
    _ticket(mine, back="/reception", word=screen.BACK_TO_DESK, roll=roll is not None, auto=auto is not None)


@page("/poster", allow=STAFF)
async def poster(doctor: str = "") -> None:
    """`?doctor=1` leads to that doctor's queue, nothing and nonsense to the choice of all."""
    queues, asked = await live.queues(), number(doctor)
    chosen = (await live.queue(asked)).doctor if asked is not None else None
    path = f"/join-queue?doctor={chosen.id}" if chosen else "/join-queue"
    with bare_frame(screen.POSTER, "phone"), html.main().classes("stack"):
        with html.div().classes("tools center noprint"):
            desk_paper.print_button(screen.POSTER_PRINT)
            with html.nav().classes("seg").props(f'aria-label="{screen.POSTER_WHICH}"'):
                _choice("/poster", screen.POSTER_ALL, here=chosen is None)
                for queue in queues:
                    _choice(f"/poster?doctor={queue.doctor.id}", queue.doctor.name, here=queue.doctor == chosen)
            html.a(screen.BACK_TO_DESK).classes("btn").props("href=/reception")
        desk_paper.poster(visit().clinic.name, chosen.name if chosen else screen.POSTER_ALL, path)


def _ticket(mine: TicketView, *, back: str, word: str, roll: bool, auto: bool) -> None:
    clinic = visit().clinic
    with bare_frame(screen.print_title(mine.token), "phone"), html.main().classes("stack"):
        with html.div().classes("tools center noprint"):
            desk_paper.print_button(screen.PRINT_TICKET)
            html.a(word).classes("btn").props["href"] = back
        desk_paper.ticket(mine, clinic.name, clinic.timezone, roll=roll)
    if auto:
        desk_paper.print_when_ready()


def _choice(path: str, word: str, *, here: bool) -> None:
    html.a(word).props(f"href={path}{' aria-current=page' if here else ''}")
