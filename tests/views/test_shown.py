from __future__ import annotations

import json
import shlex
import subprocess

import pytest

from sweepcli.records import JSON
from sweepcli.views import grid, shown, terminal

LONG = "x" * 130_000


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *(("naïve", "naïve"), ("é à", '"é à"'), ("", '""'), ('say "hi"', r'"say \"hi\""')),
        *((["é à", None], '["é à", null]'), ({"ü": 1.5}, '{"ü": 1.5}'), (1e-05, "1e-05")),
        *(("a\n", r'"a\n"'), ("\x1b]0;é\x07", r'"\u001b]0;é\u0007"'), ("\u202e", r'"\u202e"')),
    ],
)
def test_text_is_shown_as_text_and_can_be_read_back(value: JSON, text: str) -> None:
    assert shown.value(value) == text
    assert text == value or json.loads(text) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
        (LONG, "x" * 59 + "… (130,000 characters)"),
        ("a b" * 50, '"' + ("a b" * 50)[:59] + '…" (150 characters)'),
        ("学" * 30, "学" * 30),
        ("学" * 31, "学" * 29 + " …"),
        ("e" + "\u0301" * 500, "e" + "\u0301" * 58 + "… (501 characters)"),
        (list(range(100)), json.dumps(list(range(100)))[:59] + "… (390 characters)"),
        ({"a": {"b": LONG}}, '{"a": {"b": "' + "x" * 46 + "… (130,016 characters)"),
    ],
)
def test_a_long_value_is_cut_to_sixty_cells(value: JSON, text: str) -> None:
    assert shown.value(value, terminal.LONGEST) == text


def test_nothing_is_cut_without_a_limit() -> None:
    assert shown.params({"a": LONG, "b": {"c": "é à"}}) == f'a={LONG} b.c="é à"'


def test_a_name_is_escaped_where_it_could_command_a_terminal() -> None:
    assert shown.params({"\x1b]0;x\x07": 1, "größe": 2}) == r"\x1b]0;x\x07=1 größe=2"


def test_a_table_within_a_width_cuts_values_and_one_for_programs_none() -> None:
    heads = ["id", "prompt"]
    rows: list[list[JSON]] = [["r1", LONG], ["r2", ["é à"]]]

    assert grid.table(heads, rows).lines[1:] == [f"r1  {LONG}", 'r2  ["é à"]']
    assert grid.table(heads, rows, 300).lines[1:] == [f"r1  {'x' * 19}…{'x' * 40}", 'r2  ["é à"]']
    path = "p" * 70
    assert grid.table(["path"], [[path]], 80, whole=["path"]).lines[1] == path


def test_of_a_command_line_only_the_long_params_are_cut() -> None:
    argv = ["/a/long/path" * 9, f"--prompt={LONG}", "--many=[0, 1]", json.dumps({"prompt": LONG})]

    line = shown.command(argv, {"prompt": LONG, "many": [0, 1]}, terminal.LONGEST)

    short = "x" * 59 + "…"
    assert shlex.split(line) == [argv[0], f"--prompt={short}", argv[2], f'{{"prompt": "{short}"}}']
    assert shlex.split(shown.command(argv, {"prompt": LONG})) == argv


@pytest.mark.parametrize(
    "text", ["a\x1b]0;x\x07'b'", "\x85\u202e\U000e0001", "\n\t", "é à", "\udcff"]
)
def test_a_command_line_is_harmless_and_bash_reads_it_back(text: str) -> None:
    line = shown.command(["printf", "%s", text], {})

    assert line.isprintable()
    done = subprocess.run(["bash", "-c", line], capture_output=True, check=True)
    assert done.stdout == text.encode(errors="surrogateescape")
