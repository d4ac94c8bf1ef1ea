"""Why a program failed, as far as it printed that: the line of its exception, or one like it.

That is the last line of the last Python traceback, wherever it stands: under the prefixes of ranks
and tasks, in the reports of `torchrun` and `accelerate`, before what Hydra adds at its end. Else it
is the last line that says error, else the last line. `failure_kinds` says which are the same.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import printed
from sweepcli.runs import outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sweepcli.records import Ending

LONGEST = 300  # characters of a cause
HEADER = "Traceback (most recent call last)"
# What stands before each line of a rank, task or worker: of torch, MPI, Ray and `srun --label`.
PREFIX = (
    r"(?:\[(?:[A-Za-z][\w.-]*?)?\d+\]: ?|\[\d+,\d+\]<std(?:out|err)>: ?"
    r"|\([^()]*\bpid=\d+[^()]*\) ?| *\d+:(?: |$))+"
)
IN_GROUP = r"[ |]*\+[-+]*- \d+ -+"  # before each exception of a group
BOX = "│╭╰|+"  # what the lines of a traceback begin with that `rich` has drawn
EDGE = " \t|│"  # of a line in a frame
UNSEEN = ("Exception ignored", "--- Logging error")  # the program went on after such a traceback
# Exceptions of those who only saw another process fail.
SEEN = (
    *("torch.distributed.elastic.", "subprocess.CalledProcessError", "SystemExit"),
    "torch.multiprocessing.spawn.ProcessExitedException",
)
WORDS = (
    *("error", "exception", "fatal", "panic", "critical"),
    *("terminate called", "what():", "assertion", "check failed"),  # of C and C++
)
ERROR = (
    r"(?:(?<![A-Za-z])(?i:errors?|exceptions?|fatal|panic(?:ked)?)|\w(?:Error|Exception))(?![\w=])"
    r"(?!(?: rate)?\s*[:=]?\s*[-+]?\d*(?:\.\d|%))"  # the figure of a metric
    r"|\bCRITICAL\b|^terminate called|^\s*what\(\):|\bAssertion [`'\"].*failed|\bCheck failed: "
)
NO_ERROR = (
    r"(?i)\b(?:no|0) errors?\b|warning: |\bwarn(?:ing)?\b"
    r"|torch[./]distributed[./]elastic|Exited with exit code|^Error executing job with overrides"
    # What stands above a list of calls, and what `make` says of a program that failed.
    r"|^Error termination\b|^error: called from|\*\*\* \[.*\] Error \d"
)
HYDRA = "Set the environment variable HYDRA_FULL_ERROR"
ABOUT_HYDRA = ("See http", "Error executing job with overrides")
# What torch's report says of a process that could not say it itself: which signal ended it.
ROOT_SIGNAL = r"Root Cause(?:.*\n){1,12}?\s*traceback : (Signal .*)"
ROOT_RANK = r"Root Cause(?:.*\n){1,9}?\s*rank\s*: (\d+) \(local_rank: (\d+)\)"


class Line(NamedTuple):
    """One line that a program printed."""

    at: int
    stream: str  # the prefix of its rank or task
    text: str


def explained(ending: Ending, output: str | None) -> Ending:
    """Return an ending whose reason has what the program said, if it failed by itself."""
    if output is None or not outcome.is_unexplained(ending):
        return ending
    cause = of(output)
    return ending._replace(reason=f"{ending.reason}: {cause}") if cause else ending


def of(output: str) -> str:
    """Return the line in which a program says why it failed; nothing if it printed nothing."""
    lines = [*_lines(output)]
    found = _raised(lines)
    own = [line for line in found if not line.text.startswith(SEEN)]
    if own:
        return own[-1].text[:LONGEST]
    before = itertools.takewhile(lambda line: HEADER not in line.text, lines)
    said = _of_hydra(lines) or _error([*before]) or _of_signal(lines)
    said = said or (found[-1].text if found else "")
    return (said or _framed(lines) or _last(lines))[:LONGEST]


def _lines(output: str) -> Iterator[Line]:
    """Yield what the program itself printed, without what W&B's package adds."""
    for at, text in enumerate(map(printed.harmless, output.split("\n"))):
        if not text.lstrip().startswith("wandb:"):
            found = re.match(PREFIX, text)
            yield Line(at, found[0].strip() if found else "", text[found.end() if found else 0 :])


