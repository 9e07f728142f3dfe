"""What people type, made clean: trimmed, in one Unicode form, without characters nobody can see."""

import re
import unicodedata
from datetime import date

from app.errors import Invalid
from app.models import dialled as dialled  # noqa: PLC0414  one of the ways in which text is made clean here

LONGEST_NAME = 80
_PHONE = re.compile(r"^\+?[0-9][0-9 ()./-]{3,18}$")
_INVISIBLE = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")  # part of the spelling in several scripts


def line(value: str, *, field: str, longest: int, required: bool = False) -> str:
    """One line of text of at most `longest` characters. Raises Invalid with a sentence naming `field`."""
    visible = "".join(c for c in unicodedata.normalize("NFC", value) if _keeps(c))
    clean = " ".join(visible.split())
    if required and not clean.strip("\u200c\u200d"):
        raise Invalid(f"Please enter {field}.", code="missing")
    if len(clean) > longest:
        raise Invalid(f"Please use at most {longest} letters for {field}.", code="too_long")
    return clean


def person(value: str, field: str = "a name") -> str:
    """A person's name in any script."""
    return line(value, field=field, longest=LONGEST_NAME, required=True)


def like(search: str) -> str:
    """A LIKE pattern that finds `search` anywhere and means every character literally (escape: backslash)."""
    for special in ("\\", "%", "_"):
        search = search.replace(special, "\\" + special)
    return f"%{search}%"


def birthday(born: date | None, today: date) -> date | None:
    """A date of birth that a living person can have."""
    if born and not date(1900, 1, 1) <= born <= today:
        raise Invalid("Please check the date of birth.", code="bad_date")
    return born


def phone(value: str) -> str:
    clean = line(value, field="the phone number", longest=20)
    if clean and not _PHONE.match(clean):
        raise Invalid("Please check the phone number: digits only, with + in front if you like.", code="bad_phone")
    return clean


def _keeps(character: str) -> bool:
    if character in "\t\n\r" or character in _JOINERS:
        return True
    category = unicodedata.category(character)
    # Directional marks (Cf) could turn the line around for everybody who reads it.
    return category not in _INVISIBLE and category != "Cf"
