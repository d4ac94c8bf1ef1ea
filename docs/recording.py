"""Makes the README's recording of the board under kill -9: `python docs/recording.py [FILE]`.

A shell on a terminal in memory is typed into; an agent works there on a real sweep, until one of
its runs and then the agent itself are killed, and a second agent ends the sweep. What the screen
showed becomes docs/kill.svg: a film strip that a style sheet moves, without a script in it. Where
nothing moves, its last picture is shown.
"""  # noqa: INP001 -- a script, not part of a package

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import psutil

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(ROOT, "tests"))

from terminals import Terminal, on_terminal  # noqa: E402 -- the tests' own terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pyte.screens import Char

COLUMNS, ROWS = 80, 24
CELL_W, CELL_H = 8.4, 17
MARGIN, CAPTION_H = 12, 34
EVERY_S = 0.2  # a picture is taken, if anything has changed
LONGEST_S, LAST_S = 0.6, 7.0  # a picture is shown, and the last one
SHOWN_S = 1.6  # a picture with a new caption
CONFIG = """\
method: grid
metric: {name: loss, goal: minimize}
command: [sh, train.sh, "${lr}", "${depth}"]
parameters:
  lr: {values: [0.001, 0.01, 0.1]}
  depth: {values: [1, 2, 3, 4]}
"""
TRAIN = """\
for step in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19; do
    awk -v lr="$1" -v depth="$2" -v step="$step" 'BEGIN {
        loss = 0.1 / depth + exp(-lr * 8 * step) + 0.02 * sin(step * depth)
        printf "{\\"loss\\": %.4f}\\n", loss < 0 ? -loss : loss
    }' >> "$SWEEPCLI_EVENTS"
    sleep 0.11
done
"""
COLOURS = {"cyan": "c", "brown": "y", "green": "g", "red": "r", "blue": "b"}
STYLE = """\
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;\
fill:#d7dde4;white-space:pre}
.c{fill:#56d4dd}.y{fill:#e3b341}.g{fill:#6bc46d}.r{fill:#f47067}.b{fill:#6cb6ff}
.o{font-weight:bold}.k{fill:#e3b341;font-weight:bold}"""


class Picture(NamedTuple):
    """What the screen showed, from when on, and what is said below it."""

    at: float
    lines: tuple[str, ...]
    caption: str


class Recorder:
    """A shell on a terminal, and the pictures taken of it."""

    def __init__(self, terminal: Terminal) -> None:
        self.pictures: list[Picture] = []
        self._terminal = terminal
        self._caption = ""
        self._next_at = 0.0

    def say(self, caption: str) -> None:
        """Write below the pictures from now on."""
        self._caption = caption
        self._take()

    def until(self, condition: Callable[[], object]) -> None:
        """Record until the condition holds."""

        def recorded() -> object:
            self._watch()
            return condition()

        self._terminal.until(recorded)
        self._take()

    def type(self, line: str) -> None:
        """Type a line into the shell, and wait until it is there."""
        self.until(lambda: self._prompt() == "$")
        self._terminal.press(line)
        self.until(lambda: line[-20:] in "".join(self._terminal.shown))
        self._terminal.press("\n")

    def until_prompt(self) -> None:
        """Record until the shell waits for a line."""
        self.until(lambda: self._prompt() == "$")

    def until_shown(self, text: str) -> None:
        """Record until a text is in sight, which is a regular expression."""
        self.until(lambda: re.search(text, "\n".join(self._terminal.shown)))

    def _prompt(self) -> str:
        lines = [line for line in self._terminal.shown if line]
        return lines[-1] if lines else ""

    def _watch(self) -> None:
        if time.monotonic() >= self._next_at:
            self._take()

    def _take(self) -> None:
        now = time.monotonic()
        self._next_at = now + EVERY_S
        lines = tuple(map(_spans, self._terminal.cells))
        if self._caption and (not self.pictures or (lines, self._caption) != self.pictures[-1][1:]):
            self.pictures.append(Picture(now, lines, self._caption))


def _spans(row: list[Char]) -> str:
    """Return a line of the screen as SVG, without spaces at its end."""
    found, column = [], 0
    for style, group in groupby(row, key=_classes):
        text = "".join(cell.data for cell in group)
        for part in re.finditer(r"\S+(?: \S+)*", text):
            words = part.group()
            x = round((column + part.start()) * CELL_W, 1)
            width = f' textLength="{len(words) * CELL_W:.1f}"' if len(words) > 1 else ""
            kind = f' class="{style}"' if style else ""
            found.append(f'<tspan x="{x:g}"{width}{kind}>{escape(words, quote=False)}</tspan>')
        column += len(text)
    return "".join(found)


def _classes(cell: Char) -> str:
    return " ".join(filter(None, [COLOURS.get(cell.fg, ""), "o" if cell.bold else ""]))


def environment(folder: str) -> Mapping[str, str]:
    """Return the environment of the shell: our commands first, and names of nobody."""
    return {
        "PATH": f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}",
        "HOME": folder,
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "TERM": "xterm-256color",
        "SWEEPCLI_ENTITY": "ada",
        "SWEEPCLI_PROJECT": "demo",
        "BASH_SILENCE_DEPRECATION_WARNING": "1",
    }


