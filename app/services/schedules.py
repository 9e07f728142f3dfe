"""A doctor's weekly plan and what differs from it. Every change makes the slots anew; no booking is ever lost."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from sqlmodel import Session, col, select

from app import clock, events
from app.errors import Invalid, NotFound
from app.models import Appointment, AppointmentStatus, Doctor, ExceptionKind, Period, Role, ScheduleException, Slot
from app.services import audit, policy, slots, slotting, steps, text
from app.services.policy import Actor

SHORTEST, LONGEST = 5, 240  # minutes of a slot
MOST_PLACES = 50
LONGEST_ABSENCE = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodForm:
    weekday: int
    starts: time
    ends: time
    slot_minutes: int
    places: int = 1
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionForm:
    """`slot_minutes` is for extra hours only. Without times it is the whole day."""

    kind: ExceptionKind
    first_day: date
    last_day: date
    starts: time | None = None
    ends: time | None = None
    slot_minutes: int | None = None
    places: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole schedule of one doctor; closures of the clinic are among the exceptions."""

    doctor_id: int
    doctor_name: str
    periods: tuple[Period, ...]
    exceptions: tuple[ScheduleException, ...]


def plan(session: Session, *, actor: Actor, doctor_id: int) -> Plan:
    """The schedule for whoever may edit it, and for the desk."""
    doctor = _doctor(session, doctor_id)
    _may_edit(session, actor, doctor, *_DESK)
    return Plan(
        doctor.id, doctor.name, tuple(slots.periods(session, doctor_id)), tuple(slots.exceptions(session, doctor_id))
    )


def colleagues(session: Session, *, actor: Actor) -> list[tuple[int, str]]:
    """The working doctors, by name, for whoever may look at every schedule."""
    policy.require_role(session, actor, Role.ADMIN, *_DESK, doing="schedule")
    query = select(col(Doctor.id), col(Doctor.name)).where(col(Doctor.retired_at).is_(None))
    return [(doctor_id, name) for doctor_id, name in session.exec(query.order_by(col(Doctor.name)))]


def require_editor(session: Session, *, actor: Actor, doctor_id: int) -> None:
    """Let whoever may change this doctor's plan go on: the doctor, and admins."""
    _may_edit(session, actor, _doctor(session, doctor_id))


def closures(session: Session, *, actor: Actor) -> list[ScheduleException]:
    """The days on which the whole clinic is closed, by day."""
    policy.require_role(session, actor, Role.ADMIN, doing="closures")
    query = select(ScheduleException).where(col(ScheduleException.doctor_id).is_(None))
    return list(session.exec(query.order_by(col(ScheduleException.first_day), col(ScheduleException.id))))


def add_period(session: Session, *, actor: Actor, doctor_id: int, form: PeriodForm) -> int:
    """More bookable hours every week; answers their id."""
    doctor = _doctor(session, doctor_id)
    _may_edit(session, actor, doctor)
    period = Period(doctor_id=doctor_id, **_checked(session, form, doctor_id))
    session.add(period)
    _changed(session, actor, doctor_id, "period-add")
    return period.id


def change_period(session: Session, *, actor: Actor, period_id: int, form: PeriodForm) -> None:
    period = _period(session, actor, period_id)
    for name, value in _checked(session, form, period.doctor_id, but=period_id).items():
        setattr(period, name, value)
    session.add(period)
    _changed(session, actor, period.doctor_id, "period-change")


def remove_period(session: Session, *, actor: Actor, period_id: int) -> None:
    period = _period(session, actor, period_id)
    session.delete(period)
    _changed(session, actor, period.doctor_id, "period-remove")


def set_days(
    session: Session, *, actor: Actor, doctor_id: int, weekdays: Collection[int], forms: Sequence[PeriodForm]
) -> None:
    """Give these weekdays the hours of `forms` instead of those they have, in one step."""
    _may_edit(session, actor, _doctor(session, doctor_id))
    for period in slots.periods(session, doctor_id):
        if period.weekday in weekdays:
            session.delete(period)
    session.flush()
    for form in forms:
        session.add(Period(doctor_id=doctor_id, **_checked(session, form, doctor_id)))
        session.flush()
    _changed(session, actor, doctor_id, "period-copy")


def add_exception(session: Session, *, actor: Actor, doctor_id: int | None, form: ExceptionForm) -> int:
    """Leave, a holiday or extra hours of one doctor; without a doctor the whole clinic is closed (admins)."""
    if doctor_id is None:
        policy.require_role(session, actor, Role.ADMIN, doing="closure-add")
    else:
        _may_edit(session, actor, _doctor(session, doctor_id))
    _check_exception(form, doctor_id)
    note = text.line(form.note, field="the note", longest=80)
    made = ScheduleException(
        doctor_id=doctor_id, kind=form.kind, first_day=form.first_day, last_day=form.last_day, starts=form.starts,
        ends=form.ends, slot_minutes=form.slot_minutes, places=form.places, note=note,
    )  # fmt: skip
    session.add(made)
    _changed(session, actor, doctor_id, "exception-add")
    return made.id


def remove_exception(session: Session, *, actor: Actor, exception_id: int) -> None:
    found = session.get(ScheduleException, exception_id)
    if found is None:
        raise NotFound("We can't find that.", code="unknown_exception")
    if found.doctor_id is None:
        policy.require_role(session, actor, Role.ADMIN, doing="closure-remove")
    else:
        _may_edit(session, actor, _doctor(session, found.doctor_id))
    session.delete(found)
    _changed(session, actor, found.doctor_id, "exception-remove")


