"""The second step of a sign-in: codes of an app on the phone (TOTP), and recovery codes for the day it is lost.

The app's key is kept encrypted with a key made of the installation's. A code works once: the counter of the
last one that was used is kept, and nothing at or before it is taken again.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from passlib.exc import TokenError
from passlib.totp import TOTP, AppWallet
from sqlalchemy import CursorResult, delete, func, update
from sqlmodel import Session, col, or_, select

from app import clock
from app.errors import Conflict, Invalid, NotFound, NotSignedIn
from app.models import RecoveryCode, Role, User
from app.services import audit, policy, sign_ins
from app.services.policy import Actor, Kind
from app.settings import settings

ISSUER = "MediQueue"
CLOCK_SKEW = 30  # seconds: the code before and the code after are taken too
RECOVERY_CODES = 10
WRONG = "This code is not right. Type the next one that your app shows."
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that look alike
_HALF = 5


@dataclass(frozen=True, slots=True)
class Setup:
    """A new key for the app on the phone, not in use yet."""

    secret: str
    text: str  # to type by hand
    uri: str  # for the QR code


def new_key(handle: str) -> Setup:
    """A key for the account that signs in with `handle`."""
    made = _totp().new(label=handle.replace(":", " ")[:80] or ISSUER)
    return Setup(made.to_json(), str(made.pretty_key(sep=" ")), made.to_uri())


def switch_on(session: Session, *, actor: Actor, secret: str, code: str) -> list[str]:
    """Use the key of `new_key` from now on, if `code` shows that the phone has it; answers the recovery codes.

    The other sessions of this account were opened without it, so they end.
    """
    user = policy.signed_in(session, actor, "second-step-on", unfinished=True, hold=True)
    if user.totp:
        raise Conflict("The second step is on already.", code="second_step_on")
    user.totp, user.totp_counter = secret, _counter_of(secret, code, None)
    session.add(user)
    audit.note(session, actor, "second-step-on", kind="user", object_id=user.id)
    sign_ins.end_all_sessions(session, user.id, but=actor.session_id)
    return _new_codes(session, user)


def renew_codes(session: Session, *, actor: Actor, code: str) -> list[str]:
    """Ten new recovery codes; the old ones end."""
    user = _with_second_step(session, actor, "recovery-codes-new")
    _take(session, user, code)
    audit.note(session, actor, "recovery-codes-new", kind="user", object_id=user.id)
    return _new_codes(session, user)


def switch_off_own(session: Session, *, actor: Actor, code: str) -> None:
    """Switch it off; `code` may be a recovery code. Whoever calls this has asked for the password."""
    user = _with_second_step(session, actor, "second-step-off")
    _take(session, user, code)
    _off(session, actor, user)
    sign_ins.end_all_sessions(session, user.id, but=actor.session_id)


def switch_off(session: Session, *, actor: Actor, user_id: int) -> None:
    """An admin switches it off for somebody who lost the phone and the recovery codes, and ends their sessions."""
    me = policy.require_role(session, actor, Role.ADMIN, doing="second-step-off")
    if user_id == me.id:
        raise Conflict(policy.OWN_ACCOUNT, code="own_account")
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("We can't find that account.", code="unknown_user")
    if user.totp:
        _off(session, actor, user)
        sign_ins.end_all_sessions(session, user_id)


def forget(session: Session, user: User) -> None:
    """Whoever owns the account now never set it up."""
    user.totp = user.totp_counter = None
    _forget_codes(session, user)


def codes_left(session: Session, *, actor: Actor) -> int | None:
    """How many recovery codes are left; None if the second step is off."""
    user = policy.signed_in(session, actor, unfinished=True)
    unused = select(func.count()).where(RecoveryCode.user_id == user.id, col(RecoveryCode.used_at).is_(None))
    return session.exec(unused).one() if user.totp else None


def prove(session: Session, user: User, code: str) -> str:
    """Take a code of the app or a recovery code, once; answers which it was. Raises NotSignedIn `wrong_code`."""
    try:
        return _take(session, user, code)
    except Invalid as wrong:
        actor = Actor(Kind.USER, user_id=user.id, role=user.role)
        raise actor.refused(NotSignedIn(WRONG, code="wrong_code"), "sign-in", "user", user.id) from wrong


def _with_second_step(session: Session, actor: Actor, doing: str) -> User:
    user = policy.signed_in(session, actor, doing)
    if not user.totp:
        raise Conflict("The second step is off.", code="second_step_off")
    return user


def _take(session: Session, user: User, code: str) -> str:
    if _take_recovery_code(session, user, code):
        return "recovery-code"
    counter = _counter_of(user.totp or "", code, user.totp_counter)
    unused = or_(col(User.totp_counter).is_(None), col(User.totp_counter) < counter)
    if not _changed(session, update(User).where(col(User.id) == user.id, unused).values(totp_counter=counter)):
        raise Invalid(WRONG, code="wrong_code")  # the same code at the same moment, from elsewhere
    return "code"


def _take_recovery_code(session: Session, user: User, code: str) -> bool:
    is_it = (col(RecoveryCode.user_id) == user.id) & (col(RecoveryCode.code_hash) == _hash(user.id, code))
    unused = is_it & col(RecoveryCode.used_at).is_(None)
    if not _changed(session, update(RecoveryCode).where(unused).values(used_at=clock.now())):
        return False
    audit.note(
        session, Actor(Kind.USER, user_id=user.id, role=user.role), "recovery-code-used", kind="user", object_id=user.id
    )
    return True


def _changed(session: Session, statement: object) -> bool:
    """Whether a statement that may change one row did: the database decides who is first."""
    result = session.connection().execute(statement)  # type: ignore[call-overload]
    assert isinstance(result, CursorResult)  # noqa: S101
    return result.rowcount == 1


def _counter_of(secret: str, code: str, last: int | None) -> int:
    """The counter of a right and unused code. Raises Invalid `wrong_code`."""
    try:
        found = _totp().from_json(secret).match(code, time=clock.now(), window=CLOCK_SKEW, last_counter=last)
    except (TokenError, ValueError) as wrong:
        raise Invalid(WRONG, code="wrong_code") from wrong
    return int(found.counter)


def _off(session: Session, actor: Actor, user: User) -> None:
    forget(session, user)
    session.add(user)
    audit.note(session, actor, "second-step-off", kind="user", object_id=user.id)


def _new_codes(session: Session, user: User) -> list[str]:
    _forget_codes(session, user)
    codes = [f"{_random()}-{_random()}" for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(user_id=user.id, code_hash=_hash(user.id, code)) for code in codes)
    return codes


def _forget_codes(session: Session, user: User) -> None:
    session.connection().execute(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user.id))


def _random() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_HALF))


def _hash(user_id: int, code: str) -> str:
    return hmac.new(_key("recovery"), f"{user_id}:{_letters(code.lower())}".encode(), hashlib.sha256).hexdigest()


def _letters(code: Iterable[str]) -> str:
    return "".join(letter for letter in code if letter in _LETTERS)


def _key(purpose: str) -> bytes:
    return hmac.new(settings().key, purpose.encode(), hashlib.sha256).digest()


def _totp() -> type[TOTP]:
    return _factory(_key("totp").hex())


@lru_cache(maxsize=2)
def _factory(secret: str) -> type[TOTP]:
    """The secret is random already: a costly derivation would add nothing to it."""
    return TOTP.using(issuer=ISSUER, wallet=AppWallet({"1": secret}, encrypt_cost=4))
