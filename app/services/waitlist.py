"""The waitlist: whoever would like to come earlier is offered a place that became free, one person at a time.

An offered place is held like one that somebody is booking, so nobody else gets it; when the offer runs out, the next
in line is asked. First come, first asked.
"""

import secrets
from datetime import date, timedelta

from sqlalchemy import and_, exists, or_
from sqlmodel import Session, col, select

from app import clock, events
from app.errors import Conflict
from app.models import Appointment, AppointmentStatus, Slot, Wish, WishStatus
from app.services import audit, booking, places, policy
from app.services.policy import SYSTEM, Actor

_OPEN = (WishStatus.WAITING, WishStatus.OFFERED)


def wish(session: Session, *, actor: Actor, appointment_id: int, from_day: date | None = None) -> int:
    """Ask for an earlier time than this appointment's, from `from_day` on. Asking twice is fine."""
    found = booking.own(session, appointment_id, actor=actor)
    if found.status is not AppointmentStatus.BOOKED:
        raise Conflict(f"This appointment is {found.status.label.lower()}.", code="wrong_status")
    known = _open_wish(session, appointment_id)
    if known:
        return known.id
    today = clock.at_clinic(clock.now(), policy.clinic(session).timezone).date()
    made = Wish(
        appointment_id=found.id, doctor_id=found.doctor_id, from_day=max(from_day or today, today),
        created_at=clock.now(),
    )  # fmt: skip
    session.add(made)
    booking.note(session, found, "waitlist-join", actor=actor)
    return made.id


def forget(session: Session, *, actor: Actor, appointment_id: int) -> None:
    """No earlier time wanted any more."""
    found = booking.own(session, appointment_id, actor=actor)
    known = _open_wish(session, appointment_id)
    if known:
        _end(session, known, WishStatus.ENDED)
        booking.note(session, found, "waitlist-leave", actor=actor)


def accept(session: Session, *, actor: Actor, appointment_id: int) -> Appointment:
    """Take the offered time; the old one is free then. Raises Conflict `offer_ended` when it took too long."""
    booking.seen(session, appointment_id, actor=actor)
    known = _open_wish(session, appointment_id)
    offered = session.get(Appointment, known.offered_id) if known and known.offered_id else None
    if known is None or offered is None:
        raise Conflict("This offer has ended. You keep your appointment.", code="offer_ended")
    places.lock_both(session, appointment_id, offered.slot_id)
    held = places.locked(session, offered.id)
    if held is None or held.status is not AppointmentStatus.HELD:
        raise Conflict("This offer has ended. You keep your appointment.", code="offer_ended")
    places.free(session, held, AppointmentStatus.EXPIRED, clock.now())
    session.flush()
    moved = booking.reschedule(session, actor=actor, appointment_id=appointment_id, slot_id=held.slot_id)
    _end(session, known, WishStatus.TAKEN)
    return moved


def decline(session: Session, *, actor: Actor, appointment_id: int) -> None:
    """Keep the old time; the next in line is asked. Other offers may still come."""
    found = booking.own(session, appointment_id, actor=actor)
    known = _open_wish(session, appointment_id)
    if known and known.offered_id:
        _take_back(session, known)
        booking.note(session, found, "waitlist-decline", actor=actor)


def chances(session: Session) -> list[int]:
    """Wishes for which something can be done now, the oldest first: a place is free, the offer has run out, or there
    is no appointment to be earlier than."""
    at = clock.now()
    soonest = at + timedelta(minutes=policy.clinic(session).rules.book_lead_minutes)
    free = exists().where(
        col(Slot.doctor_id) == Wish.doctor_id,
        col(Slot.starts_at) >= soonest,
        col(Slot.starts_at) < Appointment.starts_at,
        col(Slot.day) >= Wish.from_day,
        col(Slot.withdrawn).is_(False),
        col(Slot.taken) < col(Slot.places),
    )
    possible = or_(
        col(Appointment.status) != AppointmentStatus.BOOKED,
        and_(col(Wish.status) == WishStatus.OFFERED, col(Wish.offered_until) <= at),
        and_(col(Wish.status) == WishStatus.WAITING, free),
    )
    query = select(col(Wish.id)).join(Appointment, col(Appointment.id) == Wish.appointment_id)
    return list(session.exec(query.where(col(Wish.status).in_(_OPEN), possible).order_by(col(Wish.id))))


def offer(session: Session, wish_id: int) -> bool:
    """Offer this wish the earliest free place before its appointment; whether there was one."""
    known = session.exec(select(Wish).where(Wish.id == wish_id).with_for_update()).first()
    if known is None or known.status not in _OPEN:
        return False
    booked = session.get_one(Appointment, known.appointment_id)
    if booked.status is not AppointmentStatus.BOOKED:
        _end(session, known, WishStatus.ENDED)
        return False
    if known.status is WishStatus.OFFERED:
        if known.offered_until and known.offered_until > clock.now():
            return False
        _take_back(session, known)
        return False  # others are asked first
    slot_id = _earlier(session, known, booked)
    if slot_id is None:
        return False
    slot, place = places.take(session, slot_id, clock.now(), by_staff=False)
    _hold(session, known, slot, place)
    return True


def _hold(session: Session, known: Wish, slot: Slot, place: int) -> None:
    at = clock.now()
    until = at + timedelta(minutes=policy.clinic(session).rules.offer_minutes)
    held = Appointment(
        doctor_id=slot.doctor_id, slot_id=slot.id, place=place, status=AppointmentStatus.HELD,
        starts_at=slot.starts_at, ends_at=slot.ends_at, link=secrets.token_urlsafe(places.LINK_BYTES), created_at=at,
        held_until=until,
    )  # fmt: skip
    session.add(held)
    session.flush()
    known.status, known.offered_id, known.offered_until = WishStatus.OFFERED, held.id, until
    session.add(known)
    audit.note(session, SYSTEM, "waitlist-offer", kind="appointment", object_id=known.appointment_id)
    events.record(session, events.SlotsChanged(slot.doctor_id))


def _earlier(session: Session, known: Wish, booked: Appointment) -> int | None:
    """The earliest free slot that this wish has not been offered yet."""
    soonest = clock.now() + timedelta(minutes=policy.clinic(session).rules.book_lead_minutes)
    query = (
        select(col(Slot.id))
        .where(
            Slot.doctor_id == known.doctor_id,
            col(Slot.starts_at).between(soonest, booked.starts_at - timedelta(seconds=1)),
            col(Slot.day) >= known.from_day,
            col(Slot.withdrawn).is_(False),
            col(Slot.taken) < col(Slot.places),
        )
        .order_by(col(Slot.starts_at))
    )
    return next((slot_id for slot_id in session.exec(query) if slot_id not in known.refused), None)


def _take_back(session: Session, known: Wish) -> None:
    """The offered place goes on to the next; this wish is not asked for the same time again."""
    held = places.locked(session, known.offered_id or 0)
    if held:
        known.refused = [*known.refused, held.slot_id]
        if held.status is AppointmentStatus.HELD:
            places.free(session, held, AppointmentStatus.EXPIRED, clock.now())
    known.status, known.offered_id, known.offered_until = WishStatus.WAITING, None, None
    session.add(known)


def _end(session: Session, known: Wish, status: WishStatus) -> None:
    if known.offered_id and status is WishStatus.ENDED:
        _take_back(session, known)
    known.status = status
    session.add(known)


def _open_wish(session: Session, appointment_id: int) -> Wish | None:
    query = select(Wish).where(Wish.appointment_id == appointment_id, col(Wish.status).in_(_OPEN))
    return session.exec(query.with_for_update()).first()
