"""What other tools call keys, methods and distributions, and what to write here instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.sweep_config import schema
from sweepcli.sweep_config.distributions import DISTRIBUTIONS
from sweepcli.sweep_config.problems import closest, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.records import JSON

_KEYS = {  # of the top level, without `_`, `-` and the `s` of a plural
    **dict.fromkeys(("count", "run", "trial", "numsample", "numtrial", "ntrial"), "run_cap"),
    **dict.fromkeys(("maxrun", "maxtrial", "numrun", "nrun", "runlimit", "budget"), "run_cap"),
    **dict.fromkeys(("earlystopping", "earlystop", "earlytermination"), "early_terminate"),
    **dict.fromkeys(("earlystopper", "stopper", "pruner"), "early_terminate"),
    **dict.fromkeys(("objective", "monitor"), "metric"),
    **dict.fromkeys(("param", "hyperparameter", "hyperparam", "hparam"), "parameters"),
    **dict.fromkeys(("searchspace", "space"), "parameters"),
    **dict.fromkeys(("algorithm", "strategy", "sampler", "searchmethod", "search"), "method"),
    **dict.fromkeys(("randomseed", "randomstate"), "seed"),
    **dict.fromkeys(("script", "entrypoint"), "program"),
    **dict.fromkeys(("retrie", "maxretry"), "max_retries"),
    **dict.fromkeys(("timelimit", "maxtime", "maxduration"), "timeout"),
    **dict.fromkeys(("savecode", "codesave", "source", "sourcecode", "codeversion"), "code"),
    "cmd": "command",
}
_FREEZES = ("freeze", "freezecode", "frozencode", "snapshot", "codesnapshot")
_SETTINGS = {  # of a parameter
    **dict.fromkeys(("choices", "options", "categories", "grid"), "values"),
    **dict.fromkeys(("low", "lower", "minimum", "from"), "min"),
    **dict.fromkeys(("high", "upper", "maximum", "to"), "max"),
    **dict.fromkeys(("dist", "distr", "prior"), "distribution"),
    **dict.fromkeys(("mean", "loc"), "mu"),
    **dict.fromkeys(("std", "stddev"), "sigma"),
    **dict.fromkeys(("weights", "probs"), "probabilities"),
}
_STEPS = ("step", "step_size", "stepsize")
_LOGS = ("log", "log_scale", "logscale", "logarithmic")
_DISTRIBUTIONS = {  # without `_` and `-`, where the nearest word would mislead
    **dict.fromkeys(("choice", "choices", "discrete", "ordinal", "enum"), "categorical"),
    **dict.fromkeys(("range", "randint", "int", "integer", "intuniform"), "int_uniform"),
    **dict.fromkeys(("float", "double", "real"), "uniform"),
    **dict.fromkeys(("log", "loguniform", "loguniformvalue"), "log_uniform_values"),
    **dict.fromkeys(("qloguniform", "logint", "lograndint"), "q_log_uniform_values"),
    **dict.fromkeys(("gaussian", "randn"), "normal"),
    "fixed": "constant",
}


def misspelt(key: str, data: Mapping[str, JSON]) -> str | None:
    """Return the unknown key that is most likely meant to be one that is missing."""
    known = schema.top_level()
    meant = {other: _meant(other) or closest(other, [key]) for other in data}
    return next((other for other in data if other not in known and meant[other] == key), None)


def _meant(key: str) -> str | None:
    return _KEYS.get(_bare(key))


def _bare(key: str) -> str:
    return key.lower().replace("_", "").replace("-", "").removesuffix("s")


def instead(key: str, free: list[str]) -> str:
    """Return what to write instead of an unknown key; `free` are the keys that are not given."""
    other = _meant(key)
    if other in free:
        return f"did you mean '{other}'?"
    if near := nearest(key, free):
        return near
    if _bare(key) in _FREEZES and "code" in free:
        return "write `code: frozen`"
    inside = [each for each in ("metric", "early_terminate", "code") if key in schema.keys_of(each)]
    if inside:
        return f"write it under `{inside[0]}:`"
    return "arguments belong in `command:`" if key in ("args", "arguments") else "remove it"


def method(named: JSON) -> str | None:
    """Return how to have what other tools call a method."""
    word = named.lower() if isinstance(named, str) else ""
    if word in ("hyperband", "asha", "median"):
        return f"write `method: random` and `early_terminate: {{type: {word}, min_iter: 3}}`"
    if word in ("optuna", "ax", "tpe", "cmaes", "cma-es"):
        engine = "ax" if word == "ax" else "optuna"
        return f"write `method: custom` and `scheduler: {{engine: {engine}}}`"
    return None


def distribution(named: JSON) -> str:
    """Return the distribution that is meant, or all of them."""
    if found := _form(named):
        return f"did you mean '{found}'?"
    return f"use one of {', '.join(DISTRIBUTIONS)}"


def _form(named: JSON) -> str | None:
    if not isinstance(named, str):
        return None
    bare = named.lower().replace("-", "").replace("_", "").replace(" ", "")
    other = None if named.lower() in DISTRIBUTIONS else _DISTRIBUTIONS.get(bare)
    return other or closest(named, DISTRIBUTIONS)


def setting(key: str, settings: Mapping[str, JSON]) -> str | None:
    """Return what to write instead of an unknown key of a parameter."""
    word = key.lower()
    steps = [other for other in settings if other.lower() in _STEPS]
    log = any(_says_log(other, value) for other, value in settings.items())
    if word in _STEPS or _says_log(key, settings[key]):
        is_whole = all(isinstance(settings.get(bound), int) for bound in ("min", "max"))
        step = shown(settings[steps[0]]) if steps else "1" if is_whole else None
        wide = f"{'q_' if step else ''}{'log_uniform_values' if log else 'uniform'}"
        rest = f" and `q: {step}`" if step else ""
        return f"write `distribution: {wide}`{rest} instead"
    if word in ("type", "kind") and (form := _form(settings[key])):
        return f"write `distribution: {form}` instead"
    meant = _SETTINGS.get(word)
    return f"did you mean '{meant}'?" if meant and meant not in settings else None


def _says_log(key: str, value: JSON) -> bool:
    """Return whether a setting of another tool asks for a logarithmic scale."""
    if key.lower() in ("scale", "scaling"):
        return isinstance(value, str) and value.lower().startswith("log")
    return key.lower() in _LOGS and bool(value)


def renamed(settings: Mapping[str, JSON]) -> str:
    """Return the keys of a parameter, of which none is known, as they are called here."""
    pairs = [(key, _SETTINGS.get(key.lower())) for key in settings]
    listed = ", ".join(f"`{other}` for `{key}`" for key, other in pairs if other)
    odd = [key for key in settings if key.lower() in _STEPS or _says_log(key, settings[key])]
    fix = setting(odd[0], settings) if odd and listed else None
    return f"write {listed}; {fix}" if fix else f"write {listed}" if listed else ""
