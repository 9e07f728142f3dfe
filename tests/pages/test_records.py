"""Patients' records, as an admin keeps them: confidential ones, duplicates, copies, erasing."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from nicegui.testing import User

from app.models import Patient, Role
from app.services import patients, privacy
from app.services.policy import Actor
from app.services.profiles import Profile
from tests.factories import Clinic, Clock
from tests.pages.looking import act, fields_of, form_with, page_of, press, sees, send, words_on
from tests.pages.waiting import until

SignIn = Callable[[Actor | Role], User]
NASTY = "<img src=x onerror=alert(1)>"


@pytest.fixture
def admin(signed_in: SignIn) -> User:
    return signed_in(Role.ADMIN)


def gone(clinic: Clinic, name: str, **who: Any) -> int:
    entry = clinic.join(name, actor=clinic.admin, **who)
    clinic.do("cancel", entry)
    return entry.patient_id


def kept(clinic: Clinic, patient_id: int) -> Patient:
    return clinic.read(lambda s: s.get_one(Patient, patient_id))


def edit(clinic: Clinic, patient_id: int, **profile: Any) -> None:
    wish = Profile(**profile)
    clinic.write(lambda s: patients.change(s, actor=clinic.admin, patient_id=patient_id, wish=wish))


async def test_a_whole_profile_is_corrected(admin: User, clinic: Clinic) -> None:
    key = gone(clinic, "Ann Lee")
    await admin.open(f"/admin/patients?q=%23{key}&open={key}")
    form = form_with(admin, "editor")
    change = {"name": NASTY, "born": "1985-04-05", "sex": "female", "allergies": "Nuts\nMilk", "need-deaf": "on"}
    send(admin, form, fields_of(form) | change)
    await sees(admin, "Saved.")
    await until(lambda: kept(clinic, key).needs == ["deaf"])
    now = kept(clinic, key)
    assert (now.name, now.born, now.sex, now.allergies) == (NASTY, date(1985, 4, 5), "female", "Nuts\nMilk")


async def test_two_admins_do_not_overwrite_each_other(admin: User, clinic: Clinic) -> None:
    key = gone(clinic, "Ann Lee")
    await admin.open(f"/admin/patients?open={key}")
    edit(clinic, key, name="Else", phone="111111")
    form = form_with(admin, "editor")
    send(admin, form, fields_of(form) | {"name": "Mine"})
    await sees(admin, "Somebody else changed this record meanwhile.")
    assert kept(clinic, key).name == "Else"
    await admin.open(f"/admin/patients?open={key}")
    edit(clinic, key, name="Else", phone="111111", allergies="Nuts")
    form = form_with(admin, "editor")
    send(admin, form, fields_of(form) | {"name": "Anna Lee"})
    await sees(admin, "Saved.")
    now = kept(clinic, key)
    assert (now.name, now.phone, now.allergies) == ("Anna Lee", "111111", "Nuts")


async def test_a_confidential_record_opens_for_a_reason(admin: User, clinic: Clinic) -> None:
    key = gone(clinic, "Secret Sue", is_confidential=True)
    await admin.open(f"/admin/patients?open={key}")
    await sees(admin, "Why do you have to see this record?")
    assert "Secret Sue" not in words_on(admin)
    assert (await admin.http_client.get(f"/admin/patients/{key}/export")).status_code == 403
    form = form_with(admin, "editor")
    send(admin, form, {"reason": "x"})
    await sees(admin, "Please write why")
    send(admin, form, {"reason": "She asked for a copy"})
    await sees(admin, "Erase…")
    assert fields_of(form_with(admin, "editor"))["name"] == "Secret Sue"
    assert (await admin.http_client.get(f"/admin/patients/{key}/export")).status_code == 200


async def test_erasing_asks_for_a_word(admin: User, clinic: Clinic) -> None:
    key = gone(clinic, "Ann Lee")
    await admin.open(f"/admin/patients?open={key}")
    press(admin, "Erase…")
    await sees(admin, "Erase Ann Lee?")
    press(admin, "Erase for ever")
    await sees(admin, "Type the word erase.")
    assert kept(clinic, key).erased_at is None
    box = next(e for e in page_of(admin).descendants() if str(e.props.get("id", "")).startswith("field-"))
    act(admin, box, "input", "erase")  # type: ignore[arg-type]
    press(admin, "Erase for ever")
    await sees(admin, "The person is erased.")
    assert kept(clinic, key).name == privacy.ERASED_NAME
    await admin.open(f"/admin/patients?open={key}")
    await sees(admin, "The name and all about this person are gone.")


async def test_two_records_are_compared_and_become_one(admin: User, clinic: Clinic) -> None:
    one, two = gone(clinic, "Ann Lee", phone="111111"), gone(clinic, "Ann  LÉE", phone="111-111")
    edit(clinic, two, name="Ann LÉE", phone="111-111", allergies="Nuts")
    await admin.open("/admin/duplicates?why=phone")
    await sees(admin, "Compare")
    assert "Ann LÉE" in words_on(admin)
    await admin.open(f"/admin/duplicates/{one}/{two}")
    form = form_with(admin, "card")
    send(admin, form, {"goes-on": str(two), "name": str(one), "phone": str(two), "allergies": str(two)})
    await sees(admin, f"Merge into #{two}?")
    press(admin, "Merge")
    await sees(admin, "Erase…")
    assert kept(clinic, one).merged_into_id == two
    assert (kept(clinic, two).name, kept(clinic, two).allergies) == ("Ann Lee", "Nuts")
    await admin.open("/admin/duplicates")
    await sees(admin, "Merged lately")
    press(admin, "Take back")
    await sees(admin, "The tickets go back to the old record.")
    press(admin, "Take back")
    await sees(admin, "There are two records again.")
    assert kept(clinic, one).merged_into_id is None
    for nonsense in (f"{one}/999", "x/1", f"{one}/%27"):
        assert (await admin.http_client.get(f"/admin/duplicates/{nonsense}")).status_code == 404


async def test_a_merge_takes_secrecy_from_nobody(admin: User, clinic: Clinic) -> None:
    one, two = gone(clinic, "Ann Lee"), gone(clinic, "Ann Ley")
    edit(clinic, two, name="Ann Ley", is_confidential=True)
    why = "Both are the same person"
    clinic.write(lambda s: patients.record(s, actor=clinic.admin, patient_id=two, reason=why))
    await admin.open(f"/admin/duplicates/{one}/{two}")
    assert "One of the two is confidential, so the record stays confidential." in words_on(admin)
    form = form_with(admin, "card")
    assert "is_confidential" not in fields_of(form)
    send(admin, form, fields_of(form))
    await sees(admin, f"Merge into #{one}?")
    press(admin, "Merge")
    await until(lambda: kept(clinic, two).merged_into_id == one)
    assert kept(clinic, one).is_confidential


async def test_the_rule_is_tried_and_run(
    clock: Clock, clinic: Clinic, another: Callable[[], User], sign_in: Callable[[User, Actor | Role], User]
) -> None:
    old = gone(clinic, "Old One")
    clock.forward(days=400)
    clinic.new_shift()
    fresh = gone(clinic, "New One")
    browser = another()
    sign_in(browser, clinic.admin)
    await browser.open("/admin/retention")
    await sees(browser, "Nobody is erased by itself.")
    assert "Old One" not in words_on(browser)
    clinic.rules(keep_patients_months=12)
    await sees(browser, "Patients are erased 12 months after they were last here.")
    assert "Old One" in words_on(browser)
    assert "New One" not in words_on(browser)
    press(browser, "Erase now…")
    await sees(browser, "Erase 1 patient?")
    press(browser, "Erase for ever")
    await sees(browser, "1 patient erased.")
    await sees(browser, "Nobody's time is over today.")
    assert (kept(clinic, old).name, kept(clinic, fresh).name) == (privacy.ERASED_NAME, "New One")
    assert f"#{old}" in words_on(browser)


async def test_a_copy_is_escaped_and_only_for_who_may(
    another: Callable[[], User], sign_in: Callable[[User, Actor | Role], User], clinic: Clinic
) -> None:
    me = clinic.staff(Role.PATIENT)
    mine = clinic.join("Asha Rao", actor=me, reason=NASTY)
    other = clinic.join("Somebody Else").patient_id
    browser = another()
    for path in ("/me/export", f"/admin/patients/{mine.patient_id}/export"):
        assert (await browser.http_client.get(path)).status_code == 401
    for role in set(Role) - {Role.ADMIN}:
        sign_in(browser, role)
        answer = await browser.http_client.get(f"/admin/patients/{other}/export")
        assert answer.status_code == 403
        assert "Somebody Else" not in answer.text
    sign_in(browser, me)
    page = await browser.http_client.get("/me/export")
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert NASTY not in page.text
    assert "&lt;img src=x" in page.text
    assert "Somebody Else" not in page.text
    file = await browser.http_client.get("/me/export?form=json")
    assert file.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert file.json()["people"][0]["tickets"][0]["reason"] == NASTY
    sign_in(browser, Role.ADMIN)
    assert (await browser.http_client.get(f"/admin/patients/{other}/export")).status_code == 200
    for nonsense in ("999", "x", "%2e%2e", "-1"):
        assert (await browser.http_client.get(f"/admin/patients/{nonsense}/export")).status_code == 404
    assert (await browser.http_client.get("/me/export")).status_code == 403
