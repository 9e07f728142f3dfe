"""Words of the admin's first page."""

from typing import Final

TITLE: Final = "Overview"
WAITING: Final = "Waiting"
INSIDE: Final = "With a doctor"
LONGEST: Final = "Longest wait"
SEEN: Final = "Seen today"
OPEN_QUEUES: Final = "Open queues"
MINUTES: Final = "min"
NOTHING: Final = "–"
QUEUES: Final = "Queues now"
DOCTOR: Final = "Doctor"
STATE: Final = "State"
NO_QUEUES: Final = "No doctors yet"
NO_QUEUES_TEXT: Final = "Add the first one. Then people can join."
LOOK_AT: Final = "Look at this"
ALL_WELL: Final = "Nothing right now."
OPEN: Final = "Open"
MANY_TICKETS: Final = "Many tickets came from one place at once."


def of(part: int, whole: int) -> str:
    return f"of {whole}" if whole != part else ""


def invited(number: int) -> str:
    who = "1 person is invited and has" if number == 1 else f"{number} people are invited and have"
    return f"{who} not signed in yet."


def without_second_step(number: int) -> str:
    return "1 person has no second step yet." if number == 1 else f"{number} people have no second step yet."


def without_account(name: str) -> str:
    return f"{name} has no account to sign in with."


def silent(name: str, when: str) -> str:
    return f"{name or 'A screen'} was last seen at {when}."


def unsent(number: int) -> str:
    return "1 message could not be sent." if number == 1 else f"{number} messages could not be sent."


def audit(number: int) -> str:
    return "The audit was changed by somebody." if number else ""
