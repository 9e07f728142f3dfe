"""The outbox: messages to people outside, written in the transaction that made them true, sent after it.

A message is claimed before it is sent, for longer than sending takes, so two processes never send the same.
Whoever dies in between leaves it claimed, and it is tried again when the claim has run out: nothing is lost, and
only a crash between the other side's "taken" and our note of it sends twice, under the same message id.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app import clock
from app.models import Message

BATCH = 20
# After each try so long until the next one; a claim lasts as long. After the last one it is given up.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (2, 5, 15, 30, 60, 120, 180))
LONGEST_ERROR = 200
NEVER_TRIED = "The server stopped again and again while this was being sent."


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed message. `reference` is the same at every try."""

    id: int
    kind: str
    recipient: str
    subject: str
    body: str
    tries: int

    @property
    def reference(self) -> str:
        return f"{self.kind}-{self.id}"


def put(
    session: Session,
    *,
    kind: str,
    recipient: str,
    subject: str,
    body: str,
    once: str | None = None,
    patient_id: int | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Send this once the transaction is through. A second message with the same `once` is not written."""
    if once and session.exec(select(Message.id).where(Message.once == once)).first():
        return False
    at = clock.now()
    try:
        with session.begin_nested():
            session.add(
                Message(
                    kind=kind, once=once, patient_id=patient_id, recipient=recipient, subject=subject, body=body,
                    created_at=at, due_at=due_at or at,
                )
            )  # fmt: skip
    except IntegrityError:  # somebody else wrote it at the same moment
        if once is None:
            raise
        return False
    return True


def due(session: Session) -> list[int]:
    """The messages whose time has come, oldest first."""
    ready = select(Message.id).where(*_OPEN, Message.due_at <= clock.now())
    return list(session.exec(ready.order_by(col(Message.due_at), col(Message.id)).limit(BATCH)))


def claim(session: Session, message_id: int) -> Outgoing | None:
    """Take a message for sending; None if somebody else has it, or if it was tried often enough."""
    found = session.get(Message, message_id)
    if found is None or found.sent_at or found.failed_at or found.due_at > clock.now():
        return None
    if found.tries >= len(WAITS):
        _finish(session, message_id, failed_at=clock.now(), error=found.error or NEVER_TRIED)
        return None
    mine = (
        update(Message)
        .where(*_OPEN, col(Message.id) == message_id, col(Message.tries) == found.tries)
        .values(tries=found.tries + 1, due_at=clock.now() + WAITS[found.tries])
    )
    if session.connection().execute(mine).rowcount != 1:
        return None
    return Outgoing(found.id, found.kind, found.recipient, found.subject, found.body, found.tries + 1)


def sent(session: Session, message_id: int) -> None:
    """It is with the other side: what it said is forgotten."""
    _finish(session, message_id, sent_at=clock.now(), error="")


def failed(session: Session, message: Outgoing, error: str, *, for_good: bool = False) -> None:
    """It was not taken: try again later, or give it up."""
    if for_good or message.tries >= len(WAITS):
        _finish(session, message.id, failed_at=clock.now(), error=error[:LONGEST_ERROR])
        return
    keep = update(Message).where(*_OPEN, col(Message.id) == message.id).values(error=error[:LONGEST_ERROR])
    session.connection().execute(keep)


def _finish(session: Session, message_id: int, **how: object) -> None:
    done = update(Message).where(*_OPEN, col(Message.id) == message_id).values(body="", **how)
    session.connection().execute(done)


_OPEN = (col(Message.sent_at).is_(None), col(Message.failed_at).is_(None))
