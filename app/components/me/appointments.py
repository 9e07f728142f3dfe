"""The appointments of everybody on an account."""

from collections.abc import Sequence
from datetime import datetime

from nicegui import html

from app.components import words as common
from app.components.frame import icon
from app.components.words import booking as words
from app.models import AppointmentStatus
from app.services.appointments import AppointmentView

MOST_PAST = 5


def draw(found: Sequence[AppointmentView], now: datetime, zone: str) -> None:
    """What is to come, and a few of the last."""
    coming = [one for one in found if one.status is AppointmentStatus.BOOKED and one.ends_at > now]
    here = [one for one in found if one.status is AppointmentStatus.CHECKED_IN]
    past = [one for one in found if one not in coming and one not in here][:MOST_PAST]
    if coming or here:
        with html.div().classes("docs"):
            for one in (*here, *coming):
                _card(one, zone)
    else:
        with html.div().classes("card empty"):
            icon("clock")
            html.b(words.NONE_COMING)
            html.p(words.NONE_COMING_TEXT)
    if past:
        with html.div().classes("each"), html.details():
            html.summary(words.PAST)
            with html.div().classes("docs"):
                for one in past:
                    _card(one, zone, state=one.status.label)


def _card(one: AppointmentView, zone: str, state: str = "") -> None:
    with html.a().classes("doc") as card:
        card.props.update({"href": f"/a/{one.link}", "data-focus": f"appointment-{one.id}"})
        html.span(common.initials(one.patient_name)).classes("avatar").props("aria-hidden=true")
        with html.span().classes("grow"):
            html.b(words.when(one.starts_at, zone))
            with html.span().classes("sub"):
                html.bdi(one.doctor_name)
                html.span(" · ")
                html.bdi(one.patient_name)
            if state:
                html.span(state).classes("sub")
        icon("right")
