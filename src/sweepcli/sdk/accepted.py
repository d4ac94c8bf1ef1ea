"""What scripts ask of W&B's service: taken, as far as it has a meaning on one machine."""

from __future__ import annotations

from sweepcli import messages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sweepcli.sdk.run import Run


class AlertLevel:
    """How urgent an alert is."""

    INFO, WARN, ERROR = "INFO", "WARN", "ERROR"


class ArtifactTTL:
    """How long an artifact is kept: here as long as its folder."""

    INHERIT = "INHERIT"


class Settings:
    """Takes whatever it is given; what was not given is None."""

    def __init__(self, **given: Any) -> None:
        self.__dict__.update(given)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None


class Graph:
    """A model's graph, which is not drawn here."""

    def __init__(self, *_: Any, **__: Any) -> None:
        messages.warn("Graph() does nothing here: there is no page to show.")


class Controller:
    """Stands for W&B's local controller: every agent here is its sweep's."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: None

    def done(self) -> bool:
        """Return True: there is nothing to do."""
        return True


def controller(*_: Any, **__: Any) -> Controller:
    """Return a controller that has nothing to do."""
    messages.warn("controller() does nothing here: every agent is its sweep's controller.")
    return Controller()


def alert(run: Run, title: str, text: str, level: Any = None, wait_duration: Any = None) -> None:
    """Say it on stderr, and keep it with what the run logs."""
    del wait_duration  # alerts are no mails, of which there could be too many
    urgency = str(level or AlertLevel.INFO)
    messages.say(f"{title}: {text}", level=f"ALERT {urgency}")
    run.write_event("alert", {"title": title, "text": text, "level": urgency})


def box3d(**parts: Any) -> dict[str, Any]:
    """Return a box in a cloud of points."""
    return parts


def setup(settings: Any = None) -> None:
    """Accept settings: there is no service to start."""
    del settings


def teardown(exit_code: int | None = None) -> None:
    """Accept the end: there is no service to end."""
    del exit_code
