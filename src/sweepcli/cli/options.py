"""Options and arguments that several commands share."""

from __future__ import annotations

import os
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

import click

from sweepcli import commands, env
from sweepcli.views import terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sweepcli.agents.options import Option

RUN_MAY_BE = "a number (12 or '#12', with quotes) of the newest sweep, `latest`, or an id"
NOT_TYPED = "In a script, or into a file or a pipe"
PASSWORDS = "PGPASSWORD or ~/.pgpass"


def _absolute(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    return os.path.abspath(value) if value else None


def _database(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if not value:
        return env.store()
    return _without_password(value, f"give the URL in {env.STORE}, or the password in {PASSWORDS}")


def address(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    """Return the address of a store, absolute if it is a directory."""
    return _without_password(value, f"give the password in {PASSWORDS}")


def _without_password(value: str, instead: str) -> str:
    from sweepcli.stores.location import has_password, is_url  # noqa: PLC0415 -- as below

    if has_password(value):
        raise click.BadParameter(
            f"every user of this machine can see passwords on command lines; {instead}."
        )
    return value if is_url(value) else os.path.abspath(value)


_results = click.option(
    "--dir",
    "results",
    metavar="DIR",
    callback=_absolute,
    help=f"The results directory. Default: ${env.DIR}, else ./{env.RESULTS}, or that of a folder "
    "above if nothing is created.",
)
_store = click.option(
    "--store",
    "store",
    metavar="URL|DIR",
    callback=_database,
    help=f"The database, postgresql://…. Default: ${env.STORE}, else in the results directory.",
)


def location(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say where sweeps are stored, as one argument `location`.

    Without them it may be in a folder above: what makes something new takes `location.for_new`.
    """

    @_results
    @_store
    @wraps(command)
    def located(*args: Any, results: str | None, store: str | None, **given: Any) -> Any:  # noqa: ANN401 -- click's
        from sweepcli.stores.location import Location, nearest  # noqa: PLC0415 -- the stores, not for --help

        found = nearest()._replace(store=store) if results is None else Location(results, store)
        return command(*args, location=found, **given)

    return located


project = click.option("-p", "--project", metavar="NAME", help="The project of the sweep.")
entity = click.option("-e", "--entity", metavar="NAME", help="The entity of the sweep.")
as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
# Where a sweep or a run is asked for. Without a PATH: the newest sweep, or what the command says.
path = click.argument("path", required=False)
target = click.argument("target", metavar="[PATH|RUN]", required=False)
named_target = click.argument("target", metavar="PATH|RUN")  # for what changes either
whole_path = click.argument("path")  # for what ends or removes a sweep


def refuse_script_without(value: str | None, what: str = "PATH") -> None:
    """Raise an error if a script names no sweep: it may have a variable that is not set."""
    if value is None and not terminal.is_typed():
        name = click.get_current_context().command.name
        example = commands.line(f"{'agent' if name == 'agent' else f'sweep {name}'} latest")
        raise click.UsageError(
            f"Missing argument '{what}'. {NOT_TYPED}, name the sweep, as in `{example}`."
        )


def _typed_or_given(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    refuse_script_without(value)
    return value


# For what changes a sweep: without a PATH the newest one, if a person has typed the command.
changed_path = click.argument("path", required=False, callback=_typed_or_given)


def _named_runs(_ctx: click.Context, param: click.Parameter, value: Any) -> Any:  # noqa: ANN401 -- click's
    if value in (None, ()):
        raise click.UsageError(f"Missing argument '{param.make_metavar(_ctx)}': {RUN_MAY_BE}.")
    return value


run = click.argument("run", required=False, metavar="RUN", callback=_named_runs)
runs = click.argument("runs", required=False, metavar="RUN...", nargs=-1, callback=_named_runs)


class Named(TypedDict):
    """Entity and project of a sweep, as far as options give them."""

    entity: str | None
    project: str | None


def named(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options --project and --entity, as one argument `named`."""

    @project
    @entity
    @wraps(command)
    def with_names(*args: Any, entity: str | None, project: str | None, **given: Any) -> Any:  # noqa: ANN401 -- click's
        return command(*args, named=Named(entity=entity, project=project), **given)

    return with_names


_name = click.option(
    "--name", metavar="TEXT", help="A name for people; replaces `name` of the config."
)
_program = click.option("--program", metavar="FILE", help="Replaces `program` of the config.")
_prior = click.option(
    *("-R", "--prior_run", "prior"),
    multiple=True,
    metavar="RUN",
    help="A run that the search may learn from.",
)


freeze = click.option(
    "--freeze",
    "freezes",
    is_flag=True,
    help="Let all runs use the code as it is now, whatever happens to it later.",
)
strict = click.option(
    "--strict",
    "is_strict",
    is_flag=True,
    help="With --freeze: create nothing if a file of the code cannot be frozen.",
)


class Over(NamedTuple):
    """What goes before what a config says."""

    keys: Mapping[str, str]
    freezes: bool = False
    is_strict: bool = False


def over_config(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that go before what a config says: `over` and `prior`."""

    @_name
    @_program
    @_prior
    @freeze
    @strict
    @wraps(command)
    def given_over(
        *args: Any,  # noqa: ANN401 -- click's, as is the next
        name: str | None,
        program: str | None,
        freezes: bool,
        is_strict: bool,
        **given: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        options = {"name": name, "program": program}
        keys = {key: text for key, text in options.items() if text is not None}
        return command(*args, over=Over(keys, freezes, is_strict), **given)

    return given_over


class Choice(click.Choice[str]):
    """One of some words; the error about another one names the nearest."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:  # noqa: ANN401 -- click's
        """Return click's message, and which word may be meant."""
        from sweepcli.sweep_config.problems import nearest  # noqa: PLC0415 -- for what is wrong alone

        said = super().get_invalid_choice_message(value, ctx)
        near = nearest(str(value), self.choices, cutoff=0.6)
        return f"{said} {near[0].upper()}{near[1:]}" if near else said


def from_table(table: dict[str, Option]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds the options of a table; an option not given is None."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for name, option in reversed(table.items()):
            # `is_flag=False` would make the value optional.
            kind: dict[str, Any] = {"is_flag": True} if option.read is None else {}
            command = click.option(
                *option.words.split(),
                name,
                help=option.help,
                metavar=option.metavar,
                multiple=option.is_multiple,
                callback=_reading(option),
                **kind,
            )(command)
        return command

    return add


def _reading(option: Option) -> Callable[..., Any]:
    def callback(_ctx: click.Context, _param: click.Parameter, value: Any) -> object:  # noqa: ANN401 -- click's
        try:
            if value is None:
                return option.default
            return option.read(value) if option.read else value
        except ValueError as error:
            raise click.BadParameter(str(error)) from None

    return callback
