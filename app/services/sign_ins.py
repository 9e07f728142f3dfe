"""Sessions: one sign-in on one device, and who is behind it right now."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app import clock, events, trace
from app.models import STAFF, Doctor, Role, User, UserSession
from app.services import policy
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


def who(session: Session, token: str | None, key: bytes, *, even_locked: bool = False) -> Principal | None:
    """The person behind a session token, as they are now; None for none, an ended, an old or a locked one."""
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
    locked = policy.is_idle(signed, user.role, policy.clinic(session).rules, clock.now())
    if locked and not (even_locked and user.role in STAFF):
        return None
    doctor_id = session.exec(select(Doctor.id).where(Doctor.user_id == user.id)).first()
    return Principal(user.id, signed.id, user.name, user.email or user.phone or "", user.role, doctor_id, locked)


def end_session(session: Session, session_id: int) -> None:
    """Sign out. Ending what has ended does nothing."""
    found = session.get(UserSession, session_id)
    if found and not found.ended_at:
        found.ended_at = clock.now()
        session.add(found)
        events.record(session, events.SessionEnded(found.user_id))


def still_open(session: Session, session_ids: Iterable[int]) -> set[int]:
    """Which of these sessions have neither ended nor run out."""
    return set(
        session.exec(
            select(col(UserSession.id)).where(
                col(UserSession.id).in_(set(session_ids)),
                col(UserSession.ended_at).is_(None),
                col(UserSession.expires_at) > clock.now(),
            )
        )
    )


def end_all_sessions(session: Session, user_id: int) -> None:
    open_ = select(UserSession).where(UserSession.user_id == user_id, col(UserSession.ended_at).is_(None))
    for found in session.exec(open_):
        found.ended_at = clock.now()
        session.add(found)
    events.record(session, events.SessionEnded(user_id))


def _token_hash(token: str, key: bytes) -> str:
    return hmac.new(key, token.encode(), hashlib.sha256).hexdigest()
