"""Who may do what. Asked again inside every verb, because a page outlives a sign-in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from sqlmodel import Session, col, select

from app import clock
from app.errors import Attempt, DomainError, Locked, NotAllowed, NotFound, NotSignedIn, SecondStepNeeded
from app.models import STAFF, Clinic, Device, DeviceKind, Doctor, Policy, Role, User, UserSession

E = TypeVar("E", bound=DomainError)


class Kind(StrEnum):
    """What is known of whoever asks."""

    ANONYMOUS = "anonymous"
    LINK = "link"  # holds the secret link of one ticket
    USER = "user"
    KIOSK = "kiosk"  # a paired device that people join at
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks. For a signed-in person only the session's id is believed; the rest is read again."""

    kind: Kind
    session_id: int | None = None
    user_id: int | None = None
    role: Role | None = None
    link: str | None = None
    device_id: int | None = None

    @property
    def name_in_history(self) -> str:
        return self.role.value if self.role else {Kind.LINK: "patient"}.get(self.kind, self.kind.value)

    def refused(self, error: E, action: str, kind: str = "", object_id: int | None = None, where: str = "") -> E:
        """`error`, with what the audit wants to know of the attempt."""
        error.attempt = Attempt(self.user_id, self.name_in_history, action, kind, object_id, where)
        return error

    @property
    def asker(self) -> str:
        """Whose request keys these are: two askers may use the same key."""
        if self.device_id:
            return f"device:{self.device_id}"
        return f"user:{self.user_id}" if self.user_id else f"link:{self.link}" if self.link else self.kind.value


OWN_ACCOUNT = "For your own sign-in please use “My account”. It asks for your password."
ANONYMOUS = Actor(Kind.ANONYMOUS)
SYSTEM = Actor(Kind.SYSTEM)


def link_holder(link: str) -> Actor:
    return Actor(Kind.LINK, link=link)


def kiosk(device_id: int) -> Actor:
    return Actor(Kind.KIOSK, device_id=device_id)


class Verb(StrEnum):
    """The clinic's words for what can be done to a queue. REST paths and history rows use the same."""

    JOIN = "join"
    CHECK_IN = "check-in"
    CALL_NEXT = "call-next"
    CALL = "call"
    RECALL = "recall"
    START = "start"
    DONE = "done"
    SKIP = "skip"
    PUT_BACK = "put-back"
    HOLD = "hold"
    RESUME = "resume"
    RETURN = "return"
    CANCEL = "cancel"
    NO_SHOW = "no-show"
    RESTORE = "restore"
    UNDO = "undo"
    TRANSFER = "transfer"
    PRIORITISE = "prioritise"
    PAUSE = "pause"
    OPEN = "open"
    BREAK = "break"
    CLOSE_DAY = "close-day"
    SEE = "see"
    ANSWER = "answer"
    MORE_TIME = "more-time"


CLINICAL = frozenset({Role.DOCTOR, Role.NURSE})
_DESK = frozenset({Role.DOCTOR, Role.RECEPTION, Role.ADMIN})

ROLES: dict[Verb, frozenset[Role]] = {
    Verb.JOIN: frozenset(Role),
    Verb.CHECK_IN: frozenset(Role),
    Verb.CALL_NEXT: STAFF,
    Verb.CALL: STAFF,
    Verb.RECALL: STAFF,
    Verb.START: CLINICAL,
    Verb.DONE: frozenset({Role.DOCTOR, Role.ADMIN}),
    Verb.SKIP: STAFF,
    Verb.PUT_BACK: STAFF,
    Verb.HOLD: CLINICAL,
    Verb.RESUME: CLINICAL,
    Verb.RETURN: STAFF,
    Verb.CANCEL: STAFF,
    Verb.NO_SHOW: _DESK,
    Verb.RESTORE: _DESK,
    Verb.UNDO: STAFF,
    Verb.TRANSFER: STAFF,
    Verb.PRIORITISE: STAFF,
    Verb.PAUSE: _DESK,
    Verb.OPEN: _DESK,
    Verb.BREAK: _DESK,
    Verb.CLOSE_DAY: _DESK,
    Verb.SEE: STAFF,
    Verb.ANSWER: frozenset(),
    Verb.MORE_TIME: frozenset(),
}

OPEN_TO_ALL = frozenset({Verb.JOIN, Verb.CHECK_IN})  # whose appointment it is, `booking` asks
BY_LINK = frozenset({Verb.CANCEL, Verb.RETURN, Verb.ANSWER, Verb.MORE_TIME, Verb.RESTORE})
BY_SYSTEM = frozenset({Verb.SKIP, Verb.NO_SHOW, Verb.CANCEL, Verb.CLOSE_DAY, Verb.JOIN, Verb.CALL_NEXT})
CALLING = frozenset({Verb.CALL_NEXT, Verb.CALL, Verb.RECALL})


