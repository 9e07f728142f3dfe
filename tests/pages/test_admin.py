"""The admin's lists and settings, as an admin uses them."""

from collections.abc import Callable

import pytest
from nicegui.testing import User

from app.components.words import settings as words
from app.models import Policy, Role
from app.services import accounts, doctors
from app.services import clinic as clinics
from app.services.policy import Actor, Verb
from tests.factories import Clinic, assert_sentence
from tests.pages.looking import act, fields_of, form_with, page_of, press, sees, send, text_of, words_on
from tests.pages.waiting import until

SignIn = Callable[[Actor | Role], User]


@pytest.fixture
def admin(signed_in: SignIn) -> User:
    return signed_in(Role.ADMIN)


def rows(browser: User) -> list[str]:
    """The first column of the list."""
    return [text_of(element) for element in page_of(browser).descendants() if "data-open" in element.props]


def typed(browser: User) -> dict[str, str]:
    """What the editor holds when it is opened."""
    return fields_of(form_with(browser, "editor"))


def save(browser: User, **changes: str) -> None:
    send(browser, form_with(browser, "editor"), typed(browser) | changes)


async def test_add_edit_retire_and_bring_back_a_doctor(admin: User, clinic: Clinic) -> None:
    await admin.open("/admin/doctors?open=new")
    save(admin, name="", letter="B")
    await sees(admin, "Please enter a name.")
    save(admin, name="Zoë <b>Ng</b>", letter="a")
    await sees(admin, "Another doctor has the letter A already.")
    save(admin, name="Zoë <b>Ng</b>", cap="none")
    await sees(admin, "Please enter a whole number.")
    save(admin, name="Zoë <b>Ng</b>", letter="b", room="7", cap="5", opens_at="08:00", closes_at="12:00")
    await sees(admin, "The doctor is added.")
    await until(lambda: rows(admin) == ["Meera Nair", "Zoë <b>Ng</b>"])
    await sees(admin, "Retire…")
    save(admin, room="8")
    await sees(admin, "Saved.")
    added = clinic.read(lambda s: doctors.rows(s, actor=clinic.admin, search="zo"))[0]
    assert (added.letter, added.room, added.cap) == ("B", "8", 5)
    press(admin, "Retire…")
    await sees(admin, "Retire Zoë <b>Ng</b>?")
    clinic.write(lambda s: doctors.retire(s, actor=clinic.admin, doctor_id=added.id))
    await sees(admin, "Retired 1")
    await until(lambda: rows(admin) == ["Meera Nair"])
    await admin.open(f"/admin/doctors?show=retired&open={added.id}")
    press(admin, "Bring back")
    await sees(admin, "Zoë <b>Ng</b> is back.")


async def test_a_doctor_with_people_cannot_be_retired(admin: User, clinic: Clinic) -> None:
    clinic.join("Ann")
    await admin.open(f"/admin/doctors?open={clinic.doctor_id}")
    press(admin, "Retire…")
    await sees(admin, "Retire Meera Nair?")
    press(admin, "Retire")
    await sees(admin, "1 person is still in this queue.")
    assert rows(admin) == ["Meera Nair"]


async def test_lists_follow_by_themselves_and_typing_stays(admin: User, clinic: Clinic) -> None:
    await admin.open(f"/admin/doctors?open={clinic.doctor_id}")
    editor = form_with(admin, "editor")
    clinic.add_doctor("Omar Haddad")
    await sees(admin, "Omar Haddad")
    assert form_with(admin, "editor") is editor


async def test_an_account_is_made_and_disabled(admin: User, clinic: Clinic) -> None:
    await admin.open("/admin/users?open=new")
    save(admin, name="Sam", handle="admin@clinic.test", role="nurse")
    await sees(admin, "Somebody uses this e-mail or phone already.")
    save(admin, name="Sam", handle="sam@clinic.test", role="king")
    save(admin, name="Sam", handle="sam@clinic.test", role="nurse")
    await sees(admin, "Nobody can see it again")
    made = clinic.read(lambda s: accounts.by_email(s, "sam@clinic.test"))
    assert made
    assert made.role is Role.NURSE
    press(admin, "Disable…")
    await sees(admin, "Disable the account of Sam?")
    press(admin, "Disable")
    await sees(admin, "Sam can't sign in any more.")
    gone = clinic.read(lambda s: accounts.by_email(s, "sam@clinic.test"))
    assert gone
    assert gone.disabled_at


