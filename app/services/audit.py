"""Who did what, and who tried to: one row in the transaction that did it. Names of fields, never what is in them.

Each row carries a mark made with the installation's key, so that a row from anybody else can be told.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from app import clock, trace
from app.errors import Attempt
from app.models import AuditRow, Outcome
from app.services.policy import Actor
from app.settings import settings

COLUMNS = (
    "at", "actor_id", "role", "action", "kind", "object_id", "patient_id", "outcome", "reason", "fields", "address",
    "request_id",
)  # fmt: skip
LONGEST_FIELDS = 400
_CODES = re.compile(r"[\w./{}:-]+(, [\w./{}:-]+)*|", re.ASCII)
_SHAPE = re.compile(r"([0-9a-f]{8})\.([0-9a-f]{16})\.[0-9a-f]{64}")
_ADD = insert(AuditRow.__table__)  # type: ignore[attr-defined]  # without the mapper: rows are never read back here


class Author(Enum):
    """Who wrote a row, as its mark tells."""

    US = "us"
    OTHER_KEY = "other_key"  # says itself that it was made with another key than ours
    SOMEBODY = "somebody"  # no key at all: altered, or made by hand


def note(
    session: Session,
    actor: Actor,
    action: str,
    *,
    kind: str = "",
    object_id: int | None = None,
    patient_id: int | None = None,
    reason: str = "",
    fields: Iterable[str] = (),
) -> None:
    """`actor` did `action` to the object `kind` `object_id`. `reason` is a code or what somebody gave as a reason
    to look; never a diagnosis. `fields` names what was changed or read."""
    named = ", ".join(fields)
    for code in (action, kind, named):
        if not _CODES.fullmatch(code):
            raise ValueError("The audit takes codes and names of fields, never what people typed")
    _write(
        session, actor_id=actor.user_id, role=actor.name_in_history, action=action, kind=kind, object_id=object_id,
        patient_id=patient_id, outcome=Outcome.DONE, reason=reason, fields=named[:LONGEST_FIELDS],
    )  # fmt: skip


def denied(session: Session, attempt: Attempt, code: str) -> None:
    """Somebody tried and was refused with `code`."""
    _write(
        session, actor_id=attempt.actor_id, role=attempt.role, action=attempt.action, kind=attempt.kind,
        object_id=attempt.object_id, patient_id=None, outcome=Outcome.DENIED, reason=code, fields=attempt.where,
    )  # fmt: skip


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The names of the fields that differ."""
    return [name for name, value in after.items() if before.get(name) != value]


def key() -> bytes:
    """The audit's own key, made of the installation's."""
    return _key_and_name(settings().key)[0]


def author(row: Mapping[Any, Any]) -> Author:
    """Who wrote `row`, which holds `COLUMNS` and the mark."""
    shaped = _SHAPE.fullmatch(row["mark"])
    if shaped is None:
        return Author.SOMEBODY
    name, nonce = shaped.groups()
    if name != _key_and_name(settings().key)[1]:
        return Author.OTHER_KEY
    return Author.US if hmac.compare_digest(row["mark"], _mark(nonce, row)) else Author.SOMEBODY


def _write(session: Session, **columns: Any) -> None:
    came = trace.current()
    columns |= {"at": clock.now(), "address": came.address, "request_id": came.request_id}
    columns["mark"] = _mark(secrets.token_hex(8), columns)
    session.connection().execute(_ADD, columns)


def _mark(nonce: str, columns: Mapping[Any, Any]) -> str:
    """`key's name.nonce.digest`; the nonce makes two rows that say the same differ."""
    secret, name = _key_and_name(settings().key)
    said = "\x1f".join([nonce, *[_plain(columns[column]) for column in COLUMNS]])
    return f"{name}.{nonce}.{hmac.digest(secret, said.encode(), 'sha256').hex()}"


@lru_cache(maxsize=4)
def _key_and_name(installation: bytes) -> tuple[bytes, str]:
    """The audit's key, and a name by which another one is told."""
    secret = hmac.digest(installation, b"audit", "sha256")
    return secret, hashlib.sha256(b"name" + secret).hexdigest()[:8]


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else "" if value is None else str(value)
