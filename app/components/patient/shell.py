"""The page around a patient's element, and the same picture in plain HTML for the time before scripts run."""

import secrets
from collections.abc import Awaitable, Callable, Iterable
from html import escape
from typing import Any

from nicegui import events, ui

from app import clock
from app.components import words
from app.components.theme import Icon
from app.components.words import patient
from app.services.board import QueueView
from app.web import payloads, template
from app.web.page import visit

Tickets = Callable[[list[str]], Awaitable[list[dict[str, str]]]]
MOST_LINKS = 8


def phone_page(title: str, body: str, *, home: bool = False, over: str = "") -> None:
    """Set the title and show `body` (HTML, escaped by its maker) until the element of the page has mounted.

    `over` is what covers the whole phone.
    """
    here = visit()
    ui.page_title(f"{title} – {here.clinic.name}")
    ui.add_head_html(
        f'{template.MARK}<meta name="server-time" content="{clock.now().isoformat()}">'
        f'<script data-zone="{escape(here.clinic.timezone)}">'
        "document.documentElement.dataset.zone=document.currentScript.dataset.zone</script>"
    )
    ui.add_body_html(
        f'<div id="splash"><div class="ph{" home" if home else ""}"><header><a class="row grow home" href="/">'
        f'<span class="logo">{icon("ticket")}</span><b>{escape(here.clinic.name)}</b></a>'
        f'<span class="live wait">{patient.COMMON["connecting"]}</span></header>{body}</div>{over}</div>'
        '<script>document.body.classList.add("phone")</script>'
    )


def icon(name: Icon) -> str:
    return f'<i class="ic ic-{name}" aria-hidden="true"></i>'


# What this device remembers is known before any script of ours: nothing moves when phone.js takes over.
YOUR_TICKETS = (
    f'<nav class="stack" aria-label="{patient.COMMON["your_tickets"]}" hidden><a class="note">{icon("ticket")}'
    f'<span class="grow"><b>{patient.COMMON["your_ticket_is"]}</b></span>{icon("right")}</a></nav><script>{{'
    "const nav=document.currentScript.previousElementSibling,row=nav.firstChild;row.remove();"
    'try{for(const link of JSON.parse(localStorage.getItem("mediqueue-tickets")).slice(0,8))'
    '{const a=row.cloneNode(true);a.href="/t/"+encodeURIComponent(link);nav.append(a);nav.hidden=false}}catch{}'
    "}</script>"
)


def reply(element: ui.element, **said: Any) -> None:
    """Tell the browser's half of `element` something, also when it is the same as before."""
    if not element.is_deleted:
        element.props["reply"] = payloads.text({**said, "nonce": secrets.token_hex(4)})


def answer_mine(element: ui.element, tickets: Tickets) -> None:
    """Let `element` show YourTickets: `tickets` answers which of the links of this device are still open."""

    async def asked(event: events.GenericEventArguments) -> None:
        links = [link for link in event.args if isinstance(link, str)] if isinstance(event.args, list) else []
        reply(element, tickets=await tickets(links[:MOST_LINKS]))

    element.on("mine", asked)


def doctors_payload(queues: Iterable[QueueView]) -> list[payloads.Json]:
    return [payloads.doctor(queue) for queue in queues]


def doctors_about(queues: Iterable[QueueView]) -> payloads.Json:
    """By doctor, for those of whom there is something to say."""
    return {
        str(queue.doctor.id): payloads.about(queue)
        for queue in queues
        if queue.doctor.languages or queue.doctor.biography
    }


def doctor_facts(queue: QueueView) -> str:
    """The inside of a doctor's card."""
    doctor = queue.doctor
    sub = patient.presence(doctor.presence, queue.zone) or doctor.specialization
    speaks = patient.COMMON["speaks"].format(languages=escape(doctor.languages))
    facts = (
        f'<span class="avatar" aria-hidden="true">{escape(words.initials(doctor.name))}</span>'
        f'<span class="grow"><b>{escape(doctor.name)}</b><span class="sub">{escape(sub)}</span>'
        + (f'<span class="sub">{speaks}</span>' if doctor.languages else "")
        + "</span>"
    )
    if not doctor.presence.takes_people:
        return facts
    wait = words.wait(queue.next_wait)
    return (
        f'{facts}<span class="wait"><b>{wait}</b>'
        f'<span class="sub">{patient.waiting(queue.stats.waiting_count)}</span></span>'
    )
