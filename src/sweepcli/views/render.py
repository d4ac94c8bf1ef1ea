"""What people and programs see: from records and plain values to text. Pure."""

from __future__ import annotations

import io
import json
import math
import signal
from typing import TYPE_CHECKING

from sweepcli import printed
from sweepcli.records import BAD, DONE, Metric, Run, RunState, Sweep
from sweepcli.values import leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sweepcli.records import JSON, Params

# What shells, and `env`, mean by them.
EXIT_CODES = {126: "the program cannot be executed", 127: "the program was not found"}
# Fields of a run that only the store and the search need. Every other one is seen in JSON, on the
# page, in exports and by filters, unless these leave it out by name.
INTERNAL = {"sweep_id", "key", "agent_id", "worst", "about"}
MINUTE_S = 60
HOUR_S = 3600
DAY_S = 86_400


def json_text(value: JSON) -> str:
    """Return JSON that every parser accepts: NaN and the infinities are strings in it."""
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:
        return json.dumps(_strict(value))


def _strict(value: JSON) -> JSON:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {name: _strict(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_strict(inner) for inner in value]
    return value


def cell(value: JSON) -> str:
    """Return a value for a program's table: text as it is, nothing for None, else JSON."""
    if value is None:
        return ""
    if type(value) is int:  # most cells of a large table; JSON takes ten times as long
        return str(value)
    return value if isinstance(value, str) else json_text(value).strip('"')


def number(value: float) -> str:
    """Return a metric's value, short."""
    return f"{value:.6g}"


def duration(seconds: float | None) -> str:
    """Return a length of time for people."""
    if seconds is None:
        return ""
    if seconds < MINUTE_S:
        return f"{seconds:.1f} s"
    if seconds < HOUR_S:
        return f"{int(seconds // MINUTE_S)} min {int(seconds % MINUTE_S)} s"
    return f"{int(seconds // HOUR_S)} h {int(seconds % HOUR_S // MINUTE_S)} min"


def age(seconds: float) -> str:
    """Return roughly how long ago something was."""
    for size, unit in ((DAY_S, "d"), (HOUR_S, "h"), (MINUTE_S, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(max(0.0, seconds))} s"


def done(counts: Mapping[RunState, int]) -> int:
    """Return how many runs have ended for good."""
    return sum(count for state, count in counts.items() if state in DONE)


def failed(counts: Mapping[RunState, int]) -> int:
    """Return how many runs failed or crashed."""
    return sum(counts.get(state, 0) for state in BAD)


def of_total(count: int, total: int | None) -> str:
    """Return a count, with the total if that is known."""
    return str(count) if total is None else f"{count} of {total}"


def many(count: int, noun: str) -> str:
    """Return a number and its noun, which is plural unless the number is 1."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def size(count: float) -> str:
    """Return a number of bytes for people: 12 B, 3.4 MB."""
    units = ["B", "kB", "MB", "GB", "TB"]
    while count >= 1000 and len(units) > 1:
        count /= 1000
        del units[0]
    return f"{count:.{int(units[0] != 'B' and count < 10)}f} {units[0]}"


def states(counts: Mapping[RunState, int]) -> str:
    """Return how many runs are in each state, in the order of the states."""
    return ", ".join(f"{counts[state]} {state}" for state in RunState if counts.get(state))


def metrics(chosen: Iterable[Metric]) -> str:
    """Return metrics and their directions, and which number of a run counts."""
    words = (
        f"{printed.escaped(each.name)} ({', '.join(filter(None, (each.goal, counted(each))))})"
        for each in chosen
    )
    return ", ".join(words) or "none"


def counted(metric: Metric | None) -> str:
    """Return which number of a run is its value, in words; nothing for its best, as it is usual."""
    if metric is None or metric.counting == ("best", 1, None):
        return ""
    number = f"mean of the last {metric.last_of}" if metric.last_of > 1 else metric.value
    return f"{number}, {metric.over_inits} over init()" if metric.over_inits else number


def heading(metric: Metric) -> str:
    """Return a metric's name above values of runs, with which number they are."""
    words = counted(metric)
    return f"{metric.name} ({words})" if words else metric.name


def metric_record(metric: Metric) -> dict[str, JSON]:
    """Return a metric for `--json` and the page, with `value` and `over` as a config has them."""
    return {
        "name": metric.name,
        "goal": str(metric.goal),
        "value": {"last": metric.last_of} if metric.last_of > 1 else metric.value,
        "over": metric.over_inits and {"inits": metric.over_inits},
    }


def value_line(run: Run, chosen: Metric | None) -> str:
    """Return the value of a run's metric, which number that is, and the step it comes from."""
    if run.value is None:
        return ""
    name = printed.escaped(chosen.name) if chosen else "value"
    words = counted(chosen)
    at = "" if run.step_of_several is None else f" at step {run.step_of_several}"
    return f"{name}={number(run.value)}{f' ({words})' if words else ''}{at}"


def values_line(run: Run, chosen: Metric | None) -> str:
    """Return the same with the best and the last number of the metric, where these are others."""
    named = {"best": run.best, "last": run.latest}
    known = "" if run.value is None else number(run.value)
    others = [
        f"{name} {number(value)}"
        for name, value in named.items()
        if value is not None and number(value) != known
    ]
    if not known:
        words = f"no {counted(chosen) or 'value'}"
        return "; ".join((words, ", ".join(others))) if others else ""
    return "; ".join(filter(None, (value_line(run, chosen), ", ".join(others))))


def called(run: Run) -> str:
    """Return a run's id, with its name if it has one."""
    return f"{run.id} ({printed.escaped(run.name)})" if run.name else run.id


def said(about: Run | Sweep) -> list[tuple[str, str]]:
    """Return the tags and notes of a sweep or run, for people: a row for each line of the notes."""
    lines = (about.notes or "").splitlines()
    notes = [("" if at else "notes", line) for at, line in enumerate(lines)]
    return [("tags", ", ".join(about.tags)), *notes]


def bad_end(run: Run) -> str:
    """Return how a run ended, and why, if it did not end well: its value may mean less."""
    if run.state not in (*BAD, RunState.KILLED):
        return ""
    reason = printed.harmless(run.reason or "")
    return f"{run.state} ({reason})" if reason else str(run.state)


def expected_line(run: Run) -> str:
    """Return what the search expected of a run when it suggested it."""
    info = run.search_info or {}
    if "predicted_value" not in info:  # a library's search notes down other things
        return ""
    mean = number(info["predicted_value"])
    return f"{mean} ± {number(info['predicted_value_std_dev'])}"


def by_length(scales: Mapping[str, float]) -> str:
    """Return the parameters of a model with their length scales, those that matter most first."""
    ordered = sorted(scales.items(), key=lambda each: each[1])
    return ", ".join(f"{printed.escaped(name)} ({length:.2g})" for name, length in ordered)


def exit_words(code: int | None) -> str:
    """Return what an exit code means; a negative one is the signal that ended the program."""
    if code is None:
        return ""
    if code in EXIT_CODES:
        return f"code {code}: {EXIT_CODES[code]}"
    number = -code if code < 0 else code - 128
    try:
        name = signal.Signals(number).name
    except ValueError:
        return f"code {code}"
    return f"signal {number}, {name}" if code < 0 else f"code {code}: signal {number}, {name}"


def run_record(run: Run, now: float) -> dict[str, JSON]:
    """Return a run for `--json`."""
    return {name: value for name, value in run.record(now).items() if name not in INTERNAL}


def params_columns(runs: Sequence[Run]) -> tuple[list[str], list[list[JSON]]]:
    """Return the names of all params of some runs, and each run's cells under them."""
    params = [dict(leaves(run.params)) for run in runs]
    names = list(dict.fromkeys(name for given in params for name in given))
    return names, [[_param(given, name) for name in names] for given in params]


def _param(params: Params, name: str) -> JSON:
    """Return a param for a table, where None means that there is none."""
    return "null" if name in params and params[name] is None else params.get(name)


def csv_line(values: Sequence[JSON]) -> str:
    """Return a row of a table as CSV."""
    import csv  # noqa: PLC0415 -- for few commands

    buffer = io.StringIO()
    # With this end of lines, both of its characters are quoted in values by every Python.
    csv.writer(buffer, lineterminator="\r\n").writerow([cell(value) for value in values])
    return buffer.getvalue().removesuffix("\r\n") + "\n"
