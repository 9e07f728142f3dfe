"""A MariaDB of the benchmark's own: fresh data, loopback only, default durability, gone at the end."""

import getpass
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import MySQLdb

from bench.processes import free_port, process

USER, PASSWORD = "bench", "bench"
INSTALL = (
    "mariadb-install-db",
    "--no-defaults",
    "--skip-test-db",
    "--auth-root-authentication-method=normal",
)


@contextmanager
def mariadb(directory: Path, databases: tuple[str, ...]) -> Iterator[int]:
    """Yields the port at which `databases` are open to USER."""
    data, socket, port = directory / "mariadb", directory / "mariadb.sock", free_port()
    subprocess.run([*INSTALL, f"--datadir={data}"], check=True, capture_output=True)
    places = [f"--datadir={data}", f"--socket={socket}", f"--pid-file={directory / 'mariadb.pid'}"]
    network = ["--bind-address=127.0.0.1", f"--port={port}"]
    command = [server_program(), "--no-defaults", f"--user={getpass.getuser()}", *places, *network]
    with process(command, directory / "mariadb.log"):
        create(socket, databases)
        yield port


def server_program() -> str:
    """Debian keeps it in /usr/sbin, which is not on everybody's PATH."""
    return shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin") or "mariadbd"


def create(socket: Path, databases: tuple[str, ...]) -> None:
    with closing(connect_when_ready(socket)) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(f"CREATE USER {USER}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'")
        for name in databases:
            cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
            cursor.execute(f"GRANT ALL ON {name}.* TO {USER}@'127.0.0.1'")


def connect_when_ready(socket: Path, patience: float = 60) -> MySQLdb.Connection:
    deadline = time.monotonic() + patience
    while True:
        try:
            return MySQLdb.connect(unix_socket=str(socket), user="root")
        except MySQLdb.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
