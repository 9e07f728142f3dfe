"""The live ticket of whoever holds its link."""

from collections.abc import Awaitable, Callable
from html import escape

from nicegui import events, ui

from app import clock
from app.components import words
from app.components.patient.shell import icon, phone_page, reply
from app.components.theme import STATUS
from app.components.words import patient
from app.components.words.patient import TICKET
from app.errors import DomainError, NotFound
from app.models import Status
from app.services.policy import Verb
from app.services.tickets import TicketView
from app.web import payloads
from app.web.page import visit

WORDS = payloads.text({**patient.COMMON, **TICKET})
VERBS = {
    "coming": Verb.ANSWER,
    "back": Verb.ANSWER,
    "more": Verb.MORE_TIME,
    "here": Verb.RETURN,
    "leave": Verb.CANCEL,
    "restore": Verb.RESTORE,
}

Load = Callable[[str], Awaitable[TicketView]]
Act = Callable[[str, Verb], Awaitable[object]]


class Ticket(ui.element, component="ticket.js", dependencies=["phone.js", "takeover.js", "states.js"]):
    """Shows nothing until it has a ticket, so that a join can hand one over without another page."""

    def __init__(self, load: Load, act: Act) -> None:
        super().__init__()
        self._load, self._act = load, act
        self._link = ""
        clinic = visit().clinic
        self.props["words"] = WORDS
        self.props["page"] = payloads.text(
            {
                "clinic": clinic.name,
                "more_minutes": clinic.rules.more_time_minutes,
                "return_minutes": clinic.rules.return_delay_minutes,
            }
        )
        self.on("stale", self._refresh).on("act", self._asked)

    def show(self, mine: TicketView, refusal: str = "") -> None:
        self._link = mine.link
        reply(self, ticket=payloads.ticket(mine), refusal=refusal)

    async def _refresh(self, refusal: str = "") -> None:
        try:
            mine = await self._load(self._link)
        except NotFound as error:
            reply(self, ticket=None, gone=error.message)
        except DomainError as error:
            reply(self, ticket=None, refusal=error.message)
        else:
            self.show(mine, refusal)

    async def _asked(self, event: events.GenericEventArguments) -> None:
        verb = VERBS.get(event.args) if isinstance(event.args, str) else None
        if verb is None or not self._link:
            return
        try:
            await self._act(self._link, verb)
        except DomainError as error:
            await self._refresh(error.message)
        else:
            await self._refresh()


# The rest of a waiting ticket, as dead pictures: whatever is painted first must not move or grow later.
_SOUND_OFF = (
    f'<div class="note sound off">{icon("mute")}<span class="grow"><b>{TICKET["sound_off"]}</b><br>'
    f'{TICKET["sound_off_text"]}</span><span class="btn primary">{TICKET["turn_on"]}</span></div>'
)
_ACTIONS = (
    f'<div class="pair push"><span class="btn">{TICKET["more_time"]}</span>'
    f'<span class="btn">{TICKET["leave"]}</span></div><p class="foot-text">{TICKET["worse"]}</p>'
)


def ticket_page(mine: TicketView) -> None:
    """The title and the first picture of a ticket."""
    token = escape(mine.token)
    if mine.status is Status.CALLED:
        phone_page(TICKET["your_turn"], "<main></main>", over=_called(mine))
    elif mine.status is Status.WAITING:
        phone_page(mine.token, f"<main>{_waiting(mine)}</main>")
    else:
        look = STATUS[mine.status]
        phone_page(
            mine.token,
            f'<main><div class="idrow"><span class="muted">{TICKET["your_number"]}</span>'
            f"<b><bdi>{token}</bdi></b></div>"
            f'<section class="tk"><div class="msg {look.css}"><span class="disc">{icon(look.icon)}</span>'
            f"<h1>{TICKET[mine.status.value]}</h1></div></section></main>",
        )


def _waiting(mine: TicketView) -> str:
    before = max((mine.position or 1) - 1, 0)
    text = TICKET["person_before" if before == 1 else "people_before"]
    place = (
        f'<div class="pos"><h1 class="vh">{before} {text}</h1><span class="big" aria-hidden="true">{before}</span>'
        f'<span class="txt" aria-hidden="true">{text}</span></div>'
        if before
        else f'<div class="msg"><h1>{TICKET["next"]}</h1><p>{TICKET["next_text"]}</p></div>'
    )
    time_left = words.wait(mine.wait)
    if time_left[0].isdigit():
        time_left = TICKET["about"].format(range=time_left)
    return (
        f'<section class="tk"><div class="id"><span class="muted">{TICKET["your_number"]}</span>'
        f'<span class="no"><bdi>{escape(mine.token)}</bdi></span>'
        f'<span class="chip large st-waiting">{icon("clock")}{TICKET["waiting"]}</span></div>{place}'
        f'<div class="line" aria-hidden="true"><span class="bar"></span><i class="me">{TICKET["you"]}</i></div>'
        f"<dl><div><dt>{TICKET['time_left']}</dt><dd>{time_left}</dd></div>"
        f"<div><dt>{TICKET['you_will_see']}</dt><dd>{escape(mine.doctor_name)}</dd></div></dl></section>"
        f"{_standing(mine)}{_late(mine)}{_SOUND_OFF}{_ACTIONS}"
    )


def _standing(mine: TicketView) -> str:
    """What somebody with an appointment has to know who came early or late."""
    if mine.late:
        said = TICKET["late_now"]
    elif mine.call_from:
        said = TICKET["early"].format(time=f"{clock.at_clinic(mine.call_from, visit().clinic.timezone):%H:%M}")
    else:
        return ""
    return f'<p class="note">{icon("clock")}<span class="grow">{said}</span></p>'


def _late(mine: TicketView) -> str:
    if mine.promised_by is None or clock.now() < mine.promised_by:
        return ""
    return f'<p class="note">{icon("info")}<span class="grow">{TICKET["late"]}</span></p>'


def _called(mine: TicketView) -> str:
    where = (
        f'<div class="k">{TICKET["fetch"]}</div>'
        if mine.fetch
        else f'<div class="k">{icon("door")} {TICKET["go_to"]}</div>'
        f'<div class="room">{escape(patient.room(mine.room))}</div><div>{escape(mine.doctor_name)}</div>'
    )
    return (
        f'<div class="takeover on"><div class="ring">{icon("bell")}</div><h1>{TICKET["your_turn"]}</h1>'
        f'<div class="goto">{where}</div>'
        f'<div class="who">{TICKET["your_number"]}<span class="no">{escape(mine.token)}</span></div></div>'
    )
