"""Checks `command` and `program`: whether each run's program is given what is meant."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from sweepcli.records import DEFAULT_COMMAND
from sweepcli.sweep_config import macros, several_words, shell_habits, shell_text, unknown_macros
from sweepcli.sweep_config.macros import MACROS, RUN_MACROS
from sweepcli.sweep_config.problems import closest, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sweepcli.records import JSON
    from sweepcli.sweep_config.macros import Fault
    from sweepcli.sweep_config.problems import Path, Report
    from sweepcli.sweep_config.space import Leaf


def read(data: dict[str, JSON], leaves: Sequence[Leaf], report: Report) -> JSON:
    """Return `command` as understood, None for the default one."""
    items = data.get("command")
    if "command" not in data:
        return None
    if not isinstance(items, list) or not items:
        text = f"must be a list with one argument each, not {shown(items)}"
        fix = f"write `command: {_as_list(items)}`" if isinstance(items, str) else None
        report.warn(("command",), f"{text}; the default command is used, as W&B does", fix)
        return None
    elements = [str(item) for item in items]
    names = _names(data, elements, leaves)
    for index, item in enumerate(items):
        if isinstance(item, list | dict) or item is None:
            text = f"{shown(item)} is passed on as the text {str(item)!r}"
            report.warn(("command", index), text, _as_text(item, names))
    _check(elements, names, leaves, report)
    return items


def _as_text(item: JSON, names: Collection[str]) -> str:
    """Return what to write for an element that YAML has read as something else."""
    if isinstance(item, dict) and len(item) == 1:
        ((key, value),) = item.items()
        if value is None:  # `{args}`
            fix = shell_habits.lookalike(f"{{{key}}}", names)
        else:  # `- --lr: 0.1`
            fix = f"write '{key}={value}'" if isinstance(value, str | int | float) else None
        return fix or "put the argument in quotes"
    return "remove it, or write 'null'" if item is None else "put the argument in quotes"


def check_program(raw: dict[str, JSON], report: Report) -> None:
    """Warn of a program that is missing, or that would have to be split by a shell."""
    items = [str(item) for item in raw.get("command", DEFAULT_COMMAND)]
    if not any("program" in macros.mentioned(item) for item in items):
        return
    if "program" not in raw:
        at: Path = ("command",) if "command" in raw else ()
        fix = "add `program: train.py`; only sweeps over a Python function need none"
        report.warn(at, "`program` is missing, and the command uses ${program}", fix)
    elif said := several_words.of_program(raw["program"], items) or shell_habits.of_path(
        raw["program"]
    ):
        report.warn(("program",), *said)


def _check(elements: list[str], names: set[str], leaves: Sequence[Leaf], report: Report) -> None:
    for index, name, values, lacking in list(_inside(elements, leaves)):
        if lacking and name not in names:
            near = closest(name.rpartition(".")[2], {k for v in values for k in _keys(v)})
            fix = (
                f"did you mean {near!r}?"
                if near and len(lacking) == len(values)
                else ("add it there: every value must have it")
            )
            report.error(("command", index), f"${{{name}}} is not in {shown(lacking[0])}", fix)
        names.add(name)
    for index, text, fix in unknown_macros.problems_of(elements, names):
        report.error(("command", index), text, fix)
    for check in (ambiguities_of, unknown_macros.left_alone, shell_habits.advice):
        for index, text, fix in check(elements, names):
            report.warn(("command", index), text, fix)


def _names(data: dict[str, JSON], elements: list[str], leaves: Sequence[Leaf]) -> set[str]:
    """Return the names of the parameters, also of those that could not be understood."""
    written, scheduler = data.get("parameters"), data.get("scheduler")
    names = {".".join(leaf.names[:end]) for leaf in leaves for end in (1, len(leaf.names))}
    names.update(written if isinstance(written, dict) else ())
    if isinstance(scheduler, dict) and "search_space" in scheduler:  # which may name any
        names.update(name for element in elements for name in macros.mentioned(element))
    return names


def ambiguities_of(command: Sequence[str], names: Collection[str]) -> Iterator[Fault]:
    """Find the macros that hide a parameter, or a shell's variable, which seems to be meant.

    An element of its own is W&B's macro: `${env}` with a parameter `env` is fine, unless
    it follows a flag of that name.
    """
    for index, element in enumerate(command):
        is_shells = shell_text.is_one(command, index)
        own = shell_text.assigned(element) if is_shells else set[str]()
        for name in macros.mentioned(element):
            macro = f"${{{name}}}"
            before = command[index - 1] if index else ""
            if name in MACROS and name in names and (element != macro or _is_flag(name, before)):
                text = f"{macro} is the macro, not the parameter {name}"
                yield index, text, "rename the parameter, or use '${args}'"
            elif re.search(rf"\b{re.escape(name)}=[\"']?{re.escape(macro)}", element):
                continue  # the shell's variable has the same value
            elif name in own and (name in MACROS or name in RUN_MACROS or name in names):
                kind = "parameter" if name in names else "macro"
                text = f"{macro} is the {kind} also here, where the shell sets {name} itself"
                yield index, text, f"for the shell's variable, write '${name}'"


def _is_flag(name: str, element: str) -> bool:
    return element.startswith("-") and element.lstrip("-") == name


def _inside(
    command: Sequence[str], leaves: Sequence[Leaf]
) -> Iterator[tuple[int, str, list[JSON], list[JSON]]]:
    """Find the macros that look inside a parameter's values: index, name, values, those without."""
    for index, element in enumerate(command):
        for name in macros.mentioned(element):
            for leaf in leaves:
                own, values = f"{'.'.join(leaf.names)}.", _values(leaf)
                if name.startswith(own) and any(isinstance(value, dict) for value in values):
                    key = name.removeprefix(own)
                    yield index, name, values, [v for v in values if key not in _keys(v)]


def _values(leaf: Leaf) -> list[JSON]:
    listed: list[JSON] = leaf.settings.get("values", [leaf.settings.get("value")])
    return listed


def _keys(value: JSON) -> list[str]:
    return list(macros.names_in(value)) if isinstance(value, dict) else []


def _as_list(text: str) -> str:
    return json.dumps(shell_text.words_of(text), ensure_ascii=False)
