"""Signing in and out in a browser: plain form posts, a cookie, and pages that outlive the sign-in."""

from collections.abc import Callable

import httpx
import pytest
from nicegui.testing import User

from app.models import Role
from app.services import accounts
from app.services.policy import Actor
from app.web import sessions
from tests.factories import ADMIN, PASSWORD, Clinic
from tests.pages.looking import led_to, sees, words_on
from tests.pages.waiting import until

HOMES = {Role.ADMIN: "/admin", Role.RECEPTION: "/reception", Role.NURSE: "/reception", Role.PATIENT: "/me"}


async def post(
    browser: User, path: str, fields: dict[str, str] | None = None, headers: dict[str, str] | None = None
) -> httpx.Response:
    return await browser.http_client.post(path, data=fields, headers=headers, follow_redirects=False)


async def sign_in_as(browser: User, email: str, password: str = PASSWORD, **more: str) -> str:
    """Post the form; answers where it leads."""
    answer = await post(browser, "/login", {"email": email, "password": password, **more})
    assert answer.status_code == 303
    return answer.headers["location"]


@pytest.mark.parametrize("role", HOMES)
async def test_each_role_lands_on_its_page(user: User, clinic: Clinic, role: Role) -> None:
    if role is not Role.ADMIN:
        clinic.add_user(role, email="one@clinic.test")
    assert await sign_in_as(user, ADMIN if role is Role.ADMIN else " One@Clinic.test ") == HOMES[role]
    again = await user.http_client.get("/login", follow_redirects=False)
    assert (again.status_code, again.headers["location"]) == (303, HOMES[role])


async def test_a_doctor_lands_on_their_queue_once_there_is_one(user: User, clinic: Clinic) -> None:
    user_id = clinic.add_user(Role.DOCTOR, email="new@clinic.test")
    assert await sign_in_as(user, "new@clinic.test") == "/doctor"
    await user.open("/doctor")
    await sees(user, "You have no queue yet")
    clinic.edit_doctor(user_id=user_id)
    assert await sign_in_as(user, "new@clinic.test") == f"/doctor/{clinic.doctor_id}"


async def test_the_cookie_is_for_the_server_only(user: User, clinic: Clinic) -> None:
    answer = await post(user, "/login", {"email": ADMIN, "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(sessions.cookie_name())
    assert "httponly" in cookie.lower()
    assert "samesite=lax" in cookie.lower()


async def test_wrong_unknown_and_disabled_look_the_same(user: User, clinic: Clinic) -> None:
    gone = clinic.add_user(Role.NURSE, email="gone@clinic.test", name="Gone")
    clinic.write(
        lambda s: accounts.change_user(s, actor=clinic.admin, user_id=gone, name="Gone", role=Role.NURSE, disabled=True)
    )
    tries = ((ADMIN, "wrong"), ("nobody@clinic.test", PASSWORD), ("gone@clinic.test", PASSWORD), ("", ""))
    for email, password in tries:
        assert await sign_in_as(user, email, password) == "/login?error=wrong"
    await user.open("/login?error=wrong")
    await sees(user, "The e-mail, the phone number or the password is not right.")
    await user.open("/login?error=<script>")
    assert "script" not in words_on(user)


async def test_after_too_many_tries_one_has_to_wait(user: User, clinic: Clinic) -> None:
    said = {await sign_in_as(user, ADMIN, "guess") for _ in range(12)}
    assert said == {"/login?error=wrong", "/login?error=wait&minutes=1"}
    assert await sign_in_as(user, ADMIN) == "/login?error=wait&minutes=1"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/a\r\nX: y",
        "/" + "a" * 600,
        "",
    ],
)
async def test_next_leads_only_to_this_site(user: User, clinic: Clinic, elsewhere: str) -> None:
    assert await sign_in_as(user, ADMIN, next=elsewhere) == "/admin"


async def test_next_is_kept_over_a_failed_try(user: User, clinic: Clinic) -> None:
    back = await sign_in_as(user, ADMIN, "wrong", next="/admin/users?q=a b")
    assert dict(httpx.URL(back).params) == {"error": "wrong", "next": "/admin/users?q=a b"}
    assert await sign_in_as(user, ADMIN, next="/admin/users?q=a") == "/admin/users?q=a"


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site", "origin": "http://test"}, False),
        ({"origin": "http://test"}, True),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "null"}, False),
    ],
)
async def test_other_sites_cannot_post_the_form(
    user: User, clinic: Clinic, headers: dict[str, str], taken: bool
) -> None:
    answer = await post(user, "/login", {"email": ADMIN, "password": PASSWORD}, headers)
    assert answer.status_code == (303 if taken else 403)
    assert ("set-cookie" in answer.headers) is taken


async def test_a_huge_form_is_just_wrong(user: User, clinic: Clinic) -> None:
    assert await sign_in_as(user, ADMIN, "x" * 100_000) == "/login?error=wrong"


async def test_signing_out_ends_the_session_and_shows_sign_in_on_every_open_page(
    user: User, clinic: Clinic, signed_in: Callable[[Actor | Role], User]
) -> None:
    desk = signed_in(Role.RECEPTION)
    await sign_in_as(user, ADMIN)
    await user.open("/admin/users")
    await desk.open("/reception")
    tab, desk_tab = led_to(user), led_to(desk)
    answer = await post(user, "/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    await until(lambda: tab == ["/login"])
    assert desk_tab == []
    refused = await user.http_client.get("/admin/users", follow_redirects=False)
    assert refused.headers["location"].startswith("/login")
    assert (await post(user, "/logout")).status_code == 303


async def test_a_lost_right_shows_sign_in(
    user: User, clinic: Clinic, signed_in: Callable[[Actor | Role], User]
) -> None:
    nurse_id = clinic.add_user(Role.NURSE, name="Nils")
    nurse = signed_in(clinic.actor_of(nurse_id))
    await nurse.open("/reception")
    tab = led_to(nurse)
    clinic.write(
        lambda s: accounts.change_user(
            s, actor=clinic.admin, user_id=nurse_id, name="Nils", role=Role.PATIENT, disabled=False
        )
    )
    await until(lambda: tab == ["/login"])
