"""The appointments of one day as the desk sees them: who is expected, who has come, who has not."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from app import clock
from app.models import Appointment, AppointmentStatus, Doctor, Patient, QueueEntry, Role, Slot, Status
from app.services import policy
from app.services.confidential import CONFIDENTIAL, opens_to
from app.services.policy import Actor

DESK = (Role.RECEPTION, Role.NURSE, Role.ADMIN)
_NO_APPOINTMENT = (AppointmentStatus.HELD, AppointmentStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class BookedRow:
    """One appointment. `entry_id` and `token` are those of the ticket, once somebody has checked in.

    `sealed`: the name is not for whoever asked.
    """

    id: int
    doctor_id: int
    doctor_name: str
    patient_id: int
    patient_name: str
    born: date | None
    phone: str
    confidential: bool
    sealed: bool
    status: AppointmentStatus
    starts_at: datetime
    entry_id: int | None
    token: str
    entry_status: Status | None

    @property
    def is_coming(self) -> bool:
        return self.status is AppointmentStatus.BOOKED

    @property
    def was_given_up(self) -> bool:
        """Nobody came for so long that nobody was expected any more. Who comes after all is checked in."""
        return self.status is AppointmentStatus.NO_SHOW and self.entry_id is None


def of_day(session: Session, *, actor: Actor, day: date | None = None) -> list[BookedRow]:
    """Of one day of the clinic (today's without `day`), by time."""
    user = policy.require_role(session, actor, *DESK)
    rows = session.exec(
        select(Appointment, Patient, Doctor)
        .join(Slot, col(Slot.id) == Appointment.slot_id)
        .join(Patient, col(Patient.id) == Appointment.patient_id)
        .join(Doctor, col(Doctor.id) == Appointment.doctor_id)
        .where(Slot.day == (day or today(session)), col(Appointment.status).not_in(_NO_APPOINTMENT))
        .order_by(col(Appointment.starts_at), col(Appointment.id))
    ).all()
    tickets = _tickets(session, [made.id for made, _, _ in rows])
    return [_row(*each, tickets.get(each[0].id), opened=opens_to(user.role)) for each in rows]


def today(session: Session) -> date:
    """The clinic's day, as its plan counts it: from midnight."""
    return clock.at_clinic(clock.now(), policy.clinic(session).timezone).date()


def _tickets(session: Session, ids: list[int]) -> dict[int, QueueEntry]:
    """The newest ticket of each appointment."""
    query = select(QueueEntry).where(col(QueueEntry.appointment_id).in_(ids)).order_by(col(QueueEntry.id))
    return {entry.appointment_id: entry for entry in session.exec(query) if entry.appointment_id}


def _row(made: Appointment, patient: Patient, doctor: Doctor, entry: QueueEntry | None, *, opened: bool) -> BookedRow:
    sealed = patient.is_confidential and not opened
    came = entry if made.status is not AppointmentStatus.BOOKED else None  # an undone check-in left a closed ticket
    return BookedRow(
        id=made.id, doctor_id=doctor.id, doctor_name=doctor.name, patient_id=patient.id,
        patient_name=CONFIDENTIAL if sealed else patient.name, born=None if sealed else patient.born,
        phone="" if sealed else patient.phone, confidential=patient.is_confidential, sealed=sealed,
        status=made.status, starts_at=made.starts_at, entry_id=came.id if came else None,
        token=came.token if came else "", entry_status=came.status if came else None,
    )  # fmt: skip
