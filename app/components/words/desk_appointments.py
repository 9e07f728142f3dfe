"""Words of the appointments at the desk: who is expected, who has come, and booking for somebody."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from app.models import AppointmentStatus

TITLE: Final = "Appointments"
FIND: Final = "Find by name or phone"
BOOK: Final = "Book an appointment"
BOOK_SHORT: Final = "Book"
IN_CLINIC: Final = "In the clinic"
PRINT_LIST: Final = "Print list"

# the list
TIME: Final = "Time"
PATIENT: Final = "Patient"
DOCTOR: Final = "Doctor"
STATUS: Final = "Status"
TICKET: Final = "Ticket"
ACTIONS: Final = "Actions"
WHICH_LIST: Final = "Which appointments"
WHICH_DOCTOR: Final = "Which doctor"
ALL_DOCTORS: Final = "All doctors"
EXPECTED: Final = "Expected"
CAME: Final = "Came"
NOT_COMING: Final = "Not coming"
EVERYBODY: Final = "All"
DAY: Final = "Day"
DAY_BEFORE: Final = "The day before"
DAY_AFTER: Final = "The day after"
TODAY: Final = "Today"
NONE: Final = "No appointments in this list"
NONE_TEXT: Final = "New ones show up here by themselves."
NONE_FOUND: Final = "Nobody in this list has this name or phone."
LATE: Final = "late"
NOT_HERE: Final = "not here yet"
WITHOUT_PLAN: Final = "Is in the line"
STATUSES: Final[Mapping[AppointmentStatus, str]] = {
    AppointmentStatus.BOOKED: "Expected",
    AppointmentStatus.CHECKED_IN: "Checked in",
    AppointmentStatus.COMPLETED: "Was here",
    AppointmentStatus.NO_SHOW: "Did not come",
    AppointmentStatus.LEFT: "Left",
    AppointmentStatus.CANCELLED: "Cancelled",
}

# what can be done
CHECK_IN: Final = "Check in"
CAME_AFTER_ALL: Final = "Came after all"
CHANGE: Final = "Change the time"
CANCEL: Final = "Cancel the appointment"
KEEP: Final = "Keep it"
SLIP: Final = "Print the slip"
SHOW_TICKET: Final = "Print the ticket"
CANCEL_EFFECT: Final = "The time is free for others at once."
CANCEL_REASONS: Final = ("The patient called", "The doctor is away", "Booked by mistake")

# booking
NAME: Final = "Name"
BORN: Final = "Born"
PHONE: Final = "Phone"
REASON: Final = "Reason for the visit"
OTHER_DAY: Final = "Day"
TIMES: Final = "Time"
NO_TIMES: Final = "This doctor has no free time in the next weeks."
NO_DOCTORS: Final = "No doctor has a free time. An admin can add hours under “Doctors”."
NAME_MISSING: Final = "Please enter the name."
TIME_MISSING: Final = "Please choose a time."
PRINT_TOO: Final = "Print a slip"
TWICE: Final = "Book this time too?"
TWICE_TEXT: Final = "This person has another appointment at that time."
TWICE_YES: Final = "Book both"
TWICE_NO: Final = "Choose another time"
SAVE_TIME: Final = "Change the time"

# somebody with an appointment takes a ticket
HAS_ONE: Final = "Check in instead?"
AS_WALK_IN: Final = "Only a ticket"

# next to the line
NEXT: Final = "Expected next"
NOBODY_NEXT: Final = "Nobody in the next hour."
ALL_OF_TODAY: Final = "All of today"

# on paper
SLIP_TITLE: Final = "Your appointment"
ROOM: Final = "Where"
AT_DESK: Final = "Ask at the desk"
SLIP_QR: Final = "QR code that opens your appointment on your phone"
SLIP_SCAN: Final = "See or change it on your phone"
PLEASE_COME: Final = "Point your phone camera here. On the day you check in from {time}, on your phone or at the desk."

KEYS: Final[Mapping[str, str]] = {
    "/": "Find",
    "A": "Book an appointment",
    "↑ ↓": "Choose a person",
    "Enter": "What can be done",
    "C": "Check in",
    "E": "Change the time",
    "X": "Cancel the appointment",
    "P": "Print the slip",
    "U": "Undo",
    "F2": "Lock the screen",
    "?": "All keys",
}


def count(word: str, number: int) -> str:
    return f"{word} {number}"


def day(day_: date) -> str:
    """Tuesday 24 November"""
    return f"{day_:%A} {day_.day} {day_:%B}"


def short_day(day_: date, free: int) -> str:
    """Tue 24 Nov · 9 free"""
    return f"{day_:%a} {day_.day} {day_:%b} · {free} free"


def doctor(name: str, first: str) -> str:
    """Dr Ortega · 15:45: with the first free time."""
    return f"{name} · {first}" if first else f"{name} · no free time"


def who(time: str, name: str) -> str:
    """ "09:30 Ann Lee": one appointment among others."""
    return f"{time} {name}"


def checked_in(name: str, token: str) -> str:
    return f"{name} is checked in: ticket {token}."


def booked(name: str, when: str) -> str:
    return f"{name} is booked for {when}."


def moved(name: str, when: str) -> str:
    return f"{name} comes on {when} now."


def cancelled(name: str) -> str:
    return f"The appointment of {name} is cancelled."


def cancel_question(who_: str) -> str:
    return f"Why cancel {who_}?"


def move_question(who_: str) -> str:
    return f"Another time for {who_}"


def has_one(name: str, time: str) -> str:
    return f"{name} has an appointment with this doctor today at {time}. Checking in gives them its place."


def check_in_for(time: str) -> str:
    return f"Check in for {time}"
