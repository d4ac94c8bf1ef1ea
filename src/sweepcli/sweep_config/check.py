"""Checks a config's top level, key by key, and returns it as understood.

What W&B would run is run, with a warning where W&B warns. What it would refuse is an error.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sweepcli.sweep_config import args_style_checks, command_checks, metrics, schema, synonyms
from sweepcli.sweep_config.problems import Report, shown, whole
from sweepcli.sweep_config.space import Leaf, Space
from sweepcli.values import duration_s

if TYPE_CHECKING:
    from collections.abc import Collection

    from sweepcli.records import JSON
    from sweepcli.sweep_config.problems import Path

_TEXTS = ("name", "description", "project", "entity", "program")
_MAY_BE_EMPTY = ("run_cap", "seed", "timeout", "max_retries", "args_style", "code", *_TEXTS)
_FINITE = ("categorical", "constant", "int_uniform", "q_uniform")  # what a grid can walk
_FUNCTIONS = ("optimizer", "search_space")  # keys of `scheduler` that name a function in `source`

# Keys that W&B understands and that mean nothing without a server: they stay as they are.
_IGNORED = {
    "controller": "ignored: agents decide here, there is no controller to choose",
    "job": "ignored: there are no launch jobs here; agents start the command",
    "image_uri": "ignored: runs are not put into containers here",
    "apiVersion": "ignored: there is only one form of config here",
    "kind": "ignored: a config is always a sweep here",
}


def understand(
    data: dict[str, JSON],
    report: Report,
    *,
    exponents: Collection[Path] = (),
    needs_program: bool = True,
) -> dict[str, JSON]:
    """Return the config as understood, in W&B's keys; raise InvalidConfig with every error.

    `exponents` are the paths of numbers that PyYAML alone would have read as text.
    """
    _judge_keys(data, report)
    data = _without_empty(data, report)
    method = _method(data, report)
    space = Space(report, frozenset(exponents), [])
    raw: dict[str, JSON] = {
        **{key: data.get(key) for key in _IGNORED},
        "method": method,
        "parameters": _parameters(data, space),
        "scheduler": _scheduler(data, method, report),
        **metrics.read(data, method, report),
        "command": command_checks.read(data, space.leaves, report),
        "args_style": args_style_checks.read_style(data, report),
        "code": _code(data, report),
        "timeout": _timeout(data, report),
        "prior_runs": _prior_runs(data, method, report),
        **{key: _whole_number(key, data, report) for key in ("run_cap", "seed", "max_retries")},
        **{key: _text(key, data, report) for key in _TEXTS},
    }
    _judge_leaves(method, space.leaves, report)
    args_style_checks.check(raw, space.leaves, report)
    understood = {key: raw[key] for key in schema.top_level() if raw[key] is not None}
    if needs_program:
        command_checks.check_program(understood, report)
    report.finish()
    return understood


def _judge_keys(data: dict[str, JSON], report: Report) -> None:
    known = schema.top_level()
    for key in data:
        if key in _IGNORED:
            report.warn((key,), _IGNORED[key])
        elif key not in known:
            fix = synonyms.instead(key, [word for word in known if word not in data])
            report.warn((key,), f"unknown key {key!r} is ignored", fix)


def _without_empty(data: dict[str, JSON], report: Report) -> dict[str, JSON]:
    empty = [key for key in _MAY_BE_EMPTY if data.get(key, 0) is None]
    if data.get("program") == "":
        empty.append("program")
    for key in empty:
        report.warn((key,), "is empty and ignored", "remove it")
    return {key: value for key, value in data.items() if key not in empty}


def _fits(key: str, value: JSON, report: Report) -> bool:
    """Return whether a top-level value has its form; report what is wrong with it."""
    found = schema.violations(key, value)
    for each in found:
        report.error((key, *each.path), each.text, each.fix)
    return not found


def _code(data: dict[str, JSON], report: Report) -> JSON:
    if "code" not in data:
        return None
    from sweepcli.sweep_config import code_checks  # noqa: PLC0415 -- few configs have it

    return code_checks.read(data, report)


def _method(data: dict[str, JSON], report: Report) -> str | None:
    if "method" in data:
        method = data["method"]
        for each in schema.violations("method", method):
            report.error(("method", *each.path), each.text, synonyms.method(method) or each.fix)
        return method if isinstance(method, str) else None
    inside = [key for key, part in data.items() if isinstance(part, dict) and "method" in part]
    fix = "write `method: grid`, `method: random` or `method: bayes`"
    if inside and inside[0] != "parameters":
        fix = f"it is under `{inside[0]}`: move it to the top level"
    _missing("method", data, fix, report)
    return None


def _parameters(data: dict[str, JSON], space: Space) -> JSON:
    if "parameters" in data:
        raw = data["parameters"]
        fits = _fits("parameters", raw, space.report)
        return space.group(raw, ("parameters",), ()) if fits else None
    scheduler = data.get("scheduler")
    makes_space = isinstance(scheduler, dict) and "search_space" in scheduler
    if makes_space and data.get("method") == "custom":
        return {}
    fix = "name what to vary: `lr: {values: [0.1, 0.01]}`"
    inside = [key for key, part in data.items() if isinstance(part, dict) and "parameters" in part]
    if inside:
        fix = f"it is under `{inside[0]}`: move it to the top level"
    _missing("parameters", data, fix, space.report)
    return None


def _missing(key: str, data: dict[str, JSON], fix: str, report: Report) -> None:
    near = synonyms.misspelt(key, data)
    path, said = ((near,), f"rename `{near}` to `{key}`") if near else ((), fix)
    report.error(path, f"`{key}` is missing", said)


def _judge_leaves(method: str | None, leaves: list[Leaf], report: Report) -> None:
    """Report what the method cannot do with these parameters."""
    constant = all(leaf.settings["distribution"] == "constant" for leaf in leaves)
    # With errors the list is short of those that could not be understood.
    if method == "bayes" and constant and not report.errors:
        fix = "give one several values, or use `method: grid`"
        text = "bayes has nothing to search: all parameters are constant"
        report.error(("parameters",), text, fix)
    for leaf in leaves:
        if method == "grid":
            _judge_grid(leaf, report)
        elif "probabilities" in leaf.settings:
            total = sum(leaf.settings["probabilities"])
            if not math.isclose(total, 1, rel_tol=1e-5, abs_tol=1e-8):
                say = report.error if method == "bayes" else report.warn  # as W&B does
                path = (*leaf.path, "probabilities")
                say(path, f"sum to {total:g}, not to 1", "make them sum to 1")


def _judge_grid(leaf: Leaf, report: Report) -> None:
    form = leaf.settings["distribution"]
    if form == "categorical_w_probabilities":
        text = "a grid takes every value once and cannot use probabilities"
        report.error((*leaf.path, "probabilities"), text, "remove them, or use `method: random`")
    elif form not in _FINITE:
        text = f"a grid cannot try every value of {form}"
        fix = "list `values:`, use `distribution: q_uniform` with a `q`, or `method: random`"
        report.error(leaf.path, text, fix)


def _scheduler(data: dict[str, JSON], method: str | None, report: Report) -> JSON:
    for key in ("metrics", "scheduler"):
        if key in data and method != "custom":
            fix = None
            if key == "metrics" and isinstance(data[key], dict) and "metric" not in data:
                fix = "rename it to `metric`"
            report.warn((key,), f"is used by `method: custom` only, not by {method}", fix)
    scheduler: JSON = data.get("scheduler")
    if "scheduler" not in data or method != "custom":
        return scheduler
    found = schema.violations("scheduler", scheduler)
    for each in found:
        report.warn(("scheduler", *each.path), f"{each.text}; agents cannot use it", each.fix)
    if found:
        return None
    if "metrics" not in data and data.get("metric") is None:
        report.error(("scheduler",), "a search needs a metric", metrics.ADD_METRIC)
    return _used_of_scheduler(scheduler, report)


def _used_of_scheduler(scheduler: dict[str, JSON], report: Report) -> JSON:
    engine = scheduler["engine"]
    unused = {"ax": ("search_space",), "wandb": _FUNCTIONS}.get(engine, ())
    for key in _FUNCTIONS:
        if key in scheduler and "source" not in scheduler:
            fix = f"add `source:`, the Python file that defines {scheduler[key]!r}"
            report.error(("scheduler", key), "`source` is missing", fix)
        if key in scheduler and key in unused:
            report.warn(("scheduler", key), f"is not used by the engine {engine}", "remove it")
    return {key: value for key, value in scheduler.items() if key not in unused}


def _whole_number(key: str, data: dict[str, JSON], report: Report) -> JSON:
    value = whole(data.get(key), (key,), report)
    return value if key in data and _fits(key, value, report) else None


def _timeout(data: dict[str, JSON], report: Report) -> JSON:
    written = data.get("timeout")
    try:
        duration_s(1 if written is None else written)
    except ValueError as error:
        report.error(("timeout",), f"{shown(written)} is not a duration", str(error))
    return written


def _text(key: str, data: dict[str, JSON], report: Report) -> str | None:
    value = data.get(key)
    if value is None or isinstance(value, str):
        return value
    if not isinstance(value, list | dict | bool):
        report.warn((key,), f"{shown(value)} is read as text", f'write "{shown(value)}"')
        return str(value)
    # A sweep can do without a name, but not without the program it asks for.
    fix = "name one file; its arguments belong in `command:`" if key == "program" else None
    say = report.error if key == "program" else report.warn
    say((key,), f"must be text, not {shown(value)}", fix)
    return None


def _prior_runs(data: dict[str, JSON], method: str | None, report: Report) -> JSON:
    if "prior_runs" not in data:
        return None
    if method not in ("bayes", "custom"):
        report.warn(("prior_runs",), f"is used by bayes and custom only, not by {method}")
    return data["prior_runs"] if _fits("prior_runs", data["prior_runs"], report) else None
