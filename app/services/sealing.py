"""The audit's seal: a chain of keyed digests over its rows, made after the commit, that shows any tampering.

Each seal is HMAC-SHA256 over the seal before it and the row's mark, so nobody without the key can make another
chain. The newest seal is kept outside of the database too: cutting rows off the end shows.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.models import AuditRow, AuditSeal
from app.services import audit

AT_ONCE = 2000  # rows in one transaction
LATE = 5000  # rows: one that got its number this much before another is committed before it
FIRST = "0" * 64
HEAD_FILE = "audit.head"


@dataclass(frozen=True, slots=True)
class Head:
    """The newest seal."""

    seq: int
    digest: str


def pending(session: Session) -> bool:
    """Whether there are new rows without a seal."""
    written, sealed = select(func.max(AuditRow.id)), select(func.max(AuditSeal.audit_id))
    return (session.exec(written).one() or 0) > (session.exec(sealed).one() or 0)


def seal(session: Session) -> Head:
    """Seal the rows that have none yet, oldest first, at most `AT_ONCE`; answers the newest seal."""
    head = _newest(session)
    for row in session.exec(_unsealed(head).limit(AT_ONCE)):
        head = Head(head.seq + 1, _digest(head.digest, row))
        session.add(AuditSeal(seq=head.seq, audit_id=row.id, digest=head.digest))
    return head


def broken(session: Session, outside: Head | None) -> Iterator[str]:
    """A sentence for everything that was altered, removed, inserted, reordered or cut off, in the chain's order.

    `outside` is the newest seal as it was kept beside the database.
    """
    head, kept = Head(0, FIRST), outside or Head(0, FIRST)
    fits = kept == head
    rows = session.exec(
        select(AuditSeal, AuditRow)
        .join(AuditRow, col(AuditRow.id) == AuditSeal.audit_id, isouter=True)
        .order_by(col(AuditSeal.seq))
        .execution_options(yield_per=1000)
    )
    for sealed, row in rows:
        yield from _wrong_with(head, sealed, row)
        head = Head(sealed.seq, sealed.digest)
        fits |= kept == head
    if not fits and kept.seq > head.seq:
        yield f"Seals {head.seq + 1} to {kept.seq} were cut off the end, with their rows."
    elif not fits:
        yield f"Seal {kept.seq} is not the one that was kept outside of the database."
    yield from _foreign(session)


def _wrong_with(head: Head, sealed: AuditSeal, row: AuditRow | None) -> Iterator[str]:
    if sealed.seq != head.seq + 1:
        yield f"Seals {head.seq + 1} to {sealed.seq - 1} are missing."
    if row is None:
        yield f"Row {sealed.audit_id} was removed (seal {sealed.seq})."
    elif not audit.is_ours(row):
        yield f"Row {row.id} was altered, or written by somebody else (seal {sealed.seq})."
    elif not hmac.compare_digest(_digest(head.digest, row), sealed.digest):
        yield f"Row {row.id} is not in its old place (seal {sealed.seq})."


def _foreign(session: Session) -> Iterator[str]:
    """Rows that came in without the product: copied, or not sealed although newer ones are."""
    twice = select(func.max(AuditRow.id)).group_by(col(AuditRow.mark)).having(func.count() > 1)
    for row_id in session.exec(twice):
        yield f"Row {row_id} is a copy of another."
    last = session.exec(select(func.max(AuditSeal.audit_id))).one() or 0
    for row in session.exec(select(AuditRow).where(_without_seal()).order_by(col(AuditRow.id))):
        if row.id < last - LATE:
            yield f"Row {row.id} was put in between."
        elif not audit.is_ours(row):
            yield f"Row {row.id} was altered, or written by somebody else (not sealed yet)."


def read_head(data_dir: Path) -> Head | None:
    """The newest seal as it is kept beside the database; None before the first."""
    try:
        return Head(**json.loads((data_dir / HEAD_FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def keep_head(data_dir: Path, head: Head) -> None:
    whole = data_dir / f"{HEAD_FILE}.new"  # a power cut must not leave half of it
    data_dir.mkdir(parents=True, exist_ok=True)
    whole.write_text(json.dumps(asdict(head)))
    whole.replace(data_dir / HEAD_FILE)


def _newest(session: Session) -> Head:
    """The end of the chain; locked, so that two servers don't both add to it."""
    last = session.exec(select(AuditSeal).order_by(col(AuditSeal.seq).desc()).limit(1).with_for_update()).first()
    return Head(last.seq, last.digest) if last else Head(0, FIRST)


def _unsealed(head: Head) -> SelectOfScalar[AuditRow]:
    sure = select(AuditSeal.audit_id).where(AuditSeal.seq == head.seq - LATE).scalar_subquery()
    return select(AuditRow).where(_without_seal(), col(AuditRow.id) > func.coalesce(sure, 0)).order_by(col(AuditRow.id))


def _without_seal() -> ColumnElement[bool]:
    return ~select(AuditSeal.audit_id).where(AuditSeal.audit_id == AuditRow.id).exists()


def _digest(before: str, row: AuditRow) -> str:
    return hmac.new(audit.key(), f"{before}:{row.id}:{row.mark}".encode(), hashlib.sha256).hexdigest()
