"""The sample clinic's plans and appointments: made on the day before by the verbs that people use."""

import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from app import clock
from app.models import Appointment, AppointmentStatus, ExceptionKind, Patient, Slot
from app.services import booking, policy, schedules
from app.services.booking import Guest
from app.services.policy import Actor
from app.services.schedules import ExceptionForm, PeriodForm

MORNING, AFTERNOON = (time(8), time(12)), (time(13), time(17))
LATE, SOON, ARRIVED = timedelta(minutes=-17), timedelta(minutes=15), timedelta(minutes=5)


class Week(NamedTuple):
    """When a doctor can be booked: hours by weekday, minutes of a visit, places."""

    minutes: int
    places: int
    hours: dict[int, tuple[tuple[time, time], ...]]


WEEKS = (
    Week(20, 1, dict.fromkeys(range(4), (MORNING, AFTERNOON)) | {4: (MORNING,)}),
    Week(15, 1, {0: (MORNING,), 1: (AFTERNOON,), 2: (MORNING,), 3: (AFTERNOON,), 4: (MORNING, AFTERNOON)}),
    Week(30, 2, {0: (AFTERNOON,), 2: (MORNING, AFTERNOON), 4: (MORNING,)}),
)
Newcomers = Callable[[random.Random], str]


def plan(session: Session, doctor: Actor, doctor_id: int, now: datetime) -> None:
    """The weekly plan, and some days off in three weeks."""
    week, today = WEEKS[doctor_id - 1], now.date()
    for weekday, periods in week.hours.items():
        for starts, ends in periods:
            form = PeriodForm(
                weekday=weekday, starts=starts, ends=ends, slot_minutes=week.minutes, places=week.places,
                valid_from=today - timedelta(days=30),
            )  # fmt: skip
            schedules.add_period(session, actor=doctor, doctor_id=doctor_id, form=form)
    monday = today + timedelta(days=21 + doctor_id - today.weekday())
    leave = ExceptionForm(
        kind=ExceptionKind.LEAVE, first_day=monday, last_day=monday + timedelta(days=doctor_id), note="Training"
    )
    schedules.add_exception(session, actor=doctor, doctor_id=doctor_id, form=leave)


def book(session: Session, doctor: Actor, doctor_id: int, now: datetime, name: Newcomers) -> None:
    """Today around `now`: somebody late, somebody soon; and some people in the week after. The clock is a day back."""
    luck = random.Random(now.toordinal() * 10 + doctor_id)
    _open_now(session, doctor, doctor_id, now)
    slots = list(
        session.exec(select(Slot).where(Slot.doctor_id == doctor_id, Slot.taken == 0).order_by(col(Slot.starts_at)))
    )
    today = _day_of(session, now)
    here = [slot for slot in slots if _day_of(session, slot.starts_at) == today]
    late = [slot for slot in here if now + 3 * LATE < slot.starts_at < now + LATE]
    soon = [slot for slot in here if slot.starts_at > now + (ARRIVED if doctor_id == 2 else SOON)]
    taken = [*late[-1:], *soon[:2]]
    later = [slot for slot in slots if now + timedelta(hours=1) < slot.starts_at < now + timedelta(days=8)]
    taken += [slot for slot in later if slot not in taken and luck.random() < 0.35]
    family = list(session.exec(select(Patient).where(col(Patient.user_id).is_not(None)).order_by(col(Patient.id))))
    for slot in taken:
        who: int | Guest = Guest(name=name(luck), phone=f"0170 {luck.randint(1000000, 9999999)}")
        if doctor_id == 2 and slot in soon[1:2] and len(family) > 1:
            who = family[1].id  # the child of the patient who can sign in
        if doctor_id == 3 and slot is next((each for each in later if each in taken), None):
            who = family[0].id  # the patient who can sign in
        booking.book(session, actor=doctor, slot_id=slot.id, who=who, reason=luck.choice(("Check-up", "Follow-up", "")))


def here_by_now(session: Session, doctor_id: int, now: datetime) -> int | None:
    """The appointment whose patient is in the waiting room already: the next one of the second doctor."""
    if doctor_id != 2:
        return None
    query = select(col(Appointment.id)).where(
        Appointment.doctor_id == doctor_id,
        Appointment.status == AppointmentStatus.BOOKED,
        Appointment.starts_at > now,
        Appointment.starts_at < now + timedelta(minutes=30),
    )
    found = session.exec(query.order_by(col(Appointment.starts_at)).limit(1)).first()
    made = session.get(Appointment, found) if found else None
    same_day = made is not None and _day_of(session, made.starts_at) == _day_of(session, now)
    return found if same_day else None


def _day_of(session: Session, at: datetime) -> date:
    """The clinic's day of a moment."""
    clinic = policy.clinic(session)
    return clock.service_date(at, clinic.timezone, clinic.rules.day_start_hour)


def _open_now(session: Session, doctor: Actor, doctor_id: int, now: datetime) -> None:
    """Hours around `now`, whenever somebody starts the demo: from an hour ago, three hours long, until midnight."""
    local = clock.at_clinic(now, policy.clinic(session).timezone)
    if local.weekday() in WEEKS[doctor_id - 1].hours and time(9) <= local.time() < time(11):
        return
    first, last = max(local.hour - 1, 0), local.hour + 3
    form = ExceptionForm(
        kind=ExceptionKind.EXTRA, first_day=local.date(), last_day=local.date(), starts=time(first),
        ends=time(last if last < 24 else 0), slot_minutes=WEEKS[doctor_id - 1].minutes,
        places=WEEKS[doctor_id - 1].places, note="Open for the demo",
    )  # fmt: skip
    schedules.add_exception(session, actor=doctor, doctor_id=doctor_id, form=form)
