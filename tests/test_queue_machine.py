"""Whatever people do, in whatever order, the rules of the queue hold: found out by trying.

Each run is a clinic with two doctors, staff, patients and a clock that moves on, also past midnight. After
every step all rules are checked. `HYPOTHESIS_PROFILE=long` (`make prove`) tries 5,000 runs of 50 steps.
"""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import note
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import Session, col, select

from app import clock as app_clock
from app import db
from app.errors import DomainError
from app.models import (
    OPEN,
    STAFF,
    Appointment,
    EntryEvent,
    Policy,
    Priority,
    QueueEntry,
    Role,
    Slot,
    Source,
    Status,
)
from app.services import (
    arriving,
    board,
    booking,
    calling,
    doctors,
    invariants,
    joining,
    leaving,
    offers,
    ordering,
    policy,
    schedules,
    steering,
    timeouts,
    verbs,
)
from app.services.booking import Guest
from app.services.policy import Actor, Verb, link_holder
from app.services.schedules import PeriodForm
from tests.conftest import MORNING, empty
from tests.factories import Clinic, Clock, assert_sentence

SHIFT = timedelta(hours=7)
MAY_REOPEN = {Verb.RESTORE, Verb.UNDO}
numbers = st.integers(0, 10_000)  # picks one of what there is
givens = st.fixed_dictionaries(
    {
        "place": st.sampled_from(leaving.Placing),
        "call_next": st.booleans(),
        "priority": st.none() | st.sampled_from(Priority),
        "emergency": st.none() | st.booleans(),
        "pinned": st.none() | st.booleans(),
    }
)


