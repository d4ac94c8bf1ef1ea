"""`sweep rename`, `note` and `tag`: what people say counts, wherever it is kept and shown."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import shlex
import sysconfig
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from launching import created
from support import Place, shell
from sweepcli import folders, stores
from sweepcli.api.reading import Api, read
from sweepcli.cli import program
from sweepcli.cli.sweep import sweep as command
from sweepcli.records import JSON, Run, Suggestion, Sweep

SAYS = """
import sweepcli, sys
run = sweepcli.init(name="of the script", notes="first\\nsecond", tags=["base", "a, b"])
sweepcli.log({"loss": float(sys.argv[1])})
run.name = "of \\x1b[31mthe script"
"""
CONFIG = """
method: grid
name: of the config
description: what it is for
command: ["${interpreter}", says.py, "${args_no_hyphens}"]
metric: {name: loss}
parameters: {x: {values: [1, 2, 3]}}
"""
NAME = "of \\x1b[31mthe script"  # escaped: it commands no terminal


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a sweep of three runs, of which two have run."""
    monkeypatch.setenv("SWEEPCLI_DIR", str(tmp_path / "results"))
    (tmp_path / "says.py").write_text(SAYS.replace("sys.argv[1]", "sys.argv[1].split('=')[1]"))
    found = created(CONFIG)
    work(found, 2)
    with closing(stores.open_existing(os.path.abspath("results"))) as store:
        third = [("pending1", Suggestion("2", {"x": 3}))]
        store.suggest(found.rpartition("/")[2], third, run_cap=None, now=1.0)
    return found


def work(path: str, limit: int) -> None:
    with closing(stores.open_existing(os.path.abspath("results"))) as store:
        Place(os.path.abspath("results"), store).run(
            sweep_id=path.rpartition("/")[2], run_limit=limit
        )


def call(*words: str) -> int:
    return program.run(command, list(words))


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> JSON:
    capsys.readouterr()
    assert call(*words, "--json") == 0
    return json.loads(capsys.readouterr().out)


def sweep_now(path: str) -> Sweep:
    with closing(stores.open_existing(os.path.abspath("results"))) as store:
        return store.sweep(path.rpartition("/")[2])


def runs_now(path: str) -> list[Run]:
    with closing(stores.open_existing(os.path.abspath("results"))) as store:
        return store.runs(path.rpartition("/")[2])


def said(records: Sequence[Run | Sweep]) -> list[tuple[str | None, str | None, tuple[str, ...]]]:
    return [(each.name, each.notes, each.tags) for each in records]


def about_file(path: str, run_id: str) -> Path:
    return Path("results", path, folders.RUNS, run_id, folders.ABOUT)


def test_a_run_and_a_sweep_are_called_as_their_script_and_config_say(path: str) -> None:
    of_script = (NAME, "first\nsecond", ("base", "a", "b"))
    assert said(runs_now(path)) == [of_script, of_script, (None, None, ())]
    assert said([sweep_now(path)]) == [("of the config", "what it is for", ())]


def test_what_people_say_counts_and_comes_back_in_a_repair(path: str) -> None:
    first, second, third = (run.id for run in runs_now(path))
    for words in (
        ["rename", first, "the best"],
        ["note", first, "why"],
        ["tag", first, "keep", "b"],
        ["tag", first, "base", "--remove"],
        ["rename", second, ""],
        ["note", second, ""],
        ["rename", third, "to come"],
        ["rename", path, "mine"],
        ["note", path, ""],
        ["tag", path, "may"],
    ):
        assert call(*words) == 0
    expected = [("the best", "why", ("a", "b", "keep")), (None, None, ("base", "a", "b"))]
    assert said(runs_now(path)) == [*expected, ("to come", None, ())]
    assert said([sweep_now(path)]) == [("mine", None, ("may",))]

    work(path, 1)
    os.remove("results/sweeps.db")
    assert call("repair") == 0

    third_now = ("to come", "first\nsecond", ("base", "a", "b"))
    assert said(runs_now(path)) == [*expected, third_now]
    assert said([sweep_now(path)]) == [("mine", None, ("may",))]


