"""Checks which number counts: `value` and `over` of a metric."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sweepcli.sweep_config.problems import closest, shown, whole
from sweepcli.values import finite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sweepcli.records import JSON
    from sweepcli.sweep_config.problems import Path, Report
    from sweepcli.sweep_config.schema import Violation

VALUES = ("best", "last", "mean", "final")
OVER = ("mean", "min", "max", "last")
ALL_VALUES = "one of best, last, mean, final, or {last: 5} for the mean of the last five"
MOST = 100_000  # values of a run that are kept for their mean
SAME = {
    **dict.fromkeys(("latest", "newest", "end", "recent", "current"), "last"),
    **dict.fromkeys(("average", "avg", "expected"), "mean"),
    **dict.fromkeys(("summary", "result", "answer"), "final"),
    **dict.fromkeys(("optimum", "optimal", "extremum"), "best"),
}
EXTREMES = {
    **dict.fromkeys(("max", "maximum", "highest", "greatest", "largest"), "maximize"),
    **dict.fromkeys(("min", "minimum", "lowest", "least", "smallest"), "minimize"),
}
# What other tools, and people, call the two keys; W&B's define_metric has `summary`.
_OF_OVER = ("aggregate", "aggregation", "reduce", "reduction", "folds", "ranks", "inits")
_OF_VALUE = (
    *("statistic", "stat", "kind", "which", "use", "scope"),
    *("summary", "last", "final", "average"),
)
_LAST_FEW = re.compile(r"(?:last|latest)\W*_?(\d+)", re.IGNORECASE)


def others(found: Iterable[Violation]) -> list[Violation]:
    """Return what is said of other keys than these two, of which more can be said here."""
    return [each for each in found if not {"value", "over"} & {*each.path[:2]}]


def understood(metric: Mapping[str, JSON], report: Report) -> dict[str, JSON]:
    """Return `value` and `over` as understood; what they cannot be is an error."""
    found: dict[str, JSON] = {}
    if "value" in metric:
        found["value"] = _value(metric["value"], report)
    if "over" in metric:
        found["over"] = _over(metric["over"], report)
    return found


def instead(key: object, given: JSON = None) -> str | None:
    """Return what to write instead of a key that plainly means one of these two."""
    word = str(key).lower()
    if word in _OF_VALUE:
        return _as_value(given)
    return "write, for instance, `over: {inits: mean}`" if word in _OF_OVER else None


def counting(word: str) -> str | None:
    """Return the value that a word means; best for a word that means an extreme."""
    word = word.strip().lower()
    return word if word in VALUES else "best" if word in EXTREMES else SAME.get(word)


def option(word: str) -> str | None:
    """Return the option of `sweepcli run` that says what a word means."""
    goal, meant = EXTREMES.get(word.lower()), counting(word)
    return f"--{goal}" if goal else meant and f"--value {meant}"


def _as_value(given: JSON) -> str:
    """Return which `value` says what was given for another key."""
    meant = counting(given) if isinstance(given, str) else None
    if meant is None:
        return f"write `value: last`, or another {ALL_VALUES}"
    goal = EXTREMES.get(str(given).strip().lower())
    return f"write `value: {meant}`{f' with `goal: {goal}`' if goal else ''}"


def refuse(metric: JSON, path: Path, report: Report) -> None:
    """Report what has no effect where a library optimises several metrics."""
    given = metric if isinstance(metric, dict) else {}
    why = "several metrics are judged by what the summary has of each at the end"
    fix = "remove it; with define_metric(summary='min') a script chooses what the summary has"
    for key in ("value", "over"):
        if key in given and given[key] != "final":
            report.error((*path, key), why, fix)


def _value(value: JSON, report: Report) -> JSON:
    if isinstance(value, str) and value in VALUES:
        return value
    if isinstance(value, dict) and list(value) == ["last"]:
        return {"last": _count(value["last"], report)}
    report.error(("metric", "value"), f"{shown(value)} is not {ALL_VALUES}", _instead(value))
    return "best"


def _count(count: JSON, report: Report) -> int:
    found = whole(count, ("metric", "value", "last"), report)
    if type(found) is int and 1 <= found <= MOST:
        return found
    text = f"must be a whole number of values, from 1 to {MOST:,}, not {shown(count)}"
    report.error(("metric", "value", "last"), text, "write, for instance, `value: {last: 5}`")
    return 1


def _instead(value: JSON) -> str | None:
    if finite(value) is not None:
        return "a value that is to be reached is the metric's `target`"
    if not isinstance(value, str):
        return "write, for instance, `value: last` or `value: {last: 5}`"
    if few := _LAST_FEW.fullmatch(value.strip()):
        return f"write `value: {{last: {few[1]}}}`"
    word = value.strip().lower()
    if word in EXTREMES:
        return _as_value(word)
    near = SAME.get(word) or closest(word, (*VALUES, *SAME))
    return near and f"did you mean '{SAME.get(near, near)}'?"


def _over(over: JSON, report: Report) -> JSON:
    if isinstance(over, dict) and list(over) == ["inits"]:
        how = over["inits"]
        if isinstance(how, str) and how in OVER:
            return {"inits": how}
        text = f"{shown(how)} is not one of {', '.join(OVER)}"
        report.error(("metric", "over", "inits"), text, _one_of(how))
        return {"inits": "mean"}
    how = next(iter(over.values()), None) if isinstance(over, dict) else over
    written = how if isinstance(how, str) and how in OVER else "mean"
    text = f"must be {{inits: {'|'.join(OVER)}}}, not {shown(over)}"
    report.error(("metric", "over"), text, f"write `over: {{inits: {written}}}`")
    return {"inits": "mean"}


def _one_of(how: JSON) -> str | None:
    if not isinstance(how, str):
        return "write, for instance, `over: {inits: mean}`"
    word = how.strip().lower()
    if word in ("best", "worst"):
        return f"the {word} is max or min: choose by the metric's goal"
    if goal := EXTREMES.get(word):
        return f"did you mean '{goal[:3]}'?"
    near = SAME.get(word) or closest(word, (*OVER, *SAME))
    return near and f"did you mean '{SAME.get(near, near)}'?"
