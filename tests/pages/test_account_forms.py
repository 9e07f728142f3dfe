"""Registering, forgotten passwords and links, as a browser meets them."""

from collections.abc import Callable

import httpx
import pytest
from nicegui.testing import User

from app.api import account_forms
from app.models import Message, OneTimeLink, Role, UserSession
from app.models import User as Account
from app.services import accounts, invitations, passwords
from app.services.policy import Actor
from app.settings import settings
from app.web import limits
from tests.factories import ADMIN, PASSWORD, Clinic, Clock
from tests.pages.looking import form_with, led_to, page_of, press, sees, send, words_on
from tests.pages.test_login import post, sign_in_as
from tests.pages.waiting import until

NEW_PASSWORD = "another sentence of mine"
NINA = {"name": "Nina Berg", "email": "0660 1234567", "password": PASSWORD}


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_forms, "AT_LEAST", 0)


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIQUEUE_SMTP_URL", "smtp://localhost:1")
    monkeypatch.setenv("MEDIQUEUE_MAIL_FROM", "queue@clinic.test")
    settings.cache_clear()


def invite(clinic: Clinic, handle: str = "sam@clinic.test", role: Role = Role.NURSE) -> str:
    """The path of an invitation's link."""
    made = clinic.write(lambda s: invitations.invite(s, actor=clinic.admin, handle=handle, name="Sam", role=role))
    return made.link.removeprefix(settings().public_url)


async def open_link(browser: User, path: str) -> httpx.Response:
    return await browser.http_client.get(path, follow_redirects=False)


def account_of(clinic: Clinic, handle: str = "sam@clinic.test") -> Account:
    found = clinic.read(lambda s: accounts.by_handle(s, handle))
    assert found
    return found


async def choose(browser: User, clinic: Clinic, password: str = NEW_PASSWORD, **more: str) -> str:
    sent = {"account": str(account_of(clinic).id), "password": password} | more
    answer = await post(browser, "/password", sent)
    assert answer.status_code == 303
    return answer.headers["location"]


