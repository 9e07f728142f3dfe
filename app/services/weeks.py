"""A week of a doctor as it really is: what is booked, what is free, and what is different from the plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, func
from sqlalchemy import select as columns
from sqlmodel import Session, col

from app import clock
from app.models import ScheduleException, Slot
from app.services import schedules
from app.services.policy import Actor
from app.services.schedules import Plan

DAYS = 7


@dataclass(frozen=True, slots=True)
class DayView:
    """`free` counts only what can still be booked."""

    day: date
    booked: int
    free: int
    exceptions: tuple[ScheduleException, ...]


@dataclass(frozen=True, slots=True)
class WeekView:
    plan: Plan
    days: tuple[DayView, ...]


def week(session: Session, *, actor: Actor, doctor_id: int, monday: date) -> WeekView:
    """The seven days from `monday` on, with the plan that is behind them."""
    plan = schedules.plan(session, actor=actor, doctor_id=doctor_id)
    sunday = monday + timedelta(days=DAYS - 1)
    bookable = ~col(Slot.withdrawn) & (col(Slot.starts_at) > clock.now()) & (col(Slot.taken) < col(Slot.places))
    query = (
        columns(
            col(Slot.day), func.sum(Slot.taken), func.sum(case((bookable, col(Slot.places) - col(Slot.taken)), else_=0))
        )
        .where(col(Slot.doctor_id) == doctor_id, col(Slot.day).between(monday, sunday))
        .group_by(col(Slot.day))
    )
    counts = {day: (int(taken), int(free)) for day, taken, free in session.execute(query)}
    days = [monday + timedelta(days=offset) for offset in range(DAYS)]
    return WeekView(plan, tuple(DayView(day, *counts.get(day, (0, 0)), _on(plan.exceptions, day)) for day in days))


def _on(exceptions: Sequence[ScheduleException], day: date) -> tuple[ScheduleException, ...]:
    return tuple(each for each in exceptions if each.first_day <= day <= each.last_day)
