"""What the clinic hands out on paper: the ticket and the poster for the door."""

from datetime import datetime

import segno
from nicegui import html, ui

from app import clock
from app.components import words as common
from app.components.chips import Text
from app.components.frame import icon
from app.components.words import patient, screen
from app.services.tickets import TicketView
from app.settings import settings

PRINT_NOW = "() => window.print()"
WHEN_READY = "document.fonts.ready.then(() => setTimeout(() => window.print(), 300))"
QUIET_ZONE = 4  # modules; a camera needs the white edge


def ticket(mine: TicketView, clinic: str, zone: str, *, roll: bool) -> None:
    """Token, doctor, facts with their time, QR. No name and no reason: paper gets lost."""
    at = clock.at_clinic(clock.now(), zone)
    with html.div().classes("paper roll" if roll else "paper"):
        with html.div().classes("h"):
            html.b(clinic)
            html.span(f"{at:%a} {at.day} {at:%b}, {at:%H:%M}")
        Text("h1", mine.token).classes("no")
        html.div(mine.doctor_name).classes("dr")
        with html.div().classes("f"):
            for label, fact in _facts(mine, at, zone):
                with html.div():
                    html.span(label)
                    html.b(fact)
        with html.div().classes("q"):
            _qr(f"/t/{mine.link}", screen.QR_OF_TICKET)
            with html.p():
                html.b(screen.SEE_LIVE)
                html.span(screen.SEE_LIVE_HOW)
        with html.div().classes("n"):
            html.span(screen.NO_PHONE)
            html.b(f"{mine.token}.")


def poster(clinic: str, doctor: str, path: str) -> None:
    """The QR code at the door: who scans it comes to `path`."""
    with html.div().classes("paper poster"):
        with html.div().classes("h"):
            html.b(clinic)
        Text("h1", screen.POSTER_HEAD)
        html.div(doctor).classes("dr")
        _qr(path, screen.QR_OF_JOINING)
        html.p(screen.POSTER_HOW)
        with html.div().classes("n"):
            html.b(settings().public_url.split("//", 1)[-1] + path)
            html.p(screen.POSTER_NO_PHONE)


def print_button(word: str) -> None:
    with html.button().classes("btn primary").props("type=button") as button:
        icon("print")
        html.span(word)
    button.on("click", js_handler=PRINT_NOW)


def print_when_ready() -> None:
    """Open the browser's print window by itself."""
    ui.run_javascript(WHEN_READY)


def _facts(mine: TicketView, at: datetime, zone: str) -> tuple[tuple[str, str], tuple[str, str]]:
    if mine.position is None:
        came = clock.at_clinic(mine.joined_at, zone)
        where = mine.status.label + (f" · {patient.room(mine.room)}" if mine.room else "")
        return (screen.at(f"{at:%H:%M}"), where), (screen.CAME_AT, f"{came:%H:%M}")
    before = mine.position - 1
    return (
        (screen.before_you_at(f"{at:%H:%M}"), screen.people(before) if before else screen.YOU_ARE_NEXT),
        (screen.WAIT_THEN, common.wait(mine.wait)),
    )


def _qr(path: str, name: str) -> None:
    """Holds nothing but our own address, so it may go in as it is."""
    code = segno.make(settings().public_url + path, error="m", micro=False)
    svg = code.svg_inline(border=QUIET_ZONE, light="#fff", omitsize=True, title=name)
    ui.html(svg, sanitize=False).classes("contents")
