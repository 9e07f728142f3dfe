"""Words of screens and kiosks: pairing them, managing them, and what people read on a kiosk."""

from collections.abc import Mapping
from typing import Final

from app.components.words import patient
from app.models import DeviceKind
from app.services.devices import State

Words = Mapping[str, str]

# a device that waits to be paired
PAIR_TITLE: Final = "Pair this screen"
PAIRING: Final[Mapping[DeviceKind, Words]] = {
    DeviceKind.DISPLAY: {
        "title": PAIR_TITLE,
        "revoked": "This screen is not paired any more.",
        "how": "Sign in as an admin on another device, open “Devices” and type this code there.",
        "wait": "Your code comes in a moment.",
        "paired": "Paired. One moment.",
        "lost": "No connection. We keep trying.",
        "open": "Show the screen without pairing",
    },
    DeviceKind.KIOSK: {
        "title": "Pair this kiosk",
        "revoked": "This kiosk is not paired any more.",
        "how": "Sign in as an admin on another device, open “Devices” and type this code there.",
        "wait": "Your code comes in a moment.",
        "paired": "Paired. One moment.",
        "lost": "No connection. We keep trying.",
        "open": "",
    },
}

# the admin's list
DEVICE: Final = "Device"
FIND_DEVICE: Final = "Find a device"
KIND: Final = "Kind"
SHOWS: Final = "Doctors"
STATE: Final = "State"
ADDRESS: Final = "Address"
KINDS: Final[Mapping[DeviceKind, str]] = {DeviceKind.DISPLAY: "Screen", DeviceKind.KIOSK: "Kiosk"}
KIND_HINT: Final = "A screen shows numbers and rooms, never names. At a kiosk people take a ticket."
STATES: Final[Mapping[State, str]] = {
    State.PAIRED: "Paired",
    State.WAITING: "Waiting",
    State.REVOKED: "Revoked",
}
EVERY_STATE: Final = "Every state"
LIVE_NOW: Final = "Live now"
NOT_SEEN: Final = "Not seen yet"
WAITS: Final = "Waits for its code"
REVOKED: Final = "Revoked"
UNNAMED: Final = "New device"
PAIR_NEW: Final = "Pair a screen or kiosk"
NO_DEVICES: Final = "No screens or kiosks yet"
NO_DEVICES_TEXT: Final = "Open /display on a TV or /kiosk on a tablet. Then pair it here."
PAIR_HOW: Final = "Open {display} on a TV, or {kiosk} on a tablet. It shows a code."
CODE: Final = "Code on the device"
CODE_HINT: Final = "6 letters and numbers. A code is good for 10 minutes."
NAME: Final = "Name"
NAME_HINT: Final = "Where it is: for example “Waiting room, left”."
WHICH: Final = "Which doctors"
ALL_DOCTORS: Final = "All doctors"
SOME_DOCTORS: Final = "Only these doctors"
DOCTORS: Final = "Doctors on this device"
NO_DOCTOR: Final = "Please tick at least one doctor."
PAIR: Final = "Pair"
SAVE: Final = "Save"
SAVED: Final = "Saved. The device follows at once."
PAIRED: Final = "Paired. The device goes live by itself."
PAIRED_AT: Final = "Paired"
LAST_SEEN: Final = "Last seen"
SINCE: Final = "Since"
WAITING_TEXT: Final = "Somebody opened this page on a device that is not paired. Type its code to pair it."
REVOKE: Final = "Revoke"
REVOKE_VERB: Final = "Revoke it"
REVOKE_EFFECT: Final = "It shows nothing of the clinic any more, from this second on. You can pair it again."
KEEP: Final = "Keep it"


def last_seen(at: str) -> str:
    return f"Last seen {at}"


def doctors(names: list[str]) -> str:
    """What a device shows, short: two names, then how many more."""
    if not names:
        return ALL_DOCTORS
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return ", ".join(names[:2]) + more


def revoke_question(name: str) -> str:
    return f"Revoke {name}?"


def revoked(name: str) -> str:
    return f"{name} is not paired any more."


# what people read on a kiosk
TOO_MANY_TRIES: Final = "That was tried too often. Please ask at the desk."
KIOSK_TITLE: Final = "Get your ticket"
KIOSK: Final[Words] = {
    **{name: patient.COMMON[name] for name in patient.COMMON},
    **{name: patient.TICKET[name] for name in ("early", "late_now")},
    **{name: patient.JOIN[name] for name in ("name", "privacy", "no_name", "deaf", "blind", "wheelchair", "child")},
    "start": "Hello! Which doctor do you want to see?",
    "nobody": "No doctor takes people right now. Please ask at the desk.",
    "who": "What is your name?",
    "have_one": "I have an appointment",
    "who_booked": "Welcome! Who has the appointment?",
    "your_phone": "Phone number you gave when you booked",
    "your_year": "Year of birth (4 numbers)",
    "no_phone": "Please type the phone number.",
    "no_year": "Please type the year with 4 numbers, like 1984.",
    "check_in": "I am here",
    "help": "Do you need help?",
    "help_lead": "Touch what is right for you. Staff will see it.",
    "submit": "Get my ticket",
    "busy": "Getting your ticket…",
    "back": "Back",
    "your_number": "Your number",
    "next": "You are next",
    "next_text": "Please wait here. The big screen shows your number.",
    "person_before": "person before you",
    "people_before": "people before you",
    "time_left": "Time left",
    "about": "about {range}",
    "you_will_see": "You will see",
    "watch": "Please take a seat and watch the big screen for {token}.",
    "live_title": "See your place on your phone",
    "live_how": "Point your phone camera here. It will ring when it is your turn.",
    "qr": "QR code that opens your ticket on your phone",
    "print": "Print",
    "finish": "I am done",
    "closes": "This page closes by itself.",
    "still": "Still there?",
    "still_text": "If you do not answer, we clear what you typed.",
    "still_yes": "I am still here",
    "still_no": "Start again",
    "offline": "This tablet has no connection",
    "offline_text": "Please go to the desk to get your ticket.",
    "offline_try": "No connection. Nothing was sent. Please try again or go to the desk.",
    "slow": "That took too long. Please try again. You will not get two tickets.",
    "gone": "This doctor takes nobody any more. Please choose again.",
    "paper_before": "Before you at {time}",
    "paper_wait": "Wait then",
    "paper_people": "{n} people",
    "paper_person": "1 person",
    "paper_no_phone": "No phone? Watch the big screen for ",
}
