"""Who may open which page beside what docs/access.md says of each: tests/access tries all of that."""

from collections.abc import Callable

import httpx
import pytest
from nicegui.testing import User

from app.models import Role
from app.services.policy import Actor
from tests.access.pages import ROLES, filled
from tests.factories import Clinic

SignIn = Callable[[User, Actor | Role], User]
GUARDED = [path for path, allowed in ROLES.items() if allowed and path != "/locked"]  # which leads to where one was


async def test_after_the_sign_in_people_come_where_they_wanted_to_go(user: User, clinic: Clinic) -> None:
    for path in filled("\n".join(GUARDED), clinic).split("\n"):
        for asked in (path, f"{path}?open=1"):
            answer = await user.http_client.get(asked, follow_redirects=False)
            target = httpx.URL(answer.headers["location"])
            assert (answer.status_code, target.path, dict(target.params)) == (303, "/login", {"next": asked})


@pytest.mark.parametrize("path", ["/doctor", "/doctor-history"])
async def test_a_doctor_opens_only_their_own_queue(user: User, clinic: Clinic, sign_in: SignIn, path: str) -> None:
    other = clinic.add_doctor("Omar Haddad")
    sign_in(user, clinic.doctor())
    for doctor_id, status in ((clinic.doctor_id, 200), (other, 404)):
        assert (await user.http_client.get(f"{path}/{doctor_id}", follow_redirects=False)).status_code == status
