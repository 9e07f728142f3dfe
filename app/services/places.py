"""The places of a slot: taking one and giving it back. The slot's row is the lock.

Whoever takes a place locks the slot first, so two people never get the same one, on any engine and from any
process; the database's own rule (one taking appointment per place) stands behind that.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app import events
from app.errors import Conflict, NotFound
from app.models import TAKING, Appointment, AppointmentStatus, Role, Slot
from app.services import policy, slot_search
from app.services.slot_search import SlotView

LINK_BYTES = 16
BOOKERS = frozenset({Role.RECEPTION, Role.NURSE, Role.ADMIN, Role.DOCTOR})


class SlotTaken(Conflict):
    """Somebody was faster; `alternatives` are free times near it."""

    code = "slot_taken"
    message = "Somebody has just taken that time. These are free."

    def __init__(self, alternatives: Sequence[SlotView]) -> None:
        super().__init__(None if alternatives else "Somebody has just taken that time. Please choose another.")
        self.alternatives = tuple(alternatives)


def take(session: Session, slot_id: int, at: datetime, *, by_staff: bool) -> tuple[Slot, int]:
    """A free place of the slot, which is locked from now on. Raises SlotTaken, Conflict `slot_gone`."""
    slot = locked_slot(session, slot_id)
    if slot is None:
        raise NotFound("We can't find that time.", code="unknown_slot")
    _drop_expired(session, slot, at)
    rules = policy.clinic(session).rules
    soonest = at if by_staff else at + timedelta(minutes=rules.book_lead_minutes)
    if slot.withdrawn or slot.starts_at < soonest or slot.starts_at > at + timedelta(days=rules.book_ahead_days + 1):
        raise Conflict("That time can't be booked any more. Please choose another.", code="slot_gone")
    places = set(
        session.exec(
            select(col(Appointment.place)).where(Appointment.slot_id == slot.id, col(Appointment.status).in_(TAKING))
        )
    )
    first = next((place for place in range(1, slot.places + 1) if place not in places), None)
    if first is None:
        raise SlotTaken(slot_search.near(session, slot, soonest))
    slot.taken += 1
    session.add(slot)
    events.record(session, events.SlotsChanged(slot.doctor_id))
    return slot, first


def _drop_expired(session: Session, slot: Slot, at: datetime) -> None:
    """Holds that have run out do not wait for the job when somebody wants the place."""
    query = select(Appointment).where(
        Appointment.slot_id == slot.id,
        Appointment.status == AppointmentStatus.HELD,
        col(Appointment.held_until) <= at,
    )
    for old in session.exec(query):
        free(session, old, AppointmentStatus.EXPIRED, at)
    session.flush()


def free(session: Session, found: Appointment, status: AppointmentStatus, at: datetime) -> None:
    give_back(session, found.slot_id)
    found.become(status, at)
    session.add(found)


def give_back(session: Session, slot_id: int) -> None:
    slot = locked_slot(session, slot_id)
    assert slot is not None  # noqa: S101  a booked slot is never deleted
    slot.taken -= 1
    session.add(slot)
    events.record(session, events.SlotsChanged(slot.doctor_id))


def lock_both(session: Session, appointment_id: int, slot_id: int) -> None:
    """Both slots, always in the same order, so that two people who swap can't block each other."""
    old = session.exec(select(Appointment.slot_id).where(Appointment.id == appointment_id)).first()
    for each in sorted({slot_id, old or slot_id}):
        locked_slot(session, each)


def locked_slot(session: Session, slot_id: int) -> Slot | None:
    query = select(Slot).where(Slot.id == slot_id).with_for_update().execution_options(populate_existing=True)
    return session.exec(query).first()


def locked(session: Session, appointment_id: int) -> Appointment | None:
    """The appointment as it is after its slot is locked: slots first, always."""
    slot_id = session.exec(select(Appointment.slot_id).where(Appointment.id == appointment_id)).first()
    if slot_id is None:
        return None
    locked_slot(session, slot_id)
    query = select(Appointment).where(Appointment.id == appointment_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).first()


def locked_by_link(session: Session, link: str) -> Appointment | None:
    found = session.exec(select(Appointment.id).where(Appointment.link == link)).first()
    return locked(session, found) if found else None
