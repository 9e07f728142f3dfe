"""The clinic's front page."""

from html import escape

from nicegui import ui

from app.components.patient.shell import (
    YOUR_TICKETS,
    Tickets,
    answer_mine,
    doctor_facts,
    doctors_about,
    doctors_payload,
    phone_page,
)
from app.components.words import patient
from app.components.words.patient import HOME
from app.services.board import QueueView
from app.web import payloads
from app.web.page import visit

WORDS = payloads.text({**patient.COMMON, **HOME})


class Home(ui.element, component="home.js", dependencies=["phone.js"]):
    """Every doctor with the line and the wait, live. `way` is where the link at the bottom leads; `books`: people can
    book visits here."""

    def __init__(self, queues: list[QueueView], way: str, way_text: str, tickets: Tickets, *, books: bool) -> None:
        super().__init__()
        here = visit()
        register = here.principal is None and here.clinic.rules.patients_may_register
        page = {"clinic": here.clinic.name, "way": way, "way_text": way_text, "register": register, "books": books}
        self.props["words"] = WORDS
        self.props["page"] = payloads.text({**page, "doctors": doctors_payload(queues), "about": doctors_about(queues)})
        answer_mine(self, tickets)
        phone_page(HOME["title"], _html(queues, way, way_text, register=register, books=books), home=True)


def _html(queues: list[QueueView], way: str, way_text: str, *, register: bool, books: bool) -> str:
    more = f'<a href="/register">{HOME["register"]}</a>' if register else ""
    book = f'<a class="btn block" href="/book">{HOME["book"]}</a>' if books else ""
    nobody = "" if queues else f"<p>{HOME['nobody']}</p>"
    return (
        f'<main>{YOUR_TICKETS}<section class="hero"><h1>{HOME["title"]}</h1><p>{HOME["lead"]}</p>'
        f'<a class="btn primary block" href="/join-queue">{HOME["join"]}</a>{book}</section>'
        f'<section class="stack"><h2>{HOME["doctors"]}</h2>{nobody}'
        f'<div class="docs">{"".join(map(_card, queues))}</div></section></main>'
        f'<footer class="plain"><div class="foot-link"><a href="{escape(way)}">{way_text}</a>{more}</div></footer>'
    )


def _card(queue: QueueView) -> str:
    if queue.doctor.presence.takes_people:
        return f'<a class="doc" href="/join-queue?doctor={queue.doctor.id}">{doctor_facts(queue)}</a>'
    return f'<div class="doc off">{doctor_facts(queue)}</div>'
