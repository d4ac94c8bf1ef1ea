"""A run's params besides its command line: two files and environment variables.

The YAML is written here rather than by PyYAML, whose import costs the agent 20 ms. Nested
values are in flow style, strings quoted, floats with a dot, so every reader of YAML 1.1 or 1.2
reads the same values.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING

from sweepcli import env
from sweepcli.sweep_config import command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.records import JSON, Params

# Linux refuses a variable of 128 KiB or more, name included.
MAX_VARIABLE_BYTES = 100_000
# YAML limits a key on one line, unless it is marked, to 1024 characters with its quotes.
MAX_KEY = 1000

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_YAML_WORDS = {"true", "false", "yes", "no", "on", "off", "y", "n", "null"}


def wandb_yaml(params: Params) -> str:
    """Return the param file that W&B's own package reads."""
    entries = "".join(
        f"{_block_key(name)}:\n  value: {_flow(value)}\n" for name, value in params.items()
    )
    return "wandb_version: 1" + (f"\n\n{entries}" if entries else "")


def params_json(params: Params) -> str:
    """Return the params as one JSON object on a line."""
    return json.dumps(params) + "\n"


def environment(params: Params) -> dict[str, str]:
    """Return the environment variables with a run's params.

    A nested param has one variable as a whole and one for each leaf, `__` between the levels.
    Values that an environment cannot hold are left out; the files have them.
    """
    variables: dict[str, str] = {}
    for name, value in (*params.items(), *_leaves(params)):
        text = value if isinstance(value, str) else json.dumps(value)
        if _fits(text):
            variables.setdefault(env.PARAM_PREFIX + _sanitised(name), text)
    everything = json.dumps(params)
    if _fits(everything):
        variables[env.PARAMS] = everything
    return variables


def _flow(value: JSON) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow_key(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return json.dumps(value)  # null, true, false and whole numbers are the same in both


def _float(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    mantissa, e, exponent = repr(value).partition("e")
    # Without the dot, YAML 1.1 reads `1e-05` as text.
    return mantissa + ("" if "." in mantissa else ".0") + e + exponent


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    # YAML refuses more characters than JSON does, and folds lines at more of them.
    return quoted if quoted.isprintable() else "".join(map(_escaped, quoted))


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _key(name: str) -> str:
    plain = _PLAIN_KEY.fullmatch(name) and name.lower() not in _YAML_WORDS
    return name if plain else _quoted(name)


def _flow_key(name: str) -> str:
    key = _key(name)
    return key if len(key) <= MAX_KEY else f"? {key} "


def _block_key(name: str) -> str:
    key = _key(name)
    return key if len(key) <= MAX_KEY else f"? {key}\n"


def _leaves(params: Params, prefix: str = "") -> Iterator[tuple[str, JSON]]:
    for name, value in params.items():
        if value and isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{name}__")
        elif prefix:
            yield prefix + name, value


def _sanitised(name: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in name)


def _fits(text: str) -> bool:
    if not command.is_passable(text):
        return False
    return len(text.encode("utf-8", "surrogateescape")) <= MAX_VARIABLE_BYTES
