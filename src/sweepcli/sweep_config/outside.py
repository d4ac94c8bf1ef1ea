"""`scheduler` and `metrics`: what a library that searches for `method: custom` needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.sweep_config import schema

if TYPE_CHECKING:
    from sweepcli.records import JSON
    from sweepcli.sweep_config.problems import Report

KEYS = ("metrics", "scheduler")
_FUNCTIONS = ("optimizer", "search_space")


def read(data: dict[str, JSON], method: str | None, report: Report) -> dict[str, JSON]:
    """Return both keys as understood; for any other method they are kept, and do nothing."""
    given = {key: data[key] for key in KEYS if key in data}
    if method != "custom":
        for key in given:
            report.warn((key,), f"matters to `method: custom` alone, not to {method}")
        return given
    scheduler = _scheduler(given.get("scheduler"), report) if "scheduler" in given else None
    metrics = _metrics(given["metrics"], data, report) if "metrics" in given else None
    if scheduler is not None and "metrics" not in given and data.get("metric") is None:
        fix = "add `metric: {name: loss, goal: minimize}` with the key that you log"
        report.error(("scheduler",), "a search needs a metric", fix)
    found = {"metrics": metrics, "scheduler": scheduler}
    return {key: part for key, part in found.items() if part is not None}


def needs_parameters(data: dict[str, JSON]) -> bool:
    """Return whether the space must stand in the config, since no function makes it."""
    scheduler = data.get("scheduler")
    makes_space = isinstance(scheduler, dict) and "search_space" in scheduler
    return not (makes_space and data.get("method") == "custom")


def _scheduler(scheduler: JSON, report: Report) -> JSON:
    found = schema.violations("scheduler", scheduler)
    for each in found:
        report.warn(("scheduler", *each.path), f"{each.text}; agents cannot obey it", each.fix)
    if found:
        return None
    named = [key for key in _FUNCTIONS if key in scheduler]
    for key in named:
        if "source" not in scheduler:
            fix = f"add `source:`, the Python file that defines {scheduler[key]!r}"
            report.error(("scheduler", key), "`source` is missing", fix)
    engine = scheduler["engine"]
    useless = {"ax": ["search_space"], "wandb": named}.get(engine, [])
    for key in useless:
        if key in scheduler:
            report.warn(("scheduler", key), f"is of no use to the engine {engine}", "remove it")
    return {key: value for key, value in scheduler.items() if key not in useless}


def _metrics(metrics: JSON, data: dict[str, JSON], report: Report) -> JSON:
    for each in schema.violations("metrics", metrics):
        report.error(("metrics", *each.path), each.text, each.fix)
    if data.get("metric") is not None:
        report.warn(("metric",), "is ignored beside `metrics`", "remove it")
    return metrics