def _raised(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of the exceptions, the last one being the cause."""
    streams: dict[str, list[Line]] = {}
    for line in lines:
        streams.setdefault(line.stream, []).append(line)
    found = [line for each in streams.values() for line in _of_stream(each)]
    root = re.search(ROOT_RANK, "\n".join(line.text for line in lines))
    names = (f"rank{root[1]}]", f"default{root[2]}]") if root else ()

    def of_root(line: Line) -> bool:
        return any(name in line.stream for name in names)

    return sorted(found, key=lambda line: (of_root(line), line.at))


def _of_stream(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines of the exceptions in what one process has printed."""
    lines = [line for line in lines if line.text.strip()]
    at = 0
    while at < len(lines):
        if not _begins(lines[at].text):
            at += 1
            continue
        is_unseen = at > 0 and lines[at - 1].text.startswith(UNSEEN)
        at = _end(lines, at)
        if at < len(lines) and not is_unseen and not _begins(lines[at].text):
            yield _whole(lines, at)


def _begins(text: str) -> bool:
    return HEADER in text or re.fullmatch(IN_GROUP, text.rstrip()) is not None


def _end(lines: Sequence[Line], at: int) -> int:
    """Return where the exception of the traceback that begins there is."""
    head, frame = lines[at].text, -1
    before = head.partition(HEADER)[0].split()
    is_drawn = HEADER in head and ("─" in head or "--" in head)
    is_named = HEADER in head and not is_drawn and not head.rstrip().endswith(":")
    name = before[0] if is_named and before else ""  # of the exception, as IPython has it
    for here in range(at + 1, len(lines)):
        text = lines[here].text
        bare = re.sub(r"^[ |+>]+", lambda found: " " * len(found[0]), text)
        indent = len(bare) - len(bare.lstrip())
        if _begins(text):
            return here
        if is_drawn or name:
            if not text.lstrip().startswith(tuple(BOX) if is_drawn else ()) and text.startswith(
                name
            ):
                return here
        elif bare.lstrip().startswith('File "'):
            frame = indent
        elif (frame < 0 or indent < frame) and not _is_frame(lines, here + 1):
            return here
    return len(lines)


def _is_frame(lines: Sequence[Line], at: int) -> bool:
    return at < len(lines) and lines[at].text.lstrip(" |").startswith('File "')


def _whole(lines: Sequence[Line], at: int) -> Line:
    """Return the line of an exception, with the next one if the message only begins there."""
    text = lines[at].text.strip(EDGE)
    if text.endswith(":"):
        rest = (line.text.strip(EDGE) for line in lines[at + 1 :])
        text = f"{text} {next(filter(_says, rest), '')}".rstrip()
    return lines[at]._replace(text=text)


def _of_hydra(lines: Sequence[Line]) -> str:
    """Return what Hydra says of a config that it cannot make: details are indented."""
    texts = [line.text for line in lines]
    ends = [at for at, text in enumerate(texts) if text.startswith(HYDRA)]
    for text in reversed(texts[: ends[-1]] if ends else ()):
        if _says(text[:1]) and not text.endswith(":") and not text.startswith(ABOUT_HYDRA):
            return text.strip()
    return ""


def _error(lines: Sequence[Line]) -> str:
    """Return the last line that says error; of a frame with that heading, its first line."""
    for at, line in reversed([*enumerate(lines)]):
        if _is_error(line.text):
            if line.text.startswith("╭"):
                return _whole(lines, at + 1).text if at + 1 < len(lines) else ""
            return _whole(lines, at).text
    return ""


def _framed(lines: Sequence[Line]) -> str:
    """Return the first line in a frame at the end of an output, as tyro draws it."""
    tops = [at for at, line in enumerate(lines) if line.text.startswith("╭")]
    ends = [line.text for line in lines if line.text.strip()][-1:]
    is_last = bool(tops) and ends[0].startswith("╰") and tops[-1] + 1 < len(lines)
    return _whole(lines, tops[-1] + 1).text if is_last else ""


def _is_error(text: str) -> bool:
    lower = text.lower()
    if not any(word in lower for word in WORDS):  # the patterns take longer
        return False
    return re.search(ERROR, text) is not None and re.search(NO_ERROR, text) is None


def _of_signal(lines: Sequence[Line]) -> str:
    found = re.search(ROOT_SIGNAL, "\n".join(line.text for line in lines))
    return found[1] if found else ""


def _last(lines: Sequence[Line]) -> str:
    texts = (line.text.strip() for line in reversed(lines))
    return next((text for text in texts if _says(text) and not text.startswith(HYDRA)), "")


def _says(text: str) -> bool:
    return any(map(str.isalnum, text))
