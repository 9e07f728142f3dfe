"""Doctors: the public list, and the admin's list."""

from dataclasses import dataclass
from datetime import time, timedelta

from sqlalchemy import ColumnElement, case, func, or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app import clock, events
from app.errors import Conflict, Invalid, NotFound
from app.models import TOKEN_LETTERS, Doctor, QueueDay, Role, User
from app.services import audit, board, policy, sign_ins, steps, text
from app.services.board import QueueView
from app.services.policy import Actor

PAGE = 50
MOST_SIGN_INS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorForm:
    """What an admin enters. `letter` empty: the next free one. Times are the clinic's wall clock."""

    name: str
    specialization: str = ""
    licence_number: str = ""
    languages: str = ""
    biography: str = ""
    room: str = ""
    letter: str = ""
    cap: int | None = None
    opens_at: time | None = None
    closes_at: time | None = None
    user_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What doctors say of themselves, and where they are. The rest is the admin's."""

    languages: str
    biography: str
    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorRow:
    id: int
    name: str
    specialization: str
    licence_number: str
    languages: str
    biography: str
    room: str
    letter: str
    cap: int | None
    opens_at: time | None
    closes_at: time | None
    user_id: int | None
    accepting: bool
    retired: bool


def working(session: Session) -> list[int]:
    """The ids of all doctors who are not retired, by name."""
    return list(session.exec(select(col(Doctor.id)).where(_works()).order_by(col(Doctor.name), col(Doctor.id))))


def queues(session: Session) -> list[QueueView]:
    """Every working doctor's queue."""
    return [board.load(session, doctor_id) for doctor_id in working(session)]


def versions(session: Session) -> dict[int, int]:
    """The version of each queue that was touched lately: the cheap question whether anything has changed."""
    doctor_id = col(QueueDay.doctor_id)
    lately = col(QueueDay.service_date) >= clock.now().date() - timedelta(days=2)
    return dict(session.exec(select(doctor_id, func.max(QueueDay.version)).where(lately).group_by(doctor_id)).all())


def rows(session: Session, *, actor: Actor, search: str = "", retired: bool = False, page: int = 1) -> list[DoctorRow]:
    """The admin's list, by name, `PAGE` and one more if there are more; `retired` lists those who left instead."""
    policy.require_role(session, actor, Role.ADMIN)
    query = select(Doctor).where(~_works() if retired else _works()).order_by(col(Doctor.name), col(Doctor.id))
    if search := search.strip():
        like = text.like(search)
        columns = (col(Doctor.name), col(Doctor.specialization), col(Doctor.room))
        query = query.where(or_(*(column.like(like, escape="\\") for column in columns)))
    return [_row(doctor) for doctor in session.exec(query.offset((max(page, 1) - 1) * PAGE).limit(PAGE + 1))]


def counts(session: Session, *, actor: Actor) -> tuple[int, int]:
    """How many doctors work here, and how many have left."""
    policy.require_role(session, actor, Role.ADMIN)
    everybody, here = session.exec(select(func.count(), func.count(case((_works(), 1)))).select_from(Doctor)).one()
    return here, everybody - here


def names(session: Session, *, actor: Actor) -> dict[int, str]:
    """Every doctor there ever was, by name."""
    policy.require_role(session, actor, Role.ADMIN)
    return dict(session.exec(select(col(Doctor.id), col(Doctor.name)).order_by(col(Doctor.name))).all())


def row(session: Session, *, actor: Actor, doctor_id: int) -> DoctorRow:
    policy.require_role(session, actor, Role.ADMIN)
    return _row(_known(session, doctor_id))


def add(session: Session, *, actor: Actor, form: DoctorForm) -> int:
    """A new doctor with a queue of their own; answers the id."""
    policy.require_role(session, actor, Role.ADMIN, doing="doctor-add")
    doctor_id = create(session, form)
    audit.note(session, actor, "doctor-add", kind="doctor", object_id=doctor_id)
    return doctor_id


