"""One look at a doctor's queue, whole. The dashboard, the desk, the screen, the phones and the feed are
all drawn from the `QueueView` that `load` returns, so that they can't differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from app import clock
from app.errors import NotFound
from app.models import CLOSED, OPEN, Band, Doctor, Patient, QueueDay, QueueEntry, Status
from app.services import ordering, policy, steps
from app.services.attendance import Attendance, Presence, presence
from app.services.estimate import Pace, Wait

RECENT_CALLS = 8
VISITS_TO_LEARN_FROM = 30
DAYS_TO_LEARN_FROM = 14
Rows = Sequence[tuple[QueueEntry, Patient]]

NOT_A_PLACE = (Status.CANCELLED, Status.TRANSFERRED)


@dataclass(frozen=True, slots=True)
class DoctorView:
    id: int
    name: str
    specialization: str
    room: str
    letter: str
    presence: Presence
    accepting: bool
    on_break: bool


@dataclass(frozen=True, slots=True)
class EntryView:
    """One person in the line as staff see them. `position` and `wait` are None for those not waiting."""

    entry_id: int
    doctor_id: int
    patient_id: int
    token: str
    patient_name: str
    born: date | None
    phone: str
    status: Status
    position: int | None
    wait: Wait | None
    reason: str
    needs: tuple[str, ...]
    source: str
    band: str
    priority: str
    pinned: bool
    room: str
    answer: str | None
    joined_at: datetime
    not_before: datetime | None
    last_called_at: datetime | None
    call_count: int
    started_at: datetime | None
    held_at: datetime | None
    hold_reason: str
    skipped_at: datetime | None
    promised: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A call as the waiting room saw it: token and room only."""

    token: str
    room: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Stats:
    waiting_count: int
    completed_today: int
    longest_wait_minutes: int
    usual_visit_minutes: int | None
    finish_at: datetime | None
    finished_today: int


@dataclass(frozen=True, slots=True)
class QueueView:
    """A queue at the moment `at`. `line` is in calling order; `current` is the person in the room."""

    doctor: DoctorView
    version: int
    service_date: date
    at: datetime
    zone: str
    current: EntryView | None
    called: tuple[EntryView, ...]
    line: tuple[EntryView, ...]
    aside: tuple[EntryView, ...]
    calls: tuple[Call, ...]
    stats: Stats
    next_wait: Wait | None

    @property
    def entries(self) -> tuple[EntryView, ...]:
        """Everybody who is still in the clinic for this doctor, in the order of the screens."""
        return (*((self.current,) if self.current else ()), *self.called, *self.line, *self.aside)


def load(session: Session, doctor_id: int) -> QueueView:
    """The queue as it is now. Raises NotFound for an unknown doctor."""
    doctor = session.get(Doctor, doctor_id)
    if doctor is None:
        raise NotFound(steps.UNKNOWN_DOCTOR, code="unknown_doctor")
    clinic = policy.clinic(session)
    at = clock.now()
    today = clock.service_date(at, clinic.timezone, clinic.rules.day_start_hour)
    day = session.exec(select(QueueDay).where(QueueDay.doctor_id == doctor_id, QueueDay.service_date == today)).first()
    counts = _counts(session, doctor_id, today)
    attends = presence(doctor, day, _taken(counts), at, clinic.timezone)
    rows = _open_rows(session, doctor_id, today)
    calls = _recent_calls(session, doctor_id, today)
    pace = Pace.of(_recent_visits(session, doctor_id, at)) if calls else None
    first = _first_call(rows, pace, attends, day, at)
    places = _line(rows, pace, first, at)
    people = [_entry(entry, patient, places) for entry, patient in rows]
    line = tuple(sorted((p for p in people if p.position), key=lambda p: p.position or 0))
    return QueueView(
        doctor=DoctorView(
            doctor_id, doctor.name, doctor.specialization, doctor.room, doctor.letter, attends,
            doctor.accepting, bool(day and day.on_break),
        ),
        version=day.version if day else steps.version(session, doctor_id),
        service_date=today,
        at=at,
        zone=clinic.timezone,
        current=next((p for p in people if p.status is Status.IN_PROGRESS), None),
        called=_with(people, Status.CALLED),
        line=line,
        aside=_with(people, Status.ON_HOLD, Status.SKIPPED),
        calls=calls,
        stats=_stats(line, counts, pace, first, at),
        next_wait=_wait(pace, first, at, len(line)),
    )  # fmt: skip


def _counts(session: Session, doctor_id: int, today: date) -> dict[Status, int]:
    rows = session.exec(
        select(col(QueueEntry.status), func.count())
        .where(QueueEntry.doctor_id == doctor_id, QueueEntry.service_date == today)
        .group_by(col(QueueEntry.status))
    )
    return {Status(status): number for status, number in rows}


def _taken(counts: dict[Status, int]) -> int:
    return sum(number for status, number in counts.items() if status not in NOT_A_PLACE)


def _open_rows(session: Session, doctor_id: int, today: date) -> Rows:
    """Today's open entries, and whoever is still in the room from an earlier day."""
    open_today = (col(QueueEntry.service_date) == today) & col(QueueEntry.status).in_(OPEN)
    return session.exec(
        select(QueueEntry, Patient)
        .join(Patient, col(Patient.id) == QueueEntry.patient_id)
        .where(QueueEntry.doctor_id == doctor_id, open_today | (QueueEntry.status == Status.IN_PROGRESS))
        .order_by(col(QueueEntry.id))
    ).all()


