from __future__ import annotations

from pathlib import Path

import pytest

from sweepcli.records import MetricsFrom
from sweepcli.runs.metrics import pattern_hint


def printed(folder: Path, text: str) -> str:
    (folder / "output.log").write_text(text)
    return str(folder)


def test_of_a_large_output_only_whole_lines_of_its_ends_are_read(tmp_path: Path) -> None:
    noise = "x" * 99 + "\n"
    for lines in range(1300, 1320):
        text = "loss: 5\n" + noise * 655 + "loss: 7777777\n" * 9 + noise * lines + "loss: 0.25\n"
        found = pattern_hint.in_output(printed(tmp_path, text), "loss", None)
        assert found is not None
        assert (found.value, found.lines) == (0.25, ("loss: 0.25",))


@pytest.mark.parametrize("text", ["", "nothing\n", "\0" * 99, "loss: high\n"])
def test_an_output_without_the_number_gives_nothing(text: str, tmp_path: Path) -> None:
    assert pattern_hint.in_output(printed(tmp_path, text), "loss", None) is None
    assert pattern_hint.in_output(str(tmp_path / "removed"), "loss", None) is None


def test_what_a_config_reads_already_stays_in_the_line_that_is_said(tmp_path: Path) -> None:
    asked = MetricsFrom(output=("it's {a}",), csv="${run_dir}/log.csv")
    folder = printed(tmp_path, "loss: 0.25\n")

    found = pattern_hint.in_output(folder, "loss", asked)

    assert found is not None
    assert found.setting == (
        r"""metrics_from: {output: ["it's {a}", '\bloss: {loss}'], csv: '${run_dir}/log.csv'}"""
    )


def test_a_pattern_of_the_config_that_is_nearly_right_is_mended(tmp_path: Path) -> None:
    asked = MetricsFrom(output=("epoch {epoch}", "[{step}] loss ({loss})", "loss = {loss}"))
    folder = printed(tmp_path, "[3] loss (0.25)\nloss - 1\n")

    found = pattern_hint.in_output(folder, "loss", asked)

    assert found is not None
    assert found.value == 0.25
    assert found.setting == (
        r"metrics_from: {output: ['epoch {epoch}', '\[{step}\] loss \({loss}\)', "
        r"'loss = {loss}']}"
    )


def test_lines_of_several_parts_are_shown_without_a_guess(tmp_path: Path) -> None:
    found = pattern_hint.in_output(printed(tmp_path, "train loss: 1\nval loss: 2\n"), "loss", None)
    assert found is not None
    assert found.setting is None
    assert found.words("p") == (
        "'train loss: 1' and 'val loss: 2' were printed, and it is not clear which is 'loss': "
        "write a pattern for it in `metrics_from`, and try it with `sweep check CONFIG --try LOG`"
    )


def test_a_name_that_is_not_the_metric_s_is_said_to_be_a_guess(tmp_path: Path) -> None:
    found = pattern_hint.in_output(printed(tmp_path, "val_loss: 2\n"), "loss", None)
    assert found is not None
    assert "if 'val_loss' is meant, write this line" in found.words("p")
