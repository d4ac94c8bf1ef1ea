"""The command line of a run, for a shell: to run again what it ran, whole or as arguments."""

from __future__ import annotations

import re
import shlex
from contextlib import suppress
from typing import TYPE_CHECKING

from sweepcli import folders
from sweepcli.errors import ConfigError, NotSupported
from sweepcli.runs import attempt_record, programs
from sweepcli.sweep_config import argument_styles, command
from sweepcli.sweep_config.starters import SHELLS, is_python, name_of, starts_another
from sweepcli.views import preview

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sweepcli.records import Run, Sweep

OWN_FOLDER = ("run_dir", "checkpoint_dir")


def has_one(sweep: Sweep) -> bool:
    """Return whether a sweep's runs have a command line: those of a Python function have none."""
    config = sweep.config
    return config.program is not None or not command.uses(config.command, "program")


def line(run: Run, sweep: Sweep, results: str) -> str:
    """Return the whole command line as the run had it.

    A variable of the environment stands as such: its value is not kept. Raises NotSupported for a
    sweep over a Python function.
    """
    if not has_one(sweep):
        raise NotSupported(
            f"sweep {sweep.path} runs a Python function and has no command line (--format json has "
            "the params)"
        )
    return _for_shell(_words(run, sweep, results), sweep)


def arguments(run: Run, sweep: Sweep, results: str) -> str:
    """Return what stands behind the program; where nothing does, the params as `${args}` has them.

    So it is for a Python function, whose params no command line has.
    """
    return own_arguments(run, sweep, results) or params(run, sweep)


def own_arguments(run: Run, sweep: Sweep, results: str) -> str | None:
    """Return what stands behind the program, None where nothing does."""
    with suppress(ConfigError):
        words = _words(run, sweep, results)
        return _for_shell(words[first_argument(words, sweep.config.program) :], sweep) or None
    return None


def params(run: Run, sweep: Sweep) -> str:
    """Return the params as `${args}` has them."""
    return command.display(argument_styles.arguments("args", run.params, sweep.config.args_style))


def note(sweep: Sweep, rerun: str) -> str | None:
    """Return a warning if a run's command line names the folder where it wrote.

    `rerun` is the command that makes a new run of it.
    """
    names = [each.name for each in sweep.config.parameters]
    if any(command.uses(sweep.config.command, macro, names=names) for macro in OWN_FOLDER):
        return (
            "the command names the run's own folder: if you run it again, it writes there; "
            f"`{rerun}` gives it a new one"
        )
    return None


def first_argument(words: Sequence[str], program: str | None) -> int:
    """Return where the arguments of the program begin.

    They follow `${program}`, a Python file or module, or the text of `-c`; else the first word
    that starts no other program.
    """
    if program in words:
        return words.index(program) + 1
    if words and name_of(words[0]) == "env":
        begin = next((at for at, word in enumerate(words[1:], 1) if "=" not in word), len(words))
        return begin + first_argument(words[begin:], None)
    if not words or not starts_another(words[0]):
        return 1
    return _behind_file(words) or _behind_options(words)


def _behind_file(words: Sequence[str]) -> int | None:
    """Return where the words behind a Python file, a module, or a text of code begin."""
    shells = [name_of(word) in SHELLS for word in words]
    pythons = [is_python(word) for word in words]
    for at, word in enumerate(words):
        if word.endswith(".py"):
            return at + 1
        if word == "-m" or (word == "-c" and any(pythons[:at])):
            return at + 2
        if word == "-c" and any(shells[:at]):
            return at + 3  # behind the text is the name that the shell calls itself
    return None


def _behind_options(words: Sequence[str]) -> int:
    for at, word in enumerate(words):
        is_setting = word.startswith("-") or "=" in word
        if not is_setting and not starts_another(word):
            return at + 1
    return len(words)


def _words(run: Run, sweep: Sweep, results: str) -> list[str]:
    """Return the words as the agent recorded them, else as the config makes them now.

    Those of frozen code name files that are there only while an agent uses them.
    """
    folder = folders.last_attempt_folder(results, sweep, run)
    found = None if sweep.config.code.is_frozen else attempt_record.started(folder)
    if found is not None:
        return found[0]
    config, interpreter = sweep.config, programs.interpreter()
    return preview.words(config, run.params, program=config.program, interpreter=interpreter)


def _for_shell(words: Sequence[str], sweep: Sweep) -> str:
    kept = command.withheld(sweep.config.command)  # names of variables, as they are recorded
    return " ".join("".join(_quoted(word, kept)) for word in words)


def _quoted(word: str, kept: dict[str, str]) -> Iterator[str]:
    """Yield the parts of a word, quoted for a shell, which fills in variables itself."""
    names = {text: name for name, text in kept.items()}
    parts = re.split("|".join(f"({re.escape(text)})" for text in names), word) if names else [word]
    found = [part for part in parts if part]
    for part in found:
        yield f'"${{{names[part]}}}"' if part in names else shlex.quote(part)
    if not found:
        yield "''"
