"""What Optuna does, with its studies in files."""

from __future__ import annotations

import multiprocessing
import sqlite3
import sys
import time
import warnings
from contextlib import closing
from importlib import metadata
from pathlib import Path

import comparison
import optuna
from comparison import Cell, Column
from optuna.storages.journal import JournalFileBackend

from postgres_server import running
from support import until

TOOL = "Optuna 5"
CELLS = 40
CONTEXT = multiprocessing.get_context("spawn")
optuna.logging.set_verbosity(optuna.logging.ERROR)


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/optuna.db"


def create(storage: str) -> optuna.Study:
    return optuna.create_study(study_name="s", storage=storage)


def load(storage: str) -> optuna.Study:
    return optuna.load_study(study_name="s", storage=storage)


def objective(trial: optuna.Trial) -> float:
    return float(trial.suggest_int("x", 0, CELLS - 1))


def journal(path: str) -> optuna.storages.JournalStorage:
    """Return a storage that several processes may write to at once."""
    return optuna.storages.JournalStorage(JournalFileBackend(path))


def work(path: str) -> None:
    """Be one of several workers on a grid."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.GridSampler({"x": list(range(CELLS))}, seed=0)
    study = optuna.load_study(study_name="s", storage=journal(path), sampler=sampler)
    study.optimize(objective)


def with_heartbeat(storage: str) -> optuna.storages.RDBStorage:
    """Return a storage whose workers say that they are alive, once a second."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it calls this experimental
        return optuna.storages.RDBStorage(storage, heartbeat_interval=1, grace_period=2)


def wait(storage: str, folder: str, *, has_heartbeat: bool) -> None:
    """Be a worker that does not end."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)

    def waiting(trial: optuna.Trial) -> float:
        (Path(folder) / "started").write_text(str(trial.number))
        time.sleep(1000)
        return 0.0

    where = with_heartbeat(storage) if has_heartbeat else storage
    optuna.load_study(study_name="s", storage=where).optimize(waiting)


def needs_a_file(folder: Path) -> None:
    study = create(url(folder))
    study.optimize(objective, n_trials=2)
    assert (folder / "optuna.db").exists()


def is_a_library(folder: Path) -> None:
    assert metadata.version("optuna").startswith("5.")
    said = comparison.output([sys.executable, "-m", "optuna", "--help"], folder)
    said += comparison.output(["optuna", "--help"], folder)
    assert "ask" in said
    assert not [word for word in ("optimize", "gpu", "agent", "worker") if word in said.lower()]


def makes_some_twice(folder: Path) -> None:
    path = str(folder / "journal")
    study = optuna.create_study(study_name="s", storage=journal(path))
    workers = [CONTEXT.Process(target=work, args=(path,)) for _ in range(comparison.WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    tried = [trial.params["x"] for trial in study.trials]
    assert len(tried) > len(set(tried))


def beats(folder: Path) -> int:
    """Return how many workers have said that they are alive."""
    with closing(sqlite3.connect(folder / "optuna.db")) as connection:
        found: int = connection.execute("SELECT count(*) FROM trial_heartbeats").fetchone()[0]
        return found


def killed(folder: Path, *, has_heartbeat: bool) -> str:
    """Kill a worker of a new study, and return where that is."""
    folder.mkdir()
    create(url(folder))
    worker = CONTEXT.Process(
        target=wait, args=(url(folder), str(folder)), kwargs={"has_heartbeat": has_heartbeat}
    )
    worker.start()
    until((folder / "started").exists)
    until(lambda: not has_heartbeat or beats(folder))
    worker.kill()
    worker.join()
    return url(folder)


def leaves_its_trial(folder: Path) -> None:
    study = load(killed(folder / "without", has_heartbeat=False))
    study.optimize(objective, n_trials=3)
    assert study.trials[0].state is optuna.trial.TrialState.RUNNING

    storage = with_heartbeat(killed(folder / "with", has_heartbeat=True))
    study = optuna.load_study(study_name="s", storage=storage)

    def has_failed() -> bool:
        study.optimize(objective, n_trials=1)
        return study.trials[0].state is optuna.trial.TrialState.FAIL

    until(has_failed)


def has_both(_folder: Path) -> None:
    study = optuna.create_study(pruner=optuna.pruners.MedianPruner(0, 0))
    assert isinstance(study.sampler, optuna.samplers.TPESampler)

    def told(trial: optuna.Trial) -> float:
        trial.report(trial.number, 1)
        if trial.should_prune():
            raise optuna.TrialPruned
        return trial.number

    study.optimize(told, n_trials=4)
    assert [trial.state.name for trial in study.trials].count("PRUNED") == 3


def shares_a_server(folder: Path) -> None:
    assert not list(folder.iterdir())
    with running() as server:
        address = server.new_database().replace("postgresql://", "postgresql+psycopg://")
        storage = optuna.storages.RDBStorage(address)
        optuna.create_study(storage=storage).optimize(objective, n_trials=2)
        assert len(storage.get_all_studies()) == 1
        storage.engine.dispose()


def takes_tens_of_milliseconds(folder: Path) -> None:
    study = create(url(folder))
    study.optimize(objective, n_trials=20)
    began = [trial.datetime_start.timestamp() for trial in study.trials if trial.datetime_start]
    assert 0.002 < comparison.median_pause(began) < 0.2


COLUMN: Column = {
    comparison.NEEDS: Cell("none", needs_a_file),
    comparison.WRITE: Cell("a program", is_a_library),
    comparison.PRINTS: Cell("your program reads it", is_a_library),
    comparison.EIGHT: Cell("some cells twice", makes_some_twice),
    comparison.KILL: Cell(
        "its trial stays `RUNNING`; with a heartbeat, it fails", leaves_its_trial
    ),
    comparison.SEARCH: Cell("both; the script asks", has_both),
    comparison.GPUS: Cell("your program", is_a_library),
    comparison.MACHINES: Cell("share a database", shares_a_server),
    comparison.NEXT: Cell("tens of ms", takes_tens_of_milliseconds),
}
