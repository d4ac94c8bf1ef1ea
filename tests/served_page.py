"""`sweep ui` as a process, and a client of it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from support import PATIENCE_S
from sweepcli.records import JSON


class Reply(NamedTuple):
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> JSON:
        return json.loads(self.text)


class Served:
    """`sweep ui` as a process of its own, and a client that is signed in."""

    def __init__(
        self,
        results: str,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        within: Callable[[list[str]], list[str]] = list,
    ) -> None:
        """Start it; with an environment, also a browser; `within` may change the command."""
        self.results = results
        # Not the user's locale, screen or settings.
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("SWEEPCLI_", "WANDB_"))}
        quietly = ["--no-browser"] if environment is None else []
        command = ["-m", "sweepcli", "sweep", "ui", *quietly, "--dir", results, *arguments]
        self.process = subprocess.Popen(
            within([sys.executable, *command]),
            env={**clean, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        assert self.address, self.process.communicate()[1]
        parts = urlsplit(self.address)
        self.host = parts.netloc
        self.token = parse_qs(parts.query)["token"][0]
        self.cookie = f"sweepcli-{parts.port}={self.token}"

    def ask(
        self, path: str, method: str = "GET", body: JSON = None, **headers: str | None
    ) -> Reply:
        """Send a request, signed in unless `Cookie` says otherwise."""
        kind = {} if body is None else {"Content-Type": "application/json"}
        given = {"Cookie": self.cookie, "Host": self.host, **kind, **headers}
        with closing(http.client.HTTPConnection(self.host, timeout=PATIENCE_S)) as connection:
            connection.request(
                method,
                path,
                None if body is None else json.dumps(body),
                {name: text for name, text in given.items() if text is not None},
            )
            reply = connection.getresponse()
            return Reply(reply.status, dict(reply.headers.items()), reply.read().decode())

    def change(self, sweep_id: str, verb: str) -> Reply:
        """Do what a button of the page does."""
        return self.ask(
            f"/api/sweeps/{sweep_id}/state", "POST", {"verb": verb}, **{"X-Sweepcli": "1"}
        )

    def raw(self, *pieces: bytes) -> bytes:
        """Send bytes, each piece as far as it is taken; return all that is answered."""
        with self.connected() as line:
            with suppress(OSError):  # it was told enough
                for piece in pieces:
                    line.sendall(piece)
            found = b""
            with suppress(ConnectionError):
                while piece := line.recv(65_536):
                    found += piece
        return found

    def connected(self) -> socket.socket:
        """Connect, and send nothing."""
        host, _, port = self.host.partition(":")
        return socket.create_connection((host, int(port)), timeout=PATIENCE_S)

    def head(self, request: str, *more: str) -> bytes:
        """Return the head of a request of who is signed in."""
        lines = [f"{request} HTTP/1.1", f"Host: {self.host}", f"Cookie: {self.cookie}", *more]
        return "\r\n".join([*lines, "", ""]).encode()

    def end(self) -> int:
        """Interrupt it as Ctrl-C does, and return its exit code."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE_S)
        self.process.communicate()
        return code


@contextmanager
def serving(
    results: str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    within: Callable[[list[str]], list[str]] = list,
) -> Iterator[Served]:
    """Serve a results directory for as long as the block lasts."""
    server = Served(results, *arguments, environment=environment, within=within)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.communicate()
