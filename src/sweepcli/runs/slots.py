"""The slots of an agent: one run at a time in each, with its own GPUs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli import env
from sweepcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.runs.gpus import Gpus


class Slot(NamedTuple):
    """A place for one run."""

    number: int  # from 0
    gpus: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()  # that assign GPUs to a program

    def environment(self) -> dict[str, str]:
        """Return the variables of a run in this slot; without GPUs it inherits the agent's."""
        listed = ",".join(self.gpus)
        own = {env.SLOT: str(self.number), env.GPUS: listed}
        return {**own, **dict.fromkeys(self.variables, listed)} if self.gpus else own


class Layout(NamedTuple):
    """An agent's slots, and what a person should know about them."""

    slots: tuple[Slot, ...]
    notes: tuple[str, ...] = ()


def layout(
    *,
    jobs: int | None,
    gpus: str | None,
    gpus_per_run: int | None,
    runs_per_gpu: int | None,
    environ: Mapping[str, str],
) -> Layout:
    """Return the slots that `agent`'s options ask for; all numbers from 1.

    Raises UsageError if they ask for more GPUs than there are.
    """
    if gpus is None and gpus_per_run is None and runs_per_gpu is None:
        return Layout(tuple(Slot(number) for number in range(jobs or 1)))
    from sweepcli.runs import gpus as detection  # noqa: PLC0415 -- only for machines with GPUs

    found = detection.chosen(gpus or "all", environ)
    return _on_gpus(found, jobs, gpus_per_run or 1, runs_per_gpu or 1)


def _on_gpus(found: Gpus, jobs: int | None, per_run: int, per_gpu: int) -> Layout:
    devices = found.devices
    if per_run > len(devices):
        raise UsageError(f"--gpus-per-run {per_run}: only {len(devices)} GPUs: {_list(devices)}")
    groups = [devices[at : at + per_run] for at in range(0, len(devices) - per_run + 1, per_run)]
    places = groups * per_gpu  # the first slots are spread over all GPUs
    if jobs is not None and jobs > len(places):
        raise UsageError(
            f"-j {jobs}: there is room for {len(places)} at a time on GPUs {_list(devices)}; "
            "--runs-per-gpu K lets K runs share each"
        )
    slots = tuple(
        Slot(number, group, found.variables) for number, group in enumerate(places[:jobs])
    )
    many = f"{len(slots)} runs at a time" if len(slots) > 1 else "one run at a time"
    used = tuple(dict.fromkeys(device for slot in slots for device in slot.gpus))
    notes = [f"{many} on GPU{'s' if len(used) > 1 else ''} {_list(used)}"]
    if idle := [device for device in devices if device not in used]:
        notes.append(f"{len(idle)} of {len(devices)} GPUs not used: {_list(idle)}")
    return Layout(slots, tuple(notes))


def _list(devices: tuple[str, ...] | list[str]) -> str:
    return ", ".join(devices)
