"""One's own account: password, second step, and where one is signed in."""

from collections.abc import Callable

import pytest
from nicegui.testing import User
from passlib.totp import TOTP

from app.models import AuditRow, Role
from app.services import second_step, sign_ins
from app.services.policy import Actor
from app.settings import settings
from app.web import cookies, proving, sessions
from tests.factories import PASSWORD, Clinic, Clock
from tests.pages.looking import form_with, led_to, page_of, press, sees, send, text_of, words_on
from tests.pages.test_login import post, sign_in_as

EMAIL = "nina@clinic.test"
NEW = "purple otters juggle seven lemons"
SignedIn = Callable[[Actor | Role], User]


@pytest.fixture
def nurse_id(clock: Clock, clinic: Clinic) -> int:
    return clinic.add_user(Role.NURSE, email=EMAIL, name="Nina Nurse")


async def signed_in_here(browser: User, path: str = "/account") -> User:
    assert await sign_in_as(browser, EMAIL, next=path) == path
    await browser.open(path)
    return browser


def switched_on(clinic: Clinic, clock: Clock, user_id: int) -> tuple[TOTP, list[str]]:
    """The app on the phone of this person, and the recovery codes."""
    setup = second_step.new_key(EMAIL)
    app = TOTP(setup.text.replace(" ", ""))
    actor = clinic.actor_of(user_id)
    codes = clinic.write(lambda s: second_step.switch_on(s, actor=actor, secret=setup.secret, code=code_of(app, clock)))
    clock.forward(minutes=1)
    return app, codes


def code_of(app: TOTP, clock: Clock) -> str:
    return str(app.generate(clock.at).token)


async def change(browser: User, old: str, new: str) -> str:
    return str((await post(browser, "/account/password", {"old": old, "new": new})).headers["location"])


async def test_everybody_finds_their_account(user: User, clinic: Clinic, signed_in: SignedIn) -> None:
    for role in Role:
        browser = signed_in(role)
        await browser.open("/account")
        await sees(browser, "Where you are signed in")
        if role is not Role.PATIENT:
            assert any(element.props.get("href") == "/account" for element in page_of(browser).descendants())


async def test_a_new_password_signs_out_everywhere_else(
    user: User, clinic: Clinic, nurse_id: int, another: Callable[[], User]
) -> None:
    here, there = await signed_in_here(user), another()
    await sign_in_as(there, EMAIL)
    before = here.http_client.cookies[sessions.cookie_name()]
    assert await change(here, "not it", NEW) == "/account?error=wrong"
    assert await change(here, PASSWORD, "too short") == "/account?error=short"
    assert await change(here, PASSWORD, "nina nurse nina nurse") == "/account?error=easy"
    assert await change(here, PASSWORD, PASSWORD) == "/account?error=same"
    assert await change(here, PASSWORD, NEW) == "/account?done=password"
    assert here.http_client.cookies[sessions.cookie_name()] != before
    assert clinic.read(lambda s: sign_ins.who(s, before, settings().key)) is None
    await here.open("/account?done=password")
    await sees(here, "Your new password is saved.")
    gone = await there.http_client.get("/reception", follow_redirects=False)
    assert gone.headers["location"].startswith("/login")
    assert await sign_in_as(another(), EMAIL, NEW) == "/reception"


async def test_guessing_the_old_password_takes_longer_and_longer(user: User, clinic: Clinic, nurse_id: int) -> None:
    here = await signed_in_here(user)
    said = [await change(here, "a guess", NEW) for _ in range(6)]
    assert said == ["/account?error=wrong"] * 5 + ["/account?error=wait&minutes=1"]


async def test_without_a_sign_in_there_is_nothing_to_change(user: User, clinic: Clinic) -> None:
    assert (
        (await post(user, "/account/password", {"old": PASSWORD, "new": NEW})).headers["location"].startswith("/login")
    )


async def test_setting_up_the_second_step(user: User, clock: Clock, clinic: Clinic, nurse_id: int) -> None:
    here = await signed_in_here(user)
    press(here, "Set it up")
    await sees(here, "No camera?")
    key = next(
        text_of(element) for element in page_of(here).descendants() if element.tag == "b" and "num" in element.classes
    )
    app = TOTP(key.replace(" ", ""))
    send(here, form_with(here, "novalidate"), {"password": "not it", "code": code_of(app, clock)})
    await sees(here, "password is wrong.")
    send(here, form_with(here, "novalidate"), {"password": PASSWORD, "code": "000000"})
    await sees(here, "This code is not right.")
    send(here, form_with(here, "novalidate"), {"password": PASSWORD, "code": code_of(app, clock)})
    await sees(here, "Your recovery codes")
    press(here, "I have kept them")
    await sees(here, "You have 10 recovery codes left.")
    assert "I have kept them" not in words_on(here), "they are shown once"


async def test_signing_in_with_the_second_step(
    user: User, clock: Clock, clinic: Clinic, nurse_id: int, another: Callable[[], User]
) -> None:
    app, codes = switched_on(clinic, clock, nurse_id)
    assert (await user.http_client.get("/login/code", follow_redirects=False)).headers["location"] == "/login"
    assert await sign_in_as(user, EMAIL, next="/account") == "/login/code?next=%2Faccount"
    assert sessions.cookie_name() not in user.http_client.cookies, "the password alone opens nothing"
    await user.open("/login/code")
    await sees(user, "Your code")
    wrong = await post(user, "/login/code", {"code": "000000", "next": "/account"})
    assert wrong.headers["location"] == "/login/code?error=wrong_code&next=%2Faccount"
    right = await post(user, "/login/code", {"code": code_of(app, clock), "next": "/account"})
    assert right.headers["location"] == "/account"
    assert cookies.named(proving.PENDING) not in user.http_client.cookies
    other = another()
    await sign_in_as(other, EMAIL)
    assert (await post(other, "/login/code", {"code": codes[0]})).headers["location"] == "/reception"
    denied = [(row.object_id, row.reason) for row in clinic.all(AuditRow) if row.action == "sign-in"]
    assert denied == [(nurse_id, "wrong_code"), denied[1], denied[2]]
    assert [reason for _, reason in denied[1:]] == ["code", "recovery-code"]


