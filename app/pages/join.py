"""Joining a queue from the phone, and the ticket that comes out of it, in one document."""

from app.components.patient.join import JoinForm, Wish
from app.components.patient.ticket import Ticket
from app.errors import DomainError
from app.models import Need
from app.pages.ticket import act, load, still_open
from app.services import joining
from app.services.joining import Newcomer
from app.web import limits, live
from app.web.actions import commit
from app.web.page import PUBLIC, page, visit

NEEDS = {need.value: need for need in (Need.DEAF, Need.BLIND, Need.WHEELCHAIR, Need.CHILD)}
FIELDS = {"bad_phone": "phone", "missing": "name", "too_long": "name"}


@page("/join-queue", allow=PUBLIC)
async def join(doctor: str = "") -> None:
    here = visit()
    actor, address = here.actor, here.address

    async def submitted(wish: Wish) -> dict[str, str]:
        try:
            limits.hit("join", address)
            limits.hit("join-queue", str(wish.doctor))
            who = _newcomer(wish)
            link = await commit(
                lambda session: joining.link_once(session, actor=actor, doctor_id=wish.doctor, who=who, key=wish.key)
            )
            mine = await load(link)
        except DomainError as error:
            return {FIELDS.get(error.code, "page"): error.message}
        ticket.show(mine)
        if not form.is_deleted:  # the other half of a double tap was faster
            form.delete()
        return {}

    chosen = int(doctor) if doctor.isdecimal() and len(doctor) < 10 else None
    form = JoinForm(await live.queues(), chosen, submitted, still_open)
    ticket = Ticket(load, act)


def _newcomer(wish: Wish) -> Newcomer:
    return Newcomer(
        name=wish.name,
        phone=wish.phone,
        needs=[NEEDS[need] for need in wish.needs if need in NEEDS],
    )