class Queue(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        db.transaction(empty)
        self.clock = Clock(MORNING)
        app_clock.use(self.clock)
        self.clinic = Clinic()
        self.doctors = [self.clinic.doctor_id, self.clinic.add_doctor()]
        self.shift_ends = MORNING + SHIFT
        self.entries: list[int] = []
        self.appointments: list[int] = []
        self.people: list[int] = []
        for doctor_id in self.doctors:
            self.open_hours(doctor_id)
        self.story: list[str] = []
        self.known_events = 0
        self.known_versions: dict[int, int] = {}

    @initialize(people=st.integers(0, 5))
    def some_wait_already(self, people: int) -> None:
        for n in range(people):
            self.entries.append(self.clinic.join(f"Early {n}", doctor_id=self.doctors[n % 2]).id)

    def open_hours(self, doctor_id: int) -> None:
        form = PeriodForm(weekday=1, starts=time(9), ends=time(13), slot_minutes=30, places=2)
        self.clinic.write(lambda s: schedules.add_period(s, actor=self.clinic.admin, doctor_id=doctor_id, form=form))

    # who and whom

    def actor(self, number: int, entry: QueueEntry | None = None, doctor_id: int | None = None) -> Actor:
        """Mostly the doctor, who may do most, sometimes somebody who may not."""
        asked = doctor_id or (entry.doctor_id if entry else self.doctors[0])
        everybody = [self.clinic.doctor(d) for d in (*[asked] * 6, *self.doctors)]
        everybody += [self.clinic.staff(role) for role in sorted(STAFF - {Role.DOCTOR})]
        if entry and entry.link:
            everybody += [self.clinic.as_patient(entry)] * 2
        return everybody[number % len(everybody)]

    def verb(self, number: int, entry: QueueEntry) -> Verb:
        """Mostly one that leads somewhere from this state, sometimes any."""
        possible = sorted(offers.possible(entry.status, Role.DOCTOR, Policy.model_validate({})))
        everything = [*possible * 3, *sorted(verbs.ENTRY_VERBS), *[Verb.UNDO] * 4]
        return everything[number % len(everything)]

    def attempt(self, work: Callable[[Session], object]) -> bool:
        """Whether it was done. A refusal is fine; any other error is a finding."""
        try:
            self.clinic.write(work)
        except DomainError as refusal:
            assert_sentence(refusal.message)
            self.story.append(f"  … no: {refusal.message}")
            return False
        return True

    def teardown(self) -> None:
        note("\n".join(self.story))

    # what people do

    @rule(n=numbers, family=st.booleans(), priority=st.sampled_from(Priority), by=numbers)
    def join(self, n: int, family: bool, priority: Priority, by: int) -> None:
        actor = self.clinic.staff(Role.PATIENT) if by % 3 == 0 else self.clinic.staff(Role.RECEPTION)
        self.story.append(f"join {n % 2} as Person {n % 4} {priority}")
        who = joining.Newcomer(name=f"Person {n % 4}", priority=priority, phone="0664 123456" if family else "")
        doctor_id = self.doctors[n % 2]
        self.attempt(lambda s: self.entries.append(joining.join(s, actor=actor, doctor_id=doctor_id, who=who).id))

    @rule(n=numbers, by=numbers)
    def call_next(self, n: int, by: int) -> None:
        doctor_id = self.doctors[n % 2]
        line = self.clinic.view(doctor_id).line
        self.story.append(f"call next of {doctor_id}")
        actor = self.actor(by, doctor_id=doctor_id)
        called: list[int] = []
        self.attempt(lambda s: called.append(calling.call_next(s, actor=actor, doctor_id=doctor_id).id))
        assert not called or called == [line[0].entry_id], "the first of the line is whom the button calls"
        assert called or not line or actor not in {self.clinic.admin, self.clinic.doctor(doctor_id)}

    @precondition(lambda self: self.entries)
    @rule(whom=st.integers(0, 3), what=numbers, by=numbers, said=givens)
    def act(self, whom: int, what: int, by: int, said: dict[str, Any]) -> None:
        self.do(whom, what, by, said)

    @precondition(lambda self: self.entries)
    @rule(whom=st.integers(0, 1), steps=st.lists(st.tuples(numbers, numbers, givens), min_size=2, max_size=5))
    def one_person_goes_on(self, whom: int, steps: list[tuple[int, int, dict[str, Any]]]) -> None:
        for what, by, said in steps:
            self.do(whom, what, by, said)
            self.the_rules_hold()

    def do(self, whom: int, what: int, by: int, said: dict[str, Any]) -> None:
        entry = self.clinic.entry(self.entries[-1 - whom % len(self.entries)])
        verb, actor = self.verb(what, entry), self.actor(by, entry)
        other = next(doctor_id for doctor_id in self.doctors if doctor_id != entry.doctor_id)
        self.story.append(f"{verb} {entry.token}/{entry.id} ({entry.status}) by {actor.name_in_history} {said}")
        given = verbs.Given.model_validate({**said, "reason": "Because", "doctor_id": other})
        done: list[int] = []
        self.attempt(lambda s: done.append(verbs.perform(s, actor=actor, entry_id=entry.id, verb=verb, given=given).id))
        self.entries += [entry_id for entry_id in done if entry_id not in self.entries]

    @rule(n=numbers, known=st.booleans())
    def book(self, n: int, known: bool) -> None:
        """Somebody who is here already or has been, or somebody new, takes one of the next free times."""
        slots = self.clinic.read(self._times)
        if not slots:
            return
        desk, slot_id = self.clinic.staff(Role.RECEPTION), slots[n % min(len(slots), 8)]
        patients = self.people + [self.clinic.entry(entry_id).patient_id for entry_id in self.entries[-3:]]
        who = patients[n % len(patients)] if known and patients else Guest(name=f"Booked {n % 4}")
        self.story.append(f"book slot {slot_id} for {who}")
        made: list[tuple[int, int]] = []

        def work(s: Session) -> None:
            new = booking.book(s, actor=desk, slot_id=slot_id, who=who, same_time=bool(n % 2))
            made.append((new.id, new.patient_id or 0))

        if self.attempt(work):
            self.appointments.append(made[-1][0])
            self.people.append(made[-1][1])

    @precondition(lambda self: self.appointments)
    @rule(n=numbers, what=st.sampled_from(["check-in", "check-in", "arrive", "cancel", "move", "undo", "walk in"]))
    def come(self, n: int, what: str) -> None:
        """On the day: the desk or the phone checks in, somebody calls it off, moves it, forgets it."""
        made = self.clinic.read(lambda s: s.get_one(Appointment, self.appointments[-1 - n % len(self.appointments)]))
        desk, mine = self.clinic.staff(Role.RECEPTION), link_holder(made.link)
        slots = self.clinic.read(self._times)
        self.story.append(f"{what} for {made.id} ({made.status}) at {made.starts_at:%H:%M}")
        acts: dict[str, Callable[[Session], object]] = {
            "check-in": lambda s: self._checked_in(s, desk, made.id),
            "arrive": lambda s: self._checked_in(s, mine, made.id),
            "cancel": lambda s: booking.cancel(s, actor=desk, appointment_id=made.id),
            "move": lambda s: booking.reschedule(s, actor=desk, appointment_id=made.id, slot_id=slots[n % len(slots)]),
            "undo": lambda s: self._undone(s, desk, made.id),
            "walk in": lambda s: self.entries.append(
                joining.join(
                    s, actor=desk, doctor_id=made.doctor_id,
                    who=joining.Newcomer(patient_id=made.patient_id, source=Source.RECEPTION),
                ).id
            ),
        }  # fmt: skip
        if what != "move" or slots:
            self.attempt(acts[what])

    def _checked_in(self, session: Session, actor: Actor, appointment_id: int) -> None:
        entry = arriving.check_in(session, actor=actor, appointment_id=appointment_id)
        self.entries += [] if entry.id in self.entries else [entry.id]

    def _undone(self, session: Session, actor: Actor, appointment_id: int) -> None:
        query = select(QueueEntry.id).where(QueueEntry.appointment_id == appointment_id)
        for entry_id in session.exec(query.order_by(col(QueueEntry.id).desc()).limit(1)):
            verbs.perform(session, actor=actor, entry_id=entry_id, verb=Verb.UNDO)

    def _times(self, session: Session) -> list[int]:
        """Slots from now on, full ones too: those are refused."""
        query = select(Slot.id).where(col(Slot.starts_at) > self.clock.at, col(Slot.withdrawn).is_(False))
        return list(session.exec(query.order_by(col(Slot.starts_at), col(Slot.id)).limit(20)))

    @rule(n=numbers, by=numbers, what=st.sampled_from(["pause", "open", "break", "close", "edit"]))
    def steer(self, n: int, by: int, what: str) -> None:
        doctor_id = self.doctors[n % 2]
        actor = self.actor(by, doctor_id=doctor_id)
        form = doctors.DoctorForm(name="Meera Nair", room=str(n % 9), user_id=self.clinic.doctor(doctor_id).user_id)
        acts: dict[str, Callable[[Session], object]] = {
            "pause": lambda s: steering.pause(s, actor=actor, doctor_id=doctor_id),
            "open": lambda s: steering.open_(s, actor=actor, doctor_id=doctor_id),
            "break": lambda s: steering.take_break(s, actor=actor, doctor_id=doctor_id),
            "close": lambda s: steering.close_day(s, actor=actor, doctor_id=doctor_id),
            "edit": lambda s: doctors.edit(s, actor=self.clinic.admin, doctor_id=doctor_id, form=form),
        }
        self.story.append(f"{what} of {doctor_id} by {actor.name_in_history}")
        self.attempt(acts[what])

    @rule(seconds=st.sampled_from([1, 10, 25, 60, 240, 600, 4000, 30_000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.forward(seconds=seconds)
        self.story.append(f"{seconds} seconds pass")
        if self.clock.at >= self.shift_ends:
            self.clinic.new_shift()
            self.shift_ends = self.clock.at + SHIFT

    @rule()
    def the_jobs_run(self) -> None:
        self.story.append("jobs")
        for find, do in (
            (timeouts.missed_calls, timeouts.skip_missed),
            (timeouts.long_gone, timeouts.give_up),
            (timeouts.days_to_close, timeouts.close_day),
            (arriving.missed, arriving.give_up),
            (booking.expired_holds, booking.expire),
        ):
            for key in self.clinic.read(find):
                self.attempt(lambda s, do=do, key=key: do(s, key))  # type: ignore[misc]
        left = self.clinic.read(self._open_of_earlier_days)
        assert all(status is Status.IN_PROGRESS for status in left), "somebody is left in a day that is over"

    # what must be true

    @invariant()
    def the_rules_hold(self) -> None:
        self.clinic.read(self._check)

    def _check(self, session: Session) -> None:
        assert invariants.broken(session) == []
        self._check_history(session)
        for doctor_id in self.doctors:
            self._check_line(session, doctor_id)

    def _check_history(self, session: Session) -> None:
        """The version grows with every change, and what has ended stays so unless somebody brings it back."""
        versions = doctors.versions(session)
        fresh = session.exec(
            select(EntryEvent).where(col(EntryEvent.id) > self.known_events).order_by(col(EntryEvent.id))
        ).all()
        for event in fresh:
            assert versions[event.doctor_id] > self.known_versions.get(event.doctor_id, 0)
            if event.from_status and not event.from_status.is_open:
                assert event.verb in MAY_REOPEN
        for doctor_id, version in self.known_versions.items():
            assert versions[doctor_id] >= version
        self.known_versions = versions
        self.known_events = fresh[-1].id if fresh else self.known_events

    def _check_line(self, session: Session, doctor_id: int) -> None:
        """Everybody who is still here is on the screen once, the waiting in the one order."""
        view = board.load(session, doctor_id)
        here = session.exec(
            select(QueueEntry).where(
                QueueEntry.doctor_id == doctor_id,
                col(QueueEntry.status).in_(OPEN),
                (QueueEntry.service_date == view.service_date) | (QueueEntry.status == Status.IN_PROGRESS),
            )
        ).all()
        assert sorted(p.entry_id for p in view.entries) == sorted(entry.id for entry in here)
        assert [p.position for p in view.line] == list(range(1, len(view.line) + 1))
        places = [board.place(entry) for entry in here if entry.status is Status.WAITING]
        first = ordering.next_up(places, self.clock.at)
        assert (first and first.entry_id) == (view.line[0].entry_id if view.line else None)
        urgent = [p.band == "emergency" for p in view.line]
        assert urgent == sorted(urgent, reverse=True), "emergencies come first"
        waits = [p.wait for p in view.line if p.wait]
        assert all(0 <= w.low_minutes < w.high_minutes < 10_000 for w in waits)

    def _open_of_earlier_days(self, session: Session) -> list[Status]:
        rules = policy.clinic(session)
        today = app_clock.service_date(self.clock.at, rules.timezone, rules.rules.day_start_hour)
        query = select(QueueEntry).where(col(QueueEntry.status).in_(OPEN), col(QueueEntry.service_date) < today)
        return [entry.status for entry in session.exec(query)]


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_the_queue_keeps_its_rules(database: str) -> None:
    """Half of what is usual on a push: each run is a whole day."""
    usual = hypothesis.get_current_profile_name() == "push"
    run_state_machine_as_test(Queue, settings=hypothesis(max_examples=50) if usual else None)
