"""From a file, a text or Python data to a config that can run, or to every reason why it cannot.

This is the one module of the folder that touches files.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from sweepcli import commands
from sweepcli.errors import ConfigError
from sweepcli.sweep_config import check, composer, document
from sweepcli.sweep_config.parse import parse
from sweepcli.sweep_config.problems import InvalidConfig, Path, Problem, Report

if TYPE_CHECKING:
    from sweepcli.records import JSON, SweepConfig
    from sweepcli.sweep_config.one_line import OneLine

_SWEEP_ID = re.compile(r"([\w. -]+/){0,2}[a-z0-9]{8}")
_BOUNDS = ("min", "max", "q", "mu", "sigma", "a", "b")
_NUMBERS = (
    *("run_cap", "seed", "max_retries", "target"),
    *("min_iter", "max_iter", "s", "eta", "min_runs", "patience", "worse_than"),
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A config that can run: as understood in W&B's keys, as a record, and the warnings."""

    raw: dict[str, JSON]
    config: SweepConfig
    warnings: tuple[Problem, ...]


def read_file(path: str) -> bytes:
    """Return the bytes of a config file; raise ConfigError if it cannot be read."""
    try:
        if os.path.isfile(path) and os.path.getsize(path) > document.LIMIT:
            raise document.too_large(path)
        with open(path, "rb") as file:
            data = file.read(document.LIMIT + 1)
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file{_hint(path)}") from None
    except IsADirectoryError:
        raise ConfigError(f"{path}: is a folder (name the config file in it)") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else str(error)
        shown = path if path.isprintable() else ascii(path)
        raise ConfigError(f"{shown}: cannot be read: {reason}") from None
    if len(data) > document.LIMIT:
        raise document.too_large(path)
    return data


def load(
    text: str | bytes,
    source: str,
    *,
    overrides: Mapping[str, str] | None = None,
    freezes: bool = False,
) -> Loaded:
    """Return the config that YAML or JSON holds; raise ConfigError with everything wrong in it.

    `source` is the file's name in messages; `overrides` replace top-level keys, as flags do, and
    `freezes` makes its `code` a frozen one.
    """
    read = document.read(text, source)
    flags = overrides or {}
    places = {path: at for path, at in read.places.items() if not path or path[0] not in flags}
    report = Report(source, places, warnings=list(read.warnings))
    for key, given in flags.items():
        if not document.is_storable(given):
            report.error((key,), document.UNPASSABLE)
    data = {**read.data, **flags}
    if freezes:
        from sweepcli.sweep_config import code_checks  # noqa: PLC0415 -- few sweeps are frozen

        data["code"] = code_checks.frozen(data.get("code"))
    return _loaded(data, read.exponents, report, needs_program=True)


def load_mapping(data: Mapping[str, JSON], source: str = "config") -> Loaded:
    """Return the config that Python data holds; for functions, which need no `program`."""
    report = Report(source)
    reader = _PlainData(report)
    made = reader.value(data, ())
    if not isinstance(made, dict):
        report.error((), "a config is a mapping", 'such as {"method": ..., "parameters": {...}}')
    if report.errors:
        report.finish()
    return _loaded(made, frozenset(reader.exponents), report, needs_program=False)


def load_options(given: OneLine) -> Loaded:
    """Return the config that the options of a command line are; its faults name the options."""
    report = Report(
        given.source, options=given.options, errors=given.faults, warnings=given.warnings
    )
    return _loaded(given.data, frozenset(), report, needs_program=True)


def _loaded(
    data: dict[str, JSON], exponents: frozenset[Path], report: Report, *, needs_program: bool
) -> Loaded:
    raw = check.understand(data, report, exponents=exponents, needs_program=needs_program)
    return Loaded(raw, parse(raw), report.finish())


def _hint(path: str) -> str:
    folder, name = os.path.split(path)
    try:
        names = os.listdir(folder or ".")
    except OSError:
        names = []
    if found := difflib.get_close_matches(name, names, n=1):
        return f" (did you mean '{os.path.join(folder, found[0])}'?)"
    if _SWEEP_ID.fullmatch(path):
        show, agent = commands.line("sweep show", path), commands.line("agent", path)
        return f" (it looks like a sweep id: `{show}` shows that sweep, `{agent}` runs it)"
    if not folder and "." not in name:
        commands_, show = commands.line("sweep --help"), commands.line("sweep show", path)
        return f" (nor is it a command: `{commands_}` lists them; `{show}` shows a sweep or run)"
    return ""


class _PlainData:
    """Turns a script's data into plain JSON types; one per config."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.exponents: set[Path] = set()  # where text such as '1e-5' was read as a number
        self.made = count(1)

    def value(self, value: JSON, path: Path) -> JSON:
        if len(path) > composer.DEPTH_LIMIT or next(self.made) > composer.NODE_LIMIT:
            # This also ends at data that contains itself.
            self.report.error(path[:3], "is nested too deeply, or too large, for a config")
            raise InvalidConfig(self.report.errors)
        if isinstance(value, Mapping):
            pairs = [(self._key(key, path), item) for key, item in value.items()]
            return {key: self.value(item, (*path, key)) for key, item in pairs}
        if isinstance(value, list | tuple):
            return [self.value(item, (*path, i)) for i, item in enumerate(value)]
        if value is None or isinstance(value, bool | int | float | str):
            return self._scalar(value, path)
        # numpy's and torch's numbers and arrays, and the dates that yaml.safe_load makes.
        for name in ("tolist", "isoformat"):
            convert = getattr(value, name, None)
            if callable(convert) and not isinstance(value, type):
                return self.value(convert(), path)
        kind = type(value).__name__
        fix = "use numbers, text, lists and mappings"
        self.report.error(path, f"a {kind} is not plain data", fix)
        return None

    def _key(self, key: JSON, path: Path) -> str:
        if isinstance(key, str):
            text = str.__str__(key)
        elif key is None or isinstance(key, bool | int | float):
            text = document.key_text(self._scalar(key, path))
        else:
            text = type(key).__name__
            self.report.error(path, f"a {text} cannot be a key", "use text")
        if not document.is_storable(text):
            self.report.error(path, f"a key {document.UNPASSABLE}")
        return text

    def _scalar(self, value: JSON, path: Path) -> JSON:
        # Subclasses (numpy.float64, StrEnum) become the types they stand for.
        if isinstance(value, str):
            return self._text(str.__str__(value), path)
        if value is None or isinstance(value, bool):
            return value
        number = int(value) if isinstance(value, int) else float(value)
        if document.is_finite(number):
            return number
        fix = "to pass it to a script, write it as text"
        self.report.error(path, "is not a finite number", fix)
        return 0

    def _text(self, text: str, path: Path) -> JSON:
        is_param = path[:1] == ("parameters",)
        if (is_param or path[-1] in _NUMBERS) and composer.CORE_FLOAT.fullmatch(text):
            # yaml.safe_load leaves an unquoted 1e-5 as text, and W&B's service samples numbers
            # from such bounds. In values it may be meant as text, so there it stays.
            is_bound = path[-1] in _BOUNDS and not {"value", "values"}.intersection(path)
            if is_bound or not is_param:
                self.exponents.add(path)
                self.report.warn(path, f"the text '{text}' is read as a number", f"write {text}")
                return self._scalar(float(text), path)
            self.report.warn(path, f"'{text}' is text, not a number", f"for a number, write {text}")
        if not document.is_storable(text):
            self.report.error(path, document.UNPASSABLE)
        return text
