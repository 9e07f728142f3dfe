"""Words of the front desk."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from app.components.words.staff import room
from app.services.attendance import Attendance

TITLE: Final = "Front desk"
FIND: Final = "Find by name, phone or ticket, or scan a code"
ADD: Final = "Add walk-in"
PRINT_LIST: Final = "Print list"

# the list
IN_CLINIC: Final = "In the clinic"
FINISHED: Final = "Finished"
ALL_DOCTORS: Final = "All doctors"
WHICH_LIST: Final = "Which list"
WHICH_DOCTOR: Final = "Which doctor"
TICKET: Final = "Ticket"
PATIENT: Final = "Patient"
DOCTOR: Final = "Doctor"
STATUS: Final = "Status"
WAITED: Final = "Waited"
TIME_LEFT: Final = "Time left"
ENDED: Final = "Ended"
ACTIONS: Final = "Actions"
NOW: Final = "now"
NOTHING: Final = "–"
OVER: Final = "over {minutes} min"
NO_ONE: Final = "No one is in the clinic"
BY_THEMSELVES: Final = "New people show up here by themselves."
NONE_FINISHED: Final = "No visit is finished today"
NONE_FINISHED_MORE: Final = "Visits show up here when they are done."
NONE_FOUND: Final = "Nobody in this list has this name, phone or number."
PRINT_TICKET: Final = "Print ticket"
IS_HERE: Final = "Is here"

# somebody whose name is kept
SHOW_NAME: Final = "Show the name"
WHOSE_NAME: Final = "Show the name of {token}?"
NAME_IS_KEPT: Final = (
    "This name is kept from the desk. You see it on this page only. Who looked, and why, is written down."
)
WHY_NAME: Final = "Why do you need the name?"
KEEP_NAME: Final = "Keep the name from the desk: only the doctor and nurses see it"

# fake tickets
FAKE_BUTTON: Final = "Fake tickets"
FAKE_TICKETS: Final = "Remove fake tickets"
FAKE_TICKETS_TEXT: Final = (
    "These tickets were taken by phone. People who sit here may come from one place too: look before you remove."
)
NO_TICKETS_FROM_OUTSIDE: Final = "No one who waits has taken a ticket by phone."
LOOKS_FAKE: Final = "Too fast for people"
LOOK: Final = "Look"
LOOK_AWAY: Final = "Close"
FROM_ONE_PLACE: Final = "Many tickets from one place:"

# what needs somebody
NEEDS_YOU: Final = "Needs you"
NOTHING_NEEDS_YOU: Final = "Nothing right now."
MAY_BE_HERE: Final = "may be at the desk"
IS_BACK: Final = "is back"
WAITS_LONG: Final = "waits over {minutes} min"
OPEN_ROW: Final = "Open"
MOVE: Final = "Move"

# the doctors
DOCTORS: Final = "Doctors"
POSTER: Final = "Poster for the door"
CALL: Final = "Call {token}"
HISTORY: Final = "History"
DASHBOARD: Final = "Open the queue page"
TAKE_BREAK: Final = "Break"
END_BREAK: Final = "The doctor is back"
DONE_ABOUT: Final = "done about {time}"
_PRESENCE: Final[Mapping[Attendance, str]] = {
    Attendance.OPEN: "open",
    Attendance.BREAK: "on a break",
    Attendance.NOT_YET: "not here yet",
    Attendance.PAUSED: "takes nobody new",
    Attendance.FULL: "full for today",
    Attendance.CLOSED: "closed for today",
}
IDLE: Final[Mapping[Attendance, str]] = {
    Attendance.BREAK: "should be back",
    Attendance.NOT_YET: "is not here yet",
    Attendance.PAUSED: "takes nobody new",
    Attendance.CLOSED: "is closed",
}
_UNTIL: Final[Mapping[Attendance, str]] = {
    Attendance.BREAK: "on a break until {time}",
    Attendance.NOT_YET: "here from {time}",
}

# a new walk-in
NAME: Final = "Name"
BAD_BIRTH: Final = "Please check the date of birth."
NAME_MISSING: Final = "Please enter the name."
BORN: Final = "Born"
PHONE: Final = "Phone"
PRIORITY: Final = "Priority"
NO_PRIORITY: Final = "None"
NEEDS: Final = "Needs"
PRINT_TOO: Final = "Print the ticket"
KNOWN_HERE: Final = "Known here"
WHICH_ONE: Final = "Which one?"
SOMEBODY_NEW: Final = "Somebody new"
NOT_THIS_ONE: Final = "Not this one"
NO_DOCTOR: Final = "No doctor takes people right now."

# shortcuts
KEYS: Final[Mapping[str, str]] = {
    "/": "Find",
    "A": "Add walk-in",
    "↑ ↓": "Choose a person",
    "Enter": "What can be done",
    "B": "Is here",
    "P": "Print the ticket",
    "M": "Move to another doctor",
    "X": "Remove",
    "U": "Undo",
    "F2": "Lock the screen",
    "?": "All keys",
}


def title(waiting: int) -> str:
    return f"{TITLE} ({waiting} waiting)"


def count(word: str, number: int) -> str:
    return f"{word} {number}"


def before(number: int) -> str:
    return "next" if number == 0 else f"{number} before"


def calls(number: int) -> str:
    return "1 call" if number == 1 else f"{number} calls"


def born(day: date) -> str:
    return f"born {day.day} {day:%b %Y}"


def first_here(day: date) -> str:
    return f"first here {day.day} {day:%b %Y}"


def surname(name: str) -> str:
    """What a doctor is called in a narrow column."""
    return name.rsplit(maxsplit=1)[-1]


def presence(state: Attendance, until: str) -> str:
    """ "open", or "on a break until 11:30"."""
    return _UNTIL[state].format(time=until) if until and state in _UNTIL else _PRESENCE[state]


def where(room_name: str, state: str) -> str:
    """ "Room 3 · open": the head of a doctor's line."""
    text = " · ".join(part for part in (room(room_name) if room_name else "", state) if part)
    return text[:1].upper() + text[1:]


def not_going_on(state: str, number: int) -> str:
    """ "is on a break. 3 people wait.": after the doctor's name."""
    people = "1 person waits" if number == 1 else f"{number} people wait"
    return f"{state}. {people}."


def added(token: str, name: str) -> str:
    return f"{name} has ticket {token}."


def from_place(number: int, first: str, last: str, *, one_place: bool) -> str:
    """ "37 tickets from one place between 10:02 and 10:04"."""
    tickets = "1 ticket" if number == 1 else f"{number} tickets"
    where = "from one place" if one_place else "from different places"
    when = f"at {first}" if first == last else f"between {first} and {last}"
    return f"{tickets} {'by phone' if number == 1 else where} {when}"


def many_since(number: int, first: str) -> str:
    return f"{number} since {first}"


def remove_tickets(number: int) -> str:
    return "Remove 1 ticket" if number == 1 else f"Remove {number} tickets"


def removed(number: int) -> str:
    return "1 ticket is removed." if number == 1 else f"{number} tickets are removed."


def all_back(number: int) -> str:
    return "The ticket is back." if number == 1 else f"All {number} tickets are back."


def added_unnamed(token: str) -> str:
    return f"Ticket {token} is ready."


def printed_at(time: str) -> str:
    return f"In the clinic at {time}"
