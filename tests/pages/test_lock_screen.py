"""A screen that somebody left: every page of that sign-in is hidden until the password is given."""

from collections.abc import Callable

import httpx
import pytest
from nicegui import core
from nicegui.testing import User

from app.models import AuditRow, Role
from app.services import locking, sign_ins
from app.services.policy import Actor
from app.settings import settings
from app.web import activity, eviction, sessions
from app.web.actions import LOCK_PAGE
from tests.factories import PASSWORD, Clinic, Clock
from tests.pages.looking import led_to, sees, words_on
from tests.pages.test_login import post
from tests.pages.waiting import until


@pytest.fixture
def tab(another: Callable[[], User], clinic: Clinic) -> Callable[[str], User]:
    """`tab(token)` is one more tab of the browser that holds this token."""

    def make(token: str) -> User:
        browser = another()
        browser.http_client.cookies.set(sessions.cookie_name(), token)
        return browser

    return make


def at_screen(clinic: Clinic, role: Role) -> tuple[str, Actor]:
    """Somebody who has signed in with a browser, so that it can be left."""
    user_id = clinic.add_user(role, name="Nina Nurse")
    token = clinic.write(lambda s: sign_ins.open_session(s, user_id, settings().key)[0])
    me = clinic.read(lambda s: sign_ins.who(s, token, settings().key))
    assert me
    return token, me.actor


def hidden(browser: User) -> list[str]:
    """What the server has the page's browser run from now on."""
    scripts: list[str] = []
    assert browser.client
    browser.client.run_javascript = lambda code, **_: scripts.append(code)  # type: ignore[method-assign,assignment]
    return scripts


async def where(browser: User, path: str) -> str:
    return str((await browser.http_client.get(path, follow_redirects=False)).headers.get("location", ""))


async def test_every_page_is_hidden_and_comes_back(user: User, clinic: Clinic, tab: Callable[[str], User]) -> None:
    clinic.join("Ann Lee")
    token, _ = at_screen(clinic, Role.NURSE)
    first, second = tab(token), tab(token)
    await first.open("/reception")
    await second.open(f"/doctor/{clinic.doctor_id}")
    scripts = hidden(first), hidden(second)
    answer = await post(first, "/lock", headers={"referer": "http://test/reception?x=1"})
    assert answer.headers["location"] == "/locked?next=%2Freception%3Fx%3D1"
    await until(lambda: all(LOCK_PAGE in each for each in scripts))

    assert await where(first, "/reception?x=1") == "/locked?next=%2Freception%3Fx%3D1"
    assert (await first.http_client.get("/api/v1/queues/1")).status_code == 401
    await second.open(f"/locked?next=/doctor/{clinic.doctor_id}")
    await sees(second, "Is it still Nina Nurse?")
    assert "Ann Lee" not in words_on(second)
    other_tab = led_to(second)

    again = await post(first, "/unlock", {"password": "not it", "next": "/reception"})
    assert again.headers["location"] == "/locked?error=wrong&next=%2Freception"
    back = await post(first, "/unlock", {"password": PASSWORD, "next": "/reception?x=1"})
    assert back.headers["location"] == "/reception?x=1"
    assert sessions.cookie_name() in back.headers["set-cookie"]
    await until(lambda: other_tab == [f"/doctor/{clinic.doctor_id}"])
    assert await where(tab(token), "/reception") == "/login?next=%2Freception", "the old token is worth nothing"


async def test_a_screen_nobody_uses_is_locked(
    user: User, clock: Clock, clinic: Clinic, tab: Callable[[str], User]
) -> None:
    token, _ = at_screen(clinic, Role.RECEPTION)
    desk = tab(token)
    await desk.open("/reception")
    scripts = hidden(desk)
    clock.forward(minutes=14)
    clinic.join("Ann Lee")  # the page draws itself again; nobody is there
    await sees(desk, "Ann Lee")
    clock.forward(minutes=1)
    await eviction._look()
    assert LOCK_PAGE in scripts
    row = next(row for row in clinic.all(AuditRow) if row.action == "lock")
    assert row.reason == "idle"


