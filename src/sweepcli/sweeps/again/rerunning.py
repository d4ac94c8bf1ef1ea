"""A new sweep of one run, with the code that the run had, frozen."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders
from sweepcli.code import blobs, interpreter, place, restoring, snapshot, tree, working_tree
from sweepcli.code.blobs import File
from sweepcli.code.tree import Tree
from sweepcli.errors import NotSupported, UsageError, unwritable
from sweepcli.printed import escaped, listed
from sweepcli.records import DEFAULT_COMMAND
from sweepcli.sweep_config.problems import InvalidConfig
from sweepcli.sweeps import freezing
from sweepcli.sweeps.again import command_then, fixed_config
from sweepcli.sweeps.freezing import Plan, Taken

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sweepcli.code.contents import Wanted
    from sweepcli.code.place import Place
    from sweepcli.code.restoring import Layout
    from sweepcli.records import SweepConfig
    from sweepcli.sweeps.again.fixed_config import Fixed
    from sweepcli.sweeps.again.here import Here
    from sweepcli.sweeps.again.recorded import Recorded

MOST_NAMED = 3  # files


class NotWhole(NotSupported):
    """Code that was recorded cannot be had as it was."""


def config(recorded: Recorded, given: Sequence[str], here: Here) -> Fixed:
    """Return the config of a sweep of one run, by the Python and with the seeds of then.

    Raises UsageError for a value that is none.
    """
    try:
        fixed = fixed_config.of(recorded.run, recorded.sweep, given)
    except (ValueError, InvalidConfig) as error:
        raise UsageError(str(error)) from error
    known = recorded.environment
    elements = fixed.raw.get("command", DEFAULT_COMMAND)
    command = command_then.of(elements, here.interpreter, known.seeds if known else {})
    return fixed._replace(raw={**fixed.raw, "command": command})


class Code(NamedTuple):
    """The code of a run, for a new sweep."""

    taken: Taken
    loose: list[str]  # not frozen by its nature, and now not what the run had
    causes: list[str]  # what may use files that are now not what the run had

    def lines(self) -> list[str]:
        """Return what people should know."""
        loose = listed(sorted(map(escaped, self.loose)), MOST_NAMED)
        said = [f"not frozen, and not what the run had: {loose}"] if loose else []
        other = "and the code there is not what the run had"
        return said + [f"not all is frozen: {each}, {other}" for each in self.causes]


@contextmanager
def code(recorded: Recorded, wanted: Wanted, config: SweepConfig, here: Here) -> Iterator[Code]:
    """Give the code of a run for a new sweep; raise NotWhole if not all of it can be had."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = _put_together(recorded, wanted, config, here, os.path.realpath(folder))
        except OSError as error:
            what = f"the code of run {recorded.run.id} cannot be put together"
            raise unwritable(what, error) from error
        yield found


def _put_together(
    recorded: Recorded, wanted: Wanted, config: SweepConfig, here: Here, folder: str
) -> Code:
    work = _Work(wanted, os.path.join(folder, "code"), restoring.layout(wanted))
    missing = restoring.put(wanted, work.folder)
    if lost := {path: why for path, why in missing.items() if path in wanted.files}:
        raise NotWhole(_not_whole(recorded, lost))
    return work.code(os.path.join(folder, folders.SNAPSHOT), config, here)


def _not_whole(recorded: Recorded, lost: dict[str, str]) -> str:
    named = listed(sorted(map(escaped, lost)), MOST_NAMED)
    why = next(iter(lost.values()))
    return f"the code of run {recorded.run.id} cannot be had as it was: {named}: {why}"


class _Work(NamedTuple):
    """A version whose files are in a folder."""

    wanted: Wanted
    folder: str
    into: Layout

    def at(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.folder, self.into.inside(path)))

    def code(self, archive: str, config: SweepConfig, here: Here) -> Code:
        """Return the code in its archive, which is written unless the run's sweep has one."""
        wanted, root = self.wanted, self.into.root
        files = {}
        for path, (mode, blob) in wanted.files.items():
            found = os.lstat(self.at(path))
            files[path] = File(blob, mode, found.st_size, found.st_ctime_ns)
        imports = interpreter.imports(here.python, root, self.at(root))
        there = place.place_of(
            config, results=wanted.results, cwd=self.at(self.into.cwd), interpreter=here.python
        )
        plan = Plan(
            freezing.words_of(config), there, Tree(self.at(root), files), imports, beside=()
        )
        open_to = plan.not_frozen
        named = [path for each in open_to if not each.is_cause for path in each.paths]
        loose = [path for path in named if self._is_other(path)]
        causes = [each.line for each in open_to if each.is_cause]
        if causes and not any(map(self._is_other, files)):
            causes = []
        if wanted.archive:
            return Code(Taken(wanted.of.id, wanted.archive), loose, causes)
        opened = [each for of in wanted.of.repositories for each in wanted.repositories(of)]
        snapshot.write(
            archive,
            Tree(root, files, left_out=wanted.of.left_out, opened=tuple(opened)),
            there._replace(cwd=self.into.cwd),
            path=imports.path,
            beside=self._ignored(files, there._replace(cwd=self.into.cwd)),
            at=self.at,
        )
        return Code(Taken(wanted.of.id, archive), loose, causes)

    def _ignored(self, files: Collection[str], there: Place) -> tuple[str, ...]:
        """Return source that git ignores, such as generated modules: runs import it, too."""
        root = self.into.root
        if not os.path.isdir(root):
            return ()
        known = {*files, *tree.look(there).files}  # but not what has come since
        return working_tree.source_beside(root, known, self.wanted.results)

    def _is_other(self, path: str) -> bool:
        """Return whether a file of the code is not in the working tree as it was."""
        if path not in self.wanted.files:
            return False
        now = os.path.join(self.into.root, path)
        try:
            return blobs.id_of(blobs.content(now, os.lstat(now))) != self.wanted.files[path][1]
        except (OSError, blobs.Unread):
            return True
