"""Who did what, and who tried to: one row in the transaction that did it. Names of fields, never what is in them.

Each row carries a mark made with the installation's key, so that a row from anybody else can be told.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
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
_ADD = insert(AuditRow.__table__)  # type: ignore[attr-defined]  # without the mapper: rows are never read back here


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
    _write(
        session, actor_id=actor.user_id, role=actor.name_in_history, action=action, kind=kind, object_id=object_id,
        patient_id=patient_id, outcome=Outcome.DONE, reason=reason, fields=", ".join(fields)[:400],
    )  # fmt: skip


def denied(session: Session, attempt: Attempt, code: str) -> None:
    """Somebody tried and was refused with `code`."""
    _write(
        session, actor_id=attempt.actor_id, role=attempt.role, action=attempt.action, kind=attempt.kind,
        object_id=attempt.object_id, patient_id=None, outcome=Outcome.DENIED, reason=code, fields="",
    )  # fmt: skip


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The names of the fields that differ."""
    return [name for name, value in after.items() if before.get(name) != value]


def key() -> bytes:
    """The audit's own key, made of the installation's."""
    return hmac.new(settings().key, b"audit", hashlib.sha256).digest()


def is_ours(row: AuditRow) -> bool:
    """Whether the row says what MediQueue wrote."""
    nonce, _, _ = row.mark.partition(".")
    return hmac.compare_digest(row.mark, _mark(nonce, {name: getattr(row, name) for name in COLUMNS}))


def _write(session: Session, **columns: Any) -> None:
    came = trace.current()
    columns |= {"at": clock.now(), "address": came.address, "request_id": came.request_id}
    session.connection().execute(_ADD, {**columns, "mark": _mark(secrets.token_hex(8), columns)})


def _mark(nonce: str, columns: dict[str, Any]) -> str:
    """`nonce.digest`; the nonce makes two rows that say the same differ."""
    said = "\x1f".join([nonce, *(_plain(columns[name]) for name in COLUMNS)])
    return f"{nonce}.{hmac.new(key(), said.encode(), hashlib.sha256).hexdigest()}"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else "" if value is None else str(value)
