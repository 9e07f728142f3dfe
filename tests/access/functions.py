"""What every function of the services is tried with. Most parameters mean the same everywhere."""

import inspect
from collections.abc import Callable
from datetime import date, time
from importlib import import_module
from typing import Any, Final

from passlib.totp import TOTP
from sqlmodel import Session

from app import clock
from app.errors import DomainError, Locked, NotAllowed, NotFound, NotSignedIn
from app.models import DeviceKind, ExceptionKind, Role
from app.services import (
    auditing,
    booking,
    devices,
    doctors,
    duplicates,
    history,
    joining,
    privacy,
    profiles,
    schedules,
    second_step,
)
from app.services.policy import Actor, Kind, Verb, link_holder
from app.settings import settings
from tests.access.matrix import HIDDEN, NO, SIGN_IN, UNLOCK, YES
from tests.access.world import BORN, PHONE, World
from tests.factories import Clinic, password_hash

Given = dict[str, Any]
_DOCTOR = doctors.DoctorForm(name="Somebody New")
DAY = date(2026, 3, 16)
_LEAVE = schedules.ExceptionForm(kind=ExceptionKind.LEAVE, first_day=DAY, last_day=DAY)
_HOURS = schedules.PeriodForm(weekday=1, starts=time(8), ends=time(9), slot_minutes=30)
_LATER = schedules.PeriodForm(weekday=2, starts=time(15), ends=time(16), slot_minutes=30)
_HISTORY, _AUDIT = history.Filter(), auditing.Filter()
_PAGE: Given = {"asked": _HISTORY, "before": None, "limit": 5}

# A refusal that comes after the question who asks: whoever meets it was let in.
PAST: Final = {
    "second_step.renew_codes": "second_step_off", "second_step.switch_off_own": "second_step_off",
    "conflicts.tell": "no_mail",
}  # fmt: skip


def usual(world: World, name: str) -> Any:
    """What a parameter of this name means, whichever function has it."""
    return {
        "doctor_id": lambda: world.doctor_id,
        "entry_id": lambda: world.entry_id,
        "entry_ids": lambda: [world.entry_id],
        "patient_id": lambda: world.patient_id,
        "kept_id": lambda: world.walk_in,
        "gone_id": lambda: world.patient_id,
        "first_id": lambda: world.walk_in,
        "second_id": lambda: world.patient_id,
        "merge_id": lambda: world.merge_id,
        "user_id": lambda: world.somebody,
        "device_id": lambda: world.device_id,
        "session_id": lambda: world.owner.session_id,
        "row_id": lambda: 1,
        "appointment_id": lambda: world.coming,
        "slot_id": lambda: world.free_slot,
        "period_id": lambda: world.period_id,
        "exception_id": lambda: world.exception_id,
        "token": lambda: world.claim,
        "name": lambda: "Somebody",
        "role": lambda: Role.RECEPTION,
        "reason": lambda: "Their family asks for them",
        "form": lambda: _DOCTOR,
        "wish": lambda: profiles.Profile(name="Somebody New"),
        "who": lambda: joining.Newcomer(name="Somebody New"),
        "asked": lambda: _HISTORY,
        "why": lambda: duplicates.Why.BORN,
        "doing": lambda: "family-read",
        "code": lambda: "123456",
        "key": lambda: settings().key,
        "secret": lambda: "",
        "verb": lambda: Verb.CANCEL,
    }[name]()


