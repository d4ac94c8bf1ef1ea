"""How params are written as arguments of a program: the macros that stand for all of them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sweepcli.records import Params

# Macros that expand to any number of arguments, so never to a part of one.
LISTS: dict[str, Callable[[Params], list[str]]] = {
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
    "args_append_hydra": lambda params: [f"+{name}={value!s}" for name, value in params.items()],
    "args_override_hydra": lambda params: [f"++{name}={value!s}" for name, value in params.items()],
    "args_dict": list,  # the names alone: an accident of W&B's that scripts may rely on
}
