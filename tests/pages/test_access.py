"""Who may open which page. Every page that is served is in this table; a forgotten one fails the build."""

from collections.abc import Callable

import httpx
import pytest
from nicegui import Client
from nicegui.testing import User

from app.models import STAFF, Role
from app.services import claims, profiles
from app.services.policy import Actor
from app.services.profiles import Profile
from tests.factories import Clinic

EVERYBODY = None  # no sign-in needed
ADMIN = frozenset({Role.ADMIN})
PATIENTS = frozenset({Role.PATIENT})
DESK = frozenset({Role.RECEPTION, Role.NURSE, Role.ADMIN})

MATRIX: dict[str, frozenset[Role] | None] = {
    "/": EVERYBODY,
    "/setup": EVERYBODY,
    "/login": EVERYBODY,
    "/login/code": EVERYBODY,
    "/locked": EVERYBODY,
    "/account": frozenset(Role),
    "/register": EVERYBODY,
    "/forgot": EVERYBODY,
    "/password": EVERYBODY,  # what a link opened in this browser shows
    "/join-queue": EVERYBODY,
    "/t/{link}": EVERYBODY,
    "/t/{link}/print": EVERYBODY,
    "/display": EVERYBODY,
    "/kiosk": EVERYBODY,  # what is not paired sees a code
    "/me": PATIENTS,
    "/me/profile": PATIENTS,
    "/me/people/new": PATIENTS,
    "/me/people/{patient_id}": PATIENTS,
    "/me/visits": PATIENTS,
    "/claim/{token}": PATIENTS,
    "/doctor": frozenset({Role.DOCTOR}),
    "/doctor/{doctor_id}": STAFF,
    "/doctor-history/{doctor_id}": STAFF,
    "/doctor/{doctor_id}/profile": frozenset({Role.DOCTOR}),
    "/poster": STAFF,
    "/reception": DESK,
    "/reception/print/{entry_id}": STAFF,
    "/admin": ADMIN,
    "/admin/devices": ADMIN,
    "/admin/audit": ADMIN,
    "/admin/doctors": ADMIN,
    "/admin/entries": ADMIN,
    "/admin/entries.csv": ADMIN,
    "/admin/patients": ADMIN,
    "/admin/duplicates": ADMIN,
    "/admin/duplicates/{first}/{second}": ADMIN,
    "/admin/retention": ADMIN,
    "/admin/settings": ADMIN,
    "/admin/users": ADMIN,
    "/admin/welcome": ADMIN,
}
SignIn = Callable[[User, Actor | Role], User]
GUARDED = {path: allowed for path, allowed in MATRIX.items() if allowed is not EVERYBODY}


async def opened(browser: User, path: str) -> httpx.Response:
    return await browser.http_client.get(path, follow_redirects=False)


def filled(path: str, clinic: Clinic) -> str:
    entry = clinic.join("Ann Lee")
    me = clinic.staff(Role.PATIENT)
    mine = clinic.write(lambda s: profiles.add(s, actor=me, wish=Profile(name="Mia")))
    token = clinic.write(lambda s: claims.offer(s, actor=clinic.admin, patient_id=entry.patient_id))
    return path.format(
        doctor_id=clinic.doctor_id,
        entry_id=entry.id,
        link=entry.link,
        patient_id=mine,
        token=token,
        first=entry.patient_id,
        second=mine,
    )


async def test_every_page_is_in_the_table(user: User) -> None:
    assert set(Client.page_routes.values()) == set(MATRIX)


@pytest.mark.parametrize("path", GUARDED)
async def test_without_a_sign_in_there_is_only_the_sign_in(user: User, clinic: Clinic, path: str) -> None:
    for asked in (filled(path, clinic), filled(path, clinic) + "?open=1"):
        answer = await opened(user, asked)
        target = httpx.URL(answer.headers["location"])
        assert (answer.status_code, target.path, dict(target.params)) == (303, "/login", {"next": asked})


@pytest.mark.parametrize("path", GUARDED)
async def test_only_these_roles_may_open_it(user: User, clinic: Clinic, sign_in: SignIn, path: str) -> None:
    asked, allowed = filled(path, clinic), GUARDED[path] or frozenset()
    for role in Role:
        sign_in(user, role)
        answer = await opened(user, asked)
        if role in allowed:
            assert answer.status_code in (200, 303), role
            assert not answer.headers.get("location", "").startswith("/login"), role
        else:
            assert answer.status_code == 403, role
            assert "Ann Lee" not in answer.text, role


async def test_a_doctor_opens_only_their_own_queue(user: User, clinic: Clinic, sign_in: SignIn) -> None:
    other = clinic.add_doctor("Omar Haddad")
    sign_in(user, clinic.doctor())
    for path in ("/doctor", "/doctor-history"):
        assert (await opened(user, f"{path}/{clinic.doctor_id}")).status_code == 200
        assert (await opened(user, f"{path}/{other}")).status_code == 404