def _recent_calls(session: Session, doctor_id: int, today: date) -> tuple[Call, ...]:
    rows = session.exec(
        select(QueueEntry.token, QueueEntry.room, QueueEntry.last_called_at)
        .where(
            QueueEntry.doctor_id == doctor_id,
            QueueEntry.service_date == today,
            col(QueueEntry.last_called_at).is_not(None),
        )
        .order_by(col(QueueEntry.last_called_at).desc())
        .limit(RECENT_CALLS)
    ).all()
    return tuple(Call(token, room, at) for token, room, at in rows if at)


def _recent_visits(session: Session, doctor_id: int, at: datetime) -> list[float]:
    """How long this doctor's last finished visits took, in minutes."""
    rows = session.exec(
        select(QueueEntry.started_at, QueueEntry.closed_at)
        .where(
            QueueEntry.doctor_id == doctor_id,
            QueueEntry.status == Status.DONE,
            col(QueueEntry.closed_at) > at - timedelta(days=DAYS_TO_LEARN_FROM),
        )
        .order_by(col(QueueEntry.closed_at).desc())
        .limit(VISITS_TO_LEARN_FROM)
    ).all()
    return [(ended - began) / timedelta(minutes=1) for began, ended in rows if began and ended]


def _first_call(
    rows: Rows, pace: Pace | None, attends: Presence, day: QueueDay | None, at: datetime
) -> datetime | None:
    """When the next person will probably be called; None when nobody can say."""
    if pace is None or attends.state is Attendance.CLOSED:
        return None
    free = at
    if day and day.on_break:
        if day.back_at is None:
            return None
        free = max(free, day.back_at)
    if attends.state is Attendance.NOT_YET and attends.until:
        free = max(free, attends.until)
    for entry, _ in rows:
        if entry.status is Status.IN_PROGRESS:
            free += pace.left_of(entry.started_at, at)
        elif entry.status is Status.CALLED:
            free += pace.visit
    return free


def _line(rows: Rows, pace: Pace | None, first: datetime | None, at: datetime) -> dict[int, tuple[int, Wait | None]]:
    """Position and wait of everybody waiting, both from one run of the order."""
    waiting = [place(entry) for entry, _ in rows if entry.status is Status.WAITING]
    visit = pace.visit if pace else timedelta(minutes=10)
    ordered = ordering.run(waiting, at, first_call=first or at, visit=visit)
    return {p.entry_id: (n, _wait(pace, first, at, n - 1)) for n, p in enumerate(ordered, start=1)}


def place(entry: QueueEntry) -> ordering.Place:
    return ordering.Place(entry.id, entry.virtual_at, entry.band is Band.EMERGENCY, entry.pinned_at, entry.not_before)


def _wait(pace: Pace | None, first: datetime | None, at: datetime, before: int) -> Wait | None:
    return pace.wait(first - at, before) if pace and first else None


def _entry(entry: QueueEntry, patient: Patient, places: dict[int, tuple[int, Wait | None]]) -> EntryView:
    position, wait = places.get(entry.id, (None, None))
    return EntryView(
        entry_id=entry.id, doctor_id=entry.doctor_id, patient_id=entry.patient_id, token=entry.token,
        patient_name=patient.name, born=patient.born, phone=patient.phone, status=entry.status,
        position=position, wait=wait, reason=entry.reason, needs=tuple(entry.needs), source=entry.source.value,
        band=entry.band.value, priority=entry.priority.value, pinned=entry.pinned_at is not None, room=entry.room,
        answer=entry.answer.value if entry.answer else None, joined_at=entry.joined_at,
        not_before=entry.not_before, last_called_at=entry.last_called_at, call_count=entry.call_count,
        started_at=entry.started_at, held_at=entry.held_at, hold_reason=entry.hold_reason,
        skipped_at=entry.skipped_at, promised=entry.promised_at is not None,
    )  # fmt: skip


def person(session: Session, entry: QueueEntry) -> EntryView:
    """One entry as staff see it, whatever its state; a waiting one with its place in the line."""
    line = load(session, entry.doctor_id).line if entry.status is Status.WAITING else ()
    placed = next((other for other in line if other.entry_id == entry.id), None)
    return placed or _entry(entry, session.get_one(Patient, entry.patient_id), {})


def _with(people: list[EntryView], *statuses: Status) -> tuple[EntryView, ...]:
    return tuple(person for person in people if person.status in statuses)


def _stats(
    line: tuple[EntryView, ...],
    counts: dict[Status, int],
    pace: Pace | None,
    first: datetime | None,
    at: datetime,
) -> Stats:
    longest = max(((at - person.joined_at) // timedelta(minutes=1) for person in line), default=0)
    return Stats(
        waiting_count=len(line),
        completed_today=counts.get(Status.DONE, 0),
        longest_wait_minutes=longest,
        usual_visit_minutes=round(pace.usual) if pace else None,
        finish_at=first + len(line) * pace.visit if first and pace else None,
        finished_today=sum(counts.get(status, 0) for status in CLOSED if status is not Status.TRANSFERRED),
    )
