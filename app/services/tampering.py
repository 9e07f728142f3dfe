"""Looking through the whole audit for what was altered, removed, inserted, reordered or cut off.

A check goes in steps, each in a look of its own: a page can show how far it is, and nobody waits for it.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import Session

from app.models import AuditRow, AuditSeal
from app.services import audit, sealing
from app.services.audit import Author
from app.services.sealing import FIRST, Head

STEP = 2000  # rows in one look
MOST = 1000  # findings that are kept; more are only counted
_ROWS = AuditRow.__table__  # type: ignore[attr-defined]  # without the mapper: a hundred thousand rows in seconds
_SEALS = AuditSeal.__table__  # type: ignore[attr-defined]


class Kind(StrEnum):
    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    COPIED = "copied"
    MOVED = "moved"
    GAP = "gap"
    CUT = "cut"
    REPLACED = "replaced"
    OTHER_KEY = "other-key"
    NO_HEAD = "no-head"


_SENTENCES = {
    Kind.ALTERED: "{Row} {was} altered (seal {seq}).",
    Kind.REMOVED: "{Row} {was} removed (seal {seq}).",
    Kind.INSERTED: "{Row} {was} put in by somebody else, or altered before the sealing.",
    Kind.COPIED: "{Row} {is} a copy of another.",
    Kind.MOVED: "{Row} {is} not in the old place (seal {seq}).",
    Kind.GAP: "{Seal} {is} missing, with what {it} sealed.",
    Kind.CUT: "{Seal} {was} cut off the end, with what {it} sealed.",
    Kind.REPLACED: "{Seal} {is} not the one that is kept outside of the database: it was written anew.",
    Kind.OTHER_KEY: "{Row} {was} written with another key. Was MEDIQUEUE_SECRET, or the file secret, another one then?",
    Kind.NO_HEAD: "The file audit.head is missing: whether the end was cut off can't be told.",
}


@dataclass(slots=True)
class Finding:
    """One thing that is wrong with the rows (or seals) `first` to `last`; `seq` is the seal of the first."""

    kind: Kind
    first: int
    last: int
    seq: int = 0

    @property
    def sentence(self) -> str:
        many = self.last > self.first
        which = f"s {self.first} to {self.last}" if many else f" {self.first}"
        return _SENTENCES[self.kind].format(
            Row=f"Row{which}", Seal=f"Seal{which}", was="were" if many else "was", seq=self.seq,
            it="they" if many else "it", **{"is": "are" if many else "is"},
        )  # fmt: skip


class Check:
    """`outside` is the newest seal as it was kept beside the database before the check began."""

    def __init__(self, outside: Head | None) -> None:
        self.findings: list[Finding] = []
        self.count = 0
        self.done = self.total = 0
        self._outside = outside
        self._fits = outside is None or outside.seq == 0
        self._head: Head | None = Head(0, FIRST)
        self._seq = 0
        self._expected = FIRST

    def step(self, session: Session) -> bool:
        """Look at some more rows; answers whether there are more."""
        if not self.total:
            self.total = sealing.newest(session).seq
        rows = self._next(session)
        for row in rows:
            self._look_at(row)
        self.done = self._seq
        if len(rows) == STEP:
            return True
        self._end()
        self._unsealed(session)
        self._copies(session)
        return False

    def _next(self, session: Session) -> list[Mapping[Any, Any]]:
        joined = _SEALS.join(_ROWS, _ROWS.c.id == _SEALS.c.audit_id, isouter=True)
        wanted = columns(_SEALS.c.seq, _SEALS.c.audit_id, _SEALS.c.digest, _ROWS).select_from(joined)
        found = session.execute(wanted.where(_SEALS.c.seq > self._seq).order_by(_SEALS.c.seq).limit(STEP))
        return list(found.mappings())

    def _look_at(self, row: Mapping[Any, Any]) -> None:
        seq, digest = row["seq"], row["digest"]
        if seq != self._seq + 1:
            self._found(Kind.GAP, self._seq + 1, seq - 1)
            self._head = None  # what came before is not known: this seal can't be proved
        self._expected = self._proved(row)
        self._head, self._seq = Head(seq, digest), seq
        if self._outside and self._outside.seq == seq:
            self._fits = hmac.compare_digest(self._outside.digest, digest)

    def _proved(self, row: Mapping[Any, Any]) -> str:
        """The digest that the row's seal should have; "" if that can't be told."""
        seq, row_id = row["seq"], row["audit_id"]
        if row["id"] is None:
            self._found(Kind.REMOVED, row_id, seq=seq)
            return ""
        author = audit.author(row)
        if author is not Author.US:
            self._found(Kind.ALTERED if author is Author.SOMEBODY else Kind.OTHER_KEY, row_id, seq=seq)
        if self._head is None or author is Author.OTHER_KEY:
            return ""
        should = sealing.digest_after(self._head.digest, row)
        fits = [should, *([sealing.digest_after(self._expected, row)] if self._expected else [])]
        if author is Author.US and not any(hmac.compare_digest(each, row["digest"]) for each in fits):
            self._found(Kind.MOVED, row_id, seq=seq)
        return fits[-1]

    def _end(self) -> None:
        """Compare the end of the chain with what is kept outside."""
        if self._outside is None and self._seq:
            self._found(Kind.NO_HEAD, self._seq)
        elif self._outside and self._outside.seq > self._seq:
            self._found(Kind.CUT, self._seq + 1, self._outside.seq)
        elif self._outside and not self._fits:
            self._found(Kind.REPLACED, self._outside.seq)

    def _unsealed(self, session: Session) -> None:
        for row in session.execute(columns(_ROWS).where(sealing.without_seal()).order_by(_ROWS.c.id)).mappings():
            author = audit.author(row)
            if author is not Author.US:
                self._found(Kind.INSERTED if author is Author.SOMEBODY else Kind.OTHER_KEY, row["id"])

    def _copies(self, session: Session) -> None:
        twice = columns(func.max(_ROWS.c.id)).group_by(_ROWS.c.mark).having(func.count() > 1)
        for row_id in sorted(session.execute(twice).scalars()):
            self._found(Kind.COPIED, row_id)

    def _found(self, kind: Kind, first: int, last: int | None = None, seq: int = 0) -> None:
        """Keep a finding; one that goes on where the last of its kind ended makes that longer."""
        self.count += 1
        before = self.findings[-1] if self.findings else None
        if before and before.kind is kind and before.last + 1 == first and last is None:
            before.last = first
        elif len(self.findings) < MOST:
            self.findings.append(Finding(kind, first, first if last is None else last, seq))
