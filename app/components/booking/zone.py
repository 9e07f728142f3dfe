"""A line for browsers in another time zone than the clinic."""

from nicegui import ui

from app.components.words import booking as words
from app.web.page import visit


class ClinicTime(ui.element, component="zone.js"):
    def __init__(self) -> None:
        super().__init__()
        zone = visit().clinic.timezone
        self.props["zone"] = zone
        self.props["text"] = words.BOOK["clinic_time"].format(zone=words.place(zone))
