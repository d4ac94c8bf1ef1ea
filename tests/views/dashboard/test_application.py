"""What the page is told, by a real server about a real store."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import filled_store as filled
from kept_code import COMMIT, PACKAGES, PATCH, A, B, keep_environment, keep_version
from served_page import Served, serving
from support import PATIENCE_S, grid, place, shell, until
from sweepcli.records import JSON, Sweep, SweepConfig, SweepState
from sweepcli.stores import open_store
from sweepcli.views import status
from sweepcli.views.dashboard import answers


def test_the_list_has_every_sweep(served: Served) -> None:
    [found] = served.ask("/api/sweeps").json["sweeps"]

    assert found["path"] == "someone/things/s1"
    assert found["states"] == {"failed": 4, "finished": 96}
    assert found["metric"] == {"name": "val_loss", "goal": "minimize", "target": None}
    best = min(range(1, 101), key=lambda n: (n % 25 == 0, filled.value_of(filled.params_of(n))))
    assert found["best"]["number"] == best


def test_a_sweep_whose_config_cannot_be_read_is_left_out_of_the_list(tmp_path: Path) -> None:
    filled.fill(str(tmp_path), 1)
    config = SweepConfig("random", (), raw={"method": "random", "parameters": {"x": {}}})
    with serving(str(tmp_path)) as served, closing(open_store(str(tmp_path))) as store:
        store.add_sweep(Sweep("newer", "me", "demo", SweepState.PENDING, config, 1.0))

        found = served.ask("/api/sweeps").json["sweeps"]

    assert [sweep["id"] for sweep in found] == ["s1"]


def test_a_sweep_tells_its_axes_failures_and_config(served: Served) -> None:
    found = served.ask("/api/sweeps/s1").json

    scales = {axis["name"]: axis["scale"] for axis in found["parameters"]}
    assert scales["lr"] == "log"
    assert scales["net.dropout"] == "linear"
    [failure] = found["failures"]
    assert (failure["count"], failure["runs"][0]) == (4, "s1r100")
    assert "log_uniform_values" in found["config"]


def test_a_sweep_tells_what_finished_without_its_metric(tmp_path: Path) -> None:
    config = {**grid(1, shell("echo loss: 0.5")), "metric": {"name": "loss"}}
    with place(tmp_path, config) as here:
        here.run()
        with serving(here.results) as served:
            found = served.ask("/api/sweeps/s1").json["without_metric"]

    assert (found["runs"], found["metric"], found["value"]) == (1, "loss", 0.5)
    assert found["metrics_from"] == r"metrics_from: {output: '\bloss: {loss}'}"


def test_the_code_of_a_sweep_and_of_a_run_is_told(tmp_path: Path) -> None:
    results = str(tmp_path)
    filled.fill(results, 3)
    keep_version(results, A, patch=PATCH)
    known = {"code": A, "environment": keep_environment(results)}
    filled.change_runs(results, "number = 1", **known)
    filled.change_runs(results, "number = 2", code=B)
    with serving(results) as served:
        sweep = served.ask("/api/sweeps/s1").json
        [first, second, third] = [served.ask(f"/api/runs/s1r{n}").json for n in (1, 2, 3)]
        patches = [served.ask(f"/api/runs/s1r{n}/patch").json for n in (1, 2, 3)]

    assert sweep["code"][0] == "2 versions of the code: runs 1, 2"
    assert (first["run"]["code"], first["code_details"]["commit"]) == (A, COMMIT)
    assert first["environment_details"]["packages"] == PACKAGES
    assert (second["run"]["code"], second["code_details"]) == (B, None)
    assert (third["run"]["code"], third["environment_details"]) == (None, None)
    assert patches[0] == {"text": PATCH, "size": len(PATCH), "is_whole": True}
    assert [each["text"] for each in patches[1:]] == ["", ""]


def test_runs_come_as_columns_of_equal_length(served: Served) -> None:
    found = served.ask("/api/sweeps/s1/runs").json

    columns = {k: v for k, v in found["columns"].items() if isinstance(v, list)}
    named = {**found["columns"]["params"], **found["columns"]["summary"]}
    assert {len(column) for column in [*columns.values(), *named.values()]} == {100}
    assert named["net.width"][0] == filled.params_of(1)["net"]["width"]
    assert named[filled.SCRIPT][0] in ("<b>one</b>", "two")
    assert columns["value"][24] is None


def test_only_what_has_changed_is_sent_again(tmp_path: Path) -> None:
    filled.fill(str(tmp_path), 50)
    with serving(str(tmp_path)) as served, closing(open_store(str(tmp_path))) as store:
        cursor = served.ask("/api/sweeps/s1/runs").json["cursor"]
        filled.add_running(store)
        since = f"/api/sweeps/s1/runs?since={cursor}"
        until(lambda: served.ask(since).json["columns"]["id"])
        found = served.ask(since).json

    assert not found["full"]
    assert found["columns"]["id"] == ["s1r51"]
    assert found["columns"]["state"] == ["running"]


def test_importance_is_told_with_its_method(served: Served) -> None:
    found = served.ask("/api/sweeps/s1/importance").json

    assert found["parameters"][0]["name"] == "lr"
    assert found["parameters"][0]["share"] > 0.5
    assert found["runs"] == 96
    assert found["method"]


def test_an_expression_finds_runs(served: Served) -> None:
    found = served.ask("/api/sweeps/s1/matching?filter=state+%3D%3D+'failed'").json
    assert found == {"numbers": [25, 50, 75, 100]}


@pytest.mark.parametrize("text", ["vall_loss%20%3E%201", "state%20%3D%3D", "__import__('os')"])
def test_a_bad_expression_is_told(served: Served, text: str) -> None:
    reply = served.ask(f"/api/sweeps/s1/matching?filter={text}")
    assert reply.status == 422
    assert reply.json["error"]


@pytest.mark.parametrize(
    "path",
    ["/api/sweeps/none", "/api/sweeps/none/runs", "/api/runs/none", "/api/runs/none/output", "/x"],
)
def test_what_is_not_there_is_said_so(served: Served, path: str) -> None:
    reply = served.ask(path)
    assert (reply.status, list(reply.json)) == (404, ["error"])


def test_buttons_reach_the_store(tmp_path: Path) -> None:
    filled.fill(str(tmp_path), 5)
    with serving(str(tmp_path)) as served, closing(open_store(str(tmp_path))) as store:
        replies = [served.change("s1", verb) for verb in ("pause", "resume", "stop", "pause")]
        state = store.sweep("s1").state

    assert [reply.status for reply in replies] == [200, 200, 200, 409]
    told = [[reply.json[name] for name in ("before", "state", "status")] for reply in replies[:3]]
    assert told[0] == ["running", "paused", "paused"]
    assert told[2] == ["running", "finished", "finished"]
    assert replies[3].json == {"error": "Cannot pause finished sweep."}
    assert state is SweepState.FINISHED


def test_a_sweep_that_is_resumed_with_nothing_left_is_said_to_be_over(tmp_path: Path) -> None:
    filled.fill(str(tmp_path), 5, config={**filled.CONFIG, "run_cap": 5})
    with serving(str(tmp_path)) as served:
        reply = served.change("s1", "resume").json

    assert (reply["state"], reply["status"]) == ("finished", "finished")
    assert reply["stuck"].startswith(
        "nothing can run: the run_cap of 5 is reached, so the sweep is finished; for more runs"
    )


@pytest.mark.parametrize("body", [{"verb": "explode"}, {}, [], "pause", {"verb": ["pause"]}])
def test_a_change_that_there_is_not_is_refused(served: Served, body: JSON) -> None:
    reply = served.ask("/api/sweeps/s1/state", "POST", body, **{"X-Sweepcli": "1"})
    assert reply.status == 422
    assert "is not one of stop, cancel, pause, resume" in reply.json["error"]


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a sweep of two real runs that log, print, and fail the second time."""
    code = (
        "import os, sys, sweepcli\n"
        "with sweepcli.init() as run:\n"
        "    for step in range(2000):\n"
        "        run.log({'loss': float('nan') if step == 7 else 1 / (step + 1), 'é': step})\n"
        "print('<b>done</b>')\n"
        "sys.exit(run.config.x == 2)\n"
    )
    folder = tmp_path_factory.mktemp("logged")
    (folder / "train.py").write_text(code)
    command = [sys.executable, str(folder / "train.py"), "--key=${envvar:HOME}"]
    config = grid(2, command, metric={"name": "loss", "goal": "minimize"})
    with place(folder, config) as there:
        there.run()
        with serving(there.results) as server:
            yield server


