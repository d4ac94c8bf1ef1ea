from __future__ import annotations

import pytest

from command_lines import Call, Create


def runs(call: Call, path: str) -> dict[str, tuple[str, int]]:
    """Return the state and the attempt of each run, by the value of its param."""
    found = call(f"sweep runs --all --json {path}").json
    return {str(run["params"]["x"]): (run["state"], run["attempt"]) for run in found}


@pytest.mark.parametrize("flags", ["", "--failed", "--failed --crashed --killed"])
def test_what_failed_is_run_again_and_nothing_else(
    flags: str, call: Call, done: str, failed: str
) -> None:
    answer = call(f"sweep retry {done} {flags}")

    assert (answer.code, answer.out) == (0, f"{failed}\n")
    assert answer.err == f"sweepcli: 1 run will be tried again\nsweepcli: Next: agent {done}\n"
    assert call(f"agent {done}").out == "tried 2\n"
    assert runs(call, done) == {"3": ("finished", 1), "1": ("finished", 1), "2": ("failed", 2)}


def test_nothing_to_try_again_is_no_error(call: Call, done: str) -> None:
    answer = call(f"sweep retry {done} --crashed --killed")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err.startswith(f"sweepcli: no run of {done} is crashed or killed\n")


def test_a_run_that_is_named_is_tried_again_alone(call: Call, done: str, failed: str) -> None:
    assert call(f"sweep retry {done} {failed} {failed}").out == f"{failed}\n"
    again = call(f"sweep retry {done} {failed} --json")

    assert again.json == {"path": done, "runs": []}
    assert again.err == f"sweepcli: run {failed} already waits for an agent\n"


def test_a_run_that_finished_or_is_at_work_is_refused(call: Call, path: str) -> None:
    call(f"agent --count 1 {path}")
    handed_out = call(f"agent --next --json {path}").json["id"]

    [first, _] = call(f"sweep runs {path} --json").json
    finished = call(f"sweep retry {path} {first['id']}")
    at_work = call(f"sweep retry {path} {handed_out}")

    assert (finished.code, "has finished; only runs that" in finished.err) == (1, True)
    assert (at_work.code, "is running; only runs that" in at_work.err) == (1, True)


def test_a_run_that_is_unknown_or_another_sweep_s_changes_nothing(
    call: Call, done: str, failed: str
) -> None:
    other = call("sweep sweep.yaml").out.strip()
    assert "no run 'nope'" in call(f"sweep retry {done} {failed} nope").err
    assert "belongs to another sweep" in call(f"sweep retry {other} {failed}").err

    assert runs(call, done)["2"] == ("failed", 1)


def test_retries_asked_for_in_the_config_need_nobody(call: Call, created: Create) -> None:
    script = "[ $SWEEPCLI_ATTEMPT = 3 ] && [ $SWEEPCLI_RESUMED = true ]"
    path = created(
        f"method: grid\nmax_retries: 2\ncommand: [sh, -c, '{script}']\n"
        "parameters: {x: {values: [1]}}\n"
    )

    answer = call(f"agent --strict {path}")

    assert answer.err.count("; will be tried again; ") == 2
    assert (answer.code, runs(call, path)) == (0, {"1": ("finished", 3)})
