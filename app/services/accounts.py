"""Accounts: who can sign in, and what they may do."""

import re
from dataclasses import dataclass
from datetime import datetime
from unicodedata import normalize

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app import clock, events
from app.errors import Conflict, Invalid, NotFound
from app.models import Role, User, UserSession
from app.services import audit, one_time_links, policy, second_step, sign_ins, text
from app.services.policy import Actor

PAGE = 50
SHORTEST_PHONE = 6  # digits
TAKEN = "Somebody uses this e-mail or phone already."
_EMAIL = re.compile(  # no letter that means something in the head of a mail
    r"""[^@\s,;:<>()\[\]"\\\x00-\x1f\x7f-\x9f]{1,64}@[^@\s,;:<>()\[\]"\\\x00-\x1f\x7f-\x9f]{1,190}"""
)


@dataclass(frozen=True, slots=True)
class UserView:
    """`is_invited`: has not chosen a password yet, and may until `invited_until` (None: the link has ended)."""

    id: int
    name: str
    handle: str
    role: Role
    disabled: bool
    second_step: bool
    is_invited: bool
    invited_until: datetime | None
    last_sign_in: datetime | None


def by_email(session: Session, email: str) -> User | None:
    return session.exec(select(User).where(User.email == email.strip().lower())).first()


def by_handle(session: Session, typed: str) -> User | None:
    """The account of an e-mail or a phone number, however it is written."""
    wanted = handle(typed)
    if "@" in wanted:
        return by_email(session, wanted)
    return session.exec(select(User).where(User.phone == wanted)).first() if wanted else None


def handle(typed: str) -> str:
    """An e-mail or a phone number as accounts keep it; of anything else, nothing that an account has."""
    return typed.strip().lower() if "@" in typed else text.dialled(typed)


def create(session: Session, *, email: str, name: str, role: Role, password_hash: str) -> User:
    """A new account. Raises Invalid for a bad e-mail, Conflict `handle_taken`."""
    return create_for(session, clean_email(email), name=name, role=role, password_hash=password_hash)


def create_for(session: Session, clean: str, *, name: str, role: Role, password_hash: str = "") -> User:
    """A new account that signs in with `clean`, which `clean_handle` has made."""
    email, phone = (clean, None) if "@" in clean else (None, clean)
    if by_handle(session, clean):
        raise Conflict(TAKEN, code="handle_taken")
    user = User(
        email=email, phone=phone, name=text.person(name), role=role, password_hash=password_hash,
        created_at=clock.now(),
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:  # somebody else was faster
        raise Conflict(TAKEN, code="handle_taken") from error
    events.record(session, events.PeopleChanged())
    return user


def change_user(session: Session, *, actor: Actor, user_id: int, name: str, role: Role, disabled: bool) -> None:
    """An admin edits an account. Whoever loses a right is signed out everywhere at once.

    Anybody may have made a patient's account, under any name. When it becomes one of staff, its password and its
    second step count no more: only a link that an admin hands over opens it (`invitations.change_user`).
    """
    me = policy.require_role(session, actor, Role.ADMIN, doing="user-change")
    user = known(session, user_id)
    if user.id == me.id and (disabled or role is not Role.ADMIN):
        raise Conflict("You can't take your own rights away.", code="own_account")
    if user.role is Role.ADMIN and (disabled or role is not Role.ADMIN):
        _refuse_last_admin(session, user)
    policy.held(session, user_id)
    lost = role is not user.role or disabled
    joins_staff = user.role is Role.PATIENT and role is not Role.PATIENT
    before = user.model_dump()
    user.name, user.role = text.person(name), role
    user.disabled_at = (user.disabled_at or clock.now()) if disabled else None
    if joins_staff:
        user.password_hash = ""
        second_step.forget(session, user)
    session.add(user)
    events.record(session, events.PeopleChanged())
    audit.note(
        session, actor, "user-change", kind="user", object_id=user_id, fields=audit.changes(before, user.model_dump())
    )
    if disabled or joins_staff:
        one_time_links.end_all(session, user_id)
    if lost:
        sign_ins.end_all_sessions(session, user_id)


def end_sessions(session: Session, *, actor: Actor, user_id: int) -> int:
    """An admin signs somebody out everywhere; answers how many sign-ins that were."""
    policy.require_role(session, actor, Role.ADMIN, doing="sessions-end")
    known(session, user_id)
    audit.note(session, actor, "sessions-end", kind="user", object_id=user_id)
    return sign_ins.end_all_sessions(session, user_id)


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
    order = (col(User.name), col(User.email), col(User.phone), col(User.role), col(User.id))  # that of an index
    query = select(User).order_by(*order).offset((max(page, 1) - 1) * PAGE).limit(PAGE + 1)
    if role is not None:
        query = query.where(User.role == role)
    if search := search.strip():
        query = query.where(or_(*_matches(search)))
    return _views(session, list(session.exec(query)))


def user(session: Session, *, actor: Actor, user_id: int) -> UserView:
    policy.require_role(session, actor, Role.ADMIN)
    return _views(session, [known(session, user_id)])[0]


def clean_handle(typed: str) -> str:
    """An e-mail or a phone number for a new account. Raises Invalid `bad_email` or `bad_phone`."""
    if "@" in typed:
        return clean_email(typed)
    typed = text.line(normalize("NFKC", typed), field="an e-mail or a phone number", longest=254, required=True)
    phone = text.dialled(text.phone(typed))
    if len(phone) < SHORTEST_PHONE:
        raise Invalid("Please check the phone number: with its area code.", code="bad_phone")
    return phone


def clean_email(email: str) -> str:
    email = text.line(email, field="the e-mail", longest=254, required=True).lower()
    if not _EMAIL.fullmatch(email):
        raise Invalid("Please check the e-mail address.", code="bad_email")
    return email


def _matches(search: str) -> list[ColumnElement[bool]]:
    like = text.like(search)
    email = text.like(search.lower())
    found: list[ColumnElement[bool]] = [
        col(User.name).like(like, escape="\\"), col(User.email).like(email, escape="\\")
    ]  # fmt: skip
    if digits := text.dialled(search):
        found.append(col(User.phone).like(text.like(digits), escape="\\"))
    return found


def _views(session: Session, found: list[User]) -> list[UserView]:
    ids = [user.id for user in found]
    last = _last_sign_ins(session, ids)
    invited = one_time_links.invited_until(session, ids)
    return [
        UserView(
            user.id, user.name, user.email or user.phone or "", user.role, user.disabled_at is not None,
            bool(user.totp), not user.password_hash, invited.get(user.id), last.get(user.id),
        )
        for user in found
    ]  # fmt: skip


def known(session: Session, user_id: int) -> User:
    """The account. Raises NotFound."""
    found = session.get(User, user_id)
    if found is None:
        raise NotFound("We can't find that account.", code="unknown_user")
    return found


def _last_sign_ins(session: Session, user_ids: list[int]) -> dict[int, datetime]:
    newest = (
        select(UserSession.user_id, func.max(UserSession.created_at))
        .where(col(UserSession.user_id).in_(user_ids))
        .group_by(col(UserSession.user_id))
    )
    return dict(session.exec(newest).all())
