"""A folder with the code of a run and a script that starts it: whole or not there."""

from __future__ import annotations

import filecmp
import os
import shlex
import shutil
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import env, folders, ids
from sweepcli.code import interpreter, restoring, rules, working_tree
from sweepcli.errors import FolderError, UsageError
from sweepcli.printed import escaped
from sweepcli.runs import attempt_record, paramfiles, wandb_use
from sweepcli.runs.wandb_use import WandbUse
from sweepcli.sweeps.again import run_script
from sweepcli.sweeps.again.run_script import Place, Then

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sweepcli.code.contents import Wanted
    from sweepcli.code.restoring import Layout
    from sweepcli.sweeps.again.recorded import Recorded

CODE = "code"  # the folder of the code in the new one
PACKAGES = "packages.txt"
START = "restored-"  # of a folder that nobody has named
MOST_SAID = 20  # files that the script says are missing


class Restored(NamedTuple):
    """What was written, and what is missing in it."""

    folder: str
    code: str  # the folder in it that stands for the root of then
    root: str
    missing: dict[str, str]  # files of the code, and why
    left_out: dict[str, str]  # files whose content is never recorded, and why
    beside: list[str]  # what is in the root now, and no code: data, outputs
    changed: list[str]  # data that the commit has, and that the root has with other content now

    @property
    def command(self) -> str:
        """What starts the run."""
        return shlex.quote(os.path.join(os.path.normpath(self.folder), run_script.NAME))


def default(run_id: str) -> str:
    """Return the folder for a run where none is named."""
    return f"{START}{run_id}"


