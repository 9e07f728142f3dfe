"""One look at a doctor's queue, whole. The dashboard, the desk, the screen, the phones and the feed are
all drawn from the `QueueView` that `load` returns, so that they can't differ. Confidential people are sealed in it.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session, select

from app import clock
from app.errors import NotFound
from app.models import CLOSED, Appointment, Band, Doctor, Patient, Policy, QueueDay, QueueEntry, Role, Status
from app.services import ordering, policy, queue_rows, steps
from app.services.attendance import Attendance, Presence, presence
from app.services.confidential import CONFIDENTIAL, Secret, opens_to
from app.services.estimate import Pace, Wait
from app.services.queue_rows import Call, Rows


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
    languages: str = ""
    biography: str = ""


@dataclass(frozen=True, slots=True)
class EntryView:
    """One person in the line as staff see them. `position` and `wait` are None for those not waiting.

    Of a confidential person only the token is here until it is opened for somebody: what is kept back is in `sealed`.
    `origin` is the same for all who joined from one place today. Somebody with an appointment has its time in
    `appointment_at`, and is `late` if they came too long after it.
    """

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
    origin: str = ""
    appointment_at: datetime | None = None
    late: bool = False
    confidential: bool = False
    sealed: Secret | None = field(default=None, repr=False)

    def seen_by(self, role: Role | None) -> "EntryView":
        """This entry for somebody of `role` who may see the queue."""
        if self.sealed is None or not opens_to(role):
            return self
        kept = self.sealed
        return replace(
            self, sealed=None, patient_name=kept.name, born=kept.born, phone=kept.phone, reason=kept.reason,
            hold_reason=kept.hold_reason,
        )  # fmt: skip

    def _closed(self) -> "EntryView":
        kept = Secret(self.patient_name, self.born, self.phone, self.reason, self.hold_reason)
        return replace(
            self, confidential=True, sealed=kept, patient_name=CONFIDENTIAL, born=None, phone="", reason="",
            hold_reason="",
        )  # fmt: skip


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

    def seen_by(self, role: Role | None) -> "QueueView":
        """This queue for somebody of `role` who may see it."""
        if not opens_to(role) or not any(entry.sealed for entry in self.entries):
            return self
        return replace(
            self,
            current=self.current.seen_by(role) if self.current else None,
            called=tuple(entry.seen_by(role) for entry in self.called),
            line=tuple(entry.seen_by(role) for entry in self.line),
            aside=tuple(entry.seen_by(role) for entry in self.aside),
        )


def load(session: Session, doctor_id: int) -> QueueView:
    """The queue as it is now. Raises NotFound for an unknown doctor."""
    doctor = session.get(Doctor, doctor_id)
    if doctor is None:
        raise NotFound(steps.UNKNOWN_DOCTOR, code="unknown_doctor")
    clinic = policy.clinic(session)
    at = clock.now()
    today = clock.service_date(at, clinic.timezone, clinic.rules.day_start_hour)
    day = session.exec(select(QueueDay).where(QueueDay.doctor_id == doctor_id, QueueDay.service_date == today)).first()
    counts = queue_rows.counts(session, doctor_id, today)
    attends = presence(doctor, day, queue_rows.taken(counts), at, clinic.timezone)
    rows = queue_rows.open_rows(session, doctor_id, today)
    calls = queue_rows.recent_calls(session, doctor_id, today)
    pace = Pace.of(queue_rows.recent_visits(session, doctor_id, at)) if calls else None
    first = _first_call(rows, pace, attends, day, at)
    places = _line(rows, pace, first, at)
    people = [_entry(*row, places, clinic.rules) for row in rows]
    line = tuple(sorted((p for p in people if p.position), key=lambda p: p.position or 0))
    return QueueView(
        doctor=DoctorView(
            doctor_id, doctor.name, doctor.specialization, doctor.room, doctor.letter, attends,
            doctor.accepting, bool(day and day.on_break), doctor.languages, doctor.biography,
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
    for entry, *_ in rows:
        if entry.status is Status.IN_PROGRESS:
            free += pace.left_of(entry.started_at, at)
        elif entry.status is Status.CALLED:
            free += pace.visit
    return free


def _line(rows: Rows, pace: Pace | None, first: datetime | None, at: datetime) -> dict[int, tuple[int, Wait | None]]:
    """Position and wait of everybody waiting, both from one run of the order."""
    waiting = [place(entry) for entry, *_ in rows if entry.status is Status.WAITING]
    visit = pace.visit if pace else timedelta(minutes=10)
    ordered = ordering.run(waiting, at, first_call=first or at, visit=visit)
    return {p.entry_id: (n, _wait(pace, first, at, n - 1)) for n, p in enumerate(ordered, start=1)}


def place(entry: QueueEntry) -> ordering.Place:
    return ordering.Place(entry.id, entry.virtual_at, entry.band is Band.EMERGENCY, entry.pinned_at, entry.not_before)


def _wait(pace: Pace | None, first: datetime | None, at: datetime, before: int) -> Wait | None:
    return pace.wait(first - at, before) if pace and first else None


def _entry(
    entry: QueueEntry,
    patient: Patient,
    appointment_at: datetime | None,
    places: dict[int, tuple[int, Wait | None]],
    rules: Policy,
) -> EntryView:
    position, wait = places.get(entry.id, (None, None))
    view = EntryView(
        entry_id=entry.id, doctor_id=entry.doctor_id, patient_id=entry.patient_id, token=entry.token,
        patient_name=patient.name, born=patient.born, phone=patient.phone, status=entry.status,
        position=position, wait=wait, reason=entry.reason, needs=tuple(entry.needs), source=entry.source.value,
        band=entry.band.value, priority=entry.priority.value, pinned=entry.pinned_at is not None, room=entry.room,
        answer=entry.answer.value if entry.answer else None, joined_at=entry.joined_at,
        not_before=entry.not_before, last_called_at=entry.last_called_at, call_count=entry.call_count,
        started_at=entry.started_at, held_at=entry.held_at, hold_reason=entry.hold_reason,
        skipped_at=entry.skipped_at, promised=entry.promised_at is not None, origin=entry.origin,
        appointment_at=appointment_at, late=ordering.is_late(appointment_at, entry.joined_at, rules.late_after_minutes),
    )  # fmt: skip
    return view._closed() if patient.is_confidential else view


def person(session: Session, entry: QueueEntry) -> EntryView:
    """One entry, sealed if need be, whatever its state; a waiting one with its place in the line."""
    line = load(session, entry.doctor_id).line if entry.status is Status.WAITING else ()
    placed = next((other for other in line if other.entry_id == entry.id), None)
    if placed:
        return placed
    booked = session.get(Appointment, entry.appointment_id) if entry.appointment_id else None
    patient = session.get_one(Patient, entry.patient_id)
    return _entry(entry, patient, booked.starts_at if booked else None, {}, policy.clinic(session).rules)


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