def test_the_same_again_changes_nothing_and_is_fine(
    path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run_id = runs_now(path)[0].id
    for words in (["rename", run_id, "x"], ["note", run_id, "x"], ["tag", run_id, "x", "base"]):
        once, again = answer(capsys, *words), answer(capsys, *words)
        assert once == again
    assert again == {"path": path, "run": run_id, "name": "x", "notes": "x"} | {
        "tags": ["base", "a", "b", "x"]
    }
    removed = [answer(capsys, "tag", run_id, "x", "none", "--remove")["tags"] for _ in range(2)]
    assert removed == [["base", "a", "b"]] * 2


def test_a_run_that_is_tried_again_keeps_what_people_said(path: str) -> None:
    run_id = runs_now(path)[0].id
    assert call("rename", run_id, "mine") == 0
    assert call("tag", run_id, "base", "--remove") == 0
    with closing(stores.open_existing(os.path.abspath("results"))) as store:
        store.database.change("UPDATE runs SET state = 'failed' WHERE id = ?", (run_id,))
    assert call("retry", path, run_id) == 0
    work(path, 2)

    [run] = [run for run in runs_now(path) if run.id == run_id]
    assert (run.attempt, run.name, run.tags) == (2, "mine", ("a", "b"))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["rename", "one\ntwo"], "one line of visible characters"),
        (["rename", "\x1b[31mred"], "one line of visible characters"),
        (["rename", "x" * 201], "at most 200 characters"),
        (["note", "\x1b[2J"], "cannot be seen"),
        (["tag", "a,b"], "has no commas"),
        (["tag", " "], "cannot be empty"),
    ],
)
def test_what_cannot_be_a_name_notes_or_a_tag_is_refused(
    path: str, words: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = runs_now(path)
    verb, *rest = words
    assert call(verb, before[0].id, *rest) == 2
    assert why in capsys.readouterr().err
    assert runs_now(path) == before


def test_nothing_is_written_through_a_link_and_a_person_is_told(
    path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = runs_now(path)[0]
    folder = about_file(path, run.id).parent
    elsewhere = tmp_path / "elsewhere"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere)
    assert call("rename", run.id, "mine") == 0
    assert "cannot note this for `sweep repair`" in capsys.readouterr().err
    assert not (elsewhere / folders.ABOUT).exists()

    place = Path("results", path)
    place.rename(tmp_path / "moved")
    place.symlink_to(tmp_path / "moved")
    before = (place / folders.SWEEP_STATE).read_bytes()
    assert call("rename", path, "mine") == 0
    assert "a link leads there" in capsys.readouterr().err
    assert (place / folders.SWEEP_STATE).read_bytes() == before
    assert (runs_now(path)[0].name, sweep_now(path).name) == ("mine", "mine")


def test_on_a_full_disk_nothing_changes_and_the_error_is_one_line(
    path: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before, run_id = runs_now(path), runs_now(path)[0].id
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        for target in (run_id, path):
            assert call("rename", target, "mine") == 1
            assert capsys.readouterr().err.count("\n") == 1
    assert (runs_now(path), sweep_now(path).name) == (before, "of the config")
    assert {*os.listdir(f"results/{path}/runs/{run_id}")} == {"1", "checkpoints"}


# Where they are shown


@pytest.fixture
def named(path: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the sweep with words of people for it and for its best run."""
    run_id = runs_now(path)[0].id
    for words in (["rename", run_id, "the best"], ["tag", run_id, "keep"]):
        assert call(*words) == 0
    assert call("rename", path, "mine") == 0
    assert call("tag", path, "may") == 0
    capsys.readouterr()
    return path


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert call(*words) == 0
    return capsys.readouterr().out


def test_people_see_names_tags_and_notes(named: str, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, _ = (run.id for run in runs_now(named))
    shown_sweep = printed(capsys, "show", named)
    assert "name      mine\ntags      may\nnotes     what it is for\n" in shown_sweep
    assert f"best      {first} (the best): loss=1" in shown_sweep
    shown_run = printed(capsys, "show", "the best")
    assert "name     the best\ntags     base, a, b, keep\nnotes    first\n" in shown_run
    assert "\n         second\n" in shown_run
    assert "mine" in printed(capsys, "ls")
    assert f"run    {first} (the best)" in printed(capsys, "best", named)
    assert NAME in printed(capsys, "compare", first, second)
    table = printed(capsys, "runs", named, "--columns", "name,run.tags", "--filter", "number == 1")
    assert table.splitlines()[1:] == ["the best  base, a, b, keep"]
    assert "run.name" in printed(capsys, "runs", named).splitlines()[0]


def test_programs_read_names_tags_and_notes(named: str, capsys: pytest.CaptureFixture[str]) -> None:
    tags = ["base", "a", "b", "keep"]
    of_run = {"name": "the best", "notes": "first\nsecond", "tags": tags}
    of_sweep = {"name": "mine", "notes": "what it is for", "tags": ["may"]}
    first = runs_now(named)[0].id
    for words in (["show", first], ["best", named]):
        assert answer(capsys, *words).items() >= of_run.items()
    for words in (["show", named], ["top", named]):
        assert answer(capsys, *words).items() >= of_sweep.items()
    assert answer(capsys, "ls")[0].items() >= of_sweep.items()
    assert answer(capsys, "compare", first)["runs"][0].items() >= of_run.items()
    assert answer(capsys, "runs", named, "--filter", "'keep' in tags")[0].items() >= of_run.items()
    chosen = answer(capsys, "runs", named, "--columns", "run.name,tags", "--limit", "1")
    assert chosen == [{"run.name": "the best", "tags": tags}]
    assert "- keep\n" in printed(capsys, "best", named, "--format", "yaml")

    rows = list(csv.DictReader(io.StringIO(printed(capsys, "export", named))))
    assert [row["run.name"] for row in rows] == ["the best", NAME, ""]
    assert [json.loads(row["run.tags"] or "[]") for row in rows] == [tags, ["base", "a", "b"], []]
    html = Path("page.html")
    assert call("export", named, "-o", str(html)) == 0
    assert '"run.name": ["the best"' in html.read_text("utf-8")


def test_python_reads_names_tags_and_notes(named: str) -> None:
    api = Api()
    sweep = api.sweep(named)
    assert (sweep.name, sweep.notes, sweep.tags) == ("mine", "what it is for", ["may"])
    first, second, third = sweep.runs
    assert (first.name, second.name, third.name) == ("the best", NAME, third.id)
    assert (first.notes, first.tags) == ("first\nsecond", ["base", "a", "b", "keep"])
    assert [run.id for run in api.runs("demo", filters={"tags": "keep"})] == [first.id]
    assert [run.id for run in api.runs("demo", filters={"display_name": NAME})] == [second.id]
    assert [row["run.tags"] for row in read(named)][2] is None


def test_a_run_may_be_named_while_it_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWEEPCLI_DIR", str(tmp_path / "results"))
    program = shlex.quote(os.path.join(sysconfig.get_path("scripts"), "sweep"))
    says = '{"_event": "init", "name": "of the script", "tags": ["late"]}'
    steps = f"""
        {program} rename $SWEEPCLI_RUN_ID mine && {program} tag $SWEEPCLI_RUN_ID early
        echo '{says}' >> $SWEEPCLI_EVENTS; echo '{{"loss": 1}}' >> $SWEEPCLI_EVENTS"""
    found = created(
        json.dumps({"method": "grid", "command": shell(steps), "parameters": {"x": {"value": 1}}})
    )
    work(found, 1)

    [run] = runs_now(found)
    assert (run.state, run.name, run.tags) == ("finished", "mine", ("late", "early"))
