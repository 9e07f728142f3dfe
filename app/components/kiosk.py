"""A kiosk: a doctor, a name, a ticket, and back to the start, where nothing of the last person is left."""

import re
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from nicegui import events, ui
from pydantic import BaseModel, Field, ValidationError

from app.components import qr
from app.components.patient.join import Wish
from app.components.patient.shell import reply
from app.components.words import devices as words
from app.services.board import QueueView
from app.services.tickets import TicketView
from app.web import payloads
from app.web.page import visit

WORDS = payloads.text(words.KIOSK)
KEY = re.compile(r"[\w-]{22,64}")


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no ticket, and at which field: `name`, or `page` for the whole."""

    field: str
    sentence: str


class Booked(BaseModel):
    """What somebody with an appointment types."""

    phone: str = Field(max_length=40)
    year: int = Field(ge=0, le=9999)
    key: str = ""


Join = Callable[[Wish], Awaitable[TicketView | Refused]]
Arrive = Callable[[Booked], Awaitable[TicketView | Refused]]


class Kiosk(ui.element, component="kiosk.js", dependencies=["patient/phone.js"]):
    """`join` and `arrive` answer the ticket, or why there is none. `arrive` is None where nobody books."""

    def __init__(
        self, queues: Sequence[QueueView], doctor_ids: Sequence[int], join: Join, arrive: Arrive | None = None
    ) -> None:
        super().__init__()
        self._join, self._arrive = join, arrive
        self.props["books"] = arrive is not None
        self.props["words"] = WORDS
        self.props["clinic"] = visit().clinic.name
        self.props["initial"] = payloads.text([payloads.doctor(queue) for queue in queues])
        self.show(doctor_ids)
        self.on("join", self._sent).on("arrive", self._comes).on("clear", self._clear, args=[])

    def show(self, doctor_ids: Sequence[int]) -> None:
        """From now on, these doctors; none means every one."""
        self.props["only"] = payloads.text(list(doctor_ids))

    async def _sent(self, event: events.GenericEventArguments) -> None:
        try:
            wish = Wish.model_validate(event.args)
        except ValidationError:
            reply(self, key="", errors={"page": words.KIOSK["slow"]})
            return
        if not KEY.fullmatch(wish.key):
            wish.key = secrets.token_urlsafe(24)
        self._answer(wish.key, await self._join(wish))

    async def _comes(self, event: events.GenericEventArguments) -> None:
        try:
            booked = Booked.model_validate(event.args)
        except ValidationError:
            reply(self, key="", errors={"page": words.KIOSK["slow"]})
            return
        if self._arrive and KEY.fullmatch(booked.key):
            self._answer(booked.key, await self._arrive(booked))

    def _answer(self, key: str, answer: TicketView | Refused) -> None:
        if isinstance(answer, Refused):
            reply(self, key=key, errors={answer.field: answer.sentence})
        else:
            reply(self, key=key, ticket=payloads.ticket(answer), qr=qr.picture(f"/t/{answer.link}"))

    def _clear(self) -> None:
        """The next person must not find the last one's ticket in the page."""
        self.props.pop("reply", None)
