"""Patients make an account of their own, and people come to a new password.

Nobody learns here whether an e-mail or a phone number has an account: docs/decisions/0006.
"""

from dataclasses import dataclass

from sqlmodel import Session

from app import clock, events
from app.errors import Conflict, DomainError, NotAllowed
from app.models import Patient, Purpose, Role, User
from app.services import accounts, audit, letters, one_time_links, outbox, policy, sign_ins, text
from app.services.letters import Letter, WithLink
from app.services.policy import ANONYMOUS, Actor, Kind
from app.settings import settings


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who registers; both are clean."""

    handle: str
    name: str


def checked(session: Session, *, name: str, handle: str) -> Newcomer:
    """What somebody typed, made clean. Raises Invalid, and NotAllowed where the clinic makes all accounts."""
    refuse_unless_open(session)
    return Newcomer(accounts.clean_handle(handle), text.person(name, "your name"))


def refuse_unless_open(session: Session) -> None:
    if not policy.clinic(session).rules.patients_may_register:
        closed = NotAllowed("At this clinic the desk makes accounts. Please ask there.", code="registration_closed")
        raise policy.ANONYMOUS.refused(closed, "register", "user")


def by_mail(handle: str) -> bool:
    """Whether this can be confirmed by mail before an account is open."""
    return "@" in handle and settings().mail_server is not None


def register(session: Session, who: Newcomer, *, password_hash: str = "") -> None:
    """Make the account, unless there is one. Whoever asks is told the same in both cases.

    If it can be done by mail, a mail goes out in both cases, and the account opens with the link in it.
    """
    refuse_unless_open(session)
    mailed = by_mail(who.handle)
    try:
        made = accounts.create_for(
            session, who.handle, name=who.name, role=Role.PATIENT, password_hash="" if mailed else password_hash
        )
    except Conflict:
        _tell_owner(session, who.handle, mailed=mailed)
        return
    patient = Patient(user_id=made.id, is_own=True, name=made.name, phone=made.phone or "", created_at=clock.now())
    session.add(patient)
    session.flush()
    audit.note(session, _owner(made), "register", kind="user", object_id=made.id, patient_id=patient.id)
    if mailed:
        _send_link(session, made, letters.welcome, Purpose.INVITE)


def ask_reset(session: Session, typed: str) -> None:
    """Send a link to whoever has this account; of others nothing is said."""
    user = accounts.by_handle(session, typed)
    if user is None or user.disabled_at or not user.email or settings().mail_server is None:
        return
    _send_link(session, user, letters.reset, Purpose.RESET)
    audit.note(session, ANONYMOUS, "reset-asked", kind="user", object_id=user.id)


def choose_password(session: Session, token: str, *, password_hash: str) -> User:
    """Use a link up: the password counts from now on, and everything that was signed in with the old one ends."""
    user, purpose = one_time_links.use(session, token)
    user.password_hash = password_hash
    session.add(user)
    sign_ins.end_all_sessions(session, user.id)
    events.record(session, events.PeopleChanged())
    audit.note(session, _owner(user), "password-set", kind="user", object_id=user.id, reason=purpose)
    return user


def _tell_owner(session: Session, handle: str, *, mailed: bool) -> None:
    user = accounts.by_handle(session, handle)
    if user is None:
        raise DomainError
    audit.note(session, ANONYMOUS, "register-again", kind="user", object_id=user.id)
    if not mailed or user.disabled_at:
        return
    if user.password_hash:
        _post(session, handle, letters.known(policy.clinic(session).name, f"{settings().public_url}/login"))
    else:
        _send_link(session, user, letters.welcome, Purpose.INVITE)


def _send_link(session: Session, user: User, write: WithLink, purpose: Purpose) -> None:
    token = one_time_links.make(session, purpose, user.id, lasts=one_time_links.MAILED_LASTS)
    _post(session, user.email or "", write(policy.clinic(session).name, one_time_links.address(token)))


def _post(session: Session, recipient: str, letter: Letter) -> None:
    outbox.put(session, kind=letter.kind, recipient=recipient, subject=letter.subject, body=letter.body)


def _owner(user: User) -> Actor:
    """Whoever holds the link or has just made the account."""
    return Actor(Kind.LINK, user_id=user.id, role=user.role)
