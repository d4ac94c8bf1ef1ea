"""A config's top level: what it says, key by key, and what is wrong or odd about it.

Whatever W&B would run is run, with a warning where W&B warns. What it would refuse is an error.
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from sweepcli.records import DEFAULT_COMMAND
from sweepcli.sweep_config import command, durations, metric_sources, outside, schema
from sweepcli.sweep_config.problems import Report, nearest, shown
from sweepcli.sweep_config.space import Leaf, Space, check_method

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sweepcli.records import JSON
    from sweepcli.sweep_config.problems import Path

_TEXTS = ("name", "description", "project", "entity", "program")
_TEXT_FIXES = {"program": "name one file; its arguments belong into `command:`"}
_HYPERBAND = "write, for instance, `early_terminate: {type: hyperband, min_iter: 3}`"
_WHOLE = ("min_iter", "max_iter", "s", "min_runs", "patience")

# Understood by W&B, of no use to a tool without a server, and kept as they are.
_IGNORED = {
    "controller": "ignored: agents decide here, there is no controller to choose",
    "job": "ignored: there are no launch jobs here; agents start the command",
    "image_uri": "ignored: runs are not put into containers here",
    "apiVersion": "ignored: one form of config is known here",
    "kind": "ignored: a config is always a sweep here",
}


def understand(
    data: dict[str, JSON],
    report: Report,
    *,
    exponents: Collection[Path] = (),
    needs_program: bool = True,
) -> dict[str, JSON]:
    """Return the config as understood, in W&B's keys; raise InvalidConfig with every error."""
    _unknown_keys(data, report)
    raw = {key: data[key] for key in _IGNORED if key in data}
    for key in raw:
        report.warn((key,), _IGNORED[key])
    method = _method(data, report)
    raw |= outside.read(data, method, report)
    metric = None if method == "custom" and "metrics" in raw else _metric(data, method, report)
    space = Space(report, frozenset(exponents), [])
    parts: dict[str, JSON] = {
        "method": method,
        "parameters": _parameters(data, space),
        "metric": metric,
        "early_terminate": _early_terminate(data, metric, report),
        "command": _command(data, space.leaves, report),
        "run_cap": _whole_number("run_cap", data, report),
        "seed": _whole_number("seed", data, report),
        "timeout": _timeout(data, report),
        "max_retries": _whole_number("max_retries", data, report),
        "prior_runs": _prior_runs(data, method, report),
        "metrics_from": metric_sources.read(data, metric, report),
        **{key: _text(key, data, report) for key in _TEXTS},
    }
    check_method(method, space.leaves, report)
    raw |= {key: part for key, part in parts.items() if part is not None}
    if needs_program:
        _program(raw, report)
    report.finish()
    return {key: raw[key] for key in schema.top_level() if key in raw}


def _unknown_keys(data: dict[str, JSON], report: Report) -> None:
    known = schema.top_level()
    for key in data:
        if key not in known:
            near = nearest(key, [word for word in known if word not in data])
            report.warn((key,), f"unknown key {key!r} is ignored", near or "remove it")


def _method(data: dict[str, JSON], report: Report) -> str | None:
    if "method" not in data:
        report.error((), "`method` is missing", _where_method_is(data))
        return None
    _tell("method", data["method"], report.error)
    return data["method"] if isinstance(data["method"], str) else None


def _where_method_is(data: dict[str, JSON]) -> str:
    inside = [key for key, part in data.items() if isinstance(part, dict) and "method" in part]
    if inside and inside[0] != "parameters":
        return f"it stands under `{inside[0]}`: move it to the top level"
    return "write `method: grid`, `method: random` or `method: bayes`"


def _parameters(data: dict[str, JSON], space: Space) -> JSON:
    if "parameters" not in data and not outside.needs_parameters(data):
        return {}
    if "parameters" not in data:
        near = [key for key in data if key not in schema.top_level() and "param" in key.lower()]
        fix = f"rename `{near[0]}`" if near else "name what to vary: `lr: {values: [0.1, 0.01]}`"
        space.report.error((), "`parameters` is missing", fix)
        return None
    raw = data["parameters"]
    if not _tell("parameters", raw, space.report.error):
        return None
    return space.group(raw, ("parameters",), ())


def _metric(data: dict[str, JSON], method: str | None, report: Report) -> JSON:
    if data.get("metric") is None:
        if method == "bayes":
            fix = "add `metric: {name: loss, goal: minimize}` with the key that you log"
            report.error(("metric",), "bayes needs a metric", fix)
        elif "metric" in data:
            report.warn(("metric",), "is empty and ignored", "remove it, or give it a name")
        return None
    metric = data["metric"]
    found = schema.violations("metric", metric)
    broken = {each.path[0] for each in found if each.path}
    usable = isinstance(metric, dict) and "name" in metric and "name" not in broken
    say = report.warn if usable or method != "bayes" else report.error
    for each in found:
        say(("metric", *each.path), *_metric_words(each, metric, usable=usable))
    if not usable:
        return None
    if method != "bayes":
        for key in ("impute", "impute_while_running"):
            if key in metric:
                report.warn(("metric", key), f"matters to bayes alone, not to {method}")
    return {key: value for key, value in metric.items() if key not in broken}


def _metric_words(each: schema.Violation, metric: JSON, *, usable: bool) -> tuple[str, str | None]:
    if isinstance(metric, str):
        return each.text, f"write `metric: {{name: {metric}, goal: minimize}}`"
    if not usable:
        return each.text, each.fix
    taken = "minimize is used instead, as W&B does" if each.path == ("goal",) else "it is ignored"
    return f"{each.text}; {taken}", each.fix


