"""Histograms, in the history as W&B writes them: counts, `values`, and their edges, `bins`."""

from __future__ import annotations

import sys

from sweepcli.errors import UsageError
from sweepcli.sdk.media.files import Media

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from sweepcli.sdk.media.files import MediaFolder

MOST_BINS = 512  # W&B's
BINS_OF_AN_ARRAY = 32  # of an array that is logged as it is


class Histogram(Media):
    """How often values fall between edges."""

    def __init__(self, sequence: Any = None, np_histogram: Any = None, num_bins: int = 64) -> None:
        if np_histogram is not None:
            counts, edges = np_histogram
            self.histogram, self.bins = _numbers(counts), _numbers(edges)
        else:
            self.histogram, self.bins = _counted(sequence, num_bins)
        if len(self.histogram) > MOST_BINS:
            raise UsageError(f"Histogram: at most {MOST_BINS} bins, not {len(self.histogram)}")
        if len(self.histogram) + 1 != len(self.bins):
            raise UsageError("Histogram: there must be one edge more than there are counts")

    def history_form(self, folder: MediaFolder, key: str) -> dict[str, Any]:
        del folder, key
        return {"_type": "histogram", "values": self.histogram, "bins": self.bins}


def _counted(sequence: Any, bins: int) -> tuple[list[float], list[float]]:
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        if hasattr(sequence, "detach"):
            sequence = sequence.detach().cpu().numpy()
        array = numpy.asarray(sequence, dtype=float).ravel()
        counts, edges = numpy.histogram(array[numpy.isfinite(array)], bins=bins)
        return counts.tolist(), edges.tolist()
    found = sorted(value for value in _numbers(sequence) if abs(value) < float("inf"))
    low, high = (found[0], found[-1]) if found else (0.0, 1.0)
    if low == high:
        low, high = low - 0.5, high + 0.5
    width = (high - low) / bins
    counts = [0] * bins
    for value in found:
        counts[min(int((value - low) / width), bins - 1)] += 1
    return counts, [*(low + width * n for n in range(bins)), high]


def _numbers(sequence: Iterable[Any]) -> list[float]:
    return sequence.tolist() if hasattr(sequence, "tolist") else [*sequence]
