"""What the URL of a PostgreSQL database says, and what it leaves open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg import conninfo

from sweepcli.errors import UsageError
from sweepcli.stores.location import without_password

if TYPE_CHECKING:
    from typing import Any

# What a URL leaves open. A server that has vanished without a word is noticed after 10 s.
DEFAULTS = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 10_000,  # milliseconds
    "client_encoding": "utf8",
    "fallback_application_name": "sweepcli",
}
SHORTEST_S, LONGEST_S = 2, 10  # for a connection to be made; libpq has no shorter one


def settings(url: str, patience_s: float) -> dict[str, Any]:
    """Return what psycopg is to connect with; raise UsageError for a URL that it cannot read.

    Who has runs to look after, and so little patience, does not wait long for a server that
    does not answer.
    """
    found: dict[str, Any] | None
    try:
        found = conninfo.conninfo_to_dict(url)
    except psycopg.Error:  # its text may hold a part of the password
        found = None
    if found is None or not _is_sound(found):
        raise UsageError(
            f"{without_password(url)!r} is no URL of a database; write "
            "postgresql://USER:PASSWORD@HOST:PORT/NAME, with %40 for an @ in the password and "
            "%2F for a /"
        )
    timeout_s = min(max(int(patience_s), SHORTEST_S), LONGEST_S)
    return {**DEFAULTS, "connect_timeout": timeout_s, **found}


def _is_sound(found: dict[str, Any]) -> bool:
    # What is left of a password with an @ or a / in it would be told as host, port or name.
    place = f"{found.get('host')}{found.get('dbname')}"
    ports = str(found.get("port") or 1).split(",")
    return "@" not in place and all(map(str.isdigit, ports))
