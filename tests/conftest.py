"""What every test may ask for. Factories are in tests/factories.py, the databases in tests/engines.py.

`database`  an empty database that the app is connected to (SQLite; `on_both_engines` adds MariaDB)
`clock`     a clock that stands still until it is moved
`clinic`    a clinic that is set up
`user`      NiceGUI's simulated browser on the running app; with `clinic` in the same test, of that clinic
`another`   a second browser on the same app; `signed_in` the same, signed in as somebody
`server`    the real program as a process; `demo_server` the demo clinic, one for all tests
`browser`   a real Chromium
"""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis
from nicegui import core
from nicegui.testing import User
from sqlalchemy import text
from sqlmodel import SQLModel

from app import clock as app_clock
from app import db
from app.models import Role
from app.services.policy import Actor
from app.settings import Settings, settings
from app.web import limits, rooms, sessions, throttle
from tests import engines
from tests.browsers import Browsers, chromium
from tests.factories import Clinic, Clock
from tests.serving import Server

hypothesis.register_profile(
    "push", deadline=None, max_examples=100, stateful_step_count=30, suppress_health_check=[HealthCheck.too_slow],
    derandomize=True, phases=[Phase.explicit, Phase.reuse, Phase.generate],  # the story says what went wrong
)  # fmt: skip
hypothesis.register_profile(
    "long", hypothesis.get_profile("push"), derandomize=False, max_examples=5000, stateful_step_count=50
)
hypothesis.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "push"))

MORNING = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)  # nine o'clock on a Tuesday at the clinic


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """Nothing that one test counted or cached reaches the next."""
    limits.forget()
    db.forget_denials()
    throttle.forget()
    yield
    app_clock.use()
    settings.cache_clear()
    rooms._gathering = False


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables and no rows."""
    path = tmp_path_factory.mktemp("migrated") / "mediqueue.db"
    db.migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def mariadb_url() -> Iterator[str]:
    with engines.mariadb() as url:
        db.migrate(Settings(database_url=url).url)
        yield url


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory of the test's own, which the app's settings name; nothing else is set."""
    for name in [name for name in os.environ if name.startswith("MEDIQUEUE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    path = tmp_path / "data"
    path.mkdir()
    monkeypatch.setenv("MEDIQUEUE_DATA_DIR", str(path))
    settings.cache_clear()
    return path


@pytest.fixture
def database(
    data_dir: Path,
    migrated_file: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """An empty database that the app is connected to; yields its address."""
    if getattr(request, "param", "sqlite") == "mariadb":
        monkeypatch.setenv("MEDIQUEUE_DATABASE_URL", request.getfixturevalue("mariadb_url"))
        settings.cache_clear()
    else:
        shutil.copy(migrated_file, data_dir / "mediqueue.db")
    url = settings().url
    db.connect(url)
    yield url
    if not settings().is_sqlite:
        db.connect(url)
        db.transaction(empty)
    db.disconnect()


def empty(session: db.Session) -> None:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    if not is_sqlite:  # looks at each row alone: rows of one table point to each other
        session.execute(text("SET FOREIGN_KEY_CHECKS = 0"))
    for table in reversed(SQLModel.metadata.sorted_tables):
        if table.name.startswith("audit"):  # its triggers let nobody delete
            if not is_sqlite:
                session.execute(text(f"TRUNCATE TABLE {table.name}"))
        else:
            session.execute(text(f"DELETE FROM `{table.name}`"))
    if not is_sqlite:
        session.execute(text("SET FOREIGN_KEY_CHECKS = 1"))


@pytest.fixture
def clock() -> Clock:
    """Stands at `MORNING` until the test moves it. Ask for it before `clinic`."""
    stopped = Clock(MORNING)
    app_clock.use(stopped)
    return stopped


@pytest.fixture
def clinic(database: str) -> Clinic:
    return Clinic()


# ------------------------------------------------------------------------------------------------ simulated browsers


@pytest.fixture
def _before_the_start(database: str, request: pytest.FixtureRequest) -> None:
    """The app starts on the test's database, with the clinic in it if the test asks for one."""
    if "clinic" in request.fixturenames:
        request.getfixturevalue("clinic")


@pytest.fixture
def user(_before_the_start: None, user: User) -> User:
    return user


@pytest.fixture
async def another(user: User) -> AsyncIterator[Callable[[], User]]:
    """`another()` is one more browser that nobody has signed in with, on the same running app."""
    clients: list[httpx.AsyncClient] = []

    def make() -> User:
        clients.append(httpx.AsyncClient(transport=httpx.ASGITransport(core.app), base_url="http://test"))
        return User(clients[-1])

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
def sign_in(clinic: Clinic) -> Callable[[User, Actor | Role], User]:
    """`sign_in(user, Role.RECEPTION)` gives that browser the cookie of a fresh sign-in."""

    def give(browser: User, who: Actor | Role) -> User:
        browser.http_client.cookies.set(sessions.cookie_name(), clinic.session_token(who))
        return browser

    return give


@pytest.fixture
def signed_in(
    another: Callable[[], User], sign_in: Callable[[User, Actor | Role], User]
) -> Callable[[Actor | Role], User]:
    """`signed_in(Role.DOCTOR)` is one more browser, signed in as that person."""
    return lambda who: sign_in(another(), who)


# ----------------------------------------------------------------------------------------------------- the real thing


@pytest.fixture
def server(clinic: Clinic, data_dir: Path) -> Iterator[Server]:
    """The program on the data of `clinic`, which the test may go on changing from outside."""
    url = os.environ.get("MEDIQUEUE_DATABASE_URL", "")
    running = Server(data_dir, MEDIQUEUE_DATABASE_URL=url)
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo clinic, started once; tests that share it change only what is their own."""
    running = Server(tmp_path_factory.mktemp("demo") / "data", demo=True)
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture
async def browser() -> AsyncIterator[Browsers]:
    """Chromium. At the end nothing may have complained on any console."""
    async with chromium() as browsers:
        yield browsers
        complaints = browsers.complaints
    assert not complaints, complaints
