"""A run's summary: the last logged value of each name, or what the script put there."""

from __future__ import annotations

from sweepcli.sdk import values
from sweepcli.sdk.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Summary(Record):
    """One value for each name; what the script sets is written at once."""

    __slots__ = ("_write",)
    _write: Callable[[dict[str, Any]], None]

    def __init__(self, write: Callable[[dict[str, Any]], None]) -> None:
        super().__init__({})
        object.__setattr__(self, "_write", write)

    def update(self, d: Any) -> None:
        """Replace the values of these names."""
        odd: list[str] = []
        given = values.plain(dict(d), odd)
        self._write(given)
        self._items.update(given)

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __setattr__(self, name: str, value: Any) -> None:
        self.update({name: value})

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        return dict, (self.as_dict(),)  # a copy has no file to write to

    def see(self, row: dict[str, Any]) -> None:
        """Follow a logged row; the reader of the file does the same on its own."""
        self._items.update(row)
