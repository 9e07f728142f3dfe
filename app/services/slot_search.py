"""Finding a free time. Reads only; `Slot.taken` is kept by whoever books, so nothing is counted here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from app import clock
from app.errors import Invalid, NotFound
from app.models import Doctor, Period, Slot
from app.services import policy, steps

MOST_DAYS = 92
USUAL_DAYS = 14
ALTERNATIVES = 6


@dataclass(frozen=True, slots=True)
class SlotView:
    slot_id: int
    doctor_id: int
    starts_at: datetime
    ends_at: datetime
    free: int


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many places of a doctor are free on a day of the clinic."""

    doctor_id: int
    day: date
    free: int


def of_doctor(
    session: Session, doctor_id: int, first: date | None = None, last: date | None = None, *, by_staff: bool = False
) -> list[SlotView]:
    """The slots of a doctor that can be booked from now on, full ones with `free` 0, by time.

    `first` and `last` are days of the clinic; without them today and the two weeks after it. `by_staff`: also times
    that are too soon for others.
    """
    first, last = _days(session, first, last)
    doctor = session.get(Doctor, doctor_id)
    if doctor is None or doctor.retired_at:
        raise NotFound(steps.UNKNOWN_DOCTOR, code="unknown_doctor")
    query = columns(
        col(Slot.id), col(Slot.doctor_id), col(Slot.starts_at), col(Slot.ends_at), col(Slot.places) - col(Slot.taken)
    ).where(
        col(Slot.doctor_id) == doctor_id, col(Slot.day).between(first, last), *_bookable(session, by_staff=by_staff)
    )
    rows = session.execute(query.order_by(col(Slot.starts_at)))
    return [SlotView(slot_id, owner, starts, ends, max(free, 0)) for slot_id, owner, starts, ends, free in rows]


def at(session: Session, doctor_id: int, starts_at: datetime) -> int:
    """The slot that begins at this moment. Raises NotFound."""
    found = session.exec(select(Slot.id).where(Slot.doctor_id == doctor_id, Slot.starts_at == starts_at)).first()
    if found is None:
        raise NotFound("We can't find that time.", code="unknown_slot")
    return found


def day_counts(session: Session, doctor_ids: Sequence[int], first: date, last: date) -> list[DayCount]:
    """Free places by doctor and day, for the strip of days; days with none are left out."""
    places = func.sum(col(Slot.places) - col(Slot.taken))
    query = (
        select(col(Slot.doctor_id), col(Slot.day), places)
        .where(
            col(Slot.doctor_id).in_(doctor_ids), col(Slot.day).between(first, last), *_bookable(session), _has_room()
        )
        .group_by(col(Slot.doctor_id), col(Slot.day))
    )
    return [DayCount(doctor_id, day, int(free)) for doctor_id, day, free in session.exec(query)]


def first_free(session: Session, first: date, last: date, *, by_staff: bool = False) -> dict[int, datetime]:
    """The first free time of every working doctor between two days of the clinic."""
    query = (
        select(col(Slot.doctor_id), func.min(Slot.starts_at))
        .join(Doctor, col(Doctor.id) == Slot.doctor_id)
        .where(
            col(Doctor.retired_at).is_(None),
            col(Slot.day).between(first, last),
            _has_room(),
            *_bookable(session, by_staff=by_staff),
        )
        .group_by(col(Slot.doctor_id))
    )
    return dict(session.exec(query).all())


def near(session: Session, slot: Slot, soonest: datetime) -> list[SlotView]:
    """Free times of the same doctor that are closest to a slot that is not free."""
    base = select(Slot).where(
        Slot.doctor_id == slot.doctor_id, Slot.id != slot.id, col(Slot.withdrawn).is_(False), _has_room()
    )
    later = base.where(col(Slot.starts_at) >= max(slot.starts_at, soonest)).order_by(col(Slot.starts_at))
    earlier = base.where(col(Slot.starts_at).between(soonest, slot.starts_at)).order_by(col(Slot.starts_at).desc())
    found = [*session.exec(later.limit(ALTERNATIVES)), *session.exec(earlier.limit(ALTERNATIVES))]
    closest = sorted(found, key=lambda other: abs(other.starts_at - slot.starts_at))[:ALTERNATIVES]
    return [_view(other) for other in sorted(closest, key=lambda other: other.starts_at)]


def closest(
    session: Session, doctor_ids: Sequence[int], to: datetime, soonest: datetime, most: int, *, on: date | None = None
) -> list[SlotView]:
    """Free times of these doctors that are nearest to a moment, nearest first; `on` keeps to one day of the clinic."""
    base = select(Slot).where(col(Slot.doctor_id).in_(doctor_ids), col(Slot.withdrawn).is_(False), _has_room())
    if on is not None:
        base = base.where(Slot.day == on)
    later = base.where(col(Slot.starts_at) >= max(to, soonest)).order_by(col(Slot.starts_at)).limit(most)
    earlier = base.where(col(Slot.starts_at) >= soonest, col(Slot.starts_at) < to)
    found = [*session.exec(later), *session.exec(earlier.order_by(col(Slot.starts_at).desc()).limit(most))]
    return [_view(slot) for slot in sorted(found, key=lambda slot: abs(slot.starts_at - to))[:most]]


def around(session: Session, slot_id: int) -> list[SlotView]:
    """The slot itself, if it can be booked, and the free times that are closest to it."""
    slot = session.get(Slot, slot_id)
    if slot is None:
        return []
    soonest = clock.now() + timedelta(minutes=policy.clinic(session).rules.book_lead_minutes)
    own = _view(slot)
    here = [own] if own.free and not slot.withdrawn and slot.starts_at >= soonest else []
    return [*here, *near(session, slot, soonest)]


def fingerprints(session: Session, doctor_ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """Three numbers a doctor that tell whether anything that can be booked has changed, whoever changed it."""
    free = col(Slot.places) - col(Slot.taken)
    query = (
        columns(col(Slot.doctor_id), func.count(), func.sum(free), func.sum(free * col(Slot.id)))
        .where(col(Slot.doctor_id).in_(doctor_ids), *_bookable(session))
        .group_by(col(Slot.doctor_id))
    )
    return {doctor_id: (slots, int(places), int(mix)) for doctor_id, slots, places, mix in session.execute(query)}


def is_offered(session: Session) -> bool:
    """Whether this clinic gives appointments at all."""
    return session.exec(select(Period.id).limit(1)).first() is not None


def _bookable(session: Session, *, by_staff: bool = False) -> tuple[ColumnElement[bool], ...]:
    """Not withdrawn, and not so soon that nobody could come."""
    lead = timedelta(minutes=0 if by_staff else policy.clinic(session).rules.book_lead_minutes)
    return (col(Slot.withdrawn).is_(False), col(Slot.starts_at) >= clock.now() + lead)


def _has_room() -> ColumnElement[bool]:
    return col(Slot.taken) < col(Slot.places)


def _days(session: Session, first: date | None, last: date | None) -> tuple[date, date]:
    clinic = policy.clinic(session)
    today = clock.at_clinic(clock.now(), clinic.timezone).date()
    first = max(first or today, today)
    last = last or first + timedelta(days=USUAL_DAYS)
    if last - first > timedelta(days=MOST_DAYS):
        raise Invalid(f"Please ask for at most {MOST_DAYS} days at once.", code="too_many_days")
    return first, last


def _view(slot: Slot) -> SlotView:
    return SlotView(slot.id, slot.doctor_id, slot.starts_at, slot.ends_at, max(slot.places - slot.taken, 0))