def seen(answer: httpx.Response) -> dict[str, object]:
    """All that somebody can tell from an answer, but for its id and date."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "date")}
    return {"status": answer.status_code, "body": answer.text, **headers}


# ------------------------------------------------------------------------------------------------------- registering


async def test_a_patient_registers_signs_in_and_lands_on_their_page(user: User, clinic: Clinic) -> None:
    await user.open("/register")
    await sees(user, "Make your account")
    answer = await post(user, "/register", NINA)
    assert answer.headers["location"] == "/login?done=register"
    await user.open(answer.headers["location"])
    await sees(user, "Thank you. Please sign in now.")
    assert await sign_in_as(user, "+43 0660", PASSWORD) == "/login?error=wrong"
    assert await sign_in_as(user, "0660-1234567", PASSWORD) == "/me"
    assert (await open_link(user, "/register")).headers["location"] == "/me"


async def test_nobody_learns_who_has_an_account(user: User, clinic: Clinic) -> None:
    free = await post(user, "/register", NINA)
    again = await post(user, "/register", NINA)
    taken = await post(user, "/register", NINA | {"email": ADMIN, "password": "a sentence of somebody else"})
    assert seen(free) == seen(again) == seen(taken)
    assert await sign_in_as(user, ADMIN, "a sentence of somebody else") == "/login?error=wrong"
    assert (await sign_in_as(user, ADMIN)).startswith("/admin")


async def test_nobody_learns_it_by_mail_either(user: User, clinic: Clinic, mail: None) -> None:
    answers = [await post(user, "/register", NINA | {"email": email}) for email in ("nina@home.test", ADMIN)]
    answers += [await post(user, "/register", NINA | {"email": "nina@home.test", "password": ""})]
    assert [seen(answer) for answer in answers] == [seen(answers[0])] * 3
    assert answers[0].headers["location"] == "/register?done=mail"
    await user.open("/register?done=mail")
    await sees(user, "Please look into your mail")
    asked = [await post(user, "/forgot", {"email": email}) for email in (ADMIN, "nobody@clinic.test", "", "x" * 9000)]
    assert [seen(answer) for answer in asked] == [seen(asked[0])] * 4
    assert [message.recipient for message in clinic.all(Message)] == ["nina@home.test", ADMIN, "nina@home.test", ADMIN]


async def test_every_answer_takes_the_same_time(
    user: User, clinic: Clinic, mail: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(account_forms, "AT_LEAST", 0.4)
    monkeypatch.setattr(account_forms, "sleep", sleep)
    for email in ("nina@home.test", ADMIN, "+436601234567"):
        await post(user, "/register", NINA | {"email": email})
        await post(user, "/forgot", {"email": email})
    assert waited == [0.4] * 6


@pytest.mark.parametrize(
    ("changed", "code", "sentence"),
    [
        ({"password": "short"}, "short", "at least 15 letters"),
        ({"password": "nina berg nina berg"}, "easy", "easy to guess"),
        ({"password": "sample clinic 2026"}, "easy", "easy to guess"),
        ({"password": "x" * 300}, "long", "at most 256 letters"),
        ({"email": "nina"}, "bad_phone", "check the phone number"),
        ({"email": "nina@"}, "bad_email", "check the e-mail"),
        ({"name": " "}, "missing", "Something is missing"),
    ],
)
async def test_what_is_wrong_is_said(
    user: User, clinic: Clinic, changed: dict[str, str], code: str, sentence: str
) -> None:
    answer = await post(user, "/register", NINA | changed)
    assert answer.headers["location"] == f"/register?error={code}"
    await user.open(answer.headers["location"])
    await sees(user, sentence)


async def test_a_code_in_the_address_is_only_looked_up(user: User, clinic: Clinic, mail: None) -> None:
    for path in ("/register", "/forgot", "/login"):
        await user.open(f"{path}?error=<script>alert(1)</script>")
        assert "script" not in words_on(user)


async def test_a_clinic_may_make_all_accounts_itself(user: User, clinic: Clinic) -> None:
    clinic.rules(patients_may_register=False)
    await user.open("/register")
    await sees(user, "At this clinic the desk makes accounts.")
    await user.open("/login")
    assert "Make an account" not in words_on(user)
    answer = await post(user, "/register", NINA)
    assert answer.headers["location"] == "/register?error=registration_closed"
    assert len(clinic.all(Account)) == 2


@pytest.mark.parametrize("path", ["/register", "/forgot"])
async def test_nobody_tries_many_numbers(user: User, clinic: Clinic, mail: None, path: str) -> None:
    most = limits.RATES[f"{path[1:]}-address"].amount
    said = [(await post(user, path, {"email": f"{number}@home.test", "name": "N"})) for number in range(most + 1)]
    assert {answer.headers["location"] for answer in said[:-1]} == {f"{path}?done=mail"}
    assert said[-1].headers["location"] == f"{path}?error=wait"


async def test_one_mailbox_gets_few_mails(user: User, clinic: Clinic, mail: None) -> None:
    for _ in range(8):
        await post(user, "/forgot", {"email": ADMIN})
        await post(user, "/forgot", {"email": f" {ADMIN.upper()}"})
    assert len(clinic.all(Message)) == limits.RATES["forgot"].amount


async def test_without_a_mail_server_the_desk_helps(user: User, clinic: Clinic) -> None:
    await user.open("/forgot")
    await sees(user, "Please ask at the desk.")
    assert (await post(user, "/forgot", {"email": ADMIN})).headers["location"] == "/forgot?done=mail"
    assert clinic.all(OneTimeLink) == []


# ------------------------------------------------------------------------------------------------------------- links


async def test_an_invited_person_chooses_a_password_and_is_in(user: User, clinic: Clinic) -> None:
    link = invite(clinic)
    for _ in range(3):
        opened = await open_link(user, link)
        assert (opened.status_code, opened.headers["location"]) == (303, "/password"), "the token leaves the address"
        assert opened.headers["referrer-policy"] == "no-referrer"
        assert opened.headers["cache-control"] == "no-store"
        cookie = opened.headers["set-cookie"].lower()
        assert all(word in cookie for word in ("httponly", "samesite=lax", "path=/"))
    await user.open("/password")
    await sees(user, "Hello Sam. You sign in with this:")
    assert link.rsplit("/", 1)[1] not in words_on(user)
    assert await choose(user, clinic, "short") == "/password?error=short"
    assert await choose(user, clinic, "Sample Clinic Sam!") == "/password?error=easy"
    await user.open("/password?error=easy")
    await sees(user, "easy to guess")
    assert await choose(user, clinic) == "/reception"
    assert (await user.http_client.get("/reception", follow_redirects=False)).status_code == 200
    assert (await open_link(user, "/password")).headers["location"] == "/reception", "back in the browser"
    assert passwords.verified(account_of(clinic), NEW_PASSWORD).name == "Sam"


async def test_sent_twice_the_second_one_only_signs_in(user: User, clinic: Clinic) -> None:
    link = invite(clinic)
    await open_link(user, link)
    await choose(user, clinic)
    await open_link(user, link)
    assert await choose(user, clinic) == "/reception"
    assert await choose(user, clinic, "yet another sentence of mine") == "/password"
    assert passwords.verified(account_of(clinic), NEW_PASSWORD).name == "Sam"


async def test_a_link_that_ended_says_so(user: User, clinic: Clinic, clock: Clock) -> None:
    link = invite(clinic)
    for path in ("/password/unknown-unknown-unknown", "/password/%0d%0aX-Y:1", "/password/" + "a" * 500):
        assert (await open_link(user, path)).headers["location"] == "/password"
        answer = await user.http_client.get("/password")
        assert answer.status_code == 404
        assert "We can&#x27;t find this link." in answer.text
    await open_link(user, link)
    clock.forward(days=8)
    answer = await user.http_client.get("/password")
    assert (answer.status_code, "This link is too old." in answer.text) == (409, True)
    assert await choose(user, clinic) == "/password"


async def test_a_form_of_another_link_sets_nobodys_password(user: User, clinic: Clinic) -> None:
    await open_link(user, invite(clinic))
    await open_link(user, invite(clinic, "boss@clinic.test", Role.ADMIN))
    assert await choose(user, clinic) == "/password?error=other"
    assert account_of(clinic, "boss@clinic.test").password_hash == ""
    assert account_of(clinic).password_hash == ""


async def test_a_new_password_signs_everybody_else_out(
    user: User, clinic: Clinic, signed_in: Callable[[Actor | Role], User]
) -> None:
    nurse_id = clinic.add_user(Role.NURSE, email="sam@clinic.test")
    elsewhere = signed_in(clinic.actor_of(nurse_id))
    await elsewhere.open("/reception")
    tab = led_to(elsewhere)
    made = clinic.write(lambda s: invitations.new_link(s, actor=clinic.admin, user_id=nurse_id))
    await open_link(user, made.link.removeprefix(settings().public_url))
    await user.open("/password")
    await sees(user, "You are signed out everywhere else.")
    assert await choose(user, clinic) == "/reception"
    await until(lambda: bool(tab))
    assert tab[0].startswith("/login")
    mine = [row for row in clinic.all(UserSession) if row.user_id == nurse_id and not row.ended_at]
    assert len(mine) == 1


async def test_a_link_does_not_go_round_the_second_step(user: User, clinic: Clinic) -> None:
    link = invite(clinic)
    clinic.write(lambda s: setattr(s.get_one(Account, account_of(clinic).id), "totp", "{}"))
    await open_link(user, link)
    await user.open("/password")
    await sees(user, "At least 8 letters")
    assert await choose(user, clinic, "tr0ubled&3") == "/login/code"
    assert not [row for row in clinic.all(UserSession) if row.user_id == account_of(clinic).id]


async def test_other_sites_can_not_choose_a_password(user: User, clinic: Clinic) -> None:
    await open_link(user, invite(clinic))
    sent = {"account": str(account_of(clinic).id), "password": NEW_PASSWORD}
    for path in ("/password", "/register", "/forgot"):
        answer = await post(user, path, sent, {"sec-fetch-site": "cross-site"})
        assert answer.status_code == 403
    assert account_of(clinic).password_hash == ""


# --------------------------------------------------------------------------------------------------- the admin's side


@pytest.fixture
def admin(signed_in: Callable[[Actor | Role], User]) -> User:
    return signed_in(Role.ADMIN)


def shown_link(browser: User) -> str:
    found = [element for element in page_of(browser).descendants() if element.props.get("aria-label") == "Link"]
    return str(found[0].props["^value"]) if found else ""


async def test_an_admin_invites_and_hands_the_link_over(clock: Clock, admin: User, user: User, clinic: Clinic) -> None:
    await admin.open("/admin/users?open=new")
    form = form_with(admin, "editor")
    send(admin, form, {"name": "Sam", "handle": "sam@clinic.test", "role": "nurse"})
    await sees(admin, "Give this link to Sam. It works once, for 7 days.")
    await sees(admin, "Invited until 17 Mar 2026")
    first = shown_link(admin)
    press(admin, "New invitation link")
    await until(lambda: shown_link(admin) not in ("", first))
    path = shown_link(admin).removeprefix(settings().public_url)
    await open_link(user, first.removeprefix(settings().public_url))
    assert (await user.http_client.get("/password")).status_code == 409
    await open_link(user, path)
    assert await choose(user, clinic) == "/reception"
    await until(lambda: "Invited" not in words_on(admin))
    await admin.open(f"/admin/users?open={account_of(clinic).id}")
    await sees(admin, "Link for a new password")
    assert shown_link(admin) == "", "a link is shown once"


async def test_a_patient_who_joins_the_staff_gets_a_link_from_the_admin(admin: User, clinic: Clinic) -> None:
    user_id = clinic.add_user(Role.PATIENT, email="sam@clinic.test", name="Sam")
    await admin.open(f"/admin/users?open={user_id}")
    await sees(admin, "A patient who joins the staff chooses a new password")
    send(admin, form_with(admin, "editor"), {"name": "Sam", "role": "doctor"})
    await sees(admin, "Give this link to Sam. It works once, for 7 days.")
    assert "/password/" in shown_link(admin)
    assert account_of(clinic).password_hash == ""


async def test_an_admin_finds_no_way_round_the_own_password(admin: User, clinic: Clinic) -> None:
    clinic.write(lambda s: setattr(s.get_one(Account, clinic.admin.user_id), "totp", "{}"))
    await admin.open(f"/admin/users?open={clinic.admin.user_id}")
    await sees(admin, "Sign out everywhere")
    assert "Link for a new password" not in words_on(admin)
    assert "Switch the second step off" not in words_on(admin)


async def test_an_admin_ends_sessions_and_switches_a_second_step_off(admin: User, clinic: Clinic) -> None:
    nurse_id = clinic.add_user(Role.NURSE, email="sam@clinic.test", name="Sam")
    clinic.write(lambda s: setattr(s.get_one(Account, nurse_id), "totp", "{}"))
    clinic.session_token(Actor(clinic.admin.kind, user_id=nurse_id))
    await admin.open(f"/admin/users?open={nurse_id}")
    await sees(admin, "Second step")
    press(admin, "Sign out everywhere")
    await sees(admin, "Sam is signed out of 1 place.")
    press(admin, "Switch the second step off…")
    await sees(admin, "Switch off the second step of Sam?")
    press(admin, "Switch it off")
    await sees(admin, "Sam signs in with the password only.")
    assert account_of(clinic).totp is None
