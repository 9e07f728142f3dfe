"""Words of booking a visit. The dicts go to the browser as they are; {…} is filled in there."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from app import clock
from app.services.own_appointment import Arrival

Words = Mapping[str, str]

BOOK_A_VISIT: Final = "Book a visit"

FIND: Final[Words] = {
    "title": "Who do you want to see?",
    "search": "Find a doctor",
    "kind": "Kind of doctor",
    "all": "Every kind",
    "first_free": "First free time:",
    "none_free": "No free time right now",
    "nobody": "No doctor can be booked here right now.",
    "nobody_text": "You can get a ticket and wait, or call the clinic.",
    "none_found": "We found nobody like that.",
    "show_all": "Show every doctor",
    "today": "No need to plan? Get a ticket for today.",
}

BOOK: Final[Words] = {
    "title": "Choose a day and a time",
    "move_title": "Choose another time",
    "back": "All doctors",
    "back_move": "My appointment",
    "days": "Day",
    "times": "Time",
    "earlier": "Earlier days",
    "later": "Later days",
    "full": "full",
    "closed": "closed",
    "none_today": "none",
    "no_time": "No free time on these days.",
    "taken": "taken",
    "for_whom": "Who is it for?",
    "somebody_else": "Somebody else",
    "name": "Name",
    "name_hint": "Only staff see the name.",
    "phone": "Phone number",
    "phone_hint": "So that we can reach you if something changes.",
    "reason": "Why do you come, if you like to say",
    "no_person": "Please choose who it is for.",
    "no_name": "Please type the name.",
    "no_phone": "Please type a phone number.",
    "no_choice": "No time chosen yet",
    "choose_first": "Please choose a time.",
    "choosing": "One moment…",
    "we_keep": "When you choose a time, we keep it for you.",
    "kept_until": "Kept for you until {time}.",
    "ends_soon": "Do you need more time?",
    "more": "Keep it longer",
    "you_keep": "You keep your old time until the new one is booked.",
    "submit": "Book this time",
    "submit_move": "Change to this time",
    "busy": "Booking…",
    "ended": "You had this time for a while, and now it is free for everybody again. Would you like it or another one?",
    "ended_none": "You had this time for a while, and it has ended. Please choose another one.",
    "slow": "That took too long. Please press again.",
    "offline": "There is no connection. Please try again in a moment.",
    "both_title": "Two visits at the same time?",
    "both": "Book both",
    "other_time": "Choose another time",
    "clinic_time": "All times are clinic time ({zone}).",
    "error": "Error: ",
}
PARTS: Final = ("Morning", "Afternoon", "Evening")
_ENDS = (12, 18, 24)

# the appointment's own page
TITLE: Final = "Your appointment"
WHEN: Final = "When"
DOCTOR: Final = "Doctor"
ROOM: Final = "Room"
FOR: Final = "For"
I_AM_HERE: Final = "I am here"
CANCEL: Final = "Cancel this appointment"
CANCEL_QUESTION: Final = "Cancel this appointment?"
CANCEL_EFFECT: Final = "Somebody else can have the time then. You can't get it back for sure."
CANCEL_YES: Final = "Cancel the appointment"
CANCEL_NO: Final = "Keep it"
OTHER_TIME: Final = "Choose another time"
TOO_LATE: Final = "It is too late to change this here. Please call the clinic."
CALENDAR: Final = "Put it into my calendar"
EARLIER: Final = "Tell me about an earlier time"
EARLIER_ON: Final = "We show you here when an earlier time is free."
EARLIER_OFF: Final = "I don't want an earlier time"
OFFER: Final = "An earlier time is free"
ACCEPT: Final = "Take the earlier time"
DECLINE: Final = "Keep my old time"
TICKET: Final = "Open my ticket"
AGAIN: Final = "Book a new visit"
KEEP_LINK: Final = "Keep this page. Who has its address can change the appointment."
QR: Final = "QR code of this appointment"
QR_TEXT: Final = "Show this at the desk."

STATES: Final[Mapping[str, tuple[str, str]]] = {
    "booked": ("Your visit is booked", ""),
    "checked_in": ("You are here", "We know that you are here. Your ticket shows when it is your turn."),
    "completed": ("Your visit is done", "Thank you for coming."),
    "cancelled": ("This appointment is cancelled", "The time is free for somebody else. You can book a new visit."),
    "no_show": ("This appointment has ended", "We did not see you. You can book a new visit, or speak to the desk."),
    "left": ("This appointment has ended", "You left before the doctor saw you. You can book a new visit."),
}

# a patient's own page
COMING: Final = "Appointments"
NONE_COMING: Final = "No appointment yet"
NONE_COMING_TEXT: Final = "Book a visit, and you find it here."
PAST: Final = "Past appointments"


def part(at: datetime) -> int:
    """Which of PARTS a time on the clinic's clock is in."""
    return next(number for number, end in enumerate(_ENDS) if at.hour < end)


def time_of(at: datetime, zone: str) -> str:
    """ "10:40", as the clinic's clock shows it. In the hour that comes twice: "01:30, first"."""
    local = clock.at_clinic(at, zone)
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return f"{local:%H:%M}"
    return f"{local:%H:%M}, {'second' if local.fold else 'first'}"


def long_day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def short_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def when(at: datetime, zone: str) -> str:
    """ "Tuesday 24 November, 10:40"."""
    return f"{long_day(clock.at_clinic(at, zone).date())}, {time_of(at, zone)}"


def soon(at: datetime, zone: str) -> str:
    """ "Tue 24 Nov, 10:40": on a button."""
    return f"{short_day(clock.at_clinic(at, zone).date())}, {time_of(at, zone)}"


def soonest(at: datetime, zone: str) -> str:
    """ "today, 16:00", or the day."""
    today = clock.at_clinic(clock.now(), zone).date()
    return f"today, {time_of(at, zone)}" if clock.at_clinic(at, zone).date() == today else soon(at, zone)


def free(number: int) -> str:
    return f"{number} free"


def months(first: date, last: date) -> str:
    return f"{first:%B}" if first.month == last.month else f"{first:%B} and {last:%B}"


def about(specialization: str, minutes: int | None) -> str:
    """ "General doctor · 20 minutes"."""
    return " · ".join([*([specialization] if specialization else []), *([f"{minutes} minutes"] if minutes else [])])


def place(zone: str) -> str:
    """ "Vienna" of "Europe/Vienna"."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def offer_text(at: datetime, until: datetime, zone: str) -> str:
    return f"{when(at, zone)}. We keep it for you until {time_of(until, zone)}."


def arrival(state: Arrival, opens: datetime, starts: datetime, zone: str) -> str:
    """What to do next, in one sentence."""
    if state is Arrival.OTHER_DAY:
        day = long_day(clock.at_clinic(starts, zone).date())
        return f"Please come on {day}. Open this page then, and tell us that you are here."
    if state is Arrival.EARLY:
        return f"You can tell us that you are here from {time_of(opens, zone)} on."
    if state is Arrival.LATE:
        return "You are a little late. Please tell us that you are here now. Others may go first."
    return "Are you in the clinic? Then press the button, and we give you your ticket."
