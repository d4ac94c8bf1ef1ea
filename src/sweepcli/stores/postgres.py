"""The store that many machines share: a schema of a PostgreSQL database, through psycopg.

Agents do not wait for each other here: claims skip the rows that others have locked, and logged
rows are written side by side. A change that must be alone on a sweep says so, see `transaction`.
"""

from __future__ import annotations

import math
import re
import secrets
import time
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

from sweepcli.errors import (
    IdTaken,
    NotSupported,
    NotWritable,
    StoreError,
    StoreGone,
    StoreUnavailable,
    UsageError,
)
from sweepcli.stores import migrations
from sweepcli.stores.database import REMOVED, TURN_S, OnlyReads, jittered
from sweepcli.stores.location import without_password
from sweepcli.stores.postgres_sql import (
    END_TURN,
    OWN_STEPS,
    SCHEMA,
    STEPS,
    TAKE_TURN,
    is_of_rows,
    lock,
    marked,
    of_rows,
    storable,
    typed,
)

try:
    import psycopg
    from psycopg import conninfo, errors
except ImportError as error:
    raise NotSupported(
        f"a store on PostgreSQL needs psycopg: `pip install 'sweepcli[postgres]'` ({error})"
    ) from error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from typing import Any, TypeVar

    from sweepcli.records import JSON

    Found = TypeVar("Found")
    Connection = psycopg.Connection[tuple[JSON, ...]]

# A process that is suspended inside a transaction loses it, so that it stops nobody else.
LONGEST_IDLE = "30s"
PATIENCE_S = 30.0  # by default, for a server that restarts
PAUSE_S = 0.1  # before the first retry; it doubles
LONGEST_PAUSE_S = 2.0
LINGER_S = 1.0  # how long an idle connection stays open, if it was opened soon after the last one
QUIET_S = 0.05  # otherwise, as for an agent whose runs train: a server takes a few hundred
ALONE = 1_937_076_082  # the kind of our advisory locks
AT_ONCE = 100  # rows in a statement
TURN_PAUSE_S = 0.01  # between two looks at whether a turn is free, at first; it doubles
LONGEST_TURN_PAUSE_S = 0.2  # more looks would cost the server more than they save
# What a server, or pgbouncer, says that takes no connection for now; there is no code with it.
FULL_OR_STARTING = re.compile(
    r"too many|connection slots|starting up|shutting down|recovery mode|accepting connections"
    r"|no more connections|cannot connect to server|server login has been|query_wait_timeout"
)
ANSWER = "FATAL"  # in the answer of a server that refuses a connection
FOR_NOW = (
    errors.OperationalError,  # a lost connection, a full disk, a deadlock, a lock not had
    errors.ReadOnlySqlTransaction,  # a standby that is not yet the primary
    errors.IdleInTransactionSessionTimeout,  # we were suspended
    errors.InterfaceError,  # the connection was closed before
)

# For what a URL does not set. A server that has gone without closing is noticed after 10 s.
DEFAULTS = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 10_000,  # milliseconds
    "client_encoding": "utf8",
    "fallback_application_name": "sweepcli",
}
SHORTEST_S, LONGEST_S = 2, 10  # to connect; libpq has no shorter timeout


def settings(url: str, patience_s: float) -> dict[str, Any]:
    """Return what psycopg connects with; raise UsageError for a URL that it cannot read.

    With little patience, as that of an agent with runs, the timeout is short too.
    """
    found: dict[str, Any] | None
    try:
        found = conninfo.conninfo_to_dict(url)
    except psycopg.Error:  # its text may hold a part of the password
        found = None
    if found is None or not _is_sound(found):
        raise UsageError(
            f"{without_password(url)!r} is not the URL of a database; write "
            "postgresql://USER:PASSWORD@HOST:PORT/NAME, with %40 for an @ in the password and "
            "%2F for a /"
        )
    timeout_s = min(max(int(patience_s), SHORTEST_S), LONGEST_S)
    return {**DEFAULTS, "connect_timeout": timeout_s, **found}


def _is_sound(found: dict[str, Any]) -> bool:
    # Messages would show the rest of a password with an @ or a / as host, port or name.
    place = f"{found.get('host')}{found.get('dbname')}"
    ports = str(found.get("port") or 1).split(",")
    return "@" not in place and all(map(str.isdigit, ports))


