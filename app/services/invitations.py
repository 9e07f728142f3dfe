"""Links that an admin makes: the first password of a new account, or a new one for somebody who forgot theirs.

The admin sees the link once and hands it over; with a mail server it is sent as well. Nobody but the owner of the
account ever sees a password.
"""

from dataclasses import dataclass

from sqlmodel import Session

from app import events
from app.errors import Conflict
from app.models import Purpose, Role, User
from app.services import accounts, audit, letters, one_time_links, outbox, policy
from app.services.policy import Actor
from app.settings import settings


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link to hand over, shown once; `mailed` if it went out by mail too."""

    user_id: int
    purpose: Purpose
    link: str
    mailed: bool


def invite(session: Session, *, actor: Actor, handle: str, name: str, role: Role) -> Invitation:
    """An account whose owner chooses the password. Raises Invalid, Conflict `handle_taken`."""
    policy.require_role(session, actor, Role.ADMIN, doing="user-invite")
    made = accounts.create_for(session, accounts.clean_handle(handle), name=name, role=role)
    audit.note(session, actor, "user-invite", kind="user", object_id=made.id, reason=role)
    return _invitation(session, actor, made)


def new_link(session: Session, *, actor: Actor, user_id: int) -> Invitation:
    """A link for somebody who forgot the password, or whose invitation was lost. Older ones end."""
    me = policy.require_role(session, actor, Role.ADMIN, doing="reset-made")
    if user_id == me.id:
        raise Conflict(policy.OWN_ACCOUNT, code="own_account")
    user = accounts.known(session, user_id)
    if user.disabled_at:
        raise Conflict("This account is disabled. Please enable it first.", code="disabled")
    one_time_links.end_all(session, user_id)
    audit.note(session, actor, "reset-made" if user.password_hash else "user-invite", kind="user", object_id=user_id)
    events.record(session, events.PeopleChanged())
    return _invitation(session, actor, user)


def change_user(
    session: Session, *, actor: Actor, user_id: int, name: str, role: Role, disabled: bool
) -> Invitation | None:
    """As `accounts.change_user`; with the link that a patient who joins the staff needs from now on."""
    was = accounts.known(session, user_id).role
    accounts.change_user(session, actor=actor, user_id=user_id, name=name, role=role, disabled=disabled)
    if was is not Role.PATIENT or role is Role.PATIENT or disabled:
        return None
    return new_link(session, actor=actor, user_id=user_id)


def _invitation(session: Session, actor: Actor, user: User) -> Invitation:
    is_new = not user.password_hash
    purpose = Purpose.INVITE if is_new else Purpose.RESET
    lasts = one_time_links.INVITE_LASTS if is_new else one_time_links.HANDED_OVER_LASTS
    link = one_time_links.address(one_time_links.make(session, purpose, user.id, lasts=lasts, made_by=actor.user_id))
    if not user.email or not settings().mail_server:
        return Invitation(user.id, purpose, link, mailed=False)
    write = letters.invite if is_new else letters.handed_reset
    letter = write(policy.clinic(session).name, user.name, link)
    outbox.put(session, kind=letter.kind, recipient=user.email, subject=letter.subject, body=letter.body)
    return Invitation(user.id, purpose, link, mailed=True)
