"""Where sweeps are stored: a results directory for files, and a database there or on a server."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import commands, env, messages
from sweepcli.folders import sweep_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sweepcli.records import Sweep

SECRETS = ("password=", "sslpassword=")  # settings in a URL, after its question mark


class Location(NamedTuple):
    """Where some sweeps are stored."""

    results: str  # the directory with the folders of runs, absolute
    store: str | None = None  # URL or directory of the database, where it is not in `results`
    is_above: bool = False  # `results` was found in a folder above the working directory

    @property
    def database(self) -> str:
        """What `stores` opens: a directory, or a URL, which may hold a password."""
        return self.store or self.results

    @property
    def shown(self) -> str:
        """The same for people to read, without a password."""
        return without_password(self.database)

    @property
    def for_new(self) -> Location:
        """The same for new sweeps, which stay in the working directory."""
        return here()._replace(store=self.store) if self.is_above else self

    @property
    def options(self) -> str:
        """What a command needs to find it, each option after a space, without a password.

        Nothing for what is found without options.
        """
        default = nearest()
        folder = "" if self.results == default.results else f" --dir {shlex.quote(self.results)}"
        is_default = self.store in (None, default.store)
        return folder if is_default else f"{folder} --store {shlex.quote(self.shown)}"

    def line(self, words: str, *given: str) -> str:
        """Return a command of ours as the user can type it, with the options that find it."""
        return f"{commands.line(words, *given)}{self.options}"


def here(environ: Mapping[str, str] = os.environ) -> Location:
    """Return the location that the environment names, else that of the working directory."""
    return Location(env.results_dir(environ), env.store(environ))


def nearest(environ: Mapping[str, str] = os.environ) -> Location:
    """Return the same, or the results directory of a folder above, if only that one has one."""
    location = here(environ)
    if environ.get(env.DIR) or os.path.isdir(location.results):
        return location
    for folder in _above(os.path.dirname(location.results), os.path.expanduser("~")):
        results = os.path.join(folder, env.RESULTS)
        if os.path.isdir(results):
            return location._replace(results=results, is_above=True)
    return location


def _above(folder: str, home: str) -> Iterator[str]:
    """Yield the folders above one that belong to its project, the nearest first.

    A repository, a home or a disk ends it, and what belongs to another user is not looked at: who
    can write there could choose what our commands read and run.
    """
    home, user = os.path.realpath(home), os.geteuid()
    while not (
        os.path.exists(os.path.join(folder, ".git"))
        or os.path.realpath(folder) == home
        or os.path.ismount(folder)
    ):
        folder = os.path.dirname(folder)
        try:
            if os.stat(folder).st_uid != user:
                return
        except OSError:
            return
        yield folder


def entered(location: Location, sweeps: Iterable[Sweep]) -> Location:
    """Work in the folder that has the results directory, if that was found above this one.

    The programs of runs are relative to the folder where their sweep was created. Returns where
    the files of their runs belong: in this folder if the sweeps are of a database elsewhere, and
    what was found above knows nothing of them.
    """
    folder, results = os.path.dirname(location.results), location.results
    if not location.is_above or os.getcwd() == folder:
        return location
    if location.store and not any(os.path.exists(sweep_record(results, each)) for each in sweeps):
        return location.for_new
    if database := env.store():  # relative to the working directory
        os.environ[env.STORE] = database
    os.chdir(folder)
    os.environ["PWD"] = folder  # some programs read it
    messages.say(f"Working in {folder}, where the sweeps are")
    return location


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
