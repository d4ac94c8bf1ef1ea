"""`args_style`, and what a command line cannot carry at all: said when the sweep is made. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.errors import ConfigError
from sweepcli.records import DEFAULT_COMMAND
from sweepcli.sweep_config import command, hydra_grammar, schema
from sweepcli.sweep_config.argument_styles import ALSO, LISTS, STYLES
from sweepcli.values import leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sweepcli.records import JSON
    from sweepcli.sweep_config.problems import Report
    from sweepcli.sweep_config.space import Leaf

    Pairs = Sequence[tuple[str, JSON]]  # dotted names and listed values

HYDRA = ("args_append_hydra", "args_override_hydra")
SHOWN = 4  # examples in a warning


def read_style(data: Mapping[str, JSON], report: Report) -> str | None:
    """Return the config's `args_style`; report what is wrong with it."""
    written = data.get("args_style")
    if written is None:
        return None
    if isinstance(written, str) and (word := written.lower().replace("_", "-")) in ALSO:
        style = ALSO[word]
        fix = f"write `args_style: {style}`" if style else "leave it out: W&B's form is fire's"
        report.error(("args_style",), f"{written} has no form of its own", fix)
        return None
    for each in schema.violations("args_style", written):
        report.error(("args_style",), each.text, each.fix)
    return written if isinstance(written, str) and written in STYLES else None


def check(config: Mapping[str, JSON], spaces: Iterable[Leaf], report: Report) -> None:
    """Report what the command line of a config cannot carry at all."""
    elements = [str(element) for element in config["command"] or DEFAULT_COMMAND]
    style = config["args_style"]
    pairs = [pair for leaf in spaces for pair in listed(".".join(leaf.names), leaf.settings)]
    if style and not command.uses(elements, "args"):
        fix = "write ${args} as an element of the command, or remove `args_style`"
        report.warn(("args_style",), "changes only ${args}, and the command does not use it", fix)
    elif style and style != "hydra":
        _check_left_out(style, pairs, report)
    used = [macro for macro in LISTS if command.uses(elements, macro)]
    if any(macro in HYDRA or (macro == "args" and style == "hydra") for macro in used):
        _check_hydra(spaces, report)


def _check_left_out(style: str, pairs: Pairs, report: Report) -> None:
    absent = [(name, value) for name, value in flat(pairs) if not STYLES[style]({name: value})]
    for word, empty in (("null", None), ("an empty list", [])):
        if names := named(name for name, value in absent if value == empty):
            report.warn(
                ("args_style",),
                f"{word} of {names} cannot be written for {style}: it is left out, and the "
                "program's default counts",
            )


def _check_hydra(spaces: Iterable[Leaf], report: Report) -> None:
    for leaf in spaces:
        for _, value in listed("", leaf.settings):
            try:
                hydra_grammar.overrides({leaf.names[0]: _nested(leaf.names[1:], value)}, "")
            except ConfigError as error:
                report.error(leaf.path, str(error).removeprefix("command: "))
                break


def _nested(names: Sequence[str], value: JSON) -> JSON:
    return {names[0]: _nested(names[1:], value)} if names else value


def listed(name: str, settings: Mapping[str, JSON]) -> Iterator[tuple[str, JSON]]:
    """Yield the values that a parameter lists, each with its name."""
    values = [settings["value"]] if "value" in settings else settings.get("values", [])
    yield from ((name, value) for value in values)


def flat(pairs: Pairs) -> list[tuple[str, JSON]]:
    """Return the leaves of values, with dotted names."""
    return [leaf for name, value in pairs for leaf in leaves({name: value})]


def named(names: Iterable[str]) -> str:
    """Return each name once, the first few of them."""
    return some(list(dict.fromkeys(names)))


def some(texts: Sequence[str]) -> str:
    """Return the first few, and that there are more."""
    return ", ".join(texts[:SHOWN]) + (", …" if len(texts) > SHOWN else "")
