"""Which values of a space do not reach a program as what they are, by its command line. Pure.

`sweep check` says so. For the forms of W&B's macros that is one line, whatever the values.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.sweep_config import command, hydra_grammar, macros, shell_text
from sweepcli.sweep_config.args_style_checks import HYDRA, flat, listed, named, some
from sweepcli.sweep_config.argument_styles import LISTS, STYLES, arguments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sweepcli.records import JSON, SweepConfig
    from sweepcli.sweep_config.args_style_checks import Pairs

_GREEDY = ("argparse", "tyro")  # a list of theirs ends at the next option
_OTHERS = ", ".join(STYLES)


def notes(config: SweepConfig, *, needs_form: bool = False) -> list[str]:
    """Return what people should know of values that arrive as something else, or in one form.

    With `needs_form`, it is known that the program needs another form of ${args}, and which.
    """
    pairs = [pair for p in config.parameters for pair in listed(p.name, p.settings)]
    groups = list(dict.fromkeys(p.path[0] for p in config.parameters if len(p.path) > 1))
    nested = {p.name for p in config.parameters if len(p.path) > 1}
    single = [(name, value) for name, value in pairs if name not in nested]
    used = [macro for macro in LISTS if command.uses(config.command, macro)]
    if needs_form:
        used = [macro for macro in used if macro != "args"]
    found: list[str] = []
    for macro in used:
        if macro == "args" and config.args_style:
            found += _notes_of_style(config.args_style, pairs)
            found += _note_of_position(config, pairs)
        else:
            found += _notes_of_macro(macro, single, groups)
        if macro in HYDRA or (macro == "args" and config.args_style == "hydra"):
            names = [p.path[0] for p in config.parameters]
            found += _note_of_names(names, is_prefixed=macro in HYDRA)
    return [*found, *_notes_of_named(config, pairs), *_notes_of_shell(config, pairs)]


class _Loss(NamedTuple):
    """A kind of values that a form does not carry as they are."""

    is_hit: Callable[[JSON], bool]
    text: str  # with the names, and the first one as it is written


def _items(is_hit: Callable[[JSON], bool]) -> Callable[[JSON], bool]:
    return lambda value: isinstance(value, list) and any(map(is_hit, value))


def _is_option(value: JSON) -> bool:
    return isinstance(value, str) and value.startswith("-")


def _is_nested(value: JSON) -> bool:
    return isinstance(value, list | dict)


_FLAG = _Loss(
    lambda value: value is False,
    "{names}: false is written as {example}, as BooleanOptionalAction takes it (for "
    "action='store_true' use ${{args_no_boolean_flags}})",
)
_JSON_ITEMS = _Loss(
    _items(_is_nested), "{names}: what is nested in a list is written as JSON: {example}"
)
_NULL_ITEMS = _Loss(
    _items(lambda value: value is None), "{names}: null in a list is written as a text: {example}"
)
_LOSSES = {
    "argparse": (
        _FLAG,
        _Loss(
            lambda value: value == [],
            "{names}: an empty list is written as {example}, which needs nargs='*'",
        ),
        _Loss(
            lambda value: _items(_is_option)(value) and len(value) > 1,
            "{names}: argparse takes a text that begins with `-` for an option: {example}",
        ),
        _JSON_ITEMS,
        _NULL_ITEMS,
    ),
    "click": (_JSON_ITEMS, _NULL_ITEMS),
    "absl": (
        _Loss(
            _items(lambda value: isinstance(value, str) and value != value.strip()),
            "{names}: absl drops spaces around the texts of a list: {example}",
        ),
        _JSON_ITEMS,
        _NULL_ITEMS,
    ),
    "tyro": (
        _Loss(
            lambda value: isinstance(value, list) and any(map(_is_option, value[1:])),
            "{names}: tyro takes a text that begins with `-` for an option: {example}",
        ),
        _Loss(
            _items(lambda value: isinstance(value, dict)),
            "{names}: a mapping in a list is written as JSON: {example}",
        ),
        _Loss(
            _items(lambda value: isinstance(value, list)),
            "{names}: lists in a list are written as one list: {example}, which tyro divides "
            "where the program's type says how, as in list[tuple[int, int]]",
        ),
        _Loss(
            lambda value: value == "None",
            "{names}: tyro reads {example} as null where the program's type allows it",
        ),
    ),
    "jsonargparse": (
        _Loss(
            lambda value: value == "null",
            "{names}: jsonargparse reads {example} as null where the program's type allows it",
        ),
    ),
    "hydra": (),
}


def _notes_of_style(style: str, pairs: Pairs) -> Iterator[str]:
    for loss in _LOSSES[style]:
        hits = [(name, value) for name, value in flat(pairs) if loss.is_hit(value)]
        if hits:
            example = " ".join(STYLES[style](dict(hits[:1])))
            said = loss.text.format(names=named(name for name, _ in hits), example=f"`{example}`")
            yield f"args_style: {said}"


def _note_of_position(config: SweepConfig, pairs: Pairs) -> Iterator[str]:
    """Say that a list takes what stands behind it."""
    after = [then for each, then in pairwise(config.command) if each == "${args}"]
    lists = named(name for name, value in flat(pairs) if isinstance(value, list))
    if config.args_style in _GREEDY and lists and after and not _is_option(after[0]):
        yield (
            f"args_style: the list {lists} may take the {after[0]!r} behind ${{args}} as one of "
            "its values (put it before ${args})"
        )


def _note_of_names(names: Iterable[str], *, is_prefixed: bool) -> Iterator[str]:
    odd = [name for name in names if not hydra_grammar.is_name(name, is_prefixed=is_prefixed)]
    if odd:
        yield f"command: Hydra cannot read {named(odd)} as a name (rename it)"


def _notes_of_macro(macro: str, pairs: Pairs, groups: Sequence[str]) -> Iterator[str]:
    """Say what W&B's form does to values; the macros for Hydra have no such form."""
    if macro == "args_no_boolean_flags":
        if names := named(name for name, value in pairs if value is False):
            yield (
                f"command: ${{{macro}}} leaves false out: a program whose default for {names} is "
                "true runs with true (`args_style: argparse` writes --no-NAME)"
            )
        yield from _python_text(macro, _hits(macro, pairs, _is_no_word), groups)
    elif macro in ("args", "args_no_equals"):
        if macro == "args_no_equals" and (hits := _hits(macro, pairs, _is_option)):
            yield f"command: {some(hits)}: parsers see two options there (use ${{args}})"
        hits = _hits(macro, pairs, lambda value: _is_no_word(value) or isinstance(value, bool))
        yield from _python_text(macro, hits, groups)
    elif macro == "args_no_hyphens":
        hits = _hits(macro, pairs, lambda value: not _reads_back(value))
        if hits or groups:
            examples = some([*hits, *(f"{name}={{…}}" for name in groups)])
            yield (
                f"command: ${{{macro}}} writes {examples}, as W&B does; Hydra reads other values, "
                "or none (${args_override_hydra} writes Hydra's grammar, and so does ${args} with "
                "`args_style: hydra`)"
            )


