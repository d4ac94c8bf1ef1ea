"""Checks what a sweep measures: `metric`, `metrics`, `metrics_from` and `early_terminate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.sweep_config import literals, metric_value, patterns, schema, synonyms
from sweepcli.sweep_config.problems import closest, shown, whole
from sweepcli.values import GOALS, goal_of

if TYPE_CHECKING:
    from sweepcli.records import JSON
    from sweepcli.sweep_config.problems import Path, Report

ADD_METRIC = "add `metric: {name: loss, goal: minimize}` with the key that you log"
_GOALS = ("goal", "mode", "direction", "objective")  # ours, then other tools' words for it
_GOAL = "write minimize if lower values are better, else maximize"
_OUTPUT = "write, for instance, `metrics_from: {output: 'val_acc: {val_acc}'}`"
_HYPERBAND = "write, for instance, `early_terminate: {type: hyperband, min_iter: 3}`"
_WHOLE = ("min_iter", "max_iter", "s", "min_runs", "patience")


def read(data: dict[str, JSON], method: str | None, report: Report) -> dict[str, JSON]:
    """Return the four keys as understood, None for each that does not apply."""
    several = _several(data, method, report)
    is_one = several is None or method != "custom"
    metric = _metric(data, method, report) if is_one else None
    return {
        "metric": metric,
        "metrics": several,
        "metrics_from": _metrics_from(data, metric, report),
        "early_terminate": _early_terminate(data, metric, report),
    }


def _several(data: dict[str, JSON], method: str | None, report: Report) -> JSON:
    several: JSON = data.get("metrics")
    if "metrics" in data and method == "custom":
        if isinstance(several, list):
            several = [_in_our_words(m, ("metrics", i), report) for i, m in enumerate(several)]
            for index, each in enumerate(several):
                metric_value.refuse(each, ("metrics", index), report)
        for each in metric_value.others(schema.violations("metrics", several)):
            fix = _GOAL if each.path[1:] == ("goal",) else None
            report.error(("metrics", *each.path), each.text, each.fix or fix)
        if data.get("metric") is not None:
            report.warn(("metric",), "is ignored, since `metrics` is given", "remove it")
    return several


def _in_our_words(metric: JSON, path: Path, report: Report) -> JSON:
    """Return a metric whose goal is `minimize` or `maximize`, if it plainly means one of them."""
    if not isinstance(metric, dict):
        return metric
    # A misspelt key must not turn the search round, as it would if it were left out.
    meaning = (key for key in metric if closest(key, _GOALS) and goal_of(metric[key]))
    key = "goal" if "goal" in metric else next(meaning, "goal")
    said = metric.get(key)
    meant = goal_of(said)
    if meant is None or (key == "goal" and said in GOALS):
        return metric
    fix = f"write {meant}" if key == "goal" else f"write `goal: {meant}`"
    report.warn((*path, key), f"{shown(said)} is understood as {meant}", fix)
    return {**{other: metric[other] for other in metric if other != key}, "goal": meant}


def _metric(data: dict[str, JSON], method: str | None, report: Report) -> JSON:
    metric = data.get("metric")
    if metric is None:
        if method == "bayes":
            several = "metrics" if isinstance(data.get("metrics"), dict) else None
            near = several or synonyms.misspelt("metric", data)
            fix = f"rename `{near}` to `metric`" if near else ADD_METRIC
            report.error((near or "metric",), "bayes needs a metric", fix)
        elif "metric" in data:
            report.warn(("metric",), "is empty and ignored", "remove it, or give it a name")
        return None
    metric = _in_our_words(metric, ("metric",), report)
    found = metric_value.others(schema.violations("metric", metric))
    broken = {each.path[0] for each in found if each.path}
    usable = isinstance(metric, dict) and "name" in metric and "name" not in broken
    say = report.warn if usable or method != "bayes" else report.error
    for each in found:
        # A goal is not guessed at: the search would go the wrong way.
        tell = report.error if each.path == ("goal",) else say
        tell(("metric", *each.path), *_metric_words(each, metric, usable=usable))
    if not usable:
        return None
    for key in ("impute", "impute_while_running"):
        if key in metric and method != "bayes":
            report.warn(("metric", key), f"is used by bayes only, not by {method}")
    kept = {key: value for key, value in metric.items() if key not in broken}
    return {**kept, **metric_value.understood(kept, report)}


def _metric_words(each: schema.Violation, metric: JSON, *, usable: bool) -> tuple[str, str | None]:
    if isinstance(metric, str):
        return each.text, f"write `metric: {{name: {metric}, goal: minimize}}`"
    if each.path == ("goal",):
        return each.text, each.fix or _GOAL
    fix = None
    if each.rule == "additionalProperties":
        fix = metric_value.instead(each.path[-1], metric[each.path[-1]])
    return (f"{each.text}; it is ignored" if usable else each.text), fix or each.fix


def _metrics_from(data: dict[str, JSON], metric: JSON, report: Report) -> JSON:
    # Nothing in it is guessed at: without its metric a sweep learns nothing.
    if "metrics_from" not in data:
        return None
    settings = data["metrics_from"]
    found = schema.violations("metrics_from", settings)
    for each in found:
        fix = each.fix if isinstance(settings, dict) else _OUTPUT
        report.error(("metrics_from", *each.path), each.text, fix)
    if found:
        return None
    names = _names(settings.get("output", []), report)
    is_complete = "json" not in settings and "csv" not in settings
    if metric and names and is_complete and metric["name"] not in names:
        fix = f"write `{{{metric['name']}}}` where its number is printed"
        text = f"no pattern has the sweep's metric {shown(metric['name'])}"
        report.warn(("metrics_from", "output"), text, fix)
    return settings


def _names(texts: str | list[str], report: Report) -> set[str]:
    """Return the metrics that the patterns find; a pattern that cannot be used is an error."""
    names = set[str]()
    is_one = isinstance(texts, str)
    every = [texts] if isinstance(texts, str) else texts
    for index, text in enumerate(every):
        path = ("metrics_from", "output", *(() if is_one else (index,)))
        try:
            found = patterns.compiled(text)
        except ValueError as error:
            report.error(path, f"{shown(text)} {error}", literals.instead(text))
            continue
        names.update(found.names)
        said = literals.doubt(found)
        if said and literals.escaped(text) not in every:
            report.warn(path, *said)
    return names


def _early_terminate(data: dict[str, JSON], metric: JSON, report: Report) -> JSON:
    if "early_terminate" not in data:
        return None
    rule = data["early_terminate"]
    if isinstance(rule, dict):
        places = {key: ("early_terminate", key) for key in rule if key in _WHOLE}
        rule = {**rule, **{key: whole(rule[key], at, report) for key, at in places.items()}}
    found = schema.violations("early_terminate", rule)
    extra = [each for each in found if each.rule == "additionalProperties"]
    for each in found:
        fix = None if isinstance(rule, dict) else _HYPERBAND
        effect = "it is ignored" if each in extra else "nothing will be stopped early"
        report.warn(("early_terminate", *each.path), f"{each.text}; {effect}", each.fix or fix)
    if len(found) > len(extra):
        return None
    rule = {key: value for key, value in rule.items() if (key,) not in {e.path for e in extra}}
    why, fix = _no_bands(rule), _HYPERBAND
    if not why and metric is None:
        why, fix = "needs a metric", "add `metric:`"
    if why:
        report.warn(("early_terminate",), f"{why}; nothing will be stopped early", fix)
        return None
    return rule


def _no_bands(rule: dict[str, JSON]) -> str | None:
    """Return why a rule would never look at a run, None if it would."""
    if rule["type"] == "asha" and rule.get("max_iter", 2**63) < rule.get("min_iter", 1):
        return "max_iter is smaller than min_iter, so runs are never compared"
    if rule["type"] != "hyperband":
        return None
    if "max_iter" in rule and "s" in rule:
        short = rule["max_iter"] < rule.get("eta", 3)
        return "max_iter is smaller than eta, so runs are never compared" if short else None
    return None if "min_iter" in rule else "hyperband needs min_iter, or max_iter and s"
