"""A request that is sent twice acts once: phones double-tap, lose the answer and ask again."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from app import clock
from app.errors import Invalid
from app.models import RequestKey

LONGEST_KEY = 200
KEEP_FOR = timedelta(hours=48)

Answer = dict[str, Any]


def once(session: Session, *, asker: str, key: str | None, body: object, work: Callable[[], Answer]) -> Answer:
    """The answer of `work`, or the first answer again if this asker has sent `key` with this `body` before.

    The same key with another body raises Invalid `key_reused`. Two requests at once: the database lets one
    insert its key, the other's transaction is tried again and finds the answer.
    """
    if not key:
        return work()
    if len(key) > LONGEST_KEY:
        raise Invalid("The request key is too long.", code="bad_key")
    key_hash, body_hash = _hash(key), _hash(json.dumps(body, sort_keys=True, default=str))
    known = session.exec(select(RequestKey).where(RequestKey.asker == asker, RequestKey.key_hash == key_hash)).first()
    if known:
        if known.body_hash != body_hash:
            raise Invalid("This request key was used for something else.", code="key_reused")
        return known.answer
    claim = RequestKey(asker=asker, key_hash=key_hash, body_hash=body_hash, answer={}, created_at=clock.now())
    session.add(claim)
    session.flush()  # before the work: the other request waits here, not in the middle of it
    claim.answer = work()
    return claim.answer


def forget_old(session: Session) -> None:
    """Drop answers that nobody will ask for again; they may hold names."""
    session.execute(delete(RequestKey).where(col(RequestKey.created_at) < clock.now() - KEEP_FOR))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