def make(recorded: Recorded, wanted: Wanted, folder: str) -> Restored:
    """Write the code of a run, and what starts it, into a folder.

    Raises UsageError for one that is not empty, FolderError if it cannot be written, ConfigError
    if the command line cannot be made.
    """
    target = os.path.realpath(folder)
    _refuse_full(target, folder)
    beside = f"{target}.{ids.new_id()}.new"
    into = restoring.layout(wanted)
    try:
        os.makedirs(beside)
        missing = restoring.put(wanted, os.path.join(beside, CODE))
        if wanted.files and missing.keys() >= wanted.files.keys():
            raise FolderError(f"nothing of the code can be had: {next(iter(missing.values()))}")
        root = os.path.join(CODE, into.inside(into.root))
        new = os.path.join(beside, root)
        written = _files_in(new)
        found = Restored(
            folder,
            os.path.normpath(os.path.join(folder, root)),
            into.root,
            missing,
            {path: why for path, why in wanted.of.left_out.items() if path not in wanted.files},
            _beside(into.root, new, {*wanted.files, *written}, recorded.results),
            _changed(into.root, new, written - wanted.files.keys()),
        )
        _write_files(recorded, into, found, wanted, beside)
        os.rename(beside, target)
    except OSError as error:
        raise FolderError(f"cannot write {folder}: {error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return found


def _files_in(new: str) -> set[str]:
    """Return the paths of all files in a folder, from there on."""
    here = (os.path.join(at, each) for at, _, names in os.walk(new) for each in names)
    return {os.path.relpath(path, new) for path in here}


def _beside(root: str, new: str, known: Collection[str], results: str) -> list[str]:
    """Return what is in the root now, and not known: data, most of it."""
    found = (path for path in working_tree.others(root, known, results) if path[0] != ".")
    others = (path for path in found if not (path.startswith(START) or rules.is_sweep_config(path)))
    return [
        path
        for path in others
        if not os.path.lexists(os.path.join(new, path))
        and not folders.is_below(new, os.path.join(root, path))
    ]


def _changed(root: str, new: str, data: Iterable[str]) -> list[str]:
    """Return the files beside code that the root has now, and not as the commit had them."""
    triples = ((path, os.path.join(new, path), os.path.join(root, path)) for path in data)
    return sorted(
        path
        for path, then, now in triples
        if not path.endswith(".pyc")  # some commits have them
        and os.path.isfile(then)
        and os.path.isfile(now)
        and not filecmp.cmp(then, now, shallow=False)
    )


def _refuse_full(target: str, folder: str) -> None:
    try:
        is_full = bool(os.listdir(target))
    except FileNotFoundError:
        return
    except NotADirectoryError:
        is_full = True
    except OSError as error:
        raise FolderError(f"cannot read {folder}: {error}") from error
    if is_full:
        raise UsageError(f"{folder} is not an empty folder: name another one, which may be new")


def _write_files(
    recorded: Recorded, into: Layout, found: Restored, wanted: Wanted, folder: str
) -> None:
    run, packages = recorded.run, recorded.packages
    script = run_script.text(
        run,
        recorded.sweep,
        _place(into, wanted),
        _then(recorded, into, os.path.join(folder, CODE, into.inside(into.root))),
        _about(recorded, found, wanted),
    )
    texts = {
        run_script.NAME: script,
        folders.IGNORED: "*\n",  # it is no new code of the repository that it may be in
        folders.PARAMS_JSON: paramfiles.params_json(run.params),
        folders.PARAMS_YAML: paramfiles.wandb_yaml(run.params),
        **({PACKAGES: "".join(f"{n}=={v}\n" for n, v in packages.items())} if packages else {}),
    }
    for name, text in texts.items():
        place = os.path.join(folder, name)
        mode = 0o777 if name == run_script.NAME else 0o666
        fd = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with open(fd, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)


def _place(into: Layout, wanted: Wanted) -> Place:
    old = [into.root, *(path for path in wanted.files if os.path.isabs(path))]
    moves = {path: os.path.normpath(os.path.join(CODE, into.inside(path))) for path in old}
    return Place(moves, os.path.normpath(os.path.join(CODE, into.inside(into.cwd))))


def _then(recorded: Recorded, into: Layout, code: str) -> Then:
    """Return what else the run had, as far as it is known here."""
    run, known = recorded.run, recorded.environment
    folder = folders.last_attempt_folder(recorded.results, recorded.sweep, run)
    started = attempt_record.started(folder)
    variables = started[2] if started else {}
    path = [part for part in variables.get("PYTHONPATH", "").split(os.pathsep) if part]
    own = os.path.realpath(recorded.results)
    others = (part for part in path if part != wandb_use.STAND_IN)
    kept = [part for part in others if not folders.is_below(part, own)]  # a checkout
    word = variables.get(env.WANDB, "")
    use = WandbUse(word) if word in [*WandbUse] else WandbUse.AUTO
    if known is None:
        return Then(search_path=kept, wandb=use)
    # An editable install leads to the working tree, from another place.
    inside = interpreter.imports(known.interpreter, into.root, code).path
    imported = [os.path.normpath(os.path.join(into.root, each)) for each in inside]
    search_path = [*dict.fromkeys([*imported, *kept])]
    return Then(known.interpreter or None, known.seeds, search_path, use)


def _about(recorded: Recorded, found: Restored, wanted: Wanted) -> Iterator[str]:
    """Yield what the script says at its top."""
    run, sweep, known = recorded.run, recorded.sweep, recorded.environment
    yield f"Starts run {run.id} again (number {run.number} of sweep {sweep.path})."
    yield "Arguments are passed on behind those of the run."
    yield ""
    if sweep.config.metric:
        yield f"{sweep.config.metric.name}: {run.value}"
    yield f"code: {wanted.of.id}, in {wanted.of.root}"
    for each in wanted.of.repositories:
        state = " with changes" if each.is_dirty else ""
        yield f"commit: {each.commit} of {each.path} ({each.branch or 'no branch'}){state}"
    if known:
        yield f"Python: {known.python} ({known.interpreter}), {len(recorded.packages)} packages"
        yield f"machine: {known.host}, {known.platform}, {', '.join(known.gpus) or 'no GPU'}"
    gone = {**found.missing, **found.left_out}
    files = "1 file" if len(gone) == 1 else f"{len(gone)} files"
    yield f"missing: {files}" if gone else "missing: nothing that was recorded"
    for path, why in [*gone.items()][:MOST_SAID]:
        yield f"  {escaped(path)}: {why}"
    if len(gone) > MOST_SAID:
        yield f"  and {len(gone) - MOST_SAID} more"
