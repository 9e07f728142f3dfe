"""Words of the admin's page of accounts."""

from collections.abc import Mapping
from typing import Final

from app.models import Role

ADD_USER: Final = "Add account"
NEW_USER: Final = "New account"
FIND_USER: Final = "Name, e-mail or phone"
NO_USERS: Final = "No accounts"
NO_USERS_TEXT: Final = "Add one for each person who works here."
HANDLE: Final = "E-mail or phone"
HANDLE_HINT: Final = "The person signs in with it."
ROLE: Final = "Role"
STATE: Final = "State"
LAST_SIGN_IN: Final = "Last sign-in"
ACTIVE: Final = "Active"
INVITED: Final = "Invited"
INVITE_ENDED: Final = "Invitation has ended"
SECOND_STEP: Final = "Second step"
DISABLED: Final = "Disabled"
EVERY_ROLE: Final = "Every role"
LINK: Final = "Link"
NEW_INVITE: Final = "New invitation link"
NEW_RESET: Final = "Link for a new password"
LINK_MAILED: Final = "We have sent it by mail, too."
COPY: Final = "Copy"
COPIED: Final = "Copied."
INVITE: Final = "Make an invitation link"
LINK_MADE: Final = "The link is ready."
END_SESSIONS: Final = "Sign out everywhere"
SECOND_STEP_OFF: Final = "Switch the second step off…"
SECOND_STEP_OFF_VERB: Final = "Switch it off"
SECOND_STEP_OFF_EFFECT: Final = (
    "For somebody who lost the phone. They are signed out everywhere. Then a password is enough to sign in."
)
KEEP_SECOND_STEP: Final = "Keep it on"
DISABLE: Final = "Disable…"
DISABLE_VERB: Final = "Disable"
DISABLE_EFFECT: Final = "They are signed out everywhere at once and can't sign in. You can enable the account again."
KEEP_ACCOUNT: Final = "Keep it"
ENABLE: Final = "Enable"
INVITE_NOTE: Final = "You get a link for this person. With it they choose their own password."
SIGNED_OUT_NOTE: Final = "A new role signs the person out everywhere."
JOINS_STAFF_NOTE: Final = "A patient who joins the staff chooses a new password, with a link from you."
DOCTOR_NOTE: Final = "To give a doctor a queue, choose the account on the doctor's page."

ROLE_HINTS: Final[Mapping[Role, str]] = {
    Role.ADMIN: "Can change everything.",
    Role.DOCTOR: "Runs their own queue.",
    Role.NURSE: "Calls and starts visits for every doctor.",
    Role.RECEPTION: "Works at the front desk.",
    Role.PATIENT: "Sees only their own things.",
}


def disable_question(name: str) -> str:
    return f"Disable the account of {name}?"


def disabled(name: str) -> str:
    return f"{name} can't sign in any more."


def enabled(name: str) -> str:
    return f"{name} can sign in again."


def hand_over(name: str, *, days: int) -> str:
    return f"Give this link to {name}. It works once, for {_count(days, 'day')}. Nobody can see it again."


def invited_until(ends: str) -> str:
    return f"{INVITED} until {ends}"


def signed_out(name: str, sessions: int) -> str:
    return f"{name} is signed out of {_count(sessions, 'place')}." if sessions else f"{name} was not signed in."


def second_step_question(name: str) -> str:
    return f"Switch off the second step of {name}?"


def second_step_is_off(name: str) -> str:
    return f"{name} signs in with the password only."


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
