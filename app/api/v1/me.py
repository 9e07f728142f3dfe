"""For patients: what the clinic knows of them. Always their own; nobody is named by an id."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BeforeValidator, Field
from sqlmodel import Session

from app.api import answers
from app.api.asking import Asking, Doing
from app.api.inputs import MOST, Profile
from app.api.v1.refusals import refuses
from app.services import my_visits, profiles
from app.web import payloads
from app.web.actions import commit, fetch
from app.web.payloads import Json

router = APIRouter(prefix="/v1/me", tags=["Patients"])

_FIELDS = {"date_of_birth": "born", "confidential": "is_confidential"}  # named otherwise inside
Before = Annotated[
    Annotated[int, Field(ge=1, le=MOST)] | None,
    BeforeValidator(lambda value: value or None),
    Query(description="`entry_id` of the last visit of the page before"),
]
Limit = Annotated[
    Annotated[int, Field(ge=1, le=my_visits.MOST)],
    BeforeValidator(lambda value: value or my_visits.PAGE),
    Query(description="How many visits a page has"),
]


@router.get("/profile", response_model=answers.Profile, responses=refuses(401, 403, body=False), summary="Own profile")
async def profile(asker: Asking) -> Json:
    """What the signed-in patient has told the clinic."""
    actor = asker.actor
    _, mine = await commit(lambda session: profiles.read(session, actor=actor))  # a read goes into the audit
    return payloads.profile(mine)


@router.put("/profile", response_model=answers.Profile, responses=refuses(401, 403, 409), summary="Change own profile")
async def change(body: Profile, doer: Doing) -> Json:
    """Changes the fields that are sent and answers the whole profile."""

    def work(session: Session) -> Json:
        _, now = profiles.read(session, actor=doer.actor)
        sent = {_FIELDS.get(name, name): getattr(body, name) for name in body.model_fields_set}
        wish = replace(now, **sent)
        return payloads.profile(profiles.change(session, actor=doer.actor, wish=wish, seen=now))

    return await doer.once(work, body)


@router.get(
    "/visits", response_model=list[answers.OwnVisit], responses=refuses(401, 403, body=False), summary="Own visits"
)
async def visits(asker: Asking, before: Before = None, limit: Limit = my_visits.PAGE) -> list[Json]:
    """Visits of the signed-in patient that are over, the newest first."""
    actor = asker.actor
    found = await fetch(lambda session: my_visits.own_over(session, actor=actor, before=before, limit=limit))
    return [payloads.own_visit(visit) for visit in found]
