"""The live ticket: the link is the permission, and shows this one ticket only."""

from fastapi import Response

from app.components.patient.ticket import Ticket, ticket_page
from app.components.words.patient import GET_NEW, TICKET
from app.errors import NotFound
from app.services import policy, tickets, verbs
from app.services.policy import Verb
from app.services.tickets import TicketView
from app.web import plain
from app.web.actions import commit, fetch
from app.web.page import PUBLIC, page


@page("/t/{link}", allow=PUBLIC)
async def ticket(link: str) -> Response | None:
    try:
        mine = await load(link)
    except NotFound as error:
        return plain.refusal(error, way=("/join-queue", GET_NEW))
    ticket_page(mine)
    Ticket(load, act).show(mine)
    return None


async def load(link: str) -> TicketView:
    return await fetch(lambda session: tickets.by_link(session, link))


async def still_open(links: list[str]) -> list[dict[str, str]]:
    """What the patient reads of those tickets of a device that are open."""
    found = await fetch(lambda session: tickets.still_open(session, links))
    return [
        {"link": link, "token": token, "status": TICKET.get(f"{status}_chip", status.label)}
        for link, token, status in found
    ]


async def act(link: str, verb: Verb) -> None:
    """Do what the holder of the link asks for. Raises the sentence why not."""
    actor = policy.link_holder(link)
    await commit(
        lambda session: verbs.perform(session, actor=actor, entry_id=tickets.entry_of(session, link), verb=verb)
    )
