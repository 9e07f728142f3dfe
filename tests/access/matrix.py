"""docs/access.md as data: section → row → actor → mark."""

import re
from typing import Final

from app.settings import ROOT

ACTORS: Final = (
    "anyone", "screen", "kiosk", "ticket", "patient", "other patient", "doctor", "other doctor", "nurse", "reception",
    "admin", "disabled", "ended", "locked",
)  # fmt: skip
YES, NO, HIDDEN, SIGN_IN, UNLOCK = "yes", "no", "hidden", "sign in", "unlock"
MARKS: Final = frozenset({YES, NO, HIDDEN, SIGN_IN, UNLOCK})
DOCUMENT: Final = ROOT / "docs" / "access.md"

Row = dict[str, str]
Table = dict[str, Row]


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")]


def _read() -> dict[str, Table]:
    found: dict[str, Table] = {}
    section, head = "", list[str]()
    for line in DOCUMENT.read_text().splitlines():
        if line.startswith("## "):
            section, head = line.removeprefix("## "), []
        elif not line.startswith("|"):
            head = []
        elif not head:
            head = _cells(line)
        elif not re.fullmatch(r"[|:\- ]+", line):
            key, *rest = _cells(line)
            rows = found.setdefault(section, {})
            assert key not in rows, f"twice in docs/access.md: {section}, {key}"
            rows[key] = dict(zip(head[1:], rest, strict=True))
    return found


SECTIONS: Final = _read()


def table(section: str) -> Table:
    """The rows of a section whose columns are the actors."""
    return {key: {actor: row[actor] for actor in ACTORS} for key, row in SECTIONS[section].items()}
