"""For staff: one person in a queue."""

from fastapi import APIRouter

from app.api import acting, answers
from app.api.asking import Doing
from app.api.inputs import NOTHING, Act, PathId, StaffVerb
from app.api.v1.refusals import refuses
from app.services.policy import Verb
from app.web.payloads import Json

router = APIRouter(prefix="/v1", tags=["Queues"])


@router.post(
    "/entries/{entry_id}/{verb}",
    response_model=answers.Entry,
    responses=refuses(401, 403, 404, 409),
    summary="Act on one person",
)
async def act(entry_id: PathId, verb: StaffVerb, doer: Doing, body: Act | None = None) -> Json:
    """Answers the entry as it is then. `transfer` needs `doctor_id` and answers the new entry there;
    `prioritise` needs a `reason`; `undo` takes back one's own last step within half a minute."""
    given = body or NOTHING
    return await doer.once(
        lambda session: acting.on_entry(session, actor=doer.actor, entry_id=entry_id, verb=Verb(verb), given=given),
        given,
    )
