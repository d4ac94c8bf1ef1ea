"""How a frozen run is started: its arguments and its environment point into a checkout.

Its working directory stays the agent's, so that data and outputs with relative paths go on working.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders
from sweepcli.code import rules
from sweepcli.errors import LaunchError
from sweepcli.sweep_config import starters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sweepcli.code.checkout import Checkout

PYTHONPATH, SAFE_PATH = "PYTHONPATH", "PYTHONSAFEPATH"
# Options that name what a program writes, which cannot be in a checkout.
WRITES = re.compile(r"out|save|write|dump|result|ckpt|checkpoint|log(?!.*conf)", re.IGNORECASE)
NAMES_A_FOLDER = re.compile(r"dir|path|folder|conf|cfg|root", re.IGNORECASE)


SEPARATOR = (
    "the frozen code cannot be imported from {folder}: PYTHONPATH has no way to write a {mark}; "
    "use a results directory without it"
)


class Redirect(NamedTuple):
    """The start of a sweep's frozen runs by an agent in a folder."""

    checkout: Checkout
    cwd: str

    def argv(self, words: Sequence[str]) -> list[str]:
        """Return a command line whose words for frozen files name them in the checkout."""
        starts = _scripts(words)
        pairs = enumerate(zip(("", *words), words, strict=False))
        return [self._word(before, word, starts=at in starts) for at, (before, word) in pairs]

    def _word(self, before: str, word: str, *, starts: bool) -> str:
        """Return a word, given the one before it, and whether a Python or shell executes it."""
        is_first = before == "" or starters.has_env([before]) or starters.is_setting(before)
        if is_first and "/" not in word:  # looked for on the PATH
            return word
        option, is_setting, value = word.partition("=")
        own = before if before.startswith("-") and not starts else ""
        if found := self._place(word, own, starts=starts):
            return found
        if is_setting and value and (found := self._place(value, option)):
            return f"{option}={found}"
        if word.startswith("@") and (found := self._place(word[1:], "")):
            return f"@{found}"
        return word

    def _place(self, text: str, option: str, *, starts: bool = False) -> str | None:
        """Return where the snapshot has what a text names; None if it names nothing of it."""
        is_path = "/" in text or "." in text.strip(".") or starts
        may_be_folder = "/" in text or starts or NAMES_A_FOLDER.search(option)
        if not (is_path or may_be_folder) or text.startswith("-") or WRITES.search(option):
            return None
        path = os.path.normpath(os.path.join(self.cwd, text))
        found = self.checkout.frozen(path)
        if found is None:
            return None
        if not os.path.isdir(found):
            return found if is_path else None
        if starts and os.path.isfile(os.path.join(found, "__main__.py")):
            return found
        # Without any of these it is more likely the name of a model or a task.
        return found if may_be_folder and self._is_code_alone(path, found) else None

    def _is_code_alone(self, path: str, found: str) -> bool:
        """Return whether a folder has code and nothing else, and is not where runs work."""
        if folders.is_below(self.cwd, path):
            return False
        names = (name for _, _, files in os.walk(found) for name in files)
        is_code = any(rules.is_source(each) or rules.ending(each) in rules.CONFIG for each in names)
        return is_code and not self.checkout.has_links_out(found)

    def variables(self, argv: Sequence[str], environ: Mapping[str, str]) -> dict[str, str]:
        """Return the variables by which Python imports from the checkout.

        `argv` and `environ` are those with which the run would start.
        """
        before = [part for part in environ.get(PYTHONPATH, "").split(os.pathsep) if part]
        led = self._working_folder(argv)
        inside = [self._import_folder(part) for part in before]
        found = list(dict.fromkeys([*led, *inside[:-1], *self.checkout.path, *inside[-1:]]))
        if found != before and os.pathsep in self.checkout.folder:
            raise LaunchError(SEPARATOR.format(folder=self.checkout.folder, mark=os.pathsep))
        if not (led or self.checkout.path) and found == before:
            return {}
        return {PYTHONPATH: os.pathsep.join(found), **({SAFE_PATH: "1"} if led else {})}

    def _import_folder(self, part: str) -> str:
        """Return what an entry of PYTHONPATH means."""
        place = os.path.normpath(os.path.join(self.cwd, part))
        found = self.checkout.counterpart(place)
        return found if found and os.path.isdir(found) else part

    def _working_folder(self, argv: Sequence[str]) -> list[str]:
        """Return what stands for the working directory, if Python imports from it.

        It does for `-m` and `-c`. Not for a module of others that starts a script, which imports
        from the script's folder.
        """
        place = self.checkout.counterpart(self.cwd)
        modules = modules_of(argv)
        has_text = bool(texts_of(argv))
        if not ((modules or has_text) and place and os.path.isdir(place)):
            return []
        is_ours = any(self._has_module(place, name) for name in modules)
        has_script = any(word.endswith(".py") for word in argv)
        return [place] if is_ours or has_text or not has_script else []

    @staticmethod
    def _has_module(place: str, name: str) -> bool:
        first = os.path.join(place, name.partition(".")[0])
        return os.path.isdir(first) or os.path.isfile(f"{first}.py")


def texts_of(argv: Sequence[str]) -> list[str]:
    """Return the programs that a command line has as words, behind the `-c` of a Python."""
    pythons = [at for at, word in enumerate(argv) if starters.is_python(word)]
    found = [starters.executed(argv, at) for at in pythons]
    return [argv[at] for kind, at in found if kind == "c" and at < len(argv)]


def _scripts(argv: Sequence[str]) -> set[int]:
    """Return where the files and folders stand that a Python or shell executes."""
    shells = starters.SHELLS
    return {
        place
        for at, word in enumerate(argv)
        if starters.is_python(word) or starters.name_of(word) in shells
        for kind, place in [starters.executed(argv, at)]
        if not kind
    }


def modules_of(argv: Sequence[str]) -> list[str]:
    """Return the modules that a command line starts with `-m`, as Python and launchers do."""
    found = []
    for at, word in enumerate(argv[:-1]):
        before = argv[:at]
        is_early = not any(each.endswith(".py") for each in before)
        is_starter = is_early and any(map(starters.starts_another, before))
        if word in ("-m", "--module") and is_starter and not argv[at + 1].startswith("-"):
            found.append(argv[at + 1])
    return found
