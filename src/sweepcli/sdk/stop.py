"""How a run that is a function's call in this process is asked to end."""

from __future__ import annotations


class RunStopped(BaseException):  # `except Exception` in a training loop must not catch it
    """The agent that runs this function wants its run to end."""


class Stop:
    """The wish that the run at work ends, which an agent in another thread has."""

    __slots__ = ("is_wanted",)

    def __init__(self) -> None:
        self.is_wanted = False

    def set(self) -> None:
        self.is_wanted = True

    def clear(self) -> None:
        self.is_wanted = False


STOP = Stop()
