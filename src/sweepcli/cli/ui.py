"""The command that serves the page in the browser."""

from __future__ import annotations

import errno
import os
import signal
import sys
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import quote

import click

from sweepcli.cli import open_store, options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.stores.location import Location


@click.command(epilog="\b\nExample:\n  sweep ui\n  sweep ui --no-browser me/demo/abcd1234")
@options.path
@click.option(
    "--port", type=click.IntRange(1, 65535), metavar="N", help="Default: 6789, or one that is free."
)
@click.option("--no-browser", is_flag=True, help="Open no browser; the address is printed anyway.")
@options.location
def ui(path: str | None, port: int | None, location: Location, *, no_browser: bool) -> None:
    """Serve a page of all sweeps, or of the sweep PATH, to a browser on this machine.

    Prints the page's address, whose token lets your browser in and nobody else's. Ctrl-C ends
    it. From another machine: `ssh -L 6789:127.0.0.1:6789 HOST`, then open the address there.
    """
    from sweepcli import messages  # noqa: PLC0415 -- not needed for --help
    from sweepcli.views.dashboard import server  # noqa: PLC0415 -- asyncio and more, likewise

    place = "/"
    if path is not None:
        with open_store.sweep_at(location, path, looks=True) as (_, sweep):
            place = f"/sweep/{sweep.id}"

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # both end it in good order
    with ExitStack() as until_the_end:

        def ready(address: str) -> None:
            click.echo(address)
            sys.stdout.flush()
            messages.say("Serving the page at this address; Ctrl-C ends it")
            if not no_browser and _has_screen():
                until_the_end.enter_context(_opened(address, location.results))

        def end() -> None:
            until_the_end.close()
            messages.say("The page is no longer served")

        def give_up() -> None:  # from another thread
            end()
            os._exit(0)

        bound = server.listening(port)
        try:
            server.serve(location, bound, path=place, ready=ready, give_up=give_up)
        except KeyboardInterrupt:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)  # it ends already
            end()


def _has_screen() -> bool:
    """Return whether there is a screen for a browser; one in the terminal would be in the way."""
    if os.environ.get("SSH_CONNECTION"):
        return False
    names = ("DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform == "darwin" or any(os.environ.get(name) for name in names)


@contextmanager
def _opened(address: str, results: str) -> Iterator[None]:
    """Open a browser at an address; other users, who see all command lines, do not learn it.

    It gets the name of a file that leads there, and that nobody else can read.
    """
    import threading  # noqa: PLC0415 -- not needed for --help
    import webbrowser  # noqa: PLC0415 -- likewise

    from sweepcli import messages  # noqa: PLC0415 -- likewise
    from sweepcli.views.dashboard import safety  # noqa: PLC0415 -- likewise

    try:
        path = _new_file(safety.forward(address), results)
    except OSError as error:
        why = error.strerror or error
        messages.warn(f"No browser is opened, since it needs a file to be signed in: {why}")
        yield
        return
    try:
        # Some browsers are waited for until they end.
        name = f"file://{quote(path)}"
        threading.Thread(target=webbrowser.open, args=[name], daemon=True).start()
        yield
    finally:
        with suppress(OSError):
            os.remove(path)


def _new_file(text: str, results: str) -> str:
    """Write a file that only this user can read, in the first folder that takes it.

    Returns its path; raises OSError where no folder takes it.
    """
    import tempfile  # noqa: PLC0415 -- not needed for --help

    for folder in _folders(results):
        path = None
        try:
            fd, path = tempfile.mkstemp(prefix="ui-", suffix=".html", dir=folder)
            with open(fd, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError:  # another user's folder, or a full disk
            if path is not None:
                with suppress(OSError):
                    os.remove(path)
        else:
            return os.path.abspath(path)
    raise OSError(errno.EACCES, "neither the results directory nor your home can be written")


def _folders(results: str) -> Iterator[str]:
    """Yield where the file may be. Browsers in a sandbox have a temporary folder of their own."""
    import tempfile  # noqa: PLC0415 -- not needed for --help

    known = (results, os.path.expanduser("~"), os.environ.get("XDG_RUNTIME_DIR", ""))
    yield from filter(os.path.isdir, known)
    yield tempfile.gettempdir()
