"""What staff may do over the feed: the same verbs as over REST, one JSON message each."""

import uuid
from typing import Any

import orjson
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from app.api import acting, errors
from app.api.inputs import STAFF_VERBS, FeedAct
from app.errors import Busy, DomainError, Invalid, NotSignedIn, TooMany
from app.services import calling, idempotency
from app.services.policy import ANONYMOUS, Actor, Verb
from app.web import limits
from app.web.actions import commit, noted
from app.web.payloads import Json

LONGEST_ECHO = 150


class Client:
    """Whoever is at the other end of one connection."""

    def __init__(self, doctor_id: int) -> None:
        self._doctor_id = doctor_id
        self._id = uuid.uuid4().hex

    async def answer(self, text: str | None, actor: Actor) -> Json:
        """The ack or the error for one message, whatever was sent."""
        asked: Any = None
        try:
            limits.hit("feed-action", self._id, TooMany("Too many messages. Try again in one minute."))
            asked = _read(text)
            wish = _wish(asked)
            if actor is ANONYMOUS:
                raise await noted(ANONYMOUS.refused(NotSignedIn(), "act", "doctor", self._doctor_id))
            entry = await commit(lambda session: self._once(session, actor, wish))
        except DomainError as error:
            return _refusal(asked, error)
        except OperationalError:
            return _refusal(asked, Busy())
        return {"type": "ack", "request_id": wish.request_id, "entry": entry}

    def _once(self, session: Session, actor: Actor, wish: FeedAct) -> Json:
        """The same request_id acts once."""
        said = {"feed": self._doctor_id, "wish": wish.model_dump(mode="json")}
        key = f"feed:{wish.request_id}" if wish.request_id else None
        return idempotency.once(
            session, asker=actor.asker, key=key, body=said, work=lambda: self._act(session, actor, wish)
        )

    def _act(self, session: Session, actor: Actor, wish: FeedAct) -> Json:
        if wish.action == "call_next":
            entry = calling.call_next(
                session, actor=actor, doctor_id=self._doctor_id,
                expected_version=wish.expected_version, expected_entry_id=wish.expected_entry_id,
            )  # fmt: skip
            return acting.for_staff(session, actor, entry)
        verb = wish.action.replace("_", "-")
        if verb not in STAFF_VERBS:
            raise Invalid("We don't know that action.", code="unknown_action")
        if wish.entry_id is None:
            raise Invalid("Please send entry_id.", code="missing")
        return acting.on_entry(
            session, actor=actor, entry_id=wish.entry_id, verb=Verb(verb), given=wish, doctor_id=self._doctor_id
        )


def _read(text: str | None) -> Any:
    try:
        return orjson.loads(text or "")
    except orjson.JSONDecodeError as error:
        raise Invalid("This is not JSON that we can read.", code="bad_json") from error


def _wish(asked: Any) -> FeedAct:
    if not isinstance(asked, dict):
        raise Invalid("Please send a JSON object with an action.", code="bad_json")
    try:
        return FeedAct.model_validate(asked)
    except ValidationError as error:
        first = error.errors()[0]
        _, code, message = errors.sentence({**first, "loc": ("body", *first["loc"])})
        raise Invalid(message, code=code) from error


def _refusal(asked: Any, error: DomainError) -> Json:
    sent = asked.get("request_id") if isinstance(asked, dict) else None
    request_id = sent if isinstance(sent, str) and len(sent) <= LONGEST_ECHO else None
    return {"type": "error", "request_id": request_id, "code": error.code, "message": error.message}
