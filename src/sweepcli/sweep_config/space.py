"""The checks of `parameters`: each against the one form that its distribution has.

Which form is meant is decided first, so that messages speak of that form alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sweepcli.sweep_config import advice, schema
from sweepcli.sweep_config.distributions import DISTRIBUTIONS, infer
from sweepcli.sweep_config.problems import Path, Report, closest, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.records import JSON

Scalar = str | int | float

# Other tools' names, whose nearest word would mislead.
_OTHER_NAMES = {
    "choice": "categorical",
    "range": "int_uniform",
    "randint": "int_uniform",
    "int": "int_uniform",
    "float": "uniform",
    "loguniform": "log_uniform_values",
    "log": "log_uniform_values",
    "gaussian": "normal",
    "fixed": "constant",
}
_FINITE = ("categorical", "constant", "int_uniform", "q_uniform")  # what a grid can walk
_FORM_KEYS = frozenset(
    {
        *("distribution", "value", "values", "probabilities"),
        *("min", "max", "q", "mu", "sigma", "a", "b"),
    }
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One parameter that holds no others, as far as it could be understood."""

    path: Path
    names: tuple[str, ...]
    settings: dict[str, JSON]  # with its distribution


@dataclass(slots=True)
class Space:
    """Reads `parameters` and gathers its leaves."""

    report: Report
    exponents: frozenset[Path]
    leaves: list[Leaf]

    def group(self, raw: Mapping[str, JSON], path: Path, names: tuple[str, ...]) -> dict[str, JSON]:
        """Return the parameters of one level as understood."""
        for name in raw:
            advice.on_name(name, (*path, name), self.report)
        return {
            name: self.parameter(settings, (*path, name), (*names, name))
            for name, settings in raw.items()
        }

    def parameter(self, settings: JSON, path: Path, names: tuple[str, ...]) -> JSON:
        """Return one parameter as understood: a group, or a leaf with its distribution."""
        if not isinstance(settings, dict):
            self.report.error(path, *_no_mapping(names[-1], settings))
            return {}
        if "parameters" in settings:
            return self.nested(settings, path, names)
        if not settings:
            self.report.error(path, *_no_mapping(names[-1], None))
        elif not any(closest(key, _FORM_KEYS) for key in settings):
            self.report.error(path, *_no_form(settings))
        elif (form := self.form(settings, path)) and self.fits(form, settings, path):
            leaf = Leaf(path, names, {"distribution": form, **settings})
            self.leaves.append(leaf)
            advice.on_leaf(leaf.settings, path, self.report)
            if "distribution" not in settings:
                advice.on_inferred(settings, path, self.exponents, self.report)
            return leaf.settings
        return {}

    def nested(self, settings: dict[str, JSON], path: Path, names: tuple[str, ...]) -> JSON:
        """Return a group of parameters as understood."""
        found = schema.violations("group", settings)
        for each in found:
            extra = each.rule == "additionalProperties"
            text = f"a group has `parameters` alone, not {each.path[0]!r}" if extra else each.text
            self.report.error((*path, *each.path), text, "remove it" if extra else each.fix)
        inner = settings["parameters"]
        if not isinstance(inner, dict):
            return {}
        return {"parameters": self.group(inner, (*path, "parameters"), names)}

    def form(self, settings: dict[str, JSON], path: Path) -> str | None:
        """Return the distribution that is named or meant."""
        if "distribution" not in settings:
            return infer(settings) or _meant(settings)
        named = settings["distribution"]
        if isinstance(named, str) and named in DISTRIBUTIONS:
            return named
        text = f"{_quoted(named)} is not a distribution"
        self.report.error((*path, "distribution"), text, _known_as(named))
        return None

    def fits(self, form: str, settings: dict[str, JSON], path: Path) -> bool:
        """Tell whether the settings are right for the form, and say what is not."""
        before = len(self.report.errors)
        if "distribution" not in settings and infer(settings) is None and _needs_naming(settings):
            keys = ", ".join(key for key in settings if key in _FORM_KEYS)
            fix = f"write `distribution: {form}`"
            self.report.error(path, f"{keys} need the distribution named", fix)
        for each in _told_apart(form, settings):
            self.report.error((*path, *each.path), each.text, each.fix)
        if len(self.report.errors) == before:
            _check_relations(form, settings, path, self.report)
        return len(self.report.errors) == before


def check_method(method: str | None, leaves: list[Leaf], report: Report) -> None:
    """Say what the method cannot do with these parameters."""
    if method == "grid":
        for leaf in leaves:
            _check_grid(leaf, report)
    constant = all(leaf.settings["distribution"] == "constant" for leaf in leaves)
    # With errors the list is short of those that could not be understood.
    if method == "bayes" and constant and not report.errors:
        fix = "give one several values, or use `method: grid`"
        report.error(("parameters",), "bayes has nothing to search: all are constant", fix)
    for leaf in leaves:
        if "probabilities" in leaf.settings and method != "grid":
            advice.on_sum(leaf.settings, leaf.path, report, refuse=method == "bayes")


