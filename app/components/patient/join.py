"""The form that gives somebody a ticket: a doctor, a name, a button."""

import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import events, ui
from pydantic import BaseModel, Field, ValidationError

from app.components.patient.shell import doctor_facts, doctors_payload, phone_page
from app.components.words import patient
from app.components.words.patient import JOIN
from app.services.board import QueueView
from app.web import payloads
from app.web.page import visit

WORDS = payloads.text({**patient.COMMON, **JOIN})
KEY = re.compile(r"[\w-]{22,64}")
MOST_LINKS = 8


class Wish(BaseModel):
    """What the form sends. The browser may send anything, so everything has its bounds here."""

    doctor: int = Field(ge=1, le=2**31 - 1)
    name: str = Field(max_length=400)
    phone: str = Field("", max_length=80)
    needs: list[str] = Field(default_factory=list, max_length=8)
    key: str = ""


Join = Callable[[Wish], Awaitable[dict[str, str]]]
Tickets = Callable[[list[str]], Awaitable[list[dict[str, str]]]]


class JoinForm(ui.element, component="join.js", dependencies=["phone.js"]):
    """`join` answers what is wrong, by field (`page` for the whole), or nothing when it went well.

    `tickets` answers which of the links that this device remembers are still open.
    """

    def __init__(self, queues: list[QueueView], chosen: int | None, join: Join, tickets: Tickets) -> None:
        super().__init__()
        self._join, self._tickets = join, tickets
        self._key = secrets.token_urlsafe(24)
        page = {"clinic": visit().clinic.name, "doctor": chosen, "key": self._key}
        self.props["words"] = WORDS
        self.props["page"] = payloads.text({**page, "doctors": doctors_payload(queues)})
        self.on("join", self._sent).on("mine", self._asked)
        phone_page(JOIN["title"], _html(queues, chosen))

    async def _sent(self, event: events.GenericEventArguments) -> None:
        try:
            wish = Wish.model_validate(event.args)
        except ValidationError:
            self._reply(errors={"page": patient.COMMON["slow"]}, key=self._key)
            return
        if not KEY.fullmatch(wish.key):
            wish.key = self._key
        errors = await self._join(wish)
        if errors and not self.is_deleted:
            self._key = secrets.token_urlsafe(24)
            self._reply(errors=errors, key=self._key)

    async def _asked(self, event: events.GenericEventArguments) -> None:
        links = [link for link in event.args if isinstance(link, str)] if isinstance(event.args, list) else []
        self._reply(tickets=await self._tickets(links[:MOST_LINKS]))

    def _reply(self, **said: Any) -> None:
        self.props["reply"] = payloads.text({**said, "nonce": secrets.token_hex(4)})


def _html(queues: list[QueueView], chosen: int | None) -> str:
    takes = [queue.doctor.id for queue in queues if queue.doctor.presence.takes_people]
    only = takes[0] if len(queues) == 1 and takes else None
    cards = "".join(_card(queue, (chosen if chosen in takes else only)) for queue in queues)
    nobody = "" if takes else f"<p>{JOIN['nobody']}</p>"
    return (
        f'<main><h1 id="s-who">{JOIN["title"]}</h1>{nobody}'
        f'<div class="docs" role="radiogroup" aria-labelledby="s-who">{cards}</div><span class="err"></span>'
        '<form class="field large" id="s-join" onsubmit="this.dataset.sent=1;return false">'
        f'<label for="s-name">{JOIN["name"]}</label><input class="input" id="s-name" name="name"'
        ' autocomplete="name" enterkeyhint="go" autocapitalize="words" maxlength="200" dir="auto">'
        f'<span class="hint">{JOIN["privacy"]}</span><span class="err"></span></form></main>'
        f'<footer><button class="btn primary block" form="s-join">{JOIN["submit"]}</button>'
        f'<div class="foot-link"><span class="link">{JOIN["help"]}</span></div></footer>'
    )


def _card(queue: QueueView, chosen: int | None) -> str:
    doctor_id = queue.doctor.id
    state = "" if queue.doctor.presence.takes_people else " disabled"
    state += " checked" if doctor_id == chosen else ""
    return (
        f'<label class="doc"><input type="radio" name="doctor" value="{doctor_id}"{state}>{doctor_facts(queue)}</label>'
    )
