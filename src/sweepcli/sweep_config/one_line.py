"""A sweep config from the options of one command line: `-P lr=1e-4..1e-1:log -- python train.py`.

What it holds then goes through the same checks as a file. Pure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.sweep_config import (
    assignments,
    macros,
    metric_goal,
    metric_option,
    param_spec,
)
from sweepcli.sweep_config.argument_styles import ALSO, LISTS, STYLES
from sweepcli.sweep_config.problems import SHOWN, InvalidConfig, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON
    from sweepcli.sweep_config.param_spec import Spec
    from sweepcli.sweep_config.problems import Path

_WITH_ARGS = ("${env}", "${interpreter}", "${program}")


class Options(NamedTuple):
    """What stands on the command line."""

    command: Sequence[str]
    params: Sequence[str]
    metric: str | None = None
    minimizes: bool = False
    maximizes: bool = False
    value: str | None = None
    method: str | None = None
    runs: int | None = None
    args_style: str | None = None
    name: str | None = None
    project: str | None = None
    entity: str | None = None
    freezes: bool = False


@dataclass(slots=True)
class OneLine:
    """The config that options make, what is wrong with them, and what was decided for them."""

    source: str
    data: dict[str, JSON] = field(default_factory=dict)
    options: dict[Path, str] = field(default_factory=dict)  # which gave a part of the config
    faults: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def give(self, key: str, value: JSON, option: str) -> None:
        """Set a key of the config."""
        if value is not None:
            self.data[key] = value
            self.options[key,] = option

    def fail(self, option: str, text: str, fix: str | None = None) -> None:
        """Add what is wrong with an option."""
        self.faults.append(Problem(option, None, None, "", text, fix))


def read(written: Options, source: str = "sweepcli run", *, form: str | None = None) -> OneLine:
    """Return the config that options make, with all that is wrong with them.

    `form` is that of ${args} if none is chosen: an `args_style`, or another macro.
    """
    found = OneLine(source)
    specs = _specs(written, found)
    _set_metric(written, found)
    _set_method(written, specs, found)
    macro = form if form in LISTS else "args"
    _set_command(written, list(specs), macro, found)
    found.give("run_cap", written.runs, "--runs")
    style = written.args_style or (form if form in STYLES else None)
    found.give("args_style", _style(style), _shown("--args-style", style))
    if written.freezes:
        found.give("code", "frozen", "--freeze")
    for key in ("name", "project", "entity"):
        value = getattr(written, key)
        found.give(key, value, _shown(f"--{key}", value))
    return found


def _style(word: str | None) -> str | None:
    """Return the form that a parser reads, by any of its names; None for fire, which needs none."""
    bare = (word or "").lower().replace("_", "-")
    return ALSO.get(bare, bare if bare in STYLES else word)


def _shown(option: str, value: object) -> str:
    """Return an option for a message."""
    text = f"{option} {value}"
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _specs(written: Options, found: OneLine) -> dict[str, Spec]:
    """Return the parameters by name; those that mean nothing are faults, and left as constants."""
    specs: dict[str, Spec] = {}
    for text in written.params:
        option = _shown("-P", text)
        try:
            name, spec_text = assignments.parted(text.removeprefix("--"))
            if name.startswith("-"):
                flag = f"write {name.lstrip('-')}, and {name} '${{{name.lstrip('-')}}}' in COMMAND"
                raise ValueError(f"is a flag, not a name: {flag}")  # noqa: TRY301 -- told like the others
        except ValueError as error:
            found.fail(option, str(error), None if "=" in text else param_spec.FORMS)
            specs[text] = param_spec.Spec({"value": None})
            continue
        if name in specs:
            found.fail(option, f"{name} is given already", "list its values: -P NAME=1,2,3")
            continue
        specs[name] = param_spec.Spec({"value": None})
        found.options["parameters", name] = option
        try:
            specs[name] = param_spec.read(name, spec_text, option)
        except ValueError as error:
            found.fail(option, str(error))
        except InvalidConfig as error:
            found.faults.extend(error.problems)
        found.warnings.extend(specs[name].warnings)
    found.data["parameters"] = {name: spec.settings for name, spec in specs.items()}
    return specs


# The metric


def _set_metric(written: Options, found: OneLine) -> None:
    if written.minimizes and written.maximizes:
        found.fail("--minimize", "cannot be used with --maximize")
    if written.metric is None:
        given = {
            "--minimize": written.minimizes,
            "--maximize": written.maximizes,
            "--value": written.value,
        }
        if option := next((option for option, each in given.items() if each), None):
            found.fail(option, "needs a metric", "add --metric 'loss: {loss}', or --metric loss")
        return
    option = _shown("--metric", written.metric)
    try:
        name, metrics_from = metric_option.read(written.metric, option)
    except InvalidConfig as error:
        found.faults.extend(error.problems)
        return
    is_greater_better = written.maximizes or (
        not written.minimizes and metric_goal.is_better_greater(name)
    )
    goal = "maximize" if is_greater_better else "minimize"
    found.give("metric", {"name": name, "goal": goal}, option)
    if written.value is not None:
        word, colon, number = written.value.partition(":")
        of_several = colon and word == "last" and number.isdecimal()
        found.data["metric"]["value"] = {"last": int(number)} if of_several else written.value
        found.options["metric", "value"] = _shown("--value", written.value)
    found.give("metrics_from", metrics_from, option)
    if not (written.minimizes or written.maximizes):
        other = "--minimize if less" if is_greater_better else "--maximize if greater"
        found.notes.append(f"{name} is {goal}d; {other} is better")
    if written.value is None:
        end = "greatest" if is_greater_better else "least"
        others = "--value last, mean or last:5 counts another number"
        found.notes.append(f"Of each run, the {end} {name} counts; {others}")


# The method


def _set_method(written: Options, specs: dict[str, Spec], found: OneLine) -> None:
    ranges = [name for name, spec in specs.items() if spec.is_range]
    if ranges and written.runs is None and written.method != "grid":
        option = found.options["parameters", ranges[0]]
        found.fail(option, "is a range: say how many runs to make", "add --runs N")
    if written.method is None:
        method, why = _chosen(found, written.runs, specs)
        size = math.prod(spec.size for spec in specs.values())
        if method == "grid" and written.runs is not None and size < written.runs:
            why += f", fewer than --runs {written.runs}"
        found.notes.append(f"Method: {method}, {why}")
        found.data["method"] = method
    elif _can_be_used(written.method, specs, found):
        found.give("method", written.method, _shown("--method", written.method))
    else:
        found.data["method"] = "random"  # so that all else can be checked


def _chosen(found: OneLine, runs: int | None, specs: dict[str, Spec]) -> tuple[str, str]:
    """Return the method that suits, and why."""
    ranges = [name for name, spec in specs.items() if spec.is_range]
    size = math.prod(spec.size for spec in specs.values())
    if not ranges and (runs is None or size <= runs):
        return (
            "grid",
            f"since there {'is 1 combination' if size == 1 else f'are {size} combinations'}",
        )
    why = f"since {ranges[0]} is a range" if ranges else f"since {size} combinations are too many"
    if "metric" in found.data:
        return "bayes", f"{why} and there is a metric to learn from"
    return "random", f"{why} and there is no --metric to learn from"


def _can_be_used(method: str, specs: dict[str, Spec], found: OneLine) -> bool:
    """Return whether a method suits; what is wrong with it is a fault."""
    before, option = len(found.faults), _shown("--method", method)
    if method == "bayes" and "metric" not in found.data:
        found.fail(option, "needs a metric", "add --metric 'loss: {loss}', or --metric loss")
    if method == "custom":
        found.fail(option, "needs a config file", "choose grid, random, bayes or sobol")
    for name, spec in specs.items():
        is_endless = spec.is_range and spec.settings["distribution"] != "int_uniform"
        if method == "grid" and is_endless:
            fix = f"list values, as in -P {name}=1,2,3; or leave --method out"
            found.fail(found.options["parameters", name], "a grid cannot try all of a range", fix)
    return len(found.faults) == before


# The command


def _set_command(written: Options, names: Sequence[str], macro: str, found: OneLine) -> None:
    """Set `program` and `command`, with `${args}` at its end if it passes no params otherwise.

    `macro` stands for `${args}`.
    """
    option, args = "COMMAND", f"${{{macro}}}"
    words = [args if word == "${args}" else word for word in written.command]
    if any("program" in macros.mentioned(word) for word in words):
        found.fail(option, "${program} has no meaning here", "write the program itself")
    if words[0].endswith(".py") and not macros.mentioned(words[0]):
        found.give("program", words[0], option)
        words = [*_WITH_ARGS, *words[1:]]
    doubt = None
    if macros.passes(words, names):
        lacking = [f"${{{name}}}" for name in names if not macros.passes(words, [name])]
        if lacking:
            doubt = f"does not pass {', '.join(lacking)}", "name it as a macro, or write ${args}"
    else:
        if any(not word or word.endswith("=") for word in words):
            doubt = "has an empty word: a shell fills in ${…}", "put it in single quotes: '${lr}'"
        words.append(args)
    if doubt:
        found.warnings.append(Problem(option, None, None, "", *doubt))
    if words != [*_WITH_ARGS, "${args}"]:
        found.give("command", words, option)
