"""What every address is asked with."""

from typing import Any, Final

import httpx

from app.web import cookies
from app.web.links import CLAIM
from tests.access.matrix import HIDDEN, NO, SIGN_IN, UNLOCK, YES
from tests.access.world import UNKNOWN_ID, World, address
from tests.factories import ADMIN, PASSWORD

FORMS: Final[dict[str, dict[str, str]]] = {
    "POST /login": {"email": ADMIN, "password": PASSWORD},
    "POST /login/code": {"code": "123456"},
    "POST /unlock": {"password": PASSWORD},
    "POST /setup": {"email": "new@clinic.test", "password": PASSWORD, "clinic": "Another", "name": "Somebody"},
    "POST /account/password": {"old": PASSWORD, "new": "a new one that is long enough"},
    "POST /register": {"email": "new@clinic.test", "name": "Somebody"},
    "POST /forgot": {"email": ADMIN},
    "POST /password": {"account": "1", "password": PASSWORD},
}
BODIES: Final[dict[str, dict[str, Any]]] = {
    "POST /session": {"email": "nobody@clinic.test", "password": "x"},
    "POST /queues/{doctor_id}/tickets": {"name": "Asha Rao"},
    "POST /queues/{doctor_id}/tickets, staff fields": {"name": "Asha Rao", "priority": "elderly"},
    "PUT /me/profile": {"language": "de"},
    "POST /entries/{entry_id}/cancel": {"reason": "duplicate"},
    "POST /entries/{entry_id}/done": {"reason": "The doctor said so"},
    "POST /entries/{entry_id}/restore": {"reason": "Came back"},
    "POST /entries/{entry_id}/call": {"reason": "asked to"},
    "POST /entries/{entry_id}/prioritise": {"reason": "asked to", "pinned": True},
}


def mark_of(row: str, answer: httpx.Response) -> str:
    """What an answer over HTTP says, in the words of the matrix."""
    target = answer.headers.get("location", "").partition("?")[0]
    if answer.status_code == 303 and target in ("/login", "/locked") and row != "POST /lock":
        return SIGN_IN if target == "/login" else UNLOCK
    refusals = {401: SIGN_IN, 403: NO, 404: HIDDEN}
    status = answer.status_code
    return refusals.get(status) or (YES if status in (200, 201, 204, 303) else f"{status} {answer.text[:200]}")


def verb_of(row: str) -> str:
    """The verb at the end of a row's address, if it is one on an entry or a ticket."""
    last = row.rpartition("/")[2]
    return last if "/entries/" in row or "/tickets/" in row else ""


async def page(http: httpx.AsyncClient, world: World, path: str, who: str, *, unknown: bool = False) -> httpx.Response:
    asked, headers = address(path, world.values(who, unknown=unknown)), world.headers(who)
    if path == CLAIM.path:  # where the link is by then
        link = f"{cookies.named(CLAIM.cookie)}={world.claim}"
        headers["Cookie"] = "; ".join(filter(None, (headers.get("Cookie"), link)))
    return await http.get(asked, headers=headers, follow_redirects=False)


async def plain(http: httpx.AsyncClient, world: World, row: str, who: str, *, unknown: bool = False) -> httpx.Response:
    method, path = row.split(" ")
    headers = world.headers(who) | {"X-Forwarded-For": "203.0.113.9"}  # not from this machine
    if path == "/pairing":
        headers["X-Pairing"] = world.paired
    asked = address(path, world.values(who, unknown=unknown))
    return await http.request(method, asked, headers=headers, data=FORMS.get(row), follow_redirects=False)


async def rest(http: httpx.AsyncClient, world: World, row: str, who: str, *, unknown: bool = False) -> httpx.Response:
    method, path = row.partition(",")[0].split(" ")
    body = BODIES.get(row)
    if row.endswith("known person"):
        body, unknown = {"patient_id": UNKNOWN_ID if unknown else world.sibling}, False
    if row.endswith("/transfer"):
        body = {"doctor_id": world.there}
    if row == "POST /appointments" and who not in ("patient", "other patient"):
        body = {"patient_id": world.patient_id}
    if row.endswith("/reschedule") or (method, path) == ("POST", "/appointments"):
        body = (body or {}) | {"slot_id": world.free_slot}
    values = world.values(who, unknown=unknown)
    if row.endswith("/check-in") and not unknown:
        values["appointment_id"] = world.today
    asked = "/api/v1" + path.format(**values)
    return await http.request(method, asked, headers=world.headers(who, bearer=True), json=body)
