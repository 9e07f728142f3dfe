"""Screens and kiosks. One that waits shows a code; an admin who types it makes it one of the clinic's.

A device proves who it is with a token, of which only a keyed hash is kept. What a waiting device holds is not yet
that token: both sides make the token of it once the device is paired.
"""

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import case, delete, func
from sqlmodel import Session, col, select

from app import clock, events, trace
from app.errors import Conflict, Invalid, NotFound, TooMany
from app.models import Device, DeviceKind, Doctor, Role
from app.services import audit, policy, text
from app.services.policy import ANONYMOUS, Actor
from app.settings import settings

PAGE = 50
CODE_LASTS = timedelta(minutes=10)
CLAIM_WITHIN = timedelta(minutes=10)  # after that, what a waiting page held is worth nothing
SEEN_EVERY = timedelta(minutes=1)
MOST_WAITING = 20  # from one address
LETTERS = "ACEFHKMNPRTUWX34679"  # none can be taken for another
CODE_LENGTH = 6
TOKEN_BYTES = 32
UNKNOWN = "We can't find that device."
NOT_PAIRED = "This screen is not paired."


class State(StrEnum):
    PAIRED = "paired"
    WAITING = "waiting"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class DeviceView:
    """`doctor_ids` empty: every doctor."""

    id: int
    kind: DeviceKind
    name: str
    doctor_ids: tuple[int, ...]
    state: State
    address: str
    created_at: datetime
    code_expires_at: datetime
    paired_at: datetime | None
    last_seen_at: datetime | None

    def shows(self, doctor_id: int) -> bool:
        return not self.doctor_ids or doctor_id in self.doctor_ids


@dataclass(frozen=True, slots=True)
class Waiting:
    """A device that shows `code` and holds `secret`; neither is kept anywhere else."""

    id: int
    code: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceForm:
    """What an admin enters."""

    name: str
    doctor_ids: Collection[int] = ()


# ------------------------------------------------------------------------------------------------ the device's side


def wait(session: Session, kind: DeviceKind) -> Waiting:
    """A new device that waits to be paired. Raises TooMany when too many wait at this address already."""
    now, address = clock.now(), trace.current().address
    forget_waiting(session)
    waiting = col(Device.paired_at).is_(None)
    here = select(func.count()).select_from(Device).where(waiting, Device.address == address)
    if session.exec(here).one() >= MOST_WAITING:
        raise TooMany("Too many screens wait here. Please try again in 10 minutes.")
    code, secret = _free_code(session), secrets.token_urlsafe(TOKEN_BYTES)
    device = Device(
        kind=kind,
        code_hash=_hash("code", code),
        token_hash=_hash("token", _token(secret)),
        address=address,
        created_at=now,
        code_expires_at=now + CODE_LASTS,
    )
    session.add(device)
    session.flush()
    events.record(session, events.DevicesChanged())
    return Waiting(device.id, code, secret)


def renew(session: Session, device_id: int) -> str | None:
    """Another code for a device that still waits; None if it does not wait any more."""
    device = _locked(session, Device.id == device_id)
    if device is None or device.paired_at:
        return None
    code = _free_code(session)
    device.code_hash, device.code_expires_at = _hash("code", code), clock.now() + CODE_LASTS
    session.add(device)
    return code


def give_up(session: Session, device_id: int) -> None:
    """The page that waited is closed."""
    session.execute(delete(Device).where(col(Device.id) == device_id, col(Device.paired_at).is_(None)))
    events.record(session, events.DevicesChanged())


def may_claim(session: Session, secret: str) -> bool:
    """Whether `claim` would answer a token."""
    found = session.exec(select(Device).where(Device.token_hash == _hash("token", _token(secret)))).first()
    return found is not None and _may_be_claimed(found)


def claim(session: Session, secret: str) -> tuple[str, DeviceView]:
    """The token of a device that has just been paired, for what it held while it waited. Asking twice is fine."""
    token, now = _token(secret), clock.now()
    device = _locked(session, Device.token_hash == _hash("token", token))
    if device is None or not _may_be_claimed(device):
        raise NotFound(NOT_PAIRED, code="not_paired")
    if device.last_seen_at is None:
        audit.note(session, ANONYMOUS, "device-claim", kind="device", object_id=device.id)
    device.last_seen_at, device.address = now, trace.current().address
    session.add(device)
    events.record(session, events.DevicesChanged())
    return token, _view(device)


def _may_be_claimed(device: Device) -> bool:
    paired = device.paired_at
    return device.revoked_at is None and paired is not None and clock.now() - paired <= CLAIM_WITHIN


def by_token(session: Session, token: str | None) -> DeviceView | None:
    """The device with this token, also a revoked one: it is told so."""
    found = session.exec(select(Device).where(Device.token_hash == _hash("token", token))).first() if token else None
    return _view(found) if found and found.paired_at else None


def now(session: Session, device_ids: Iterable[int]) -> dict[int, DeviceView]:
    """These devices as they are."""
    return {device.id: _view(device) for device in session.exec(select(Device).where(col(Device.id).in_(device_ids)))}


def seen(session: Session, device_ids: Iterable[int]) -> None:
    """These devices are switched on."""
    for device in session.exec(select(Device).where(col(Device.id).in_(device_ids), col(Device.revoked_at).is_(None))):
        device.last_seen_at = clock.now()
        session.add(device)