def create(session: Session, form: DoctorForm) -> int:
    doctor = Doctor(name="", letter=form.letter or _free_letter(session))
    _fill(session, doctor, form)
    _store(session, doctor)
    events.record(session, events.DoctorsChanged())
    events.record(session, events.QueueChanged(doctor.id))  # lists of queues learn of a new one
    return doctor.id


def edit(session: Session, *, actor: Actor, doctor_id: int, form: DoctorForm) -> None:
    policy.require_role(session, actor, Role.ADMIN, doing="doctor-change")
    doctor = _known(session, doctor_id)
    day = steps.today(session, doctor_id)
    before = doctor.model_dump()
    _fill(session, doctor, form)
    _store(session, doctor)
    changed = audit.changes(before, doctor.model_dump())
    audit.note(session, actor, "doctor-change", kind="doctor", object_id=doctor_id, fields=changed)
    _announce(session, day)


def own(session: Session, *, actor: Actor, doctor_id: int) -> DoctorRow:
    """A doctor's own row. Raises NotFound for somebody else's."""
    return _row(_own(session, actor, doctor_id, "open"))


def edit_own(session: Session, *, actor: Actor, doctor_id: int, profile: Profile) -> None:
    """Doctors write what patients read of them, and which room they are in."""
    doctor = _own(session, actor, doctor_id, "doctor-profile")
    day = steps.today(session, doctor_id)
    before = doctor.model_dump()
    _describe(doctor, profile.languages, profile.biography, profile.room)
    session.add(doctor)
    changed = audit.changes(before, doctor.model_dump())
    audit.note(session, actor, "doctor-profile", kind="doctor", object_id=doctor_id, fields=changed)
    _announce(session, day)


def retire(session: Session, *, actor: Actor, doctor_id: int) -> None:
    """The doctor leaves the clinic. The history stays; people who wait have to be moved first."""
    policy.require_role(session, actor, Role.ADMIN, doing="doctor-retire")
    doctor = _known(session, doctor_id)
    day = steps.today(session, doctor_id)
    left = len(board.load(session, doctor_id).entries)
    if left:
        people = "1 person is" if left == 1 else f"{left} people are"
        raise Conflict(f"{people} still in this queue. Move them or close the day first.", code="queue_not_empty")
    doctor.retired_at = clock.now()
    session.add(doctor)
    audit.note(session, actor, "doctor-retire", kind="doctor", object_id=doctor_id)
    _announce(session, day)


def rehire(session: Session, *, actor: Actor, doctor_id: int) -> None:
    """Back at work; with another letter if somebody else has the old one now."""
    policy.require_role(session, actor, Role.ADMIN, doing="doctor-rehire")
    doctor = _known(session, doctor_id)
    if not doctor.retired_at:
        return
    if doctor.letter not in _free_letters(session):
        doctor.letter = _free_letter(session)
    doctor.retired_at = None
    session.add(doctor)
    audit.note(session, actor, "doctor-rehire", kind="doctor", object_id=doctor_id)
    _announce(session, steps.today(session, doctor_id))


def free_accounts(session: Session, *, actor: Actor, doctor_id: int | None = None) -> dict[int, str]:
    """Accounts that may open this doctor's queue: those with the role doctor that no other doctor has."""
    policy.require_role(session, actor, Role.ADMIN)
    taken = select(col(Doctor.user_id)).where(col(Doctor.user_id).is_not(None), col(Doctor.id) != (doctor_id or 0))
    users = select(User).where(User.role == Role.DOCTOR, col(User.id).not_in(taken)).order_by(col(User.name))
    return {user.id: f"{user.name} ({user.email or user.phone})" for user in session.exec(users.limit(MOST_SIGN_INS))}


def free_letters(session: Session, *, actor: Actor) -> list[str]:
    """Token letters that no working doctor has, the plain ones first."""
    policy.require_role(session, actor, Role.ADMIN)
    return _free_letters(session)


def _store(session: Session, doctor: Doctor) -> None:
    session.add(doctor)
    try:
        session.flush()
    except IntegrityError as error:  # somebody else was faster
        raise Conflict(f"Another doctor has the letter {doctor.letter} already.", code="letter_taken") from error


def _announce(session: Session, day: QueueDay) -> None:
    events.record(session, events.DoctorsChanged())
    steps.announce(session, day)


