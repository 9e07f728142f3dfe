"""Proving who one is: password, then the code of the second step if there is one.

Tries are counted, hashing runs beside the loop, and everything that can be wrong says the same and takes as long.
"""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import Request, Response
from nicegui import background_tasks

from app import clock, db
from app.errors import DomainError, NotSignedIn
from app.models import User
from app.services import accounts, clinic, locking, passwords, signing_in
from app.services.sign_ins import Principal
from app.services.signing_in import CodeNeeded, Opened
from app.settings import settings
from app.web import browsers, cookies, edge, limits, throttle
from app.web.actions import commit, fetch, hashing, on_thread
from app.web.browsers import Device
from app.web.throttle import Bucket

PENDING = "mediqueue-code"  # the cookie
PENDING_SECONDS = 5 * 60


@dataclass(frozen=True, slots=True)
class Caller:
    """Where somebody signs in from."""

    address: str
    device: Device
    called: str  # the browser, in words

    @classmethod
    def of(cls, request: Request) -> "Caller":
        return cls(edge.address_of(request.scope), browsers.of(request), browsers.called(request))

    def buckets(self, kind: str, handle: str, own: str = "") -> tuple[Bucket, ...]:
        """Where tries for this account are counted: a device that knows it has its own, strangers share two."""
        if self.device.knows(handle):
            return (Bucket(f"{kind}-device", f"{browsers.normal(handle)} {self.device.name}"),)
        return Bucket(kind, own or browsers.normal(handle)), Bucket("address", limits.place(self.address))


async def by_password(caller: Caller, handle: str, password: str) -> User:
    """The account of this e-mail or phone number, if the password is right. Raises NotSignedIn, TooMany."""
    try:
        async with throttle.one_try_in_turn(*caller.buckets("sign-in", handle)):
            user = await fetch(lambda session: accounts.by_handle(session, handle))
            await _verified(user, password)
    except DomainError as error:
        _note(error if error.attempt else signing_in.refusal(None, error))
        raise
    assert user  # noqa: S101
    return user


async def again(principal: Principal, password: str, doing: str) -> User:
    """The signed-in person gives the password once more, to unlock or to change something that matters."""
    try:
        with throttle.one_try(Bucket("again", str(principal.session_id))):
            user = await fetch(lambda session: session.get(User, principal.user_id))
            await _verified(user, password, doing)
    except DomainError as error:
        _note(error)
        raise
    assert user  # noqa: S101
    return user


@contextmanager
def code_try(principal: Principal) -> Iterator[None]:
    """Count one try of the signed-in person's second step."""
    with throttle.one_try(Bucket("code-again", str(principal.user_id))):
        yield


async def opened(caller: Caller, user: User, code: str | None = None, *, for_machine: bool = False) -> Opened:
    """A new session for whoever has just proven to be `user`. Raises CodeNeeded, NotSignedIn, TooMany."""
    key, proof, device = settings().key, user.password_hash, caller.called
    if user.totp and not code:
        raise CodeNeeded

    def work(session: db.Session) -> Opened:
        return signing_in.sign_in(
            session, user.id, proof=proof, code=code, key=key, device=device, for_machine=for_machine
        )

    if not user.totp:
        return await commit(work)
    async with throttle.one_try_in_turn(*caller.buckets("code", user.email or user.phone or "", own=str(user.id))):
        return await commit(work)


async def unlocked(principal: Principal, password: str) -> str:
    """The new token of a locked session, for the right password."""
    user = await again(principal, password, "unlock")
    key, proof = settings().key, user.password_hash
    return await commit(lambda session: locking.unlock(session, principal.session_id, proof=proof, key=key))


# ------------------------------------------------------------------------------ between the password and the code


def remember_pending(response: Response, user: User) -> None:
    """The password was right: for a few minutes this browser may send the code. Good for nothing else."""
    ends = str(int(clock.now().timestamp()) + PENDING_SECONDS)
    cookies.put(response, PENDING, _pending(user, ends), seconds=PENDING_SECONDS, samesite="strict")


def forget_pending(response: Response) -> None:
    cookies.drop(response, PENDING)


async def pending(request: Request) -> User | None:
    """Whose password was right a moment ago, in this browser."""
    sent = request.cookies.get(cookies.named(PENDING), "")
    said, _, mark = sent.rpartition(".")
    if not hmac.compare_digest(mark.encode(), _mark(said).encode()):
        return None
    user_id, ends, _ = said.split(".")
    if int(ends) < clock.now().timestamp():
        return None
    user = await fetch(lambda session: session.get(User, int(user_id)))
    if user is None or user.disabled_at or not user.totp:
        return None
    return user if hmac.compare_digest(sent.encode(), _pending(user, ends).encode()) else None


def _pending(user: User, ends: str) -> str:
    """What the cookie holds. A new password or a new second step makes it worthless."""
    said = f"{user.id}.{ends}.{_mark(f'of {user.password_hash} {user.totp}')}"
    return f"{said}.{_mark(said)}"


def _mark(said: str) -> str:
    return hmac.new(settings().key, f"second step {said}".encode(), hashlib.sha256).hexdigest()


async def _verified(user: User | None, password: str, doing: str = "sign-in") -> None:
    """Raises NotSignedIn for a wrong password, and for a short one that was good only with a second step."""
    try:
        await hashing(passwords.verified, user, password)
    except NotSignedIn as error:
        raise signing_in.refusal(user, error, doing=doing) from error
    if user and not user.totp and passwords.is_short(password) and not await _is_demo():
        short = NotSignedIn("This password is too short without a second step.", code="short_password")
        raise signing_in.refusal(user, short, doing=doing)


async def _is_demo() -> bool:
    here = await fetch(clinic.view)
    return here is not None and here.is_demo


def _note(error: DomainError) -> None:
    """Into the audit, without letting anybody wait for it: how long an answer takes says nothing."""
    background_tasks.create(on_thread(db.note, error), name="note a refusal")
