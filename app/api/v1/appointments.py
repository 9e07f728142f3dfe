"""Free times and appointments."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from sqlmodel import Session

from app import clock
from app.api import answers
from app.api.asking import Asking, Doer, Doing
from app.api.inputs import Book, Day, Input, PathId, Reschedule, Why
from app.api.v1.refusals import OPEN_TO_ALL, refuses
from app.errors import Invalid, NotAllowed
from app.models import Appointment, Role, Source
from app.services import appointments, arriving, booking, policy, slot_search, tickets
from app.web import payloads
from app.web.actions import fetch
from app.web.payloads import Json

router = APIRouter(prefix="/v1", tags=["Appointments"])
From = Annotated[Day | None, Query(alias="from", description="First day, in the clinic's zone; without it, today")]
To = Annotated[Day | None, Query(description="Last day; without it, two weeks later")]


@router.get(
    "/doctors/{doctor_id}/slots",
    response_model=list[answers.Slot],
    responses=refuses(401, 404, body=False),
    openapi_extra=OPEN_TO_ALL,
    summary="Times that can be booked",
)
async def slots(doctor_id: PathId, _: Asking, from_: From = None, to: To = None) -> list[Json]:
    """By time; full ones have `free` 0. At most three months at once."""
    return [payloads.slot(slot) for slot in await fetch(lambda s: slot_search.of_doctor(s, doctor_id, from_, to))]


@router.get(
    "/appointments", response_model=list[answers.Appointment], responses=refuses(401, body=False), summary="Own"
)
async def appointments_(asker: Asking, from_: From = None, to: To = None) -> list[Json]:
    """Patients: of everybody on the account. Staff: of the days asked for; a doctor's own."""

    def load(session: Session) -> list[Json]:
        if asker.me.role is Role.PATIENT:
            return [payloads.appointment(one) for one in appointments.mine(session, actor=asker.actor)]
        first = from_ or _today(session)
        last = to or first + timedelta(days=slot_search.USUAL_DAYS)
        found = appointments.of_days(session, actor=asker.actor, first=first, last=last)
        return [payloads.appointment(one) for one in found]

    return await fetch(load)


@router.post(
    "/appointments",
    status_code=201,
    response_model=answers.Appointment,
    responses=refuses(401, 403, 404, 409),
    summary="Book",
)
async def book(body: Book, doer: Doing) -> Json:
    """Patients book for themselves, staff for the patient they name. Somebody was faster: 409 `slot_taken` with
    `alternatives`."""

    def work(session: Session) -> Json:
        patient_id = body.patient_id
        if doer.me.role is Role.PATIENT:
            if patient_id is not None:
                raise NotAllowed("Only staff name a patient.")
            patient_id = appointments.own_patient(session, actor=doer.actor)
        elif patient_id is None:
            raise Invalid("Please send patient_id.", code="missing")
        made = booking.book(session, actor=doer.actor, slot_id=body.slot_id, who=patient_id, reason=body.reason)
        return payloads.appointment(appointments.view(session, made, role=doer.me.role))

    return await doer.once(work, body)


@router.post(
    "/appointments/{appointment_id}/cancel",
    response_model=answers.Appointment,
    responses=refuses(401, 404, 409),
    summary="Cancel",
)
async def cancel(appointment_id: PathId, doer: Doing, body: Why | None = None) -> Json:
    """The time is free again. Patients may until some time before it."""
    reason = body.reason if body else ""
    return await _changed(
        doer, lambda s: booking.cancel(s, actor=doer.actor, appointment_id=appointment_id, reason=reason), body
    )


@router.post(
    "/appointments/{appointment_id}/reschedule",
    response_model=answers.Appointment,
    responses=refuses(401, 404, 409),
    summary="Move to another time",
)
async def reschedule(appointment_id: PathId, body: Reschedule, doer: Doing) -> Json:
    """The new time is taken before the old one is free; if it is gone, everything stays as it was."""
    return await _changed(
        doer,
        lambda s: booking.reschedule(s, actor=doer.actor, appointment_id=appointment_id, slot_id=body.slot_id),
        body,
    )


@router.post(
    "/appointments/{appointment_id}/check-in",
    response_model=answers.Ticket,
    responses=refuses(401, 404, 409, body=False),
    summary="Arrive",
)
async def check_in(appointment_id: PathId, doer: Doing) -> Json:
    """Into the doctor's queue; the answer is the ticket. Twice gives the same one."""

    def work(session: Session) -> Json:
        source = Source.PHONE if doer.me.role is Role.PATIENT else Source.RECEPTION
        entry = arriving.check_in(session, actor=doer.actor, appointment_id=appointment_id, source=source)
        return payloads.ticket(tickets.view(session, entry))

    return await doer.once(work)


async def _changed(doer: Doer, act: Callable[[Session], Appointment], body: Input | None) -> Json:
    role = doer.me.role
    return await doer.once(lambda s: payloads.appointment(appointments.view(s, act(s), role=role)), body)


def _today(session: Session) -> date:
    return clock.at_clinic(clock.now(), policy.clinic(session).timezone).date()
