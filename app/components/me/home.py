"""The parts of a patient's own page."""

from collections.abc import Mapping, Sequence
from datetime import date

from nicegui import html

from app.components import chips
from app.components import words as common
from app.components.frame import icon
from app.components.words import me as words
from app.models import Status
from app.services.board import EntryView, QueueView
from app.services.families import Person
from app.services.my_visits import OpenVisit, PastVisit


def tickets(queues: Sequence[QueueView], mine: Sequence[OpenVisit]) -> None:
    """The open tickets, with what the queues say of them."""
    if not mine:
        with html.div().classes("card empty"):
            icon("ticket")
            html.b(words.NONE_NOW)
            html.p(words.NONE_NOW_TEXT)
        return
    there = {entry.entry_id: entry for queue in queues for entry in queue.entries}
    with html.div().classes("docs"):
        for visit in mine:
            _ticket(visit, there)


def _ticket(visit: OpenVisit, there: Mapping[int, EntryView]) -> None:
    entry = there.get(visit.entry_id)
    status = entry.status if entry else visit.status
    room = entry.room if entry else visit.room
    with html.a().classes("doc") as card:
        card.props.update({"href": f"/t/{visit.link}", "data-focus": f"ticket-{visit.entry_id}"})
        _face(visit.patient_name)
        with html.span().classes("grow"):
            with html.b():
                html.bdi(visit.token)
                html.span(" · ")
                html.bdi(visit.patient_name)
            html.span(visit.doctor_name).classes("sub")
            in_reach = status in (Status.CALLED, Status.IN_PROGRESS)
            chips.status_chip(status, words.room(room) if room and in_reach else "")
        if status is Status.WAITING and entry and entry.position:
            with html.span().classes("wait"):
                html.b(common.wait(entry.wait))
                html.span(words.before(entry.position - 1)).classes("sub")


def people(everybody: Sequence[Person], today: date) -> None:
    """Who is on the account, each a way to what the clinic knows of them."""
    with html.div().classes("docs"):
        for person in everybody:
            with html.a().classes("doc") as card:
                card.props["href"] = "/me/profile" if person.is_own else f"/me/people/{person.patient_id}"
                _face(person.name)
                with html.span().classes("grow"):
                    with html.b():
                        html.bdi(person.name)
                    age = chips.years(person.born, today) if person.born else None
                    html.span(words.about(person.is_own, age)).classes("sub")
                icon("right")


def visits(past: Sequence[PastVisit], *, names: bool) -> None:
    """Visits that are over; with `names` where there is more than one person whose they may be."""
    with html.table().classes("tbl"):
        with html.thead().classes("vh"), html.tr():
            html.th(words.WHO).props("scope=col")
            html.th(words.HOW).props("scope=col")
        with html.tbody():
            for visit in past:
                _visit(visit, names=names)


def _visit(visit: PastVisit, *, names: bool) -> None:
    with html.tr():
        with html.td():
            html.b(visit.doctor_name)
            with html.span().classes("sub"):
                html.bdi(visit.token)
                if names:
                    html.span(" · ")
                    html.bdi(visit.patient_name)
        with html.td().classes("r"):
            html.div(words.short_day(visit.date))
            chips.status_chip(visit.status)


def no_visits() -> None:
    with html.div().classes("empty"):
        icon("history")
        html.b(words.NO_VISITS)
        html.p(words.NO_VISITS_TEXT)


def _face(name: str) -> None:
    html.span(common.initials(name)).classes("avatar").props("aria-hidden=true")
