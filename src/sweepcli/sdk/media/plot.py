"""W&B's ready-made charts: the data of each is saved as a table, and not drawn."""

from __future__ import annotations

from sweepcli.sdk.media.files import Media
from sweepcli.sdk.media.table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sweepcli.sdk.media.files import MediaFolder


class Chart(Media):
    """A chart, whose table is in the history as `KEY_table`."""

    suffix = "_table"

    def __init__(self, table: Table) -> None:
        self.table = table

    def history_form(self, folder: MediaFolder, key: str) -> dict[str, Any]:
        return self.table.history_form(folder, key)


def line(table: Table, x: str, y: str, **_: Any) -> Chart:
    """Return a line of two columns."""
    del x, y
    return Chart(table)


scatter = line


def bar(table: Table, label: str, value: str, **_: Any) -> Chart:
    """Return bars of a column, with their labels in another."""
    del label, value
    return Chart(table)


def histogram(table: Table, value: str, **_: Any) -> Chart:
    """Return a histogram of a column."""
    del value
    return Chart(table)


def line_series(xs: Any, ys: Any, keys: Sequence[Any] | None = None, **_: Any) -> Chart:
    """Return several lines over the same points, or each over its own."""
    series = [[*each] for each in ys]
    points = [[*each] for each in xs] if xs and hasattr(xs[0], "__len__") else [[*xs]] * len(series)
    names = keys or [f"key_{number}" for number in range(len(series))]
    rows = [
        [x, name, y]
        for name, its_xs, its_ys in zip(names, points, series)
        for x, y in zip(its_xs, its_ys)
    ]
    return Chart(Table(columns=["step", "lineKey", "lineVal"], data=rows))


def confusion_matrix(
    probs: Any = None,
    y_true: Any = None,
    preds: Any = None,
    class_names: Sequence[str] | None = None,
    **_: Any,
) -> Chart:
    """Return how often each class was predicted as each."""
    found = [*preds] if preds is not None else [_largest(row) for row in probs]
    truth = [*y_true]
    classes = sorted({int(value) for value in (*truth, *found)})
    names = class_names or [f"Class_{n + 1}" for n in range(max(classes, default=-1) + 1)]
    pairs = [(int(one), int(other)) for one, other in zip(truth, found)]
    rows = [
        [names[actual], names[predicted], pairs.count((actual, predicted))]
        for actual in range(len(names))
        for predicted in range(len(names))
    ]
    return Chart(Table(columns=["Actual", "Predicted", "nPredictions"], data=rows))


def roc_curve(
    y_true: Any = None, y_probas: Any = None, labels: Sequence[str] | None = None, **_: Any
) -> Chart:
    """Return the data of such a curve: the true class and the probability of each."""
    rows = [[truth, *probabilities] for truth, probabilities in zip(y_true, y_probas)]
    width = len(rows[0]) - 1 if rows else 0
    names = labels or [f"class_{number}" for number in range(width)]
    return Chart(Table(columns=["truth", *names], data=rows))


pr_curve = roc_curve


def plot_table(
    vega_spec_name: str, data_table: Table, fields: Any = None, string_fields: Any = None, **_: Any
) -> Chart:
    """Return a chart of the script's own design."""
    del vega_spec_name, fields, string_fields
    return Chart(data_table)


def _largest(row: Any) -> int:
    values = [*row]
    return values.index(max(values))
