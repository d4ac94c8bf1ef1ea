"""Callbacks for Keras that log each epoch, as W&B's callbacks of these names do.

Keras itself is not loaded: it accepts any object with the methods of its callbacks.
"""

from __future__ import annotations

from sweepcli.sdk.session import SESSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class _Callback:
    """The methods that Keras calls, which do nothing here."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.model: Any = None
        self.params: Any = None

    def set_model(self, model: Any) -> None:
        self.model = model

    def set_params(self, params: Any) -> None:
        self.params = params

    def __getattr__(self, name: str) -> Any:
        if name.startswith("on_"):
            return lambda *_, **__: None
        raise AttributeError(name)


class WandbCallback(_Callback):
    """Logs the epoch and its metrics under their own names, and the best of one of them.

    `monitor` and `mode` say which; the best value and its epoch go into the summary.
    """

    def __init__(self, monitor: str = "val_loss", mode: str = "auto", **_: Any) -> None:
        super().__init__()
        self._monitor = monitor
        self._is_larger_better = mode == "max" or (mode == "auto" and "acc" in monitor)
        self._best: float | None = None

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Log the epoch's metrics."""
        run = SESSION.needed("WandbCallback")
        run.log({"epoch": epoch, **(logs or {})})
        value = (logs or {}).get(self._monitor)
        if value is not None and self._is_better(float(value)):
            self._best = float(value)
            run.summary.update({f"best_{self._monitor}": self._best, "best_epoch": epoch})

    def _is_better(self, value: float) -> bool:
        if self._best is None:
            return True
        return value > self._best if self._is_larger_better else value < self._best


class WandbMetricsLogger(_Callback):
    """Logs each epoch's metrics as `epoch/NAME`, as W&B's callback of this name does."""

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Log the epoch's metrics."""
        metrics = {f"epoch/{name}": value for name, value in (logs or {}).items()}
        SESSION.needed("WandbMetricsLogger").log({**metrics, "epoch/epoch": epoch})


class WandbModelCheckpoint(_Callback):
    """Saves the model at the end of each epoch to a path that may hold `{epoch}` and metrics."""

    def __init__(self, filepath: Any, *_: Any, **__: Any) -> None:
        super().__init__()
        self._path = str(filepath)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Save the model."""
        self.model.save(self._path.format(epoch=epoch + 1, **(logs or {})))