def _fill(session: Session, doctor: Doctor, form: DoctorForm) -> None:
    doctor.name = text.person(form.name)
    doctor.specialization = _several(form.specialization, field="the specialisation", longest=80)
    doctor.licence_number = text.line(form.licence_number, field="the licence number", longest=40)
    _describe(doctor, form.languages, form.biography, form.room)
    if form.cap is not None and not 1 <= form.cap <= 1000:
        raise Invalid("Please choose between 1 and 1000 people a day, or leave it empty.", code="bad_cap")
    doctor.cap, doctor.opens_at, doctor.closes_at = form.cap, form.opens_at, form.closes_at
    letter = (form.letter or doctor.letter).strip().upper()
    if letter != doctor.letter or doctor.id is None:
        _check_letter(session, letter)
    doctor.letter = letter
    if form.user_id != doctor.user_id:
        _check_user(session, form.user_id)
        if doctor.user_id:
            sign_ins.end_all_sessions(session, doctor.user_id)
        doctor.user_id = form.user_id


def _describe(doctor: Doctor, languages: str, biography: str, room: str) -> None:
    doctor.languages = _several(languages, field="the languages", longest=120)
    doctor.biography = text.line(biography, field="the text about the doctor", longest=600)
    doctor.room = text.line(room, field="the room", longest=20)


def _several(typed: str, *, field: str, longest: int) -> str:
    """A list with commas between, nothing twice."""
    parts = (part.strip() for part in text.line(typed, field=field, longest=longest).split(","))
    return ", ".join({part.casefold(): part for part in parts if part}.values())


def _own(session: Session, actor: Actor, doctor_id: int, doing: str) -> Doctor:
    user = policy.require_role(session, actor, Role.DOCTOR, doing=doing)
    doctor = session.get(Doctor, doctor_id)
    if doctor is None or doctor.user_id != user.id:
        raise actor.refused(NotFound(steps.UNKNOWN_DOCTOR, code="unknown_doctor"), doing, "doctor", doctor_id)
    return doctor


def _check_letter(session: Session, letter: str) -> None:
    if not 1 <= len(letter) <= 2 or any(part not in TOKEN_LETTERS for part in letter):
        raise Invalid(f"Please use one or two of these letters: {' '.join(TOKEN_LETTERS)}.", code="bad_letter")
    if letter not in _free_letters(session):
        raise Conflict(f"Another doctor has the letter {letter} already.", code="letter_taken")


def _check_user(session: Session, user_id: int | None) -> None:
    if user_id is None:
        return
    user = session.get(User, user_id)
    if user is None or user.role is not Role.DOCTOR:
        raise Invalid("Please choose an account with the role doctor.", code="unknown_user")
    if session.exec(select(Doctor.id).where(Doctor.user_id == user_id)).first():
        raise Conflict("This account belongs to another doctor already.", code="user_taken")


def _free_letters(session: Session) -> list[str]:
    used = set(session.exec(select(Doctor.letter).where(_works())))
    pairs = [first + second for first in TOKEN_LETTERS for second in TOKEN_LETTERS]
    return [letter for letter in (*TOKEN_LETTERS, *pairs) if letter not in used]


def _free_letter(session: Session) -> str:
    return _free_letters(session)[0]


def _known(session: Session, doctor_id: int) -> Doctor:
    doctor = session.get(Doctor, doctor_id)
    if doctor is None:
        raise NotFound(steps.UNKNOWN_DOCTOR, code="unknown_doctor")
    return doctor


def _works() -> ColumnElement[bool]:
    return col(Doctor.retired_at).is_(None)


def _row(doctor: Doctor) -> DoctorRow:
    return DoctorRow(
        id=doctor.id, name=doctor.name, specialization=doctor.specialization,
        licence_number=doctor.licence_number, languages=doctor.languages, biography=doctor.biography, room=doctor.room,
        letter=doctor.letter, cap=doctor.cap, opens_at=doctor.opens_at, closes_at=doctor.closes_at,
        user_id=doctor.user_id, accepting=doctor.accepting, retired=doctor.retired_at is not None,
    )  # fmt: skip
