"""The slip for somebody who has booked at the desk."""

from datetime import timedelta

from nicegui import html

from app import clock
from app.components import qr
from app.components.chips import Text
from app.components.words import desk_appointments as words
from app.components.words.staff import room
from app.services.appointments import AppointmentView
from app.services.clinic import ClinicView


def slip(made: AppointmentView, clinic: ClinicView) -> None:
    """Day, time, doctor, and the code that opens the appointment's page."""
    local = clock.at_clinic(made.starts_at, clinic.timezone)
    where = room(made.room) if made.room else words.AT_DESK
    come = local - timedelta(minutes=clinic.rules.check_in_from_minutes)
    with html.div().classes("paper"):
        with html.div().classes("h"):
            html.b(clinic.name)
            html.span(words.SLIP_TITLE)
        Text("h1", f"{local:%H:%M}").classes("no")
        html.div(words.day(local.date())).classes("dr")
        with html.div().classes("f"):
            for label, fact in (
                (words.DOCTOR, made.doctor_name),
                (words.ROOM, where),
            ):
                with html.div():
                    html.span(label)
                    html.b(fact)
        with html.div().classes("q"):
            qr.qr_code(f"/a/{made.link}", words.SLIP_QR)
            with html.p():
                html.b(words.SLIP_SCAN)
                html.span(words.PLEASE_COME.format(time=f"{come:%H:%M}"))
