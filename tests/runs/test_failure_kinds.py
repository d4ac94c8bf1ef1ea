"""Which failures are one: those whose words differ only by values."""

from __future__ import annotations

import pytest

from sweepcli.runs import failure_kinds


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ValueError: bad lr 0.1", "ValueError: bad lr 1e-05"),
        ("ValueError: bad lr -3", "ValueError: bad lr 12"),
        ("at <E object at 0x7f3a>", "at <E object at 0xdeadbeef>"),
        ("no file 'data/a.csv'", "no file '/other/place/b-2.csv'"),
        ("Errno 2: 'data/a'", "Errno 2: 'b/c/d'"),
        ("cannot read out/x-1.npz", "cannot read ./out/y.npz"),
        ("12 kB left", "3 MiB left"),
        ("shape (64, 3)", "shape (8, 3, 224, 224)"),
        ("Tried to allocate 2.00 GiB, 3 MiB free", "Tried to allocate 512.00 MiB, 1.5 GiB free"),
        ("job 1a2b3c4d5e6f failed", "job 0f1e2d3c4b5a failed"),
        ("id 123e4567-e89b-12d3-a456-426614174000", "id 99999999-ffff-12d3-a456-426614174abc"),
        ("took 3 s", "took 12 min"),
        ("cannot multiply 32x10 and 20x5", "cannot multiply 8x3x4 and 1x1"),
        ("loss is nan at step 3", "loss is -inf at step 30"),
    ],
)
def test_what_differs_by_a_value_is_one_failure(one: str, other: str) -> None:
    assert failure_kinds.kind(one) == failure_kinds.kind(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ValueError: bad lr 0.1", "TypeError: bad lr 0.1"),
        ("bad lr 0.1", "bad width 0.1"),
        ("KeyError: 'loss'", "KeyError: 'acc'"),
        ("KeyError: 'train/loss'", "KeyError: 'val/loss'"),
        ("exit code 1", "exit code 3"),
        ("expected conv2d", "expected conv3d"),
        ("needs v1.25", "needs v1.3"),
        ("exit code 1", "killed by SIGSEGV"),
        ("a banana", "a infant"),
    ],
)
def test_what_differs_by_a_word_is_two(one: str, other: str) -> None:
    assert failure_kinds.kind(one) != failure_kinds.kind(other)


@pytest.mark.parametrize(
    ("texts", "params"),
    [
        (("no optimizer 'sgd'", "no optimizer 'adam w'"), ({"opt": "sgd"}, {"opt": "adam w"})),
        (("x=True", "x=False"), ({"x": True}, {"x": False})),
        (("KeyError: 'a'", "KeyError: 'b'"), ({"m": {"key": "a"}}, {"m": {"key": "b"}})),
        (("use relu", "use tanh"), ({"act": ["relu", 3]}, {"act": ["tanh", 3]})),
        (("no fold3.npz", "no fold10.npz"), ({"fold": 3}, {"fold": 10})),
        (("no m_lr0.1", "no m_lr0.25"), ({"lr": 0.1}, {"lr": 0.25})),
        (("in run4abcd.pt", "in zz12345q.pt"), ({}, {})),
    ],
)
def test_what_differs_by_a_runs_own_params_or_id_is_one_failure(
    texts: tuple[str, str], params: tuple[dict[str, object], dict[str, object]]
) -> None:
    ids = ("run4abcd", "zz12345q")
    kinds = {failure_kinds.kind_of(*each) for each in zip(texts, ids, params, strict=True)}
    assert len(kinds) == 1


def test_a_param_marks_whole_words_alone() -> None:
    assert failure_kinds.kind_of("a bad cat", "r1", {"x": "a", "y": "c"}) == "# bad cat"
    assert failure_kinds.kind_of("layer12 of v1.5", "r1", {"x": 1}) == "layer12 of v1.5"
