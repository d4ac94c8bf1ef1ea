"""What is wrong with a command line, and what may be meant: typos, and the words of other tools."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

import click

from sweepcli import commands
from sweepcli.cli.table import COMMANDS, SAME, load

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

# Words for commands that are not plain enough to be run, as those of SAME are.
LIKE = {
    **dict.fromkeys(("start", "work"), "agent"),
    **dict.fromkeys(("kill", "abort"), "cancel"),
    **dict.fromkeys(("end", "finish"), "stop"),
    **dict.fromkeys(("continue", "unpause"), "resume"),
    **dict.fromkeys(("results", "trials", "history"), "runs"),
    **dict.fromkeys(("view", "get", "display"), "show"),
    **dict.fromkeys(("cat", "tail"), "logs"),
    **dict.fromkeys(("prune", "clean", "purge"), "rm"),
    **dict.fromkeys(("optimize", "tune", "search", "exec"), "run"),
    **dict.fromkeys(("serve", "page", "dashboard", "plot", "open", "web"), "ui"),
    **dict.fromkeys(("path", "folder"), "where"),
    **dict.fromkeys(("checkout", "clone", "recover"), "restore"),
    **dict.fromkeys(("again", "repeat", "redo"), "rerun"),
    "init": "create",
    "edit": "update",
    "fix": "repair",
    "csv": "export",
    "ps": "top",
}
# Options that other tools have, or other commands of ours, by the command to which they are given.
COUNT, JOBS, SORT, LIMIT = "--count N", "-j N", "--sort NAME, or --sort -NAME", "--limit N"
INSTEAD: dict[str, dict[str, str]] = {
    "agent": {
        **dict.fromkeys(("n", "c", "num", "runs", "max-runs", "trials"), COUNT),
        **dict.fromkeys(("n-trials", "num-runs", "limit", "run-cap"), COUNT),
        **dict.fromkeys(("parallel", "workers", "n-jobs", "concurrency"), JOBS),
        **dict.fromkeys(("num-workers", "processes", "agents"), JOBS),
        **dict.fromkeys(("timeout", "time", "time-limit"), "--max-time TIME"),
    },
    "runs": {
        **dict.fromkeys(("order", "order-by", "sort-by", "desc", "reverse"), SORT),
        **dict.fromkeys(("n", "head", "top", "count", "max"), LIMIT),
        **dict.fromkeys(("fields", "select", "c", "cols"), "--columns NAMES"),
        **dict.fromkeys(("where", "query", "f"), "--filter TEXT"),
        **dict.fromkeys(("state", "status"), "--filter \"state == 'finished'\""),
        "failed": "--filter \"state == 'failed'\"",
    },
    "best": {
        **dict.fromkeys(("n", "k", "limit", "count", "num"), "--top K"),
        **dict.fromkeys(("metric", "sort", "order"), "sweep runs PATH --sort NAME"),
        **{form: f"--format {form}" for form in ("command", "args", "yaml")},
        "csv": "sweep runs PATH --csv",
    },
    "logs": dict.fromkeys(("n", "tail", "lines"), "sweep logs RUN | tail -n N"),
    "show": dict.fromkeys(("w", "watch", "f", "follow"), "sweep top PATH"),
    "export": {form: f"--format {form}" for form in ("csv", "html", "parquet")},
    "retry": {"all": "sweep retry PATH"},
    "restore": dict.fromkeys(("o", "output", "to"), "sweep restore RUN DIR"),
    "rerun": dict.fromkeys(("P", "param", "set"), "--with NAME=VALUE"),
    "rm": dict.fromkeys(("f", "force", "r"), "--yes"),
    "run": {
        **dict.fromkeys(("n", "count", "num-runs", "max-runs", "trials", "n-trials"), "--runs N"),
        **dict.fromkeys(("workers", "n-jobs", "parallel", "num-workers"), JOBS),
        **dict.fromkeys(("goal", "direction"), "--minimize, or --maximize"),
    },
    "create": {"count": "agent --count N PATH", "prior-run": "--prior_run RUN"},
}
LEFT_OUT = {
    **dict.fromkeys((("ls", "all"), ("ls", "a"), ("ls", "l")), "leave it out, all are listed"),
    ("create", "settings"): "leave it out, W&B's settings mean nothing here",
}
MISSING = {  # what is said where an argument of this name is missing, and the command in it
    "path": ("`{}` shows the paths.", "sweep ls"),
    "program": ("As in `{}`.", "sweepcli run -P lr=0.1,0.2 train.py"),
}
NEAR = 0.75  # how alike a word is that may be meant
MOST = 3  # commands that are named
# The last word of click's message about one argument too many.
EXTRA = re.compile(r"\(([^() ]+)\)$")


def refuse(word: str, names: Collection[str], after: Iterable[str]) -> None:
    """Raise UsageError for a word that is no file if it can only be meant as a command."""
    said = f"No such command or file '{word}'"
    if meant := _command(word, names):
        raise click.UsageError(f"{said}: did you mean `{commands.line(_called(meant))}`?")
    if not all(each.startswith("-") for each in after):
        raise click.UsageError(f"{said}: `{commands.line('sweep --help')}` lists the commands.")


def _command(word: str, names: Collection[str]) -> str | None:
    known = {**LIKE, **SAME, **{name: name for name in names}}
    found = known.get(_near(word.lower(), known) or "")
    return found if found in names else None


def explained(error: click.ClickException) -> click.ClickException:
    """Return an error about a command line with what may be meant, where that can be told."""
    if isinstance(error, click.BadOptionUsage) and error.option_name in ("-P", "--param"):
        return click.UsageError(f"{error.message.rstrip('.')}, as in -P lr=0.1,0.2")
    ctx = getattr(error, "ctx", None)
    if ctx is None:
        return error
    if isinstance(error, click.NoSuchOption):
        advice = _option(error.option_name, ctx)
        said = f"No such option '{error.option_name}'"
        return click.UsageError(f"{said}: {advice}" if advice else f"{said}.", ctx)
    missing = isinstance(error, click.MissingParameter) and error.param and error.param.name
    if missing in MISSING:
        what, example = MISSING[missing]
        said = f"{error.format_message()} {what.format(commands.line(example))}"
        return click.UsageError(said, ctx)
    if type(error) is click.UsageError and (extra := EXTRA.search(error.message)):
        advice = _argument(extra[1], ctx.command.name or "")
        return click.UsageError(f"{error.message}: {advice}", ctx) if advice else error
    return error


def _option(word: str, ctx: click.Context) -> str | None:
    """Return what may be meant by an option that a command does not have."""
    name, bare = ctx.command.name or "", word.lstrip("-")
    if why := LEFT_OUT.get((name, bare)):
        return why
    if instead := INSTEAD.get(name, {}).get(bare):
        return f"did you mean `{instead if instead[0] == '-' else commands.line(instead)}`?"
    own = {each.lstrip("-"): each for each in _words(ctx.command.get_params(ctx))}
    if near := _near(bare, own):
        return f"did you mean '{own[near]}'?"
    if name == "run":
        param = bare if word.startswith("--") else "NAME"
        return f"to sweep over it, write -P {param}=0.1,0.2; options of PROGRAM stand behind it"
    return _elsewhere(word, bare)


def _elsewhere(word: str, bare: str) -> str | None:
    """Return which other commands have an option, or which command is meant by it."""
    table = {each: place for rows in COMMANDS.values() for each, (place, _) in rows.items()}
    others = [each for each, place in table.items() if word in _words(load(place).params)]
    if len(others) > 1 and not word.startswith("--"):
        return None  # a letter has another meaning in each
    if others and not (bare in table and others == ["create"]):  # W&B's --stop is `sweep stop`
        *shown, last = [f"`{commands.line(_called(each))}`" for each in others[:MOST]]
        return f"it is an option of {' and '.join([*([', '.join(shown)] if shown else []), last])}"
    meant = _command(bare, table)
    return f"did you mean `{commands.line(_called(meant))}`?" if meant else None


def _words(params: Iterable[click.Parameter]) -> list[str]:
    """Return the options that a help lists."""
    options = (param for param in params if isinstance(param, click.Option) and not param.hidden)
    return [word for option in options for word in option.opts]


def _argument(word: str, name: str) -> str | None:
    """Return what may be meant by an argument that a command does not take."""
    if name == "ls":
        return f"`{commands.line('sweep show', word)}` shows one sweep"
    if name == "export":
        return f"did you mean `-o {word}`?"
    if word in ("asc", "desc"):
        return "--sort NAME sorts, and --sort -NAME has the greatest first"
    return None


def _called(name: str) -> str:
    return name if name == "agent" else f"sweep {name}"


def _near(word: str, known: Iterable[str]) -> str | None:
    """Return what is the same but for a typo."""
    words = sorted(known)
    if word in words:
        return word
    if found := difflib.get_close_matches(word, words, 1, NEAR):
        return found[0]
    same_letters = (each for each in words if len(word) > 1 and sorted(each) == sorted(word))
    return next(same_letters, None)
