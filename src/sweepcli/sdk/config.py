"""A run's config: what the script gave, under what the sweep gave.

The sweep's params are locked: a script cannot train with other values than it was given.
"""

from __future__ import annotations

from sweepcli.errors import UsageError
from sweepcli.sdk import notices, sources
from sweepcli.sdk.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any


class Config(Record):
    """The values of one run; the keys of the sweep's params are locked."""

    __slots__ = ("_allow_val_change", "_changed", "_locked", "_warnings")
    _allow_val_change: bool
    _changed: Callable[[], None] | None
    _locked: frozenset[str]
    _warnings: notices.Warnings

    def __init__(
        self,
        items: dict[str, Any],
        locked: Iterable[str] = (),
        *,
        changed: Callable[[], None] | None = None,
        allow_val_change: bool = False,
    ) -> None:
        super().__init__(items)
        object.__setattr__(self, "_locked", frozenset(locked))
        object.__setattr__(self, "_changed", changed)
        object.__setattr__(self, "_allow_val_change", allow_val_change)
        object.__setattr__(self, "_warnings", notices.Warnings())

    def update(self, d: Any, allow_val_change: bool | None = None) -> None:  # noqa: FBT001 -- W&B's signature
        """Take over the values of a dict, namespace or file; locked keys stay as they are."""
        if allow_val_change is None:
            allow_val_change = self._allow_val_change
        given = sources.read(d)
        fresh = {key: value for key, value in given.items() if self._is_new(key, value)}
        changed = [key for key in fresh if key in self._items]
        if changed and not allow_val_change:
            raise UsageError(_refusal(changed[0], self._items[changed[0]], fresh[changed[0]]))
        self._items.update(fresh)
        if fresh and self._changed is not None:
            self._changed()

    def setdefaults(self, d: Any) -> None:
        """Take over the values of those keys that have none yet."""
        given = sources.read(d)
        wanted = (key for key in given if key not in self._items or key in self._locked)
        self.update({key: given[key] for key in wanted})

    def _is_new(self, key: str, value: Any) -> bool:
        if key in self._items and self._items[key] == value:
            return False
        if key in self._locked:
            what = f"Config item '{key}' was locked by 'sweep' (ignored update)."
            self._warnings.once(key, what)
            return False
        return True

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __setattr__(self, name: str, value: Any) -> None:
        self.update({name: value})

    def __reduce__(self) -> tuple[type[Config], tuple[dict[str, Any], frozenset[str]]]:
        # Spawned workers get a copy that reads alike and writes nowhere.
        return Config, (dict(self._items), self._locked)


def merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Return `below` overlaid with `above`, dict values merged key by key."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            result[key] = merged(old, value)
        else:
            result[key] = value
    return result


def chosen(given: dict[str, Any], include: Any, exclude: Any) -> dict[str, Any]:
    """Return the given values without those that init() was told to leave out."""
    if include and exclude:
        raise UsageError("init() takes config_include_keys or config_exclude_keys, not both")
    if include:
        return {key: given[key] for key in _names(include) if key in given}
    return {key: value for key, value in given.items() if key not in _names(exclude or ())}


def _names(keys: Any) -> list[str]:
    return keys.split(",") if isinstance(keys, str) else list(keys)


def _refusal(key: str, old: Any, new: Any) -> str:
    return (
        f"config: '{key}' would change from {old!r} to {new!r}; if that is meant, "
        "call config.update({...}, allow_val_change=True)"
    )
