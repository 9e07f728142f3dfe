"""Words of the admin's pages."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Final

from app.models import TOKEN_LETTERS, Policy, Status

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


# settings
SETTINGS_SUB: Final = "Name, time and the rules of the queues"
CLINIC: Final = "Clinic"
CLINIC_NAME: Final = "Clinic name"
TIME_ZONE: Final = "Time zone"
TIME_ZONE_HINT: Final = "Type a big city near you."
CALLING: Final = "Calling"
MISSED: Final = "When somebody does not come"
WAITING: Final = "Waiting"
SIGNING_IN: Final = "Signing in"
PRIVACY: Final = "Privacy"
SETTINGS_SAVED: Final = "Saved. It counts from now on."
EXAMPLE: Final = "For example: "

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    CALLING: ("grace_minutes", "max_calls", "recall_gap_seconds", "nurse_may_call"),
    MISSED: ("patient_may_return", "return_delay_minutes", "max_misses", "no_show_minutes", "more_time_minutes"),
    WAITING: ("priority_minutes", "long_wait_minutes", "day_start_hour"),
    SIGNING_IN: ("staff_idle_minutes", "patient_idle_minutes", "staff_need_code", "patients_may_register"),
    PRIVACY: ("keep_patients_months", "screens_need_pairing"),
}
UNITS: Final[Mapping[str, str]] = {
    "minutes": "minutes",
    "seconds": "seconds",
    "calls": "calls",
    "hour": "o'clock",
    "months": "months",
}


def unit(rule: str) -> str:
    return UNITS.get(rule.rsplit("_", 1)[-1], "times")


def _clock(minutes: int) -> str:
    return f"{10 + minutes // 60:02}:{minutes % 60:02}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _calling(rules: Policy) -> str:
    skipped = f"at {_clock(rules.grace_minutes)} A42 is skipped."
    if rules.max_calls == 1:
        return f"A42 is called at 10:00 and does not come: {skipped}"
    return (
        f"A42 does not come. You can call again after {rules.recall_gap_seconds} seconds. "
        f"If call number {rules.max_calls} is at 10:00, {skipped}"
    )


def _missed(rules: Policy) -> str:
    who = "taps “I am here” on the phone" if rules.patient_may_return else "comes to the desk"
    back = (
        f"A42 was skipped and {who} at 10:00. A42 keeps the place and can be called from "
        f"{_clock(rules.return_delay_minutes)}. "
    )
    lost = f"After {_count(rules.max_misses, 'missed call')} A42 goes to the end of the line. "
    gone = f"Skipped at 10:00 and nobody comes: a no-show at {_clock(rules.no_show_minutes)}."
    return back + lost + gone


def _waiting(rules: Policy) -> str:
    fair = (
        f"A child comes at {_clock(rules.priority_minutes)} and is called as if the child had come at 10:00. "
        if rules.priority_minutes
        else "Everybody is called in the order they came. "
    )
    late = f"Who came at 10:00 and still waits at {_clock(rules.long_wait_minutes)} is marked red for staff. "
    day = f"Tickets start again with 1 at {rules.day_start_hour:02}:00."
    return fair + late + day


def _signing_in(rules: Policy) -> str:
    left = f"A page of the desk that nobody touches from 10:00 on is locked at {_clock(rules.staff_idle_minutes)}. "
    gone = f"A patient's own page asks for the password again at {_clock(rules.patient_idle_minutes)}. "
    code = "Staff type a code from their phone after the password." if rules.staff_need_code else ""
    return left + gone + code


def _privacy(rules: Policy) -> str:
    months = rules.keep_patients_months
    kept = (
        f"Somebody who was last here on 1 January is erased {_count(months, 'month')} later. "
        if months
        else "Nobody is erased by itself. "
    )
    screens = (
        "Only screens that you have paired show the queue."
        if rules.screens_need_pairing
        else "Everybody who opens the screen's address sees numbers and rooms, never names."
    )
    return kept + screens


EXAMPLES: Final[Mapping[str, Callable[[Policy], str]]] = {
    CALLING: _calling,
    MISSED: _missed,
    WAITING: _waiting,
    SIGNING_IN: _signing_in,
    PRIVACY: _privacy,
}
