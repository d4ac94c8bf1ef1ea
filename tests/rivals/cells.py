"""Every cell of the README's table beside other tools."""

from __future__ import annotations

import comparison
import loop_column
import mlsweep_column
import optuna_column
import sweepcli_column
import wandb_column

COLUMNS = (sweepcli_column, wandb_column, optuna_column, mlsweep_column, loop_column)
CELLS = {(row, column.TOOL): column.COLUMN[row] for row in comparison.ROWS for column in COLUMNS}
