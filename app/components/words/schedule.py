"""Words of a doctor's schedule and of the days on which the clinic is closed."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from app.models import ExceptionKind

TITLE: Final = "Schedule"
MINE: Final = "My schedule"
SCHEDULES: Final = "Schedules"
CLOSURES: Final = "Closed days"
CLOSURES_SUB: Final = "Days on which nobody can book any doctor"
WHICH_DOCTOR: Final = "Doctor"
ONLY_LOOK: Final = "You can look at this plan. The doctor and admins can change it."
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORT: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

# the weekly plan
EVERY_WEEK: Final = "Every week"
NO_HOURS: Final = "No hours"
NO_PLAN: Final = "No hours yet"
NO_PLAN_TEXT: Final = "Add the first hours. Then people can book."
ADD_HOURS: Final = "Add hours"
NEW_HOURS: Final = "New hours"
COPY: Final = "Copy Monday to Tuesday–Friday"
COPY_EFFECT: Final = "Tuesday to Friday get the same hours as Monday, instead of their own."
COPY_YES: Final = "Copy"
COPIED: Final = "Tuesday to Friday are like Monday now."
WEEKDAY: Final = "Day"
STARTS: Final = "From"
ENDS: Final = "To"
ENDS_HINT: Final = "00:00 is midnight."
MINUTES_EACH: Final = "Time for one visit"
MINUTES: Final = "minutes"
PLACES: Final = "People at the same time"
PEOPLE: Final = "people"
VALID_FROM: Final = "First day"
VALID_UNTIL: Final = "Last day"
VALID_HINT: Final = "Empty: from today on, without end."
SAVE: Final = "Save"
REMOVE: Final = "Remove"
HOURS_ADDED: Final = "The hours are added."
HOURS_SAVED: Final = "The hours are saved."
HOURS_REMOVED: Final = "The hours are removed."
TIMES_FIRST: Final = "Please enter from when to when."
NO_VISIT_FITS: Final = "No visit fits into this time."
BAD_TIME: Final = "Please enter a time like 08:00."
BAD_DATE: Final = "Please enter a date."
BAD_NUMBER: Final = "Please enter a whole number."

# the real weeks
THIS_WEEK: Final = "This week"
EARLIER_WEEK: Final = "Week before"
LATER_WEEK: Final = "Week after"
TODAY: Final = "Today"

# exceptions
DIFFERENT: Final = "Different days"
ADD_DIFFERENT: Final = "Add leave or extra hours"
NEW_DIFFERENT: Final = "Leave or extra hours"
NO_DIFFERENT: Final = "Nothing is different from the plan."
PAST: Final = "Past days"
KIND: Final = "What"
FIRST_DAY: Final = "First day"
LAST_DAY: Final = "Last day"
LAST_DAY_HINT: Final = "Empty: one day only."
WHOLE_DAY: Final = "Whole day"
TIMES_HINT: Final = "Leave both times empty for the whole day."
NOTE: Final = "Note for staff"
ADDED: Final = "Added."
REMOVED: Final = "Removed."
KINDS: Final[dict[ExceptionKind, str]] = {
    ExceptionKind.LEAVE: "Leave",
    ExceptionKind.HOLIDAY: "Holiday",
    ExceptionKind.EXTRA: "Extra hours",
}
CLOSED: Final = "Clinic closed"
ADD_CLOSURE: Final = "Add closed days"
NO_CLOSURES: Final = "No closed days"
NO_CLOSURES_TEXT: Final = "Add public holidays. Nobody can book then, whichever doctor."

# what a change does
SAVE_ANYWAY: Final = "Save anyway"
GO_BACK: Final = "Go back"
THEN: Final = "Nobody is cancelled. You can keep or move each one after that."

# bookings without a place
KEEP: Final = "Keep"
KEPT: Final = "Kept. The patient comes at that time."
TELL: Final = "Write to the patient"
TOLD: Final = "Written"
WILL_BE_TOLD: Final = "The patient gets an e-mail with a link to choose another time."
CALL: Final = "Call"
NO_PHONE: Final = "No phone number"
ASK_CLINICAL: Final = "The doctor or a nurse can call."
NO_TIME_NEAR: Final = "No free time near it"
SAME_DOCTOR: Final = "Move to"
OTHER_DOCTOR: Final = "Or to"

# absent
ABSENT_TODAY: Final = "Absent today"
MOVE_DAY: Final = "Absent"
ABSENT_EFFECT: Final = (
    "Nobody can book this day any more. Everybody of that day moves to the free time of the other doctor that is "
    "nearest to their own."
)
WHO_INSTEAD: Final = "Who sees them?"
NO_OTHER: Final = "There is no other doctor. Each one has to be moved by hand."
MOVE_ALL: Final = "Move everybody"
CANCEL: Final = "Cancel"
NOT_MOVED: Final = "Not moved"
CLOSE: Final = "Close"
ALL_MOVED: Final = "Everybody is moved."
NOBODY: Final = "Nobody had to be moved."


def plan_of(name: str) -> str:
    return f"When {name} can be booked"


def hours(starts: dt.time, ends: dt.time) -> str:
    return f"{starts:%H:%M}–{ends:%H:%M}"


def sizes(minutes: int, places: int) -> str:
    return f"{minutes} min" if places == 1 else f"{minutes} min, {places} people"


def preview(visits: int, minutes: int, places: int) -> str:
    if not visits:
        return NO_VISIT_FITS
    said = f"{_count(visits, 'visit')} of {minutes} minutes"
    return f"{said}." if places == 1 else f"{said}, {places} people at the same time."


def valid(first: dt.date, last: dt.date | None, today: dt.date) -> str:
    """Said only when it is not simply always."""
    parts = ([f"from {day(first)}"] if first > today else []) + ([f"until {day(last)}"] if last else [])
    return " ".join(parts)


def edit_hours(weekday: int, starts: dt.time, ends: dt.time) -> str:
    return f"Change {DAYS[weekday]} {hours(starts, ends)}"


def add_on(weekday: int) -> str:
    return f"Add hours on {DAYS[weekday]}"


def day(date: dt.date) -> str:
    """24 Nov"""
    return f"{date.day} {date:%b}"


def days(first: dt.date, last: dt.date) -> str:
    if first == last:
        return f"{first:%a} {day(first)} {first.year}"
    return f"{first:%a} {day(first)} – {last:%a} {day(last)} {last.year}"


def when(at: dt.datetime) -> str:
    """Tue 24 Nov, 09:30"""
    return f"{at:%a} {day(at.date())}, {at:%H:%M}"


def short(at: dt.datetime, near: dt.datetime) -> str:
    """A time that is offered: with the day only if it is another one."""
    return f"{at:%H:%M}" if at.date() == near.date() else f"{at:%a} {day(at.date())}, {at:%H:%M}"


def booked(number: int) -> str:
    return f"{number} booked"


def free(number: int) -> str:
    return f"{number} free"


def remove_of(what: str) -> str:
    return f"Remove {what}"


def no_longer_fit(number: int) -> str:
    return "1 booking no longer fits." if number == 1 else f"{number} bookings no longer fit."


def question(number: int) -> str:
    return f"{no_longer_fit(number)} Save anyway?"


def some(lines: Sequence[str], number: int) -> str:
    more = number - len(lines)
    return "; ".join(lines) + (f"; and {more} more." if more else ".")


def card(number: int) -> str:
    return f"{no_longer_fit(number)} Please decide about each."


def move_to(time: str, doctor: str) -> str:
    return f"{time} · {doctor}" if doctor else time


def moved(name: str, time: str) -> str:
    return f"{name} now comes {time}."


def absent_question(name: str, date: dt.date, *, today: bool) -> str:
    return f"{name} is absent today?" if today else f"{name} is absent on {date:%A}, {date.day} {date:%B}?"


def stand_in(number: int) -> str:
    return f"{number} free" if number else "no free time"


def progress(done: int, total: int) -> str:
    return f"{done} of {total} done."


def result(moved_: int, left: int) -> str:
    if not moved_ and not left:
        return NOBODY
    if not left:
        return f"{ALL_MOVED} {_count(moved_, 'person')}."
    people = "1 person is" if left == 1 else f"{left} people are"
    return f"{moved_} moved. {people} still with this doctor."


def _count(number: int, word: str) -> str:
    plural = "people" if word == "person" else f"{word}s"
    return f"{number} {word if number == 1 else plural}"
