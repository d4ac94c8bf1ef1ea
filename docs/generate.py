"""Writes the tables of the reference pages from the code: `python docs/generate.py [--check]`.

The pages are ordinary Markdown; what stands between `<!-- generated: NAME -->` and
`<!-- end -->` is replaced. With `--check` nothing is written, and the exit code tells.
"""  # noqa: INP001 -- a script, not part of a package

from __future__ import annotations

import json
import os
import re
import sys
from importlib import resources
from typing import TYPE_CHECKING

import click

from sweepcli import env
from sweepcli.__main__ import group
from sweepcli.cli.sweep import sweep
from sweepcli.sweep_config import command
from sweepcli.sweep_config.distributions import DISTRIBUTIONS
from sweepcli.sweep_config.macros import MACROS, RUN_MACROS
from sweepcli.sweep_config.parameters import infer
from sweepcli.views import preview

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sweepcli.records import JSON

HERE = os.path.dirname(os.path.abspath(__file__))
PAGES = ("cli.md", "config.md", "environment.md")
REGION = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

# What each top-level key of a sweep config is for; the schema says what may stand there.
KEYS = {
    "method": "How to search: [Search](search.md).",
    "parameters": "What to vary: names, each with a distribution or with further `parameters`.",
    "program": "The script that `${program}` stands for, relative to where `agent` is started.",
    "metric": "The logged value that runs are judged by; see [Which number counts](values.md).",
    "early_terminate": "When to stop poor runs; see [Early termination](early-termination.md).",
    "command": "The command line of a run, one list element for each argument; see Macros.",
    "args_style": "The parser whose form `${args}` has; see [Command lines](command-lines.md).",
    "code": "Whether the code of runs is recorded, and whether it is frozen: [Code](code.md).",
    "run_cap": "The most runs that the sweep makes, over all agents; no limit if missing.",
    "seed": "Where random draws start; if missing, drawn once and kept in the sweep's record.",
    "timeout": "How long a run may take: `45s`, `90m`, `1h30m`; see Retries and timeouts.",
    "max_retries": "How often a run whose program failed is tried again; 0 if missing.",
    "name": "A name for people.",
    "description": "A text for people.",
    "project": "The project, if neither `--project` nor the environment sets one.",
    "entity": "The entity, likewise.",
    "metrics_from": "Where a program that logs nothing leaves its metrics; see "
    "[Metrics from output and files](#metrics-from-output-and-files).",
    "prior_runs": "Runs that `bayes` and `custom` learn from: a list of `{params: …, value: …}`. "
    "`sweep --prior_run` adds those of other sweeps.",
    "metrics": "Several metrics at once, for `method: custom`; see [Search](search.md#custom).",
    "controller": "Stored, but ignored: every agent is a controller.",
    "scheduler": "The library that searches for `method: custom`; see [Search](search.md#custom).",
    "job": "Stored, but ignored.",
    "image_uri": "Stored, but ignored.",
    "apiVersion": "Stored, but ignored.",
    "kind": "Stored, but ignored.",
}
SAMPLES: tuple[dict[str, JSON], ...] = (
    {"value": 0.9},
    {"values": [16, 32]},
    {"values": ["a", "b"], "probabilities": [0.8, 0.2]},
    {"min": 1, "max": 8},
    {"min": 0.0, "max": 0.5},
    {"min": 0, "max": 0.5},
)
PARAMS: dict[str, JSON] = {"lr": 0.001, "nesterov": True, "optimizer": {"name": "adam"}}
OUR_MACROS = (*MACROS, *RUN_MACROS)
ELEMENTS = (*(f"${{{name}}}" for name in OUR_MACROS), "${envvar:HOME}", "--rate=${lr}")
PLACES = {
    "slot": "0",
    "gpu": "0",
    "port": "43210",
    "checkpoint_dir": "RUN_FOLDER/checkpoints",
    "run_dir": "RUN_FOLDER/1",
}


def cli() -> Iterator[str]:
    """Describe every command."""
    yield from _command(sweep, None)
    yield ""
    yield from _command(group, None)


def environment_read() -> Iterator[str]:
    """List the variables that are read."""
    yield from _variables(env.READ)


def environment_set() -> Iterator[str]:
    """List the variables that are set."""
    yield from _variables(env.SET)


def keys() -> Iterator[str]:
    """List the top-level keys of a config."""
    found = _schema()
    rows = [(f"`{key}`", _form(rule), KEYS[key]) for key, rule in found["properties"].items()]
    yield from _table(("key", "form", "meaning"), rows)


def metric() -> Iterator[str]:
    """List the keys of `metric`."""
    yield from _definition("metric")


def early_terminate() -> Iterator[str]:
    """List the rules of `early_terminate` with the keys of each."""
    forms = _schema()["$defs"]
    rules = forms["early_terminate"]["properties"]["type"]["enum"]
    rows = [
        (f"`{rule}`", f"`{key}`", _form(form))
        for rule in rules
        for key, form in forms[rule]["properties"].items()
        if key != "type"
    ]
    yield from _table(("type", "key", "form"), rows)


def distributions() -> Iterator[str]:
    """List the distributions."""
    rows = [
        (f"`{name}`", _required(row.required), _defaults(row.defaults), row.meaning)
        for name, row in DISTRIBUTIONS.items()
    ]
    yield from _table(("distribution", "required", "defaults", "a draw is"), rows)