def _early_terminate(data: dict[str, JSON], metric: JSON, report: Report) -> JSON:
    rule = _without_whole_floats(data.get("early_terminate"))
    if "early_terminate" not in data:
        return None
    at = ("early_terminate",)
    found = schema.violations("early_terminate", rule)
    extra = [each for each in found if each.rule == "additionalProperties"]
    for each in found:
        fix = None if isinstance(rule, dict) else _HYPERBAND
        left_out = "it is ignored" if each in extra else "nothing will be stopped early"
        report.warn((*at, *each.path), f"{each.text}; {left_out}", each.fix or fix)
    if len(found) > len(extra):
        return None
    rule = {key: value for key, value in rule.items() if (key,) not in {e.path for e in extra}}
    if why := _no_bands(rule):
        report.warn(at, f"{why}; nothing will be stopped early", _HYPERBAND)
        return None
    if metric is None:
        report.warn(at, "needs a metric; nothing will be stopped early", "add `metric:`")
        return None
    return rule


def _no_bands(rule: dict[str, JSON]) -> str | None:
    """Say why a rule would never look at a run, if it would not."""
    if rule["type"] == "asha" and rule.get("max_iter", 2**63) < rule.get("min_iter", 1):
        return "max_iter is smaller than min_iter, so there is no point to stop at"
    if rule["type"] != "hyperband":
        return None
    if "max_iter" in rule and "s" in rule:
        short = rule["max_iter"] < rule.get("eta", 3)
        return "max_iter is smaller than eta, so there is no point to stop at" if short else None
    return None if "min_iter" in rule else "neither min_iter nor max_iter and s are given"


def _without_whole_floats(rule: JSON) -> JSON:
    if not isinstance(rule, dict):
        return rule
    return {key: _whole(value) if key in _WHOLE else value for key, value in rule.items()}


def _whole(value: JSON) -> JSON:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _whole_number(key: str, data: dict[str, JSON], report: Report) -> JSON:
    if key in data and data[key] is None:
        report.warn((key,), "is empty and ignored", "remove it")
    if data.get(key) is None:
        return None
    value = _whole(data[key])
    return value if _tell(key, value, report.error) else None


def _timeout(data: dict[str, JSON], report: Report) -> JSON:
    if data.get("timeout") is None:
        if "timeout" in data:
            report.warn(("timeout",), "is empty and ignored", "remove it")
        return None
    try:
        durations.parse(data["timeout"])
    except ValueError as error:
        report.error(("timeout",), f"{shown(data['timeout'])} is no length of time", str(error))
    return data["timeout"]


def _text(key: str, data: dict[str, JSON], report: Report) -> str | None:
    value = data.get(key)
    if key not in data or not schema.violations(key, value):
        return value
    if value is None or value == "":
        report.warn((key,), "is empty and ignored", "remove it")
    elif isinstance(value, list | dict | bool):
        # A sweep can do without a name, and not without the program it asks for.
        say = report.error if key == "program" else report.warn
        say((key,), f"must be text, not {shown(value)}", _TEXT_FIXES.get(key))
    else:
        report.warn((key,), f"{shown(value)} is taken as text", f'write "{shown(value)}"')
        return str(value)
    return None


def _prior_runs(data: dict[str, JSON], method: str | None, report: Report) -> JSON:
    if "prior_runs" not in data:
        return None
    if method not in ("bayes", "custom"):
        report.warn(("prior_runs",), f"matters to bayes and custom alone, not to {method}")
    return data["prior_runs"] if _tell("prior_runs", data["prior_runs"], report.error) else None


def _command(data: dict[str, JSON], leaves: list[Leaf], report: Report) -> JSON:
    items = data.get("command")
    if "command" not in data:
        return None
    if not isinstance(items, list) or not items:
        text = f"must be a list with one argument each, not {shown(items)}"
        fix = f"write `command: {_as_list(items)}`" if isinstance(items, str) else None
        report.warn(("command",), f"{text}; the default command is used, as W&B does", fix)
        return None
    for index, item in enumerate(items):
        if isinstance(item, list | dict) or item is None:
            text = f"{shown(item)} is passed on as the text {str(item)!r}"
            report.warn(("command", index), text, "put the argument in quotes")
    names = {".".join(leaf.names[:end]) for leaf in leaves for end in (1, len(leaf.names))}
    texts = [str(item) for item in items]
    for index, text, fix in command.problems_of(texts, names):
        report.error(("command", index), text, fix)
    for index, text, fix in command.ambiguities_of(texts, names):
        report.warn(("command", index), text, fix)
    return items


def _as_list(text: str) -> str:
    try:
        parts = shlex.split(text)
    except ValueError:
        parts = text.split()
    return json.dumps(parts, ensure_ascii=False)


def _program(raw: dict[str, JSON], report: Report) -> None:
    items = raw.get("command", DEFAULT_COMMAND)
    if "program" not in raw and command.uses(items, "program"):
        at: Path = ("command",) if "command" in raw else ()
        fix = "add `program: train.py`; only sweeps over a Python function need none"
        report.warn(at, "`program` is missing, and the command uses ${program}", fix)


def _tell(key: str, value: JSON, say: Callable[[Path, str, str | None], None]) -> bool:
    """Tell whether a top-level value fits its form, and say what does not."""
    found = schema.violations(key, value)
    for each in found:
        say((key, *each.path), each.text, each.fix)
    return not found
