"""Screens and kiosks as they are used: a code, an admin who types it, and what a paired device shows."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from limits import parse
from nicegui import core
from nicegui.testing import User

from app import clock as app_clock
from app.components.display import Display
from app.components.kiosk import Kiosk
from app.components.pairing import Pairing
from app.models import Appointment, Device, DeviceKind, QueueEntry, Role, Source
from app.services import booking, devices, schedules, slot_search
from app.services.booking import Guest
from app.services.devices import DeviceForm
from app.services.policy import Actor
from app.services.schedules import PeriodForm
from app.web import devices as cookies
from app.web import limits
from tests.factories import ZONE, Clinic, Clock, assert_sentence
from tests.pages.looking import act, fields_of, form_with, led_to, page_of, sees, send, words_on
from tests.pages.waiting import until

SignIn = Callable[[Actor | Role], User]
Another = Callable[[], User]


def props(browser: User, kind: type[Any]) -> dict[str, Any]:
    found = [element for element in page_of(browser).descendants() if isinstance(element, kind)]
    return dict(found[0].props) if found else {}


async def code_on(browser: User, path: str) -> str:
    """The code that this browser shows at `path`."""
    await browser.open(path)
    await until(lambda: props(browser, Pairing).get("code"))
    return str(props(browser, Pairing)["code"])


def pair(clinic: Clinic, code: str, kind: DeviceKind, *doctor_ids: int) -> int:
    form = DeviceForm(name="Hall", doctor_ids=doctor_ids)
    return clinic.write(lambda s: devices.pair(s, actor=clinic.admin, code=code, kind=kind, form=form))


async def claimed(browser: User) -> httpx.Response:
    """What the browser's half does as soon as its page knows that it is paired."""
    await until(lambda: props(browser, Pairing).get("secret"))
    return await browser.http_client.post("/pairing", headers={"X-Pairing": props(browser, Pairing)["secret"]})


async def paired(browser: User, clinic: Clinic, path: str, *doctor_ids: int) -> int:
    kind = next(kind for kind, home in cookies.HOME.items() if path.startswith(home))
    device_id = pair(clinic, await code_on(browser, path), kind, *doctor_ids)
    assert (await claimed(browser)).json() == {"path": cookies.HOME[kind]}
    return device_id


def revoke(clinic: Clinic, device_id: int) -> None:
    clinic.write(lambda s: devices.revoke(s, actor=clinic.admin, device_id=device_id))


def queues(browser: User) -> list[int]:
    return list(json.loads(props(browser, Display)["queues"]))


async def test_two_devices_at_once_go_live_each_as_its_own(user: User, clinic: Clinic, another: Another) -> None:
    tablet = another()
    codes = await code_on(user, "/display?pair=1"), await code_on(tablet, "/kiosk")
    pair(clinic, codes[1], DeviceKind.KIOSK)
    answer = await claimed(tablet)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert props(user, Pairing).get("secret") is None  # the other one still waits
    pair(clinic, codes[0], DeviceKind.DISPLAY)
    assert (await claimed(user)).json()["path"] == "/display"
    await user.open("/display")
    await tablet.open("/kiosk")
    assert props(user, Display)
    assert props(tablet, Kiosk)
    assert (await tablet.http_client.get("/display")).headers["location"] == "/kiosk"
    assert (await user.http_client.get("/kiosk")).headers["location"] == "/display"


async def test_asking_for_the_page_without_opening_it_leaves_nothing_behind(user: User, clinic: Clinic) -> None:
    for _ in range(3):
        assert (await user.http_client.get("/kiosk")).status_code == 200
    assert clinic.all(Device) == []


async def test_what_waits_has_no_cookie_and_what_is_made_up_gets_none(user: User, clinic: Clinic) -> None:
    await code_on(user, "/kiosk")
    for secret in ("", "made-up", "x" * 2000):
        answer = await user.http_client.post("/pairing", headers={"X-Pairing": secret})
        assert (answer.status_code, "set-cookie" in answer.headers) == (404, False)
    user.http_client.cookies.set(cookies.cookie_name(), "made-up")
    await user.open("/kiosk")
    assert not props(user, Kiosk)


