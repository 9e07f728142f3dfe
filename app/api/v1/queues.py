"""For staff: one doctor's queue as a whole."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BeforeValidator, Field
from sqlmodel import Session

from app.api import acting, answers
from app.api.asking import Asking, Doing
from app.api.inputs import MOST, Break, CallNext, PathId
from app.api.v1.refusals import refuses
from app.services import board, calling, history, policy, steering
from app.services.policy import Actor, Verb
from app.web import payloads
from app.web.actions import fetch
from app.web.payloads import Json

router = APIRouter(prefix="/v1/queues/{doctor_id}", tags=["Queues"])

_READING = refuses(401, 403, 404, body=False)
_ACTING = refuses(401, 403, 404, 409)
Before = Annotated[
    Annotated[int, Field(ge=1, le=MOST)] | None,
    BeforeValidator(lambda value: value or None),
    Query(description="`entry_id` of the last entry of the page before"),
]
Limit = Annotated[
    Annotated[int, Field(ge=1, le=200)],
    BeforeValidator(lambda value: value or history.PAGE),
    Query(description="How many entries a page has"),
]


@router.get("", response_model=answers.Queue, responses=_READING, summary="The queue now")
async def queue(doctor_id: PathId, asker: Asking) -> Json:
    """Everybody who is still in the clinic for this doctor: in the room, called, the line, then those aside."""

    def load(session: Session) -> Json:
        policy.require(session, asker.actor, Verb.SEE, doctor_id)
        return _queue(session, asker.actor, doctor_id)

    return await fetch(load)


@router.get("/history", response_model=list[answers.PastEntry], responses=_READING, summary="Finished visits")
async def past(doctor_id: PathId, asker: Asking, before: Before = None, limit: Limit = history.PAGE) -> list[Json]:
    """Done, Cancelled, No show and Transferred entries, the newest first."""
    actor = asker.actor
    rows = await fetch(
        lambda session: history.of_doctor(session, actor=actor, doctor_id=doctor_id, before=before, limit=limit)
    )
    return [payloads.past_entry(row) for row in rows]


@router.post("/call-next", response_model=answers.Entry, responses=_ACTING, summary="Call the next person")
async def call_next(doctor_id: PathId, doer: Doing, body: CallNext | None = None) -> Json:
    """Calls whoever is first in the line. 409 `queue_empty` when nobody waits."""
    wish = body or CallNext()

    def work(session: Session) -> Json:
        entry = calling.call_next(
            session, actor=doer.actor, doctor_id=doctor_id,
            expected_version=wish.expected_version, expected_entry_id=wish.expected_entry_id,
        )  # fmt: skip
        return acting.for_staff(session, doer.actor, entry)

    return await doer.once(work, wish)


@router.post("/pause", response_model=answers.Queue, responses=_ACTING, summary="Take nobody new")
async def pause(doctor_id: PathId, doer: Doing) -> Json:
    """Whoever waits keeps waiting. `open` ends it."""

    def work(session: Session) -> Json:
        steering.pause(session, actor=doer.actor, doctor_id=doctor_id)
        return _queue(session, doer.actor, doctor_id)

    return await doer.once(work)


@router.post("/open", response_model=answers.Queue, responses=_ACTING, summary="Take people again")
async def open_again(doctor_id: PathId, doer: Doing) -> Json:
    """Ends a pause, a break and an early close."""

    def work(session: Session) -> Json:
        steering.open_(session, actor=doer.actor, doctor_id=doctor_id)
        return _queue(session, doer.actor, doctor_id)

    return await doer.once(work)


@router.post("/break", response_model=answers.Queue, responses=_ACTING, summary="The doctor takes a break")
async def take_break(doctor_id: PathId, doer: Doing, body: Break | None = None) -> Json:
    """People may still join and see when it goes on. `open` ends it."""
    wish = body or Break()

    def work(session: Session) -> Json:
        steering.take_break(session, actor=doer.actor, doctor_id=doctor_id, back_at=wish.back_at)
        return _queue(session, doer.actor, doctor_id)

    return await doer.once(work, wish)


@router.post("/close-day", response_model=answers.Queue, responses=_ACTING, summary="End today's queue")
async def close_day(doctor_id: PathId, doer: Doing) -> Json:
    """The line is told, missed calls become no shows. A visit that is running stays."""

    def work(session: Session) -> Json:
        steering.close_day(session, actor=doer.actor, doctor_id=doctor_id)
        return _queue(session, doer.actor, doctor_id)

    return await doer.once(work)


def _queue(session: Session, actor: Actor, doctor_id: int) -> Json:
    return payloads.staff_queue(board.load(session, doctor_id).seen_by(actor.role))
