"""What must be true of every slot and appointment at every moment; part of `invariants`."""

from collections import Counter
from collections.abc import Iterator, Sequence

from sqlmodel import Session, col, select

from app.models import Appointment, AppointmentStatus, QueueEntry, Slot, Status

_AFTER = {
    Status.DONE: AppointmentStatus.COMPLETED,
    Status.NO_SHOW: AppointmentStatus.NO_SHOW,
    Status.CANCELLED: AppointmentStatus.LEFT,
}


def broken(session: Session) -> Iterator[str]:
    """One sentence for every rule that does not hold."""
    appointments = session.exec(select(Appointment)).all()
    yield from _places(session, appointments)
    yield from _overlaps(session)
    yield from _check_ins(session, {one.id: one for one in appointments})


def _places(session: Session, appointments: Sequence[Appointment]) -> Iterator[str]:
    taking = Counter(one.slot_id for one in appointments if one.status.takes_a_place)
    for slot in session.exec(select(Slot)):
        if slot.taken != taking[slot.id]:
            yield f"Slot {slot.id} counts {slot.taken} places taken, and {taking[slot.id]} are."
    for one in appointments:
        if one.status not in (AppointmentStatus.HELD, AppointmentStatus.EXPIRED) and one.patient_id is None:
            yield f"Appointment {one.id} is {one.status.label.lower()} and nobody's."


def _overlaps(session: Session) -> Iterator[str]:
    """No doctor is offered in two slots at once."""
    query = select(Slot).where(col(Slot.withdrawn).is_(False) | (col(Slot.taken) > 0))
    last: Slot | None = None
    for slot in session.exec(query.order_by(col(Slot.doctor_id), col(Slot.starts_at))):
        if last and last.doctor_id == slot.doctor_id and slot.starts_at < last.ends_at:
            yield f"Slots {last.id} and {slot.id} of doctor {slot.doctor_id} lie across each other."
        last = slot


def _check_ins(session: Session, appointments: dict[int, Appointment]) -> Iterator[str]:
    """The newest entry of an appointment and the appointment say the same."""
    query = select(QueueEntry).where(col(QueueEntry.appointment_id).is_not(None)).order_by(col(QueueEntry.id))
    for entry in {found.appointment_id: found for found in session.exec(query)}.values():
        one = appointments[entry.appointment_id or 0]
        expected = _AFTER.get(entry.status, AppointmentStatus.CHECKED_IN)
        if one.status is not expected and one.status is not AppointmentStatus.BOOKED:
            yield f"Appointment {one.id} is {one.status.label}, and {entry.token} is {entry.status.label}."