def _changed(session: Session, actor: Actor, doctor_id: int | None, what: str) -> None:
    """After a change of the plan: new slots, one row in the audit, an announcement."""
    session.flush()
    for each in [doctor_id] if doctor_id else slots.doctors(session):
        slots.make(session, each)
        events.record(session, events.SlotsChanged(each))
    audit.note(session, actor, what, kind="doctor", object_id=doctor_id)


_DESK = (Role.RECEPTION, Role.NURSE)


def _may_edit(session: Session, actor: Actor, doctor: Doctor, *others: Role) -> None:
    """The doctor and admins; `others` for those who only look."""
    user = policy.require_role(session, actor, Role.DOCTOR, Role.ADMIN, *others, doing="schedule")
    if user.role is Role.DOCTOR and doctor.user_id != user.id:
        raise actor.refused(NotFound(steps.UNKNOWN_DOCTOR, code="unknown_doctor"), "schedule", "doctor", doctor.id)


def _doctor(session: Session, doctor_id: int) -> Doctor:
    doctor = session.get(Doctor, doctor_id)
    if doctor is None:
        raise NotFound(steps.UNKNOWN_DOCTOR, code="unknown_doctor")
    return doctor


def _period(session: Session, actor: Actor, period_id: int) -> Period:
    period = session.get(Period, period_id)
    if period is None:
        raise NotFound("We can't find those hours.", code="unknown_period")
    _may_edit(session, actor, _doctor(session, period.doctor_id))
    return period


def _checked(session: Session, form: PeriodForm, doctor_id: int, but: int | None = None) -> dict[str, Any]:
    """The columns of a period. Raises Invalid, also for hours that lie across others of the same day."""
    if not 0 <= form.weekday <= 6:
        raise Invalid("Please choose a day of the week.", code="bad_weekday")
    _check_sizes(form.slot_minutes, form.places)
    if form.ends <= form.starts and form.ends != slotting.MIDNIGHT:
        raise Invalid("The end must be after the start.", code="bad_times")
    begins = form.valid_from or clock.at_clinic(clock.now(), policy.clinic(session).timezone).date()
    if form.valid_until and form.valid_until < begins:
        raise Invalid("The last day must not be before the first.", code="bad_dates")
    for other in slots.periods(session, doctor_id):
        if other.id != but and other.weekday == form.weekday and _overlap(other, form, begins):
            raise Invalid(f"These hours lie across {other.starts:%H:%M} to {other.ends:%H:%M}.", code="overlap")
    return {
        "weekday": form.weekday, "starts": form.starts, "ends": form.ends, "slot_minutes": form.slot_minutes,
        "places": form.places, "valid_from": begins, "valid_until": form.valid_until,
    }  # fmt: skip


def _overlap(other: Period, form: PeriodForm, begins: date) -> bool:
    last, other_last = form.valid_until or date.max, other.valid_until or date.max
    same_days = begins <= other_last and other.valid_from <= last
    return same_days and form.starts < _end(other.ends) and other.starts < _end(form.ends)


def _end(ends: time) -> time:
    return time.max if ends == slotting.MIDNIGHT else ends


def _check_sizes(minutes: int, places: int) -> None:
    if not SHORTEST <= minutes <= LONGEST:
        raise Invalid(f"Please choose between {SHORTEST} and {LONGEST} minutes.", code="bad_slot_minutes")
    if not 1 <= places <= MOST_PLACES:
        raise Invalid(f"Please choose between 1 and {MOST_PLACES} people.", code="bad_places")


def _check_exception(form: ExceptionForm, doctor_id: int | None) -> None:
    if form.last_day < form.first_day:
        raise Invalid("The last day must not be before the first.", code="bad_dates")
    if form.last_day - form.first_day > LONGEST_ABSENCE:
        raise Invalid("Please enter at most one year at a time.", code="bad_dates")
    if (form.starts is None) != (form.ends is None):
        raise Invalid("Please enter both times, or none for the whole day.", code="bad_times")
    if form.starts and form.ends is not None and form.ends <= form.starts and form.ends != slotting.MIDNIGHT:
        raise Invalid("The end must be after the start.", code="bad_times")
    if form.kind is not ExceptionKind.EXTRA:
        return
    if doctor_id is None:
        raise Invalid("Extra hours belong to one doctor.", code="bad_kind")
    if form.starts is None or form.slot_minutes is None:
        raise Invalid("Please enter from when to when, and how long one visit is.", code="bad_times")
    _check_sizes(form.slot_minutes, form.places)


def conflicts(session: Session, *, actor: Actor, doctor_id: int) -> list[Appointment]:
    """Coming appointments that the plan has no room for any more, soonest first, and that nobody has decided on."""
    _may_edit(session, actor, _doctor(session, doctor_id), *_DESK)
    query = (
        select(Appointment)
        .join(Slot, col(Slot.id) == Appointment.slot_id)
        .where(
            Appointment.doctor_id == doctor_id,
            Appointment.status == AppointmentStatus.BOOKED,
            col(Appointment.starts_at) > clock.now(),
            col(Appointment.kept).is_(False),
            col(Slot.withdrawn) | (col(Appointment.place) > col(Slot.places)),
        )
    )
    return list(session.exec(query.order_by(col(Appointment.starts_at))))
