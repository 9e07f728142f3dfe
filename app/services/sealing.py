"""The audit's seal: a chain of keyed digests over its rows, made after the commit, that shows any tampering.

Each seal is HMAC-SHA256 over the seal before it and the row's number and mark, so nobody without the key can make
another chain. The newest seal is kept outside of the database too: cutting rows off the end shows, also when new
ones are sealed after the cut, because the kept seal never goes on from a chain that does not hold it.
"""

import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, insert
from sqlalchemy import select as columns
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app.models import AuditRow, AuditSeal
from app.services import audit
from app.services.audit import Author

AT_ONCE = 2000  # rows in one transaction
LATE = 5000  # seals: how far back the regular look goes for rows that were committed late
FIRST = "0" * 64
HEAD_FILE = "audit.head"
_ROWS = AuditRow.__table__  # type: ignore[attr-defined]  # without the mapper: a hundred thousand rows in seconds
_SEALS = AuditSeal.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Head:
    """The newest seal."""

    seq: int
    digest: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one round did. `more`: there may be more to do."""

    head: Head
    more: bool


def pending(session: Session) -> bool:
    """Whether there are rows without a seal, of those that are looked at regularly."""
    found = select(AuditRow.id).where(without_seal(), col(AuditRow.id) > _looked_at_after(session, newest(session)))
    return session.exec(found.limit(1)).first() is not None


def seal(session: Session, *, all_rows: bool = False) -> Sealed:
    """Seal rows that have none yet, oldest first, at most `AT_ONCE`. Late commits come after what is sealed already.

    `all_rows` looks through the whole audit. Rows that MediQueue did not write get no seal. When another process
    seals at the same moment, the database lets one of them, and this one does nothing.
    """
    head = newest(session)
    after = 0 if all_rows else _looked_at_after(session, head)
    seals: list[dict[str, Any]] = []
    more = True
    while more and not seals:
        found = _unsealed(session, after)
        more = len(found) == AT_ONCE
        for row in found:
            after = row["id"]
            if audit.author(row) is Author.US:
                head = Head(head.seq + 1, digest_after(head.digest, row))
                seals.append({"seq": head.seq, "audit_id": row["id"], "digest": head.digest})
    try:
        if seals:
            with session.begin_nested():
                session.execute(insert(_SEALS), seals)
    except IntegrityError:
        return Sealed(newest(session), more=False)
    return Sealed(head, more)


def newest(session: Session) -> Head:
    """The end of the chain."""
    last = session.execute(columns(_SEALS).order_by(_SEALS.c.seq.desc()).limit(1)).mappings().first()
    return Head(last["seq"], last["digest"]) if last else Head(0, FIRST)


def holds(session: Session, kept: Head | None) -> bool:
    """Whether the chain still holds the seal that was kept outside of the database."""
    if kept is None or kept.seq == 0:
        return True
    return session.exec(select(AuditSeal.digest).where(AuditSeal.seq == kept.seq)).first() == kept.digest


def read_head(data_dir: Path) -> Head | None:
    """The newest seal as it is kept beside the database; None before the first."""
    try:
        return Head(**json.loads((data_dir / HEAD_FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def keep_head(data_dir: Path, head: Head) -> None:
    whole = data_dir / f"{HEAD_FILE}.{secrets.token_hex(8)}"  # a power cut must not leave half of it
    data_dir.mkdir(parents=True, exist_ok=True)
    whole.write_text(json.dumps(asdict(head)))
    whole.replace(data_dir / HEAD_FILE)


def keep_if_sound(session: Session, data_dir: Path) -> bool:
    """Keep the newest seal outside, unless the chain has lost the one that is kept: then that stays, as evidence."""
    kept, head = read_head(data_dir), newest(session)
    if not holds(session, kept):
        return False
    if kept is None or kept.seq < head.seq:
        keep_head(data_dir, head)
    return True


def digest_after(before: str, row: Mapping[Any, Any]) -> str:
    """The digest of the seal of `row` after the one with the digest `before`."""
    return hmac.digest(audit.key(), f"{before}:{row['id']}:{row['mark']}".encode(), "sha256").hex()


def without_seal() -> ColumnElement[bool]:
    return ~columns(_SEALS.c.audit_id).where(_SEALS.c.audit_id == _ROWS.c.id).exists()


def _unsealed(session: Session, after: int) -> Sequence[RowMapping]:
    wanted = columns(_ROWS).where(without_seal(), _ROWS.c.id > after).order_by(_ROWS.c.id).limit(AT_ONCE)
    return session.execute(wanted).mappings().all()


def _looked_at_after(session: Session, head: Head) -> int:
    """The number of the row after which the regular look begins."""
    seals = select(AuditSeal.audit_id).where(AuditSeal.seq <= head.seq - LATE).order_by(col(AuditSeal.seq).desc())
    return session.exec(seals.limit(1)).first() or 0
