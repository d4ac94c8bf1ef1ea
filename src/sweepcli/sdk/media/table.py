"""Tables, saved as JSON in W&B's form: `{"columns": [...], "data": [[...], ...]}`."""

from __future__ import annotations

import json

from sweepcli.errors import UsageError
from sweepcli.sdk import values
from sweepcli.sdk.media.files import Media

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from sweepcli.sdk.media.files import MediaFolder

DEFAULT_COLUMNS = ("Input", "Output", "Expected")  # W&B's


class Table(Media):
    """Rows of values under named columns."""

    def __init__(
        self,
        columns: Sequence[Any] | None = None,
        data: Any = None,
        rows: Any = None,
        dataframe: Any = None,
        **_: Any,
    ) -> None:
        frame = dataframe if dataframe is not None else data if hasattr(data, "columns") else None
        if frame is not None:
            columns, given = [*frame.columns], frame.to_numpy().tolist()
        else:
            given = rows if data is None else data
        self.columns: list[Any] = [*(DEFAULT_COLUMNS if columns is None else columns)]
        self.data: list[list[Any]] = []
        for row in () if given is None else given:
            self.add_data(*row)

    def add_data(self, *data: Any) -> None:
        """Add one row, with a value for each column."""
        if len(data) != len(self.columns):
            raise UsageError(f"Table: a row has {len(self.columns)} values, not {len(data)}")
        self.data.append([*data])

    def add_row(self, *row: Any) -> None:
        """Add one row: W&B's older name."""
        self.add_data(*row)

    def add_column(self, name: str, data: Sequence[Any], optional: bool = False) -> None:  # noqa: FBT001, FBT002 -- W&B's signature
        """Add a column, with a value for each row."""
        del optional
        if self.data and len(data) != len(self.data):
            raise UsageError(f"Table: a column has {len(self.data)} values, not {len(data)}")
        self.data = self.data or [[] for _ in data]
        self.columns.append(name)
        for row, value in zip(self.data, data):
            row.append(value)

    def add_computed_columns(self, fn: Callable[[int, dict[str, Any]], dict[str, Any]]) -> None:
        """Add the columns that a function makes of each row's number and values."""
        made = [fn(index, row) for index, row in self.iterrows_as_dicts()]
        for name in made[0] if made else ():
            self.add_column(name, [row[name] for row in made])

    def get_column(self, name: str, convert_to: str | None = None) -> Any:
        """Return the values of a column; an array with `convert_to="numpy"`."""
        at = self.columns.index(name)
        found = [row[at] for row in self.data]
        if convert_to != "numpy":
            return found
        import numpy  # noqa: PLC0415, ICN001 -- the script asks for it

        return numpy.array(found)

    def get_index(self) -> list[int]:
        """Return the numbers of the rows."""
        return [*range(len(self.data))]

    def get_dataframe(self) -> Any:
        """Return a DataFrame of pandas."""
        import pandas  # noqa: PLC0415, ICN001 -- the script asks for it

        return pandas.DataFrame(self.data, columns=self.columns)

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        """Return the number and values of each row."""
        return enumerate(self.data)

    def iterrows_as_dicts(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Return the number and named values of each row."""
        return ((n, dict(zip(self.columns, row))) for n, row in enumerate(self.data))

    def cast(self, col_name: str, dtype: Any, optional: bool = False) -> None:  # noqa: FBT001, FBT002 -- W&B's signature
        """Accept a type for a column; its values do not change."""

    def set_pk(self, col_name: str) -> None:
        """Accept a column as the primary key; tables are not joined here."""

    def content(self, folder: MediaFolder, key: str) -> bytes:
        """Return the table as JSON, and save the media in it."""
        rows = [self._cells(row, folder, key) for row in self.data]
        return json.dumps({"columns": self.columns, "data": rows}).encode()

    def history_form(self, folder: MediaFolder, key: str) -> dict[str, Any]:
        file = folder.write("table", key, self.content(folder, key), ".table.json")
        about = {"ncols": len(self.columns), "nrows": len(self.data)}
        return {"_type": "table-file", **file, **about}

    @staticmethod
    def _cells(row: Iterable[Any], folder: MediaFolder, key: str) -> list[Any]:
        return [
            cell.history_form(folder, key) if isinstance(cell, Media) else values.plain(cell, [])
            for cell in row
        ]


class JoinedTable(Media):
    """Two tables and the key that joins them; both are saved."""

    def __init__(self, table1: Table, table2: Table, join_key: Any) -> None:
        self._tables = (table1, table2)
        self._join_key = join_key

    def history_form(self, folder: MediaFolder, key: str) -> dict[str, Any]:
        tables = [each.history_form(folder, f"{key}_{n}") for n, each in enumerate(self._tables, 1)]
        return {"_type": "joined-table", "tables": tables, "join_key": self._join_key}


EvalTable = Table  # W&B's, for tables of predictions
