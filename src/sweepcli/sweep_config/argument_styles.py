"""How params are written as arguments of a program: the macros that stand for all of them. Pure.

`${args}` has W&B's form, which fire reads, or that of a parser, which `args_style` names.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sweepcli.values import leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sweepcli.records import JSON, Params

    Form = Callable[[Params], list[str]]

# Macros that expand to any number of arguments, so never to a part of one.
LISTS: dict[str, Form] = {
    "args": lambda params: [f"--{name}={value!s}" for name, value in params.items()],
    "args_no_hyphens": lambda params: [f"{name}={value!s}" for name, value in params.items()],
    "args_no_boolean_flags": lambda params: [
        f"--{name}" if value is True else f"--{name}={value!s}"
        for name, value in params.items()
        if value is not False
    ],
    "args_no_equals": lambda params: [
        text for name, value in params.items() for text in (f"--{name}", str(value))
    ],
    "args_append_hydra": lambda params: _hydra(params, "+"),
    "args_override_hydra": lambda params: _hydra(params, "++"),
    "args_dict": list,  # the names alone: an accident of W&B's that scripts may rely on
}


def arguments(macro: str, params: Params, style: str | None = None) -> list[str]:
    """Return the arguments that one of LISTS stands for; `style` is a name of STYLES.

    Raises ConfigError for what Hydra's grammar cannot carry.
    """
    if macro == "args" and style is not None:
        return STYLES[style](params)
    return LISTS[macro](params)


def _hydra(params: Params, prefix: str) -> list[str]:
    from sweepcli.sweep_config import hydra_grammar  # noqa: PLC0415 -- for users of Hydra alone

    return hydra_grammar.overrides(params, prefix)


def _each(write: Callable[[str, JSON], list[str]]) -> Form:
    """Return the form in which each leaf of the params is written under its dotted name."""
    return lambda params: [text for name, value in leaves(params) for text in write(name, value)]


def _argparse(name: str, value: JSON) -> list[str]:
    if value is None:
        return []
    if isinstance(value, bool):
        return [f"--{name}" if value else f"--no-{name}"]
    if isinstance(value, list):
        # With a joined one, argparse takes no others.
        words = [_as_number(each) or _item(each) for each in value]
        return _behind(name, words) if len(words) == 1 else [f"--{name}", *words]
    return [f"--{name}={_word(value)}"]


def _click(name: str, value: JSON) -> list[str]:
    if isinstance(value, list):
        return [text for each in value for text in _behind(name, [_item(each)])]
    return _argparse(name, value)


def _absl(name: str, value: JSON) -> list[str]:
    if value is False:
        return [f"--no{name}"]
    if isinstance(value, list):
        return [f"--{name}={_csv([_item(each) for each in value])}"]
    return _argparse(name, value)


def _tyro(name: str, value: JSON) -> list[str]:
    if isinstance(value, bool):
        above, dot, last = name.rpartition(".")
        return [f"--{name}" if value else f"--{above}{dot}no-{last}"]
    if value == {}:
        return [f"--{name}"]
    return _behind(
        name, list(map(_word, _flat(value))) if isinstance(value, list) else [_word(value)]
    )


def _jsonargparse(name: str, value: JSON) -> list[str]:
    return [f"--{name}={value if isinstance(value, str) else _json(value)}"]


def _behind(name: str, words: Sequence[str]) -> list[str]:
    """Return an option with its values; a first one that begins with a hyphen is joined to it."""
    if words and words[0].startswith("-"):
        return [f"--{name}={words[0]}", *words[1:]]
    return [f"--{name}", *words]


def _word(value: JSON) -> str:
    return _json(value) if isinstance(value, list | dict) else str(value)


def _item(value: JSON) -> str:
    return str(value) if isinstance(value, str | float) else _json(value)


def _as_number(value: JSON) -> str | None:
    """Return a negative number in which argparse sees one, and not an option such as `-1e-05`."""
    if isinstance(value, float) and value < 0 and "e" in str(value):
        from decimal import Decimal  # noqa: PLC0415 -- for few values, and it costs milliseconds

        return format(Decimal(str(value)), "f")
    return None


def _json(value: JSON) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ": "))


def _csv(words: Sequence[str]) -> str:
    return ",".join(
        '"' + word.replace('"', '""') + '"' if not word or set(word) & set(',"\r\n') else word
        for word in words
    )


def _flat(values: list[JSON]) -> list[JSON]:
    return [leaf for each in values for leaf in (_flat(each) if isinstance(each, list) else [each])]


STYLES: dict[str, Form] = {
    "argparse": _each(_argparse),
    "click": _each(_click),
    "absl": _each(_absl),
    "tyro": _each(_tyro),
    "jsonargparse": _each(_jsonargparse),
    "hydra": lambda params: _hydra(params, ""),
}
# Other names of what reads these forms; None: W&B's form.
ALSO: dict[str, str | None] = {
    "typer": "click",
    "lightning": "jsonargparse",
    "lightningcli": "jsonargparse",
    "omegaconf": "hydra",
    "hydra-core": "hydra",
    "absl-py": "absl",
    "fire": None,
    "wandb": None,
}