async def test_the_code_has_to_come_soon_and_from_the_same_browser(
    user: User, clock: Clock, clinic: Clinic, nurse_id: int, another: Callable[[], User]
) -> None:
    app, _ = switched_on(clinic, clock, nurse_id)
    await sign_in_as(user, EMAIL)
    name = cookies.named(proving.PENDING)
    pending = user.http_client.cookies[name]
    late = "/login?error=code_late"

    async def send_code(value: str) -> str:
        browser = another()
        browser.http_client.cookies.set(name, value)
        answer = await post(browser, "/login/code", {"code": code_of(app, clock)})
        return str(answer.headers["location"])

    user_id, ends, state, mark = pending.split(".")
    for forged in (
        "",
        f"{user_id}.{int(ends) + 600}.{state}.{mark}",
        f"{int(user_id) + 1}.{ends}.{state}.{mark}",
        f"{user_id}.{ends}.{state}.",
        f"{user_id}.{ends}.{state}",
        "x.y.z",
    ):
        assert await send_code(forged) == late
    clock.forward(minutes=6)
    assert await send_code(pending) == late


async def test_guessing_codes_takes_longer_and_longer(
    user: User, clock: Clock, clinic: Clinic, nurse_id: int, another: Callable[[], User]
) -> None:
    _app, _ = switched_on(clinic, clock, nurse_id)
    said = []
    for browser in (user, another()):  # a second browser does not help
        assert await sign_in_as(browser, EMAIL) == "/login/code"
        said += [(await post(browser, "/login/code", {"code": "000000"})).headers["location"] for _ in range(3)]
    assert said == ["/login/code?error=wrong_code"] * 5 + ["/login/code?error=wait&minutes=1"]


async def test_rest_asks_for_the_code(user: User, clock: Clock, clinic: Clinic, nurse_id: int) -> None:
    app, _ = switched_on(clinic, clock, nurse_id)

    async def ask(**more: str) -> tuple[int, str]:
        answer = await user.http_client.post("/api/v1/session", json={"email": EMAIL, "password": PASSWORD, **more})
        return answer.status_code, answer.json().get("error", {}).get("code", "")

    assert await ask() == (401, "code_needed")
    assert await ask(password="wrong") == (401, "wrong_sign_in")
    assert await ask(code="000000") == (401, "wrong_code")
    assert await ask(code=code_of(app, clock)) == (200, "")


async def test_staff_who_need_it_find_only_the_way_to_it(
    user: User, clock: Clock, clinic: Clinic, nurse_id: int
) -> None:
    clinic.rules(staff_need_code=True)
    assert await sign_in_as(user, EMAIL, next="/reception") == "/account"
    for path in ("/reception", f"/doctor/{clinic.doctor_id}"):
        assert (await user.http_client.get(path, follow_redirects=False)).headers["location"] == "/account"
    assert (await user.http_client.get("/api/v1/queues/1")).status_code == 403
    await user.open("/account")
    await sees(user, "Your clinic asks all staff for a second step.")
    assert "Where you are signed in" not in words_on(user)
    places = led_to(user)
    press(user, "Set it up")
    await sees(user, "No camera?")
    key = next(
        text_of(element) for element in page_of(user).descendants() if element.tag == "b" and "num" in element.classes
    )
    code = code_of(TOTP(key.replace(" ", "")), clock)
    send(user, form_with(user, "novalidate"), {"password": PASSWORD, "code": code})
    await sees(user, "Your recovery codes")
    assert places == []
    assert (await user.http_client.get("/reception", follow_redirects=False)).status_code == 200


async def test_switching_it_off_asks_for_password_and_code(
    user: User, clock: Clock, clinic: Clinic, nurse_id: int
) -> None:
    _app, codes = switched_on(clinic, clock, nurse_id)
    await sign_in_as(user, EMAIL)
    await post(user, "/login/code", {"code": codes[0]})
    await user.open("/account")
    press(user, "Switch it off")
    await sees(user, "To switch it off")
    for password, code, sentence in (
        ("not it", codes[1], "password is wrong."),
        (PASSWORD, "000000", "This code is not right."),
        (PASSWORD, codes[1], "The second step is off."),
    ):
        send(user, form_with(user, "novalidate"), {"password": password, "code": code})
        await sees(user, sentence)
    await sees(user, "Set it up")


async def test_the_own_sign_ins_are_listed_and_ended(
    user: User, clinic: Clinic, nurse_id: int, another: Callable[[], User]
) -> None:
    there = another()
    there.http_client.headers["user-agent"] = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/18.1 Mobile/15E148 Safari/604.1"
    )
    await sign_in_as(there, EMAIL)
    here = await signed_in_here(user)
    await sees(here, "Safari on iPhone")
    assert "This one" in words_on(here)
    press(here, "Sign out everywhere else")
    await sees(here, "You are signed in only here now.")
    assert "Safari on iPhone" not in words_on(here)
    gone = await there.http_client.get("/reception", follow_redirects=False)
    assert gone.headers["location"].startswith("/login")