async def test_nobody_takes_their_own_rights_away(admin: User, clinic: Clinic) -> None:
    await admin.open(f"/admin/users?open={clinic.admin.user_id}")
    assert "Disable…" not in words_on(admin)
    save(admin, role="nurse")
    await sees(admin, "You can't take your own rights away.")


async def test_patients_are_found_and_corrected(admin: User, clinic: Clinic) -> None:
    clinic.join("Ann Lee", phone="+43 1 234567")
    clinic.join("Bob")
    await admin.open("/admin/patients?q=1%20234&open=1")
    assert rows(admin) == ["Ann Lee"]
    save(admin, phone="call me")
    await sees(admin, "Please check the phone number")
    save(admin, phone="", born="1985-13-40")
    await sees(admin, "Please check the date of birth.")
    save(admin, name="Anna Lee", phone="+43 1 234999", born="1985-04-05")
    await sees(admin, "5 Apr 1985")


async def test_tickets_are_filtered_and_told_step_by_step(admin: User, clinic: Clinic) -> None:
    ann, bob = clinic.join("Ann"), clinic.join("Bob")
    clinic.do(Verb.START, ann)
    await admin.open(f"/admin/entries?status=in_progress&open={bob.id}")
    assert rows(admin) == ["A1"]
    await sees(admin, "A2, Bob")
    clinic.do(Verb.CANCEL, bob, reason="duplicate")
    await sees(admin, "Is in the line twice")
    for nonsense in ("status=x", "day=2026-99-99", "doctor=%27", "page=-1", "page=99999999999", "open=x"):
        await admin.open(f"/admin/entries?{nonsense}")
        assert rows(admin) == ["A2", "A1"]


async def test_long_lists_have_pages(admin: User, clinic: Clinic) -> None:
    for number in range(51):
        clinic.join(f"Person {number}")
    await admin.open("/admin/entries")
    assert len(rows(admin)) == 50
    press(admin, "Next")
    await sees(admin, "51–51")
    assert rows(admin) == ["A1"]


async def test_settings_are_checked_explained_and_kept(admin: User, clinic: Clinic) -> None:
    await admin.open("/admin/settings")
    form = form_with(admin, "data-saves")
    values = fields_of(form)
    send(admin, form, values | {"max_calls": "99"})
    await sees(admin, "Please enter a whole number from 1 to 10.")
    send(admin, form, values | {"timezone": "Mars/Base"})
    await sees(admin, "Please choose a time zone from the list.")
    del values["nurse_may_call"]
    send(admin, form, values | {"name": "New Name", "grace_minutes": "7"})
    await sees(admin, "Saved. It counts from now on.")
    now = clinic.read(clinics.view)
    assert now
    assert (now.name, now.rules.grace_minutes, now.rules.nurse_may_call) == ("New Name", 7, False)


def test_every_rule_is_on_the_page_once_and_explained() -> None:
    """What is not there could never be changed."""
    shown = [rule for group in words.GROUPS.values() for rule in group]
    assert sorted(shown) == sorted(Policy.model_fields)
    for title in words.GROUPS:
        for rules in (Policy(), Policy(book_lead_minutes=0, cancel_until_minutes=0, call_early_minutes=0)):
            assert_sentence(words.EXAMPLES[title](rules))


async def test_rules_of_booking_are_saved_and_nothing_else_is_touched(admin: User, clinic: Clinic) -> None:
    clinic.rules(patient_may_return=False, book_ahead_days=30, staff_idle_minutes=60)
    await admin.open("/admin/settings")
    await sees(admin, "At 10:00 people can book a time from 11:00 on, up to 30 days ahead.")
    form = form_with(admin, "data-saves")
    act(admin, form, "input", fields_of(form) | {"book_lead_minutes": "1440", "late_after_minutes": "20"})
    await sees(admin, "People can book a time that is at least 1 day away, up to 30 days ahead.")
    await sees(admin, "Who checks in by 10:20")
    before = clinic.read(clinics.view)
    send(admin, form, fields_of(form) | {"most_appointments": "5"})
    await sees(admin, "Saved. It counts from now on.")
    now = clinic.read(clinics.view)
    assert before
    assert now
    assert now.rules == before.rules.model_copy(update={"most_appointments": 5})
