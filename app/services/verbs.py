"""Every verb on an entry by its name, so that pages, REST and the feed can't offer different things."""

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from app.errors import Invalid
from app.models import Priority, QueueEntry
from app.services import calling, leaving, steering, undoing, visiting
from app.services.leaving import Placing
from app.services.policy import Actor, Verb


class Given(BaseModel):
    """What may be said with a verb. Every verb takes what it knows and ignores the rest."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    reason: str = Field("", max_length=400)
    doctor_id: int | None = Field(None, description="transfer: to whom")
    place: Placing = Field(Placing.ARRIVAL, description="transfer: where in the other line")
    emergency: bool | None = Field(None, description="prioritise: emergency band on or off")
    pinned: bool | None = Field(None, description="prioritise: next in line on or off")
    priority: Priority | None = Field(None, description="prioritise: kind of priority")
    call_next: bool = Field(False, description="done: call the next person in the same act")
    expected_entry_id: int | None = Field(None, description="done with call_next: whom the asker expects")


NOTHING = Given.model_validate({})

_Simple = Callable[..., QueueEntry]

_PLAIN: dict[Verb, _Simple] = {
    Verb.RECALL: calling.recall,
    Verb.START: visiting.start,
    Verb.SKIP: calling.skip,
    Verb.PUT_BACK: calling.put_back,
    Verb.RESUME: visiting.resume,
    Verb.RETURN: calling.return_,
    Verb.NO_SHOW: leaving.no_show,
    Verb.UNDO: undoing.undo,
    Verb.ANSWER: calling.answer,
    Verb.MORE_TIME: calling.more_time,
}
_WITH_REASON: dict[Verb, _Simple] = {
    Verb.CALL: calling.call,
    Verb.HOLD: visiting.hold,
    Verb.CANCEL: leaving.cancel,
    Verb.RESTORE: leaving.restore,
}

ENTRY_VERBS = frozenset({*_PLAIN, *_WITH_REASON, Verb.DONE, Verb.TRANSFER, Verb.PRIORITISE})
PATIENT_VERBS = frozenset({Verb.ANSWER, Verb.MORE_TIME})


def perform(session: Session, *, actor: Actor, entry_id: int, verb: Verb, given: Given = NOTHING) -> QueueEntry:
    """Do `verb` to one entry and answer the entry as it is then. Raises what the verb raises."""
    if verb in _PLAIN:
        return _PLAIN[verb](session, actor=actor, entry_id=entry_id)
    if verb in _WITH_REASON:
        return _WITH_REASON[verb](session, actor=actor, entry_id=entry_id, reason=given.reason)
    if verb is Verb.DONE and given.call_next:
        return visiting.done_and_call_next(
            session,
            actor=actor,
            entry_id=entry_id,
            expected_entry_id=given.expected_entry_id,
            reason=given.reason,
        )
    if verb is Verb.DONE:
        return visiting.done(session, actor=actor, entry_id=entry_id, reason=given.reason)
    if verb is Verb.TRANSFER:
        if given.doctor_id is None:
            raise Invalid("Please say which doctor.", code="missing")
        return leaving.transfer(
            session,
            actor=actor,
            entry_id=entry_id,
            doctor_id=given.doctor_id,
            place=given.place,
            reason=given.reason,
        )
    if verb is Verb.PRIORITISE:
        return steering.prioritise(
            session, actor=actor, entry_id=entry_id, reason=given.reason,
            emergency=given.emergency, pinned=given.pinned, priority=given.priority,
        )  # fmt: skip
    raise Invalid("We don't know that verb.", code="unknown_verb")
