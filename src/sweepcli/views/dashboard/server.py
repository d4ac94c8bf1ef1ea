"""Serves the page on this machine's loopback address, and nowhere else, until it is interrupted."""

from __future__ import annotations

import errno
import secrets
import socket
import threading
from typing import TYPE_CHECKING
from urllib.parse import quote

import uvicorn

from sweepcli.errors import UsageError
from sweepcli.views.dashboard import application, connections

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from sweepcli.stores.location import Location

ADDRESS = "127.0.0.1"
USUAL_PORT = 6789
TOKEN_BYTES = 24
LAST_S = 3.0  # for what is being read when it ends: a server may not answer for minutes


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


class Server(uvicorn.Server):
    """Ends at a signal, whatever its threads wait for: `give_up` is called if they take long."""

    def __init__(self, config: uvicorn.Config, give_up: Callable[[], None]) -> None:
        super().__init__(config)
        self._last = threading.Timer(LAST_S, give_up)
        self._last.daemon = True

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until a signal."""
        try:
            super().run(sockets)
        finally:
            self._last.cancel()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end."""
        if not self.should_exit:
            self._last.start()
        super().handle_exit(sig, frame)


def serve(
    location: Location,
    bound: socket.socket,
    *,
    path: str,
    ready: Callable[[str], None],
    give_up: Callable[[], None],
) -> None:
    """Serve the page of a results directory until SIGINT or SIGTERM.

    `ready` gets the address of the page at `path`, with the token that signs a browser in.
    `give_up` ends the process, if an answer takes too long then.
    """
    port: int = bound.getsockname()[1]
    token = secrets.token_urlsafe(TOKEN_BYTES)
    # Cookies are the same for all ports of a host, and two servers may run here.
    app = application.application(
        location, token=token, cookie=f"sweepcli-{port}", is_over=lambda: server.should_exit
    )
    server = Server(
        uvicorn.Config(
            app,
            http=connections.Connection,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            log_level="error",  # what others send is not told, a mistake of ours is
            access_log=False,
            server_header=False,
        ),
        give_up,
    )
    ready(f"http://{ADDRESS}:{port}{quote(path)}?token={token}")
    server.run(sockets=[bound])