def the_run(logged: Served, number: int) -> str:
    found = logged.ask("/api/sweeps/s1/runs").json["columns"]
    run_id: str = found["id"][found["number"].index(number)]
    return run_id


def test_a_run_tells_its_curves_attempts_and_command(logged: Served) -> None:
    found = logged.ask(f"/api/runs/{the_run(logged, 2)}").json

    assert (found["run"]["state"], found["run"]["exit_code"]) == ("failed", 1)
    assert [attempt["rows"] for attempt in found["attempts"]] == [2000]
    assert sorted(found["curves"]) == ["loss", "é"]
    assert 400 < len(found["curves"]["loss"]["steps"]) <= 500
    assert found["environment"]["SWEEPCLI_RUN_ID"] == found["run"]["id"]


def test_a_variable_of_the_environment_is_not_kept_with_the_command(logged: Served) -> None:
    found = logged.ask(f"/api/runs/{the_run(logged, 1)}").json
    assert found["command"].endswith("'--key=${envvar:HOME}'")
    assert os.environ["HOME"] not in json.dumps(found["environment"])


def test_the_page_copies_the_arguments_that_a_run_had_and_not_a_form_of_its_own(
    logged: Served,
) -> None:
    run = logged.ask(f"/api/runs/{the_run(logged, 1)}").json
    assert run["arguments"] == '--key="${HOME}"'
    assert logged.ask("/api/sweeps/s1").json["best_arguments"] == run["arguments"]


