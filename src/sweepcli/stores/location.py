"""Where sweeps are stored: a results directory for files, and a database there or on a server."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import env

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRETS = ("password=", "sslpassword=")  # settings in a URL, after its question mark


class Location(NamedTuple):
    """Where some sweeps are stored."""

    results: str  # the directory with the folders of runs, absolute
    store: str | None = None  # URL or directory of the database, where it is not in `results`

    @property
    def database(self) -> str:
        """What `stores` opens: a directory, or a URL, which may hold a password."""
        return self.store or self.results

    @property
    def shown(self) -> str:
        """The same for people to read, without a password."""
        return without_password(self.database)

    @property
    def options(self) -> str:
        """What a command needs to find it, each option after a space, without a password.

        Nothing for what the environment says, which is the default.
        """
        default = here()
        folder = "" if self.results == default.results else f" --dir {shlex.quote(self.results)}"
        is_default = self.store in (None, default.store)
        return folder if is_default else f"{folder} --store {shlex.quote(self.shown)}"


def here(environ: Mapping[str, str] = os.environ) -> Location:
    """Return the location that the environment names."""
    return Location(env.results_dir(environ), env.store(environ))


def without_password(address: str) -> str:
    """Return a URL of a database without its passwords; a directory as it is."""
    if not is_url(address):
        return address
    scheme, _, rest = address.partition("://")
    place, _, settings = rest.partition("?")
    others = [each for each in settings.split("&") if each and not each.startswith(SECRETS)]
    # A password that is not percent-encoded may have any character: the last @ ends it.
    user, at, host = place.rpartition("@")
    shown = f"{scheme}://{user.partition(':')[0]}{at}{host}"
    return f"{shown}?{'&'.join(others)}" if others else shown


def has_password(address: str) -> bool:
    """Return whether an address has a password."""
    return without_password(address) != address


def is_url(address: str) -> bool:
    """Return whether an address is a URL, not a directory."""
    return "://" in address
