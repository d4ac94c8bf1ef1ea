"""The kinds of stores that are compared: how one is made, copied, removed and weighed."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, NamedTuple, Protocol

import psycopg

TESTS = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(__file__))), "tests")
if TESTS not in sys.path:
    sys.path.append(TESTS)  # for the server that the tests run, too

import postgres_server  # noqa: E402 -- as said above

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postgres_server import Server

SQLITE, POSTGRES = "SQLite", "PostgreSQL"
CONNECTIONS = 200
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Kind(Protocol):
    """What makes stores of one kind."""

    name: str

    def new(self) -> str:
        """Make room for a store, and return its address."""

    def copy(self, address: str) -> str:
        """Return the address of a copy of a store that nobody uses."""

    def drop(self, address: str) -> None:
        """Remove a store that nobody uses."""

    def cpu_s(self) -> float:
        """Return the CPU time that has been spent outside of the clients."""

    def tidy(self, address: str) -> None:
        """Do what comes of itself in a database that has grown for days."""

    def sizes(self, address: str) -> Sizes:
        """Return how much room a store takes on the disk."""


class Sizes(NamedTuple):
    """Bytes on the disk."""

    all: int
    history: int


class Files:
    """SQLite: each store is a folder."""

    name = SQLITE

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def new(self) -> str:
        """Make a folder."""
        return tempfile.mkdtemp(dir=self._folder)

    def copy(self, address: str) -> str:
        """Copy a folder."""
        copy = self.new()
        shutil.copytree(address, copy, dirs_exist_ok=True)
        return copy

    def drop(self, address: str) -> None:
        """Remove a folder."""
        shutil.rmtree(address)

    def cpu_s(self) -> float:
        """Return 0: the clients do all of the work."""
        return 0.0

    def tidy(self, address: str) -> None:
        """Leave it as it is: nobody tidies it."""

    def sizes(self, address: str) -> Sizes:
        """Return the sizes of the file, and of it without a part."""
        return Sizes(os.path.getsize(os.path.join(address, "sweeps.db")), 0)


class Databases:
    """PostgreSQL: each store is a database of one server."""

    name = POSTGRES
    _numbers = count(1)

    def __init__(self, server: Server) -> None:
        self.server = server

    def new(self) -> str:
        """Make a database."""
        return self.server.new_database()

    def copy(self, address: str) -> str:
        """Make a database from another one."""
        name = f"copy{next(self._numbers)}"
        self.tell(f"CREATE DATABASE {name} TEMPLATE {_name(address)}")
        return self.server.url(name)

    def drop(self, address: str) -> None:
        """Remove a database."""
        self.tell(f"DROP DATABASE {_name(address)} WITH (FORCE)")

    def cpu_s(self) -> float:
        """Return the CPU time of all processes that the server has had."""
        leader, *others = self.server.processes()
        return cpu_s(leader, with_ended=True) + sum(map(cpu_s, others))

    def tidy(self, address: str) -> None:
        """Vacuum it, and put what it remembers onto the disk."""
        self.tell("VACUUM ANALYZE", address)
        self.tell("CHECKPOINT", address)

    def sizes(self, address: str) -> Sizes:
        """Return the sizes of the database and of its history with the index."""
        [(whole, history)] = self.tell(
            """SELECT pg_database_size(current_database()),
            pg_total_relation_size('sweepcli.history')""",
            address,
        )
        return Sizes(whole, history)

    def log_size(self) -> int:
        """Return how long the server's log is."""
        return os.path.getsize(self.server.log)

    def log_from(self, start: int) -> str:
        """Return what the server has logged since its log was so long."""
        with open(self.server.log, "rb") as file:
            file.seek(start)
            return file.read().decode(errors="replace")

    def tell(self, sql: str, address: str = "") -> list[tuple[int, ...]]:
        """Run a statement in a database, or beside all of them."""
        url = address or self.server.url("postgres")
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []


def _name(address: str) -> str:
    return address.rpartition("/")[2]


def cpu_s(pid: int, *, with_ended: bool = False) -> float:
    """Return the CPU time of a process, and of its children that have ended."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11 : 15 if with_ended else 13])) / TICKS_PER_S


@contextmanager
def server(**settings: str) -> Iterator[Databases | None]:
    """Run a server that keeps what it is given as a real one does; None if there is none here."""
    if postgres_server.find_programs() is None:
        print("  no PostgreSQL server here (initdb and pg_ctl are not found): left out")
        yield None
        return
    default = {"fsync": "on", "max_connections": str(CONNECTIONS), "autovacuum_naptime": "10s"}
    with postgres_server.running(**{**default, **settings}) as found:
        yield Databases(found)


@contextmanager
def every() -> Iterator[list[Kind]]:
    """Make all kinds of stores for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder, server() as databases:
        yield [Files(folder), *([databases] if databases else [])]
