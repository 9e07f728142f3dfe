"""A verb on one entry for whoever asks over REST or the feed."""

from sqlmodel import Session

from app.errors import NotFound
from app.models import STAFF, QueueEntry
from app.services import board, policy, steps, verbs
from app.services.policy import Actor, Verb
from app.services.verbs import Given
from app.web import payloads
from app.web.payloads import Json


def on_entry(
    session: Session, *, actor: Actor, entry_id: int, verb: Verb, given: Given, doctor_id: int | None = None
) -> Json:
    """Do `verb` and answer the entry. One of a queue that is not the asker's does not exist for them.

    With `doctor_id`, only entries of that queue do.
    """
    policy.require_role(session, actor, *STAFF)
    found = session.get(QueueEntry, entry_id)
    if found is None or doctor_id not in (None, found.doctor_id):
        raise NotFound(steps.UNKNOWN_ENTRY, code="unknown_entry")
    try:
        policy.require(session, actor, Verb.SEE, found.doctor_id)
    except NotFound as not_theirs:
        hidden = NotFound(steps.UNKNOWN_ENTRY, code="unknown_entry")
        raise actor.refused(hidden, verb, "entry", entry_id) from not_theirs
    return for_staff(session, actor, verbs.perform(session, actor=actor, entry_id=entry_id, verb=verb, given=given))


def for_staff(session: Session, actor: Actor, entry: QueueEntry) -> Json:
    return payloads.entry(board.person(session, entry).seen_by(actor.role))
