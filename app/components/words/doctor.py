"""Words of the doctor's dashboard and of the doctor's history."""

from collections.abc import Mapping
from typing import Final

from app.components.words.staff import room
from app.models import Status
from app.services.attendance import Attendance
from app.services.policy import Verb

MY_QUEUE: Final = "My queue"
HISTORY: Final = "History"
BACK: Final = "Back to the queue"

# the numbers
WAITING: Final = "Waiting"
LONGEST: Final = "Longest wait"
SEEN: Final = "Seen today"
USUAL: Final = "Usual visit"
FINISH_AT: Final = "You finish about"
MINUTES: Final = "min"
UNKNOWN: Final = "–"

# who is here now
IN_ROOM: Final = "In the room now"
CALLED: Final = "Called"
SINCE: Final = "since {time}"
AGO: Final = "ago"
NEXT_UP: Final = "Next up"
FAIR_ORDER: Final = "in fair order"
CHOSEN: Final = "chosen by staff"
FINISH: Final = "Finish {token}"
FINISH_AND_CALL: Final = "Finish and call {token}"
START: Final = "Start visit with {token}"
CALL: Final = "Call {token}"
NOT_HERE: Final = "{token} is not here"
ROOM_FREE: Final = "The room is free"
CALL_HERE: Final = "When someone waits, you call them from here."

# the line
LINE: Final = "The line"
FIND: Final = "Name or number"
PLACE: Final = "Place"
TICKET: Final = "Ticket"
PATIENT: Final = "Patient"
NEEDS: Final = "Needs"
CAME_AS: Final = "Came as"
WAITED: Final = "Waited"
ACTIONS: Final = "Actions"
GO_ON: Final = "Go on"
NOT_IN_LINE: Final = "Not in the line"
NO_ONE: Final = "No one is waiting"
BY_THEMSELVES: Final = "New people show up here by themselves."
NOBODY_NEW: Final = "The queue takes nobody new right now."
NONE_FOUND: Final = "Nobody in the line has this name or number."
OVER: Final = "over {minutes} min"

# open, break, closed
TAKE_BREAK: Final = "Take a break"
BACK_FROM_BREAK: Final = "I am back"
DOCTOR_BACK: Final = "Doctor is back"
QUEUE_STATES: Final[Mapping[Attendance, str]] = {
    Attendance.OPEN: "Queue is open",
    Attendance.PAUSED: "Takes nobody new",
    Attendance.FULL: "Full for today",
    Attendance.CLOSED: "Closed for today",
}
QUEUE_NOT_YET: Final = "Opens at {time}"
QUEUE_BREAK: Final = "On a break"
QUEUE_BREAK_UNTIL: Final = "On a break until {time}"
PAUSE: Final = "Take nobody new"
OPEN: Final = "Open the queue"
CLOSE: Final = "Close for today"
CLOSE_QUESTION: Final = "Close the queue for today?"
CLOSE_YES: Final = "Close the queue"
CLOSE_NO: Final = "Keep it open"
PAUSED: Final = "The queue takes nobody new. Who waits keeps the place."
OPENED: Final = "The queue is open."
CLOSED: Final = "The queue is closed for today."
ON_BREAK: Final = "The break has begun."
BREAK_OVER: Final = "The break is over."

# keys
KEYS_TITLE: Final = "Shortcuts"
KEYS_SWITCH: Final = "Use shortcuts on this device"
KEYS_NOTE: Final = "Keys rest while you type, and for one second after each press."
KEYS: Final[Mapping[str, str]] = {
    "N": "main button",
    "R": "call again",
    "S": "not here",
    "H": "hold",
    "F": "finish only",
    "T": "move",
    "U": "undo",
    "↑ ↓": "choose",
    "Enter": "menu",
    "/": "find",
    "F2": "lock",
    "?": "all keys",
    "Esc": "close",
}

