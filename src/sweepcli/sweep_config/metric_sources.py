"""`metrics_from`: where a program that logs nothing leaves its metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.sweep_config import patterns, schema
from sweepcli.sweep_config.problems import shown

if TYPE_CHECKING:
    from sweepcli.records import JSON
    from sweepcli.sweep_config.problems import Report

KEY = "metrics_from"
FORM = "write, for instance, `metrics_from: {output: 'val_acc: {val_acc}'}`"


def read(data: dict[str, JSON], metric: JSON, report: Report) -> JSON:
    """Return the key as understood: nothing in it is guessed at, since a sweep hangs on it."""
    if KEY not in data:
        return None
    settings = data[KEY]
    found = schema.violations(KEY, settings)
    for each in found:
        fix = each.fix if isinstance(settings, dict) else FORM
        report.error((KEY, *each.path), each.text, fix)
    if found:
        return None
    names = _names(settings.get("output", []), report)
    is_complete = "json" not in settings and "csv" not in settings
    if metric and names and is_complete and metric["name"] not in names:
        fix = f"write `{{{metric['name']}}}` where its number stands"
        text = f"no pattern has the sweep's metric {shown(metric['name'])}"
        report.warn((KEY, "output"), text, fix)
    return settings


def _names(texts: str | list[str], report: Report) -> set[str]:
    """Return the metrics that patterns find, and tell of those that cannot be used."""
    names = set[str]()
    is_one = isinstance(texts, str)
    for index, text in enumerate([texts] if isinstance(texts, str) else texts):
        try:
            names.update(patterns.compiled(text).names)
        except ValueError as error:
            path = (KEY, "output") if is_one else (KEY, "output", index)
            report.error(path, f"{shown(text)} {error}")
    return names