async def test_a_paired_screen_shows_its_doctors_whatever_the_address_says(user: User, clinic: Clinic) -> None:
    other = clinic.add_doctor("Omar Haddad")
    private = clinic.join("Zoë Canary", doctor_id=other)
    device_id = await paired(user, clinic, "/display?pair=1", clinic.doctor_id)
    for path in ("/display", f"/display?doctor={other}", f"/display?doctor={other}&doctor={clinic.doctor_id}"):
        await user.open(path)
        assert queues(user) == [clinic.doctor_id]
        assert not props(user, Display)["everyone"]
        html = (await user.http_client.get(path)).text
        assert private.token not in html
        assert "Canary" not in html
    form = DeviceForm(name="Hall")
    clinic.write(lambda s: devices.change(s, actor=clinic.admin, device_id=device_id, form=form))
    await until(lambda: props(user, Display)["everyone"])  # it follows without another page
    assert sorted(queues(user)) == [clinic.doctor_id, other]


async def test_a_revoked_device_shows_a_code_in_its_open_page_and_in_the_next(
    user: User, clinic: Clinic, another: Another
) -> None:
    device_id = await paired(user, clinic, "/kiosk")
    thief = another()
    thief.http_client.cookies.update(user.http_client.cookies)
    await user.open("/kiosk")
    await thief.open("/kiosk")
    assert props(thief, Kiosk)
    left = led_to(user)
    revoke(clinic, device_id)
    await until(lambda: left == ["/kiosk"], patience=2)
    thief.find(Kiosk).trigger("join", wish(clinic))  # its page is still open
    await until(lambda: "reply" in props(thief, Kiosk))
    assert_sentence(json.loads(props(thief, Kiosk)["reply"])["errors"]["page"])
    assert clinic.all(QueueEntry) == []
    await thief.open("/kiosk")
    await until(lambda: props(thief, Pairing).get("code"))
    assert props(thief, Pairing)["revoked"]


async def test_screens_that_need_pairing_close_the_open_ones(user: User, clinic: Clinic, another: Another) -> None:
    token = clinic.join("Ann Lee").token
    await user.open("/display")
    left = led_to(user)
    clinic.rules(screens_need_pairing=True)
    await until(lambda: left == ["/display"])
    stranger = another()
    assert token not in (await stranger.http_client.get(f"/display?doctor={clinic.doctor_id}")).text
    await code_on(stranger, "/display")
    assert not props(stranger, Pairing)["open"]


async def test_a_browser_that_was_a_screen_may_look_at_what_is_open_to_all(user: User, clinic: Clinic) -> None:
    revoke(clinic, await paired(user, clinic, "/display?pair=1"))
    await code_on(user, "/display")
    assert props(user, Pairing)["open"]
    await user.http_client.post("/pairing/skip")
    await user.open("/display")
    assert props(user, Display)


async def test_a_code_that_runs_out_is_renewed_by_itself(
    user: User, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "CODE_LASTS", devices.CODE_LASTS * 0)
    first = await code_on(user, "/kiosk")
    await until(lambda: props(user, Pairing)["code"] != first)


# ------------------------------------------------------------------------------------------------------- the kiosk


def wish(clinic: Clinic, **more: Any) -> dict[str, Any]:
    return {"doctor": clinic.doctor_id, "name": "Asha Rao", "key": "k" * 32, **more}


def said_about(browser: User, key: str) -> bool:
    return key in props(browser, Kiosk).get("reply", "")


