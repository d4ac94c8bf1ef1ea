from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import pytest

from sweepcli.agents import output
from sweepcli.agents.output import Descriptor, Output


class Pipe:
    """A standard output whose reader reads when it is asked to."""

    def __init__(self) -> None:
        self.read_fd, self.write_fd = os.pipe()
        os.set_blocking(self.read_fd, False)

    def read(self) -> bytes:
        try:
            return os.read(self.read_fd, 1 << 20)
        except BlockingIOError:
            return b""


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    os.close(made.write_fd)


def write(name: str, text: bytes) -> str:
    with open(name, "ab") as file:
        file.write(text)
    return name


def showing(pipe: Pipe, text: bytes, *, prefixed: bool = False) -> Output:
    """Show run r1, which has printed a text into file 1."""
    shown = Output(Descriptor(pipe.write_fd), prefixed=prefixed)
    shown.follow("r1", write("1", text))
    return shown


def test_the_bytes_of_one_run_are_shown_as_they_come(pipe: Pipe) -> None:
    shown = showing(pipe, b"a\xff")

    seen = []
    for more in (b"\rb", b"", b"\nc"):
        write("1", more)
        shown.pump()
        seen.append(pipe.read())

    assert seen == [b"a\xff\rb", b"", b"\nc"]


@pytest.mark.parametrize("prefixed", [False, True])
def test_what_a_process_that_a_run_has_left_behind_prints_is_not_waited_for(
    pipe: Pipe, *, prefixed: bool
) -> None:
    shown = showing(pipe, b"one\n", prefixed=prefixed)

    shown.end("r1")
    write("1", b"after the end\n")
    shown.pump()

    assert shown.is_done
    assert pipe.read().endswith(b"one\n")


def test_runs_one_after_another_are_shown_in_their_order(pipe: Pipe) -> None:
    shown = showing(pipe, b"one")
    shown.end("r1")
    shown.follow("r2", write("2", b"two"))
    assert not shown.is_done

    shown.pump()
    write("1", b"late")
    shown.end("r2")
    shown.pump()

    assert (pipe.read(), shown.is_done) == (b"onetwo", True)


def test_lines_of_parallel_runs_are_whole_and_behind_their_run(pipe: Pipe) -> None:
    shown = Output(Descriptor(pipe.write_fd), prefixed=True)
    for name in ("1", "2"):
        shown.follow(f"r{name}", write(name, b"epoch "))
    shown.pump()
    assert pipe.read() == b""

    write("2", b"2\nnext")
    write("1", b"1\n\nx")
    shown.pump()
    for name in ("r1", "r2"):
        shown.end(name)
    shown.pump()

    assert pipe.read() == b"[r1] epoch 1\n[r1] \n[r2] epoch 2\n[r1] x\n[r2] next\n"
    assert shown.is_done


def test_of_a_progress_bar_the_last_state_is_shown(pipe: Pipe) -> None:
    shown = showing(pipe, b"10%\r50%\r100%\r\n", prefixed=True)
    shown.pump()
    assert pipe.read() == b"[r1] 100%\n"


def test_a_line_without_end_is_shown_in_parts(pipe: Pipe) -> None:
    shown = showing(pipe, b"x" * (output.LONGEST_LINE + 5), prefixed=True)
    shown.end("r1")

    seen = b""
    while not shown.is_done:
        shown.pump()
        seen += pipe.read()

    assert [len(line) for line in seen.splitlines()] == [output.LONGEST_LINE + 5, 10]


def test_a_slow_reader_holds_nothing_up_and_misses_nothing(pipe: Pipe) -> None:
    text = b"0123456789abcde\n" * 20_000  # more than a pipe holds
    shown = showing(pipe, text)
    shown.end("r1")

    shown.pump()
    assert (shown.is_done, shown.patience_s) == (False, float("inf"))
    assert shown.waits_for == [pipe.write_fd]
    seen = b""
    while not shown.is_done:
        seen += pipe.read()
        shown.pump()

    assert seen + pipe.read() == text


def test_a_reader_that_is_gone_ends_the_showing(pipe: Pipe) -> None:
    shown = showing(pipe, b"a")
    os.close(pipe.read_fd)

    shown.pump()
    shown.follow("r2", write("2", b"b"))

    assert (shown.is_done, shown.patience_s) == (True, float("inf"))


class Lines:
    """A sink of whole lines that is ready when it is told so."""

    by_lines = True
    waits_for = (7,)

    def __init__(self) -> None:
        self.is_open = True
        self.taken = b""
        self.begun: list[bytes] = []

    def is_ready(self) -> bool:
        return self.is_open

    def write(self, piece: bytes) -> int:
        self.taken += piece
        return len(piece)

    def unfinished(self, lines: Sequence[bytes]) -> None:
        self.begun = list(lines)


def test_a_sink_of_lines_gets_whole_ones_and_hears_of_those_that_were_begun() -> None:
    sink = Lines()
    shown = Output(sink, prefixed=False)
    shown.follow("r1", write("1", b"one\n10%\r50%"))

    shown.pump()
    assert (sink.taken, sink.begun) == (b"one\n", [b"50%"])
    write("1", b"\r100%\n")
    shown.end("r1")
    shown.pump()

    assert (sink.taken, sink.begun, shown.is_done) == (b"one\n100%\n", [], True)


def test_a_sink_that_is_not_ready_is_waited_for() -> None:
    sink = Lines()
    sink.is_open = False
    shown = Output(sink, prefixed=True)
    shown.follow("r1", write("1", b"one\ntwo"))

    shown.pump()

    assert (sink.taken, sink.begun) == (b"", [b"[r1] two"])
    assert tuple(shown.waits_for) == (7,)


def test_what_takes_longer_than_the_budget_is_gone_on_with_at_once(pipe: Pipe) -> None:
    shown = showing(pipe, b"abc")

    shown.pump(budget_s=0.0)
    assert (pipe.read(), shown.patience_s, shown.waits_for) == (b"", 0.0, [])
    shown.pump()

    assert pipe.read() == b"abc"


def test_nothing_is_shown_unless_asked_for() -> None:
    shown = Output(output.standard(shown=False), prefixed=False)
    shown.follow("r1", write("1", b"a"))
    shown.end("r1")
    shown.pump()

    assert (shown.is_done, shown.patience_s) == (True, float("inf"))


def test_a_file_that_is_gone_is_not_shown(pipe: Pipe) -> None:
    shown = Output(Descriptor(pipe.write_fd), prefixed=False)
    shown.follow("r1", "gone")

    shown.end("r1")
    shown.pump()

    assert (pipe.read(), shown.is_done) == (b"", True)
