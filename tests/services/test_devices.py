"""Screens and kiosks: who is paired, for how long, and what a paired one may do."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from sqlmodel import col, select

from app import trace
from app.models import AuditRow, Device, DeviceKind, Role, Source
from app.services import devices, policy
from app.services.devices import DeviceForm, State, Waiting
from app.services.joining import Newcomer, link_once
from app.services.policy import Verb
from tests.factories import Clinic, Clock, refused

ROOM = DeviceForm(name="Waiting room")


@pytest.fixture(autouse=True)
def _here() -> Iterator[None]:
    trace.begin("192.0.2.7")
    yield
    trace.begin("")


def wait(clinic: Clinic, kind: DeviceKind = DeviceKind.DISPLAY) -> Waiting:
    return clinic.write(lambda s: devices.wait(s, kind))


def pair(clinic: Clinic, code: str, kind: DeviceKind = DeviceKind.DISPLAY, form: DeviceForm = ROOM) -> int:
    return clinic.write(lambda s: devices.pair(s, actor=clinic.admin, code=code, kind=kind, form=form))


def claim(clinic: Clinic, secret: str) -> str:
    return clinic.write(lambda s: devices.claim(s, secret))[0]


def state(clinic: Clinic, token: str) -> State | None:
    found = clinic.read(lambda s: devices.by_token(s, token))
    return found.state if found else None


def kiosk(clinic: Clinic, *doctor_ids: int) -> policy.Actor:
    form = DeviceForm(name="At the door", doctor_ids=doctor_ids)
    return policy.kiosk(pair(clinic, wait(clinic, DeviceKind.KIOSK).code, DeviceKind.KIOSK, form))


def test_device_two_that_wait_at_once_are_paired_each_by_its_own_code(clinic: Clinic) -> None:
    left, right = wait(clinic), wait(clinic, DeviceKind.KIOSK)
    typed = f" {right.code[:3].lower()}-{right.code[3:]} "
    assert pair(clinic, typed, DeviceKind.KIOSK) == right.id
    with refused("not_paired"):
        claim(clinic, left.secret)
    assert pair(clinic, left.code) == left.id
    tokens = claim(clinic, left.secret), claim(clinic, right.secret)
    seen = [clinic.read(partial(devices.by_token, token=token)) for token in tokens]
    assert [(each and each.id, each and each.kind) for each in seen] == [
        (left.id, DeviceKind.DISPLAY), (right.id, DeviceKind.KIOSK),
    ]  # fmt: skip
    assert seen[0]
    assert seen[0].address == "192.0.2.7"


def test_device_codes_are_hard_to_mistake_and_nothing_that_opens_a_door_is_stored(clinic: Clinic) -> None:
    waiting = wait(clinic)
    assert len(waiting.code) == 6
    assert not set("01258BDGIJLOQSVYZ") & set(waiting.code)
    pair(clinic, waiting.code)
    token = claim(clinic, waiting.secret)
    stored = clinic.all(Device)[0].model_dump()
    assert not {waiting.code, waiting.secret, token} & {str(value) for value in stored.values()}
    assert state(clinic, waiting.secret) is None  # what a script could read is no token


@pytest.mark.parametrize("code", ["", "AAAAAA", "x" * 400, "' OR 1=1 --", "１２３"])
def test_device_wrong_code_pairs_nothing(clinic: Clinic, code: str) -> None:
    waiting = wait(clinic)
    with refused("unknown_code"):
        pair(clinic, code)
    assert clinic.read(lambda s: devices.now(s, [waiting.id]))[waiting.id].state is State.WAITING


def test_device_code_is_good_for_ten_minutes_and_once(clinic: Clinic, clock: Clock) -> None:
    waiting = wait(clinic)
    clock.forward(minutes=10)
    with refused("unknown_code"):
        pair(clinic, waiting.code)
    fresh = clinic.write(lambda s: devices.renew(s, waiting.id))
    assert fresh
    assert fresh != waiting.code
    with refused("unknown_code"):
        pair(clinic, waiting.code)
    pair(clinic, fresh)
    with refused("unknown_code"):
        pair(clinic, fresh)
    assert clinic.write(lambda s: devices.renew(s, waiting.id)) is None


def test_device_claims_its_token_soon_and_asking_twice_is_fine(clinic: Clinic, clock: Clock) -> None:
    first, second = wait(clinic), wait(clinic)
    for each in (first, second):
        pair(clinic, each.code)
    assert claim(clinic, first.secret) == claim(clinic, first.secret)
    clock.forward(minutes=11)
    with refused("not_paired"):
        claim(clinic, second.secret)


def test_device_revoked_has_a_token_that_says_so_and_is_good_for_nothing(clinic: Clinic) -> None:
    actor = kiosk(clinic)
    device_id = actor.device_id or 0
    for _ in range(2):
        clinic.write(lambda s: devices.revoke(s, actor=clinic.admin, device_id=device_id))
    assert clinic.read(lambda s: devices.now(s, [device_id]))[device_id].state is State.REVOKED
    with refused("not_signed_in"):
        clinic.join(actor=actor)
    with refused("not_paired"):
        clinic.write(lambda s: devices.change(s, actor=clinic.admin, device_id=device_id, form=ROOM))


def test_device_that_waits_too_long_is_forgotten_and_strangers_make_only_so_many(clinic: Clinic, clock: Clock) -> None:
    waiting = [wait(clinic) for _ in range(devices.MOST_WAITING)]
    with refused("too_many"):
        wait(clinic)
    trace.begin("192.0.2.8")
    elsewhere = wait(clinic)
    trace.begin("192.0.2.7")
    pair(clinic, waiting[0].code)
    wait(clinic)
    clinic.write(lambda s: devices.give_up(s, waiting[1].id))
    clinic.write(lambda s: devices.give_up(s, waiting[0].id))  # it is paired: its page went somewhere else
    wait(clinic)
    clock.forward(minutes=21)
    clinic.write(devices.forget_waiting)
    assert [each.id for each in clinic.all(Device)] == [waiting[0].id]
    assert elsewhere.id


def test_device_list_is_by_state_and_name_and_can_be_searched(clinic: Clinic) -> None:
    names = ("Left 100%", "Right")
    ids = [pair(clinic, wait(clinic).code, form=DeviceForm(name=name)) for name in names]
    waits = wait(clinic)
    gone = pair(clinic, wait(clinic).code, form=DeviceForm(name="Attic"))
    clinic.write(lambda s: devices.revoke(s, actor=clinic.admin, device_id=gone))

    def listed(**filters: Any) -> list[int]:
        return [each.id for each in clinic.read(lambda s: devices.devices(s, actor=clinic.admin, **filters))]

    assert listed() == [*ids, waits.id, gone]
    assert listed(search="0%") == ids[:1]
    assert listed(search="192.0.2") == listed()
    assert [listed(state=each) for each in State] == [ids, [waits.id], [gone]]


def test_device_change_and_its_audit_hold_no_contents(clinic: Clinic) -> None:
    device_id = pair(clinic, wait(clinic).code)
    form = DeviceForm(name="  Hall ", doctor_ids=[clinic.doctor_id, clinic.doctor_id])
    clinic.write(lambda s: devices.change(s, actor=clinic.admin, device_id=device_id, form=form))
    changed = clinic.read(lambda s: devices.device(s, actor=clinic.admin, device_id=device_id))
    assert (changed.name, changed.doctor_ids) == ("Hall", (clinic.doctor_id,))
    wrong = {"missing": DeviceForm(name=" "), "unknown_doctor": DeviceForm(name="x", doctor_ids=[999])}
    for code, form in wrong.items():
        with refused(code):
            clinic.write(partial(devices.change, actor=clinic.admin, device_id=device_id, form=form))
    with refused("unknown_device"):
        clinic.read(lambda s: devices.device(s, actor=clinic.admin, device_id=999))
    query = select(AuditRow).where(col(AuditRow.action).like("device-%")).order_by(col(AuditRow.id))
    rows = clinic.read(lambda s: s.exec(query).all())
    assert [(row.action, row.object_id, row.fields) for row in rows] == [
        ("device-pair", device_id, ""), ("device-change", device_id, "name, doctor_ids"),
    ]  # fmt: skip


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_device_nobody_but_an_admin_manages_devices(clinic: Clinic, role: Role) -> None:
    actor, waiting = clinic.staff(role), wait(clinic)
    device_id = pair(clinic, wait(clinic).code)
    with refused("not_allowed"):
        clinic.write(lambda s: devices.pair(s, actor=actor, code=waiting.code, kind=DeviceKind.DISPLAY, form=ROOM))
    with refused("not_allowed"):
        clinic.write(lambda s: devices.change(s, actor=actor, device_id=device_id, form=ROOM))
    with refused("not_allowed"):
        clinic.write(lambda s: devices.revoke(s, actor=actor, device_id=device_id))
    with refused("not_allowed"):
        clinic.read(lambda s: devices.devices(s, actor=actor))
    with refused("not_allowed"):
        clinic.read(lambda s: devices.device(s, actor=actor, device_id=device_id))


def test_kiosk_lets_people_join_its_doctors_once_and_does_nothing_else(clinic: Clinic) -> None:
    other = clinic.add_doctor("Omar Haddad")
    actor = kiosk(clinic, clinic.doctor_id)
    who = Newcomer(name="Ann Lee", source=Source.KIOSK)
    links = {
        clinic.write(lambda s: link_once(s, actor=actor, doctor_id=clinic.doctor_id, who=who, key="k" * 24))
        for _ in range(2)
    }
    assert len(links) == 1
    entry = clinic.entry(clinic.ticket(links.pop()).entry_id)
    assert (entry.source, clinic.steps(entry)[0].actor_role) == (Source.KIOSK, "kiosk")
    with refused("unknown_doctor"):
        clinic.join(actor=actor, doctor_id=other)
    for verb in (Verb.CALL, Verb.CANCEL, Verb.START):
        with refused("not_allowed"):
            clinic.do(verb, entry, actor)
    row = clinic.read(lambda s: s.exec(select(AuditRow).where(AuditRow.action == "join")).first())
    assert row
    assert (row.role, row.actor_id) == ("kiosk", None)


def test_a_screen_is_no_kiosk(clinic: Clinic) -> None:
    screen = policy.kiosk(pair(clinic, wait(clinic).code))
    for actor in (screen, policy.kiosk(wait(clinic, DeviceKind.KIOSK).id), policy.kiosk(999)):
        with refused("not_signed_in"):
            clinic.join(actor=actor)