async def test_kiosk_double_tap_is_one_ticket_and_is_gone_after_the_person(user: User, clinic: Clinic) -> None:
    await paired(user, clinic, "/kiosk")
    await user.open("/kiosk")
    for _ in range(2):
        user.find(Kiosk).trigger("join", wish(clinic, needs=["deaf", "made-up"]))
    await until(lambda: "reply" in props(user, Kiosk))
    said = json.loads(props(user, Kiosk)["reply"])
    (entry,) = clinic.all(QueueEntry)
    assert (said["ticket"]["token"], said["ticket"]["position"]) == (entry.token, 1)
    assert said["qr"].startswith("data:image/svg")
    assert (entry.source, entry.needs) == (Source.KIOSK, ["deaf"])
    user.find(Kiosk).trigger("clear")
    await until(lambda: "reply" not in props(user, Kiosk))


@pytest.mark.parametrize(
    ("change", "field"), [({"name": " "}, "name"), ({"doctor": 999}, "page"), ({"name": 7}, "page")]
)
async def test_kiosk_says_what_is_wrong(user: User, clinic: Clinic, change: dict[str, Any], field: str) -> None:
    await paired(user, clinic, "/kiosk")
    await user.open("/kiosk")
    user.find(Kiosk).trigger("join", wish(clinic, **change))
    await until(lambda: "reply" in props(user, Kiosk))
    assert_sentence(json.loads(props(user, Kiosk)["reply"])["errors"][field])


async def test_kiosk_offers_its_doctors_and_takes_people_for_no_other(user: User, clinic: Clinic) -> None:
    other = clinic.add_doctor("Omar Haddad")
    device_id = await paired(user, clinic, "/kiosk", clinic.doctor_id)
    await user.open("/kiosk")
    assert [doctor["id"] for doctor in json.loads(props(user, Kiosk)["initial"])] == [clinic.doctor_id]
    user.find(Kiosk).trigger("join", wish(clinic, doctor=other))
    await until(lambda: "reply" in props(user, Kiosk))
    assert clinic.all(QueueEntry) == []
    form = DeviceForm(name="Hall", doctor_ids=[other])
    clinic.write(lambda s: devices.change(s, actor=clinic.admin, device_id=device_id, form=form))
    await until(lambda: props(user, Kiosk)["only"] == f"[{other}]")


async def test_kiosk_is_counted_by_itself_and_not_by_its_address(
    user: User, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.RATES, "join", parse("1/minute"))
    monkeypatch.setitem(limits.RATES, "join-device", parse("2/minute"))
    await paired(user, clinic, "/kiosk")
    await user.open("/kiosk")
    for key in ("a" * 32, "b" * 32, "c" * 32):
        user.find(Kiosk).trigger("join", wish(clinic, key=key))
        await until(partial(said_about, user, key))
    assert len(clinic.all(QueueEntry)) == 2


# ----------------------------------------------------------------------------------------------------- the admin's


async def test_admin_pairs_changes_and_revokes(signed_in: SignIn, clinic: Clinic, another: Another, user: User) -> None:
    admin, screen = signed_in(Role.ADMIN), another()
    code = await code_on(screen, "/display?pair=1")
    await admin.open("/admin/devices?open=new")
    await sees(admin, "Waits for its code")
    typed = {**fields_of(form_with(admin, "editor")), "which": "some"}
    form = form_with(admin, "editor")
    send(admin, form, typed | {"code": "AAAAAA", "name": "Hall"})
    await sees(admin, "Please tick at least one doctor.")
    typed[f"doctor-{clinic.doctor_id}"] = "on"
    send(admin, form, typed | {"code": "AAAAAA", "name": "Hall"})
    await sees(admin, "We don't know that code.")
    send(admin, form, typed | {"code": code.lower(), "name": "Hall <b>"})
    await sees(admin, "Paired. The device goes live by itself.")
    await claimed(screen)
    await screen.open("/display")
    await sees(admin, "Live now")
    assert "Meera Nair" in words_on(admin)
    send(admin, form_with(admin, "editor"), {"name": "Hall, left", "which": "all"})
    await until(lambda: props(screen, Display)["everyone"])
    left = led_to(screen)
    await until(lambda: "Hall <b>" not in words_on(admin))  # the editor shows what was saved
    act(admin, next(e for e in page_of(admin).descendants() if "danger" in e.classes), "click")
    await sees(admin, "Revoke Hall, left?")
    (device,) = clinic.all(Device)
    revoke(clinic, device.id)
    await until(lambda: left == ["/display"])
    await sees(admin, "Revoked")


