from __future__ import annotations

from pathlib import Path

from support import an_agent, claimed, end, grid, place, suggestions
from sweepcli.records import Ending, RunState
from sweepcli.views import failures
from sweepcli.views.failures import Failure

CHATTER = """Traceback (most recent call last):
ValueError: width must be even
\x1b[1;34mwandb\x1b[0m:
\x1b[1;34mwandb\x1b[0m: You can sync this run to the cloud by running:
wandb: Find logs at: somewhere/else/every/time
"""


def found(folder: Path, *ends: tuple[str, str | None]) -> list[Failure]:
    """Return the failures of runs with x = 0, 1, …, which ended with these reasons and outputs."""
    with place(folder, grid(len(ends))) as here:
        here.store.add_agent(an_agent())
        here.store.suggest("s1", suggestions(len(ends)), run_cap=None, now=1.0)
        for at, (reason, output) in enumerate(ends):
            ending = Ending(RunState.FAILED, 1, reason, 9.0 + at, output)
            end(here.store, claimed(here.store), ending)
        return failures.of(here.store, here.store.sweep("s1"))


def test_runs_that_an_earlier_version_recorded_are_explained_by_what_they_printed(
    tmp_path: Path,
) -> None:
    ends = [("exit code 1", f"{CHATTER}wandb: {number}\n") for number in range(3)]

    [group] = found(tmp_path, *ends)

    assert group.text == "exit code 1: ValueError: width must be even"
    assert len(group.runs) == 3


def test_failures_that_differ_by_a_value_are_one_group_told_by_the_newest(tmp_path: Path) -> None:
    said = ["bad lr 0.1", "no key 'a'", "bad lr 1e-05", "no key 'b'", "bad lr 3"]

    groups = found(tmp_path, *((f"exit code 1: ValueError: {each}", None) for each in said))

    assert [each.line for each in groups] == [
        "3 x exit code 1: ValueError: bad lr 3 (r4, r2, r0)",
        "1 x exit code 1: ValueError: no key 'b' (r3)",
        "1 x exit code 1: ValueError: no key 'a' (r1)",
    ]


def test_a_param_that_is_a_word_of_what_all_say_divides_no_group(tmp_path: Path) -> None:
    with place(tmp_path, grid(3)) as here:
        here.store.add_agent(an_agent())
        words = [
            suggestion._replace(params={"x": x})
            for (_, suggestion), x in zip(suggestions(3), ("bad", "lr", "tanh"), strict=True)
        ]
        here.store.suggest(
            "s1", [(f"r{at}", each) for at, each in enumerate(words)], run_cap=None, now=1.0
        )
        for at in range(3):
            end(here.store, claimed(here.store), Ending(RunState.FAILED, 1, "bad lr", 9.0 + at))

        assert [len(each.runs) for each in failures.of(here.store, here.store.sweep("s1"))] == [3]
