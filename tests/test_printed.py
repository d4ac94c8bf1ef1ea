from __future__ import annotations

import subprocess
import sys

import pytest

from sweepcli import messages, printed

ESC, BEL, ST = "\x1b", "\x07", "\x1b\\"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("größe 学習率 é à", "größe 学習率 é à"),
        (f"a{ESC}[1;31mred{ESC}[0m", "ared"),
        (f"a{ESC}]0;title{BEL}b{ESC}]52;c;Zm9v{ST}c", "abc"),
        (f"a{ESC}Pq#0{ST}b{ESC}_x{ST}c{ESC}^x{ST}d{ESC}Xx{ST}e", "abcde"),
        ("a\x9b31mb\x9d0;title\x9cc\x90q\x9cd", "abcd"),
        (f"a{ESC}cb{ESC}(Bc{ESC}7", "abc"),
        (f"a{BEL}b\bc\rd\x00e\x7f", "a\\x07b\\x08c\\rd\\x00e\\x7f"),
        ("a\x84b\x85c\u2028d", "a\\x84b\\x85c\\u2028d"),
        ("user\u202eevil\u2066x\u200b\u00ad\u3164", "user\\u202eevil\\u2066x\\u200b\\xad\\u3164"),
        ("half \ud800\udcff", "half \\ud800\\udcff"),
        ("one\r\ntwo\n\tthree", "one\ntwo\n\tthree"),
    ],
)
def test_no_text_commands_a_terminal(text: str, seen: str) -> None:
    assert printed.harmless(text) == seen


@pytest.mark.parametrize("begun", [f"{ESC}]0;", f"{ESC}P", "\x9d0;", f"{ESC}[", f"{ESC}"])
def test_a_sequence_without_an_end_hides_nothing_that_follows(begun: str) -> None:
    shown = printed.harmless(f"failed: {begun}\nits output: sweep logs r1")
    assert shown == f"failed: {printed.escaped(begun)}\nits output: sweep logs r1"


def test_no_text_takes_long_to_clean() -> None:
    for text in ("\x9d", f"{ESC}]", f"{ESC}[", "\x9d;", f"{ESC}P\x9d"):
        assert len(printed.harmless(text * 50_000)) >= 50_000


@pytest.mark.parametrize("level", ["", "WARNING"])
def test_every_line_of_a_message_begins_with_the_tool_and_is_clean(
    capsys: pytest.CaptureFixture[str], level: str
) -> None:
    messages.say(f"run{ESC}]0;x{BEL}\x9b2J failed\rok\x85fine\r\nnext", level=level)

    start = f"sweepcli: {level} ".replace("  ", " ")
    assert capsys.readouterr().err == f"{start}run failed\\rok\\x85fine\n{start}next\n"


def test_a_message_costs_a_training_script_no_regular_expressions() -> None:
    program = (
        "import sys; from sweepcli import messages; messages.say('é'); print('re' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