def require(session: Session, actor: Actor, verb: Verb, doctor_id: int) -> None:
    """Let `actor` do `verb` in this doctor's queue, or raise NotSignedIn, NotAllowed or NotFound."""
    if actor.kind is Kind.KIOSK:
        _require_kiosk(session, actor, verb, doctor_id)
        return
    if verb in OPEN_TO_ALL or (actor.kind is Kind.SYSTEM and verb in BY_SYSTEM):
        return
    if actor.kind is Kind.LINK and verb in BY_LINK:
        return
    user = signed_in(session, actor, verb)
    if user.role not in ROLES[verb]:
        error = NotAllowed("Only a doctor can do this." if ROLES[verb] <= CLINICAL else None)
        raise actor.refused(error, verb, "doctor", doctor_id)
    if user.role is Role.DOCTOR and not _is_own_queue(session, user, doctor_id):
        raise actor.refused(NotFound("We can't find that queue.", code="unknown_doctor"), verb, "doctor", doctor_id)
    if user.role is Role.NURSE and verb in CALLING and not clinic(session).rules.nurse_may_call:
        raise actor.refused(NotAllowed("In this clinic only doctors and the desk call."), verb, "doctor", doctor_id)


def kiosk_doctors(session: Session, actor: Actor, verb: Verb, doctor_id: int | None = None) -> list[int]:
    """The doctors a kiosk was paired for (none: all), as long as it is paired."""
    device = session.get(Device, actor.device_id) if actor.kind is Kind.KIOSK else None
    if device is None or device.kind is not DeviceKind.KIOSK or not device.paired_at or device.revoked_at:
        raise actor.refused(NotSignedIn("This device is not paired any more."), verb, "doctor", doctor_id)
    return device.doctor_ids


def _require_kiosk(session: Session, actor: Actor, verb: Verb, doctor_id: int) -> None:
    """A kiosk lets people join the doctors it was paired for."""
    doctor_ids = kiosk_doctors(session, actor, verb, doctor_id)
    if verb not in OPEN_TO_ALL:
        raise actor.refused(NotAllowed(), verb, "doctor", doctor_id)
    if doctor_ids and doctor_id not in doctor_ids:
        raise actor.refused(NotFound("We can't find that queue.", code="unknown_doctor"), verb, "doctor", doctor_id)


def require_role(session: Session, actor: Actor, *roles: Role, doing: str = "open") -> User:
    """The signed-in user, if they have one of `roles` right now. `doing` names the attempt in the audit."""
    user = signed_in(session, actor, doing)
    if user.role not in roles:
        raise actor.refused(NotAllowed(), doing)
    return user


def signed_in(
    session: Session, actor: Actor, doing: str = "open", *, unfinished: bool = False, hold: bool = False
) -> User:
    """The user behind the actor's session as the database knows them now; never what a page remembers.

    `unfinished`: also somebody who has to set up the second step first. `hold`: as `held` does, from here on.
    """
    if hold and actor.user_id:
        held(session, actor.user_id)
    found = session.exec(
        select(User, UserSession)
        .join(UserSession, col(UserSession.user_id) == User.id)
        .where(
            UserSession.id == actor.session_id,
            col(UserSession.ended_at).is_(None),
            UserSession.expires_at > clock.now(),
            col(User.disabled_at).is_(None),
        )
    ).first()
    if actor.kind is not Kind.USER or found is None:
        raise actor.refused(NotSignedIn(), doing)
    user, signed = found
    if is_idle(signed, user.role, clinic(session).rules, clock.now()):
        raise actor.refused(Locked() if user.role in STAFF else NotSignedIn(), doing)
    if not unfinished and lacks_second_step(user, clinic(session).rules):
        raise actor.refused(SecondStepNeeded(), doing)
    return user


def held(session: Session, user_id: int) -> User | None:
    """The account as it is at this moment; nobody else changes it until the transaction is over."""
    return session.get(User, user_id, with_for_update=True, populate_existing=True)


def lacks_second_step(user: User, rules: Policy) -> bool:
    """Whether the clinic wants a second step of this person, and there is none yet."""
    return rules.staff_need_code and user.role in STAFF and not user.totp


def is_idle(signed: UserSession, role: Role, rules: Policy, at: datetime) -> bool:
    """Whether nobody has touched this sign-in's pages for too long. Staff unlock theirs, patients sign in again."""
    if signed.for_machine:
        return False
    minutes = rules.staff_idle_minutes if role in STAFF else rules.patient_idle_minutes
    return signed.locked_at is not None or at - signed.last_seen_at >= timedelta(minutes=minutes)


def clinic(session: Session) -> Clinic:
    """The clinic's settings; before the first run there are none, and everything else has to wait."""
    found: Clinic | None = session.info.get("clinic") or session.get(Clinic, 1)
    if found is None:
        raise NotFound("This clinic is not set up yet.", code="not_set_up")
    session.info["clinic"] = found  # a session lives for one action; asking once is enough
    return found


def _is_own_queue(session: Session, user: User, doctor_id: int) -> bool:
    return session.exec(select(Doctor.id).where(Doctor.id == doctor_id, Doctor.user_id == user.id)).first() is not None
