"""The sweeps that the stores are filled with, and numbers as they are shown."""

from __future__ import annotations

import os
import tempfile
from contextlib import closing
from typing import TYPE_CHECKING

from sweepcli import stores
from sweepcli.ids import new_id
from sweepcli.records import Progress, Row, Suggestion
from sweepcli.sweep_config import load
from sweepcli.sweeps.create import create_sweep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON, Sweep

PARAMETERS: dict[str, JSON] = {
    "lr": {"distribution": "log_uniform_values", "min": 1e-5, "max": 1.0},
    "layers": {"distribution": "int_uniform", "min": 1, "max": 100},
    "width": {"distribution": "int_uniform", "min": 1, "max": 1000},
    "dropout": {"distribution": "uniform", "min": 0.0, "max": 0.5},
}
METRIC = {"name": "loss", "goal": "minimize"}


def new_sweep(address: str, *, command: Sequence[str] = ("true",), **more: JSON) -> Sweep:
    """Create a sweep in a store, its record in a folder that is left alone afterwards."""
    data = {"method": "random", "metric": METRIC, "parameters": PARAMETERS, **more}
    loaded = load.load_mapping({**data, "command": list(command)})
    with closing(stores.open_store(address)) as store, tempfile.TemporaryDirectory() as folder:
        return create_sweep(store, loaded, results=folder, entity="me", project="scale")


def make_ready(address: str, sweep: Sweep, count: int) -> None:
    """Let a sweep have so many runs to be taken."""
    with closing(stores.open_store(address)) as store:
        before = store.number_of_runs(sweep.id)
        many = [
            (new_id(), Suggestion(str(index), params_of(index)))
            for index in range(before, before + count)
        ]
        store.suggest(sweep.id, many, run_cap=None, now=0.0)


def params_of(index: int) -> dict[str, JSON]:
    """Return params as a real run has them."""
    return {"lr": 1 / (index + 1), "layers": index % 100, "width": index % 999, "dropout": 0.25}


def rows_from(line: int, count: int) -> list[Row]:
    """Return rows of four values, as a training loop logs them."""
    return [
        Row(n, n, 1.7e9 + n, {"loss": 1 / (n + 1), "acc": 0.5, "val_loss": 2 / (n + 1), "epoch": n})
        for n in range(line, line + count)
    ]


def shown_by(rows: Sequence[Row]) -> Progress:
    """Return what a run has shown when it has logged these rows."""
    last = rows[-1]
    value = last.values["loss"]
    return Progress(last.values, value, last.step, 1.0, value)


def milliseconds(waits: Sequence[float]) -> list[str]:
    """Return the median, the 99th percentile and the longest of some times, as cells."""
    ordered = sorted(waits)
    return [f"{ordered[int(share * (len(ordered) - 1))] * 1e3:,.1f}" for share in (0.5, 0.99, 1)]


def load_now() -> str:
    """Tell how busy the machine is, for a heading."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
