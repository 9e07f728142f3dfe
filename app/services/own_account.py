"""What everybody may do with their own account: a new password, and a look at where they are signed in."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app import clock
from app.errors import NotSignedIn
from app.models import User, UserSession
from app.services import audit, passwords, policy, sign_ins
from app.services.policy import Actor


@dataclass(frozen=True, slots=True)
class SignInView:
    """One of somebody's sign-ins. `device` is empty when nobody can say."""

    id: int
    device: str
    address: str
    for_machine: bool
    began_at: datetime
    last_seen_at: datetime
    is_this: bool


def change_password(session: Session, *, actor: Actor, proof: str, password_hash: str, key: bytes) -> str:
    """A new password, for whoever gave the old one (`proof` is the hash that it fitted).

    All other sessions end; this one goes on with the token that is answered.
    """
    user = policy.signed_in(session, actor, "password-change", unfinished=True, hold=True)
    if user.password_hash != proof:
        raise actor.refused(NotSignedIn(passwords.WRONG, code="wrong_sign_in"), "password-change", "user", user.id)
    user.password_hash = password_hash
    session.add(user)
    audit.note(session, actor, "password-change", kind="user", object_id=user.id)
    sign_ins.end_all_sessions(session, user.id, but=actor.session_id)
    return sign_ins.new_token(session, actor.session_id or 0, key)


def about(session: Session, user: User) -> list[str]:
    """The words that everybody would try first as this person's password."""
    return [user.name, user.email or "", user.phone or "", policy.clinic(session).name]


def sign_ins_of(session: Session, *, actor: Actor) -> list[SignInView]:
    """Where the person is signed in now: this one first, then the newest."""
    user = policy.signed_in(session, actor, unfinished=True)
    open_ = (
        select(UserSession)
        .where(
            UserSession.user_id == user.id,
            col(UserSession.ended_at).is_(None),
            col(UserSession.expires_at) > clock.now(),
        )
        .order_by(col(UserSession.last_seen_at).desc(), col(UserSession.id).desc())
    )
    views = [
        SignInView(
            each.id, each.device, each.address, each.for_machine, each.created_at, each.last_seen_at,
            each.id == actor.session_id,
        )
        for each in session.exec(open_)
    ]  # fmt: skip
    return sorted(views, key=lambda view: not view.is_this)
