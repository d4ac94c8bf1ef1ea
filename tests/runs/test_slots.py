from __future__ import annotations

import pytest

from sweepcli.errors import UsageError
from sweepcli.runs import slots
from sweepcli.runs.slots import Layout, Slot

FOUR = {"CUDA_VISIBLE_DEVICES": "0,1,2,3"}


def layout(
    environ: dict[str, str] | None = None,
    *,
    jobs: int | None = None,
    gpus: str | None = None,
    per_run: int | None = None,
    per_gpu: int | None = None,
) -> Layout:
    return slots.layout(
        jobs=jobs, gpus=gpus, gpus_per_run=per_run, runs_per_gpu=per_gpu, environ=environ or {}
    )


@pytest.mark.parametrize(("jobs", "number"), [(None, 1), (1, 1), (3, 3)])
def test_without_gpus_there_are_as_many_slots_as_jobs(jobs: int | None, number: int) -> None:
    assert layout(FOUR, jobs=jobs) == Layout(tuple(Slot(n) for n in range(number)))


def test_a_slot_without_gpus_leaves_the_devices_as_they_are() -> None:
    assert Slot(2).environment() == {"SWEEPCLI_SLOT": "2", "SWEEPCLI_GPUS": ""}


def test_a_slot_with_gpus_names_them_in_every_variable() -> None:
    assert Slot(0, ("4", "5"), ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES")).environment() == {
        "SWEEPCLI_SLOT": "0",
        "SWEEPCLI_GPUS": "4,5",
        "CUDA_VISIBLE_DEVICES": "4,5",
        "HIP_VISIBLE_DEVICES": "4,5",
    }


def test_all_gpus_are_all_that_the_environment_allows_one_for_each_slot() -> None:
    found = layout(FOUR, gpus="all")

    assert [slot.gpus for slot in found.slots] == [("0",), ("1",), ("2",), ("3",)]
    assert [slot.number for slot in found.slots] == [0, 1, 2, 3]
    assert {slot.variables for slot in found.slots} == {("CUDA_VISIBLE_DEVICES",)}
    assert found.notes == ("4 runs at a time on GPUs 0, 1, 2, 3",)


def test_how_many_gpus_a_run_has_is_enough_to_ask_for_them() -> None:
    found = layout({"CUDA_VISIBLE_DEVICES": "0,1,2,3,4"}, per_run=2)
    assert [slot.gpus for slot in found.slots] == [("0", "1"), ("2", "3")]
    assert found.notes[1] == "1 of 5 GPUs not used: 4"


def test_runs_that_share_gpus_are_spread_over_them() -> None:
    found = layout(FOUR, gpus="2,0", per_gpu=2)
    assert [slot.gpus for slot in found.slots] == [("2",), ("0",), ("2",), ("0",)]


def test_fewer_jobs_than_there_is_room_for_take_the_first_gpus() -> None:
    found = layout(FOUR, gpus="all", jobs=1)
    assert [slot.gpus for slot in found.slots] == [("0",)]
    assert found.notes == ("one run at a time on GPU 0", "3 of 4 GPUs not used: 1, 2, 3")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"jobs": 5}, "-j 5: there is room for 4 at a time on GPUs 0, 1, 2, 3; --runs-per-gpu K"),
        ({"per_run": 8}, "--gpus-per-run 8: only 4 GPUs: 0, 1, 2, 3"),
    ],
)
def test_more_than_there_is_is_wrong_usage(options: dict[str, int], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        layout(FOUR, gpus="all", **options)
