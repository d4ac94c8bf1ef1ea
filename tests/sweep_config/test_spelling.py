from __future__ import annotations

import pytest

from sweepcli.sweep_config import spelling


@pytest.mark.parametrize(
    ("word", "known"),
    [
        *(("lrr", "lr"), ("seeed", "seed"), ("epoch", "epochs"), ("epohcs", "epochs")),
        *(("batchsize", "batch_size"), ("batch-size", "batch_size"), ("batchSize", "batch_size")),
        *(("weigth_decay", "weight_decay"), ("weight_decy", "weight_decay")),
        *(("optimiser.lr", "optimizer.lr"), ("optimizer.lrr", "optimizer.lr")),
        *(("interpereter", "interpreter"), ("run_dri", "run_dir"), ("lr ", "lr"), ("Lr", "lr")),
        *(("reguralization", "regularization"), ("lr", "LR"), ("batch_siz", "batch_size")),
    ],
)
def test_a_misspelt_name_is_recognised(word: str, known: str) -> None:
    assert spelling.is_slip(word, known)


@pytest.mark.parametrize(
    ("word", "known"),
    [
        *(
            ("out", "opt"),
            ("seed", "speed"),
            ("x", "y"),
            ("i", "x"),
            ("xx", "x"),
            ("name", "names"),
        ),
        *(("data_dir", "run_dir"), ("model_dir", "model_dim"), ("val_seed", "val_speed")),
        ("data_file", "data_files"),
        *(("layer1", "layer2"), ("lr1", "lr"), ("stage", "state"), ("patch_size", "batch_size")),
        *(("HOME", "home"), ("LR", "lr"), ("model.name", "model"), ("lr", "optimizer.lr")),
        *(("a.b", "c.d"), ("", "lr"), (".", "lr"), ("rl", "lr")),
    ],
)
def test_a_name_of_its_own_is_not_taken_for_another_one(word: str, known: str) -> None:
    assert not spelling.is_slip(word, known)


@pytest.mark.parametrize(("word", "known"), [("l", "lr"), ("mon", "mom"), ("rl", "lr")])
def test_where_a_name_is_expected_one_wrong_letter_is_enough(word: str, known: str) -> None:
    assert not spelling.is_slip(word, known)
    assert spelling.is_slip(word, known, is_expected=True)


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("kitten", "sitting", 3)],
)
def test_letters_that_changed_places_are_one_edit(one: str, other: str, edits: int) -> None:
    assert spelling.distance(one, other) == spelling.distance(other, one) == edits