class PostgresDatabase:
    """A connection that is opened when it is needed, and closed when it is idle."""

    is_local = False
    skip_locked = "FOR UPDATE SKIP LOCKED"

    def __init__(self, url: str, patience_s: float) -> None:
        self._settings = settings(url, patience_s)
        self._patience_s = patience_s
        self._connection: Connection | None = None
        self._is_inside = False  # of a transaction
        self._used_at = -math.inf  # monotonic
        self._linger_s = QUIET_S
        self.path = without_password(url)

    def rows(self, sql: str, values: Iterable[JSON] = ()) -> list[tuple[JSON, ...]]:
        """Return all rows of a query."""
        text, given = marked(sql), storable(values)
        return self._run(lambda connection: connection.execute(text, given).fetchall())

    def change(self, sql: str, values: Iterable[JSON] = ()) -> int:
        """Run one statement and return how many rows it changed."""
        text, given = marked(sql), storable(values)
        return self._run(lambda connection: connection.execute(text, given).rowcount)

    def change_many(self, sql: str, values: Iterable[tuple[JSON, ...]]) -> int:
        """Run one statement for each tuple of values; return how many rows changed in all."""
        rows = list(values)

        def run(connection: Connection) -> int:
            with connection.cursor() as cursor:
                if not rows or not is_of_rows(sql):
                    cursor.executemany(marked(sql), map(storable, rows))
                    return cursor.rowcount
                count = 0
                for start in range(0, len(rows), AT_ONCE):
                    some = rows[start : start + AT_ONCE]
                    given = storable(value for row in some for value in row)
                    count += cursor.execute(of_rows(sql, len(some)), given).rowcount
                return count

        return self._run(run)

    @contextmanager
    def transaction(self, *, alone: str | None = None) -> Iterator[None]:
        """Commit what is inside at the end, or nothing of it if anything is raised.

        Other transactions with the same name for `alone` wait until it is over.
        """
        statement = lock(ALONE, alone) if alone else ""
        with self._transaction("BEGIN", LONGEST_IDLE, statement):
            yield
            self._command("COMMIT")

    def steps(self) -> AbstractContextManager[None]:
        """Run each statement in a transaction of its own: one exchange instead of three."""
        return nullcontext()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read everything as it is now; nothing may be changed."""
        # Whoever reads may write to a file meanwhile, which may be slow.
        with self._transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "0"):
            yield
            self._command("ROLLBACK")

    @contextmanager
    def _transaction(self, begin: str, longest_idle: str, then: str = "") -> Iterator[None]:
        # Everything that is set or locked ends with the transaction: a pooler may give the
        # connection to another program then.
        idle = f"SET LOCAL idle_in_transaction_session_timeout TO '{longest_idle}'"
        try:
            self._command(f"{begin}; {idle}; {then}")
            self._is_inside = True
            yield
        except BaseException:
            if self._connection is not None:  # else it is over already
                with suppress(StoreError):  # the first error says more
                    self._command("ROLLBACK")
            raise
        finally:
            self._is_inside = False

    @contextmanager
    def turn(self, name: str, *, wait_s: float = TURN_S) -> Iterator[None]:
        """Let one process at a time do what all of them would do.

        Others wait for a process that is killed as they do for one that takes long: `wait_s`.
        """
        holder = secrets.token_hex(8)
        with suppress(StoreError):  # it only saves time
            self._wait_for_turn(name, holder, wait_s)
        try:
            yield
        finally:
            with suppress(StoreError):
                self.change(END_TURN, (name, holder))

    def _wait_for_turn(self, name: str, holder: str, wait_s: float) -> None:
        until, pause_s = time.monotonic() + wait_s, TURN_PAUSE_S
        while not self.change(TAKE_TURN, (name, holder, TURN_S, name)):
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, jittered(pause_s)))
            pause_s = min(2 * pause_s, LONGEST_TURN_PAUSE_S)

    def up_since(self) -> float:
        """Return when the server started, in seconds since the epoch."""
        [(at,)] = self.rows("SELECT EXTRACT(EPOCH FROM pg_postmaster_start_time())::float8")
        since: float = at
        return since

    def lost(self) -> str | None:
        """Return None: the server looks after its files."""
        return None

    def rest(self) -> float:
        """Close the connection if it has been idle for a while.

        Returns after how many seconds to call this again.
        """
        if self._connection is None:
            return math.inf
        left = self._used_at + self._linger_s - time.monotonic()
        if left > 0:
            return left
        self.close()
        return math.inf

    def close(self) -> None:
        """Close the connection; it is opened again when it is needed."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _command(self, text: str) -> None:
        self._run(lambda connection: connection.execute(text))

    def _run(self, run: Callable[[Connection], Found]) -> Found:
        """Run statements; outside of a transaction, retry while the server is away."""
        until = time.monotonic() + (0.0 if self._is_inside else self._patience_s)
        pause_s = PAUSE_S
        while True:
            try:
                connection = self._connection or self._connect()
                found = run(connection)
            except psycopg.Error as error:
                if self._connection is not None and self._connection.closed:
                    self._connection = None
                is_lost = self._connection is None and isinstance(error, FOR_NOW)
                if not is_lost or time.monotonic() + pause_s > until:
                    raise self._translated(error) from error
            else:
                self._used_at = time.monotonic()
                return found
            pause_s = _pause(pause_s)

    def _connect(self) -> Connection:
        connection: Connection = psycopg.connect(
            # A pooler may run each transaction in another session, which has not prepared it.
            **self._settings,
            autocommit=True,
            prepare_threshold=None,
        )
        self._connection = connection
        is_busy = time.monotonic() - self._used_at < LINGER_S
        self._linger_s = LINGER_S if is_busy else QUIET_S
        return connection

    def _translated(self, error: psycopg.Error) -> StoreError:
        text = f"{self.path}: {_message(error)}"
        if isinstance(error, errors.ForeignKeyViolation):
            return StoreGone(REMOVED.format(path=self.path))
        if isinstance(error, errors.IntegrityError):
            return IdTaken(text)
        if isinstance(error, errors.InsufficientPrivilege):
            return NotWritable(f"{text}; ask the owner of the database for the right")
        return StoreUnavailable(text) if isinstance(error, FOR_NOW) else StoreError(text)


