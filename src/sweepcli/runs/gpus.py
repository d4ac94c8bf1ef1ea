"""Which GPUs an agent may use, and the environment variables that assign them to a program.

Variables that a person or a scheduler such as SLURM has set are a limit, never exceeded.
"""

from __future__ import annotations

import os
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

CUDA, HIP, ROCR = "CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"
BOTH = (CUDA, HIP)
KFD = "/sys/class/kfd/kfd/topology/nodes"  # where Linux lists AMD's
ASK_S = 20.0  # for a driver that has to wake up
NONE_FOUND = (
    "no GPU found: {why}; use `-j N` for N runs at a time without GPUs, or name the GPUs: "
    "`--gpus 0,1`"
)


class Gpus(NamedTuple):
    """Devices, as the variables name them."""

    devices: tuple[str, ...]
    variables: tuple[str, ...]


def chosen(wanted: str, environ: Mapping[str, str], *, kfd: str = KFD) -> Gpus:
    """Return the GPUs that `all`, or a list such as `0,1`, names.

    Raises UsageError for a list that is invalid or exceeds what the environment allows, and for
    `all` if there is none.
    """
    variables, allowed = _inherited(environ)
    if wanted.strip().lower() == "all":
        return Gpus(_all(environ, variables[0], allowed, kfd), variables)
    listed = tuple(device.strip() for device in wanted.split(","))
    if not all(map(_is_device, listed)) or len(set(listed)) < len(listed):
        raise UsageError(f"--gpus {wanted!r}: write `all`, or a list without repetition: 0,1")
    for device in listed:
        if allowed is not None and device not in allowed:
            raise UsageError(
                f"--gpus {wanted!r}: {device} is not among those that {variables[0]} allows: "
                f"{', '.join(allowed) or 'none'}"
            )
    return Gpus(listed, variables)


def _inherited(environ: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """Return the variables to set, and the devices that they already list, if they are set."""
    given = [name for name in BOTH if name in environ]
    # ROCm applies both of its variables, one after the other, so only one is set.
    variables = tuple(given) or ((ROCR,) if ROCR in environ else BOTH)
    if variables[0] not in environ:
        return variables, None
    listed = (device.strip() for device in environ[variables[0]].split(","))
    # Like CUDA: everything from the first invalid device on, such as -1, is hidden.
    return variables, tuple(dict.fromkeys(takewhile(_is_device, listed)))


def _is_device(name: str) -> bool:
    return name.isdigit() or name.upper().startswith(("GPU-", "MIG-"))


def _all(
    environ: Mapping[str, str], variable: str, allowed: tuple[str, ...] | None, kfd: str
) -> tuple[str, ...]:
    found = (_nvidia(environ) or _amd(kfd)) if allowed is None else allowed
    if not found:
        nowhere = f"`nvidia-smi -L` lists none, and there is none of AMD's in {kfd}"
        why = nowhere if allowed is None else f"{variable} hides all"
        raise UsageError(NONE_FOUND.format(why=why))
    return found


def _nvidia(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the indexes that nvidia-smi lists, or the parts of GPUs that are split (MIG)."""
    import subprocess  # noqa: PLC0415 -- slow to import, and only for --gpus all

    try:
        answer = subprocess.run(
            ["nvidia-smi", "-L"],
            capture_output=True,
            check=True,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=ASK_S,
        ).stdout
    except (OSError, ValueError, subprocess.SubprocessError):
        return ()
    parts: dict[str, list[str]] = {}  # of each GPU; none if it is not split
    index = ""
    for line in answer.splitlines():
        if line.startswith("GPU "):
            index = line.split(":")[0].removeprefix("GPU ").strip()
            parts[index] = []
        elif line.strip().startswith("MIG ") and index and "UUID: " in line:
            parts[index].append(line.rpartition("UUID: ")[2].strip(" )"))
    return tuple(device for whole, own in parts.items() for device in own or (whole,))


def _amd(kfd: str) -> tuple[str, ...]:
    """Return the indexes of AMD's GPUs, counted over those that we may use."""
    try:
        nodes = os.listdir(kfd)
    except OSError:
        return ()
    count = sum(_is_gpu(os.path.join(kfd, node, "gpu_id")) for node in nodes)
    return tuple(str(index) for index in range(count))


def _is_gpu(path: str) -> bool:
    """Return whether a node is a GPU for us; one without a GPU has the id 0."""
    try:
        with open(path, encoding="ascii") as file:
            return file.read().strip() not in ("", "0")
    except OSError:  # a GPU that is hidden from this container or job
        return False
