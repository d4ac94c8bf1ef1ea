"""Where config values come from: a dict, an object with attributes, a file."""

from __future__ import annotations

import json
import os

from sweepcli.errors import UsageError
from sweepcli.sdk import values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DEFAULTS_FILE = "config-defaults.yaml"
# Distributions whose `min` is a value, not an exponent of one.
PLAIN_RANGES = (None, "constant", "categorical", "uniform", "int_uniform", "q_uniform")


def read(source: Any) -> dict[str, Any]:
    """Return the config that `source` holds as a dict of plain values."""
    if source is None:
        return {}
    if isinstance(source, (str, os.PathLike)):
        return _file_values(os.fspath(source))
    odd: list[str] = []  # objects become text without a word: the script keeps the object
    given = values.plain(_fields(source), odd)
    return {str(key).strip("-"): value for key, value in given.items()}


def defaults() -> dict[str, Any]:
    """Return what `config-defaults.yaml` in the working directory says, if it is there."""
    return _file_values(DEFAULTS_FILE) if os.path.exists(DEFAULTS_FILE) else {}


def sweep_config_values(given: dict[str, Any]) -> dict[str, Any]:
    """Return a first value for each parameter if `given` is a whole sweep config, else nothing.

    The script that W&B's guide shows gives its sweep config to init() and then reads the
    parameters, which works inside a sweep alone. This lets it be tried by itself.
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
        raise UsageError(f"{path}: a config is a mapping of names to values")
    ours = ("wandb_version", "_wandb")
    return read({key: _unwrapped(value) for key, value in content.items() if key not in ours})


def _parsed(text: str, *, is_json: bool) -> Any:
    if is_json:
        return json.loads(text)
    import yaml  # noqa: PLC0415 -- 20 ms that only a script with a config file pays

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _unwrapped(value: Any) -> Any:
    # W&B's own form of a config file: `lr: {desc: ..., value: 0.1}`.
    if isinstance(value, dict) and "value" in value and set(value) <= {"value", "desc"}:
        return value["value"]
    return value