def forget_waiting(session: Session) -> None:
    """Drop devices that wait no more: an open page renews its code in time."""
    over = clock.now() - CODE_LASTS
    session.execute(delete(Device).where(col(Device.paired_at).is_(None), col(Device.code_expires_at) < over))


# ------------------------------------------------------------------------------------------------- the admin's side


def devices(
    session: Session, *, actor: Actor, search: str = "", state: State | None = None, page: int = 1
) -> list[DeviceView]:
    """The admin's list: paired ones by name, then those that wait, then the revoked; `PAGE` and one more."""
    policy.require_role(session, actor, Role.ADMIN)
    revoked, waiting = col(Device.revoked_at).is_not(None), col(Device.paired_at).is_(None)
    rank = case((revoked, 2), (waiting, 1), else_=0)
    query = select(Device).order_by(rank, col(Device.name), col(Device.id).desc())
    if state:
        query = query.where(rank == list(State).index(state))
    if search := search.strip():
        like = text.like(search)
        query = query.where(col(Device.name).like(like, escape="\\") | col(Device.address).like(like, escape="\\"))
    return [_view(device) for device in session.exec(query.offset((max(page, 1) - 1) * PAGE).limit(PAGE + 1))]


def device(session: Session, *, actor: Actor, device_id: int) -> DeviceView:
    policy.require_role(session, actor, Role.ADMIN)
    found = session.get(Device, device_id)
    if found is None:
        raise NotFound(UNKNOWN, code="unknown_device")
    return _view(found)


def pair(session: Session, *, actor: Actor, code: str, kind: DeviceKind, form: DeviceForm) -> int:
    """Make the device that shows `code` one of the clinic's; answers its id. Raises Invalid `unknown_code`, and
    `bad_kind` if it waits to be something else."""
    policy.require_role(session, actor, Role.ADMIN, doing="device-pair")
    device = _locked(session, Device.code_hash == _hash("code", _clean(code)))
    if device is None or device.code_expires_at <= clock.now():
        raise Invalid("We don't know that code. Please look at the device again: codes change.", code="unknown_code")
    if device.kind is not kind:
        raise Invalid(f"A {device.kind.value} shows this code. Please choose that kind.", code="bad_kind")
    _fill(session, device, form)
    device.code_hash, device.paired_at = None, clock.now()
    _changed(session, device)
    audit.note(session, actor, "device-pair", kind="device", object_id=device.id)
    return device.id


def change(session: Session, *, actor: Actor, device_id: int, form: DeviceForm) -> None:
    policy.require_role(session, actor, Role.ADMIN, doing="device-change")
    device = _known(session, device_id)
    if _view(device).state is not State.PAIRED:
        raise Conflict("This device is not paired any more.", code="not_paired")
    before = {"name": device.name, "doctor_ids": device.doctor_ids}
    _fill(session, device, form)
    fields = audit.changes(before, {"name": device.name, "doctor_ids": device.doctor_ids})
    _changed(session, device)
    audit.note(session, actor, "device-change", kind="device", object_id=device.id, fields=fields)


def revoke(session: Session, *, actor: Actor, device_id: int) -> None:
    """It is nobody's device any more, from now on. Revoking twice is fine."""
    policy.require_role(session, actor, Role.ADMIN, doing="device-revoke")
    device = _known(session, device_id)
    if device.revoked_at or not device.paired_at:
        return
    device.revoked_at = clock.now()
    _changed(session, device)
    audit.note(session, actor, "device-revoke", kind="device", object_id=device.id)


def _fill(session: Session, device: Device, form: DeviceForm) -> None:
    wanted = sorted(set(form.doctor_ids))
    device.name = text.line(form.name, field="a name", longest=80, required=True)
    if len(session.exec(select(Doctor.id).where(col(Doctor.id).in_(wanted))).all()) != len(wanted):
        raise Invalid("Please choose doctors from the list.", code="unknown_doctor")
    device.doctor_ids = wanted


def _changed(session: Session, device: Device) -> None:
    session.add(device)
    events.record(session, events.DevicesChanged())


def _known(session: Session, device_id: int) -> Device:
    found = _locked(session, Device.id == device_id)
    if found is None:
        raise NotFound(UNKNOWN, code="unknown_device")
    return found


def _locked(session: Session, which: bool) -> Device | None:
    return session.exec(select(Device).where(which).with_for_update()).first()


def _free_code(session: Session) -> str:
    while True:
        code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
        if session.exec(select(Device.id).where(Device.code_hash == _hash("code", code))).first() is None:
            return code


def _clean(code: str) -> str:
    """What was typed, as the device shows it: capitals, without gaps."""
    return "".join(c for c in unicodedata.normalize("NFKC", code).upper() if c.isalnum())


def _token(secret: str) -> str:
    return _hash("device", secret)


def _hash(what: str, value: str) -> str:
    return hmac.new(settings().key, f"{what}:{value}".encode(), hashlib.sha256).hexdigest()


def _view(device: Device) -> DeviceView:
    state = State.REVOKED if device.revoked_at else State.PAIRED if device.paired_at else State.WAITING
    return DeviceView(
        id=device.id, kind=device.kind, name=device.name, doctor_ids=tuple(device.doctor_ids), state=state,
        address=device.address, created_at=device.created_at, code_expires_at=device.code_expires_at,
        paired_at=device.paired_at, last_seen_at=device.last_seen_at,
    )  # fmt: skip
