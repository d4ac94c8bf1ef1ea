"""What an expression is by itself; filters.json has what both languages answer."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweepcli import expressions
from sweepcli.errors import SweepError, UsageError
from sweepcli.expressions import Expression
from sweepcli.records import JSON

VALUES: dict[str, JSON] = {
    "value": 0.95,
    "state": "finished",
    "lr": 0.1,
    "opt.name": "adam",
    "params.opt.name": "adam",
    "gone": None,
    "deep": True,
    "only_there": None,
    "val/acc": 0.9,
    "nan": float("nan"),
    "list": [1, 2],
    "class": 3,
}


def reader(name: str) -> Callable[[dict[str, JSON]], JSON]:
    if name not in VALUES:
        raise SweepError(f"no run has {name!r}")
    return lambda values: values[name]


def holds(text: str) -> bool:
    return bool(Expression(text, "filter").bound(reader)(VALUES))


def refusal(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        holds(text)
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "`val/acc` >= 0.9",
        "not lr > 1 or lr > 2",
        "opt.name in ('adam', 'sgd')",
        "lr * 2 + 1 - 0.2 == 1.0",
        "lr / 2 < lr and 7 // 2 == 3 and 7 % 2 == 1 and 2 ** 3 == 8",
        "abs(-lr) == lr and min(lr, 1) == lr and max(lr, 1) == 1 and log10(lr) == -1",
        "gone is None and only_there is None and lr is not None",
        "gone == None and lr != None",
        "len(opt.name) == 4",
        "1 in list",
    ],
)
def test_a_condition_holds(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        *("only_there > 0", "only_there < 0", "only_there == 0", "only_there != 0"),
        *("not only_there is None", "gone < 1", "gone in ('a', 'b')", "1 < only_there < 2"),
        *("lr > 'a'", "lr == '0.1'", "opt.name > 1", "nan > 0", "nan < 0", "nan == nan"),
        *("lr / 0 > 1", "9 ** 9 ** 9 > 1", "(-1) ** 0.5 == 1", "opt.name + 1 == 1"),
        *("log10(0) < 0", "abs(gone) == 0", "len(lr) == 1", "'a' * 3 == 'aaa'"),
    ],
)
def test_what_is_missing_or_cannot_be_computed_does_not_hold(text: str) -> None:
    assert not holds(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("val/acc > 1", "filter: no run has 'val'\n  val/acc > 1\n  ^"),
        ("lr > 1 and acc > 1", "\n  lr > 1 and acc > 1\n             ^"),
        ("é == 1 or acc", "filter: no run has 'é'"),
        ("`é/é` == 1 or lr.x == 2", "no run has 'é/é'"),
        ("'é' == 'é' or zzz", "\n  'é' == 'é' or zzz\n                ^"),
        ("(lr > 1", "'(' was never closed"),
        ("(lr).real > 1", "no run has 'lr.real'"),
        ("[x for x in list]", "this is not allowed"),
        ("lambda: 1", "this is not allowed"),
        ("(lr := 1)", "this is not allowed"),
        ("f'{lr}' == ''", "this is not allowed"),
        ("min(*list)", "this is not allowed"),
        ("lr << 9", "this is not allowed"),
        ("1j == 1", "this is not allowed"),
        ("b'a' == 'a'", "this is not allowed"),
        ("- " * 200 + "1", "nested more than 50 deep"),
        ("(" * 300 + "1" + ")" * 300, "filter: "),
        ("1 " + "+ 1 " * 600, "more than 2000 characters"),
        ("a\0b", "filter: "),
        (
            "lr > 1 or `\udcff` > 1",
            "no text: bytes that are not UTF-8\n  lr > 1 or `\\udcff` > 1\n             ^",
        ),
        ("'\ud800' == lr", "this is no text"),
        ("'\x1b]0;x\x07' == zzz", "\n  '\\x1b]0;x\\x07' == zzz\n                    ^"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, message: str) -> None:
    assert message in refusal(text)


def test_the_place_is_marked_in_a_long_condition_too() -> None:
    _, line, mark = refusal("lr > 0 and " * 30 + "zzz > 1").splitlines()
    assert line[len(mark) - 1 :].startswith("zzz > 1")
    assert len(line) < 130


def test_an_expression_has_its_names_with_their_places() -> None:
    found = Expression("`val/acc` > 0.5 and opt.name == 'a' or lr > lr")
    assert found.columns == {"val/acc": 0, "opt.name": 20, "lr": 39}


def test_powers_take_no_time() -> None:
    begin = time.process_time()

    assert not holds("(9 ** 9) ** (9 ** 9) > 0")
    assert not holds(f"{'9' * 400} * {'9' * 400} * {'9' * 400} > 0")

    assert time.process_time() - begin < 1.0


@given(st.text(alphabet="lrval()[]`'\"<>=!&|+-*/%.,0123e andorti:{}#\\é\n", max_size=40))
def test_any_text_is_a_condition_or_a_usage_error(text: str) -> None:
    try:
        found = holds(text)
    except UsageError:
        return

    assert found in (True, False)


@given(
    st.sampled_from(sorted(expressions.COMPARISONS, key=str)),
    *[st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())]
    * 2,
)
def test_any_two_values_can_be_compared(sign: type, left: JSON, right: JSON) -> None:
    assert expressions.compared(sign, left, right) in (True, False)
