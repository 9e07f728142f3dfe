"""Words that the doctor's page and the front desk share: what can be done, why, and how things stand."""

from collections.abc import Mapping
from typing import Final

from app.models import CancelReason, Need, Priority, Source, Status
from app.services.leaving import Placing
from app.services.policy import Verb

# what can be done to one person
VERBS: Final[Mapping[Verb, str]] = {
    Verb.CALL: "Call now",
    Verb.RECALL: "Call again",
    Verb.START: "Start visit",
    Verb.RESUME: "Go on with the visit",
    Verb.DONE: "Finish only",
    Verb.HOLD: "Hold",
    Verb.SKIP: "Not here",
    Verb.RETURN: "Is here now",
    Verb.PUT_BACK: "Put back",
    Verb.RESTORE: "Bring back",
    Verb.TRANSFER: "Move to another doctor",
    Verb.NO_SHOW: "Did not come",
    Verb.CANCEL: "Remove",
}
PIN: Final = "Next in line"
UNPIN: Final = "Back to the usual place"
EMERGENCY: Final = "Emergency"
NO_EMERGENCY: Final = "No emergency"
PINNED: Final = "Next"

_DONE: Final[Mapping[Verb, str]] = {
    Verb.CALL_NEXT: "{token} is called.",
    Verb.CALL: "{token} is called.",
    Verb.RECALL: "{token} is called again.",
    Verb.START: "The visit with {token} has begun.",
    Verb.RESUME: "The visit with {token} goes on.",
    Verb.DONE: "{token} is done.",
    Verb.HOLD: "{token} is on hold.",
    Verb.SKIP: "{token} is skipped.",
    Verb.RETURN: "{token} is back in the line.",
    Verb.PUT_BACK: "{token} is back in the line.",
    Verb.RESTORE: "{token} is back.",
    Verb.TRANSFER: "{token} is moved.",
    Verb.NO_SHOW: "{token} did not come.",
    Verb.CANCEL: "{token} is removed.",
    Verb.PRIORITISE: "{token} has another place now.",
}

OTHER: Final = "Other"
PATIENT_READS_IT: Final = "The patient reads this on the phone."
OTHER_LABEL: Final = "What is the reason?"
OTHER_MISSING: Final = "Please write a reason."
WHY: Final = "Reason"
CANCEL: Final = "Cancel"
CLOSE: Final = "Close"
KEEP: Final = "Keep it so"

HOLD_REASONS: Final = ("Blood test", "X-ray", "Other test", "Form to fill in", "Short rest")
EARLY_REASONS: Final = ("Feels worse", "Has to leave soon", "Short question only", "Agreed with the others")
EMERGENCY_REASONS: Final = ("Chest pain", "Hard to breathe", "Heavy bleeding", "Very weak or faint", "High fever")
RESTORE_REASONS: Final = ("Pressed by mistake", "Came back", "Something was forgotten")
FINISH_REASONS: Final = ("The doctor forgot to finish it", "The patient has left")
MOVE_REASONS: Final = ("Shorter wait", "Asked for this doctor", "Needs this doctor", "The doctor has to leave")
CANCEL_REASONS: Final[Mapping[str, str]] = {
    CancelReason.PATIENT_LEFT: "Left the clinic",
    CancelReason.DUPLICATE: "Is in the line twice",
    CancelReason.ENTERED_IN_ERROR: "Added by mistake",
    CancelReason.BY_STAFF: "Does not need to wait any more",
    CancelReason.FAKE: "Fake ticket",
}
END_REASONS: Final[Mapping[str, str]] = {
    **CANCEL_REASONS,
    CancelReason.BY_STAFF: "Removed by the clinic",
    CancelReason.BY_PATIENT: "Left the queue on the phone",
    CancelReason.CLINIC_CLOSED: "The clinic closed",
}

QUESTIONS: Final[Mapping[Verb, str]] = {
    Verb.CALL: "Why call {token} before the others?",
    Verb.HOLD: "Why is {token} on hold?",
    Verb.CANCEL: "Why remove {token}?",
    Verb.RESTORE: "Why bring {token} back?",
    Verb.DONE: "Why finish the visit of {token}?",
}
PIN_QUESTION: Final = "Why is {token} next?"
EMERGENCY_QUESTION: Final = "Why is {token} an emergency?"
MOVE_QUESTION: Final = "Move {token} to which doctor?"
PLACE_QUESTION: Final = "Where in the other line?"
PLACES: Final[Mapping[Placing, str]] = {
    Placing.ARRIVAL: "Keep the place (by when they came)",
    Placing.FRONT: "First in line",
    Placing.END: "Last in line",
}
MOVE: Final = "Move"
NO_OTHER_DOCTOR: Final = "No other doctor takes people right now."
CLOSED_DOCTOR: Final = "takes nobody right now"

