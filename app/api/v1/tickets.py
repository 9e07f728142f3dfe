"""For patients: the doctors, a ticket, and what its holder may do with it."""

from fastapi import APIRouter
from sqlmodel import Session

from app.api import answers
from app.api.asking import Asking, Doing
from app.api.inputs import Join, Link, PathId, PatientVerb
from app.api.v1.refusals import OPEN_TO_ALL, refuses
from app.models import Role, Source
from app.services import doctors, joining, policy, tickets, verbs
from app.services.joining import Newcomer
from app.services.policy import Verb, link_holder
from app.web import limits, payloads
from app.web.actions import fetch
from app.web.payloads import Json

router = APIRouter(prefix="/v1", tags=["Patients"])


@router.get(
    "/doctors",
    response_model=list[answers.Doctor],
    responses=refuses(401, body=False),
    openapi_extra=OPEN_TO_ALL,
    summary="All doctors",
)
async def all_doctors(_: Asking) -> list[Json]:
    """Every doctor with the people waiting and the wait of somebody who joins now, by name."""
    return [{**payloads.doctor(queue), **payloads.about(queue)} for queue in await fetch(doctors.queues)]


@router.post(
    "/queues/{doctor_id}/tickets",
    status_code=201,
    response_model=answers.Ticket,
    responses=refuses(401, 403, 404, 409),
    openapi_extra=OPEN_TO_ALL,
    summary="Join a queue",
)
async def join(doctor_id: PathId, body: Join, doer: Doing) -> Json:
    """Needs no sign-in. `link` is the permission for everything about this ticket: keep it secret."""
    if doer.principal is None or doer.principal.role is Role.PATIENT:
        limits.join(doer.address, doctor_id)

    def work(session: Session) -> Json:
        if body.needs_staff:
            policy.require(session, doer.actor, Verb.SEE, doctor_id)
        who = Newcomer(
            name=body.name, phone=body.phone, reason=body.reason, born=body.born, needs=body.needs,
            priority=body.priority, source=Source.MACHINE, patient_id=body.patient_id,
        )  # fmt: skip
        entry = joining.join(session, actor=doer.actor, doctor_id=doctor_id, who=who)
        return payloads.ticket(tickets.view(session, entry))

    return await doer.once(work, body)


@router.get(
    "/tickets/{link}",
    response_model=answers.Ticket,
    responses=refuses(401, 404, body=False),
    openapi_extra=OPEN_TO_ALL,
    summary="See a ticket",
)
async def ticket(link: Link, _: Asking) -> Json:
    """One ticket as it is now. The link works until the day after."""
    return payloads.ticket(await fetch(lambda session: tickets.by_link(session, link)))


@router.post(
    "/tickets/{link}/{verb}",
    response_model=answers.Ticket,
    responses=refuses(401, 404, 409, body=False),
    openapi_extra=OPEN_TO_ALL,
    summary="Act as the patient",
)
async def act(link: Link, verb: PatientVerb, doer: Doing) -> Json:
    """`cancel` leaves the queue, `restore` takes that back within minutes, `return` says "I am here" after a
    missed call, `answer` says "I am coming" or "I am back", `more-time` lets others go first for a while."""
    actor = link_holder(link)

    def work(session: Session) -> Json:
        entry_id = tickets.by_link(session, link).entry_id
        verbs.perform(session, actor=actor, entry_id=entry_id, verb=Verb(verb))
        return payloads.ticket(tickets.by_link(session, link))

    return await doer.once(work, actor=actor)
