"""From text or a mapping to a config that can run, or to every reason why it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sweepcli.sweep_config import check, document
from sweepcli.sweep_config.parse import parse
from sweepcli.sweep_config.plain import plain
from sweepcli.sweep_config.problems import Problem, Report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.records import JSON, SweepConfig


@dataclass(frozen=True, slots=True)
class Loaded:
    """A config that can run: as understood in W&B's keys, as a record, and what is odd about it."""

    raw: dict[str, JSON]
    config: SweepConfig
    warnings: tuple[Problem, ...]


def load(text: str | bytes, source: str, *, overrides: Mapping[str, str] | None = None) -> Loaded:
    """Read a config from YAML or JSON; `overrides` replace top-level keys, as flags do."""
    read = document.read(text, source)
    flags = overrides or {}
    places = {path: at for path, at in read.places.items() if not path or path[0] not in flags}
    report = Report(source, places, warnings=list(read.warnings))
    understood = check.understand({**read.data, **flags}, report, exponents=read.exponents)
    return Loaded(understood, parse(understood), report.finish())


def load_mapping(data: Mapping[str, JSON], source: str = "config") -> Loaded:
    """Judge a config given as Python data; functions as programs need no `program`."""
    report = Report(source)
    made, exponents = plain(data, report)
    understood = check.understand(made, report, exponents=exponents, needs_program=False)
    return Loaded(understood, parse(understood), report.finish())