# what patients read of a doctor
PROFILE: Final = "My profile"
PROFILE_SUB: Final = "What patients read when they choose a doctor"
LANGUAGES: Final = "Languages"
LANGUAGES_HINT: Final = "With commas between, like: English, German."
BIOGRAPHY: Final = "About me"
BIOGRAPHY_HINT: Final = "Two or three sentences. Patients read them before they choose."
ROOM: Final = "My room"
ROOM_HINT: Final = "Calls send people here."
FROM_ADMIN: Final = "The rest is written by an admin"
NAME: Final = "Name"
SPECIALITY: Final = "Speciality"
LICENCE: Final = "Licence number"
SAVE: Final = "Save"
SAVED: Final = "Saved. Patients see it now."

# history
ENDED: Final = "Ended"
STATUS: Final = "Status"
WHY: Final = "Why"
VISIT: Final = "Visit"
ALL: Final = "All"
FILTER: Final = "Status"
SHOW_MORE: Final = "Show more"
STEPS: Final = "Steps"
STEPS_OF: Final = "What happened with {token}"
NO_HISTORY: Final = "Nothing here yet"
NO_HISTORY_TEXT: Final = "Finished visits show up here by themselves."

_STEPS: Final[Mapping[str, str]] = {
    Verb.JOIN: "Got the ticket",
    Verb.CHECK_IN: "Checked in for the appointment",
    Verb.CALL_NEXT: "Called",
    Verb.CALL: "Called",
    Verb.RECALL: "Called again",
    Verb.START: "The visit began",
    Verb.DONE: "The visit was finished",
    Verb.SKIP: "Did not come to the call",
    Verb.PUT_BACK: "Put back in the line",
    Verb.HOLD: "Put on hold",
    Verb.RESUME: "The visit went on",
    Verb.RETURN: "Came back",
    Verb.CANCEL: "Left the queue",
    Verb.NO_SHOW: "Did not come",
    Verb.RESTORE: "Brought back",
    Verb.UNDO: "Taken back",
    Verb.PRIORITISE: "Place changed",
    Verb.CLOSE_DAY: "The queue was closed",
    Verb.ANSWER: "Answered from the phone",
    Verb.MORE_TIME: "Asked for more time",
}


def in_room(name: str) -> str:
    return f"In {room(name)} now" if name else IN_ROOM


def called_to(name: str) -> str:
    return f"Called to {room(name)}" if name else CALLED


def finish_about(own: bool) -> str:
    return FINISH_AT if own else "Finishes about"


def close_effect(waiting: int, missed: int) -> str:
    """Whom closing touches."""
    parts = []
    if waiting:
        parts.append(
            f"{_people(waiting)} still waiting. "
            + ("Their phones" if waiting > 1 else "The phone")
            + " will say the clinic is closed."
        )
    if missed:
        called = "1 person who was called counts" if missed == 1 else f"{missed} people who were called count"
        parts.append(f"{called} as “did not come”.")
    return " ".join(parts) or "No one is waiting. New people can't join today."


def joined(tokens: list[str], waiting: int) -> str:
    """ "A48 joined. 7 waiting.\""""
    if len(tokens) > 3:
        return f"{len(tokens)} people joined. {waiting} waiting."
    who = " and ".join([", ".join(tokens[:-1]), tokens[-1]] if len(tokens) > 1 else tokens)
    return f"{who} joined. {waiting} waiting."


def title(name: str, waiting: int) -> str:
    return f"{name} ({waiting})"


def step(verb: str, to_status: Status, from_status: Status | None) -> str:
    """One step of a timeline as a sentence."""
    if verb == Verb.TRANSFER:
        return "Moved to another doctor" if to_status is Status.TRANSFERRED else "Came from another doctor"
    if verb == Verb.UNDO:
        return f"Taken back: {to_status.label.lower()} again" if from_status else "Taken back"
    return _STEPS.get(verb, to_status.label)


def _people(count: int) -> str:
    return "1 person is" if count == 1 else f"{count} people are"
