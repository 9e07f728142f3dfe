"""The waiting-room screen: one element, drawn in the browser from the public snapshots."""

import json
from collections.abc import Sequence
from html import escape

from nicegui import ui

from app import clock
from app.components.words import screen
from app.services.board import QueueView
from app.web import rooms
from app.web.page import Visit

SCALES = ("1", "1.25", "1.5")


class Display(ui.element, component="display.js"):
    """Shows the calls of `queues`; with `everyone` it follows when doctors come and go."""

    def __init__(self, clinic: str, queues: Sequence[QueueView], *, everyone: bool, scale: str) -> None:
        super().__init__()
        self._props["clinic"] = clinic
        self._props["queues"] = json.dumps([queue.doctor.id for queue in queues])
        self._props["initial"] = json.dumps([rooms.encoded(queue) for queue in queues])
        self._props["everyone"] = everyone
        self._props["scale"] = float(scale)
        self._props["words"] = json.dumps(screen.DISPLAY)

    def show(self, queues: Sequence[QueueView], *, everyone: bool) -> None:
        """From now on, these queues instead."""
        self.props["queues"] = json.dumps([queue.doctor.id for queue in queues])
        self.props["everyone"] = everyone


def splash(here: Visit) -> None:
    """The empty screen, painted before any script runs."""
    time = clock.at_clinic(clock.now(), here.clinic.timezone)
    ui.add_body_html(
        '<div id="splash" class="tv"><div class="wrap"><header>'
        f'<span>{escape(here.clinic.name)}</span><span class="ok"></span><span class="clk">{time:%H:%M}</span>'
        "</header></div></div>"
    )
