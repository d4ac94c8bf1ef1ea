"""Which parser reads what a command passes, by the text of the program: nothing is imported."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import regular_files
from sweepcli.sweep_config import args_style_checks, command, macros, parsers
from sweepcli.sweep_config.argument_styles import arguments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.records import JSON, SweepConfig
    from sweepcli.sweep_config.parsers import Read

LARGEST = 1 << 20  # bytes of a program whose text is looked at


class Advice(NamedTuple):
    """A form of ${args} without which a program refuses or misreads a sweep's params."""

    program: str
    parser: str
    form: str  # an `args_style`, or `parsers.SWITCHES`
    refused: str  # how W&B's form writes one of the params
    written: str  # how this form does

    @property
    def setting(self) -> str:
        """What to write in the config."""
        if self.form == parsers.SWITCHES:
            return f"write ${{{self.form}}} instead of ${{args}}"
        return f"add `args_style: {self.form}`"

    @property
    def words(self) -> str:
        """What is wrong with W&B's form, and what to do."""
        return (
            f"command: {self.program} reads its arguments with {self.parser}, which does not take "
            f"{self.refused}, as ${{args}} writes it like W&B ({self.setting})"
        )


def advice(config: SweepConfig) -> Advice | None:
    """Return which form a sweep's program needs; None if W&B's will do, or one is named."""
    if config.args_style or not command.uses(config.command, "args"):
        return None
    path, found = of(config) or ("", None)
    needed = found and parsers.advised(found, list(_pairs(config)))
    if found is None or needed is None:
        return None
    form, name, value = needed
    style = None if form == parsers.SWITCHES else form
    written = arguments("args" if style else form, {name: value}, style)
    refused = arguments("args", {name: value})
    return Advice(path, found.parser.name, form, command.display(refused), " ".join(written))


def of(config: SweepConfig) -> tuple[str, Read] | None:
    """Return a sweep's program, with what its text says of its arguments; None if nothing."""
    path, text = next(files(config), ("", b""))
    found = parsers.read(text)
    return (path, found) if found else None


def files(config: SweepConfig) -> Iterator[tuple[str, bytes]]:
    """Yield the Python files that a command names, each with its text; none where it is not here.

    A module is looked for in this folder alone, as `python -m` finds it first.
    """
    words = [word for element in config.command for word in str(element).split()]
    for before, word in itertools.pairwise(("", *words)):
        name = (config.program or "") if "program" in macros.mentioned(word) else word
        if before == "-m":
            module = name.replace(".", "/")
            found = ((path, _text(path)) for path in (f"{module}.py", f"{module}/__main__.py"))
            yield from (pair for pair in found if pair[1])
        elif name.endswith(".py"):
            yield name, _text(name)


def _text(path: str) -> bytes:
    try:
        return regular_files.content(path, LARGEST)
    except OSError:  # the agent may work in another folder
        return b""


def _pairs(config: SweepConfig) -> Iterator[tuple[str, JSON]]:
    """Yield the values that each parameter may have; for a range, one of them."""
    for each in config.parameters:
        bound = each.settings.get("min", 1.0)
        values = [value for _, value in args_style_checks.listed("", each.settings)] or [bound]
        if len(each.path) > 1:
            yield each.path[0], {".".join(each.path[1:]): values[0]}
        yield from ((each.name, value) for value in values)
