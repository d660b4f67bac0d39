"""A PostgreSQL server of the tests' own, on a free port, in a folder that goes when they are done.

PostgreSQL's programs are taken from the path or from where Debian's package lays them down. The
server refuses to run as root, who gives it to the user that the package made.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import LiteralString

MARKER = "postgresql"
REQUIRED = os.environ.get("TURNSTAY_POSTGRESQL") == "required"
"""Whether a machine without PostgreSQL is an error; CI says so."""
MISSING = "no PostgreSQL on this machine (Debian and Ubuntu: apt-get install postgresql)"
_USER = "postgres"
_DEBIAN = "/usr/lib/postgresql/*/bin"
_SETTINGS = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=40")
_ROLE: tuple[LiteralString, ...] = (
    "CREATE ROLE tenant_user",
    "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO tenant_user",
    "ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO tenant_user",
)


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest there is, or None."""
    found = [Path(initdb).resolve().parent] if (initdb := shutil.which("initdb")) else []
    folders = (*found, *Path("/").glob(_DEBIAN.lstrip("/")))
    usable = (f for f in folders if (f / "initdb").exists() and (f / "postgres").exists())
    return max(usable, key=_version, default=None)


def _version(folder: Path) -> int:
    number = folder.parent.name
    return int(number) if number.isdigit() else 0


class Server:
    """A running server, with the role that requests of a service take on."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._numbers = count()
        for statement in _ROLE:
            self._execute("template1", statement)

    def database(self) -> str:
        """Create an empty database, and return its address as SQLAlchemy takes it."""
        name = f"service_{next(self._numbers)}"
        self._execute("postgres", f"CREATE DATABASE {name}")
        return self._address(name).replace("postgresql:", "postgresql+psycopg:", 1)

    def _execute(self, database: str, statement: LiteralString) -> None:
        import psycopg

        with psycopg.connect(self._address(database), autocommit=True) as connection:
            connection.execute(statement)

    def _address(self, database: str) -> str:
        return f"postgresql://{_USER}@127.0.0.1:{self._port}/{database}"


@contextmanager
def running() -> Iterator[Server]:
    """Run a server until the end of the block."""
    found = programs()
    assert found is not None, MISSING
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    data, said, port = folder / "data", folder / "said", _free_port()
    as_user = _given_away(folder)
    making = ("--no-sync", "--auth=trust", "--locale=C", "--encoding=UTF8", f"--username={_USER}")
    try:
        _call(said, *as_user, found / "initdb", *making, data)
        options = " ".join((f"-h 127.0.0.1 -p {port} -k {folder}", *_SETTINGS))
        control = (*as_user, found / "pg_ctl", "-D", data, "-w")
        _call(said, *control, "-l", folder / "log", "-o", options, "start")
        try:
            yield Server(port)
        finally:
            _call(said, *control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _given_away(folder: Path) -> tuple[str, ...]:
    """Give a folder to the user of PostgreSQL if root is here; return what runs as that user."""
    if os.geteuid() != 0:
        return ()
    user = pwd.getpwnam(_USER)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def _call(said: Path, *command: str | Path) -> None:
    """Run a program; what it says goes to a file, which a server that it starts may keep open."""
    with said.open("a", encoding="utf-8") as stream:
        done = subprocess.run(
            [*map(str, command)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            check=False,
            timeout=120,
        )
    assert done.returncode == 0, said.read_text(encoding="utf-8")
