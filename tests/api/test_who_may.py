"""Who may do what over REST beside what docs/access.md says of each call: tests/access tries all of that."""

from app.models import Role
from tests.api.conftest import Api


async def test_what_is_not_yours_looks_like_what_is_not_there(api: Api) -> None:
    entry = api.clinic.join()
    stranger = api.clinic.doctor(api.clinic.add_doctor())
    for who in (None, stranger, Role.PATIENT):
        there = await api("POST", f"/entries/{entry.id}/transfer", who=who, json={"doctor_id": 2})
        not_there = await api("POST", "/entries/424242/transfer", who=who, json={"doctor_id": 2})
        assert (there.status_code, there.text) == (not_there.status_code, not_there.text)


async def test_a_right_that_was_taken_away_is_gone_at_once(api: Api) -> None:
    api.clinic.join()
    desk = api.clinic.staff(Role.RECEPTION)
    path = f"/queues/{api.clinic.doctor_id}"
    assert (await api("GET", path, who=desk)).status_code == 200
    assert (await api("DELETE", "/session", who=desk)).status_code == 204
    assert (await api("GET", path, who=desk)).status_code == 401
