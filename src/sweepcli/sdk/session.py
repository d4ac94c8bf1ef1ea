"""The current run of this process, and the config and summary of whichever run that is."""

from __future__ import annotations

import atexit
import os

from sweepcli.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from sweepcli.sdk.run import Run
    from sweepcli.sdk.summary import Record


class Session:
    """Holds the current run; there is one session in a process."""

    __slots__ = ("_is_hooked", "_run", "client")

    def __init__(self) -> None:
        self.client = "sweepcli's SDK"  # what the script imports, shown to people
        self._run: Run | None = None
        self._is_hooked = False

    @property
    def run(self) -> Run | None:
        """Return the run that has begun and not ended."""
        return self._run if self._run is not None and self._run.is_running else None

    def begin(self, run: Run) -> None:
        """Make this the current run until it ends."""
        self._run = run
        if not self._is_hooked:
            self._is_hooked = True
            atexit.register(self.close)

    def close(self) -> None:
        """End the current run as the process ends, without an exit code."""
        # A forked worker leaves the run to the process that began it.
        run = self.run
        if run is not None and run.pid == os.getpid():
            run.end(None)

    def needed(self, use: str) -> Run:
        """Return the current run; raise UsageError if there is none."""
        run = self.run
        if run is None:
            raise UsageError(f"You must call sweepcli.init() before sweepcli.{use}")
        return run


SESSION = Session()


class Current:
    """The config or summary of the current run, whichever run that is."""

    __slots__ = ("_name",)
    _name: str

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    def _record(self, use: str = "") -> Record:
        record: Record = getattr(SESSION.needed(self._name + use), self._name)
        return record

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # looked up by inspection, not by a script
            raise AttributeError(name)
        return getattr(self._record(f".{name}"), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._record(f".{name}"), name, value)

    def __getitem__(self, key: str) -> Any:
        return self._record(f"[{key!r}]")[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._record(f"[{key!r}]")[key] = value

    def __contains__(self, key: object) -> bool:
        return key in self._record()

    def __iter__(self) -> Iterator[str]:
        return iter(self._record())

    def __len__(self) -> int:
        return len(self._record())

    def __repr__(self) -> str:
        return repr(self._record()) if SESSION.run else f"<sweepcli.{self._name} before init()>"

    def __reduce__(self) -> Any:
        return self._record().__reduce__()
