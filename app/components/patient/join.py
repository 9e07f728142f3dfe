"""The form that gives somebody a ticket: a doctor, a name, a button."""

import re
import secrets
from collections.abc import Awaitable, Callable

from nicegui import events, ui
from pydantic import BaseModel, Field, ValidationError

from app.components.patient.shell import (
    YOUR_TICKETS,
    Tickets,
    answer_mine,
    doctor_facts,
    doctors_payload,
    phone_page,
    reply,
)
from app.components.words import patient
from app.components.words.patient import JOIN
from app.services.board import QueueView
from app.web import payloads
from app.web.page import visit

WORDS = payloads.text({**patient.COMMON, **JOIN})
KEY = re.compile(r"[\w-]{22,64}")


class Wish(BaseModel):
    """What the form sends. The browser may send anything, so everything has its bounds here."""

    doctor: int = Field(ge=1, le=2**31 - 1)
    name: str = Field(max_length=400)
    phone: str = Field("", max_length=80)
    needs: list[str] = Field(default_factory=list, max_length=8)
    key: str = ""


Join = Callable[[Wish], Awaitable[dict[str, str]]]


class JoinForm(ui.element, component="join.js", dependencies=["phone.js"]):
    """`join` answers what is wrong, by field (`page` for the whole), or nothing when it went well.

    `tickets` answers which of the links that this device remembers are still open.
    """

    def __init__(self, queues: list[QueueView], chosen: int | None, join: Join, tickets: Tickets) -> None:
        super().__init__()
        self._join = join
        self._key = secrets.token_urlsafe(24)
        page = {"clinic": visit().clinic.name, "doctor": chosen, "key": self._key}
        self.props["words"] = WORDS
        self.props["page"] = payloads.text({**page, "doctors": doctors_payload(queues)})
        self.on("join", self._sent)
        answer_mine(self, tickets)
        phone_page(JOIN["title"], _html(queues, chosen))

    async def _sent(self, event: events.GenericEventArguments) -> None:
        try:
            wish = Wish.model_validate(event.args)
        except ValidationError:
            reply(self, errors={"page": patient.COMMON["slow"]}, key=self._key)
            return
        if not KEY.fullmatch(wish.key):
            wish.key = self._key
        errors = await self._join(wish)
        if errors and not self.is_deleted:
            self._key = secrets.token_urlsafe(24)
            reply(self, errors=errors, key=self._key)


# A tap before any script of ours is kept for join.js, and says at once that it was.
_KEEP_TAP = (
    "const go=this.elements.go;this.dataset.sent=1;"
    "go.setAttribute('aria-busy','true');go.textContent=go.dataset.busy;return false"
)


def _html(queues: list[QueueView], chosen: int | None) -> str:
    takes = [queue.doctor.id for queue in queues if queue.doctor.presence.takes_people]
    only = takes[0] if len(queues) == 1 and takes else None
    cards = "".join(_card(queue, (chosen if chosen in takes else only)) for queue in queues)
    nobody = "" if takes else f"<p>{JOIN['nobody']}</p>"
    return (
        f'<main>{YOUR_TICKETS}<h1 id="s-who">{JOIN["title"]}</h1>{nobody}'
        f'<div class="docs" role="radiogroup" aria-labelledby="s-who">{cards}</div><span class="err"></span>'
        f'<form class="field large" id="s-join" onsubmit="{_KEEP_TAP}">'
        f'<label for="s-name">{JOIN["name"]}</label><input class="input" id="s-name" name="name" required'
        ' autocomplete="name" enterkeyhint="go" autocapitalize="words" maxlength="200" dir="auto">'
        f'<span class="hint">{JOIN["privacy"]}</span><span class="err"></span></form></main>'
        f'<footer><button class="btn primary block" form="s-join" name="go" data-busy="{JOIN["busy"]}">'
        f"{JOIN['submit']}</button>"
        f'<div class="foot-link"><span class="link">{JOIN["help"]}</span></div></footer>'
    )


def _card(queue: QueueView, chosen: int | None) -> str:
    doctor_id = queue.doctor.id
    state = "" if queue.doctor.presence.takes_people else " disabled"
    state += " checked" if doctor_id == chosen else ""
    return (
        f'<label class="doc"><input type="radio" name="doctor" form="s-join" required value="{doctor_id}"{state}>'
        f"{doctor_facts(queue)}</label>"
    )
