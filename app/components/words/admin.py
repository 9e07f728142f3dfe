"""Words of the admin's pages."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from app.models import TOKEN_LETTERS, Status

# every list
SAVE: Final = "Save"
SAVED: Final = "Saved."
CANCEL: Final = "Cancel"
CLOSE: Final = "Close"
PREVIOUS: Final = "Previous"
NEXT: Final = "Next"
PAGES: Final = "Pages"
NOTHING_FOUND: Final = "Nothing found"
SEARCH_OTHERWISE: Final = "Try another word, or take the filter away."
LEAVE_QUESTION: Final = "Leave without saving?"
LEAVE_EFFECT: Final = "What you changed here is not saved yet."
LEAVE: Final = "Leave"
KEEP_EDITING: Final = "Keep editing"
NONE: Final = "–"


def span(first: int, last: int) -> str:
    return f"{first}–{last}"


def date(day: dt.date) -> str:
    """24 Nov 2026"""
    return f"{day.day} {day:%b} {day.year}"


def found(shown: int, more: bool) -> str:
    return f"{'More than ' if more else ''}{shown} in the list."


# doctors
ADD_DOCTOR: Final = "Add doctor"
NEW_DOCTOR: Final = "New doctor"
FIND_DOCTOR: Final = "Name, room or speciality"
NO_DOCTORS: Final = "No doctors yet"
NO_DOCTORS_TEXT: Final = "Add the first one. Then people can join."
WORK_STATE: Final = "Which doctors"
WORKING: Final = "Working"
RETIRED: Final = "Retired"
NAME: Final = "Name"
NAME_SEEN: Final = "Name people see"
SPECIALITY: Final = "Speciality"
SPECIALITY_HINT: Final = "Several with commas between."
LICENCE: Final = "Licence number"
LICENCE_HINT: Final = "Patients do not see it."
LANGUAGES: Final = "Languages"
LANGUAGES_HINT: Final = "With commas between, like: English, German."
BIOGRAPHY: Final = "About the doctor"
BIOGRAPHY_HINT: Final = "Two or three sentences that patients read before they choose."
WHO: Final = "Who"
FOR_PATIENTS: Final = "What patients read"
THE_QUEUE: Final = "The queue"
ROOM: Final = "Room"
LETTER: Final = "Letter"
TOKEN_LETTER: Final = "Ticket letter"
HOURS: Final = "Open"
ALL_DAY: Final = "All day"
CAP: Final = "Most people a day"
CAP_HINT: Final = "Empty: no limit."
OPENS: Final = "Opens"
CLOSES: Final = "Closes"
HOURS_HINT: Final = "Empty: people can join at any time. Closing before opening means after midnight."
ACCOUNT: Final = "Sign-in account"
ACCOUNT_HINT: Final = "Who opens this queue. Make accounts under Staff and users."
NO_ACCOUNT: Final = "None"
PEOPLE: Final = "people"
QUEUE: Final = "Queue"
HISTORY: Final = "History"
POSTER: Final = "Door poster"
RETIRE: Final = "Retire…"
RETIRE_VERB: Final = "Retire"
RETIRE_EFFECT: Final = "People can't join this queue any more. The history stays, and you can bring the doctor back."
KEEP: Final = "Keep working"
BRING_BACK: Final = "Bring back"
DOCTOR_ADDED: Final = "The doctor is added."
BAD_NUMBER: Final = "Please enter a whole number."
BAD_TIME: Final = "Please enter a time like 08:00."


def letter_rule(free: list[str]) -> str:
    """Which letters there are, and a few that are still free."""
    some = ", ".join(free[:6])
    return f"One or two of {TOKEN_LETTERS[0]} to {TOKEN_LETTERS[-1]}, without G I J O Q S V Y Z. Free: {some}."


def retire_question(name: str) -> str:
    return f"Retire {name}?"


def retired(name: str) -> str:
    return f"{name} is retired."


def is_back(name: str) -> str:
    return f"{name} is back."


def hours(opens: str | None, closes: str | None) -> str:
    if opens and closes:
        return f"{opens}–{closes}"
    if opens:
        return f"from {opens}"
    return f"until {closes}" if closes else ALL_DAY


# patients
FIND_PATIENT: Final = "Name or phone"
NO_PATIENTS: Final = "No patients yet"
NO_PATIENTS_TEXT: Final = "Whoever joins a queue shows up here."
PHONE: Final = "Phone"
BORN: Final = "Born"
KNOWN_SINCE: Final = "Known since"
TICKETS: Final = "Tickets"
BAD_DATE: Final = "Please enter a date."

# tickets
FIND_ENTRY: Final = "Name or ticket"
NO_ENTRIES: Final = "No tickets yet"
NO_ENTRIES_TEXT: Final = "Each person who joins a queue gets one."
TICKET: Final = "Ticket"
PATIENT: Final = "Patient"
DOCTOR: Final = "Doctor"
STATUS: Final = "Status"
DAY: Final = "Day"
JOINED: Final = "Joined"
WAITED: Final = "Waited"
VISIT: Final = "Visit"
REASON: Final = "Reason"
EVERY_DOCTOR: Final = "Every doctor"
EVERY_STATUS: Final = "Every status"
CAME_AS: Final = "Came by"
EVERY_SOURCE: Final = "Every way"
FROM: Final = "From"
TO: Final = "to"
EXPORT: Final = "Save as a table"
EXPORT_HEAD: Final = (
    "Ticket", "Patient", "Doctor", "Status", "Came by", "Day", "Joined", "Visit began", "Ended", "Waited (min)",
    "Visit (min)", "Reason",
)  # fmt: skip
STEPS: Final = "Step by step"

EVENTS: Final[Mapping[str, str]] = {
    "join": "Joined",
    "check-in": "Checked in",
    "recall": "Called again",
    "put-back": "Put back",
    "return": "Is back",
    "restore": "Brought back",
    "undo": "Undone",
    "transfer": "Moved",
    "prioritise": "Another place",
    "answer": "Answered",
    "more-time": "Asked for more time",
    "resume": "Visit went on",
}


def minutes(number: int | None) -> str:
    return NONE if number is None else f"{number} min"


def event(verb: str, status: Status) -> str:
    return EVENTS.get(verb, status.label)