def _is_no_word(value: JSON) -> bool:
    return value is None or _is_nested(value)


def _hits(macro: str, pairs: Pairs, is_hit: Callable[[JSON], bool]) -> list[str]:
    """Return how one value of each kind is written, with the names of the other parameters."""
    kinds: dict[str, dict[str, JSON]] = {}
    for name, value in pairs:
        if is_hit(value):
            kinds.setdefault(type(value).__name__, {}).setdefault(name, value)
    return [_example(macro, each) for each in kinds.values()]


def _example(macro: str, given: Mapping[str, JSON]) -> str:
    (name, value), *others = given.items()
    also = f" (also {some([other for other, _ in others])})" if others else ""
    return " ".join(arguments(macro, {name: value})) + also


def _python_text(macro: str, hits: Sequence[str], groups: Sequence[str]) -> Iterator[str]:
    if examples := [*hits, *(f"--{name}={{…}}" for name in groups)]:
        yield (
            f"command: ${{{macro}}} writes {some(examples)}, as W&B does: fire reads values, "
            f"most other parsers texts (name yours for ${{args}} by `args_style:` {_OTHERS})"
        )


def _notes_of_named(config: SweepConfig, pairs: Pairs) -> Iterator[str]:
    found = {
        name: f"${{{name}}} as {value}"
        for name, value in (*pairs, *flat(pairs))
        if _is_no_word(value) and command.uses(config.command, name)
    }
    if found:
        yield (
            f"command: writes {some(list(found.values()))}, in Python's words "
            "(${args} with `args_style:` writes those of a parser)"
        )


def _notes_of_shell(config: SweepConfig, pairs: Pairs) -> Iterator[str]:
    """Say which values a shell would take apart, as parts of its text."""
    found = {
        name: value
        for index, element in enumerate(config.command)
        if shell_text.is_one(config.command, index)
        for at, macro in macros.placed(element)
        for name, value in (*pairs, *flat(pairs))
        if name == macro and not shell_text.carries(element, at, str(value))
    }
    if found:
        first, value = next(iter(found.items()))
        yield (
            f"command: the shell reads {named(f'${{{name}}}' for name in found)} as part of its "
            f'text, so that {str(value)!r:.80} does not arrive as it is (write "$1" there, and '
            f"'${{{first}}}' behind the text, after '--')"
        )


def _reads_back(value: JSON) -> bool:
    """Return whether Hydra reads W&B's form of a value as that value."""
    if isinstance(value, str):
        return not value or hydra_grammar.is_text(value)
    if isinstance(value, list):
        return all(map(_reads_back_in_list, value))
    return value is not None and not isinstance(value, dict)


def _reads_back_in_list(value: JSON) -> bool:
    if isinstance(value, str):  # Python puts it in quotes
        return repr(value)[1:-1] == value and "${" not in value and value != "???"
    return _reads_back(value)
