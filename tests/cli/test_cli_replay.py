from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest

from command_lines import Call
from postgres_server import Server
from support import an_agent, an_ending, claimed, end, grid, suggestions
from sweepcli.records import JSON, Progress, Row, RunState, Sweep, SweepState
from sweepcli.stores import open_store
from sweepcli.sweep_config.parse import parse

PATH = "me/demo/s1"
METRIC = {"name": "loss", "goal": "minimize"}
RULE = {"type": "hyperband", "min_iter": 2}
CONFIG = """\
method: grid
program: train.py
parameters: {x: {values: [1, 2, 3]}}
metric: {name: loss, goal: minimize}
early_terminate: {type: hyperband, min_iter: 2}
"""


def fill(
    folder: Path, losses: list[list[float]], *, url: str | None = None, **config: JSON
) -> None:
    """Keep a sweep whose runs, each a second after the last, logged these every minute."""
    with closing(open_store(url or str(folder / "sweep-results"))) as store:
        raw = {**grid(len(losses)), **config}
        store.add_sweep(Sweep("s1", "me", "demo", SweepState.RUNNING, parse(raw), 1.0))
        store.add_agent(an_agent())
        store.suggest("s1", suggestions(len(losses)), run_cap=None, now=1.0)
        for number, values in enumerate(losses):
            run = claimed(store)
            start = 2.0 + number
            rows = [Row(i, i, start + 60 * (i + 1), {"loss": v}) for i, v in enumerate(values)]
            shown = Progress({"loss": values[-1]}, min(values), values.index(min(values)))
            state = RunState.STOPPED if len(values) == 1 else RunState.FINISHED
            ending = an_ending(state)._replace(at=start + 60 * len(values) + 5)
            end(store, run, ending, rows=rows, progress=shown)


def test_it_tells_what_is_saved_and_that_the_best_is_kept(folder: Path, call: Call) -> None:
    fill(folder, [[1, 1, 1], [2, 2, 2], [3, 3, 3]], metric=METRIC)
    answer = call(f"sweep check own.yaml --replay {PATH}", CONFIG)

    assert answer.code == 0
    assert answer.out.splitlines()[:5] == [
        "rule        hyperband (min_iter: 2)",
        "would stop  2 of 3 runs",
        "would save  2 of 9 values (22%)",
        "            2 min 9 s of 9 min 18 s at work",
        "best        loss=1 of run r0 would still be found",
    ]


def test_it_warns_if_the_best_would_be_lost(folder: Path, call: Call) -> None:
    fill(folder, [[1, 1, 1], [2, 2, 0.5], [4]], metric=METRIC, early_terminate=RULE)

    answer = call(f"sweep check --replay {PATH}")
    record = call(f"sweep check --replay {PATH} --json").json

    assert "loss=0.5 of run r1 would be lost; the best of the rest: 1 of run r0" in answer.out
    assert re.search(
        r"^unknown +what 1 that were stopped then would have shown$", answer.out, re.MULTILINE
    )
    assert re.search(
        r"^r1 +0\.5 +2\.0 +stopped: 2 at step 1 \(value 2\) is worse than 1",
        answer.out,
        re.MULTILINE,
    )
    assert record["best"] == {"id": "r1", "value": 0.5}
    assert record["best_kept"] == {"id": "r0", "value": 1}
    assert [(run["id"], run["value_kept"]) for run in record["stopped"]] == [("r1", 2)]


def test_a_replay_counts_runs_by_the_number_that_the_sweep_counts(folder: Path, call: Call) -> None:
    metric = {**METRIC, "value": "last"}
    fill(folder, [[1, 1, 1], [0.1, 2, 3], [3, 3, 3]], metric=metric, early_terminate=RULE)

    record = call(f"sweep check --replay {PATH} --json").json

    kept = {run["id"]: run["value_kept"] for run in record["stopped"]}
    assert kept == {"r1": 2, "r2": 3}
    said = call(f"sweep check --replay {PATH}").out
    assert "loss=0.1 (last) of run r1" in said  # the value that this test has put there


def test_a_replay_does_not_guess_what_folds_would_have_shown(folder: Path, call: Call) -> None:
    metric = {**METRIC, "over": {"inits": "mean"}}
    fill(folder, [[1, 1, 1], [2, 2, 2]], metric=metric, early_terminate=RULE)

    answer = call(f"sweep check --replay {PATH}")

    assert "loss=1 (best, mean over init()) of run r0 would still be found" in answer.out
    assert "unknown     the values of these: a history does not tell init() apart" in answer.out


def test_it_judges_at_the_pace_of_the_agents_there(
    folder: Path, call: Call, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, saved = postgres.new_database(), list[float]()
    for address in (None, url):
        fill(folder, [[1, 1, 1], [2, 2, 2]], url=address, metric=METRIC, early_terminate=RULE)
    for pace in ("5", "30"):
        monkeypatch.setenv("SWEEPCLI_HEARTBEAT", pace)
        monkeypatch.setenv("SWEEPCLI_LEASE", "99")
        for option in ("", f"--store {url}"):
            found = call(f"sweep check --replay {PATH} --json {option}").json
            saved.append(found["seconds_saved"])

    assert saved == [64.5, 63, 64.5, 38]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"sweep check --replay {PATH}", "has no `early_terminate` with a metric"),
        (f"sweep check none.yaml --replay {PATH}", "the config has no `early_terminate`"),
        (f"sweep check other.yaml --replay {PATH}", "the config's metric is not that of sweep"),
        ("sweep check --replay me/demo/nothere", "no sweep 'nothere'"),
        ("sweep check", "Missing argument 'CONFIG.yaml'"),
    ],
)
def test_what_cannot_be_replayed_is_told(folder: Path, call: Call, line: str, said: str) -> None:
    fill(folder, [[1, 1], [2, 2]], metric=METRIC)
    (folder / "none.yaml").write_text(CONFIG.partition("early")[0])
    (folder / "other.yaml").write_text(CONFIG.replace("loss", "error"))

    answer = call(line)

    assert answer.out == ""
    assert answer.code != 0
    assert said in answer.err
