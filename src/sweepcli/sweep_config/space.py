"""Checks `parameters`: each against the form of its distribution.

Which form is meant is decided first, so that messages speak of that form alone.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sweepcli.sweep_config import lattice, schema, synonyms
from sweepcli.sweep_config.distributions import DISTRIBUTIONS
from sweepcli.sweep_config.parameters import DISTRIBUTION_KEYS, infer
from sweepcli.sweep_config.problems import Path, Report, closest, shown, whole

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from sweepcli.records import JSON

    Settings = dict[str, JSON]

_EXPONENTS = {  # distributions over exponents, and the ones over values that people often mean
    "log_uniform": "log_uniform_values",
    "q_log_uniform": "q_log_uniform_values",
    "inv_log_uniform": "log_uniform_values",
}
_LARGEST_EXPONENT = math.log(1.7e308)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")  # W&B's


@dataclass(frozen=True, slots=True)
class Leaf:
    """One parameter that holds no others, as far as it could be understood."""

    path: Path
    names: tuple[str, ...]
    settings: Settings  # with its distribution


@dataclass(slots=True)
class Space:
    """Reads `parameters` and gathers its leaves."""

    report: Report
    exponents: frozenset[Path]  # of numbers that PyYAML alone would have read as text
    leaves: list[Leaf]

    def group(self, raw: Mapping[str, JSON], path: Path, names: tuple[str, ...]) -> Settings:
        """Return the parameters of one level as understood."""
        for name in raw:
            if not _NAME.fullmatch(name):
                # They do not work on command lines and in W&B.
                fix = "use letters, digits, `_`, `.` and `-`, with a letter first"
                self.report.warn((*path, name), "is an unusual name for a parameter", fix)
        return {
            name: self.parameter(settings, (*path, name), (*names, name))
            for name, settings in raw.items()
        }

    def parameter(self, settings: JSON, path: Path, names: tuple[str, ...]) -> JSON:
        """Return one parameter as understood: a group, or a leaf with its distribution."""
        if not isinstance(settings, dict) or not settings:
            self.report.error(path, *_no_mapping(names[-1], settings))
        elif "parameters" in settings:
            return self.nested(settings, path, names)
        elif not any(closest(key, DISTRIBUTION_KEYS) for key in settings):
            self.report.error(path, *_no_form(settings))
        elif form := self.form(settings, path):
            return self.leaf(form, settings, path, names)
        return {}

    def leaf(self, form: str, settings: Settings, path: Path, names: tuple[str, ...]) -> Settings:
        """Return a parameter that holds no others as understood, empty if it cannot be."""
        if form == "int_uniform":
            settings = {
                key: whole(value, (*path, key), self.report) if key in ("min", "max") else value
                for key, value in settings.items()
            }
        if self.fits(form, settings, path):
            leaf = Leaf(path, names, {"distribution": form, **settings})
            self.leaves.append(leaf)
            _advise(leaf, self.report)
            if "distribution" not in settings:
                self.advise_on_inferred(settings, path)
            return leaf.settings
        return {}

    def nested(self, settings: Settings, path: Path, names: tuple[str, ...]) -> JSON:
        """Return a group of parameters as understood."""
        for each in schema.violations("group", settings):
            extra = each.rule == "additionalProperties"
            text = f"a group has only `parameters`, not {each.path[0]!r}" if extra else each.text
            self.report.error((*path, *each.path), text, "remove it" if extra else each.fix)
        inner = settings["parameters"]
        if not isinstance(inner, dict):
            return {}
        return {"parameters": self.group(inner, (*path, "parameters"), names)}

    def form(self, settings: Settings, path: Path) -> str | None:
        """Return the distribution that is named or meant."""
        if "distribution" not in settings:
            return infer(settings) or _meant(settings)
        named = settings["distribution"]
        if isinstance(named, str) and named in DISTRIBUTIONS:
            return named
        quoted = f"'{named}'" if isinstance(named, str) else shown(named)
        text = f"{quoted} is not a distribution"
        self.report.error((*path, "distribution"), text, synonyms.distribution(named))
        return None

    def fits(self, form: str, settings: Settings, path: Path) -> bool:
        """Return whether the settings are right for the form; report what is not."""
        before = len(self.report.errors)
        if "distribution" not in settings and infer(settings) is None and _needs_naming(settings):
            keys = ", ".join(key for key in settings if key in DISTRIBUTION_KEYS)
            fix = f"write `distribution: {form}`"
            self.report.error(path, f"{keys} need a distribution", fix)
        for each in _violations(form, settings):
            self.report.error((*path, *each.path), each.text, each.fix)
        if len(self.report.errors) == before:
            _check_relations(form, settings, path, self.report)
        return len(self.report.errors) == before

    def advise_on_inferred(self, settings: Settings, path: Path) -> None:
        """Warn of bounds that W&B's client refuses without a distribution; here: uniform."""
        low, high = settings.get("min"), settings.get("max")
        if low is None or high is None:
            return
        odd = any((*path, key) in self.exponents for key in ("min", "max"))
        if type(low) is not type(high) or odd:
            name = "log_uniform_values" if low > 0 and high / low >= 1000 else "uniform"
            text = f"{shown(low)} to {shown(high)} without a distribution is read as uniform"
            self.report.warn(path, text, f"write `distribution: {name}`")


