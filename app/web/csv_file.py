"""Tables to take away, as CSV that spreadsheets open: a cell is never a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from fastapi import Response

_FORMULA = "=+-@\t\r\n"
BOM = "\ufeff"  # without it a spreadsheet takes UTF-8 for something else


def answer(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A download called `name` (our own word, never a user's)."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written(head, rows), media_type="text/csv; charset=utf-8", headers=headers)


def written(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    return BOM + lines([head]) + lines(rows)


def lines(rows: Iterable[Sequence[object]]) -> str:
    """Rows without a head, for a table that is sent in several parts."""
    into = io.StringIO()
    csv.writer(into, lineterminator="\r\n").writerows([guarded(cell) for cell in row] for row in rows)
    return into.getvalue()


def guarded(cell: object) -> str:
    """The cell as text; with a quote in front if a spreadsheet could take it for a formula."""
    text = "" if cell is None else str(cell)
    risky = text[:1] in _FORMULA or text.lstrip()[:1] in _FORMULA
    return f"'{text}" if text.strip() and risky else text
