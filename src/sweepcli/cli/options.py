"""Options and arguments that several commands share."""

from __future__ import annotations

import os
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from sweepcli import env

if TYPE_CHECKING:
    from collections.abc import Callable

    from sweepcli.agents.options import Option

PASSWORDS = "PGPASSWORD or ~/.pgpass"


def _absolute(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str:
    return os.path.abspath(value) if value else env.results_dir()


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
    help=f"The results directory. Default: ${env.DIR}, else ./sweep-results.",
)
_store = click.option(
    "--store",
    "store",
    metavar="URL|DIR",
    callback=_database,
    help=f"The database, postgresql://…. Default: ${env.STORE}, else in the results directory.",
)


def location(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say where sweeps are stored, as one argument `location`."""

    @_results
    @_store
    @wraps(command)
    def located(*args: Any, results: str, store: str | None, **given: Any) -> Any:  # noqa: ANN401 -- click's
        from sweepcli.stores.location import Location  # noqa: PLC0415 -- the stores, not for --help

        return command(*args, location=Location(results, store), **given)

    return located


project = click.option("-p", "--project", metavar="NAME", help="The project of the sweep.")
entity = click.option("-e", "--entity", metavar="NAME", help="The entity of the sweep.")
as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
path = click.argument("path")


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
