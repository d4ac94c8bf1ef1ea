"""A run's summary, and the kind of mapping that both summary and config are."""

from __future__ import annotations

from sweepcli.errors import UsageError
from sweepcli.sdk import values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, ItemsView, Iterator, KeysView
    from typing import Any

KINDS = ("min", "max", "mean", "last", "first", "best", "none")  # of `define_metric()`


class Record:
    """Values read by key or attribute; names that start with `_` can be read but are not listed."""

    __slots__ = ("_items",)
    _items: dict[str, Any]

    def __init__(self, items: dict[str, Any]) -> None:
        # Assigning an attribute sets a value, so our own slots are set past `__setattr__`.
        object.__setattr__(self, "_items", items)

    def as_dict(self) -> dict[str, Any]:
        """Return the listed values as a new dict."""
        return {key: value for key, value in self._items.items() if key[:1] != "_"}

    def update(self, d: Any) -> None:
        """Set values."""
        self._items.update(d)

    def keys(self) -> KeysView[str]:
        return self.as_dict().keys()

    def items(self) -> ItemsView[str, Any]:
        return self.as_dict().items()

    def get(self, key: str, default: Any = None) -> Any:
        return self._items.get(key, default)

    def __getitem__(self, key: str) -> Any:
        return self._items[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __getattr__(self, name: str) -> Any:
        # Copying and pickling look up dunder names before `_items` exists.
        if name.startswith("__") or name in ("_items", "_locked"):
            raise AttributeError(name)
        try:
            return self._items[name]
        except KeyError:
            known = ", ".join(self.keys()) or "nothing"
            what = f"{type(self).__name__.lower()} has no '{name}'; it has {known}"
            raise AttributeError(what) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self.update({name: value})

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self.as_dict())

    def __len__(self) -> int:
        return len(self.as_dict())

    def __repr__(self) -> str:
        return repr(self.as_dict())


class Summary(Record):
    """The last logged value of each name, or the one that the script set."""

    __slots__ = ("_write",)
    _write: Callable[[dict[str, Any]], None]

    def __init__(self, write: Callable[[dict[str, Any]], None]) -> None:
        super().__init__({})
        object.__setattr__(self, "_write", write)

    def update(self, d: Any) -> None:
        """Replace the values of these names, and write them at once."""
        given = values.plain(dict(d), [])
        self._write(given)
        self._items.update(given)

    def add_row(self, row: dict[str, Any]) -> None:
        """Add a logged row, which is not written again: readers of the file do the same."""
        self._items.update(row)

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        return dict, (self.as_dict(),)  # a copy has no file to write to


def summary_kinds(name: str, summary: str | None) -> str | None:
    """Return a comma list of summaries in our words; raise UsageError for unknown ones."""
    kinds = []
    for word in summary.split(",") if summary else ():
        kind = word.strip().lower()
        if kind == "copy":  # older W&B: the last value, which is always summarised
            continue
        if kind not in KINDS:
            known = ", ".join(KINDS)
            raise UsageError(f"define_metric({name!r}): summary {word!r} is not one of {known}")
        kinds.append(kind)
    return ",".join(kinds) or None


def goal_word(name: str, goal: str | None) -> str | None:
    """Return a metric's goal in our words; raise UsageError for a word that is neither."""
    if goal is None:
        return None
    from sweepcli import values as words  # noqa: PLC0415 -- few scripts name a goal

    if found := words.goal_of(goal):
        return found
    known = " or ".join(words.GOALS)
    raise UsageError(f"define_metric({name!r}): goal {goal!r} is not {known}")