def test_curves_of_runs_are_compared(logged: Served) -> None:
    ids = [the_run(logged, 1), the_run(logged, 2)]
    found = logged.ask(f"/api/sweeps/s1/curves?runs={','.join(ids)}").json

    assert (found["key"], found["keys"]) == ("loss", ["loss", "é"])
    assert sorted(found["curves"]) == sorted(ids)
    assert "NaN" in found["curves"][ids[0]]["values"]


def test_a_run_of_another_sweep_is_not_compared(logged: Served) -> None:
    assert logged.ask(f"/api/sweeps/none/curves?runs={the_run(logged, 1)}").status == 404


def test_output_is_read_from_where_one_was(logged: Served) -> None:
    path = f"/api/runs/{the_run(logged, 1)}/output"
    whole = logged.ask(path).json
    rest = logged.ask(f"{path}?from=3").json
    after = logged.ask(f"{path}?from={whole['next']}").json

    assert whole["text"] == "<b>done</b>\n"
    assert (rest["from"], rest["text"]) == (3, "done</b>\n")
    assert (after["text"], after["size"]) == ("", 12)


def test_an_attempt_that_never_was_has_no_output(logged: Served) -> None:
    found = logged.ask(f"/api/runs/{the_run(logged, 1)}/output?attempt=9").json
    assert "not here" in found["missing"]


def test_output_of_another_machine_is_told_with_the_last_lines_of_it(served: Served) -> None:
    failed = served.ask("/api/runs/s1r25/output").json
    run = served.ask("/api/runs/s1r25").json

    assert failed["text"] == f"RuntimeError: no luck with {filled.SCRIPT}"
    assert failed["missing"] == (
        "The output is not here: it is on elsewhere: someone/things/s1/runs/s1r25/1/output.log in "
        "the results directory there. The database has its last lines."
    )
    assert run["folder_host"] == "elsewhere"


def test_a_folder_that_is_here_has_no_other_host(logged: Served) -> None:
    assert logged.ask(f"/api/runs/{the_run(logged, 1)}").json["folder_host"] is None


def test_a_change_of_the_store_is_an_event(tmp_path: Path) -> None:
    filled.fill(str(tmp_path), 5)
    with (
        serving(str(tmp_path)) as served,
        closing(open_store(str(tmp_path))) as store,
        closing(http.client.HTTPConnection(served.host, timeout=PATIENCE_S)) as connection,
    ):
        headers = {"Cookie": served.cookie, "Host": served.host}
        connection.request("GET", "/api/events?sweep=s1", headers=headers)
        reply = connection.getresponse()
        first = [reply.readline() for _ in range(3)]
        filled.add_running(store)
        second = [reply.readline() for _ in range(3)]

    assert first == second == [b"event: change\n", b'data: {"sweep": "s1"}\n', b"\n"]


