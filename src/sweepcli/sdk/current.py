"""The names of `import sweepcli` that follow the current run."""

from __future__ import annotations

from functools import partial

from sweepcli import public_names as names
from sweepcli.sdk import less_usual as elsewhere
from sweepcli.sdk.session import SESSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from sweepcli.sdk.record import Record


class Current:
    """Stands for the current run's config or summary, whichever run is current."""

    __slots__ = ("_name",)
    _name: str

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    def _record(self, use: str = "") -> Record:
        record: Record = getattr(SESSION.needed(self._name + use), self._name)
        return record

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by inspection, not by a script
            raise AttributeError(name)
        return getattr(self._record(f".{name}"), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._record(f".{name}"), name, value)

    def __getitem__(self, key: str) -> Any:
        return self._record(f"[{key!r}]")[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._record(f"[{key!r}]").update({key: value})

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


def function(name: str) -> Callable[..., Any]:
    """Return a function of the package: for most, the method of that name of the current run."""
    if name in names.WITHOUT_MEANING:
        return partial(elsewhere.accept, name)

    def call(*args: Any, **options: Any) -> Any:
        return elsewhere.method(SESSION.needed(f"{name}()"), name)(*args, **options)

    call.__name__ = call.__qualname__ = name
    return call


CONFIG = Current("config")
SUMMARY = Current("summary")