def create(folder: str, environ: Mapping[str, str]) -> str:
    """Create the sweep, and return its path."""
    for name, text in (("sweep.yaml", CONFIG), ("train.sh", TRAIN)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    found = subprocess.run(
        ["sweep", "sweep.yaml"],
        cwd=folder,
        env=dict(environ),
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return found.stdout.strip()


def record() -> list[Picture]:
    """Record a sweep whose run and agent are killed, and return the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        environ = environment(folder)
        path = create(folder, environ)
        script = f"cd '{folder}' && exec env PS1='$ ' bash --norc --noprofile -i"
        shell = ["sh", "-c", script]  # not bash, which drops PS1 where nobody types
        with on_terminal(shell, environ, columns=COLUMNS, rows=ROWS) as (terminal, program):
            recorder = Recorder(terminal)
            play(recorder, path, psutil.Process(program.pid))
            check(folder, environ, path)
            return recorder.pictures


def play(recorder: Recorder, path: str, shell: psutil.Process) -> None:
    """Do what is recorded."""
    recorder.until_prompt()
    recorder.say("A grid of 12 runs, three at a time")
    recorder.type(f"agent -j 3 {path}")
    recorder.until_shown(r"\b[23] of 12 done")
    recorder.until_shown(r"█▇|█▆|█▅")
    agent, run = a_run(shell)
    recorder.say("In another terminal: kill -9 of one run. It is tried again")
    os.kill(run, signal.SIGKILL)
    recorder.until_shown(r"\b[56] of 12 done")
    recorder.say("kill -9 of the agent. Its runs end, too: no process is left")
    programs = psutil.Process(agent).children(recursive=True)
    os.kill(agent, signal.SIGKILL)
    recorder.until(lambda: not any(program.is_running() for program in programs))
    recorder.until_prompt()
    recorder.say("A second agent takes over, and runs those again")
    recorder.type(f"agent -j 3 {path}")
    recorder.until_shown("Agent ended")
    recorder.say("Each of the 12 configurations is finished, once")
    recorder.type(f"sweep show {path} | head -n 8")
    recorder.until_shown("best ")
    recorder.until_prompt()


def a_run(shell: psutil.Process) -> tuple[int, int]:
    """Return the agent and one of the programs that it runs, as numbers of processes."""
    [agent] = shell.children()
    programs = [child for child in agent.children() if "train.sh" in child.cmdline()]
    return agent.pid, programs[-1].pid


def check(folder: str, environ: Mapping[str, str], path: str) -> None:
    """Hold that the recording tells the truth: each configuration finished once."""
    answer = subprocess.run(
        ["sweep", "runs", "--json", path],
        cwd=folder,
        env=dict(environ),
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    runs = json.loads(answer)
    params = {json.dumps(run["params"], sort_keys=True) for run in runs}
    if len(runs) != 12 or len(params) != 12 or {run["state"] for run in runs} != {"finished"}:
        raise RuntimeError(f"the sweep did not end as it should: {answer!r}")


def svg(pictures: list[Picture]) -> str:
    """Return the pictures as one that moves."""
    width, height = COLUMNS * CELL_W + 2 * MARGIN, ROWS * CELL_H + 2 * MARGIN + CAPTION_H
    lines = sorted({line for picture in pictures for line in picture.lines if line})
    names = {line: f"l{number:x}" for number, line in enumerate(lines)}
    last = f"transform:translateY(-{(len(pictures) - 1) * height:g}px)"
    frames, seconds = _keyframes(pictures, height)
    return "\n".join(
        [
            (
                '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t d"'
                f' viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}">'
            ),
            '<title id="t">The board of an agent under kill -9</title>',
            f'<desc id="d">{escape(_story(pictures), quote=False)}</desc>',
            f"<style>{STYLE}",
            f"#film{{{last}}}",
            (
                "@media (prefers-reduced-motion:no-preference){"
                f"#film{{animation:film {seconds:g}s step-end infinite}}}}"
            ),
            f"@keyframes film{{{frames}}}</style>",
            "<defs>",
            *(f'<text id="{name}">{line}</text>' for line, name in names.items()),
            "</defs>",
            f'<rect width="{width:g}" height="{height:g}" rx="8" fill="#0d1117"/>',
            '<g id="film">',
            *_film(pictures, names, width, height),
            "</g>",
            "</svg>",
            "",
        ]
    )


def _film(
    pictures: list[Picture], names: Mapping[str, str], width: float, height: float
) -> Iterator[str]:
    """Yield the pictures, each below the one before."""
    for number, picture in enumerate(pictures):
        top = number * height
        used = "".join(
            f'<use href="#{names[line]}" x="{MARGIN}" y="{top + MARGIN + CELL_H * (row + 0.8):g}"/>'
            for row, line in enumerate(picture.lines)
            if line
        )
        bar = f'<rect y="{top + height - CAPTION_H:g}" width="{width:g}" height="{CAPTION_H}"'
        yield f'{used}{bar} fill="#21262d"/>'
        yield f'<text class="k" x="{MARGIN}" y="{top + height - 12:g}">{picture.caption}</text>'


def _keyframes(pictures: list[Picture], height: float) -> tuple[str, float]:
    """Return when which picture is shown, and how long all of them take."""
    begins, now = [], 0.0
    for number, picture in enumerate(pictures):
        begins.append(now)
        is_last = number + 1 == len(pictures)
        lasts = LAST_S if is_last else min(LONGEST_S, pictures[number + 1].at - picture.at)
        is_new = number == 0 or picture.caption != pictures[number - 1].caption
        now += max(lasts, SHOWN_S) if is_new else lasts
    frames = [
        f"{100 * begin / now:.2f}%{{transform:translateY(-{number * height:g}px)}}"
        for number, begin in enumerate(begins)
    ]
    return "".join(frames), round(now, 1)


def _story(pictures: list[Picture]) -> str:
    """Return what happens, for those who cannot see it."""
    captions = dict.fromkeys(picture.caption for picture in pictures)
    return ". ".join(filter(None, captions)) + "."


def main(target: str = os.path.join(HERE, "kill.svg")) -> None:
    """Record, and write the file."""
    text = svg(record())
    with open(target, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