def _check_grid(leaf: Leaf, report: Report) -> None:
    form = leaf.settings["distribution"]
    if form == "categorical_w_probabilities":
        text = "a grid takes every value once and has no use for probabilities"
        report.error((*leaf.path, "probabilities"), text, "remove them, or use `method: random`")
    elif form not in _FINITE:
        text = f"a grid cannot try every value of {form}"
        fix = "list `values:`, use `distribution: q_uniform` with a `q`, or `method: random`"
        report.error(leaf.path, text, fix)


def _check_relations(form: str, settings: dict[str, JSON], path: Path, report: Report) -> None:
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
    if name in _FORM_KEYS and settings is not None:
        return f"is {shown(settings)}, not a parameter", "indent it below the one it belongs to"
    if settings is None:
        return "is empty", "indent value, values, or min and max below it"
    if isinstance(settings, list):
        return "is a list, not a mapping", f"write {{values: {shown(settings)}}}"
    if isinstance(settings, str) and ":" in settings:
        word, _, rest = settings.partition(":")
        if word in _FORM_KEYS:
            return f"is the text {shown(settings)}", f"a space is missing: write `{word}: {rest}`"
    return f"is {shown(settings)}, not a mapping", f"write {{value: {shown(settings)}}}"


def _no_form(settings: dict[str, JSON]) -> tuple[str, str]:
    text = "has neither value, values nor min and max"
    if any(isinstance(value, dict) for value in settings.values()):
        return f"{text}, but what look like parameters", "put them under `parameters:` within it"
    return f"{text}, but {', '.join(map(repr, settings))}", "write, for instance, `values: [1, 2]`"


def _meant(settings: dict[str, JSON]) -> str:
    """Return the form that keys which fit no form come nearest to."""
    keys = {closest(key, _FORM_KEYS) or key for key in settings}
    step = "q_" if "q" in keys else ""
    if "values" in keys:
        return "categorical_w_probabilities" if "probabilities" in keys else "categorical"
    if "value" in keys:
        return "constant"
    if keys & {"mu", "sigma"}:
        return f"{step}normal"
    if keys & {"a", "b"}:
        return f"{step}beta"
    bounds = [settings.get(key, 0) for key in ("min", "max")]
    whole = not step and all(type(bound) is int for bound in bounds)
    return "int_uniform" if whole else f"{step}uniform"


def _needs_naming(settings: dict[str, JSON]) -> bool:
    return not {"mu", "sigma", "a", "b", "q"}.isdisjoint(settings) and "values" not in settings


def _told_apart(form: str, settings: dict[str, JSON]) -> list[schema.Violation]:
    """Return what breaks the form, without what another of the fixes would mend as well."""
    found = []
    for each in schema.violations(form, settings):
        about_keys = each.rule in {"required", "additionalProperties"}
        text = f"{each.text} for {form}" if about_keys else each.text
        fix = _refit(form, each, settings) or each.fix
        found.append(replace(each, text=text, fix=fix))
    misplaced = any(
        each.rule == "additionalProperties" and each.fix and each.fix.startswith(("did", "remove"))
        for each in found
    )
    return [each for each in found if not (misplaced and each.rule == "required")]


def _refit(form: str, each: schema.Violation, settings: dict[str, JSON]) -> str | None:
    """Return the fix that takes another form, or another shape of the value, into account."""
    key = each.path[-1] if each.path else None
    if key == "values" and each.rule == "type" and isinstance(settings["values"], Scalar):
        return f"write [{shown(settings['values'])}] or use value: {shown(settings['values'])}"
    if "log" in form and each.rule == "exclusiveMinimum" and key != "q":
        return "only positive numbers have a logarithm; use `distribution: uniform`"
    if form == "int_uniform" and each.rule == "type" and isinstance(settings[str(key)], float):
        return each.fix or "or use `distribution: uniform`"
    return _other_form(form, key, settings) if each.rule == "additionalProperties" else None


def _other_form(form: str, key: JSON, settings: dict[str, JSON]) -> str | None:
    """Return how to reach the form that knows the key."""
    if key == "q" and f"q_{form}" in DISTRIBUTIONS:
        return f"use `distribution: q_{form}`"
    if key == "probabilities" and form == "categorical":
        return "use `distribution: categorical_w_probabilities`"
    if {"value", "values"} <= settings.keys():
        return "keep one of value and values"
    if key in {"value", "values"} and "distribution" in settings:
        return f"remove `distribution: {form}`"
    return None


def _quoted(named: JSON) -> str:
    return f"'{named}'" if isinstance(named, str) else shown(named)


def _known_as(named: JSON) -> str:
    if isinstance(named, str):
        other = _OTHER_NAMES.get(named.lower())
        near = f"did you mean '{other}'?" if other else nearest(named, DISTRIBUTIONS)
        if near:
            return near
    return f"use one of {', '.join(DISTRIBUTIONS)}"
