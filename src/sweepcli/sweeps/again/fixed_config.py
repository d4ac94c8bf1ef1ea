"""The config of a sweep that makes one run again: its params as single values. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.sweep_config import assignments
from sweepcli.sweep_config.problems import nearest
from sweepcli.values import leaves

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sweepcli.records import JSON, Params, Run, Sweep

# What is the same as in the sweep of the run. Without `early_terminate`, which compares runs.
KEPT = ("program", "command", "args_style", "metric", "metrics_from", "timeout", "code")
OPTION = "--with"

Path = tuple[str, ...]  # names from the top level down


class Fixed(NamedTuple):
    """A config, and what a person should know of it."""

    raw: dict[str, JSON]
    notes: list[str]


def of(run: Run, sweep: Sweep, given: Sequence[str] = ()) -> Fixed:
    """Return the config of one run with the params of another one, and with those `given`.

    Each is NAME=VALUE, where dots part the names of nested ones. Raises ValueError for one that
    is not, InvalidConfig for one whose value is none.
    """
    groups = {leaf.path[:end] for leaf in sweep.config.parameters for end in range(len(leaf.path))}
    parameters, notes = _single(run.params, groups), []
    for text in given:
        option = f"{OPTION} {text}"
        try:
            name, written = assignments.parted(text.removeprefix("--"))
        except ValueError as error:
            raise ValueError(f"{option}: {error}") from None
        read = assignments.value(name, written, option)
        notes += [str(warning) for warning in read.warnings]
        path = _path(name, run.params)
        if path is None:
            path = _new(name, groups)
            notes.append(_unknown(name, run))
        try:
            _set(parameters, path, {"value": read.data})
        except KeyError as error:
            raise ValueError(f"{option}: another {OPTION} takes {error} away") from None
    kept = {key: sweep.raw[key] for key in KEPT if key in sweep.raw}
    return Fixed(
        {
            "method": "grid",
            "parameters": parameters,
            **_metric(sweep),
            **kept,
            "run_cap": 1,
            "name": f"run {run.id} again",
            "description": _description(run, sweep, given),
        },
        notes,
    )


def _single(params: Params, groups: Collection[Path], above: Path = ()) -> dict[str, JSON]:
    """Return params as a config has them; a mapping that is no group of them is one value."""
    return {
        name: {"parameters": _single(value, groups, (*above, name))}
        if isinstance(value, dict) and (*above, name) in groups
        else {"value": value}
        for name, value in params.items()
    }


def _path(name: str, params: JSON) -> Path | None:
    """Return where a param is, whose name may have dots itself; None if there is none."""
    if not isinstance(params, dict):
        return None
    if name in params:
        return (name,)
    for at in (at for at, character in enumerate(name) if character == "."):
        if rest := _path(name[at + 1 :], params.get(name[:at])):
            return (name[:at], *rest)
    return None


def _new(name: str, groups: Collection[Path]) -> Path:
    """Return where a param goes that the run did not have: into a group that it names."""
    words = tuple(name.split("."))
    ends = range(len(words) - 1, 0, -1)
    end = next((end for end in ends if words[:end] in groups), 0)
    return (*words[:end], ".".join(words[end:]))


def _set(parameters: dict[str, JSON], path: Path, spec: dict[str, JSON]) -> None:
    """Give a param its value; a part of one that is a mapping is changed in a copy.

    Raises KeyError, with a name, where a value given before has left no mapping above the param.
    """
    name, *rest = path
    if not rest:
        parameters[name] = spec
    elif "parameters" in parameters[name]:
        _set(parameters[name]["parameters"], tuple(rest), spec)
    else:
        parameters[name] = {"value": _changed(parameters[name]["value"], rest, spec["value"])}


def _changed(value: JSON, path: Sequence[str], new: JSON) -> JSON:
    name, *rest = path
    if not isinstance(value, dict):
        raise KeyError(name)
    return {**value, name: _changed(value[name], rest, new) if rest else new}


def _unknown(name: str, run: Run) -> str:
    near = nearest(name, [known for known, _ in leaves(run.params)])
    return f"run {run.id} had no param {name!r}: it is a new one{f' ({near})' if near else ''}"


def _metric(sweep: Sweep) -> dict[str, JSON]:
    """Return the first metric of several, which only a library can optimise together."""
    several = sweep.raw.get("metrics") if sweep.config.metrics else None
    return {"metric": several[0]} if several and "metric" not in sweep.raw else {}


def _description(run: Run, sweep: Sweep, given: Sequence[str]) -> str:
    changed = f", with {', '.join(given)}" if given else ""
    return f"Run {run.id} (number {run.number} of sweep {sweep.path}) again{changed}"
