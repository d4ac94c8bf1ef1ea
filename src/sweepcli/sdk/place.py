"""Which run this process is, and where it writes: told by the agent, or made up."""

from __future__ import annotations

import json
import os

from sweepcli import env, ids
from sweepcli.errors import SweepError
from sweepcli.sdk import notices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Place:
    """A run's identity and files; `params` is None unless an agent gave some."""

    __slots__ = ("attempt", "entity", "events", "folder", "id", "params", "project", "sweep_id")

    def __init__(self, id: str, entity: str, project: str) -> None:  # noqa: A002 -- W&B's word for it
        self.id = id
        self.entity = entity
        self.project = project
        self.sweep_id: str | None = None
        self.attempt = 1
        self.folder: str | None = None
        self.events: str | None = None
        self.params: dict[str, Any] | None = None

    @property
    def is_given(self) -> bool:
        """Say whether an agent started this run."""
        return self.params is not None


def given(ignored: dict[str, str | None]) -> Place:
    """Return the run that the agent describes in the environment; W&B ignores these arguments."""
    place = Place(
        os.environ.get(env.RUN_ID) or ids.new_id(),
        env.entity() or env.default_entity(),
        env.project() or env.default_project(),
    )
    place.events = os.path.abspath(os.environ[env.EVENTS])
    place.sweep_id = os.environ.get(env.SWEEP_ID) or None
    place.folder = os.environ.get(env.RUN_DIR) or os.path.dirname(place.events)
    place.attempt = int(os.environ.get(env.ATTEMPT) or 1)
    place.params = _params()
    for name, value in ignored.items():
        if value not in (None, getattr(place, name)):
            notices.once(name, f"Ignoring {name} {value!r} when running a sweep.")
    return place


def made_up(wanted: dict[str, str | None], directory: str | None) -> Place:
    """Return a run outside of any sweep, with a folder of its own still to be made."""
    place = Place(
        env.folder_name(wanted["id"] or ids.new_id()),
        env.folder_name(wanted["entity"] or env.entity() or env.default_entity()),
        env.folder_name(wanted["project"] or env.project() or env.default_project()),
    )
    root = os.path.join(os.path.abspath(directory), env.RESULTS) if directory else None
    parts = (root or env.results_dir(), place.entity, place.project, "runs", place.id)
    place.folder = os.path.join(*parts, "1")
    return place


def make_folder(place: Place) -> None:
    """Make the folder of a run outside of any sweep; an id used before gets its next attempt."""
    runs = os.path.dirname(place.folder or "")
    while True:
        place.folder = os.path.join(runs, str(place.attempt))
        try:
            os.makedirs(place.folder)
        except FileExistsError:
            place.attempt += 1
        except OSError as error:
            raise SweepError(f"{place.folder}: cannot be made: {error.strerror}") from error
        else:
            place.events = os.path.join(place.folder, "events.jsonl")
            return


def forget_files(place: Place) -> None:
    """Make the run write nothing; what the script itself saves goes to the temporary folder."""
    place.events = None
    if not place.is_given:
        import tempfile  # noqa: PLC0415 -- costs start-up time, needed in this mode alone

        place.folder = tempfile.gettempdir()


def write_params(place: Place, values: dict[str, Any]) -> None:
    """Write the config of a run outside of any sweep as `params.json`."""
    path = os.path.join(place.folder or "", "params.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(values, file, indent=2)
        file.write("\n")


def _params() -> dict[str, Any]:
    path = os.environ.get(env.PARAMS_FILE)
    try:
        text = _read(path) if path else os.environ.get(env.PARAMS) or "{}"
        params = json.loads(text)
    except (OSError, ValueError) as error:
        raise SweepError(f"{path or env.PARAMS}: cannot read the run's params: {error}") from error
    if not isinstance(params, dict):
        raise SweepError(f"{path or env.PARAMS}: the run's params must be one JSON object")
    return params


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()
