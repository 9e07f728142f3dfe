"""Words of the waiting-room screen and of everything on paper."""

from typing import Final

# the waiting-room screen; {name} and {time} are filled in by the browser
TITLE: Final = "Now calling"
DISPLAY: Final[dict[str, str]] = {
    "title": TITLE,
    "room": "Room",
    "before": "Called before",
    "waiting": "waiting",
    "calm": "No calls right now",
    "calmHint": "Your number will be shown here. Please watch and listen.",
    "soundOn": "Sound on",
    "noSound": "No sound. Tap for sound or press any key.",
    "tapForSound": "Tap for sound.",
    "live": "Live",
    "off": "Off",
    "lost": "No connection since {time}. Please listen for your number.",
    "back": "{name} is back at {time}.",
    "away": "{name} is on a break.",
    "starts": "{name} starts at {time}.",
    "closed": "The clinic is closed.",
}

# the printed ticket
PRINT: Final = "Print"
PRINT_TICKET: Final = "Print this ticket"
BACK_TO_TICKET: Final = "Back to the ticket"
WAIT_THEN: Final = "Wait then"
YOU_ARE_NEXT: Final = "You are next"
CAME_AT: Final = "You came at"
SEE_LIVE: Final = "See your place live"
SEE_LIVE_HOW: Final = "Point your phone camera here. It will ring when it is your turn."
NO_PHONE: Final = "No phone? Watch the big screen for "

# the poster at the door
POSTER: Final = "Poster for the door"
POSTER_PRINT: Final = "Print this poster"
POSTER_HEAD: Final = "Get your ticket here"
POSTER_HOW: Final = "Point your phone camera at the square. You need no app and no account."
POSTER_NO_PHONE: Final = "No phone? Please ask at the desk."
POSTER_ALL: Final = "All doctors"
POSTER_WHICH: Final = "Which door is it for?"
BACK_TO_DESK: Final = "Back to the desk"
QR_OF_TICKET: Final = "QR code that opens this ticket on a phone"
QR_OF_JOINING: Final = "QR code that opens the page to join"


def before_you_at(time: str) -> str:
    return f"Before you at {time}"


def at(time: str) -> str:
    return f"At {time}"


def people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def print_title(token: str) -> str:
    return f"Ticket {token}"
