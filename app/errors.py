"""Every 'no' the product says. Each has a stable code and a sentence for the person who asked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody tried who may not: it goes into the audit."""

    actor_id: int | None
    role: str
    action: str
    kind: str = ""
    object_id: int | None = None
    where: str = ""  # the page, by its pattern


class DomainError(Exception):
    """An expected refusal: shown to the person, never logged as an error."""

    code = "refused"
    message = "That did not work. Nothing was changed."
    attempt: Attempt | None = None

    def __init__(self, message: str | None = None, *, code: str | None = None) -> None:
        self.message = message or self.message
        self.code = code or self.code
        super().__init__(self.message)


class NotSignedIn(DomainError):
    code = "not_signed_in"
    message = "Please sign in first."


class Locked(NotSignedIn):
    """Signed in, but away for too long: the password opens the same page again."""

    code = "locked"
    message = "This page was locked. Please enter your password."


class NotAllowed(DomainError):
    code = "not_allowed"
    message = "You may not do this."


class SecondStepNeeded(NotAllowed):
    """The clinic wants a second step of its staff, and this person has none yet."""

    code = "second_step_needed"
    message = "Please set up your second step first."


class NotFound(DomainError):
    """Also said of things that exist but are not the asker's: nobody learns that they exist."""

    code = "not_found"
    message = "We can't find that."


class Invalid(DomainError):
    """What was sent cannot be right: a bad name, an unknown word, a number out of range."""

    code = "invalid"
    message = "Something in this is not right."


class Conflict(DomainError):
    """Right in itself, but not now: somebody was faster, or the queue is closed."""

    code = "conflict"
    message = "That can't be done now."


class TooMany(DomainError):
    code = "too_many"
    message = "Too many tries. Try again in one minute."
    seconds = 60  # until trying again makes sense


class Busy(DomainError):
    """The database stayed busy through every retry. Asking again with the same key is safe."""

    code = "busy"
    message = "We are very busy right now. Please try again."
