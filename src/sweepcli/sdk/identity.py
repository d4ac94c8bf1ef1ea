"""Which run this process is, and where it writes: the agent says it, or it is made up."""

from __future__ import annotations

import json
import os

from sweepcli import env, ids
from sweepcli.errors import SweepError
from sweepcli.messages import warn_once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class RunIdentity:
    """A run's names and files; `params` is None unless an agent gave some."""

    __slots__ = (
        "attempt",
        "entity",
        "events",
        "folder",
        "id",
        "params",
        "project",
        "results",
        "sweep_id",
    )

    def __init__(self, id: str, entity: str, project: str) -> None:  # noqa: A002 -- W&B's word for it
        self.id = id
        self.entity = entity
        self.project = project
        self.sweep_id: str | None = None
        self.attempt = 1
        self.folder: str | None = None
        self.results: str | None = None  # the directory that has it, without an agent
        self.events: str | None = None
        self.params: dict[str, Any] | None = None

    @property
    def is_from_agent(self) -> bool:
        """Whether an agent started this run."""
        return self.params is not None

    def make_folder(self) -> None:
        """Make the folder of a run without an agent; a known id gets its next attempt.

        Raises SweepError if the folder cannot be made.
        """
        from sweepcli import folders  # noqa: PLC0415 -- only a run without an agent needs it

        runs = os.path.dirname(self.folder or "")
        while True:
            self.folder = os.path.join(runs, str(self.attempt))
            try:
                folders.make_results(self.results or "")
                os.makedirs(self.folder)
            except FileExistsError:
                self.attempt += 1
            except OSError as error:
                raise SweepError(f"{self.folder}: cannot be made: {error.strerror}") from error
            else:
                self.events = os.path.join(self.folder, "events.jsonl")
                return

    def write_params(self, values: dict[str, Any]) -> None:
        """Write the config of a run without an agent as `params.json`."""
        path = os.path.join(self.folder or "", "params.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(values, file, indent=2)
            file.write("\n")

    def forget_files(self) -> None:
        """Make the run write nothing; files that the script writes go to the temporary folder."""
        self.events = None
        if not self.is_from_agent:
            import tempfile  # noqa: PLC0415 -- costs start-up time, needed only in this mode

            self.folder = tempfile.gettempdir()


def from_agent(ignored: dict[str, str | None]) -> RunIdentity:
    """Return the run that the agent describes in the environment; W&B ignores these arguments.

    Raises SweepError if the run's params cannot be read.
    """
    run = RunIdentity(
        os.environ.get(env.RUN_ID) or ids.new_id(),
        env.entity() or env.default_entity(),
        env.project() or env.default_project(),
    )
    run.events = os.path.abspath(os.environ[env.EVENTS])
    run.sweep_id = os.environ.get(env.SWEEP_ID) or None
    run.folder = os.environ.get(env.RUN_DIR) or os.path.dirname(run.events)
    run.attempt = int(os.environ.get(env.ATTEMPT) or 1)
    run.params = _params()
    for name, value in ignored.items():
        if value not in (None, getattr(run, name)):
            warn_once(name, f"Ignoring {name} {value!r} when running a sweep.")
    return run


def made_up(wanted: dict[str, str | None], directory: str | None) -> RunIdentity:
    """Return a run without a sweep; `make_folder()` makes its folder."""
    run = RunIdentity(
        env.folder_name(wanted["id"] or ids.new_id()),
        env.folder_name(wanted["entity"] or env.entity() or env.default_entity()),
        env.folder_name(wanted["project"] or env.project() or env.default_project()),
    )
    root = os.path.join(os.path.abspath(directory), env.RESULTS) if directory else None
    run.results = root or env.results_dir()
    project = os.path.join(run.results, run.entity, run.project)
    run.folder = os.path.join(project, "runs", run.id, "1")
    return run


def _params() -> dict[str, Any]:
    path = os.environ.get(env.PARAMS_FILE)
    try:
        if path:
            with open(path, encoding="utf-8") as file:
                params = json.load(file)
        else:
            params = json.loads(os.environ.get(env.PARAMS) or "{}")
    except (OSError, ValueError) as error:
        raise SweepError(f"{path or env.PARAMS}: cannot read the run's params: {error}") from error
    if not isinstance(params, dict):
        raise SweepError(f"{path or env.PARAMS}: the run's params must be one JSON object")
    return params
