"""What the runs of a frozen sweep would use as it is when they start, and why.

The text of programs is read; nothing is imported or started.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import regular_files
from sweepcli.code import pythons, redirect, relative_paths, rules, snapshot, working_tree
from sweepcli.printed import escaped, listed
from sweepcli.sweep_config import starters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sweepcli.code.interpreter import Imports
    from sweepcli.code.place import Place
    from sweepcli.code.tree import Tree

MOST_LINES = 10
NAMES = 3  # in a line
MOST_READ = 1 << 20  # bytes of a program whose text is looked at
MOST_PROGRAMS = 500
SHELL_ENDINGS = (".sh", ".bash", ".zsh", ".ksh")
TOOLS = {*pythons.OF_PROJECTS, *pythons.OF_OTHERS} - {*starters.CONTAINERS}
LINE = re.compile(r"-[a-z]*c")  # the option of a shell behind which a line stands
WORD = re.compile(r"[\w./@+-]+")


class Found(NamedTuple):
    """Files that are not frozen for one reason."""

    why: str
    paths: tuple[str, ...]
    is_cause: bool = False  # the paths name what uses other files, which are not known

    @property
    def line(self) -> str:
        """What is told of it."""
        return f"{listed([escaped(each) for each in self.paths], NAMES)}: {self.why}"


def of(
    words: Sequence[str], place: Place, tree: Tree, imports: Imports, beside: Sequence[str]
) -> list[Found]:
    """Return what is not frozen, the worst first; `words` are the elements of the command."""
    found = [
        *_command(words, place, tree),
        *_shells(place, tree),
        *_modules(words, imports),
        *_unseen(words, place),
        Found("an editable install from outside of the repository", imports.foreign),
        Found("Python imports from it, and it is no frozen code", _unfrozen_path(tree, imports)),
        Found("an import hook of an editable install, which comes first", imports.hooks),
        *_programs(place, tree),
        Found("git ignores it, or `exclude` names it", _in_program_folder(place, tree, beside)),
        *_left_out(tree),
    ]
    return [each for each in found if each.paths]


def lines(found: Sequence[Found]) -> list[str]:
    """Return at most a few lines for people."""
    told = [each.line for each in found]
    more = len(told) - MOST_LINES
    return [*told[:MOST_LINES], *([f"and {more} more"] if more > 0 else [])]


def _command(words: Sequence[str], place: Place, tree: Tree) -> Iterator[Found]:
    """Yield what the command itself runs that a checkout cannot stand for."""
    for at, word in enumerate(words):
        name = starters.name_of(word)
        if name in starters.CONTAINERS:
            yield Found("a container runs what is in its image", (name,))
        elif name in ("make", "just", "snakemake", "nox", "tox"):
            yield Found("it reads its own files in the working directory", (name,), is_cause=True)
        elif starters.is_python(word) and starters.executed(words, at)[0] == "c":
            names = {path.rpartition("/")[2] for path in tree.files}
            programs = redirect.texts_of(words)
            opened = (each for text in programs for each in relative_paths.of(text, names))
            known = (_from_root(each, place.cwd, tree) for each in opened)
            named = tuple(each for each in known if each in tree.files)
            yield Found("a line of Python names them by paths from the working directory", named)
        elif name in starters.SHELLS and LINE.fullmatch("".join(words[at + 1 : at + 2])):
            texts = words[at + 2 :]
            paths = sorted({path for text in texts for path in _named(text, place.cwd, tree)})
            yield Found("a line of the shell names them by relative paths", tuple(paths))


def _shells(place: Place, tree: Tree) -> Iterator[Found]:
    """Yield the files that shell scripts of the command call by relative paths."""
    waiting = [path for path in _started(place, tree) if path.endswith(SHELL_ENDINGS)]
    known = set(waiting)
    for path in waiting:  # it grows: a script may call another one
        text = _text(tree, path)
        called = dict.fromkeys(each for each in _named(text, place.cwd, tree) if each not in known)
        yield Found(f"{path} calls them by relative paths", tuple(called))
        known.update(called)
        waiting += [each for each in called if each.endswith(SHELL_ENDINGS)]


def _started(place: Place, tree: Tree) -> list[str]:
    names = (each for each in (place.program, *place.named) if each)
    paths = (_from_root(each, place.cwd, tree) for each in names)
    return [path for path in paths if path in tree.files]


def _modules(words: Sequence[str], imports: Imports) -> Iterator[Found]:
    """Yield the modules that an old Python would import from the working directory."""
    modules = (*redirect.modules_of(words), *(["-c"] if redirect.texts_of(words) else []))
    if modules and imports.version != (0, 0) and not imports.has_safe_path:
        version = ".".join(map(str, imports.version))
        where = "from the working directory (3.11 does not)"
        yield Found(f"Python {version} imports for `-m` and `-c` {where}", modules, is_cause=True)


def _unfrozen_path(tree: Tree, imports: Imports) -> tuple[str, ...]:
    """Return folders of the repository from which Python imports, and which have no frozen code."""
    known = working_tree.folders_of(tree.files)
    return tuple(path for path in imports.path if path not in known and path != os.curdir)


def _unseen(words: Sequence[str], place: Place) -> Iterator[Found]:
    """Yield a tool whose environment is not seen, so that nothing is known of its packages."""
    tools = [name for name in map(starters.name_of, words) if name in TOOLS]
    if tools and pythons.of(words, place.cwd, place.interpreter) is None:
        yield Found("editable installs in its environment are not seen", (tools[0],))


def _programs(place: Place, tree: Tree) -> Iterator[Found]:
    """Yield the frozen files that Python programs open by paths from the working directory.

    Then the programs that import from folders named from there.
    """
    opened: dict[str, str] = {}
    extending = []
    names = {path.rpartition("/")[2] for path in tree.files}
    for program in [path for path in tree.files if path.endswith(".py")][:MOST_PROGRAMS]:
        text = _text(tree, program)
        if relative_paths.extends_path(text):
            extending.append(program)
        paths = (_from_root(each, place.cwd, tree) for each in relative_paths.of(text, names))
        for path in paths:
            if path in tree.files:
                opened.setdefault(path, program)
    for program in dict.fromkeys(opened.values()):
        named = tuple(path for path, by in opened.items() if by == program)
        yield Found(f"{program} names it by a path from the working directory", named)
    why = "it adds a folder to sys.path by a path from the working directory"
    yield Found(why, tuple(extending), is_cause=True)


def _from_root(path: str, cwd: str, tree: Tree) -> str:
    """Return the path of a file, which is named from a folder, from the root on."""
    return os.path.relpath(os.path.normpath(os.path.join(cwd, path)), tree.root)


def _named(text: str, cwd: str, tree: Tree) -> Iterator[str]:
    """Yield the frozen files that words of a shell's text name, and the modules behind `-m`.

    Behind a `cd`, a word may name a file in any folder.
    """
    words = [word for line in text.splitlines() for word in WORD.findall(line.partition("#")[0])]
    goes_elsewhere = bool({"cd", "pushd"} & {*words})
    pairs = dict.fromkeys(zip(("", *words), words, strict=False))
    for before, word in pairs:
        module = word.replace(".", "/")
        names = (f"{module}.py", f"{module}/__main__.py") if before == "-m" else (word,)
        for name in names:
            path = _from_root(name, cwd, tree)
            if path in tree.files:
                yield path
            elif goes_elsewhere and rules.is_source(name) and not os.path.isabs(name):
                end = "/" + os.path.normpath(name).lstrip("./")
                yield from (each for each in tree.files if f"/{each}".endswith(end))


def _in_program_folder(place: Place, tree: Tree, beside: Sequence[str]) -> tuple[str, ...]:
    folder = os.path.relpath(place.folder, tree.root)
    start = "" if folder == os.curdir else f"{folder}/"
    return tuple(path for path in beside if path.startswith(start) and path not in tree.left_out)


def _left_out(tree: Tree) -> Iterator[Found]:
    """Yield the code that is left out, but no secrets: those are never kept."""
    code = {path: why for path, why in tree.left_out.items() if rules.is_source(path)}
    code |= snapshot.not_taken(tree)
    for why in dict.fromkeys(code.values()):
        yield Found(why, tuple(sorted(path for path in code if code[path] == why)))


def _text(tree: Tree, path: str) -> str:
    try:
        content = regular_files.content(os.path.join(tree.root, path), MOST_READ)
    except OSError:
        return ""
    return content.decode("utf-8", "replace")
