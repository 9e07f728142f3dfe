"""What an address asks of the audit: the same words for the page and for what is taken away."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from app.models import Outcome
from app.services.auditing import Filter
from app.web.numbers import number

WHO, ACTION, PATIENT, OUTCOME, FIRST, LAST = "q", "action", "patient", "outcome", "first", "last"
NAMES: Final = (ACTION, PATIENT, OUTCOME, FIRST, LAST)
LONGEST = 80
CSV_PATH = "/admin/audit.csv"


def asked(given: Mapping[str, str]) -> Filter:
    """The filter; what can't be read filters nothing."""
    outcome = given.get(OUTCOME, "")
    return Filter(
        who=given.get(WHO, "").strip()[:LONGEST],
        action=given.get(ACTION, "")[:LONGEST],
        patient_id=number(given.get(PATIENT)),
        outcome=Outcome(outcome) if outcome in set(Outcome) else None,
        first=_day(given.get(FIRST, "")),
        last=_day(given.get(LAST, "")),
    )


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day < date(2200, 1, 1) else None
