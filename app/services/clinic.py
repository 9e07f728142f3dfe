"""The clinic's own settings and the very first start."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app import events
from app.errors import Conflict, Invalid
from app.models import Clinic, Policy, Role
from app.services import accounts, audit, doctors, policy, text
from app.services.doctors import DoctorForm
from app.services.policy import SYSTEM, Actor

_REGIONS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)


@dataclass(frozen=True, slots=True)
class ClinicView:
    name: str
    timezone: str
    rules: Policy
    is_demo: bool


def view(session: Session) -> ClinicView | None:
    """The clinic's settings; None before the first run."""
    found = session.get(Clinic, 1)
    return ClinicView(found.name, found.timezone, found.rules, found.is_demo) if found else None


def set_up(
    session: Session,
    *,
    name: str,
    timezone: str,
    admin_email: str,
    admin_name: str,
    password_hash: str,
    doctor: DoctorForm | None = None,
    is_demo: bool = False,
) -> int:
    """The first run: the clinic, its first admin and, if given, its first doctor; answers the admin's id.

    Raises Conflict `already_set_up`: the database has room for one clinic only.
    """
    if session.get(Clinic, 1):
        raise Conflict("This clinic is set up already. Please sign in.", code="already_set_up")
    session.add(Clinic(name=clean_name(name), timezone=clean_zone(timezone), is_demo=is_demo))
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("This clinic is set up already. Please sign in.", code="already_set_up") from error
    audit.note(session, SYSTEM, "set-up", kind="clinic", object_id=1)
    admin = accounts.create(session, email=admin_email, name=admin_name, role=Role.ADMIN, password_hash=password_hash)
    audit.note(session, SYSTEM, "user-add", kind="user", object_id=admin.id, reason=Role.ADMIN)
    if doctor:
        audit.note(session, SYSTEM, "doctor-add", kind="doctor", object_id=doctors.create(session, doctor))
    events.record(session, events.ClinicChanged())
    return admin.id


def change(session: Session, *, actor: Actor, name: str, timezone: str, rules: dict[str, Any]) -> None:
    """An admin changes the settings; rules that are not given stay."""
    policy.require_role(session, actor, Role.ADMIN, doing="settings-change")
    clinic = policy.clinic(session)
    before = _facts(clinic)
    try:
        merged = Policy.model_validate({**clinic.policy, **rules})
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        least, most = bounds(field)
        raise Invalid(f"Please enter a whole number from {least} to {most}.", code=f"bad_{field}") from error
    clinic.name, clinic.timezone, clinic.policy = clean_name(name), clean_zone(timezone), merged.model_dump()
    session.add(clinic)
    audit.note(session, actor, "settings-change", kind="clinic", fields=audit.changes(before, _facts(clinic)))
    events.record(session, events.ClinicChanged())


def _facts(clinic: Clinic) -> dict[str, Any]:
    return {"name": clinic.name, "timezone": clinic.timezone, **clinic.rules.model_dump()}


def bounds(rule: str) -> tuple[int, int]:
    """The least and the most that a number of the policy may be."""
    limits = Policy.model_json_schema()["properties"][rule]
    return limits["minimum"], limits["maximum"]


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """The zones worth offering: places, not the old names of whole countries."""
    return (*sorted(zone for zone in available_timezones() if zone.split("/")[0] in _REGIONS), "UTC")


def clean_name(name: str) -> str:
    return text.person(name, "the name of the clinic")


def clean_zone(zone: str) -> str:
    zone = zone.strip()
    if zone not in available_timezones():
        raise Invalid("Please choose a time zone from the list.", code="bad_zone")
    return ZoneInfo(zone).key