def _check_relations(form: str, settings: Settings, path: Path, report: Report) -> None:
    low, high = settings.get("min"), settings.get("max")
    if low is not None and high is not None and low >= high:
        fix = f"write `value: {low}`" if low == high else "swap them"
        report.error((*path, "min"), f"min {low} is not less than max {high}", fix)
    if form == "categorical_w_probabilities":
        values, chances = len(settings["values"]), len(settings["probabilities"])
        if values != chances:
            text = f"has {chances} entries for {values} values"
            report.error((*path, "probabilities"), text, "give one for each value")
        elif not sum(settings["probabilities"]):
            report.error((*path, "probabilities"), "are all 0", "make them sum to 1")


def _no_mapping(name: str, settings: JSON) -> tuple[str, str]:
    if settings is None or settings == {}:
        return "is empty", "indent value, values, or min and max below it"
    if name in DISTRIBUTION_KEYS:
        return f"is {shown(settings)}, not a parameter", "indent it below the one it belongs to"
    if isinstance(settings, list):
        return "is a list, not a mapping", f"write {{values: {shown(settings)}}}"
    word, colon, rest = settings.partition(":") if isinstance(settings, str) else ("", "", "")
    if colon and word in DISTRIBUTION_KEYS:
        return f"is the text {shown(settings)}", f"a space is missing: write `{word}: {rest}`"
    return f"is {shown(settings)}, not a mapping", f"write {{value: {shown(settings)}}}"


def _no_form(settings: Settings) -> tuple[str, str]:
    fix = synonyms.renamed(settings) or "write, for instance, `values: [1, 2]`"
    found = f"it has {', '.join(map(repr, settings))}"
    if any(isinstance(value, dict) for value in settings.values()):
        found, fix = "its keys look like parameters", "put them under `parameters:` inside it"
    return f"has no value, values, or min and max; {found}", fix


def _meant(settings: Settings) -> str:
    """Return the form that is most similar to keys that fit no form."""
    keys = {closest(key, DISTRIBUTION_KEYS) or key for key in settings}
    step = "q_" if "q" in keys else ""
    if "values" in keys:
        return "categorical_w_probabilities" if "probabilities" in keys else "categorical"
    if "value" in keys:
        return "constant"
    if keys & {"mu", "sigma"}:
        return f"{step}normal"
    if keys & {"a", "b"}:
        return f"{step}beta"
    whole = not step and all(type(settings.get(key, 0)) is int for key in ("min", "max"))
    return "int_uniform" if whole else f"{step}uniform"


def _needs_naming(settings: Settings) -> bool:
    return not {"mu", "sigma", "a", "b", "q"}.isdisjoint(settings) and "values" not in settings


