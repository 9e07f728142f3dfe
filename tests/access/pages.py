"""The pages of docs/access.md for tests that visit all of them."""

from datetime import timedelta
from typing import Final

from sqlmodel import Session, col, select

from app import clock
from app.models import Appointment, Role, Slot
from app.services import booking, claims, policy, profiles, schedules
from app.services.profiles import Profile
from tests.access.matrix import HIDDEN, YES, Row, table
from tests.factories import Clinic

_ACTOR_OF: Final = {
    Role.PATIENT: "patient", Role.DOCTOR: "doctor", Role.NURSE: "nurse", Role.RECEPTION: "reception",
    Role.ADMIN: "admin",
}  # fmt: skip


def _roles(row: Row) -> frozenset[Role] | None:
    allowed = frozenset(role for role, actor in _ACTOR_OF.items() if row[actor] == YES)
    return None if row["anyone"] in (YES, HIDDEN) or not allowed else allowed


ROLES: Final = {path: _roles(row) for path, row in table("Pages").items()}  # None: no sign-in needed


def booked_today(clinic: Clinic, patient_id: int) -> Appointment:
    """An appointment with the clinic's doctor, in an hour that is there for it."""
    local = clock.at_clinic(clock.now() + timedelta(hours=2), clinic.read(policy.clinic).timezone)
    starts, ends = local.time().replace(minute=0), local.time().replace(minute=30)
    form = schedules.PeriodForm(weekday=local.weekday(), starts=starts, ends=ends, slot_minutes=30)

    def book(session: Session) -> Appointment:
        schedules.add_period(session, actor=clinic.admin, doctor_id=clinic.doctor_id, form=form)
        query = select(col(Slot.id)).where(Slot.doctor_id == clinic.doctor_id).order_by(col(Slot.starts_at))
        slot_id = session.exec(query.limit(1)).one()
        return booking.book(session, actor=clinic.admin, slot_id=slot_id, who=patient_id)

    return clinic.write(book)


def filled(path: str, clinic: Clinic) -> str:
    """`path` with ids of things that are there."""
    entry = clinic.join("Ann Lee")
    me = clinic.staff(Role.PATIENT)
    mine = clinic.write(lambda s: profiles.add(s, actor=me, wish=Profile(name="Mia")))
    token = clinic.write(lambda s: claims.offer(s, actor=clinic.admin, patient_id=entry.patient_id))
    booked = booked_today(clinic, entry.patient_id)
    return path.replace("/a/{link}", f"/a/{booked.link}").format(
        appointment_id=booked.id,
        doctor_id=clinic.doctor_id,
        entry_id=entry.id,
        link=entry.link,
        patient_id=mine,
        token=token,
        first=entry.patient_id,
        second=mine,
    )
