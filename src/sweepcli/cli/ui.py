"""The command that serves the page in the browser."""

from __future__ import annotations

import os
import sys

import click

from sweepcli.cli import opened, options


@click.command(epilog="\b\nExample:\n  sweep ui\n  sweep ui --no-browser me/demo/abcd1234")
@click.argument("path", required=False)
@click.option("--port", type=click.IntRange(1, 65535), help="Default: 6789, or one that is free.")
@click.option("--no-browser", is_flag=True, help="Open no browser; the address is printed anyway.")
@options.results
def ui(path: str | None, port: int | None, results: str, *, no_browser: bool) -> None:
    """Serve a page of all sweeps, or of the sweep PATH, to a browser on this machine.

    Prints the page's address, whose token lets your browser in and nobody else's. Ctrl-C ends
    it. From another machine: `ssh -L 6789:127.0.0.1:6789 HOST`, then open the address there.
    """
    from sweepcli import messages  # noqa: PLC0415 -- not needed for --help
    from sweepcli.dashboard import server  # noqa: PLC0415 -- asyncio and more, likewise

    place = "/"
    if path is not None:
        with opened.sweep_at(results, path) as (_, sweep):
            place = f"/sweep/{sweep.id}"

    def ready(address: str) -> None:
        click.echo(address)
        sys.stdout.flush()
        messages.say("Serving the page at this address; Ctrl-C ends it")
        if not no_browser:
            _open(address)

    try:
        server.serve(results, server.listening(port), path=place, ready=ready)
    except KeyboardInterrupt:
        messages.say("The page is no longer served")


def _open(address: str) -> None:
    """Open a browser where there is a screen; one in the terminal would be in the way."""
    import webbrowser  # noqa: PLC0415 -- as above

    has_screen = sys.platform == "darwin" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    if has_screen and not os.environ.get("SSH_CONNECTION"):
        webbrowser.open(address)
