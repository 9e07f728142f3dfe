"""Joining a queue from the phone, and the ticket that comes out of it, in one document."""

from app.components.patient.join import JoinForm, Wish
from app.components.patient.ticket import Ticket
from app.errors import DomainError
from app.models import Need, Role
from app.pages.ticket import act, load, still_open
from app.services import families, joining, my_visits, slot_search
from app.services.families import Person
from app.services.joining import Newcomer
from app.services.policy import Actor
from app.web import limits, live
from app.web.actions import commit, fetch
from app.web.numbers import number
from app.web.page import PUBLIC, belongs_to_sign_in, page, visit

NEEDS = {need.value: need for need in (Need.DEAF, Need.BLIND, Need.WHEELCHAIR, Need.CHILD)}
FIELDS = {"bad_phone": "phone", "missing": "name", "too_long": "name"}


@page("/join-queue", allow=PUBLIC)
async def join(doctor: str = "") -> None:
    here = visit()
    actor, address = here.actor, here.address

    async def submitted(wish: Wish) -> dict[str, str]:
        try:
            limits.join(address, wish.doctor)
            who = _newcomer(wish)
            link = await commit(
                lambda session: joining.link_once(session, actor=actor, doctor_id=wish.doctor, who=who, key=wish.key)
            )
            mine = await load(link)
        except DomainError as error:
            said = {FIELDS.get(error.code, "page"): error.message}
            return said | (await _ticket_of(actor, people, wish) if error.code == "already_waiting" else {})
        ticket.show(mine)
        if not form.is_deleted:  # the other half of a double tap was faster
            form.delete()
        return {}

    is_patient = here.principal is not None and here.principal.role is Role.PATIENT
    people = await fetch(lambda session: families.people(session, actor=actor)) if is_patient else []
    if people:
        belongs_to_sign_in()
    books = await fetch(slot_search.is_offered)
    form = JoinForm(await live.queues(), number(doctor), submitted, still_open, people, books=books)
    ticket = Ticket(load, act)


async def _ticket_of(actor: Actor, people: list[Person], wish: Wish) -> dict[str, str]:
    """The ticket that somebody of this account has already; nothing for anybody else's."""
    name = " ".join(wish.name.split())
    named = (person.patient_id for person in people if person.name == name)
    patient_id = wish.person or next(named, None)
    if not people or patient_id is None:
        return {}
    link = await fetch(
        lambda session: my_visits.link_of(session, actor=actor, patient_id=patient_id, doctor_id=wish.doctor)
    )
    return {"ticket": link} if link else {}


def _newcomer(wish: Wish) -> Newcomer:
    return Newcomer(
        name=wish.name,
        phone=wish.phone,
        patient_id=wish.person,
        needs=[NEEDS[need] for need in wish.needs if need in NEEDS],
    )
