"""A terminal that gets another size shows the board once, and every line of the log once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from command_lines import Call
from launching import environment
from support import go_on
from terminals import Cutting, Rewrapping, Terminal, Tmux, on_terminal

CONFIG = """\
method: grid
metric: {name: loss}
command: [sh, train.sh, "${x}"]
parameters: {x: {values: [1, 2, 3]}, path: {value: /data/of/some/project/train.csv}}
"""
# Prints lines, tells its loss, waits for a file `go`; meanwhile it may print on and on.
SCRIPT = """\
for i in 1 2 3 4 5 6 7 8 9; do echo "line $i of $1, which has some fifty characters in all"; done
echo "{\\"loss\\": 0.5$1}" >> $SWEEPCLI_EVENTS
until [ -e go ]; do sleep 0.05; i=$((i+1)); $PRINT "line $i of $1, in a narrow window"; done
"""
PARTS = (
    "of 3 done",
    "best loss=",
    "run          time",
    "───",
)  # of the board: one in each of its lines

Shown = Terminal | Tmux


@pytest.fixture
def path(folder: Path, call: Call) -> str:
    (folder / "train.sh").write_text(SCRIPT)
    (folder / "sweep.yaml").write_text(CONFIG)
    return call("sweep sweep.yaml").out.strip()


@contextmanager
def shown(kind: str, line: str, columns: int, rows: int, **more: str) -> Iterator[Shown]:
    """Run a command line in a terminal of a kind."""
    environ = environment(TERM="xterm", PYTHONUTF8="1", LC_ALL="C.UTF-8", **more)
    environ = {name: each for name, each in environ.items() if name not in ("TMUX", "STY")}
    if kind == "tmux":
        tmux = Tmux(line, environ, columns, rows)
        try:
            yield tmux
        finally:
            tmux.close()
        return
    if kind == "xterm":
        environ["XTERM_VERSION"] = "XTerm(379)"
    emulation = Cutting if kind == "xterm" else Rewrapping
    argv = ["bash", "-c", line]
    with on_terminal(argv, environ, columns=columns, rows=rows, emulation=emulation) as (made, _):
        yield made


def boards(terminal: Shown) -> list[int]:
    """Return how many lines have each of the parts of the board, anywhere in the terminal."""
    return [sum(part in line for line in terminal.lines) for part in PARTS]


@pytest.mark.parametrize("kind", ["tmux", "xterm", "xterm.js"])
@pytest.mark.parametrize(
    ("jobs", "prints", "sizes"),
    [
        pytest.param(1, False, [(60, 30)], id="narrower"),
        pytest.param(3, False, [(40, 30)], id="half", marks=pytest.mark.slow),
        pytest.param(
            *(2, True, [(90 - 10 * n, 30) for n in range(5)]),
            id="dragged",
            marks=pytest.mark.slow,
        ),
        pytest.param(2, True, [(60, 30), (90, 30)], id="wider again", marks=pytest.mark.slow),
    ],
)
def test_a_terminal_of_another_size_has_the_board_and_every_line_once(
    path: str, kind: str, jobs: int, sizes: list[tuple[int, int]], *, prints: bool
) -> None:
    more = {"PRINT": "echo" if prints else ":"}
    line = f"agent -j {jobs} --count {jobs} {path}; echo over; exec sleep 100"
    with shown(kind, line, 80, 30, **more) as terminal:
        terminal.until(lambda: boards(terminal) == [1, 1, 1, 1])
        for size in sizes:
            terminal.resize(*size)
        rule = "─" * ((sizes[-1][0] - 1) // 2)
        terminal.until(lambda: rule in terminal.lines)  # the board as it is in this width
        terminal.until(lambda: boards(terminal) == [1, 1, 1, 1])
        go_on()
        terminal.until(lambda: "over" in terminal.lines)
        lines = terminal.lines

    assert not [line for line in lines if any(part in line for part in PARTS)]
    counts = Counter(line.partition("line ")[2][:7] for line in lines if "line " in line)
    assert set(counts.values()) == {1}
    assert len(counts) >= 9 * jobs