def _violations(form: str, settings: Settings) -> list[schema.Violation]:
    """Return what breaks the form, without what another of the fixes would fix as well."""
    found = []
    for each in schema.violations(form, settings):
        about_keys = each.rule in {"required", "additionalProperties"}
        text = f"{each.text} for {form}" if about_keys else each.text
        found.append(replace(each, text=text, fix=_refit(form, each, settings) or each.fix))
    misplaced = any(
        each.rule == "additionalProperties" and each.fix and each.fix.startswith(("did", "remove"))
        for each in found
    )
    return [each for each in found if not (misplaced and each.rule == "required")]


def _refit(form: str, each: schema.Violation, settings: Settings) -> str | None:
    """Return the fix that takes another form, or another shape of the value, into account."""
    key = each.path[-1] if each.path else None
    value = settings.get(str(key))
    if key == "values" and each.rule == "type" and isinstance(value, str | int | float):
        return f"write [{shown(value)}] or use value: {shown(value)}"
    if "log" in form and each.rule == "exclusiveMinimum" and key != "q":
        return "only positive numbers have a logarithm; use `distribution: uniform`"
    if form == "int_uniform" and each.rule == "type" and isinstance(value, float):
        return each.fix or "or use `distribution: uniform`"
    return _other_form(form, key, settings) if each.rule == "additionalProperties" else None


def _other_form(form: str, key: JSON, settings: Settings) -> str | None:
    """Return how to reach the form that knows the key."""
    if key == "q" and f"q_{form}" in DISTRIBUTIONS:
        return f"use `distribution: q_{form}`"
    if key == "probabilities" and form == "categorical":
        return "use `distribution: categorical_w_probabilities`"
    if {"value", "values"} <= settings.keys():
        return "keep one of value and values"
    if key in {"value", "values"} and "distribution" in settings:
        return f"remove `distribution: {form}`"
    return synonyms.setting(str(key), settings)


def _advise(leaf: Leaf, report: Report) -> None:
    """Warn of settings that are allowed and probably not meant."""
    settings, path = leaf.settings, leaf.path
    form = settings["distribution"]
    if form in _EXPONENTS:
        _advise_on_exponents(form, settings, path, report)
    if "values" in settings:
        _advise_on_values(settings["values"], (*path, "values"), report)
    if "q" in settings and "min" in settings:
        low, high = settings["min"], settings["max"]
        if form == "q_log_uniform":
            low, high = _exp(low), _exp(high)
        if settings["q"] > high - low:
            text = f"the step {settings['q']} is larger than the range {low:g} to {high:g}"
            report.warn((*path, "q"), text, "make q smaller")
    if settings.get("sigma") == 0:
        text = "is 0, so every run gets the same value"
        report.warn((*path, "sigma"), text, "write `value:` instead, or a larger sigma")


def _exp(exponent: float) -> float:
    return math.exp(exponent) if exponent < _LARGEST_EXPONENT else math.inf


def _advise_on_exponents(form: str, settings: Settings, path: Path, report: Report) -> None:
    low, high = settings["min"], settings["max"]
    ends = (-high, -low) if form == "inv_log_uniform" else (low, high)
    first, last = map(_exp, ends)
    use = f"use `distribution: {_EXPONENTS[form]}`"
    fix = f"deprecated: {use}, min: {first:.6g}, max: {last:.6g}"
    # Exponents lie close together: e^5 to e^7 is a lot.
    if low > 0 and (high <= 1 or last > 1e6 or high >= 100 * low):
        fix = f"the bounds look like values: {use}"
    text = f"{form} takes exponents: this samples from {first:g} to {last:g}"
    report.warn((*path, "distribution"), text, fix)


def _advise_on_values(values: list[JSON], path: Path, report: Report) -> None:
    texts = [value for value in values if isinstance(value, str)]
    if any(text.startswith("(") and ")" not in text for text in texts):
        # https://github.com/wandb/wandb/issues/1493
        fix = "write each tuple as a list, [3, 3], or in quotes"
        report.warn(path, "YAML has no tuples: these were split at their commas", fix)
        return
    first: dict[Hashable, int] = {}
    for index, value in enumerate(values):
        found = first.setdefault(lattice.identity(value), index)
        if found != index:
            text = f"{shown(value)} is in the list already, at position {found + 1}"
            report.warn((*path, index), text, "remove one of them")
