"""A sweep of 500 runs whose database is lost: it comes back, and goes on."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import closing
from pathlib import Path

from launching import created
from support import Place
from sweepcli import stores
from sweepcli.records import JSON, Row, Run, RunState
from sweepcli.runs.slots import Slot
from sweepcli.runs.timing import Timing
from sweepcli.stores.location import Location
from sweepcli.sweeps.repair import repair

RUNS, FIRST = 500, 450
# Every run logs three rows; some fail at first or for good, some crash, some are stopped early.
CONFIG = f"""\
method: grid
metric: {{name: loss}}
max_retries: 1
early_terminate: {{type: nan}}
command:
  - sh
  - -c
  - |
    echo trying ${{x}}
    for i in 1 2 3; do
      echo '{{"loss": '${{x}}.$i', "deep": {{"er": '$i'}}}}' >> $SWEEPCLI_EVENTS
    done
    case $((${{x}} % 100)) in
      7|33|71) test $SWEEPCLI_ATTEMPT = 2 || exit 3 ;;
      50) exit 1 ;;
      51) kill -9 $$ ;;
      99) echo '{{"loss": NaN}}' >> $SWEEPCLI_EVENTS; sleep 100 ;;
    esac
    echo ${{x}} >> finished
parameters: {{x: {{distribution: int_uniform, min: 1, max: {RUNS}}}}}
"""


# How a repair gets each column of the database back; a new one needs a place in the files of runs,
# or a row in the table of what is lost, in docs/files.md.
REBUILT = {
    "sweeps": "id entity project name state config created_at about code",
    "runs": "id sweep_id number key state params attempt agent_id created_at started_at ended_at "
    "exit_code reason summary value value_step worst latest best search_info retry_from "
    "name notes tags about code code_after environment",
    "attempts": "run_id attempt agent_id state started_at ended_at exit_code reason output "
    "code code_after environment",
    "history": "run_id attempt line step timestamp row",
    "agents": "id host pid started_at ended_at",
}
LOST = {
    "snapshots": "sweep_id part content",  # the file itself is in the sweep's folder
    "agents": "heartbeat_at pid_started place ended_code ended_why sweeps",
    "migrations": "name at",
}


def test_every_column_is_rebuilt_or_said_to_be_lost(tmp_path: Path) -> None:
    with closing(stores.open_store(str(tmp_path))) as store:
        tables = store.database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables:
            columns = store.database.rows("SELECT name FROM pragma_table_info(?)", (table,))
            known = f"{REBUILT.get(table, '')} {LOST.get(table, '')}".split()
            assert sorted(name for (name,) in columns) == sorted(known), table


def work(path: str, limit: int) -> None:
    """Let an agent run the runs, but no more than so many attempts."""
    with closing(stores.open_existing(os.path.abspath("results"))) as store:
        Place(os.path.abspath("results"), store).run(
            sweep_id=path.rpartition("/")[2],
            slots=[Slot(number) for number in range(4)],
            timing=Timing(tick_s=0.05),
            most_failures=RUNS,
            run_limit=limit,
        )


def contents(path: str) -> tuple[list[Run], list[JSON], list[list[Row]]]:
    """Return the runs that an agent has had, their attempts and their history."""
    with closing(stores.open_existing(os.path.abspath("results"))) as store:
        runs = store.runs(path.rpartition("/")[2], taken=True)
        attempts = [store.attempts(run.id) for run in runs]
        history = [store.history(each.run_id, each.attempt) for own in attempts for each in own]
        return runs, attempts, history


def test_a_sweep_whose_database_is_lost_comes_back_and_no_cell_that_finished_runs_again() -> None:
    path = created(CONFIG, os.path.abspath("results"))
    work(path, FIRST)
    before = contents(path)
    for name in ("sweeps.db", "sweeps.db.lock"):
        os.remove(f"results/{name}")

    done = repair.repair(Location(os.path.abspath("results")))

    assert (done.lost, done.old) == ([], None)
    assert contents(path) == before
    states = {run.state for run in before[0]}
    assert states >= {RunState.FINISHED, RunState.FAILED, RunState.CRASHED, RunState.STOPPED}
    work(path, 2 * RUNS)
    finished = Counter(Path("finished").read_text().split())
    assert set(finished.values()) == {1}
    runs = contents(path)[0]
    assert [run.params for run in runs] == [{"x": number} for number in range(1, RUNS + 1)]
    assert len(finished) == RUNS - 3 * 5 == sum(run.state is RunState.FINISHED for run in runs)
