"""A group of commands that are imported when they are used.

`--help` lists them from a table, so it costs no more than importing click does.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import click

from sweepcli import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping


class LazyGroup(click.Group):
    """A group whose commands stand in a table.

    The table has for each name where the command is, as `module:attribute`, and what it does.
    Arguments that name no command are those of the `default` command, if there is one, and
    its options are listed with the group's own.
    """

    def __init__(
        self,
        name: str,
        table: Mapping[str, tuple[str, str]],
        *,
        default: str | None = None,
        help: str,  # noqa: A002 -- click's name
        epilog: str,
    ) -> None:
        usage = "CONFIG.yaml | COMMAND [ARGS]..." if default else "COMMAND [ARGS]..."
        super().__init__(name, help=help, epilog=epilog, subcommand_metavar=usage)
        self.table = table
        self.default = default
        self.params.append(version_option())

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Return the names of the commands, in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        """Import a command."""
        if cmd_name not in self.table:
            return None
        module, _, attribute = self.table[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's signature
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in self.table.items()])

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the options of the default command, then the group's own and the commands."""
        command = self.get_command(ctx, self.default or "")
        options = command.params if command else []
        records = [o.get_help_record(ctx) for o in options if isinstance(o, click.Option)]
        if records:
            with formatter.section(f"Options of {self.default}"):
                formatter.write_dl([record for record in records if record])
        super().format_options(ctx, formatter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the name of the command first, the default one's if none is named."""
        own = {word for param in self.get_params(ctx) for word in param.opts}
        command = self.get_command(ctx, self.default or "")
        if command and args and args[0] not in own:
            args = self._command_first(command, args)
        return super().parse_args(ctx, args)

    def _command_first(self, default: click.Command, args: list[str]) -> list[str]:
        with_value = {
            word
            for option in default.params
            if isinstance(option, click.Option) and not option.is_flag
            for word in option.opts
        }
        at = 0
        while at < len(args) and args[at].startswith("-") and args[at] not in ("-", "--"):
            at += 2 if args[at] in with_value else 1
        if at < len(args) and args[at] in self.table:
            return [args[at], *args[:at], *args[at + 1 :]]
        return [str(default.name), *args]


def version_option() -> click.Option:
    """Return a `--version` that reads the package, since its metadata takes 40 ms to find."""
    return click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_version,
        help="Show the version and exit.",
    )


def _show_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:  # noqa: FBT001 -- click's signature
    if value:
        click.echo(f"sweepcli {__version__}")
        ctx.exit()
