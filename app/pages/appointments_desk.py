"""`/reception/appointments`: who is booked with whom, for the desk; and the slip that it prints."""

from functools import partial
from typing import Annotated

from fastapi import Query
from nicegui import html

from app import events
from app.components import desk_appointments_top as top_bar
from app.components import desk_paper, doctor_keys
from app.components.desk_appointments import Appointments
from app.components.desk_appointments_book import book
from app.components.desk_appointments_slip import slip
from app.components.frame import bare_frame, live_dot, staff_frame
from app.components.words import desk_appointments as words
from app.components.words import screen
from app.errors import NotFound
from app.pages.reception import DESK
from app.services import appointments, booking
from app.web.actions import fetch
from app.web.numbers import number
from app.web.page import page, visit
from app.web.sections import section

PATH = "/reception/appointments"
CHANGES = (events.SlotsChanged, events.QueueChanged, events.PeopleChanged)


@page(PATH, allow=DESK, title=words.TITLE, stay=180)
async def appointments_of_a_day() -> None:
    with staff_frame(words.TITLE, current=PATH, shortcuts=partial(doctor_keys.explain, words.KEYS)) as top:
        with html.div().classes("page tight"):
            desk = Appointments()
        with top:
            next(iter(top)).classes(remove="grow")
            top_bar.search()
            top_bar.book_button(book)
            live_dot()
    desk.follow(await section(desk.load, desk.show, on=CHANGES))


@page("/reception/appointments/{appointment_id}/print", allow=DESK)
async def print_slip(appointment_id: str, auto: Annotated[str | None, Query()] = None) -> None:
    """Paper for somebody without a phone: when, where, with whom. No name: paper gets lost."""
    actor, asked = visit().actor, number(appointment_id)
    if asked is None:
        raise NotFound(booking.UNKNOWN_APPOINTMENT, code="unknown_appointment")
    made = await fetch(lambda session: appointments.for_desk(session, actor=actor, appointment_id=asked))
    with bare_frame(words.SLIP_TITLE, "phone"), html.main().classes("stack"):
        with html.div().classes("tools center noprint"):
            desk_paper.print_button(words.SLIP)
            html.a(screen.BACK_TO_DESK).classes("btn").props(f"href={PATH}")
        slip(made, visit().clinic)
    if auto is not None:
        desk_paper.print_when_ready()
