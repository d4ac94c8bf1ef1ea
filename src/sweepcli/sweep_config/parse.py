"""From a config as understood (`load.Loaded.raw`, which is what is stored) to a `SweepConfig`.

Nothing is checked here: what is stored has been checked. Neither yaml nor jsonschema is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.records import (
    DEFAULT_COMMAND,
    CodeUse,
    Goal,
    Metric,
    MetricsFrom,
    PriorRun,
    SweepConfig,
)
from sweepcli.sweep_config import parameters
from sweepcli.values import duration_s

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.records import JSON


def parse(raw: Mapping[str, JSON]) -> SweepConfig:
    """Return what an understood config means; a config that was not checked may raise anything."""
    is_custom = raw["method"] == "custom"
    return SweepConfig(
        method=raw["method"],
        parameters=parameters.flatten(raw["parameters"]),
        metric=_metric(raw["metric"]) if "metric" in raw else None,
        metrics=tuple(map(_metric, raw.get("metrics", ()))) if is_custom else (),
        scheduler=raw.get("scheduler") if is_custom else None,
        prior_runs=tuple(
            PriorRun(each["params"], each["value"]) for each in raw.get("prior_runs", ())
        ),
        raw=dict(raw),
        early_terminate=raw.get("early_terminate"),
        command=tuple(str(item) for item in raw.get("command", DEFAULT_COMMAND)),
        program=raw.get("program"),
        args_style=raw.get("args_style"),
        code=_code(raw.get("code", True)),
        run_cap=raw.get("run_cap"),
        seed=raw.get("seed", 0),
        timeout_s=duration_s(raw["timeout"]) if "timeout" in raw else None,
        max_retries=raw.get("max_retries", 0),
        metrics_from=_metrics_from(raw["metrics_from"]) if "metrics_from" in raw else None,
    )


def _metric(settings: Mapping[str, JSON]) -> Metric:
    value, over = settings.get("value", "best"), settings.get("over", {})
    is_of_several = isinstance(value, dict)
    understood = {
        "goal": Goal(settings.get("goal", "minimize")),
        "value": "last" if is_of_several else value,
        "last_of": value["last"] if is_of_several else 1,
        "over_inits": over.get("inits"),
    }
    rest = {name: each for name, each in settings.items() if name != "over"}
    return Metric(**{**rest, **understood})


def _code(given: JSON) -> CodeUse:
    if not isinstance(given, dict):
        return CodeUse(is_recorded=given not in ("off", False), is_frozen=given == "frozen")
    include, exclude = (tuple(given.get(name, ())) for name in ("include", "exclude"))
    return CodeUse(is_frozen=given.get("frozen", False), include=include, exclude=exclude)


def _metrics_from(settings: Mapping[str, JSON]) -> MetricsFrom:
    output = settings.get("output", ())
    texts = (output,) if isinstance(output, str) else tuple(output)
    return MetricsFrom(**{**settings, "output": texts})