def special(world: World, key: str) -> Given:
    """Where the usual does not do."""
    of: dict[str, Given] = {
        "absences.appointments": {"day": DAY},
        "absences.begin": {"day": DAY},
        "absences.move": {"to": world.there},
        "absences.stand_ins": {"day": DAY},
        "absences.waiting": {"day": DAY},
        "accounts.change_user": {"disabled": False},
        "appointments.of_days": {"first": DAY, "last": DAY},
        "arriving.at_kiosk": {"phone": PHONE, "year": BORN.year},
        "arriving.check_in": {"appointment_id": world.today},
        "auditing.rows": {"asked": _AUDIT},
        "auditing.begin_export": {"asked": _AUDIT},
        "auditing.exported": _PAGE | {"asked": _AUDIT},
        "auditing.checked": {"findings": 0},
        "booking.book": {"who": world.patient_id},
        "booking.confirm": {"link": world.held_link, "who": booking.Guest(name="Somebody New", phone=PHONE)},
        "clinic.change": {"timezone": "Europe/Vienna", "rules": {}},
        "confidential.see_name": {"patient_id": world.secret},
        "claims.offer": {"patient_id": world.walk_in},
        "claims.take": {"born": BORN},
        "devices.pair": {
            "code": world.waiting.code, "kind": DeviceKind.DISPLAY, "form": devices.DeviceForm(name="New"),
        },
        "devices.change": {"form": devices.DeviceForm(name="New")},
        "doctors.edit_own": {"profile": doctors.Profile(languages="", biography="", room="9")},
        "history.exported": _PAGE,
        "invitations.change_user": {"disabled": False},
        "invitations.invite": {"handle": "somebody.new@clinic.test"},
        "joining.link_once": {"key": "a-key-of-one-page"},
        "leaving.transfer": {"doctor_id": world.there},
        "own_account.change_password": {"proof": password_hash(), "password_hash": "another"},
        "privacy.erase": {"patient_id": world.finished, "reason": privacy.EraseReason.ASKED, "typed": privacy.WORD},
        "profiles.read": {"patient_id": world.patient_id},
        "profiles.change": {"patient_id": world.patient_id},
        "my_visits.over": {"patient_id": world.patient_id},
        "doctors.retire": {"doctor_id": world.idle},
        "replanning.effect": {"change": lambda _: None},
        "retention.erase_one": {"patient_id": world.finished},
        "schedules.add_exception": {"form": _LEAVE},
        "schedules.add_period": {"form": _HOURS},
        "schedules.change_period": {"form": _LATER},
        "schedules.set_days": {"weekdays": (1,), "forms": [_HOURS]},
        "weeks.week": {"monday": DAY},
        "steering.prioritise": {"reason": "asked to", "pinned": True},
    }  # fmt: skip
    return of.get(key, {})


def function(key: str) -> Callable[..., Any]:
    module, name = key.split(".")
    found: Callable[..., Any] = getattr(import_module(f"app.services.{module}"), name)
    return found


def given(world: World, key: str) -> Given:
    """All that `key` needs besides the session and the actor."""
    own = special(world, key)
    needed = {
        name
        for name, each in inspect.signature(function(key)).parameters.items()
        if each.default is inspect.Parameter.empty and name not in ("session", "actor")
    }
    if "reason" in inspect.signature(function(key)).parameters:
        needed.add("reason")
    values = {name: usual(world, name) for name in needed - set(own)} | own
    if key == "second_step.switch_on":
        new = second_step.new_key("somebody@clinic.test")
        code = TOTP(new.text.replace(" ", "")).generate(clock.now().timestamp())
        values |= {"secret": new.secret, "code": str(code.token)}
    return values


class _TakeItBack(Exception):
    pass


def mark(clinic: Clinic, work: Callable[[Session], object], past: str | None = None) -> str:
    """What `work` says, in the words of the matrix. Whatever it did is taken back."""

    def tried(session: Session) -> None:
        work(session)
        session.flush()
        raise _TakeItBack

    try:
        clinic.write(tried)
    except _TakeItBack:
        return YES
    except Locked:
        return UNLOCK
    except NotSignedIn:
        return SIGN_IN
    except NotAllowed:
        return NO
    except NotFound:
        return HIDDEN
    except DomainError as refusal:
        return YES if past is not None and past in ("", refusal.code) else refusal.code
    raise AssertionError("unreachable")


def tried(world: World, key: str, actor: Actor) -> str:
    values = given(world, key)
    if actor.kind is Kind.LINK and "appointment_id" in values:  # who holds a link to that holds the one of this
        actor = link_holder(world.links[values["appointment_id"]])
    return mark(world.clinic, lambda s: function(key)(s, actor=actor, **values), PAST.get(key))
