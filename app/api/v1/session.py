"""Sign-in for machines."""

from fastapi import APIRouter, Request, Response

from app.api import answers
from app.api.asking import Asking
from app.api.inputs import SignIn
from app.api.v1.refusals import OPEN_TO_ALL, refuses
from app.services import sign_ins
from app.web import payloads, proving, sessions
from app.web.actions import commit
from app.web.payloads import Json
from app.web.proving import Caller

router = APIRouter(prefix="/v1", tags=["Sign-in"])


@router.post(
    "/session", response_model=answers.Session, responses=refuses(401), openapi_extra=OPEN_TO_ALL, summary="Sign in"
)
async def sign_in(body: SignIn, request: Request, _: Asking) -> Json:
    """Answers a token that lasts until `expires_at` or until it is revoked. Every call makes a new one.

    401 `code_needed` means that the account has a second step: send the same with `code`.
    """
    caller = Caller.of(request)
    user = await proving.by_password(caller, body.email, body.password)
    opened = await proving.opened(caller, user, body.code or None, for_machine=True)
    return payloads.session(opened.token, opened.ends, opened.principal)


@router.delete("/session", status_code=204, responses=refuses(401, body=False), summary="Sign out")
async def sign_out(asker: Asking) -> Response:
    """Revokes the token that this request carries, at once and everywhere."""
    me = asker.me
    await commit(lambda session: sign_ins.end_session(session, me.session_id))
    response = Response(status_code=204)
    sessions.forget(response)
    return response
