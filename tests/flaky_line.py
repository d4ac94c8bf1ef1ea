"""A line to a server that can be made to lose an answer: what was asked is done all the same."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

HOST = "127.0.0.1"


class FlakyLine:
    """Passes on what its clients and the server on a port say to each other."""

    def __init__(self, server_port: int) -> None:
        self.lost = 0
        self._server_port = server_port
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self._losing: bytes | None = None
        self._left = 0
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []

    @classmethod
    @contextmanager
    def to(cls, server_port: int) -> Iterator[FlakyLine]:
        """Keep a line to the server on a port."""
        line = cls(server_port)
        line._begin(line._accept)
        try:
            yield line
        finally:
            line._listener.shutdown(socket.SHUT_RDWR)
            line._listener.close()
            for each in line._sockets:
                _end(each)
            for thread in line._threads:
                thread.join()

    def lose_answer_to(self, words: bytes, *, after: int = 0) -> None:
        """Lose the answer to a question with these words in it, and end that connection.

        The next such question, or one `after` so many others.
        """
        self._losing, self._left = words, after

    def _begin(self, work: object, *arguments: object) -> None:
        assert callable(work)
        thread = threading.Thread(target=work, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection((HOST, self._server_port))
                self._sockets += [client, server]
                self._begin(self._pass_on, client, server)

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        """Pass questions on and answers back, one after another as the protocol has it."""
        is_losing = threading.Event()

        def answers() -> None:
            with suppress(OSError):
                while answer := server.recv(1 << 16):
                    if is_losing.is_set():
                        self.lost += 1
                        break
                    client.sendall(answer)
            _end(client)
            _end(server)

        self._begin(answers)
        with suppress(OSError):
            while question := client.recv(1 << 16):
                if self._losing is not None and self._losing in question:
                    self._left -= 1
                    if self._left < 0:
                        self._losing = None
                        is_losing.set()
                server.sendall(question)
        _end(server)
        _end(client)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