# a break
BREAK_QUESTION: Final = "When are you back?"
BREAK_EFFECT: Final = "People can still join. Their phones show when you are back."
BREAK_START: Final = "Start the break"
BREAK_OPEN_END: Final = "I don't know yet"
BREAK_OTHER: Final = "Another time"
BREAK_OTHER_LABEL: Final = "Back at"
BREAK_BAD_TIME: Final = "Please choose a time that is still to come."

# facts about one person
NEEDS: Final[Mapping[str, str]] = {
    Need.FETCH: "Fetch",
    Need.DEAF: "Deaf",
    Need.BLIND: "Blind",
    Need.WHEELCHAIR: "Wheelchair",
    Need.CHILD: "With a child",
}
NEED_NOTES: Final[Mapping[str, str]] = {
    Need.FETCH: "Please fetch {name} from the waiting room.",
    Need.DEAF: "Please fetch {name} from the waiting room.",
    Need.BLIND: "Please fetch {name} and show the way.",
    Need.WHEELCHAIR: "Please keep the way free for {name}.",
    Need.CHILD: "{name} comes with a child.",
}
PRIORITIES: Final[Mapping[str, str]] = {
    Priority.ELDERLY: "Elderly",
    Priority.PREGNANT: "Pregnant",
    Priority.CHILD: "Child",
    Priority.DISABILITY: "Disability",
}
SOURCES: Final[Mapping[str, str]] = {
    Source.PHONE: "Phone",
    Source.RECEPTION: "Front desk",
    Source.KIOSK: "Kiosk",
    Source.MACHINE: "Other system",
    Source.TRANSFER: "Moved here",
}
ANSWERS: Final[Mapping[str, str]] = {
    "coming": "Answer from the phone: “I am coming”.",
    "back": "Answer from the phone: “I am back”.",
}
WAITED: Final = "waited"
APPOINTMENT_LATE: Final = "late"

# why somebody is where they are in the line
_ON_TIME: Final = "{time} appointment, on time"
_LATE: Final = "{time} appointment, late: by when they came"
BY_ARRIVAL: Final = "By when they came"
_GATE: Final = "not before {time} unless nobody else is there"


def why(rank: str, *, appointment: str = "", late: bool = False, gate: str = "") -> str:
    """ "09:30 appointment, on time": why somebody has this place. `rank`: emergency, pinned, a priority, or nothing."""
    if rank in _RANKS:
        return _RANKS[rank]
    base = (_LATE if late else _ON_TIME).format(time=appointment) if appointment else BY_ARRIVAL
    if rank in PRIORITIES and not appointment:
        base = f"{PRIORITIES[rank]}: has a head start"
    return f"{base}, {_GATE.format(time=gate)}" if gate else base


_RANKS: Final[Mapping[str, str]] = {
    "emergency": "Emergency: before all others",
    "pinned": "Staff put them first",
}


def done(verb: Verb, token: str) -> str:
    """What is said after `verb` was done."""
    return _DONE[verb].format(token=token)


def taken_back(token: str, status: Status) -> str:
    return f"Taken back. {token} is {label(status)} now."


def label(status: Status) -> str:
    """The status inside a sentence."""
    return status.label.lower()


def more_for(token: str) -> str:
    return f"More for {token}"


def named(word: str, token: str) -> str:
    """A button's full name, so that it can be told from the same button of somebody else."""
    return f"{word}: {token}"


def waiting(count: int) -> str:
    return f"{count} waiting"


def room(name: str) -> str:
    """A room as people say it: "room 3", but "X-ray"."""
    return f"room {name}" if name[:1].isdigit() or len(name) == 1 else name


def calls(count: int) -> str:
    return "Called once" if count == 1 else f"Called {count} times"


def call_of(count: int, most: int) -> str:
    return f"call {count} of {most}" if count <= most else f"call {count}"


def who(role: str) -> str:
    """Who did a step, when it was nobody with a name."""
    return _NAMELESS.get(role, role.title())


_NAMELESS: Final[Mapping[str, str]] = {
    "patient": "The patient",
    "anonymous": "The patient",
    "system": "Happened by itself",
    "kiosk": "At the kiosk",
}


def end_reason(reason: str) -> str:
    return END_REASONS.get(reason, reason)
