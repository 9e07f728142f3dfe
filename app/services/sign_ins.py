"""Sessions: one sign-in on one device, and who is behind it right now."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app import clock, events, trace
from app.errors import NotFound
from app.models import STAFF, Doctor, Role, User, UserSession
from app.services import audit, policy
from app.services.policy import Actor, Kind

LASTS = timedelta(hours=8)
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is signed in: what pages may show of it. `doctor_id` is a doctor's own queue."""

    user_id: int
    session_id: int
    name: str
    email: str
    role: Role
    doctor_id: int | None
    locked: bool = False  # away for too long: only the lock screen is theirs
    unfinished: bool = False  # has to set up the second step before anything else

    @property
    def actor(self) -> Actor:
        return Actor(Kind.USER, session_id=self.session_id, user_id=self.user_id, role=self.role)


def open_session(
    session: Session, user_id: int, key: bytes, *, for_machine: bool = False, device: str = ""
) -> tuple[str, datetime]:
    """A new session; answers its token, which is shown once and kept nowhere, and when it ends."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    at = clock.now()
    session.add(
        UserSession(
            user_id=user_id,
            token_hash=_token_hash(token, key),
            for_machine=for_machine,
            address=trace.current().address,
            device=device[:120],
            created_at=at,
            last_seen_at=at,
            expires_at=at + LASTS,
        )
    )
    return token, at + LASTS


def who(
    session: Session, token: str | None, key: bytes, *, even_locked: bool = False, at_screen: bool = False
) -> Principal | None:
    """The person behind a session token, as they are now; None for none, an ended, an old or a locked one.

    `at_screen`: the token has to be a browser's.
    """
    if not token:
        return None
    found = session.exec(
        select(User, UserSession)
        .join(UserSession, col(UserSession.user_id) == User.id)
        .where(
            UserSession.token_hash == _token_hash(token, key),
            col(UserSession.ended_at).is_(None),
            UserSession.expires_at > clock.now(),
            col(User.disabled_at).is_(None),
        )
    ).first()
    if found is None:
        return None
    user, signed = found
    if at_screen and signed.for_machine:
        return None
    rules = policy.clinic(session).rules
    locked = policy.is_idle(signed, user.role, rules, clock.now())
    if locked and not (even_locked and user.role in STAFF):
        return None
    doctor_id = session.exec(select(Doctor.id).where(Doctor.user_id == user.id)).first()
    return Principal(
        user.id, signed.id, user.name, user.email or user.phone or "", user.role, doctor_id,
        locked, policy.lacks_second_step(user, rules),
    )  # fmt: skip


def new_token(session: Session, session_id: int, key: bytes) -> str:
    """Another token for a session that goes on: whoever knows the old one is out. It ends when it would have."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    signed = session.get_one(UserSession, session_id)
    signed.token_hash = _token_hash(token, key)
    session.add(signed)
    return token


def end_session(session: Session, session_id: int, *, reason: str = "") -> None:
    """Sign out. Ending what has ended does nothing."""
    found = session.get(UserSession, session_id)
    if found and not found.ended_at:
        _end(session, found)
        actor = Actor(Kind.USER, session_id, found.user_id, session.get_one(User, found.user_id).role)
        audit.note(session, actor, "sign-out", kind="session", object_id=session_id, reason=reason)


def end_own_session(session: Session, *, actor: Actor, session_id: int) -> None:
    """Somebody ends one of their own sessions, wherever it is open. Raises NotFound for anybody else's."""
    user = policy.signed_in(session, actor, "session-ended-by-owner", unfinished=True)
    found = session.get(UserSession, session_id)
    if found is None or found.user_id != user.id:
        error = NotFound("We can't find that sign-in.", code="unknown_session")
        raise actor.refused(error, "session-ended-by-owner", "session", session_id)
    if not found.ended_at:
        _end(session, found)
        audit.note(session, actor, "session-ended-by-owner", kind="session", object_id=session_id)


def end_own_other_sessions(session: Session, *, actor: Actor) -> int:
    """Somebody ends all of their own sessions but this one; answers how many."""
    user = policy.signed_in(session, actor, "session-ended-by-owner", unfinished=True)
    ended = end_all_sessions(session, user.id, but=actor.session_id)
    if ended:
        audit.note(session, actor, "session-ended-by-owner", kind="user", object_id=user.id, reason="all-others")
    return ended


def end_all_sessions(session: Session, user_id: int, *, but: int | None = None) -> int:
    """End every open session of this account, except perhaps one; answers how many there were."""
    open_ = select(UserSession).where(UserSession.user_id == user_id, col(UserSession.ended_at).is_(None))
    found = [each for each in session.exec(open_) if each.id != but]
    for each in found:
        _end(session, each)
    events.record(session, events.SessionEnded(user_id))
    return len(found)


def _end(session: Session, signed: UserSession) -> None:
    signed.ended_at = clock.now()
    session.add(signed)
    events.record(session, events.SessionEnded(signed.user_id))


def _token_hash(token: str, key: bytes) -> str:
    return hmac.new(key, token.encode(), hashlib.sha256).hexdigest()
