"""The form that gives somebody a ticket: a doctor, a name, a button."""

import re
import secrets
from collections.abc import Awaitable, Callable, Sequence
from html import escape

from nicegui import events, ui
from pydantic import BaseModel, Field, ValidationError

from app import clock
from app.components import words
from app.components.chips import years
from app.components.patient.shell import (
    YOUR_TICKETS,
    Tickets,
    answer_mine,
    doctor_facts,
    doctors_about,
    doctors_payload,
    icon,
    phone_page,
    reply,
)
from app.components.words import me, patient
from app.components.words.patient import JOIN
from app.services.board import QueueView
from app.services.families import Person
from app.web import payloads
from app.web.page import visit

WORDS = payloads.text({**patient.COMMON, **JOIN})
NEW = -1  # as in join.js
KEY = re.compile(r"[\w-]{22,64}")


class Wish(BaseModel):
    """What the form sends. The browser may send anything, so everything has its bounds here."""

    doctor: int = Field(ge=1, le=2**31 - 1)
    person: int | None = Field(None, ge=1, le=2**31 - 1)
    name: str = Field(max_length=400)
    phone: str = Field("", max_length=80)
    needs: list[str] = Field(default_factory=list, max_length=8)
    key: str = ""


Join = Callable[[Wish], Awaitable[dict[str, str]]]


class JoinForm(ui.element, component="join.js", dependencies=["phone.js"]):
    """`join` answers what is wrong, by field (`page` for the whole), or nothing when it went well.

    `tickets` answers which of the links that this device remembers are still open. `people` are those of whoever is
    signed in.
    """

    def __init__(
        self,
        queues: list[QueueView],
        chosen: int | None,
        join: Join,
        tickets: Tickets,
        people: Sequence[Person] = (),
        *,
        books: bool = False,
    ) -> None:
        super().__init__()
        self._join = join
        self._key = secrets.token_urlsafe(24)
        page = {
            "clinic": visit().clinic.name,
            "doctor": chosen,
            "books": books,
            "key": self._key,
            "doctors": doctors_payload(queues),
            "about": doctors_about(queues),
            "people": [{"id": one.patient_id, "name": one.name, "about": _about(one)} for one in people],
        }
        self.props["words"] = WORDS
        self.props["page"] = payloads.text(page)
        self.on("join", self._sent)
        answer_mine(self, tickets)
        phone_page(JOIN["title"], _html(queues, chosen, people, books=books))

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


_NAME = (
    f'<label for="s-name">{JOIN["name"]}</label><input class="input" id="s-name" name="name" required'
    ' autocomplete="name" enterkeyhint="go" autocapitalize="words" maxlength="200" dir="auto">'
    f'<span class="hint">{JOIN["privacy"]}</span><span class="err"></span>'
)


def _html(queues: list[QueueView], chosen: int | None, people: Sequence[Person], *, books: bool) -> str:
    book = f'<a href="/book">{JOIN["book"]}</a>' if books else ""
    takes = [queue.doctor.id for queue in queues if queue.doctor.presence.takes_people]
    only = takes[0] if len(queues) == 1 and takes else None
    cards = "".join(_card(queue, (chosen if chosen in takes else only)) for queue in queues)
    nobody = "" if takes else f"<p>{JOIN['nobody']}</p>"
    return (
        f'<main>{YOUR_TICKETS}<h1 id="s-who">{JOIN["title"]}</h1>{nobody}'
        f'<div class="docs" role="radiogroup" aria-labelledby="s-who">{cards}</div><span class="err"></span>'
        f'{_whom(people)}<form class="field large" id="s-join" onsubmit="{_KEEP_TAP}">{"" if people else _NAME}</form>'
        "</main>"
        f'<footer><button class="btn primary block" form="s-join" name="go" data-busy="{JOIN["busy"]}">'
        f"{JOIN['submit']}</button>"
        f'<div class="foot-link"><span class="link">{JOIN["help"]}</span>{book}</div></footer>'
    )


def _card(queue: QueueView, chosen: int | None) -> str:
    doctor_id = queue.doctor.id
    state = "" if queue.doctor.presence.takes_people else " disabled"
    state += " checked" if doctor_id == chosen else ""
    more = ""
    if queue.doctor.biography:
        summary = JOIN["more_about"].format(name=escape(queue.doctor.name))
        more = f"<details><summary>{summary}</summary><p>{escape(queue.doctor.biography)}</p></details>"
    return (
        '<div class="each"><label class="doc">'
        f'<input type="radio" name="doctor" form="s-join" required value="{doctor_id}"{state}>'
        f"{doctor_facts(queue)}</label>{more}</div>"
    )


def _whom(people: Sequence[Person]) -> str:
    """For whom the ticket is, where somebody is signed in."""
    if not people:
        return ""
    cards = "".join(
        f'<label class="doc"><input type="radio" name="person" form="s-join" value="{number}"'
        f"{' checked' if len(people) == 1 else ''}>"
        f'<span class="avatar" aria-hidden="true">{escape(words.initials(person.name))}</span>'
        f'<span class="grow"><b><bdi>{escape(person.name)}</bdi></b>'
        f'<span class="sub">{escape(_about(person))}</span></span></label>'
        for number, person in enumerate(people)
    )
    other = (
        f'<label class="doc"><input type="radio" name="person" form="s-join" value="{NEW}">'
        f'<span class="avatar" aria-hidden="true">{icon("plus")}</span>'
        f'<b class="grow">{JOIN["somebody_else"]}</b></label>'
    )
    return (
        f'<h2 id="s-whom">{JOIN["for_whom"]}</h2>'
        f'<div class="docs" role="radiogroup" aria-labelledby="s-whom">{cards}{other}</div><span class="err"></span>'
    )


def _about(person: Person) -> str:
    today = clock.at_clinic(clock.now(), visit().clinic.timezone).date()
    return me.about(person.is_own, years(person.born, today) if person.born else None)
