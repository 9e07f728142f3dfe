"""The databases that tests run on: an SQLite file, and a MariaDB that the tests start and stop themselves."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from bench.processes import process

SQLITE = pytest.param("sqlite", id="sqlite")
MARIADB = pytest.param("mariadb", id="mariadb", marks=pytest.mark.mariadb)
ENGINES = (SQLITE, MARIADB)
on_both_engines = pytest.mark.parametrize("database", ENGINES, indirect=True)

_PATH = f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin"
_SMALL = ("--innodb-buffer-pool-size=32M", "--innodb-log-file-size=16M", "--performance-schema=OFF")
_DURABLE = ("--innodb-flush-log-at-trx-commit=1", "--skip-log-bin")


def missing(reason: str) -> NoReturn:
    """Skip, and say why; where everything has to be there (CI=true), fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@contextmanager
def mariadb() -> Iterator[str]:
    """Yields the address of an empty database on a server of the tests' own, reached by a socket file."""
    install, serve = (_program(name) for name in ("mariadb-install-db", "mariadbd"))
    directory = Path(tempfile.mkdtemp(prefix="mediqueue-mariadb-"))
    try:
        data, socket, log = (directory / name for name in ("data", "socket", "log"))
        as_user = _not_root(directory)
        places = [f"--datadir={data}", f"--socket={socket}", f"--pid-file={directory / 'pid'}"]
        places.append(f"--tmpdir={directory}")  # a server that starts clears the place of everybody's
        subprocess.run(
            [install, "--no-defaults", *as_user, f"--datadir={data}", "--skip-test-db",
             "--auth-root-authentication-method=normal"],
            check=True, capture_output=True,
        )  # fmt: skip
        with process([serve, "--no-defaults", *as_user, *places, "--skip-networking", *_SMALL, *_DURABLE], log):
            _create_database(socket, log)
            yield f"mysql://root@localhost/mediqueue?unix_socket={socket}"
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _program(name: str) -> str:
    """Debian keeps the server in /usr/sbin, which is not on everybody's PATH."""
    found = shutil.which(name, path=_PATH)
    return found or missing(f"MariaDB is not installed ({name} was not found)")


def _not_root(directory: Path) -> list[str]:
    """MariaDB does not run as root: hand the directory to somebody else then."""
    if os.geteuid() != 0:
        return []
    known = {account.pw_name for account in pwd.getpwall()}
    user = "mysql" if "mysql" in known else "nobody"
    shutil.chown(directory, user)
    return [f"--user={user}"]


def _create_database(socket: Path, log: Path, patience: float = 60) -> None:
    import MySQLdb  # not there where only SQLite is used

    deadline = time.monotonic() + patience
    while True:
        try:
            with closing(MySQLdb.connect(unix_socket=str(socket), user="root")) as connection:
                connection.cursor().execute("CREATE DATABASE mediqueue CHARACTER SET utf8mb4")
            return
        except MySQLdb.OperationalError as error:
            if time.monotonic() > deadline:
                raise RuntimeError(f"MariaDB said:\n{log.read_text(errors='replace')[-3000:]}") from error
            time.sleep(0.05)
