"""What a replayed rule would have stopped, saved and lost, as lines and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.records import RunState
from sweepcli.views import grid, render

if TYPE_CHECKING:
    from sweepcli.records import JSON, Run
    from sweepcli.sweeps.replay import Replay


def record(replay: Replay) -> dict[str, JSON]:
    """Return it for `--json`."""
    values, seconds = replay.totals()
    saved, seconds_saved = replay.saved()
    return {
        "path": replay.sweep.path,
        "early_terminate": dict(replay.rule),
        "runs": len(replay.runs),
        "values": values,
        "values_saved": saved,
        "seconds": round(seconds, 3),
        "seconds_saved": round(seconds_saved, 3),
        "best": _named(*replay.best(is_cut=False)),
        "best_kept": _named(*replay.best(is_cut=True)),
        "stopped": [
            {
                "id": run.id,
                "value": run.value,
                "value_kept": replay.kept(run),
                "reason": cut.reason,
                "values_saved": cut.values,
                "seconds_saved": round(cut.seconds, 3),
            }
            for run, cut in replay.stopped()
        ],
    }


def lines(replay: Replay) -> list[str]:
    """Return it for people."""
    values, seconds = replay.totals()
    saved, seconds_saved = replay.saved()
    rule = ", ".join(f"{key}: {value}" for key, value in replay.rule.items() if key != "type")
    head = [
        ("rule", f"{replay.rule['type']}{f' ({rule})' if rule else ''}"),
        ("would stop", render.of_total(len(replay.cuts), len(replay.runs)) + " runs"),
        ("would save", f"{saved} of {render.many(values, 'value')}{_share(saved, values)}"),
        ("", f"{render.duration(seconds_saved)} of {render.duration(seconds)} at work"),
        ("best", _best_line(replay)),
    ]
    if before := sum(run.state is RunState.STOPPED for run in replay.runs):
        head.append(("unknown", f"what {before} that were stopped then would have shown"))
    if replay.cuts and not replay.is_known:
        head.append(("unknown", "the values of these: a history does not tell init() apart"))
    rows = [(run.id, run.value, replay.kept(run), cut.reason) for run, cut in replay.stopped()]
    heads = ("run", render.heading(replay.metric), "at stop", "reason")
    return [*grid.pairs(head), *(grid.table(heads, rows).lines if rows else [])]


def _best_line(replay: Replay) -> str:
    (run, value), (left, kept) = replay.best(is_cut=False), replay.best(is_cut=True)
    if run is None or value is None:
        return "none: no run has logged a number"
    words = render.counted(replay.metric)
    counted = f" ({words})" if words else ""
    shown = f"{replay.metric.name}={render.number(value)}{counted} of run {run.id}"
    if kept == value:
        return f"{shown} would still be found"
    if left is not None and left.id in replay.cuts and run.id not in replay.cuts:
        at_stop = f"run {left.id}, with {render.number(kept or 0.0)} when it was stopped"
        return f"{shown} would not be the best: {at_stop}, would be"
    instead = f"{render.number(kept)} of run {left.id}" if left and kept is not None else "none"
    return f"{shown} would be lost; the best of the rest: {instead}"


def _share(part: int, whole: int) -> str:
    return f" ({part / whole:.0%})" if whole else ""


def _named(run: Run | None, value: float | None) -> JSON:
    return run and {"id": run.id, "value": value}
