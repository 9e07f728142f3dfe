"""Accounts: who can sign in, and what they may do."""

import re
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app import clock, events
from app.errors import Conflict, Invalid, NotFound
from app.models import Role, User
from app.services import audit, policy, sign_ins, text
from app.services.policy import Actor

PAGE = 50
_EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s]{1,190}$")


@dataclass(frozen=True, slots=True)
class UserView:
    id: int
    name: str
    email: str
    role: Role
    disabled: bool


def by_email(session: Session, email: str) -> User | None:
    wanted = email.strip().lower()
    found = session.exec(select(User).where(User.email == wanted)).first()
    return found if found and found.email == wanted else None  # an engine may take é for e


def create(session: Session, *, email: str, name: str, role: Role, password_hash: str) -> User:
    """A new account. Raises Invalid for a bad e-mail, Conflict `email_taken`."""
    email = clean_email(email)
    name = text.person(name)
    if by_email(session, email):
        raise Conflict("Somebody uses this e-mail already.", code="email_taken")
    user = User(email=email, name=name, role=role, password_hash=password_hash, created_at=clock.now())
    session.add(user)
    try:
        session.flush()
    except IntegrityError as error:  # somebody else was faster
        raise Conflict("Somebody uses this e-mail already.", code="email_taken") from error
    events.record(session, events.PeopleChanged())
    return user


def add_user(session: Session, *, actor: Actor, email: str, name: str, role: Role, password_hash: str) -> int:
    """An admin adds an account; answers its id."""
    policy.require_role(session, actor, Role.ADMIN, doing="user-add")
    made = create(session, email=email, name=name, role=role, password_hash=password_hash)
    audit.note(session, actor, "user-add", kind="user", object_id=made.id, reason=role)
    return made.id


def change_user(
    session: Session,
    *,
    actor: Actor,
    user_id: int,
    name: str,
    role: Role,
    disabled: bool,
    password_hash: str | None = None,
) -> None:
    """An admin edits an account. Whoever loses a right is signed out everywhere at once."""
    me = policy.require_role(session, actor, Role.ADMIN, doing="user-change")
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("We can't find that account.", code="unknown_user")
    if user.id == me.id and (disabled or role is not Role.ADMIN):
        raise Conflict("You can't take your own rights away.", code="own_account")
    if user.role is Role.ADMIN and (disabled or role is not Role.ADMIN):
        _refuse_last_admin(session, user)
    lost = role is not user.role or disabled or password_hash is not None
    before = user.model_dump()
    user.name, user.role = text.person(name), role
    user.disabled_at = (user.disabled_at or clock.now()) if disabled else None
    user.password_hash = password_hash or user.password_hash
    session.add(user)
    events.record(session, events.PeopleChanged())
    audit.note(
        session, actor, "user-change", kind="user", object_id=user_id, fields=audit.changes(before, user.model_dump())
    )
    if lost:
        sign_ins.end_all_sessions(session, user_id)


def _refuse_last_admin(session: Session, leaving: User) -> None:
    """Two admins who take each other's rights at once would leave nobody; the lock lets one of them win."""
    admins = select(User).where(User.role == Role.ADMIN, col(User.disabled_at).is_(None))
    if not [admin for admin in session.exec(admins.with_for_update()) if admin.id != leaving.id]:
        raise Conflict("The clinic needs an admin.", code="last_admin")


def users(
    session: Session, *, actor: Actor, search: str = "", role: Role | None = None, page: int = 1
) -> list[UserView]:
    """Accounts by name, `PAGE` and one more if there are more."""
    policy.require_role(session, actor, Role.ADMIN)
    query = select(User).order_by(col(User.name), col(User.id)).offset((max(page, 1) - 1) * PAGE).limit(PAGE + 1)
    if role is not None:
        query = query.where(User.role == role)
    if search := search.strip():
        like = text.like(search)
        query = query.where(col(User.name).like(like, escape="\\") | col(User.email).like(like, escape="\\"))
    return [_view(user) for user in session.exec(query)]


def user(session: Session, *, actor: Actor, user_id: int) -> UserView:
    policy.require_role(session, actor, Role.ADMIN)
    found = session.get(User, user_id)
    if found is None:
        raise NotFound("We can't find that account.", code="unknown_user")
    return _view(found)


def clean_email(email: str) -> str:
    email = text.line(email, field="the e-mail", longest=254, required=True).lower()
    if not _EMAIL.match(email):
        raise Invalid("Please check the e-mail address.", code="bad_email")
    return email


def _view(user: User) -> UserView:
    return UserView(user.id, user.name, user.email or user.phone or "", user.role, user.disabled_at is not None)
