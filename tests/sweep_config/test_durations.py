from __future__ import annotations

import pytest

from sweepcli.sweep_config import durations


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *((90, 90.0), (0.5, 0.5), (1e-05, 1e-05), ("90", 90.0), ("1.5", 1.5), ("45s", 45.0)),
        *(("15m", 900.0), ("90 m", 5400.0), ("1h30m", 5400.0), (" 1h  30m ", 5400.0)),
        *(("1.5H", 5400.0), ("2d", 172_800.0)),
    ],
)
def test_a_length_of_time_is_read_in_seconds(text: str | float, seconds: float) -> None:
    assert durations.parse(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        *("", "0", 0, "-5", -5, "0s", "soon", "5x", "m", "1h5", "5 5m5", "inf", "nan", True),
        *("1e999", "1 0", "1 0s", "1_000", "٣", "9" * 400 + "d", "1:30"),
    ],
)
def test_anything_else_is_refused_with_what_to_write(text: str | float) -> None:
    with pytest.raises(ValueError, match="45s, 90m, 1h30m or 2d"):
        durations.parse(text)
