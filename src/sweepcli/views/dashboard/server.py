"""Serves the page on this machine's loopback address, and nowhere else, until it is interrupted."""

from __future__ import annotations

import errno
import secrets
import socket
from typing import TYPE_CHECKING
from urllib.parse import quote

import uvicorn

from sweepcli.errors import UsageError
from sweepcli.views.dashboard import application

if TYPE_CHECKING:
    from collections.abc import Callable

    from sweepcli.stores.location import Location

ADDRESS = "127.0.0.1"
USUAL_PORT = 6789
TOKEN_BYTES = 24


def listening(port: int | None) -> socket.socket:
    """Return a socket that listens at a port: the given one, else the usual or a free one.

    Raises UsageError if that port cannot be used.
    """
    for wanted in (USUAL_PORT, 0) if port is None else (port,):
        found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((ADDRESS, wanted))
            found.listen(128)
        except OSError as error:
            found.close()
            if wanted == port or error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise UsageError(f"--port {wanted}: {error.strerror}; name another") from error
        else:
            return found
    raise AssertionError("a free port is always found")


def serve(
    location: Location, bound: socket.socket, *, path: str, ready: Callable[[str], None]
) -> None:
    """Serve the page of a results directory until SIGINT or SIGTERM.

    `ready` gets the address of the page at `path`, with the token that signs a browser in.
    """
    port: int = bound.getsockname()[1]
    token = secrets.token_urlsafe(TOKEN_BYTES)
    # Cookies are the same for all ports of a host, and two servers may run here.
    app = application.application(
        location, token=token, cookie=f"sweepcli-{port}", is_over=lambda: server.should_exit
    )
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            http="h11",
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,  # open pages end within one, unless the machine is busy
        )
    )
    ready(f"http://{ADDRESS}:{port}{quote(path)}?token={token}")
    server.run(sockets=[bound])
