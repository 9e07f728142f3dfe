"""The slots of each doctor, kept in line with the plan, some weeks ahead. No booking is ever lost."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from app import clock
from app.models import Appointment, Doctor, Period, ScheduleException, Slot
from app.services import policy, slotting
from app.services.slotting import Wanted


def make(session: Session, doctor_id: int) -> int:
    """Bring a doctor's slots from now to the horizon in line with the plan; answers how many changed.

    Doing it twice changes nothing. A slot that is booked but not planned any more is withdrawn, not deleted; one that
    would overlap it is not made.
    """
    clinic, at = policy.clinic(session), clock.now()
    first = clock.at_clinic(at, clinic.timezone).date()
    last = first + timedelta(days=clinic.rules.book_ahead_days)
    working = not session.get_one(Doctor, doctor_id).retired_at
    weekly = periods(session, doctor_id) if working else []
    planned = slotting.wanted(weekly, exceptions(session, doctor_id), first - timedelta(days=1), last, clinic.timezone)
    coming = select(Slot).where(Slot.doctor_id == doctor_id, col(Slot.starts_at) > at).with_for_update()
    there = {slot.starts_at: slot for slot in session.exec(coming.execution_options(populate_existing=True))}
    booked = [slot for start, slot in there.items() if slot.taken and start not in planned]
    fits = {start: slot for start, slot in planned.items() if start > at and not _meets_any(booked, slot)}
    return _remove(session, there, fits) + _adjust(session, there, fits) + _insert(session, doctor_id, there, fits)


def doctors(session: Session) -> list[int]:
    """The doctors whose slots the nightly job makes, one transaction each."""
    return list(session.exec(select(col(Doctor.id)).order_by(col(Doctor.id))))


def _remove(session: Session, there: dict[datetime, Slot], fits: dict[datetime, Wanted]) -> int:
    gone = [slot for start, slot in there.items() if start not in fits and not slot.withdrawn]
    ids = [slot.id for slot in gone]
    used = (
        set(session.exec(select(col(Appointment.slot_id)).where(col(Appointment.slot_id).in_(ids)))) if ids else set()
    )
    unused = [slot_id for slot_id in ids if slot_id not in used]
    if unused:
        session.execute(delete(Slot).where(col(Slot.id).in_(unused)))
    for slot in gone:
        if slot.id in used:
            slot.withdrawn = True
            session.add(slot)
    return len(gone)


def _adjust(session: Session, there: dict[datetime, Slot], fits: dict[datetime, Wanted]) -> int:
    changed = 0
    for start in there.keys() & fits.keys():
        slot, now = there[start], fits[start]
        if (slot.ends_at, slot.places, slot.withdrawn) != (now.ends_at, now.places, False):
            slot.ends_at, slot.places, slot.day, slot.withdrawn = now.ends_at, now.places, now.day, False
            session.add(slot)
            changed += 1
    return changed


def _insert(session: Session, doctor_id: int, there: dict[datetime, Slot], fits: dict[datetime, Wanted]) -> int:
    new = [
        {
            "doctor_id": doctor_id, "day": slot.day, "starts_at": start, "ends_at": slot.ends_at,
            "places": slot.places, "taken": 0, "withdrawn": False,
        }
        for start, slot in fits.items()
        if start not in there
    ]  # fmt: skip
    if new:
        session.flush()
        session.connection().execute(insert(Slot.__table__), new)  # type: ignore[attr-defined]
    return len(new)


def _meets_any(booked: Sequence[Slot], wish: Wanted) -> bool:
    return any(slot.starts_at < wish.ends_at and wish.starts_at < slot.ends_at for slot in booked)


def periods(session: Session, doctor_id: int) -> list[Period]:
    query = select(Period).where(Period.doctor_id == doctor_id)
    return list(session.exec(query.order_by(col(Period.weekday), col(Period.starts), col(Period.id))))


def exceptions(session: Session, doctor_id: int) -> list[ScheduleException]:
    mine = (col(ScheduleException.doctor_id) == doctor_id) | col(ScheduleException.doctor_id).is_(None)
    return list(session.exec(select(ScheduleException).where(mine).order_by(col(ScheduleException.first_day))))
