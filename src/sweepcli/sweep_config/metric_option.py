"""The metric of one command line: a pattern, the name of a logged one, or `out.csv:loss`. Pure."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from sweepcli.sweep_config import literals, macros, metric_value, patterns
from sweepcli.sweep_config.problems import InvalidConfig, Problem

if TYPE_CHECKING:
    from sweepcli.records import JSON

_LOGGED_NAME = re.compile(r"[A-Za-z_][\w./@%-]*")
_METRICS = (
    "for a line that is printed, write 'loss: {loss}'; for a logged metric, its name: loss; for a "
    "file that is written, FILE.csv:loss or FILE.json:loss"
)
# A file that the program writes, and what stands in it: `out.csv:loss`.
_IN_FILE = re.compile(
    r"(?P<file>[^:]*(?::[^:]+)*?\.(?P<ending>csv|jsonl?|ndjson))(?::\s*(?P<name>[^{}]*))?"
)
_FUNCTION = re.compile(r"(?P<how>[A-Za-z]+)\((?P<name>[^(){}]+)\)")


class Asked(NamedTuple):
    """A metric, and the `metrics_from` that finds it; None if the script logs it."""

    name: str
    metrics_from: JSON = None


def read(text: str, option: str) -> Asked:
    """Return the metric that an option means; raise InvalidConfig, with the option, if none."""
    if file := _IN_FILE.fullmatch(text):
        kind = "csv" if file["ending"] == "csv" else "json"
        return Asked(_name_in_file(file, option), {kind: file["file"]})
    _refuse_function("", text, option)
    names = list(dict.fromkeys(patterns.NAME.findall(text)))
    if len(names) > 1:
        others = ", ".join(f"{{{name}}}" for name in names)
        fix = r"write \S+ where another number is printed, as in 'epoch \S+ loss {loss}'"
        _fail(option, f"has several names, {others}; a sweep has one metric", fix)
    if names:
        return Asked(str(names[0]), {"output": literals.readings(text)})
    if "{" in text or "}" in text:
        fix = literals.instead(text) or "write {loss} where its number is printed"
        _fail(option, "has no {name} of a metric", fix)
    if not _LOGGED_NAME.fullmatch(text):
        _fail(option, "is neither a pattern nor a name", _METRICS)
    return Asked(text)


def _name_in_file(file: re.Match[str], option: str) -> str:
    """Return the name of a number in a file that the program writes."""
    others = [f"${{{name}}}" for name in macros.mentioned(file["file"]) if name != "run_dir"]
    if others:
        _fail(option, f"{others[0]} has no value in a file's name", "only ${run_dir} has one")
    name = (file["name"] or "").strip()
    if not name:
        what = "column" if file["ending"] == "csv" else "key"
        fix = f"add the {what} that has it, as in {file['file']}:loss"
        _fail(option, "is a file: which number is meant?", fix)
    _refuse_function(f"{file['file']}:", name, option)
    return name


def _refuse_function(before: str, name: str, option: str) -> None:
    """Raise InvalidConfig if a name says which number of it counts, as `mean(loss)`."""
    called = _FUNCTION.fullmatch(name)
    meant = called and metric_value.option(called["how"])
    if called and meant:
        metric = shlex.quote(f"{before}{called['name'].strip()}")
        fix = f"write --metric {metric} {meant}"
        _fail(option, "which number of it counts is said by another option", fix)


def _fail(option: str, text: str, fix: str) -> NoReturn:
    raise InvalidConfig([Problem(option, None, None, "", text, fix)])
