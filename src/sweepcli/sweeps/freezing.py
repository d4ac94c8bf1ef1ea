"""Takes the code of a new sweep that is to be frozen, and says what of it cannot be."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders
from sweepcli.code import interpreter, not_frozen, place, snapshot, tree, version, working_tree
from sweepcli.code.uncommitted import Moved
from sweepcli.errors import LaunchError, unwritable
from sweepcli.runs import programs
from sweepcli.sweep_config import macros

if TYPE_CHECKING:
    from sweepcli.code.interpreter import Imports
    from sweepcli.code.not_frozen import Found
    from sweepcli.code.place import Place
    from sweepcli.code.tree import Tree
    from sweepcli.records import Sweep, SweepConfig

WARNING = "Not frozen, so that runs use it as it is when they start:"
ATTEMPTS = 3  # while the code changes
CHANGES = "the code changes while it is frozen ({error}): repeat this when nothing writes there"
SLOW = "the code cannot be frozen: {problem}"
NOTHING = (
    "there is no code to freeze in {folder}: start in the folder of the program, or name its files "
    "in the command"
)


class Plan(NamedTuple):
    """The code as it was seen, before there is a sweep."""

    words: tuple[str, ...]  # the elements of the command
    place: Place
    tree: Tree
    imports: Imports
    beside: tuple[str, ...]  # source that is not in it

    @property
    def not_frozen(self) -> list[Found]:
        """What runs would use as it is when they start."""
        return not_frozen.of(self.words, self.place, self.tree, self.imports, self.beside)

    @property
    def lines(self) -> list[str]:
        """The same for people, a few lines."""
        return [f"  {line}" for line in not_frozen.lines(self.not_frozen)]

    @property
    def warning(self) -> str | None:
        """The same as a warning."""
        return "\n".join([WARNING, *told]) if (told := self.lines) else None


class Taken(NamedTuple):
    """The code of a sweep that is in an archive already."""

    code: str  # the id of the version
    archive: str


def plan(config: SweepConfig, results: str) -> Plan:
    """Look at the code of a sweep; raise LaunchError if it cannot be frozen."""
    cwd = os.getcwd()
    python = programs.file_of(programs.interpreter())
    where = place.place_of(config, results=results, cwd=cwd, interpreter=python)
    seen = tree.look(where)
    if not seen.is_whole:
        raise LaunchError(SLOW.format(problem=seen.problem))
    if not seen.files:
        raise LaunchError(NOTHING.format(folder=cwd))
    imports = interpreter.imports(where.interpreter, seen.root, seen.root)
    beside = working_tree.source_beside(seen.root, seen.files, where.results)
    return Plan(words_of(config), where, seen, imports, beside)


def words_of(config: SweepConfig) -> tuple[str, ...]:
    """Return the elements of a command, with the program where it is named by its macro."""
    known = {"program": config.program or "", "interpreter": "python"}
    elements = [str(element) for element in config.command]
    return tuple(known.get(macros.whole(each) or "", each) for each in elements)


def freeze(found: Plan | Taken, sweep: Sweep, results: str) -> Sweep:
    """Write the snapshot of a new sweep into its folder, and return the sweep with its code.

    Raises ConfigError for too much code, LaunchError if it cannot be frozen, FolderError or
    StoreUnavailable if nothing can be written.
    """
    path = folders.snapshot(results, sweep)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            folders.make_results(results)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if isinstance(found, Taken):
                _copy(found.archive, path)
                return sweep._replace(code=found.code)
            kept = version.write(results, found.tree, found.place)
            imported = found.imports.path
            snapshot.write(path, found.tree, found.place, path=imported, beside=found.beside)
        except Moved as error:
            if attempt == ATTEMPTS:
                raise LaunchError(CHANGES.format(error=error)) from error
            found = plan(sweep.config, results)
        except OSError as error:
            raise unwritable("cannot write the frozen code", error) from error
        else:
            break
    return sweep._replace(code=kept.id)


def _copy(archive: str, path: str) -> None:
    """Let a sweep have an archive that is there, by a link where that is possible."""
    try:
        os.link(archive, path)
    except OSError:
        shutil.copyfile(archive, path)
