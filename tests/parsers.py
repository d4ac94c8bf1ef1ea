"""The parsers that people's programs have, as they are used: what each reads from a command line.

A program is described by its options: dotted names, each with a type and a default. What is read
is flat, under the same names. A parser that refuses the arguments raises Refused.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import inspect
import io
import json
import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, get_args, get_origin

import click
import fire
import hydra
import jsonargparse
import typer
import tyro
from absl import flags
from hydra.core.config_store import ConfigStore
from omegaconf import OmegaConf

from sweepcli.records import JSON
from sweepcli.values import leaves


class Refused(Exception):
    """The parser does not take the arguments."""


class Option(NamedTuple):
    kind: object  # its type: `bool`, `list[int]`, `float | None`, ...
    default: JSON


Options = Mapping[str, Option]
Reader = Callable[[Options, Sequence[str]], dict[str, JSON]]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    out, err = contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO())
    with out, err, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in a program of people's
        try:
            yield
        except (SystemExit, Exception) as error:
            raise Refused(str(error)) from error


def _item(kind: object) -> Callable[[str], JSON] | None:
    """Return the reader of the items of a list, None for what is no list."""
    if get_origin(kind) is not list:
        return None
    (item,) = get_args(kind)
    return _single(item)


def _single(kind: object) -> Callable[[str], JSON]:
    if isinstance(kind, types.UnionType):
        kind = get_args(kind)[0]
    return next((each for each in (int, float, str) if each is kind), json.loads)


def read_argparse(options: Options, argv: Sequence[str]) -> dict[str, JSON]:
    parser = argparse.ArgumentParser()
    for name, (kind, default) in options.items():
        if kind is bool:
            action = argparse.BooleanOptionalAction
            parser.add_argument(f"--{name}", action=action, default=default)
        elif item := _item(kind):
            parser.add_argument(f"--{name}", nargs="*", type=item, default=default)
        else:
            parser.add_argument(f"--{name}", type=_single(kind), default=default)
    with _quiet():
        return vars(parser.parse_args(argv))


def read_click(options: Options, argv: Sequence[str]) -> dict[str, JSON]:

    @click.command()
    def program(**given: JSON) -> dict[str, JSON]:
        return given

    for at, (name, (kind, default)) in enumerate(options.items()):
        word, item = f"--{name}/--no-{name}" if kind is bool else f"--{name}", _item(kind)
        how: dict[str, JSON] = {} if kind is bool else {"type": item or _single(kind)}
        how["multiple"] = item is not None
        program = click.option(word, f"o{at}", default=default, **how)(program)
    with _quiet():
        given = program.main(list(argv), standalone_mode=False)
        return {name: _listed(given[f"o{at}"]) for at, name in enumerate(options)}


def _listed(value: JSON) -> JSON:
    """Return lists for tuples."""
    return [_listed(each) for each in value] if isinstance(value, list | tuple) else value


def read_typer(options: Options, argv: Sequence[str]) -> dict[str, JSON]:

    got: dict[str, JSON] = {}
    names = {f"o{at}": name for at, name in enumerate(options)}
    words = {
        name: f"--{name}/--no-{name}" if kind is bool else f"--{name}"
        for name, (kind, _) in options.items()
    }

    def program(**given: JSON) -> None:
        got.update({names[key]: _listed(value) for key, value in given.items()})

    parameters = [
        inspect.Parameter(
            key,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=options[name].kind,
            default=typer.Option(options[name].default, words[name]),
        )
        for key, name in names.items()
    ]
    program.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    program.__annotations__ = {each.name: each.annotation for each in parameters}
    app = typer.Typer()
    with _quiet():
        app.command()(program)
        app(list(argv), standalone_mode=False)
    return got


def read_absl(options: Options, argv: Sequence[str]) -> dict[str, JSON]:
    values = flags.FlagValues()  # type: ignore[no-untyped-call]  # as its stubs have it
    for name, (kind, default) in options.items():
        _absl_maker(kind)(name, default, "", flag_values=values)
    with _quiet():
        values(["program", *argv])
        found: dict[str, JSON] = {name: values[name].value for name in options}
        for name, (kind, _) in options.items():
            if item := _item(kind):  # absl's lists are of texts
                found[name] = [item(each) for each in found[name]]
    return found


def _absl_maker(kind: object) -> Callable[..., object]:
    if _item(kind):
        return flags.DEFINE_list
    if kind is bool:
        return flags.DEFINE_boolean
    makers: dict[object, Callable[..., object]] = {
        int: flags.DEFINE_integer,
        float: flags.DEFINE_float,
    }
    return makers.get(_single(kind), flags.DEFINE_string)


def read_tyro(options: Options, argv: Sequence[str]) -> dict[str, JSON]:

    with _quiet():
        made: JSON = tyro.cli(_dataclass(options), args=list(argv))
    return {
        name: _listed(value) for name, value in leaves(dataclasses.asdict(made)) if name in options
    }


def _dataclass(options: Options) -> type:
    """Return a class with a field for each option, and a class for each group of them."""
    groups: dict[str, dict[str, Option]] = {}
    fields = []
    for name, option in options.items():
        group, dot, last = name.partition(".")
        if dot:
            groups.setdefault(group, {})[last] = option
        else:
            fields.append(_field(name, option))
    for group, inner in groups.items():
        kind = _dataclass(inner)
        fields.append((group, kind, dataclasses.field(default_factory=kind)))
    return dataclasses.make_dataclass("Options", fields)


def _field(name: str, option: Option) -> tuple[str, object, object]:
    kind, default = option
    made: object = dataclasses.field(default_factory=lambda: default)
    return name, kind, made


def read_jsonargparse(options: Options, argv: Sequence[str]) -> dict[str, JSON]:

    parser = jsonargparse.ArgumentParser()
    for name, (kind, default) in options.items():
        parser.add_argument(f"--{name}", type=kind, default=default)
    with _quiet():
        found = parser.parse_args(list(argv)).as_dict()
    return {name: value for name, value in leaves(found) if name in options}


def read_hydra(options: Options, argv: Sequence[str]) -> dict[str, JSON]:
    """Return what a program of Hydra has in its config, as it finds it there, `${…}` resolved."""

    config = OmegaConf.create()
    for name, option in options.items():
        OmegaConf.update(config, name, option.default)
    ConfigStore.instance().store("options", config)
    with _quiet(), hydra.initialize(version_base=None, config_path=None):
        found = hydra.compose("options", list(argv))
        return {name: _found(OmegaConf.select(found, name)) for name in options}


def _found(value: JSON) -> JSON:
    """Return plain data, each value by way of its name or number, as a program takes it."""
    if hasattr(value, "items"):
        return {key: _found(value[key]) for key in value}
    if hasattr(value, "append"):
        return [_found(value[at]) for at in range(len(value))]
    return value


def read_fire(options: Options, argv: Sequence[str]) -> dict[str, JSON]:

    def program(**given: JSON) -> dict[str, JSON]:
        return given

    with _quiet():
        given = fire.Fire(program, command=list(argv))
        return {name: value for name, value in leaves(given) if name in options}


READERS: dict[str, Reader] = {
    "argparse": read_argparse,
    "click": read_click,
    "typer": read_typer,
    "absl": read_absl,
    "tyro": read_tyro,
    "jsonargparse": read_jsonargparse,
    "hydra": read_hydra,
    "fire": read_fire,
}
STYLE_OF: dict[str, str | None] = {
    name: {"typer": "click", "fire": None}.get(name, name) for name in READERS
}
