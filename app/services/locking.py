"""Sign-ins that nobody uses: staff's are locked until the password is given, patients' end.

Unlocking proves the password and not the second step, so a sign-in still ends eight hours after it began.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from app import clock, events
from app.errors import NotSignedIn
from app.models import STAFF, User, UserSession
from app.services import audit, passwords, policy, sign_ins
from app.services.policy import Actor, Kind


class State(StrEnum):
    """What an open page may still show. A session that has none of these has ended."""

    OPEN = "open"
    LOCKED = "locked"
    UNFINISHED = "unfinished"  # only its second step can be set up
    LEFT = "left"  # a patient's that nobody has used for too long: it is about to end


def states(session: Session, session_ids: Iterable[int]) -> dict[int, State]:
    """The state of those of these sessions that have not ended."""
    rules, at = policy.clinic(session).rules, clock.now()
    found: dict[int, State] = {}
    for user, signed in session.exec(_open(session_ids)):
        if policy.is_idle(signed, user.role, rules, at):
            found[signed.id] = State.LOCKED if user.role in STAFF else State.LEFT
        else:
            found[signed.id] = State.UNFINISHED if policy.lacks_second_step(user, rules) else State.OPEN
    return found


def unmarked(session: Session, session_ids: Iterable[int]) -> list[int]:
    """Which of these sessions nobody has used for too long, without anything written about it yet."""
    rules, at = policy.clinic(session).rules, clock.now()
    return [
        signed.id
        for user, signed in session.exec(_open(session_ids))
        if signed.locked_at is None and policy.is_idle(signed, user.role, rules, at)
    ]


def mark_idle(session: Session, session_ids: Iterable[int]) -> None:
    """Lock staff's sessions that nobody uses, and end patients'."""
    rules, at = policy.clinic(session).rules, clock.now()
    for user, signed in session.exec(_open(session_ids).with_for_update()):
        if signed.locked_at is not None or not policy.is_idle(signed, user.role, rules, at):
            continue
        if user.role in STAFF:
            _lock(session, signed, Actor(Kind.USER, signed.id, user.id, user.role), "idle")
        else:
            sign_ins.end_session(session, signed.id, reason="idle")


def lock(session: Session, *, actor: Actor) -> None:
    """Somebody goes away from their screen for a while."""
    user = policy.signed_in(session, actor, "lock", unfinished=True)
    if user.role in STAFF:
        _lock(session, session.get_one(UserSession, actor.session_id), actor, "asked")


def unlock(session: Session, session_id: int, *, proof: str, key: bytes) -> str:
    """Go on after the password was given (`proof` is the hash that it fitted); answers the session's new token."""
    found = session.exec(_open([session_id]).with_for_update()).first()
    if found is None or not found[0].password_hash or found[0].password_hash != proof:
        raise NotSignedIn(passwords.WRONG, code="wrong_sign_in")
    user, signed = found
    signed.locked_at, signed.last_seen_at = None, clock.now()
    session.add(signed)
    audit.note(session, Actor(Kind.USER, signed.id, user.id, user.role), "unlock", kind="session", object_id=signed.id)
    events.record(session, events.SessionEnded(user.id))
    return sign_ins.new_token(session, signed.id, key)


def touch(session: Session, seen: Mapping[int, datetime]) -> None:
    """Somebody used these sessions then. One that was left for too long before is not woken by that.

    The newest moment wins, whichever process writes last.
    """
    rules = policy.clinic(session).rules
    for user, signed in session.exec(_open(seen)):
        at = seen[signed.id]
        if not policy.is_idle(signed, user.role, rules, at):
            newer = update(UserSession).where(col(UserSession.id) == signed.id, col(UserSession.last_seen_at) < at)
            session.connection().execute(newer.values(last_seen_at=at))


def _lock(session: Session, signed: UserSession, actor: Actor, reason: str) -> None:
    signed.locked_at = clock.now()
    session.add(signed)
    audit.note(session, actor, "lock", kind="session", object_id=signed.id, reason=reason)
    events.record(session, events.SessionEnded(signed.user_id))


def _open(session_ids: Iterable[int]) -> Select[User, UserSession]:
    return (
        select(User, UserSession)
        .join(UserSession, col(UserSession.user_id) == User.id)
        .where(
            col(UserSession.id).in_(set(session_ids)),
            col(UserSession.ended_at).is_(None),
            UserSession.expires_at > clock.now(),
            col(User.disabled_at).is_(None),
        )
        .order_by(col(UserSession.id))
    )
