"""Guessing, planting and stealing: what somebody who should not come in finds at the sign-in."""

import asyncio
import threading
from collections.abc import Callable
from time import perf_counter
from typing import Any

import httpx
import pytest
from nicegui.testing import User

from app.models import AuditRow, Outcome, Role, UserSession
from app.services import accounts, passwords, sign_ins
from app.settings import settings
from app.web import actions, sessions
from tests.factories import ADMIN, PASSWORD, Clinic
from tests.pages.test_login import HOMES, post, sign_in_as
from tests.pages.waiting import until

HOME = HOMES[Role.ADMIN]
WRONG, WAIT = "/login?error=wrong", "/login?error=wait&minutes=1"


def tries(clinic: Clinic) -> list[AuditRow]:
    return [row for row in clinic.all(AuditRow) if row.action == "sign-in"]


def hashed_in(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the threads that hash, from now on."""
    threads: list[str] = []
    real = passwords._hasher.verify

    def verify(*given: Any, **more: Any) -> bool:
        threads.append(threading.current_thread().name)
        return bool(real(*given, **more))

    monkeypatch.setattr(passwords._hasher, "verify", verify)
    return threads


async def fill_the_bucket(browser: User, email: str = ADMIN) -> None:
    for _ in range(5):
        assert await sign_in_as(browser, email, "a wrong guess") == WRONG
    assert await sign_in_as(browser, email) == WAIT


async def test_strangers_cannot_keep_the_owner_out(user: User, clinic: Clinic, another: Callable[[], User]) -> None:
    """The browser that somebody has used before has tries of its own."""
    assert await sign_in_as(user, ADMIN) == HOME
    await post(user, "/logout")
    await fill_the_bucket(another())
    assert await sign_in_as(another(), ADMIN) == WAIT, "a browser that nobody knows has to wait"
    assert await sign_in_as(user, ADMIN, "a typing error") == WRONG
    assert await sign_in_as(user, ADMIN) == HOME


async def test_a_known_device_is_known_for_its_own_accounts(
    user: User, clinic: Clinic, another: Callable[[], User]
) -> None:
    clinic.add_user(Role.NURSE, email="nina@clinic.test")
    mallory = another()
    assert await sign_in_as(mallory, "nina@clinic.test") == "/reception"
    await fill_the_bucket(another())
    assert await sign_in_as(mallory, ADMIN) == WAIT


async def test_a_device_cookie_cannot_be_made(user: User, clinic: Clinic, another: Callable[[], User]) -> None:
    assert await sign_in_as(user, ADMIN) == HOME
    real = user.http_client.cookies["mediqueue-known"]
    name, known, signature = real.split(".")
    await fill_the_bucket(another())
    for forged in (f"other.{known}.{signature}", f"{name}.{known}-abc.{signature}", f"{name}.{known}.", "..", "é", ""):
        browser = another()
        browser.http_client.cookies.set("mediqueue-known", forged.encode("ascii", "ignore").decode())
        assert await sign_in_as(browser, ADMIN) == WAIT
    thief = another()
    thief.http_client.cookies.set("mediqueue-known", real)
    assert await sign_in_as(thief, ADMIN, "a wrong guess") == WRONG, "it opens nothing by itself"


async def test_a_known_device_has_to_wait_too(user: User, clinic: Clinic, another: Callable[[], User]) -> None:
    await sign_in_as(user, ADMIN)
    await post(user, "/logout")
    await fill_the_bucket(user)
    assert await sign_in_as(another(), ADMIN) == HOME, "and keeps nobody else out"


async def test_what_was_tried_is_in_the_audit(user: User, clinic: Clinic) -> None:
    gone = clinic.add_user(Role.NURSE, email="gone@clinic.test", name="Gone")
    for email in (ADMIN, "nobody@clinic.test", "gone@clinic.test"):
        await sign_in_as(user, email, "a wrong guess")
    await sign_in_as(user, ADMIN)
    await until(lambda: len(tries(clinic)) == 4)
    found = {(row.object_id, row.outcome, row.reason) for row in tries(clinic)}
    assert {(clinic.admin.user_id, Outcome.DENIED, "wrong_sign_in"), (None, Outcome.DENIED, "wrong_sign_in"),
            (gone, Outcome.DENIED, "wrong_sign_in")} <= found  # fmt: skip
    done = [row for row in tries(clinic) if row.outcome is Outcome.DONE]
    assert [(row.actor_id, row.kind, row.reason) for row in done] == [(clinic.admin.user_id, "session", "password")]
    assert not any("nobody@" in repr(row) for row in clinic.all(AuditRow))


async def test_everything_that_is_wrong_takes_one_hash(
    user: User, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hash is what takes time. Counting hashes says the same as a clock, and always says it."""
    hashes = hashed_in(monkeypatch)
    clinic.write(
        lambda s: accounts.create(s, email="invited@clinic.test", name="In", role=Role.NURSE, password_hash="")
    )
    for email in (ADMIN, "nobody@clinic.test", "invited@clinic.test", "", "x" * 500):
        hashes.clear()
        assert await sign_in_as(user, email, "a wrong guess") == WRONG
        assert len(hashes) == 1, email


async def test_a_planted_cookie_is_never_adopted(user: User, clinic: Clinic, another: Callable[[], User]) -> None:
    for planted in ("planted-by-mallory", clinic.session_token(Role.PATIENT)):
        victim = another()
        victim.http_client.cookies.set(sessions.cookie_name(), planted)
        await sign_in_as(victim, ADMIN)
        cookies = [cookie.value for cookie in victim.http_client.cookies.jar if cookie.name == sessions.cookie_name()]
        assert cookies
        assert any(cookie != planted for cookie in cookies)
        mallory = another()
        mallory.http_client.cookies.set(sessions.cookie_name(), planted)
        answer = await mallory.http_client.get("/admin/users", follow_redirects=False)
        assert answer.headers["location"].startswith("/login")


async def test_each_sign_in_has_a_token_of_its_own_and_ends_the_one_before(user: User, clinic: Clinic) -> None:
    await sign_in_as(user, ADMIN)
    first = user.http_client.cookies[sessions.cookie_name()]
    await sign_in_as(user, ADMIN)
    assert user.http_client.cookies[sessions.cookie_name()] != first
    assert clinic.read(lambda s: sign_ins.who(s, first, settings().key)) is None


async def test_a_short_password_needs_the_second_step(user: User, clinic: Clinic) -> None:
    """It was chosen while the second step was on; an admin has switched that off since."""
    clinic.write(
        lambda s: accounts.create(
            s, email="short@clinic.test", name="S", role=Role.NURSE, password_hash=passwords.hashed_as_given("pq7-Kite")
        )
    )
    assert await sign_in_as(user, "short@clinic.test", "pq7-Kite") == "/login?error=short_password"
    assert await sign_in_as(user, "short@clinic.test", "pq7-Kitf") == WRONG


async def test_rest_says_how_long_to_wait(user: User, clinic: Clinic) -> None:
    said: list[httpx.Response] = [
        await user.http_client.post("/api/v1/session", json={"email": ADMIN, "password": "a wrong guess"})
        for _ in range(6)
    ]
    assert [answer.status_code for answer in said] == [401] * 5 + [429]
    assert 0 < int(said[-1].headers["retry-after"]) <= 60
    assert said[-1].json()["error"]["message"] == "Too many tries. Try again in 1 minute."


async def test_a_bearer_token_is_no_screen(user: User, clinic: Clinic) -> None:
    answer = await user.http_client.post("/api/v1/session", json={"email": ADMIN, "password": PASSWORD})
    assert answer.status_code == 200
    assert clinic.all(UserSession)[-1].for_machine


async def test_twenty_who_sign_in_at_once_do_not_stop_the_pages(
    user: User, clinic: Clinic, another: Callable[[], User], monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = hashed_in(monkeypatch)
    crowd = {f"crowd{number}@clinic.test": another() for number in range(20)}
    for email in crowd:
        clinic.add_user(Role.NURSE, email=email)
    all_of_them = asyncio.gather(*(sign_in_as(browser, email) for email, browser in crowd.items()))
    began, stops = perf_counter(), 0.0
    while not all_of_them.done():
        at = perf_counter()
        await asyncio.sleep(0.001)
        stopped = perf_counter() - at
        stops += stopped if stopped > 0.025 else 0  # one hash takes longer
    assert set(await all_of_them) == {"/reception"}
    assert len(threads) == 20
    assert {name.rpartition("_")[0] for name in threads} == {"hash"}
    assert stops < (perf_counter() - began) / 2, "hashing on the loop would be most of the time"


async def test_hashing_keeps_no_database_thread_busy(data_dir: object) -> None:
    """However many wait for a hash, and however slow it is, a load does not wait for them."""
    begun: list[int] = []
    release = threading.Event()

    def slow() -> None:
        begun.append(1)
        release.wait(10)

    waiting = [asyncio.create_task(actions.hashing(slow)) for _ in range(30)]
    try:
        assert await asyncio.wait_for(actions.on_thread(lambda: "loaded"), 5) == "loaded"
        assert 1 <= len(begun) <= actions.MOST_HASHES <= 4
    finally:
        release.set()
        await asyncio.gather(*waiting)