def test_a_results_directory_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    results = str(tmp_path / "later")
    with serving(results) as served:
        before = served.ask("/api/sweeps").json["sweeps"]
        filled.fill(results, 1)
        after = served.ask("/api/sweeps").json["sweeps"]

    assert (before, len(after)) == ([], 1)


def test_a_browser_is_opened_without_the_token_on_its_command_line(tmp_path: Path) -> None:
    filled.fill(str(tmp_path / "results"), 1)
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    browser.write_text(
        f'#!/bin/sh\n(echo "$1"; cat "${{1#file://}}") > "{seen}.new"\n'
        f'ls -l "${{1#file://}}" >> "{seen}.new"; mv "{seen}.new" "{seen}"\n'
    )
    browser.chmod(0o755)
    served = Served(
        str(tmp_path / "results"),
        environment={"DISPLAY": ":9", "BROWSER": f"{browser} %s", "SSH_CONNECTION": ""},
    )
    until(seen.exists)
    name, *content, listed = seen.read_text().splitlines()
    is_there = [os.path.exists(name.removeprefix("file://"))]
    served.process.terminate()
    served.process.communicate(timeout=PATIENCE_S)
    is_there.append(os.path.exists(name.removeprefix("file://")))

    assert served.token not in name
    assert served.address in "".join(content)
    assert listed.startswith("-rw-------")
    assert (is_there, served.process.returncode) == ([True, False], 0)


def test_ctrl_c_ends_it_at_once_though_a_page_is_open(tmp_path: Path) -> None:
    filled.fill(str(tmp_path), 5)
    with (
        serving(str(tmp_path)) as served,
        closing(http.client.HTTPConnection(served.host, timeout=PATIENCE_S)) as connection,
    ):
        headers = {"Cookie": served.cookie, "Host": served.host}
        connection.request("GET", "/api/events", headers=headers)
        connection.getresponse().readline()
        served.process.send_signal(signal.SIGINT)
        _, errors = served.process.communicate(timeout=PATIENCE_S)

    assert served.process.returncode == 0
    assert errors.splitlines()[-1] == "sweepcli: The page is no longer served"
    assert "Traceback" not in errors


def test_a_port_that_is_taken_is_said_so(served: Served) -> None:
    port = served.host.rpartition(":")[2]
    with pytest.raises(AssertionError, match=f"--port {port}: Address already in use"):
        Served(served.results, "--port", port)


def test_a_sweep_that_there_is_not_is_said_so(served: Served) -> None:
    with pytest.raises(AssertionError, match="no sweep 'none'"):
        Served(served.results, "none")


def test_a_database_that_cannot_be_read_is_said_so_and_may_come_back(tmp_path: Path) -> None:
    filled.fill(str(tmp_path), 3)
    with serving(str(tmp_path)) as served:
        with closing(sqlite3.connect(tmp_path / "sweeps.db")) as connection, connection:
            connection.execute("INSERT INTO migrations VALUES ('999_of_a_newer_version', 1)")
        refused = served.ask("/api/sweeps/s1")
        with closing(sqlite3.connect(tmp_path / "sweeps.db")) as connection, connection:
            connection.execute("DELETE FROM migrations WHERE name = '999_of_a_newer_version'")
        again = served.ask("/api/sweeps/s1")

    assert refused.status == 503
    assert "newer version" in refused.json["error"]
    assert again.status == 200


def test_two_servers_have_ports_and_cookies_of_their_own(served: Served) -> None:
    with serving(served.results, "s1") as other:
        assert other.host != served.host
        assert other.address.startswith(f"http://{other.host}/sweep/s1?token=")
        assert other.ask("/api/sweeps", Cookie=served.cookie).status == 401


def test_the_page_is_told_which_number_counts(tmp_path: Path) -> None:
    metric = {"name": "loss", "goal": "minimize", "value": {"last": 5}}
    with place(tmp_path, grid(3, metric=metric)) as here:
        found = status.brief(here.store, here.store.sweep("s1"), 1.0)
    assert answers.sweep_line(found)["metric"]["counted"] == "mean of the last 5"
    assert found.record("results")["metrics"] == [{**metric, "over": None}]
