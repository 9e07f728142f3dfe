"""What the mails say: subject and body. Plain text; the link stands on a line of its own.

Mails that anybody can cause name nobody: what a stranger typed as a name is not sent to other people.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Letter:
    kind: str
    subject: str
    body: str


WithLink = Callable[[str, str], Letter]  # of the clinic's name and a link


def invite(clinic: str, name: str, link: str) -> Letter:
    said = [f"{clinic} has made a MediQueue account for you.", "Please choose your password here:", link]
    return _letter("invite", f"Your account at {clinic}", name, [*said, "The link works once, for 7 days."])


def reset(clinic: str, link: str) -> Letter:
    said = ["Somebody asked for a new password for your account. If it was you, please choose it here:", link]
    unasked = "The link works once, for 1 hour. If it was not you, you don't have to do anything."
    return _letter("reset", f"Your new password at {clinic}", "", [*said, unasked])


def handed_reset(clinic: str, name: str, link: str) -> Letter:
    said = [f"{clinic} sends you this link. Please choose a new password here:", link]
    return _letter("reset", f"Your new password at {clinic}", name, [*said, "The link works once, for 1 day."])


def welcome(clinic: str, link: str) -> Letter:
    said = [f"Thank you for registering at {clinic}.", "Please choose your password here, then your account is open:"]
    unasked = "The link works once, for 1 hour. If it was not you, you don't have to do anything."
    return _letter("register", f"Your account at {clinic}", "", [*said, link, unasked])


def known(clinic: str, link: str) -> Letter:
    said = [f"Somebody tried to register at {clinic} with your e-mail. You have an account already.", "Sign in here:"]
    unasked = "Forgot your password? That page helps. If it was not you, you don't have to do anything."
    return _letter("register", f"Your account at {clinic}", "", [*said, link, unasked])


def unfit(clinic: str, at: datetime, link: str) -> Letter:
    said = [f"We are sorry: your appointment on {at:%A}, {at.day} {at:%B} at {at:%H:%M} is not possible any more."]
    return _letter("unfit", f"Your appointment at {clinic}", "", [*said, "Please choose another time here:", link])


def _letter(kind: str, subject: str, name: str, paragraphs: Sequence[str]) -> Letter:
    greeting = f"Hello {name}," if name else "Hello,"
    return Letter(kind, subject, "\n\n".join([greeting, *paragraphs]) + "\n")
