"""The forms of `schema.json`, and messages about values that break them, with key and fix."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import jsonschema

from sweepcli.sweep_config.problems import Path, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

    from sweepcli.records import JSON

_KINDS = {
    "number": "a number",
    "integer": "a whole number",
    "string": "text",
    "array": "a list",
    "object": "a mapping",
    "boolean": "true or false",
}
_LIMITS = {
    "minimum": "must be at least {}, not {}",
    "maximum": "must be at most {}, not {}",
    "exclusiveMinimum": "must be greater than {}, not {}",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule of a form that a value breaks; `path` starts at the value."""

    rule: str  # JSON Schema's word for what is broken
    path: Path
    text: str
    fix: str | None = None


@cache
def schema() -> dict[str, JSON]:
    """Return `schema.json`."""
    text = resources.files("sweepcli.sweep_config").joinpath("schema.json").read_text("utf-8")
    read: dict[str, JSON] = json.loads(text)
    return read


def top_level() -> list[str]:
    """Return the keys that a config knows at its top level."""
    return list(schema()["properties"])


def keys_of(form: str) -> list[str]:
    """Return the keys that a form in `$defs` knows, or any of the forms that it chooses from."""
    found = schema()["$defs"][form]
    kinds = found["properties"].get("type", {}).get("enum", [])
    return [*found["properties"], *(key for kind in kinds for key in keys_of(kind))]


def violations(form: str, value: JSON) -> list[Violation]:
    """Return how a value breaks one of the forms in `$defs`, or that of a top-level key."""
    place = f"#/$defs/{'' if form in schema()['$defs'] else 'config/properties/'}{form}"
    found = _validator(place).iter_errors(value)
    return list(dict.fromkeys(said for error in found for said in _said(error)))


@cache
def _validator(place: str) -> Validator:
    # A whole float is no integer here: whoever takes one makes it an int before.
    kind = jsonschema.Draft202012Validator
    types = kind.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    # The stubs leave `extend` bare.
    strict = jsonschema.validators.extend(kind, type_checker=types)  # type: ignore[no-untyped-call]
    config = {"properties": schema()["properties"]}
    made: Validator = strict({"$ref": place, "$defs": {**schema()["$defs"], "config": config}})
    return made


def _said(error: ValidationError) -> Iterator[Violation]:
    path, rule = tuple(error.absolute_path), str(error.validator)
    # Plain JSON all three; the stubs know of a state without them.
    value: JSON
    wanted: JSON
    form: JSON
    value, wanted, form = error.instance, error.validator_value, error.schema
    if rule == "anyOf":  # the first form is the one to speak of
        yield from (said for e in error.context or () if e.schema_path[0] == 0 for said in _said(e))
    elif rule == "required":
        missing = [key for key in wanted if key not in value]
        yield from (Violation(rule, path, f"`{key}` is missing") for key in missing)
    elif rule == "additionalProperties":
        known = [key for key in form["properties"] if key not in value]
        for key in [key for key in value if key not in form["properties"]]:
            yield Violation(rule, (*path, key), f"unknown key {key!r}", _instead(key, known))
    elif rule == "type":
        kinds = [wanted] if isinstance(wanted, str) else wanted
        text = f"must be {' or '.join(_KINDS[kind] for kind in kinds)}, not {_found(value)}"
        yield Violation(rule, path, text, _mended(kinds[0], value))
    elif rule == "enum":
        text = f"{shown(value)} is not {'one of ' if len(wanted) > 1 else ''}{', '.join(wanted)}"
        yield Violation(rule, path, text, _word(value, wanted))
    elif rule == "minItems" and value:
        yield Violation(rule, path, f"must have at least {wanted} entries, not {len(value)}")
    else:
        yield Violation(rule, path, _LIMITS.get(rule, "is empty").format(wanted, shown(value)))


def _word(value: JSON, words: list[str]) -> str | None:
    if isinstance(value, str):
        longer = [word for word in words if value.lower().startswith(word)]  # bayesian_optimization
        return f"did you mean '{longer[0]}'?" if longer else nearest(value, words, cutoff=0.6)
    text = str(value).lower()
    return f'write "{text}"' if text in words else None


def _instead(key: str, known: list[str]) -> str | None:
    allowed = ", ".join(word for word in known if word != "distribution")
    return nearest(key, known) or (f"allowed here: {allowed}" if allowed else "remove it")


def _found(value: JSON) -> str:
    if value is None:
        return "empty (null)"
    if isinstance(value, str):
        return f"the text {shown(value)}"
    return shown(value)


def _mended(wanted: str, value: JSON) -> str | None:
    if wanted in {"number", "integer"} and isinstance(value, str):
        return "remove the quotes" if _is_number(value) else None
    if wanted == "integer" and isinstance(value, float) and value.is_integer():
        return f"write {int(value)}"
    if wanted == "string" and isinstance(value, int | float):
        return f'write "{shown(value)}"'
    if wanted == "array" and value is not None:
        items = list(value.values()) if isinstance(value, dict) else [value]
        return f"write {shown(items)}"
    return None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
