"""Words of a person's own account: password, second step, sign-ins; and of the lock screen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

ACCOUNT: Final = "My account"
BACK: Final = "Back"
LOCK: Final = "Lock"

# the lock screen
LOCKED: Final = "Locked"
UNLOCK: Final = "Unlock"
LOCKED_TEXT: Final = "This page is locked. Enter your password, and it comes back."
SOMEBODY_ELSE: Final = "Somebody else? Sign in here"


def still(name: str) -> str:
    return f"Is it still {name}?"


# the second step of a sign-in
CODE_TITLE: Final = "Your code"
CODE: Final = "Code"
CODE_HINT: Final = "The 6 digits that your app shows now. No phone? Type one of your recovery codes."
GO_ON: Final = "Go on"
START_AGAIN: Final = "Start again"

ERRORS: Final[Mapping[str, tuple[str, str]]] = {
    "wrong": ("The password is not right.", "Please try again."),
    "wrong_code": ("This code is not right.", "Type the next one that your app shows."),
    "code_late": ("That took too long.", "Please enter your password again."),
    "short_password": (
        "Your password is too short without a second step.",
        "Please choose a new one, with “Forgot your password?” below.",
    ),
    "short": ("The new password is too short.", "A short sentence is fine."),
    "long": ("The new password is too long.", "Please use at most 256 letters."),
    "easy": ("The new password is easy to guess.", "Please use words that only you would put together."),
    "same": ("The new password is the old one.", "Please choose another."),
}


def wait(minutes: int) -> tuple[str, str]:
    return "Too many tries.", f"Try again in {minutes} {'minute' if minutes == 1 else 'minutes'}."


# the password
PASSWORD: Final = "Password"
OLD_PASSWORD: Final = "Password now"
NEW_PASSWORD: Final = "New password"
SAVE_PASSWORD: Final = "Save the new password"
PASSWORD_EFFECT: Final = "You stay signed in here. Everywhere else you are signed out."
PASSWORD_SAVED: Final = "Your new password is saved. You are signed out everywhere else."


def password_hint(letters: int) -> str:
    return f"At least {letters} letters. A short sentence is fine."


# the second step
SECOND_STEP: Final = "Second step"
SECOND_STEP_TEXT: Final = (
    "After your password we ask for a code from an app on your phone. Then a stolen password is not enough."
)
SECOND_STEP_NEEDED: Final = "Your clinic asks all staff for a second step."
SECOND_STEP_NEEDED_TEXT: Final = "Please set it up now. It takes about 2 minutes, then everything opens."
IS_OFF: Final = "Off"
IS_ON: Final = "On"
SET_UP: Final = "Set it up"
STEP_SCAN: Final = "1. Open an app for codes on your phone, and point its camera here."
SCAN_CODE: Final = "QR code for your app"
NO_CAMERA: Final = "No camera? Type this key into the app:"
OPEN_APP: Final = "This is my phone: open the app"
STEP_CODE: Final = "2. Type the 6 digits that the app shows."
SWITCH_ON: Final = "Switch it on"
CANCEL: Final = "Cancel"
SWITCH_OFF: Final = "Switch it off"
SWITCHED_OFF: Final = "The second step is off."
SWITCH_OFF_TEXT: Final = "To switch it off we need your password and a code."
NEW_CODES: Final = "New recovery codes"
NEW_CODES_TEXT: Final = "The old recovery codes end. To make new ones we need a code from your app."
MAKE_CODES: Final = "Make new ones"
CODES: Final = "Your recovery codes"
CODES_TEXT: Final = (
    "Each opens the second step once, for the day you don't have your phone. Keep them where only you can find them."
    " We show them only now."
)
COPY: Final = "Copy"
COPIED: Final = "Copied."
PRINT: Final = "Print"
DOWNLOAD: Final = "Save as a file"
CODES_FILE: Final = "mediqueue-recovery-codes.txt"
CODES_KEPT: Final = "I have kept them"
SHORT_PASSWORD_FIRST: Final = "Your password is too short without a second step. Please choose a longer one first."


def codes_left(count: int) -> str:
    if count == 0:
        return "You have no recovery codes left. Please make new ones."
    return f"You have {count} recovery {'code' if count == 1 else 'codes'} left."


# the sign-ins
SIGN_INS: Final = "Where you are signed in"
SIGN_INS_TEXT: Final = "Something here you don't know? Sign it out, then change your password."
DEVICE: Final = "Device"
LAST_SEEN: Final = "Last used"
THIS_ONE: Final = "This one"
UNKNOWN_DEVICE: Final = "A device we don't know"
OTHER_SOFTWARE: Final = "Other software"
SIGN_OUT: Final = "Sign out"
SIGN_OUT_OTHERS: Final = "Sign out everywhere else"
SIGNED_OUT_OTHERS: Final = "You are signed in only here now."


def signed_out(device: str) -> str:
    return f"{device} is signed out."


def seen(at: datetime, now: datetime) -> str:
    """When, on the clinic's clock: the day only if it is another."""
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at.day} {at:%B}, {at:%H:%M}"
