"""Params as overrides in Hydra's grammar, so that each value arrives with its type. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sweepcli.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sweepcli.records import JSON, Params

_WORDS = {None: "null", True: "true", False: "false"}
_INT = r"(?:0|[1-9](?:_?\d)*)"
_POINT = rf"(?:{_INT}\.|{_INT}?\.\d(?:_?\d)*)"
_FLOAT = rf"(?:{_POINT}|(?:{_INT}|{_POINT})e[+-]?\d(?:_?\d)*|inf|nan)"
# What Hydra does not read as a text.
_NO_TEXT = rf"(?i:[+-]?(?:{_FLOAT}|{_INT})|true|false|null)"
_PLAIN = r"[A-Za-z_/][A-Za-z0-9_./-]*"  # a text that is written without quotes
_WORD = r"[\w/+.$%*@?|:-]+"  # of a text that Hydra reads without quotes
_NAME = r"[A-Za-z_$][\w$-]*"
_PART = rf"(?:{_NAME}|{_INT})"  # what may stand between dots
_PATH = rf"{_NAME}|{_PART}(?:\.{_PART})+"
_KEY = r"[\w/\-\\+.$%*@?|()\[\]{}:=, \t]+"  # in braces, where there are no quotes for keys
# A value that OmegaConf takes for missing, as a text: only a resolver gives it.
_MISSING, _WRITTEN = "???", "${oc.decode:???}"


def overrides(params: Params, prefix: str) -> list[str]:
    """Return an override for each param, for each leaf of one that is nested.

    Raises ConfigError for a key that Hydra's grammar cannot carry.
    """
    return [
        f"{prefix}{name}={literal(value)}"
        for top, given in params.items()
        for name, value in _leaves(top, given)
    ]


def literal(value: JSON) -> str:
    """Return what Hydra reads as this value; raise ConfigError for a key that it cannot carry."""
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return f"[{','.join(map(literal, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{_key(key)}:{literal(each)}' for key, each in value.items())}}}"
    return repr(value)


def is_text(text: str) -> bool:
    """Return whether Hydra reads these characters, without quotes, as the text that they are."""
    if re.fullmatch(_NO_TEXT, text, re.ASCII) or "${" in text or text == _MISSING:
        return False
    return re.fullmatch(rf"{_WORD}(?: +{_WORD})*", text, re.ASCII) is not None


def is_name(name: str, *, is_prefixed: bool) -> bool:
    """Return whether an override can name this: a name, names with dots, or a config group.

    Where no `+` is written before it, it may have its own: `+experiment`.
    """
    own = "" if is_prefixed else r"(?:\+{1,2}|~)?"
    form = rf"{own}(?:{_PATH}|{_NAME}(?:/{_NAME})+)(?:@.*)?"
    return re.fullmatch(form, name, re.ASCII) is not None


def _leaves(name: str, value: JSON) -> Iterator[tuple[str, JSON]]:
    """Yield names with dots and values; a mapping with a key that is no such name is a value."""
    is_path = re.fullmatch(_PATH, name, re.ASCII)
    if not (isinstance(value, dict) and value and is_path and _has_names(value)):
        yield name, value
        return
    for key, inner in value.items():
        yield from _leaves(f"{name}.{key}", inner)


def _has_names(value: Mapping[str, JSON]) -> bool:
    return all(re.fullmatch(_PART, key, re.ASCII) for key in value)


def _text(text: str) -> str:
    if re.fullmatch(_PLAIN, text, re.ASCII) and not re.fullmatch(_NO_TEXT, text, re.ASCII):
        return text
    quote = '"' if "'" in text and '"' not in text else "'"
    # OmegaConf takes `${` for an interpolation, unless it is escaped.
    meant = _escaped(text, r"\$\{") if text != _MISSING else _WRITTEN
    return quote + _escaped(meant, f"{quote}|$") + quote


def _escaped(text: str, what: str) -> str:
    """Return a text with a backslash before `what`, and those that are there already doubled."""
    return re.sub(rf"(\\*)({what})", lambda at: at[1] * 2 + ("\\" + at[2] if at[2] else ""), text)


def _key(key: str) -> str:
    if not re.fullmatch(_KEY, key, re.ASCII) or re.fullmatch(_NO_TEXT, key, re.ASCII):
        raise ConfigError(
            f"command: Hydra's grammar cannot carry the key {key!r:.80} in a value (rename it, or "
            "give the params by file: ${args_json_file})"
        )
    return re.sub(r"[\\()\[\]{}:=, \t]", r"\\\g<0>", key)
