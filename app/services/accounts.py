"""Users, passwords and sessions. Hashing is slow on purpose: never call it inside a transaction."""

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from passlib.context import CryptContext
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app import clock, events
from app.errors import Conflict, Invalid, NotFound, NotSignedIn
from app.models import Doctor, Role, User, UserSession
from app.services import policy, text
from app.services.policy import Actor, Kind

SHORTEST_PASSWORD = 15
LONGEST_PASSWORD = 256
LASTS = timedelta(hours=8)
TOKEN_BYTES = 32
PAGE = 50
WRONG = "E-mail or password is wrong."
_CONSONANTS, _VOWELS = "bdfghjkmnprstvwz", "aeiou"
_EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s]{1,190}$")

_hasher = CryptContext(
    schemes=["argon2"],
    argon2__type="ID",
    argon2__memory_cost=19456,
    argon2__time_cost=2,
    argon2__parallelism=1,
)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is signed in: what pages may show of it. `doctor_id` is a doctor's own queue."""

    user_id: int
    session_id: int
    name: str
    email: str
    role: Role
    doctor_id: int | None

    @property
    def actor(self) -> Actor:
        return Actor(Kind.USER, session_id=self.session_id, user_id=self.user_id, role=self.role)


@dataclass(frozen=True, slots=True)
class UserView:
    id: int
    name: str
    email: str
    role: Role
    disabled: bool


def hashed(password: str) -> str:
    """The Argon2id hash to store. Raises Invalid for a password nobody should use."""
    normal = _normal(password)
    if len(normal) < SHORTEST_PASSWORD:
        raise Invalid(
            f"Please use at least {SHORTEST_PASSWORD} letters. A short sentence is fine.",
            code="weak_password",
        )
    if len(normal) > LONGEST_PASSWORD:
        raise Invalid("This password is too long.", code="weak_password")
    if len(set(normal)) < 5:
        raise Invalid("This password is too easy to guess.", code="weak_password")
    return hashed_as_given(password)


def hashed_as_given(password: str) -> str:
    """The hash of any password: for the demo, whose passwords are on the screen anyway."""
    return str(_hasher.hash(_normal(password)))


def verified(user: User | None, password: str) -> User:
    """`user`, if the password is theirs. Takes as long and says the same whatever is wrong."""
    if user is None:
        _hasher.dummy_verify()
        raise NotSignedIn(WRONG, code="wrong_sign_in")
    right = _hasher.verify(_normal(password)[:LONGEST_PASSWORD], user.password_hash)
    if not right or user.disabled_at:
        raise NotSignedIn(WRONG, code="wrong_sign_in")
    return user


def by_email(session: Session, email: str) -> User | None:
    wanted = email.strip().lower()
    found = session.exec(select(User).where(User.email == wanted)).first()
    return found if found and found.email == wanted else None  # an engine may take é for e


def open_session(session: Session, user_id: int, key: bytes) -> tuple[str, datetime]:
    """A new session; answers its token, which is shown once and kept nowhere, and when it ends."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    at = clock.now()
    session.add(
        UserSession(
            user_id=user_id,
            token_hash=_token_hash(token, key),
            created_at=at,
            last_seen_at=at,
            expires_at=at + LASTS,
        )
    )
    return token, at + LASTS


def who(session: Session, token: str | None, key: bytes) -> Principal | None:
    """The person behind a session token, as they are now; None for none, an ended or an old one."""
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
    doctor_id = session.exec(select(Doctor.id).where(Doctor.user_id == user.id)).first()
    return Principal(user.id, signed.id, user.name, user.email, user.role, doctor_id)


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
    policy.require_role(session, actor, Role.ADMIN)
    return create(session, email=email, name=name, role=role, password_hash=password_hash).id or 0


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
    me = policy.require_role(session, actor, Role.ADMIN)
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("We can't find that account.", code="unknown_user")
    if user.id == me.id and (disabled or role is not Role.ADMIN):
        raise Conflict("You can't take your own rights away.", code="own_account")
    if user.role is Role.ADMIN and (disabled or role is not Role.ADMIN):
        _refuse_last_admin(session, user)
    lost = role is not user.role or disabled or password_hash is not None
    user.name, user.role = text.person(name), role
    user.disabled_at = (user.disabled_at or clock.now()) if disabled else None
    user.password_hash = password_hash or user.password_hash
    session.add(user)
    events.record(session, events.PeopleChanged())
    if lost:
        end_all_sessions(session, user_id)


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


def generated_password() -> str:
    """A password to read out and type: about 63 bits, without letters that are easily mixed up."""
    syllables = [secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(10)]
    return "-".join("".join(syllables[start : start + 2]) for start in range(0, 10, 2))


def _view(user: User) -> UserView:
    return UserView(user.id, user.name, user.email, user.role, user.disabled_at is not None)


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _token_hash(token: str, key: bytes) -> str:
    return hmac.new(key, token.encode(), hashlib.sha256).hexdigest()