def inference() -> Iterator[str]:
    """Show the distribution that a parameter is given where none is named."""
    rows = [(f"`{json.dumps(sample)}`", f"`{infer(sample)}`") for sample in SAMPLES]
    yield from _table(("written", "read as"), rows)


def macros() -> Iterator[str]:
    """Show what each macro expands to for an example."""
    yield from _table(("element", "becomes"), [(f"`{text}`", _expanded(text)) for text in ELEMENTS])


# What people type.
SPELLED = {"sweep agent": "agent", "sweep run": "sweepcli run"}
REGIONS: dict[str, Callable[[], Iterator[str]]] = {
    make.__name__: make
    for make in (
        *(cli, environment_read, environment_set),
        *(keys, metric, early_terminate, distributions, inference, macros),
    )
}


def _command(found: click.Command, parent: click.Context | None) -> Iterator[str]:
    context = click.Context(found, info_name=found.name, parent=parent)
    path = SPELLED.get(context.command_path, context.command_path)
    yield f"## {path}\n"
    yield f"```text\n{' '.join([path, *found.collect_usage_pieces(context)])}\n```\n"
    yield f"{_text(found.help)}\n"
    yield from _options(found, context)
    yield ""
    yield f"```sh\n{_example(found.epilog)}\n```"
    if found is sweep:
        for name in found.list_commands(context):
            inner = found.get_command(context, name)
            if inner is not None:
                yield ""
                yield from _command(inner, context)


def _options(found: click.Command, context: click.Context) -> Iterator[str]:
    params = [param for param in found.get_params(context) if isinstance(param, click.Option)]
    records = filter(None, (param.get_help_record(context) for param in params))
    rows = [(f"`{names}`", " ".join(text.split())) for names, text in records]
    yield from _table(("option", "meaning"), rows)
    if hidden := [f"`{word}`" for param in params if param.hidden for word in param.opts]:
        yield f"\nAccepted because W&B's command has them, without effect: {', '.join(hidden)}."


def _text(said: str | None) -> str:
    return "\n".join(line.strip() for line in (said or "").strip().splitlines())


def _example(epilog: str | None) -> str:
    lines = [line.strip() for line in (epilog or "").replace("\b", "").splitlines()]
    return "\n".join(line for line in lines if line and line != "Example:")


def _variables(variables: Mapping[str, str]) -> Iterator[str]:
    rows = [(f"`{name}`", meaning) for name, meaning in variables.items()]
    yield from _table(("variable", "meaning"), rows)


def _schema() -> dict[str, JSON]:
    text = (
        resources.files("sweepcli.sweep_config").joinpath("schema.json").read_text(encoding="utf-8")
    )
    found: dict[str, JSON] = json.loads(text)
    return found


def _definition(name: str) -> Iterator[str]:
    found = _schema()["$defs"][name]
    rows = [
        (f"`{key}`", _form(rule), "yes" if key in found["required"] else "")
        for key, rule in found["properties"].items()
    ]
    yield from _table(("key", "form", "required"), rows)


def _form(rule: Mapping[str, JSON]) -> str:
    """Say in words what a rule of the schema allows."""
    if "anyOf" in rule:
        return " or ".join(_form(each) for each in rule["anyOf"])
    if "enum" in rule:
        return ", ".join(f"`{word}`" for word in rule["enum"])
    if "$ref" in rule:
        return "mapping"
    words = {"object": "mapping", "array": "list", "string": "text", "integer": "whole number"}
    if "pattern" in rule:
        words = {"string": "`package.module:function`"}
    kinds: str | list[str] = rule.get("type", "anything")
    named = [kinds] if isinstance(kinds, str) else kinds
    form = " or ".join(words.get(kind, kind) for kind in named)
    if "minimum" in rule:
        return f"{form} from {rule['minimum']}"
    if "exclusiveMinimum" in rule:
        return f"{form} above {rule['exclusiveMinimum']}"
    return form


def _required(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _defaults(defaults: Mapping[str, JSON]) -> str:
    return ", ".join(f"`{name}: {value}`" for name, value in defaults.items())


def _expanded(element: str) -> str:
    arguments = command.argv(
        [element],
        PARAMS,
        program="train.py",
        interpreter="python",
        environ={"HOME": "/home/me"},
        own={**preview.LATER, **PLACES},
    )
    return " ".join(f"`{argument}`" for argument in arguments)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield "|" + "---|" * len(headings)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def fresh(page: str) -> str:
    """Return a page with its generated regions made anew."""
    return REGION.sub(lambda at: at[1] + "\n" + "\n".join(REGIONS[at[2]]()) + "\n\n" + at[3], page)


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with `--check` tell which are stale; return the exit code."""
    stale = []
    for name in PAGES:
        path = os.path.join(HERE, name)
        with open(path, encoding="utf-8") as file:
            page = file.read()
        made = fresh(page)
        if made != page:
            stale.append(name)
            if "--check" not in arguments:
                with open(path, "w", encoding="utf-8") as file:
                    file.write(made)
    if stale and "--check" in arguments:
        sys.stderr.write(f"stale: {', '.join(stale)}; run `make docs`\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
