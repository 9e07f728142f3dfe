"""Words of sign-in and of the first start."""

from collections.abc import Mapping
from typing import Final

SIGN_IN: Final = "Sign in"
EMAIL: Final = "E-mail"
HANDLE: Final = "E-mail or phone"
PASSWORD: Final = "Password"
SHOW: Final = "Show"
HIDE: Final = "Hide"
FORGOT: Final = "Forgot your password?"
REGISTER: Final = "Make an account"
OR: Final = "or"
PATIENT: Final = "Here as a patient?"
GET_TICKET: Final = "Get a ticket"

ERRORS: Final[Mapping[str, tuple[str, str]]] = {
    "wrong": ("The e-mail, the phone number or the password is not right.", "Please try again."),
    "set_up": ("This clinic is set up already.", "Please sign in."),
}

# making an account
REGISTER_TITLE: Final = "Make your account"
REGISTER_TEXT: Final = "See your tickets and visits on any phone. You don't need an account to get a ticket."
REGISTER_MAIL_TEXT: Final = "We send you a mail with a link. There you choose your password."
REGISTER_CLOSED: Final = "At this clinic the desk makes accounts. Please ask there."
FULL_NAME: Final = "Your name"
PHONE: Final = "Phone"
WITH_PHONE: Final = "No e-mail? Use your phone number"
WITH_EMAIL: Final = "Use your e-mail"
HAVE_ACCOUNT: Final = "You have an account?"
ACCOUNT_MAKE: Final = "Make my account"
MAIL_LINK: Final = "Send me the mail"
LOOK_INTO_MAIL: Final = "Please look into your mail"
LOOK_INTO_MAIL_TEXT: Final = "We have sent you a link. It works once, for 1 hour."
NO_MAIL: Final = "No mail after 5 minutes? Look into your spam folder, or try again."
REGISTERED: Final = "Thank you. Please sign in now."
REGISTERED_TEXT: Final = "If it does not work, you may have an account already. Then choose a new password."

# a forgotten password
FORGOT_TITLE: Final = "Choose a new password"
FORGOT_TEXT: Final = "Type the e-mail of your account. If there is one, we send you a link."
FORGOT_SENT_TEXT: Final = "If there is an account with this e-mail, a link is on its way. It works once, for 1 hour."
FORGOT_PHONE: Final = (
    "Only a phone number in your account? Please ask at the desk. An admin of the clinic makes a link for you."
)
FORGOT_DESK: Final = "Please ask at the desk. An admin of the clinic makes a link for you to choose a new password."
FORGOT_STAFF: Final = "Do you work here? Ask your admin for a link."
SEND_LINK: Final = "Send me the link"
BACK_TO_SIGN_IN: Final = "Back to the sign-in"

# choosing a password with a link
CHOOSE_TITLE: Final = "Choose your password"
CHOOSE_NEW_TITLE: Final = "Choose a new password"
NEW_PASSWORD: Final = "New password"
SAVE_PASSWORD: Final = "Save and sign in"
PASSWORD_HINT_CODE: Final = "At least 8 letters, because you sign in with a code too."
CHOOSE_EFFECT: Final = "You are signed out everywhere else."
NEW_LINK: Final = "Get a new link"

FORM_ERRORS: Final[Mapping[str, tuple[str, str]]] = {
    "short": ("This password is too short.", "Please use at least 15 letters. A short sentence is fine."),
    "short_code": ("This password is too short.", "Please use at least 8 letters."),
    "long": ("This password is too long.", "Please use at most 256 letters."),
    "easy": ("This password is easy to guess.", "Please use words that only you would put together, not names."),
    "missing": ("Something is missing.", "Please fill in every field."),
    "too_long": ("This is too long.", "Please use a shorter name."),
    "bad_email": ("Please check the e-mail address.", "It looks like name@example.org."),
    "bad_phone": ("Please check the phone number.", "Use digits, with + in front if you like."),
    "registration_closed": (REGISTER_CLOSED, ""),
    "wait": ("Too many tries.", "Try again in one hour."),
    "other": ("You have opened another link.", "Please look whose password this is, and type it again."),
    "busy": ("We are very busy right now.", "Please try again."),
}


def hello(name: str) -> str:
    return f"Hello {name}. You sign in with this:"


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
