"""The names of `import sweepcli` that follow the current run or wait for their first use."""

from __future__ import annotations

from types import ModuleType  # already there: json's own imports bring it

from sweepcli.sdk.session import SESSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from sweepcli.sdk.record import Record
    from sweepcli.sdk.run import Run


class Current:
    """Stands for the current run's config or summary, whichever run is current."""

    __slots__ = ("_name",)
    _name: str

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    def _record(self, use: str = "") -> Record:
        record: Record = getattr(SESSION.needed(self._name + use), self._name)
        return record

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by inspection, not by a script
            raise AttributeError(name)
        return getattr(self._record(f".{name}"), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._record(f".{name}"), name, value)

    def __getitem__(self, key: str) -> Any:
        return self._record(f"[{key!r}]")[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._record(f"[{key!r}]").update({key: value})

    def __contains__(self, key: object) -> bool:
        return key in self._record()

    def __iter__(self) -> Iterator[str]:
        return iter(self._record())

    def __len__(self) -> int:
        return len(self._record())

    def __repr__(self) -> str:
        return repr(self._record()) if SESSION.run else f"<sweepcli.{self._name} before init()>"

    def __reduce__(self) -> Any:
        return self._record().__reduce__()


CONFIG = Current("config")
SUMMARY = Current("summary")


class Package(ModuleType):
    """The class of the module `sweepcli`.

    The submodules `sweepcli.config` and `sweepcli.agent` share their names with what W&B's
    scripts read. Importing a submodule assigns it to the package; here that is ignored, so
    the scripts' names stay. Our own code writes `from sweepcli.config import ...`.
    """

    @property
    def run(self) -> Run | None:
        return SESSION.run

    @property
    def summary(self) -> Current:
        return SUMMARY

    @property
    def config(self) -> Current:
        return CONFIG

    @config.setter
    def config(self, value: Any) -> None:
        # `wandb.config = {...}` after init() stood in W&B's own guides for years.
        if not isinstance(value, ModuleType):
            CONFIG.update(value, allow_val_change=True)

    @property
    def agent(self) -> Callable[..., Any]:
        return _api("agent")

    @agent.setter
    def agent(self, value: Any) -> None:
        # Only an import of our own submodule assigns this name.
        del value

    @property
    def sweep(self) -> Callable[..., Any]:
        return _api("sweep")


def _api(name: str) -> Callable[..., Any]:
    from sweepcli import api  # noqa: PLC0415 -- loads stores and more, which a training script never needs

    function: Callable[..., Any] = getattr(api, name)
    return function
