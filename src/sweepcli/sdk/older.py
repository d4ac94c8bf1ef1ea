"""Parts of W&B's runs that newer versions have under other names."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sweepcli.sdk.run import Run


def get_url(run: Run) -> None:
    """Return None, as offline: there is no page."""
    del run


get_project_url = get_sweep_url = get_url


def project_name(run: Run) -> str:
    """Return the project."""
    return run.project


def join(run: Run, exit_code: int | None = None) -> None:
    """Finish the run."""
    run.finish(exit_code)


def plot_table(run: Run, *args: Any, **options: Any) -> Any:
    """Return a chart of the script's own design."""
    from sweepcli.sdk import plot  # noqa: PLC0415 -- for scripts that draw

    del run
    return plot.plot_table(*args, **options)
