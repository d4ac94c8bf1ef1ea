"""A pgbouncer before a PostgreSQL server of the tests, on loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from needed import lacking
from postgres_server import HOST, OWNER, USER, Server, free_port, tell
from support import until

TRANSACTION, SESSION = "transaction", "session"
# Few, so that each transaction is likely to get a connection that another program has had.
CONNECTIONS = {TRANSACTION: 2, SESSION: 40}

# What another program would see of us in a connection that we have had.
OURS = """
    SELECT 'setting ' || name FROM pg_settings WHERE source = 'session'
        AND name NOT IN ('application_name', 'client_encoding')
    UNION SELECT 'lock ' || mode FROM pg_locks WHERE locktype = 'advisory'
    UNION SELECT 'prepared ' || statement FROM pg_prepared_statements
    UNION SELECT 'search_path ' || setting FROM pg_settings
        WHERE name = 'search_path' AND setting <> '"$user", public'
    UNION SELECT 'in transaction' FROM pg_stat_activity WHERE state LIKE 'idle in %'"""


class Pooler:
    """A process that lends a server's connections to its clients, each for a while."""

    def __init__(self, server: Server, mode: str, folder: str) -> None:
        self._server = server
        self._program = find_program()
        self._settings = os.path.join(folder, "pgbouncer.ini")
        self._process: subprocess.Popen[bytes] | None = None
        self.log = os.path.join(folder, "log")
        self.port = free_port()
        users = os.path.join(folder, "users")
        with open(users, "w", encoding="utf-8") as file:
            file.write(f'"{USER}" ""\n')
        with open(self._settings, "w", encoding="utf-8") as file:
            file.write(
                f"[databases]\n* = host={HOST} port={server.port}\n"
                f"[pgbouncer]\nlisten_addr = {HOST}\nlisten_port = {self.port}\n"
                f"unix_socket_dir =\nauth_type = trust\nauth_file = {users}\n"
                f"logfile = {self.log}\npool_mode = {mode}\n"
                f"default_pool_size = {CONNECTIONS[mode]}\nserver_login_retry = 1\n"
            )

    def start(self) -> None:
        """Start it, and wait until it answers."""
        assert self._program is not None
        owner = OWNER if os.getuid() == 0 else None  # whom it refuses
        self._process = subprocess.Popen(
            [self._program, "--quiet", self._settings],
            user=owner,
            group=owner,
            extra_groups=None if owner is None else (),
        )
        until(self._answers)

    def kill(self) -> None:
        """Kill it at once, with all connections."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @contextmanager
    def new_database(self) -> Iterator[str]:
        """Make a database, and give its URL through the pooler, which keeps connections to it.

        It is dropped with them at the end: those of many tests are more than the server takes.
        """
        direct = self._server.new_database()
        yield direct.replace(f":{self._server.port}/", f":{self.port}/")
        self._server.drop(direct)

    def _answers(self) -> bool:
        with socket.socket() as found:
            return found.connect_ex((HOST, self.port)) == 0


@contextmanager
def pooling(server: Server, mode: str) -> Iterator[Pooler]:
    """Run a pooler before a server; skip the test where there is none, but fail in CI."""
    if find_program() is None:
        lacking("no pgbouncer here")
    folder = tempfile.mkdtemp(prefix="sweepcli-pgbouncer-")
    try:
        pooler = Pooler(server, mode, folder)
        if os.getuid() == 0:
            shutil.chown(folder, OWNER)
        try:
            pooler.start()
            yield pooler
        finally:
            pooler.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def left_by_us(url: str) -> list[tuple[object, ...]]:
    """Return what of ours another program finds in the connection that it gets."""
    return tell(url, OURS)


def find_program() -> str | None:
    """Return the pooler's program, which Debian keeps from the path of most users."""
    return shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
