"""A PostgreSQL server of the tests' own, on loopback, which they may also kill."""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count

from needed import lacking
from support import until

USER, HOST = "sweep", "127.0.0.1"
OWNER = "postgres"  # who runs it where the tests are run by root, whom it refuses
LOCKED = "locked"  # a role that is asked for a password, once a test has made it
DEBIAN = "/usr/lib/postgresql/*/bin"
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "''",
    "fsync": "off",  # what a test writes need not survive a power cut
    "max_connections": "100",
    "autovacuum_naptime": "2s",
}
# Tables of another application, in the schema where a name without one leads.
DECOYS = ("sweeps", "agents", "runs", "attempts", "history", "snapshots", "migrations", "turns")
_numbers = count(1)


class Server:
    """A server with its data in a folder of its own."""

    def __init__(self, programs: str, folder: str, settings: Mapping[str, str]) -> None:
        self._programs = programs
        self._settings = settings
        self._data = os.path.join(folder, "data")
        self.log = os.path.join(folder, "log")
        self.port = free_port()
        self._is_running = False

    def create(self) -> None:
        """Make its data, owned by who may run it."""
        self._run("initdb", "-D", self._data, "-U", USER, "-A", "trust", "--no-sync", "-E", "UTF8")
        access = os.path.join(self._data, "pg_hba.conf")
        with open(access, encoding="utf-8") as file:
            rules = file.read()
        with open(access, "w", encoding="utf-8") as file:
            file.write(f"host all {LOCKED} {HOST}/32 scram-sha-256\n{rules}")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        given = [f"-c {name}={value}" for name, value in self._settings.items()]
        options = f"{' '.join(given)} -p {self.port}"
        self._run(
            *("pg_ctl", "-D", self._data, "-w", "-t", "60", "-l", self.log),
            *("-o", options, "start"),
        )
        self._is_running = True

    def stop(self) -> None:
        """End it in good order."""
        if self._is_running:
            self._run("pg_ctl", "-D", self._data, "-m", "fast", "-w", "stop")

    def kill(self) -> None:
        """Kill its processes at once, as a power cut does."""
        family = self.processes()
        for pid in family:
            os.kill(pid, signal.SIGKILL)
        until(lambda: not any(map(_is_there, family)))
        # Where nobody reaps them, their numbers stay taken, and the next one would wait for them.
        os.remove(os.path.join(self._data, "postmaster.pid"))
        self._is_running = False

    def processes(self) -> list[int]:
        """Return the ids of its processes, the one that started the others first."""
        with open(os.path.join(self._data, "postmaster.pid"), encoding="ascii") as file:
            leader = int(file.readline())
        return [leader, *_children(leader)]

    def new_database(self) -> str:
        """Make a database in which another application has tables of our names; return its URL."""
        name = f"test{next(_numbers)}"
        tell(self.url("postgres"), f"CREATE DATABASE {name}")
        tell(self.url(name), "".join(f"CREATE TABLE {decoy} (theirs INT);" for decoy in DECOYS))
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, and end the connections to it."""
        name = url.rpartition("/")[2]
        tell(self.url("postgres"), f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        """Return the URL of a database."""
        return f"postgresql://{USER}@{HOST}:{self.port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        as_user = ["runuser", "-u", OWNER, "--"] if os.getuid() == 0 else []
        command = [*as_user, os.path.join(self._programs, program), *arguments]
        # Its output is a file: the server would keep a pipe open.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                command, stdout=output, stderr=output, cwd="/", check=False, timeout=90
            )
            output.seek(0)
            assert done.returncode == 0, output.read().decode(errors="replace")


def tell(url: str, sql: str) -> list[tuple[object, ...]]:
    """Run statements in a database; return what the last one finds."""
    import psycopg  # noqa: PLC0415 -- of an extra; tests without a server do without

    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


@contextmanager
def running(**settings: str) -> Iterator[Server]:
    """Run a server; skip the test where there is none to be run, but fail in CI.

    The settings are those of its configuration file, and go before SETTINGS.
    """
    programs = find_programs()
    if programs is None:
        lacking(
            "no PostgreSQL server here that we may run: initdb and pg_ctl, and if we are root, "
            "a user postgres"
        )
    folder = tempfile.mkdtemp(prefix="sweepcli-postgres-")
    try:
        if os.getuid() == 0:
            shutil.chown(folder, OWNER)
        server = Server(programs, folder, {**SETTINGS, **settings})
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_programs() -> str | None:
    """Return the folder with the server's programs, the newest of several, if we may run them."""
    if os.getuid() == 0 and not _is_user(OWNER):
        return None
    found = [folder for folder in glob.glob(DEBIAN) if os.path.exists(f"{folder}/initdb")]
    if found:
        return max(found, key=lambda folder: float(folder.split("/")[-2]))
    on_path = shutil.which("initdb")
    return os.path.dirname(os.path.realpath(on_path)) if on_path else None


def _is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        port: int = taken.getsockname()[1]
    return port


def _children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def _is_there(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
