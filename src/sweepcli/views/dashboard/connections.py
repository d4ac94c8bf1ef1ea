"""How long a browser may take, and how many may connect: whoever reaches the port may try.

Other users of the machine reach it as well, and need no token to connect. So a connection on
which no request arrives is closed after a while, and at once where there are too many; only
requests of who is signed in are waited for. Nobody is waited for when the server ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

    from uvicorn._types import Scope

MOST = 100  # connections, for each of which there may be a file open
REQUEST_S = 10.0  # until a request has arrived, without its body
REST_S = 1.0  # for the rest of a body that nobody reads, so that the answer arrives
END_S = 1.0  # for what is being answered when the server ends
SIGNED_IN = "sweepcli.signed_in"  # in the scope of a request, once it is
TOO_MANY = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
    b"Too many pages are open: close some of them."
)


class Connection(H11Protocol):
    """A connection that is closed when it takes too long."""

    _timer: asyncio.TimerHandle | None = None
    _since = 0.0  # when it began to wait for a request

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Begin, in the place of another one where there are too many."""
        super().connection_made(transport)
        self._wait(REQUEST_S)
        if len(self.connections) > MOST and not self._make_room():
            transport.write(TOO_MANY)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what arrives; what cannot be a request is one that is not valid."""
        try:
            super().data_received(data)
        except (UnicodeError, ValueError, h11.ProtocolError):
            self.transport.abort()

    def on_response_complete(self) -> None:
        """Wait for the next request, and not for the rest of this one."""
        is_whole = self.conn.their_state is not h11.SEND_BODY
        super().on_response_complete()
        self._wait(REQUEST_S if is_whole else REST_S)

    def shutdown(self) -> None:
        """End soon, whatever the other side does."""
        super().shutdown()
        self._stop_waiting()
        self._timer = self.loop.call_later(END_S, self.transport.abort)

    def is_signed_in(self) -> bool:
        """Return whether a request of who is signed in is being answered."""
        scope: Scope | None = self.scope
        is_answering = self.cycle is not None and not self.cycle.response_complete
        return is_answering and scope is not None and SIGNED_IN in scope

    def _wait(self, seconds: float) -> None:
        self._stop_waiting()
        self._since = self.loop.time()
        self._timer = self.loop.call_later(seconds, self._give_up)

    def _give_up(self) -> None:
        if not self.is_signed_in():
            self._end()

    def _end(self) -> None:
        if self.transport.get_write_buffer_size():  # of who does not read
            self.transport.abort()
        else:
            self.transport.close()

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _make_room(self) -> bool:
        """Close the connection that has waited longest; return whether there was one."""
        others = [
            each
            for each in self.connections
            if isinstance(each, Connection) and each is not self and not each.is_signed_in()
        ]
        if others:
            min(others, key=lambda each: each._since)._end()  # noqa: SLF001 -- of this class
        return bool(others)
