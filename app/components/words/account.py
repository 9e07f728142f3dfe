"""Words of sign-in and of the first start."""

from collections.abc import Mapping
from typing import Final

SIGN_IN: Final = "Sign in"
EMAIL: Final = "E-mail"
PASSWORD: Final = "Password"
SHOW: Final = "Show"
HIDE: Final = "Hide"
FORGOT: Final = "Forgot it? Ask your clinic's admin for a new one."
PATIENT: Final = "Here as a patient?"
GET_TICKET: Final = "Get a ticket"

ERRORS: Final[Mapping[str, tuple[str, str]]] = {
    "wrong": ("The e-mail or the password is not right.", "Please try again."),
    "wait": ("Too many tries.", "Please wait 1 minute and try again."),
    "set_up": ("This clinic is set up already.", "Please sign in."),
}

# a doctor's account without a doctor
NO_QUEUE_TITLE: Final = "My queue"
NO_QUEUE: Final = "You have no queue yet"
NO_QUEUE_WAY: Final = "Please ask an admin to connect your sign-in with your doctor's entry."
TRY_AGAIN: Final = "Look again"

# the first start
FIRST_START: Final = "First start"
SET_UP: Final = "Let's set up your clinic"
SET_UP_TIME: Final = "About 2 minutes. You can change all of it later."
STEP_ACCOUNT: Final = "Your admin account"
STEP_CLINIC: Final = "Clinic name and time zone"
STEP_DOCTOR: Final = "Your first doctor"
DONE: Final = "done"
CHANGE: Final = "Change"
YOUR_NAME: Final = "Your name"
PASSWORD_HINT: Final = "At least 15 letters. A short sentence is fine."
CLINIC_NAME: Final = "Clinic name"
TIME_ZONE: Final = "Time zone"
TIME_ZONE_HINT: Final = "Type a big city near you."
DOCTOR_NAME: Final = "Name people see"
SPECIALITY: Final = "Speciality"
ROOM: Final = "Room"
ROOM_HINT: Final = "The screen shows it. A number or a short word."
GO_ON: Final = "Save and go on"
OPEN_CLINIC: Final = "Open the clinic"
SET_UP_FAILED: Final = "That did not work. Nothing was saved. Please go through the steps again."


def now_there(time: str) -> str:
    return f"It is {time} there now."


# after it
WELCOME: Final = "Your clinic is open"
WELCOME_TEXT: Final = "Three things to look at first."
CARD_DOCTOR: Final = "The doctor's page"
CARD_DOCTOR_TEXT: Final = "Here a doctor calls the next person. Each doctor can have a sign-in of their own."
CARD_DOCTOR_OPEN: Final = "Open the queue"
CARD_DOCTOR_SIGN_IN: Final = "Make a sign-in"
CARD_JOIN: Final = "Join on your phone"
CARD_JOIN_TEXT: Final = "Point your phone's camera here, or open the page on this computer."
CARD_JOIN_OPEN: Final = "Open the join page"
CARD_JOIN_CODE: Final = "QR code of the join page"
CARD_SCREEN: Final = "The waiting-room screen"
CARD_SCREEN_TEXT: Final = "Open it on the TV in the waiting room. It shows who is called, to which room."
CARD_SCREEN_OPEN: Final = "Open the screen"
