"""What the programs share: groups of commands, and how click runs a command."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any

import click

from sweepcli import __version__, commands
from sweepcli.cli.exit_codes import INTERRUPTED, guarded
from sweepcli.cli.table import SAME, load
from sweepcli.messages import say
from sweepcli.printed import harmless
from sweepcli.views import terminal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CHANGES = {"--stop", "--cancel", "--pause", "--resume"}  # W&B's: what follows is a sweep
HELP = ["-h", "--help"]
WIDEST = 80  # characters of help in a line, even on wider terminals


class LazyGroup(click.Group):
    """A group that imports a command when it is used.

    The table has under each heading of `--help` the names of commands, each with its place as
    `module:attribute` and what it does; so `--help` costs no more than importing click does.
    Arguments that name no command are those of the `default` command, and its options are listed
    with the group's own. A word of SAME stands for its command or option.
    """

    def __init__(
        self,
        name: str,
        table: Mapping[str, Mapping[str, tuple[str, str]]],
        *,
        default: str,
        help: str,  # noqa: A002 -- click's name
        epilog: str,
    ) -> None:
        usage = "CONFIG.yaml | COMMAND [ARGS]..."
        super().__init__(name, help=help, epilog=epilog, subcommand_metavar=usage)
        self.headings = table
        self.table = {name: row for rows in table.values() for name, row in rows.items()}
        self.default = default
        self.params.append(version_option())

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Return the names of the commands, in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        """Import a command."""
        if cmd_name not in self.table:
            return None
        return load(self.table[cmd_name][0])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's signature
        """List the commands without importing them."""
        for heading, rows in self.headings.items():
            with formatter.section(heading):
                formatter.write_dl([(name, short) for name, (_, short) in rows.items()])

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands, then the options of the default one and the group's own."""
        self.format_commands(ctx, formatter)
        default = self.get_command(ctx, self.default)
        options = default.params if default else []
        records = [o.get_help_record(ctx) for o in options if isinstance(o, click.Option)]
        if records:
            with formatter.section(f"Options of {self.default}"):
                formatter.write_dl([record for record in records if record])
        click.Command.format_options(self, ctx, formatter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the name of the command first, the default one's if none is named."""
        own = {word for param in self.get_params(ctx) for word in param.opts}
        command = self.get_command(ctx, self.default)
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
        if at < len(args) and _may_be_a_command(args[at]) and not CHANGES & set(args):
            return self._meant(args[at], args[:at], args[at + 1 :])
        return [str(default.name), *args]

    def _meant(self, word: str, before: list[str], after: list[str]) -> list[str]:
        """Return the arguments with the command that a word means, or the default one.

        Raises UsageError for what can only be a mistyped command.
        """
        meant = SAME.get(word, "")
        if meant.startswith("-"):
            meant = " ".join([*[name for name in after if name in self.table][:1], meant])
            before, after = [], []
        elif meant not in self.table:
            from sweepcli.cli import words  # noqa: PLC0415 -- for what is wrong alone

            words.refuse(word, self.table, () if before else after)
            return [self.default, *before, word, *after]
        say(f"Did you mean `{commands.line(f'sweep {meant}')}`? It is run now")
        return [*meant.split(), *before, *after]


def _may_be_a_command(word: str) -> bool:
    letters = word.replace("-", "").replace("_", "")
    return letters.isascii() and letters.isalpha() and not os.path.lexists(word)


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


def run(command: click.Command, args: Sequence[str] | None = None) -> int:
    """Run a command, with the process's own arguments if none are given; return its exit code."""
    return guarded(lambda: _main(command, args))


def _main(command: click.Command, args: Sequence[str] | None) -> int:
    try:
        name = None if args is None else command.name
        settings: dict[str, Any] = {
            "terminal_width": help_width(),
            "help_option_names": HELP,
            "standalone_mode": False,
        }
        code = command.main(args, name, **settings)
    except click.ClickException as error:
        from sweepcli.cli import words  # noqa: PLC0415 -- likewise

        _show(words.explained(error))
        return error.exit_code
    except click.Abort:
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def _show(error: click.ClickException) -> None:
    """Write what is wrong with a command line: it repeats words that may hold anything."""
    text = io.StringIO()
    error.show(text)
    click.echo(harmless(text.getvalue()), nl=False, err=True)


def help_width() -> int:
    """Return the width of help texts, as click would."""
    return max(min(terminal.columns(), WIDEST) - 2, 50)
