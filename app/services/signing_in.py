"""Signing in: what was proven becomes a session, in one transaction with its line in the audit."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app import events
from app.errors import DomainError, NotSignedIn
from app.models import User
from app.services import audit, passwords, policy, second_step, sign_ins
from app.services.policy import Actor, Kind
from app.services.sign_ins import Principal


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session. The token is shown once and kept nowhere."""

    token: str
    ends: datetime
    principal: Principal


class CodeNeeded(NotSignedIn):
    """The password was right; now the second step."""

    code = "code_needed"
    message = "Please send the code of your second step too."


def sign_in(
    session: Session, user_id: int, *, proof: str, code: str | None, key: bytes, device: str, for_machine: bool = False
) -> Opened:
    """A session for whoever gave the password that fits the hash `proof`, and the code if there has to be one.

    Raises CodeNeeded without a code, NotSignedIn if the code is wrong or the account has changed meanwhile.
    """
    user = policy.held(session, user_id)  # a new password ends all sessions: also one that opens at that moment
    if user is None or user.disabled_at or user.password_hash != proof:
        raise refusal(user)
    how = "password"
    if user.totp:
        if not code:
            raise CodeNeeded
        how = second_step.prove(session, user, code)
    token, ends = sign_ins.open_session(session, user.id, key, for_machine=for_machine, device=device)
    session.flush()
    principal = sign_ins.who(session, token, key)
    if principal is None:
        raise DomainError
    audit.note(session, principal.actor, "sign-in", kind="session", object_id=principal.session_id, reason=how)
    events.record(session, events.SessionEnded(user.id))  # pages that list the sign-ins look again
    return Opened(token, ends, principal)


def refusal(user: User | None, error: DomainError | None = None, *, doing: str = "sign-in") -> DomainError:
    """What everybody is told who may not come in, whatever the reason; the audit learns whose account it was."""
    actor = Actor(Kind.USER, user_id=user.id, role=user.role) if user else Actor(Kind.ANONYMOUS)
    error = error or NotSignedIn(passwords.WRONG, code="wrong_sign_in")
    return actor.refused(error, doing, "user", user.id if user else None)
