"""Links that set a password once: the first one of an invited person, or a new one for a forgotten one.

Only a keyed hash of the token is kept. Looking at a link changes nothing; the first use ends it.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from app import clock
from app.errors import Conflict, NotFound
from app.models import OneTimeLink, Purpose, User
from app.services import policy
from app.settings import settings

INVITE_LASTS = timedelta(days=7)
HANDED_OVER_LASTS = timedelta(days=1)  # a reset link that an admin gives to somebody
MAILED_LASTS = timedelta(hours=1)  # one that somebody asked for
PURPOSES = (Purpose.INVITE, Purpose.RESET)
TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link that can be used: whose password it sets. `about` are words that it must not be made of."""

    user_id: int
    purpose: Purpose
    name: str
    handle: str
    second_step: bool
    about: tuple[str, ...]


def make(session: Session, purpose: Purpose, user_id: int, *, lasts: timedelta, made_by: int | None = None) -> str:
    """A new link's token: shown or sent once and kept nowhere."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    at = clock.now()
    session.add(
        OneTimeLink(
            purpose=purpose, user_id=user_id, token_hash=_hash(token), made_by=made_by, created_at=at,
            expires_at=at + lasts,
        )
    )  # fmt: skip
    return token


def address(token: str) -> str:
    """What people open."""
    return f"{settings().public_url}/password/{token}"


def look(session: Session, token: str) -> LinkView:
    """Whose password the link sets. Raises NotFound, Conflict `link_used` or `link_expired`."""
    link, user = _good(session, token)
    clinic = policy.clinic(session).name
    handle = user.email or user.phone or ""
    return LinkView(user.id, link.purpose, user.name, handle, bool(user.totp), (clinic, user.name, user.email or ""))


def handle_of(session: Session, token: str) -> str:
    """What the owner of a link signs in with, whether it still works or not; empty if there is no such link."""
    query = select(User).join(OneTimeLink, col(OneTimeLink.user_id) == User.id)
    user = session.exec(query.where(OneTimeLink.token_hash == _hash(token))).first()
    return (user.email or user.phone or "") if user else ""


def use(session: Session, token: str) -> tuple[User, Purpose]:
    """Use the link up, and every other one of the same person. Of two at once one wins; raises as `look` does."""
    link, user = _good(session, token, hold=True)
    open_ = col(OneTimeLink.used_at).is_(None)
    won = update(OneTimeLink).where(col(OneTimeLink.id) == link.id, open_).values(used_at=clock.now())
    if session.connection().execute(won).rowcount != 1:
        raise _used()
    end_all(session, user.id)
    return user, link.purpose


def end_all(session: Session, user_id: int) -> None:
    """No link sets this person's password any more."""
    open_ = (
        col(OneTimeLink.user_id) == user_id,
        col(OneTimeLink.purpose).in_(PURPOSES),
        col(OneTimeLink.used_at).is_(None),
    )
    session.connection().execute(update(OneTimeLink).where(*open_).values(used_at=clock.now()))


def invited_until(session: Session, user_ids: list[int]) -> dict[int, datetime]:
    """When the open invitations of these people end."""
    rows = session.exec(
        select(OneTimeLink.user_id, OneTimeLink.expires_at).where(
            col(OneTimeLink.user_id).in_(user_ids),
            OneTimeLink.purpose == Purpose.INVITE,
            col(OneTimeLink.used_at).is_(None),
        )
    )
    return {user_id: ends for user_id, ends in rows if user_id}


def _good(session: Session, token: str, *, hold: bool = False) -> tuple[OneTimeLink, User]:
    found = session.exec(
        select(OneTimeLink, User)
        .join(User, col(User.id) == OneTimeLink.user_id)
        .where(OneTimeLink.token_hash == _hash(token), col(OneTimeLink.purpose).in_(PURPOSES))
    ).first()
    if found is None:
        raise NotFound("We can't find this link. Please open it again as you got it.", code="unknown_link")
    link, user = found
    if hold:
        policy.held(session, user.id)
    if link.used_at is not None or user.disabled_at is not None:
        raise _used()
    if clock.now() >= link.expires_at:
        raise Conflict("This link is too old. Please ask for a new one.", code="link_expired")
    return link, user


def _used() -> Conflict:
    return Conflict("This link was used already. If you need a new one, please ask for it.", code="link_used")


def _hash(token: str) -> str:
    return hmac.new(settings().key, f"password:{token}".encode(), hashlib.sha256).hexdigest()
