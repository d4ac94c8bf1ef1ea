from __future__ import annotations

from pathlib import Path

import pytest

from sweepcli.errors import UsageError
from sweepcli.runs import gpus
from sweepcli.runs.gpus import BOTH

CUDA, HIP, ROCR = gpus.CUDA, gpus.HIP, gpus.ROCR
PLAIN = """GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-aaaa)
GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-bbbb)
"""
SPLIT = """GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-aaaa)
  MIG 3g.20gb     Device  0: (UUID: MIG-1111)
  MIG 3g.20gb     Device  1: (UUID: MIG-2222)
GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-bbbb)
"""


def machine(folder: Path, nvidia: str | None = None, amd: tuple[str, ...] = ()) -> dict[str, str]:
    """Make what a machine's drivers leave, and return the environment that finds it."""
    tools = folder / "bin"
    tools.mkdir()
    if nvidia is not None:
        tool = tools / "nvidia-smi"
        tool.write_text(f'#!/bin/sh\n[ "$1" = -L ] || exit 9\n/bin/cat <<END\n{nvidia}END\n')
        tool.chmod(0o755)
    for number, gpu_id in enumerate(amd):
        node = folder / "kfd" / str(number)
        node.mkdir(parents=True)
        (node / "gpu_id").write_text(f"{gpu_id}\n")
    return {"PATH": str(tools)}  # alone: the machine that tests may have a driver of its own


def found(wanted: str, environ: dict[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return gpus.chosen(wanted, environ, kfd=str(Path("kfd").absolute()))


@pytest.mark.parametrize(
    ("nvidia", "amd", "devices"),
    [
        (PLAIN, (), ("0", "1")),
        (SPLIT, (), ("MIG-1111", "MIG-2222", "1")),
        (None, ("0", "51002", "51003"), ("0", "1")),
        ("No devices were found\n", ("0", "51002"), ("0",)),
    ],
)
def test_all_is_what_the_driver_lists(
    nvidia: str | None, amd: tuple[str, ...], devices: tuple[str, ...], tmp_path: Path
) -> None:
    assert found("all", machine(tmp_path, nvidia, amd)) == (devices, BOTH)


@pytest.mark.parametrize(
    ("inherited", "devices", "variables"),
    [
        ({CUDA: "2,3"}, ("2", "3"), (CUDA,)),
        ({CUDA: "GPU-aaaa"}, ("GPU-aaaa",), (CUDA,)),
        ({CUDA: "0,1,-1,2"}, ("0", "1"), (CUDA,)),
        ({CUDA: "0,0,1"}, ("0", "1"), (CUDA,)),
        ({CUDA: "0,1", HIP: "0,1"}, ("0", "1"), BOTH),
        ({HIP: "1", ROCR: "0,1"}, ("1",), (HIP,)),
        ({ROCR: "4"}, ("4",), (ROCR,)),  # as SLURM sets it
    ],
)
def test_all_is_what_the_environment_leaves_and_the_driver_is_not_asked(
    inherited: dict[str, str],
    devices: tuple[str, ...],
    variables: tuple[str, ...],
    tmp_path: Path,
) -> None:
    environ = machine(tmp_path, "GPU 9: never asked\n")
    assert found("all", {**environ, **inherited}) == (devices, variables)


def test_a_gpu_that_is_withheld_does_not_hide_the_others(tmp_path: Path) -> None:
    environ = machine(tmp_path, amd=("0", "51002", "51003"))
    withheld = tmp_path / "kfd" / "1" / "gpu_id"
    withheld.unlink()
    withheld.mkdir()  # cannot be read, not even by root

    assert found("all", environ) == (("0",), BOTH)


def test_a_driver_that_fails_lists_nothing(tmp_path: Path) -> None:
    environ = machine(tmp_path, PLAIN, amd=("51002",))
    tool = tmp_path / "bin" / "nvidia-smi"
    tool.write_text(f"{tool.read_text()}exit 9\n")

    assert found("all", environ) == (("0",), BOTH)


def test_a_list_is_taken_as_it_is_without_asking(tmp_path: Path) -> None:
    assert found(" 1, GPU-aaaa,MIG-1111 ", machine(tmp_path)) == (
        ("1", "GPU-aaaa", "MIG-1111"),
        BOTH,
    )


@pytest.mark.parametrize("wanted", ["", "0,,1", "0,0", ",", "-1", "two", "cuda:0"])
def test_a_faulty_list_is_told(wanted: str) -> None:
    with pytest.raises(UsageError, match="write `all`, or a list without repetition"):
        found(wanted, {})


def test_a_device_that_the_environment_hides_is_refused() -> None:
    with pytest.raises(UsageError, match=r"2 is not among those that CUDA_.* allows: 0, 1"):
        found("0,2", {CUDA: "0,1"})


@pytest.mark.parametrize("hidden", ["", "-1", "-1,0", "NoDevFiles"])
def test_hidden_devices_are_none(hidden: str) -> None:
    with pytest.raises(
        UsageError, match=r"no GPU found: CUDA_VISIBLE_DEVICES hides all; use `-j N`"
    ):
        found("all", {CUDA: hidden})


def test_a_machine_without_gpus_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"`nvidia-smi -L` lists none, and .*kfd"):
        found("all", machine(tmp_path))
