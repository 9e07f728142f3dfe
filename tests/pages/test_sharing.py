"""A clinic is one address: what strangers on its Wi-Fi use up is theirs alone."""

from collections.abc import Callable

import pytest
from limits import parse
from nicegui import Client
from nicegui.testing import User

from app.models import DeviceKind, Role
from app.services import devices, sign_ins
from app.services.devices import DeviceForm
from app.services.policy import Actor
from app.settings import settings
from app.web import cookies, gate, guard, limits, proving, sessions
from app.web import devices as web_devices
from tests.factories import Clinic

SignIn = Callable[[Actor | Role], User]
Another = Callable[[], User]

ADDRESS = "127.0.0.1"  # of every simulated browser
SMALL = parse("3/minute")


@pytest.fixture
def token(clinic: Clinic) -> str:
    """Of a paired screen."""
    waiting = clinic.write(lambda s: devices.wait(s, DeviceKind.DISPLAY))
    form = DeviceForm(name="Hall")
    kind = DeviceKind.DISPLAY
    clinic.write(lambda s: devices.pair(s, actor=clinic.admin, code=waiting.code, kind=kind, form=form))
    return clinic.write(lambda s: devices.claim(s, waiting.secret))[0]


def with_device(browser: User, token: str) -> User:
    browser.http_client.cookies.set(web_devices.cookie_name(), token)
    return browser


async def status(browser: User, path: str) -> int:
    return (await browser.http_client.get(path, follow_redirects=False)).status_code


@pytest.mark.parametrize("limit", ["page", "unseen", "api"])
async def test_strangers_use_up_nothing_of_people_who_are_signed_in(
    user: User, clinic: Clinic, token: str, signed_in: SignIn, another: Another, monkeypatch: pytest.MonkeyPatch,
    limit: str,
) -> None:  # fmt: skip
    if limit == "unseen":
        monkeypatch.setattr(guard, "_unseen", limits.Held(3))
    else:
        monkeypatch.setitem(limits.RATES, limit, SMALL)
    path = "/api/v1/doctors" if limit == "api" else "/forgot"
    assert [await status(user, path) for _ in range(5)] == [200] * 3 + [429] * 2
    assert await status(another(), path) == 429, "strangers share one budget"
    made_up = another()
    made_up.http_client.cookies.update({sessions.cookie_name(): "made-up", web_devices.cookie_name(): "made-up"})
    assert await status(made_up, path) == 429
    desk = signed_in(Role.RECEPTION)
    for browser in (desk, signed_in(Role.PATIENT), with_device(another(), token)):
        assert [await status(browser, path) for _ in range(4)] == [200] * 3 + [429], "and has a limit too"
    assert await status(signed_in(Role.RECEPTION), path) == 429, "one account has one budget, however many sign-ins"


def opening(cookie: str, page: str = "nothing") -> dict[str, object]:
    return {
        "type": "websocket", "client": (ADDRESS, 1), "headers": [(b"cookie", cookie.encode())],
        "query_string": f"client_id={page}&EIO=4&transport=websocket".encode(),
    }  # fmt: skip


async def test_strangers_use_up_no_sockets_and_frames_of_people_who_are_signed_in(
    user: User, clinic: Clinic, token: str, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.RATES, "connect", SMALL)
    monkeypatch.setitem(limits.RATES, "frame", SMALL)
    strangers = [await gate._new(opening("")) for _ in range(4)]
    assert [peer and peer.who for peer in strangers] == [ADDRESS] * 3 + [None]
    assert strangers[0]
    assert [strangers[0].may_say_more() for _ in range(4)] == [True] * 3 + [False]
    desk_token = clinic.session_token(Role.RECEPTION)
    for cookie in (f"{sessions.cookie_name()}={desk_token}", f"{web_devices.cookie_name()}={token}"):
        peer = await gate._new(opening(cookie))
        assert peer
        assert peer.who.partition(" ")[0] in ("user", "device")
        assert peer.may_say_more()


async def test_a_socket_is_charged_to_whoever_opened_its_page(
    user: User, clinic: Clinic, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = signed_in(Role.RECEPTION)
    before = set(Client.instances)
    assert await status(desk, "/reception") == 200
    (page,) = set(Client.instances) - before
    cookie = f"{sessions.cookie_name()}={desk.http_client.cookies[sessions.cookie_name()]}"
    with monkeypatch.context() as patch:
        patch.setattr(sessions, "by_cookie", None)  # nothing is looked up again
        mine = await gate._new(opening(cookie, page))
    assert mine
    assert mine.who.startswith("user ")
    thief = await gate._new(opening("", page))
    assert thief
    assert thief.who == ADDRESS


async def test_one_socket_says_so_much_and_no_more(data_dir: object) -> None:
    peer = gate._Peer(ADDRESS)
    assert sum(peer.may_say_more() for _ in range(1000)) <= limits.FRAMES_AT_ONCE + 1
    assert gate._Peer(ADDRESS).may_say_more(), "the others of its address go on"


async def test_a_token_of_other_software_opens_no_page(user: User, clinic: Clinic) -> None:
    admin = clinic.admin.user_id or 0
    machine = clinic.write(lambda s: sign_ins.open_session(s, admin, settings().key, for_machine=True)[0])
    user.http_client.cookies.set(sessions.cookie_name(), machine)
    assert await status(user, "/admin") == 303
    assert (await user.http_client.delete("/api/v1/session")).status_code == 401
    user.http_client.cookies.clear()
    answer = await user.http_client.get("/admin", headers={"Authorization": f"Bearer {machine}"})
    assert answer.status_code == 200


async def test_claiming_with_made_up_secrets_is_counted_and_writes_nothing(
    user: User, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.RATES, "claim", SMALL)
    waiting = clinic.write(lambda s: devices.wait(s, DeviceKind.DISPLAY))

    async def claim(secret: str) -> int:
        return (await user.http_client.post("/pairing", headers={"X-Pairing": secret})).status_code

    with monkeypatch.context() as patch:
        patch.setattr(devices, "claim", None)  # needs a transaction that writes
        assert [await claim("made-up") for _ in range(2)] == [404] * 2
        assert [await claim(waiting.secret), await claim("made-up")] == [404, 429], "it still waits"
    form = DeviceForm(name="Hall")
    kind = DeviceKind.DISPLAY
    clinic.write(lambda s: devices.pair(s, actor=clinic.admin, code=waiting.code, kind=kind, form=form))
    assert await claim(waiting.secret) == 200, "whoever holds the right one is let in"


@pytest.mark.parametrize(
    "value", ["9999999999999999999999999.1.x", "1.1.x", "1.x", "x", ".", "...", "1.9999999999.x.x", "１.1.x.é"]
)
async def test_a_made_up_cookie_of_the_second_step_is_looked_up_nowhere(
    user: User, clinic: Clinic, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setattr(proving, "fetch", None)
    sent = {b"Cookie": f"{cookies.named(proving.PENDING)}={value}".encode()}
    answer = await user.http_client.post("/login/code", data={"code": "123456"}, headers=sent, follow_redirects=False)
    assert answer.headers["location"] == "/login?error=code_late"
