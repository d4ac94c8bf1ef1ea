"""A mapping that can also be read by attribute, as scripts read config and summary."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import ItemsView, Iterator, KeysView
    from typing import Any


class Record:
    """Named values; names that start with `_` can be read but are not listed."""

    __slots__ = ("_items",)
    _items: dict[str, Any]

    def __init__(self, items: dict[str, Any]) -> None:
        # Subclasses turn assignment into an entry, so our own slot is set past them.
        object.__setattr__(self, "_items", items)

    def as_dict(self) -> dict[str, Any]:
        """Return the listed values as a new dict."""
        return {key: value for key, value in self._items.items() if key[:1] != "_"}

    def keys(self) -> KeysView[str]:
        return self.as_dict().keys()

    def items(self) -> ItemsView[str, Any]:
        return self.as_dict().items()

    def get(self, key: str, default: Any = None) -> Any:
        return self._items.get(key, default)

    def __getitem__(self, key: str) -> Any:
        return self._items[key]

    def __getattr__(self, name: str) -> Any:
        # Copying and pickling ask for dunder names before there is a slot to look into.
        if name.startswith("__") or name in ("_items", "_locked"):
            raise AttributeError(name)
        try:
            return self._items[name]
        except KeyError:
            known = ", ".join(self.keys()) or "nothing"
            what = f"{type(self).__name__.lower()} has no '{name}'; it has {known}"
            raise AttributeError(what) from None

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self.as_dict())

    def __len__(self) -> int:
        return len(self.as_dict())

    def __repr__(self) -> str:
        return repr(self.as_dict())
