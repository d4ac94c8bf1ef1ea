"""What the URL of a PostgreSQL database says, and what it leaves open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg import conninfo

from sweepcli.errors import UsageError
from sweepcli.location import without_password

if TYPE_CHECKING:
    from typing import Any

# What a URL leaves open. A server that has vanished without a word is noticed after 20 s.
DEFAULTS = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 20_000,  # milliseconds
    "client_encoding": "utf8",
    "fallback_application_name": "sweepcli",
}


def settings(url: str) -> dict[str, Any]:
    """Return what psycopg is to connect with; raise UsageError for a URL that it cannot read."""
    try:
        found = conninfo.conninfo_to_dict(url)
    except psycopg.Error:  # its text may hold a part of the password
        found = {}
    # What is left of a password with an @ or a / in it would be told as host, port or name.
    place = f"{found.get('host')}{found.get('dbname')}"
    ports = str(found.get("port") or 1).split(",")
    if not found or "@" in place or not all(map(str.isdigit, ports)):
        raise UsageError(
            f"{without_password(url)!r} is no URL of a database; write "
            "postgresql://USER:PASSWORD@HOST:PORT/NAME, with %40 for an @ in the password and "
            "%2F for a /"
        )
    return {**DEFAULTS, **found}