async def test_a_new_device_says_nothing_to_other_roles(signed_in: SignIn, clinic: Clinic) -> None:
    for role in (Role.RECEPTION, Role.DOCTOR, Role.NURSE, Role.PATIENT):
        answer = await signed_in(role).http_client.get("/admin/devices", follow_redirects=False)
        assert answer.status_code == 403, role


async def test_devices_behind_many_addresses_are_counted_apart(user: User, clinic: Clinic) -> None:
    await code_on(user, "/kiosk")
    elsewhere = httpx.ASGITransport(core.app, client=("10.0.0.9", 1))
    async with httpx.AsyncClient(transport=elsewhere, base_url="http://test") as client:
        await code_on(User(client), "/kiosk")
    assert {device.address for device in clinic.all(Device)} == {"127.0.0.1", "10.0.0.9"}


async def test_who_is_booked_types_phone_and_year_at_a_kiosk(user: User, clock: Clock, clinic: Clinic) -> None:
    await paired(user, clinic, "/kiosk")
    await user.open("/kiosk")
    assert not props(user, Kiosk)["books"]  # nobody books in this clinic
    made = _booked(clinic)
    await user.open("/kiosk")
    assert props(user, Kiosk)["books"]
    clock.forward(minutes=5)  # a sign-in would be as old
    for year, answer in ((1985, "errors"), (1984, "ticket")):
        sent = {"phone": "0664 1234567", "year": year, "key": "k" * 30 + str(year)}
        user.find(Kiosk).trigger("arrive", sent)
        await until(lambda year=year: str(year) in props(user, Kiosk).get("reply", ""))  # type: ignore[misc]
        said = json.loads(props(user, Kiosk)["reply"])
        assert said[answer]
    assert said["ticket"]["call_from"]
    assert clinic.all(QueueEntry)[0].appointment_id == made.id


async def test_a_kiosk_takes_few_tries_at_one_number(user: User, clock: Clock, clinic: Clinic, monkeypatch) -> None:
    monkeypatch.setitem(limits.RATES, "check-in-phone", parse("1/hour"))
    _booked(clinic)
    await paired(user, clinic, "/kiosk")
    await user.open("/kiosk")
    for n, sentence in enumerate(("We can't find a booking", "That was tried too often")):
        user.find(Kiosk).trigger("arrive", {"phone": "0664 7654321", "year": 1984, "key": f"{n}" * 30})
        await until(lambda sentence=sentence: sentence in props(user, Kiosk).get("reply", ""))  # type: ignore[misc]


def _booked(clinic: Clinic) -> Appointment:
    """Half an hour from now, or a bit less."""
    at, desk = app_clock.now(), clinic.staff(Role.RECEPTION)
    local = app_clock.at_clinic(at, ZONE)
    begins = (local + timedelta(minutes=25)).replace(second=0, microsecond=0)
    form = PeriodForm(
        weekday=begins.weekday(), starts=begins.time(), ends=(begins + timedelta(minutes=10)).time(), slot_minutes=10
    )
    clinic.write(lambda s: schedules.add_period(s, actor=clinic.admin, doctor_id=clinic.doctor_id, form=form))
    slot = clinic.read(lambda s: slot_search.of_doctor(s, clinic.doctor_id, by_staff=True))[0]
    who = Guest(name="Asha Rao", phone="+43 664 1234567", born=date(1984, 5, 1))
    return clinic.write(lambda s: booking.book(s, actor=desk, slot_id=slot.slot_id, who=who))
