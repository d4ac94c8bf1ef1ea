"""A run's config: the script's values, below those that the sweep gave.

The sweep's params are locked: a script cannot train with values other than those it was given.
"""

from __future__ import annotations

import json
import os

from sweepcli.errors import UsageError
from sweepcli.messages import Warnings
from sweepcli.sdk import values
from sweepcli.sdk.summary import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

DEFAULTS_FILE = "config-defaults.yaml"
# Distributions whose `min` is a value, not the exponent of one.
PLAIN_RANGES = (None, "constant", "categorical", "uniform", "int_uniform", "q_uniform")


ConfigError = UsageError  # W&B's name of the error for a value that would change


class Config(Record):
    """The values of one run; the keys of the sweep's params are locked."""

    __slots__ = ("_allow_val_change", "_changed", "_locked", "_warnings")
    _allow_val_change: bool
    _changed: Callable[[], None] | None
    _locked: frozenset[str]
    _warnings: Warnings

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
        object.__setattr__(self, "_warnings", Warnings())

    def update(self, d: Any, allow_val_change: bool | None = None) -> None:  # noqa: FBT001 -- W&B's signature
        """Set the values of a dict, namespace or file; locked keys keep theirs.

        Raises UsageError if a value would change and `allow_val_change` does not allow it.
        """
        if allow_val_change is None:
            allow_val_change = self._allow_val_change
        fresh = {key: value for key, value in read(d).items() if self._is_new(key, value)}
        changed = [key for key in fresh if key in self._items]
        if changed and not allow_val_change:
            key = changed[0]
            raise UsageError(
                f"config: '{key}' would change from {self._items[key]!r} to {fresh[key]!r}; "
                "to allow that, call config.update({...}, allow_val_change=True)"
            )
        self._items.update(fresh)
        if fresh and self._changed is not None:
            self._changed()

    def setdefaults(self, d: Any) -> None:
        """Set the values of those keys that have none yet."""
        given = read(d)
        wanted = (key for key in given if key not in self._items or key in self._locked)
        self.update({key: given[key] for key in wanted})

    def _is_new(self, key: str, value: Any) -> bool:
        if key in self._items and self._items[key] == value:
            return False
        if key in self._locked:
            self._warnings.once(key, f"Config item '{key}' was locked by 'sweep' (ignored update).")
            return False
        return True

    def __reduce__(self) -> tuple[type[Config], tuple[dict[str, Any], frozenset[str]]]:
        # Spawned workers get a copy with the same values, which writes nothing.
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
    """Return the given values that `config_include_keys` and `config_exclude_keys` leave."""
    if include and exclude:
        raise UsageError("init() takes config_include_keys or config_exclude_keys, not both")
    if include:
        return {key: given[key] for key in _names(include) if key in given}
    return {key: value for key, value in given.items() if key not in _names(exclude or ())}


def read(source: Any) -> dict[str, Any]:
    """Return the values of a dict, an object with attributes or a file; raise UsageError else."""
    if source is None:
        return {}
    if isinstance(source, (str, os.PathLike)):
        return _file_values(os.fspath(source))
    # Objects become text without a warning: the script keeps the object.
    return {str(key).strip("-"): value for key, value in values.plain(_fields(source), []).items()}


def defaults() -> dict[str, Any]:
    """Return the values of `config-defaults.yaml` in the working directory, if it exists."""
    return _file_values(DEFAULTS_FILE) if os.path.exists(DEFAULTS_FILE) else {}


def sweep_config_values(given: dict[str, Any]) -> dict[str, Any]:
    """Return a first value for each parameter if `given` is a whole sweep config, else nothing.

    The script in W&B's guide passes its sweep config to init() and then reads the parameters,
    which works only inside a sweep. This lets a person try it without one.
    """
    parameters = given.get("parameters")
    if "method" not in given or not isinstance(parameters, dict):
        return {}
    return {name: first for name, spec in parameters.items() if (first := _first(spec)) is not None}


def _first(spec: Any) -> Any:
    if not isinstance(spec, dict):
        return None
    if isinstance(spec.get("parameters"), dict):
        inner = {name: _first(child) for name, child in spec["parameters"].items()}
        return {name: value for name, value in inner.items() if value is not None}
    if "value" in spec:
        return spec["value"]
    if isinstance(spec.get("values"), list) and spec["values"]:
        return spec["values"][0]
    kind = spec.get("distribution")
    is_value = kind in PLAIN_RANGES or str(kind).endswith("_values")
    return spec.get("min") if is_value else None


def _names(keys: Any) -> list[str]:
    return keys.split(",") if isinstance(keys, str) else list(keys)


def _fields(source: Any) -> dict[str, Any]:
    if hasattr(source, "keys"):  # dict, Config, other mappings
        return dict(source)
    if hasattr(source, "flag_values_dict"):  # absl's flags
        return dict(source.flag_values_dict())
    if hasattr(source, "__dataclass_fields__"):
        return {name: getattr(source, name) for name in source.__dataclass_fields__}
    if hasattr(source, "__dict__") and not isinstance(source, type):
        return dict(vars(source))
    kind = type(source).__name__
    raise UsageError(f"config: a dict, a namespace or a file's path is needed, not a {kind}")


def _file_values(path: str) -> dict[str, Any]:
    try:
        with open(path, encoding="utf-8") as file:
            content = _parsed(file.read(), is_json=path.endswith(".json"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read as a config: {error}") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise UsageError(f"{path}: a config must be a mapping of names to values")
    wandbs = ("wandb_version", "_wandb")
    return read({key: _unwrapped(value) for key, value in content.items() if key not in wandbs})


def _parsed(text: str, *, is_json: bool) -> Any:
    if is_json:
        return json.loads(text)
    import yaml  # noqa: PLC0415 -- 20 ms, needed only by scripts with a config file

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _unwrapped(value: Any) -> Any:
    # W&B's own form of a config file: `lr: {desc: ..., value: 0.1}`.
    if isinstance(value, dict) and "value" in value and set(value) <= {"value", "desc"}:
        return value["value"]
    return value
