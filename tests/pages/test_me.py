"""A patient's own pages: tickets, people, visits, the profile, and a record that comes from the desk."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from nicegui import ui
from nicegui.testing import User

from app.components.patient.join import JoinForm
from app.components.patient.ticket import Ticket
from app.models import AuditRow, Patient, QueueEntry, Role
from app.services import claims, families, profiles, sign_ins
from app.services.policy import Actor, Verb
from app.services.profiles import Profile
from app.web import eviction
from tests.factories import Clinic
from tests.pages.looking import fields_of, form_with, page_of, press, sees, send, words_on
from tests.pages.test_join import reply
from tests.pages.waiting import until

SignIn = Callable[[Actor | Role], User]
BORN = date(1990, 5, 17)


@pytest.fixture
def asha(clinic: Clinic) -> Actor:
    return clinic.actor_of(clinic.add_user(Role.PATIENT, name="Asha Rao"))


@pytest.fixture
def phone(signed_in: SignIn, asha: Actor) -> User:
    return signed_in(asha)


def add(clinic: Clinic, actor: Actor, name: str = "Mia Rao") -> int:
    return clinic.write(lambda s: profiles.add(s, actor=actor, wish=Profile(name=name)))


def people(clinic: Clinic, actor: Actor) -> list[str]:
    return [one.name for one in clinic.read(lambda s: families.people(s, actor=actor))]


def form(browser: User) -> ui.element:
    return form_with(browser, "novalidate")


def save(browser: User, **changes: str) -> None:
    send(browser, form(browser), fields_of(form(browser)) | changes)


def links(browser: User) -> list[str]:
    return [str(e.props["href"]) for e in page_of(browser).descendants() if "href" in e.props]


async def test_tickets_of_the_family_follow_the_queue(phone: User, clinic: Clinic, asha: Actor) -> None:
    clinic.join("Ben Before")
    entry = clinic.join("Asha Rao", actor=asha)
    await phone.open("/me")
    await sees(phone, "1 before")
    assert f"/t/{entry.link}" in links(phone)
    assert "Ben Before" not in words_on(phone)
    clinic.do(Verb.START, clinic.view().line[0].entry_id)
    await sees(phone, "next")
    clinic.do(Verb.CALL, entry)
    await sees(phone, "Called · room 2")
    clinic.do(Verb.CANCEL, entry, reason="patient_left")
    await sees(phone, "You have no ticket right now")
    await sees(phone, "Cancelled")


async def test_somebody_added_elsewhere_shows_up(phone: User, clinic: Clinic, asha: Actor) -> None:
    await phone.open("/me")
    await sees(phone, "No past visits yet")
    mia = add(clinic, asha, "Mia <b>Bold</b>")
    await sees(phone, "Mia <b>Bold</b>")
    clinic.join("", actor=asha, patient_id=mia)
    await sees(phone, "A1")
    for path in ("/me/profile", f"/me/people/{mia}", "/me/people/new", "/account", "/me/export", "/join-queue"):
        assert path in links(phone)


async def test_visits_have_pages(phone: User, clinic: Clinic, asha: Actor) -> None:
    for _ in range(21):
        clinic.do(Verb.CANCEL, clinic.join("Asha Rao", actor=asha), reason="patient_left")
    await phone.open("/me")
    await sees(phone, "All past visits")
    assert "A16 · Asha Rao" not in words_on(phone)
    await phone.open("/me/visits")
    assert "A2" in words_on(phone).split()
    older = next(path for path in links(phone) if "before=" in path)
    await phone.open(older)
    assert "A1" in words_on(phone).split()
    assert "A2" not in words_on(phone).split()
    for nonsense in ("x", "-1", "9" * 30):
        await phone.open(f"/me/visits?before={nonsense}")
        assert "A21" in words_on(phone).split()


async def test_a_profile_is_kept_and_checked(phone: User, clinic: Clinic) -> None:
    await phone.open("/me/profile")
    save(phone, phone="call me")
    await sees(phone, "Please check the phone number")
    save(phone, born="1990-13-40")
    await sees(phone, "Please check the date of birth.")
    save(
        phone, born="1990-05-17", allergies="Nuts", blood_group="O-", language="de", role="admin", user_id="1",
        **{"need-deaf": "on", "is_confidential": "on"},
    )  # fmt: skip
    await sees(phone, "Saved.")
    (asha,) = clinic.all(Patient)
    assert (asha.born, asha.allergies, asha.blood_group) == (BORN, "Nuts", "O-")
    assert (asha.needs, asha.language, asha.is_confidential) == (["deaf"], "de", True)
    await phone.open("/me/profile")
    assert fields_of(form(phone)).items() >= {"born": "1990-05-17", "allergies": "Nuts", "need-deaf": "on"}.items()
    assert [row.action for row in clinic.all(AuditRow) if row.action == "profile-read"]


async def test_two_windows_overwrite_nothing_unseen(phone: User, clinic: Clinic, asha: Actor) -> None:
    await phone.open("/me/profile")
    clinic.write(lambda s: profiles.change(s, actor=asha, wish=Profile(name="Asha Rao", phone="0664 1234")))
    save(phone, allergies="Nuts")
    await sees(phone, "This was changed in another window meanwhile: the phone number.")
    assert clinic.all(Patient)[0].allergies == ""
    assert fields_of(form(phone)).items() >= {"phone": "0664 1234", "allergies": "Nuts"}.items()
    save(phone)
    await sees(phone, "Saved.")
    assert (clinic.all(Patient)[0].phone, clinic.all(Patient)[0].allergies) == ("0664 1234", "Nuts")


async def test_a_person_is_added_and_taken_off(phone: User, clinic: Clinic, asha: Actor) -> None:
    await phone.open("/me/people/new")
    save(phone, name=" ")
    await sees(phone, "Please enter a name.")
    save(phone, name="Mia Rao")
    await until(lambda: people(clinic, asha) == ["Asha Rao", "Mia Rao"])
    await sees(phone, "Hello, Asha Rao")
    await phone.open(f"/me/people/{clinic.all(Patient)[0].id}")
    press(phone, "Take off my account")
    await sees(phone, "Take Mia Rao off your account?")
    press(phone, "Take off")
    await until(lambda: people(clinic, asha) == ["Asha Rao"])


async def test_pages_of_somebody_elses_people_do_not_exist(phone: User, clinic: Clinic, signed_in: SignIn) -> None:
    other = clinic.actor_of(clinic.add_user(Role.PATIENT, name="Omar Aziz"))
    theirs = add(clinic, other, "Canary Aziz")
    for asked in (theirs, 424242, "x", "-1", "9" * 30):
        answer = await phone.http_client.get(f"/me/people/{asked}")
        assert answer.status_code == 404
        assert "Canary" not in answer.text
    assert (await signed_in(other).http_client.get(f"/me/people/{theirs}")).status_code == 200


# ------------------------------------------------------------------------------------------------ who is it for?


async def test_joining_for_a_child_takes_the_childs_record(phone: User, clinic: Clinic, asha: Actor) -> None:
    mia = add(clinic, asha)
    page = (await phone.http_client.get("/join-queue")).text
    assert page.count('name="person"') == 3  # Asha, Mia, somebody else
    await phone.open("/join-queue")
    wish = {"doctor": clinic.doctor_id, "name": "Whatever", "person": mia}
    phone.find(JoinForm).trigger("join", wish)
    await until(lambda: reply(phone, Ticket))
    (entry,) = clinic.all(QueueEntry)
    assert entry.patient_id == mia
    await phone.open("/join-queue")
    phone.find(JoinForm).trigger("join", wish)
    await until(lambda: reply(phone, JoinForm))
    assert reply(phone, JoinForm)["errors"] == {"page": "You already have a ticket here: A1.", "ticket": entry.link}


async def test_nobody_joins_for_somebody_elses_child(
    phone: User, another: Callable[[], User], clinic: Clinic, signed_in: SignIn
) -> None:
    other = clinic.actor_of(clinic.add_user(Role.PATIENT, name="Omar Aziz"))
    wish = {"doctor": clinic.doctor_id, "name": "", "person": add(clinic, other)}
    for browser, words in ((phone, "We can't find that person on your account."), (another(), "Please sign in first.")):
        await browser.open("/join-queue")
        browser.find(JoinForm).trigger("join", wish)
        await until(partial(reply, browser, JoinForm))
        assert reply(browser, JoinForm)["errors"] == {"page": words}
    assert clinic.all(QueueEntry) == []


@pytest.mark.parametrize("path", ["/join-queue", "/book?doctor=1"])
async def test_names_go_from_pages_for_all_when_the_sign_in_ends(
    phone: User, another: Callable[[], User], clinic: Clinic, asha: Actor, path: str
) -> None:
    add(clinic, asha)
    stranger = another()
    told: list[tuple[str, str]] = []
    for name, browser in (("family", phone), ("stranger", stranger)):
        await browser.open(path)
        assert browser.client
        browser.client.run_javascript = lambda code, name=name, **_: told.append((name, code))  # type: ignore[assignment, method-assign]
    await eviction._look()
    assert told == []
    clinic.write(lambda s: sign_ins.end_all_sessions(s, asha.user_id or 0))
    await eviction._look()
    assert set(told) == {("family", eviction.RELOAD)}
    phone.http_client.cookies.clear()
    assert "Mia" not in (await phone.http_client.get(path)).text


async def test_without_a_sign_in_nobody_is_offered(user: User, clinic: Clinic, asha: Actor) -> None:
    add(clinic, asha, "Canary Rao")
    page = (await user.http_client.get("/join-queue")).text
    assert "Canary" not in page
    assert 'name="person"' not in page


# ------------------------------------------------------------------------------------------------ claim


@pytest.fixture
def claim(clinic: Clinic) -> str:
    known = clinic.join("Canary Nightingale", born=BORN).patient_id
    return clinic.write(lambda s: "/claim/" + claims.offer(s, actor=clinic.admin, patient_id=known))


async def test_a_record_comes_to_the_account(phone: User, clinic: Clinic, claim: str, asha: Actor) -> None:
    for _ in range(3):
        assert "Canary" not in (await phone.http_client.get(claim, follow_redirects=True)).text
    await phone.open(claim)
    await sees(phone, "Add C… N… to your account?")
    save(phone, born="")
    await sees(phone, "That is not the date of birth we know. You can try 4 more times.")
    save(phone, born="1990-05-17", who="family")
    await until(lambda: people(clinic, asha) == ["Asha Rao", "Canary Nightingale"])
    again = await phone.http_client.get(claim, follow_redirects=True)
    assert (again.status_code, "used already" in again.text) == (409, True)


async def test_too_many_wrong_tries_end_the_link(phone: User, clinic: Clinic, claim: str) -> None:
    await phone.open(claim)
    for left in (4, 3, 2):
        save(phone, born="1990-01-01")
        await sees(phone, f"You can try {left} more times.")
    save(phone, born="1990-01-01")
    await sees(phone, "You can try once more.")
    save(phone, born="1990-01-01")
    await sees(phone, "That was wrong too often.")
    save(phone, born="1990-05-17")
    await sees(phone, "There were too many wrong tries.")
    assert all(patient.user_id is None for patient in clinic.all(Patient))


async def test_the_link_of_a_claim_stays_in_no_address(user: User, clinic: Clinic, claim: str) -> None:
    answer = await user.http_client.get(claim, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/claim")
    assert answer.headers["referrer-policy"] == "no-referrer"
    login = await user.http_client.get("/claim", follow_redirects=False)
    assert login.headers["location"] == "/login?next=%2Fclaim"
    assert claim.rpartition("/")[2] not in (await user.http_client.get(login.headers["location"])).text


async def test_without_a_link_there_is_nothing_to_claim(phone: User, clinic: Clinic) -> None:
    for path in ("/claim", "/claim/no-token"):
        answer = await phone.http_client.get(path, follow_redirects=True)
        assert (answer.status_code, "We can&#x27;t find that link" in answer.text) == (404, True)


async def test_whoever_has_no_account_comes_back_to_the_link(user: User, clinic: Clinic, claim: str) -> None:
    await user.http_client.get(claim, follow_redirects=False)
    answer = await user.http_client.get("/claim", follow_redirects=False)
    login = answer.headers["location"]
    page = (await user.http_client.get(login)).text
    register = login.replace("/login", "/register")
    assert register.replace("&", "&amp;") in page or register in page
    sent = {"name": "Canary", "email": "canary@clinic.test", "password": "a long enough sentence", "next": "/claim"}
    made = await user.http_client.post("/register", data=sent, follow_redirects=False)
    assert dict(made.next_request.url.params) == {"done": "register", "next": "/claim"}  # type: ignore[union-attr]