class LookingPostgres(OnlyReads, PostgresDatabase):
    """The same, only to look."""


def find(
    url: str, *, patience_s: float | None = None, looks: bool = False
) -> PostgresDatabase | None:
    """Open our schema of the database at `url` as `connect` does, or only to look.

    None if it is not there.
    """
    with _opening(url, patience_s, LookingPostgres if looks else PostgresDatabase) as database:
        if done := _done(database):
            if looks:
                migrations.refuse_others(database.path, done - OWN_STEPS.keys())
            else:
                _migrate(database, done)
            return database
    database.close()
    return None


def connect(
    url: str,
    *,
    patience_s: float | None = None,
    beside_runs: bool = False,  # noqa: ARG001 -- its files are not beside it
) -> PostgresDatabase:
    """Open our schema of the database at `url`, creating or migrating it where needed.

    Later, a server that restarts is waited for: PATIENCE_S, or `patience_s` if that is given.
    Raises StoreError where it cannot be opened or was made by a newer version, UsageError for a
    URL that cannot be read.
    """
    with _opening(url, patience_s) as database:
        _migrate(database, _done(database))
    return database


@contextmanager
def _opening(
    url: str, patience_s: float | None, kind: type[PostgresDatabase] = PostgresDatabase
) -> Iterator[PostgresDatabase]:
    database = kind(url, PATIENCE_S if patience_s is None else patience_s)
    try:
        _first(database)
        yield database
    except BaseException:
        database.close()
        raise


def _first(database: PostgresDatabase) -> None:
    """Connect for the first time: anything wrong with the address is an error at once.

    A server that is full, or that is starting, is waited for. Raises StoreUnavailable for one
    that cannot be reached.
    """
    until, pause_s = time.monotonic() + PATIENCE_S, PAUSE_S
    while True:
        try:
            database._connect()  # noqa: SLF001 -- of this module
        except psycopg.Error as error:
            if not FULL_OR_STARTING.search(str(error)) or time.monotonic() > until:
                text = f"{database.path}: cannot be opened: {_message(error)}"
                is_final = ANSWER in str(error) and not FULL_OR_STARTING.search(str(error))
                raise (StoreError if is_final else StoreUnavailable)(text) from error
        else:
            return
        pause_s = _pause(pause_s)


def _pause(seconds: float) -> float:
    """Sleep for at most this long, with some randomness; return how long to sleep next."""
    time.sleep(jittered(seconds))
    return min(2 * seconds, LONGEST_PAUSE_S)


def _message(error: psycopg.Error) -> str:
    """Return the message of a server as one line, without the library's guesses."""
    lines = map(str.strip, str(error).splitlines())
    return " ".join(line for line in lines if not line.startswith("Is the server running"))


def _migrate(database: PostgresDatabase, done: set[str]) -> None:
    if not migrations.missing(database.path, done, STEPS):
        return
    with database.transaction(alone=SCHEMA):
        if not database.rows("SELECT 1 FROM pg_namespace WHERE nspname = ?", (SCHEMA,)):
            database.change(f"CREATE SCHEMA {SCHEMA}")
        migrations.run(database, _done(database), STEPS, typed=typed)


def _done(database: PostgresDatabase) -> set[str]:
    """Return the migrations that the database has had."""
    if database.rows("SELECT to_regclass(?)", (f"{SCHEMA}.migrations",)) == [(None,)]:
        return set()
    return {name for (name,) in database.rows("SELECT name FROM migrations")}
