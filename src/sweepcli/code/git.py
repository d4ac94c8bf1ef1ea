"""Starts git on a repository that is not ours. Nothing is written there, and no program of it runs.

git is first asked, with the user's settings, whether it accepts the repository: it refuses one of
another user. All that follows is called without those settings, but for the few that say what
is ignored and how lines end, and without hooks, filters, file watchers and the network.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable, Iterator, Sequence

TIMEOUT_S = 20.0  # for one call
# What may be taken from the user's settings.
CARRIED = frozenset(
    {
        *("core.autocrlf", "core.eol", "core.filemode", "core.symlinks", "core.ignorecase"),
        *("core.precomposeunicode", "core.excludesfile", "core.attributesfile"),
    }
)
SAFE = {
    "core.fsmonitor": "",
    "core.hooksPath": os.devnull,
    "core.alternateRefsCommand": "",
    "diff.external": "",
    "diff.orderFile": os.devnull,
    "gc.auto": "0",
    "protocol.allow": "never",
    "submodule.recurse": "false",
}


class GitProblem(Exception):
    """git is missing, refuses the repository, cannot read it, or takes too long."""


class Slow(GitProblem):
    """git takes too long: what it would say is not known."""


class Opened(NamedTuple):
    """A repository that git accepts."""

    top: str
    git_dir: str
    settings: tuple[str, ...]  # those with which git is called, each `NAME=VALUE`
    config: tuple[tuple[str, str], ...]  # the user's and the repository's, as git lists it

    @property
    def filters(self) -> frozenset[str]:
        """The names of all filters, none of which runs."""
        return frozenset(_filters(self.config))


def opened(top: str) -> Opened:
    """Return the repository whose top a folder is; raise GitProblem."""
    said, listed = answers(
        [("rev-parse", "--show-toplevel", "--absolute-git-dir"), ("config", "--list", "-z")],
        at=top,
    )
    start = os.path.realpath(top) + "\n"  # which may have more lines than one
    git_dir = said.removesuffix("\n").removeprefix(start)
    if not (said.startswith(start) and os.path.isabs(git_dir)):
        raise GitProblem(f"{top}/.git is no repository that git can read")
    lines = (item.partition("\n") for item in listed.split("\0")[:-1])
    config = tuple((name, value) for name, _, value in lines)
    return Opened(top, git_dir, tuple(_settings(config)), config)


def ask(found: Opened, words: Sequence[str], paths: Iterable[str] = (), end: str = "\0") -> str:
    """Return what git answers; it reads paths on its standard input; raise GitProblem."""
    given = "".join(path + end for path in paths)
    return answers([words], at=found.top, found=found, given=given)[0]


def _settings(config: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield the settings with which git starts nothing, and ignores what the user ignores."""
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    carried = {
        "core.excludesfile": os.path.join(home, "git", "ignore"),
        "core.attributesfile": os.path.join(home, "git", "attributes"),
        **{name: os.path.expanduser(value) for name, value in config if name in CARRIED},
    }
    yield from (f"{name}={value}" for name, value in {**SAFE, **carried}.items())
    for name in sorted(set(_filters(config))):
        if "=" in name:
            raise GitProblem(f"the filter {name!r:.80} cannot be switched off, for its name")
        yield from (f"filter.{name}.{part}=" for part in ("clean", "smudge", "process"))
        yield f"filter.{name}.required=false"


def _filters(config: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (name[7:].rpartition(".")[0] for name, _ in config if name.startswith("filter."))


def _environ(*, is_opened: bool) -> dict[str, str]:
    """Return the variables that git gets; of an opened repository, without the user's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    kept |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"}
    kept |= {"LC_ALL": "C", "LANGUAGE": "C"}
    if is_opened:
        kept |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_ATTR_NOSYSTEM": "1"}
        # Old versions of git read the first alone, from the home directory.
        kept |= {"HOME": os.devnull, "XDG_CONFIG_HOME": os.devnull, "GIT_CONFIG_GLOBAL": os.devnull}
    return kept


def answers(
    asked: Sequence[Sequence[str]], *, at: str, found: Opened | None = None, given: str = ""
) -> list[str]:
    """Ask git all at once, and return its answers; the one place that starts it."""
    import subprocess  # noqa: PLC0415 -- who reads what is kept starts nothing

    head = ["git", "--literal-pathspecs"]
    if found:
        head += [f"--git-dir={found.git_dir}", f"--work-tree={found.top}"]
        head += [word for setting in found.settings for word in ("-c", setting)]
    environ = _environ(is_opened=found is not None)
    pipe, source = subprocess.PIPE, subprocess.PIPE if given else subprocess.DEVNULL
    started: list[subprocess.Popen[bytes]] = []
    try:
        for words in asked:
            argv = [*head, *words]
            git = subprocess.Popen(
                argv, cwd=at, env=environ, stdin=source, stdout=pipe, stderr=pipe
            )
            started.append(git)  # each must be ended if the next one fails
        return [_answer(git, os.fsencode(given) or None) for git in started]
    except FileNotFoundError as error:
        missing = f"{at} is gone" if error.filename == at else "git is not on the PATH"
        raise GitProblem(missing) from error
    except OSError as error:
        raise GitProblem(f"git cannot be started: {error}") from error
    except subprocess.TimeoutExpired as error:
        raise Slow(f"git takes more than {TIMEOUT_S:.0f} s in {at}") from error
    finally:
        for git in started:
            git.kill()  # unless it has ended
            with git:  # closes its pipes, and waits for it
                pass


def _answer(git: subprocess.Popen[bytes], given: bytes | None) -> str:
    said, complaint = git.communicate(given, TIMEOUT_S)
    if git.returncode:
        lines = os.fsdecode(complaint).splitlines() or [f"it ended with {git.returncode}"]
        raise GitProblem(f"git: {lines[0].removeprefix('fatal: ')}")
    return os.fsdecode(said)