@pytest.mark.parametrize(("message", "stays"), [("event", True), ("ack", False), ("javascript_response", False)])
async def test_who_clicks_stays(
    user: User, clock: Clock, clinic: Clinic, tab: Callable[[str], User], message: str, stays: bool
) -> None:
    """Only `event` is somebody's hand; a browser answers and confirms by itself."""
    token, _ = at_screen(clinic, Role.RECEPTION)
    desk = tab(token)
    await desk.open("/reception")
    assert desk.client
    scripts = hidden(desk)
    said = {"client_id": desk.client.id, "id": 999_999, "listener_id": "", "args": [], "request_id": "", "result": 1}
    for _ in range(3):
        clock.forward(minutes=14)
        core.sio.handlers["/"][message]("test-sid", said)
        await activity._write_due()
        await eviction._look()
    assert (LOCK_PAGE not in scripts) is stays


async def test_clicks_are_written_together(
    user: User, clock: Clock, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one after a pause at once, then all of a quarter of a minute together."""
    activity.stop()
    writes: list[dict[int, object]] = []
    monkeypatch.setattr(locking, "touch", lambda _, seen: writes.append(seen))
    for _ in range(60):
        activity.touch(7)
        await activity._write_due()
        clock.forward(seconds=1)
    assert 4 <= len(writes) <= 5
    clock.forward(minutes=2)
    activity.touch(7)
    await activity._write_due()
    assert 5 <= len(writes) <= 6


async def test_a_patient_who_is_away_signs_in_again(
    user: User, clock: Clock, clinic: Clinic, tab: Callable[[str], User]
) -> None:
    token, _ = at_screen(clinic, Role.PATIENT)
    phone = tab(token)
    await phone.open("/me")
    places = led_to(phone)
    clock.forward(minutes=30)
    await eviction._look()
    assert places == ["/login"]
    assert await where(phone, "/me") == "/login?next=%2Fme"


async def test_the_lock_screen_leads_only_to_this_site(user: User, clinic: Clinic, tab: Callable[[str], User]) -> None:
    assert await where(user, "/locked") == "/login"
    token, _ = at_screen(clinic, Role.NURSE)
    desk = tab(token)
    assert await where(desk, "/locked?next=//evil.example") == "/reception", "nothing is locked"
    answer = await post(desk, "/lock", headers={"referer": "http://test//evil.example"})
    assert httpx.URL(answer.headers["location"]).params["next"] == "/"
    for elsewhere in ("//evil.example", "https://evil.example", "javascript:alert(1)"):
        answer = await post(desk, "/unlock", {"password": PASSWORD, "next": elsewhere})
        assert answer.headers["location"] == "/reception"
        await post(desk, "/lock")


async def test_guessing_at_the_lock_screen_takes_longer_and_longer(
    user: User, clinic: Clinic, tab: Callable[[str], User]
) -> None:
    token, _ = at_screen(clinic, Role.NURSE)
    desk = tab(token)
    await post(desk, "/lock")
    said = [(await post(desk, "/unlock", {"password": "guess"})).headers["location"] for _ in range(6)]
    assert said == ["/locked?error=wrong"] * 5 + ["/locked?error=wait&minutes=1"]
    assert (await post(desk, "/unlock", {"password": PASSWORD})).headers["location"] == "/locked?error=wait&minutes=1"
    await desk.open("/locked?error=wait&minutes=10")
    await sees(desk, "Try again in 10 minutes.")
    denied = [row for row in clinic.all(AuditRow) if row.action == "unlock"]
    assert {row.reason for row in denied} == {"wrong_sign_in"}


async def test_somebody_else_signs_in_at_a_locked_screen(
    user: User, clinic: Clinic, tab: Callable[[str], User]
) -> None:
    token, _ = at_screen(clinic, Role.NURSE)
    clinic.add_user(Role.RECEPTION, email="rosa@clinic.test")
    desk = tab(token)
    await post(desk, "/lock")
    desk.http_client.cookies.clear()
    answer = await desk.http_client.post(
        "/login",
        data={"email": "rosa@clinic.test", "password": PASSWORD},
        headers={"cookie": f"{sessions.cookie_name()}={token}"},
        follow_redirects=False,
    )
    assert answer.headers["location"] == "/reception"
    assert clinic.read(lambda s: sign_ins.who(s, token, settings().key, even_locked=True)) is None


async def test_three_tabs_see_the_sign_in_after_a_demotion(
    user: User, clinic: Clinic, tab: Callable[[str], User]
) -> None:
    token, actor = at_screen(clinic, Role.NURSE)
    tabs = [tab(token) for _ in range(3)]
    for each in tabs:
        await each.open("/reception")
    places = [led_to(each) for each in tabs]
    assert actor.user_id
    user_id = actor.user_id
    clinic.write(lambda s: sign_ins.end_all_sessions(s, user_id))
    await until(lambda: all(place[:1] == ["/login"] for place in places), patience=2)
