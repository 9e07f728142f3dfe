"""Every route with everybody who might ask. A route that is not in the table fails."""

from collections.abc import Callable

import pytest

from app.models import QueueEntry, Role
from app.services import steering
from app.services.policy import Actor
from tests.api.conftest import Api
from tests.factories import Clinic

ANON, PATIENT, OTHER, OWN, NURSE, DESK, ADMIN, ENDED = (
    "nobody", "patient", "other doctor", "own doctor", "nurse", "reception", "admin", "ended sign-in",
)  # fmt: skip
EVERYBODY = (ANON, PATIENT, OTHER, OWN, NURSE, DESK, ADMIN, ENDED)
Row = dict[str, int]


def staff(ok: int = 200, **otherwise: int) -> Row:
    """Staff of the queue may; a doctor of another queue does not find it; the others are stopped."""
    names = {"nurse": NURSE, "own": OWN, "desk": DESK, "admin": ADMIN}
    may = {names[name]: status for name, status in otherwise.items()}
    return {ANON: 401, ENDED: 401, PATIENT: 403, OTHER: 404, OWN: ok, NURSE: ok, DESK: ok, ADMIN: ok} | may


def patients(ok: int) -> Row:
    return dict.fromkeys(EVERYBODY, 403) | {ANON: 401, ENDED: 401, PATIENT: ok}


def everybody(ok: int) -> Row:
    return dict.fromkeys(EVERYBODY, ok) | {ENDED: 401}


# method, path, body → what each of them gets. The entry is waiting, or what the verb needs it to be.
TABLE: dict[tuple[str, str], tuple[dict[str, object] | None, Row]] = {
    ("GET", "/doctors"): (None, everybody(200)),
    ("POST", "/session"): ({"email": "nobody@clinic.test", "password": "x"}, dict.fromkeys(EVERYBODY, 401)),
    ("DELETE", "/session"): (None, everybody(204) | {ANON: 401}),
    ("POST", "/queues/{doctor_id}/tickets"): ({"name": "Asha Rao"}, everybody(201)),
    ("POST", "/queues/{doctor_id}/tickets?staff"): ({"name": "Asha Rao", "priority": "elderly"}, staff(201)),
    ("POST", "/queues/{doctor_id}/tickets?known"): ({"patient_id": 1}, staff(409) | {PATIENT: 404}),
    ("GET", "/me/profile"): (None, patients(200)),
    ("PUT", "/me/profile"): ({"language": "de"}, patients(200)),
    ("GET", "/me/visits"): (None, patients(200)),
    ("GET", "/tickets/{link}"): (None, everybody(200)),
    ("POST", "/tickets/{link}/cancel"): (None, everybody(200)),
    ("POST", "/tickets/{link}/more-time"): (None, everybody(200)),
    ("POST", "/tickets/{link}/answer"): (None, everybody(200)),
    ("POST", "/tickets/{link}/return"): (None, everybody(200)),
    ("POST", "/tickets/{link}/restore"): (None, everybody(409)),
    ("GET", "/queues/{doctor_id}"): (None, staff()),
    ("GET", "/queues/{doctor_id}/history"): (None, staff()),
    ("POST", "/queues/{doctor_id}/call-next"): (None, staff()),
    ("POST", "/queues/{doctor_id}/pause"): (None, staff(nurse=403)),
    ("POST", "/queues/{doctor_id}/open"): (None, staff(nurse=403)),
    ("POST", "/queues/{doctor_id}/break"): (None, staff(nurse=403)),
    ("POST", "/queues/{doctor_id}/close-day"): (None, staff(nurse=403)),
    ("POST", "/entries/{entry_id}/call"): (None, staff()),
    ("POST", "/entries/{entry_id}/start"): (None, staff(desk=403, admin=403)),
    ("POST", "/entries/{entry_id}/done"): (None, staff(409, nurse=403, desk=403, admin=422)),
    ("POST", "/entries/{entry_id}/skip"): (None, staff(409)),
    ("POST", "/entries/{entry_id}/recall"): (None, staff(409)),
    ("POST", "/entries/{entry_id}/put-back"): (None, staff(409)),
    ("POST", "/entries/{entry_id}/hold"): (None, staff(409, desk=403, admin=403)),
    ("POST", "/entries/{entry_id}/resume"): (None, staff(409, desk=403, admin=403)),
    ("POST", "/entries/{entry_id}/return"): (None, staff()),
    ("POST", "/entries/{entry_id}/cancel"): ({"reason": "duplicate"}, staff()),
    ("POST", "/entries/{entry_id}/no-show"): (None, staff(409, nurse=403)),
    ("POST", "/entries/{entry_id}/restore"): (None, staff(409, nurse=403)),
    ("POST", "/entries/{entry_id}/undo"): (None, staff(409)),
    ("POST", "/entries/{entry_id}/transfer"): ({"doctor_id": 2}, staff()),
    ("POST", "/entries/{entry_id}/prioritise"): ({"reason": "asked to"}, staff()),
}  # fmt: skip


@pytest.fixture
def people(clinic: Clinic) -> Callable[[str], Actor | None]:
    other = clinic.add_doctor()
    roles = {PATIENT: Role.PATIENT, OWN: Role.DOCTOR, NURSE: Role.NURSE, DESK: Role.RECEPTION, ADMIN: Role.ADMIN}

    def find(who: str) -> Actor | None:
        if who == ANON:
            return None
        if who == OTHER:
            return clinic.doctor(other)
        return clinic.staff(Role.ADMIN if who == ENDED else roles[who])

    return find


@pytest.mark.parametrize("who", EVERYBODY)
async def test_everybody_gets_what_the_table_says(api: Api, people: Callable[[str], Actor | None], who: str) -> None:
    actor = people(who)
    wrong = []
    for (method, pattern), (body, expected) in TABLE.items():
        api.clinic.write(lambda s: steering.open_(s, actor=api.clinic.admin, doctor_id=api.clinic.doctor_id))
        entry = api.clinic.join()
        headers = {"Authorization": "Bearer long-gone"} if who == ENDED else {}
        path = _filled(pattern, api.clinic, entry)
        answer = await api(method, path, who=None if who == ENDED else actor, headers=headers, json=body)
        api.tokens.clear()
        if answer.status_code != expected[who]:
            wrong.append((method, pattern, answer.status_code, expected[who], answer.text))
    assert not wrong


async def test_the_table_holds_every_route(api: Api) -> None:
    paths = (await api.client.get("/api/openapi.json")).json()["paths"]
    described = set()
    for path, methods in paths.items():
        for method, operation in methods.items():
            verbs = next((p["schema"]["enum"] for p in operation.get("parameters", []) if p["name"] == "verb"), [""])
            described |= {(method.upper(), path.removeprefix("/v1").replace("{verb}", verb)) for verb in verbs}
    assert {(method, path.partition("?")[0]) for method, path in TABLE} == described


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


def _filled(pattern: str, clinic: Clinic, entry: QueueEntry) -> str:
    path = pattern.partition("?")[0]
    return path.format(doctor_id=clinic.doctor_id, entry_id=entry.id, link=entry.link)
