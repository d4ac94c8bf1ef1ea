from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

import pytest

import sweepcli
from training_folder import Folder


def test_run_has_what_the_agent_gave(folder: Folder) -> None:
    run = sweepcli.init(name="first", tags=["a"], notes="n", group="g", job_type="train")

    assert (run.id, run.sweep_id, run.path) == ("run00001", "sweep001", "me/digits/run00001")
    assert (run.entity, run.project, run.dir) == ("me", "digits", str(folder.path))
    assert (run.name, run.tags, run.notes) == ("first", ("a",), "n")
    assert (run.group, run.job_type, run.url, run.offline) == ("g", "train", None, True)
    assert (run.disabled, run.resumed, run.step) == (False, False, 0)
    assert sweepcli.run is run


def test_first_events_introduce_the_run(folder: Folder) -> None:
    run = sweepcli.init(name="first")

    run.tags = ["late"]

    first, second = folder.events("init")
    assert (first["name"], first["tags"], first["project"]) == ("first", [], "digits")
    assert (second["name"], second["tags"]) == ("first", ["late"])
    assert "_timestamp" in first


def test_every_init_has_an_id_of_its_own_on_all_that_it_writes(folder: Folder) -> None:
    for _ in range(2):
        with sweepcli.init(reinit=True) as run:
            run.define_metric("loss", summary="min")
            run.log({"loss": 1})
            run.summary["best"] = 1

    kinds = ("init", "config", "define_metric", "summary", "finish")
    told = [{event["_init"] for event in folder.events(kind)} for kind in kinds]
    assert [len(each) for each in told] == [2] * 5
    assert all(each == told[0] for each in told)


def test_sweep_ignores_where_the_script_wants_to_be(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    run = sweepcli.init(project="mine", entity="them", id="abc")

    assert run.path == "me/digits/run00001"
    assert capsys.readouterr().err.splitlines() == [
        "sweepcli: WARNING Ignoring project 'mine' when running a sweep.",
        "sweepcli: WARNING Ignoring entity 'them' when running a sweep.",
        "sweepcli: WARNING Ignoring id 'abc' when running a sweep.",
    ]
    assert folder.events("init")[0]["project"] == "digits"


@pytest.mark.usefixtures("folder")
def test_second_init_returns_the_run_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    run = sweepcli.init()

    again = sweepcli.init()

    assert again is run
    assert "run run00001 continues" in capsys.readouterr().err


def test_init_after_finish_is_the_same_run_in_a_sweep(folder: Folder) -> None:
    first = sweepcli.init()
    first.log({"loss": 1})
    first.finish()

    second = sweepcli.init()

    assert second is not first
    assert second.id == first.id
    assert len(folder.events("init")) == 2


def test_init_takes_wandbs_arguments_and_refuses_others(folder: Folder) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'projekt'"):
        sweepcli.init(projekt="x")

    sweepcli.init(resume="allow", save_code=True, settings=None, sync_tensorboard=True)

    assert len(folder.events("init")) == 1


def current() -> sweepcli.Run | None:
    return sweepcli.run  # in a function of its own: mypy would take the first answer for ever


def test_run_is_none_outside(folder: Folder) -> None:
    seen = [current()]
    with sweepcli.init() as run:
        seen.append(current())
    seen.append(current())

    assert seen == [None, run, None]
    assert [event["exit_code"] for event in folder.events("finish")] == [0]


def raise_inside_a_run(error: BaseException) -> None:
    with sweepcli.init():
        raise error


@pytest.mark.parametrize(("error", "code"), [(ValueError(), 1), (SystemExit(0), 0)])
def test_with_block_writes_how_it_ended(error: BaseException, code: int, folder: Folder) -> None:
    with pytest.raises(type(error)):
        raise_inside_a_run(error)
    assert [event["exit_code"] for event in folder.events("finish")] == [code]


def test_finish_is_written_once_with_its_exit_code(folder: Folder) -> None:
    run = sweepcli.init()

    run.finish(exit_code=7, quiet=True)
    run.finish()
    sweepcli.finish()

    assert [event["exit_code"] for event in folder.events("finish")] == [7]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["id", "step", "nothing_of_the_kind"])
def test_other_attributes_cannot_be_set(name: str) -> None:
    run = sweepcli.init()
    with pytest.raises(AttributeError):
        setattr(run, name, 1)


def test_next_attempt_is_resumed(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWEEPCLI_ATTEMPT", "2")

    run = sweepcli.init()

    assert run.resumed
    assert folder.events("init")


def test_missing_param_file_is_an_error_with_its_name(folder: Folder) -> None:
    (folder.path / "params.json").unlink()

    with pytest.raises(sweepcli.Error, match=r"params\.json: cannot read the run's params"):
        sweepcli.init()

    assert not folder.events_path.exists()


def test_plain_run_has_a_folder_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with sweepcli.init(project="digits", entity="a/b", config={"lr": 1}) as run:
        run.log({"loss": 2})

    folder = tmp_path / "sweep-results" / "a-b" / "digits" / "runs" / run.id / "1"
    assert json.loads((folder / "params.json").read_text()) == {"lr": 1}
    assert '"loss": 2' in (folder / "events.jsonl").read_text()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"sweepcli: run {run.id} logs to {folder / 'events.jsonl'}\n"
    assert run.sweep_id is None
    assert run.id.isalnum()
    assert len(run.id) == 8


def test_plain_runs_follow_each_other_with_new_ids() -> None:
    first = sweepcli.init()
    first.finish()
    assert sweepcli.init().id != first.id


def test_plain_run_with_a_known_id_is_its_next_attempt(tmp_path: Path) -> None:
    sweepcli.init(id="mine", dir=tmp_path / "d").finish()

    run = sweepcli.init(id="mine", dir=tmp_path / "d")

    assert run.resumed
    assert run.dir == str(
        tmp_path / "d" / "sweep-results" / "me" / tmp_path.name / "runs" / "mine" / "2"
    )


@pytest.mark.parametrize("by", ["argument", "environment"])
def test_disabled_run_writes_nothing(
    by: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", "disabled" if by == "environment" else "offline")

    run = sweepcli.init(mode="disabled" if by == "argument" else None, config={"lr": 1})
    run.log({"loss": 2})
    run.finish()

    assert run.disabled
    assert (run.config.lr, run.summary["loss"], run.step) == (1, 2, 1)
    assert list(tmp_path.iterdir()) == []


def test_disabled_run_still_has_the_sweeps_params(folder: Folder) -> None:
    run = sweepcli.init(mode="disabled")
    assert run.config.lr == 0.1
    assert not folder.events_path.exists()


def test_preempting_is_written_once_among_the_rows(folder: Folder) -> None:
    run = sweepcli.init()

    sweepcli.mark_preempting()
    run.mark_preempting()
    run.log({"loss": 1})

    assert [sorted(event) for event in folder.events("preempting")] == [
        ["_event", "_init", "_timestamp"]
    ]
    run.finish()
    with pytest.raises(sweepcli.UsageError, match="mark_preempting"):
        sweepcli.mark_preempting()


def test_version_is_that_of_the_distribution() -> None:
    assert sweepcli.__version__ == metadata.version("sweepcli")


def test_messages_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert sweepcli.login(key="x")
    sweepcli.termlog("a")
    sweepcli.termwarn("b")
    sweepcli.termerror("c")

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "sweepcli: a\nsweepcli: WARNING b\nsweepcli: ERROR c\n"


def test_folds_of_a_script_that_clears_wandbs_variables_have_runs_of_their_own(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWEEPCLI_WANDB", "auto")
    monkeypatch.setenv("WANDB_SWEEP_ID", "sweep001")
    monkeypatch.setenv("SWEEPCLI_DIR", str(folder.path / "results"))
    whole = sweepcli.init()
    whole.log({"loss": 0.5})
    monkeypatch.delenv("WANDB_SWEEP_ID")

    for fold in range(2):
        run = sweepcli.init(group="sweep001", config={"fold": fold}, reinit="create_new")
        assert (run.id == whole.id, run.sweep_id, dict(run.config)) == (False, None, {"fold": fold})
        run.log({"loss": fold})
        run.finish()
    whole.log({"loss": 0.25})

    assert sweepcli.run is whole
    assert [row["loss"] for row in folder.rows()] == [0.5, 0.25]
    assert len([*folder.path.glob("results/*/*/runs/*/1/events.jsonl")]) == 2


def test_what_a_script_does_not_say_is_taken_from_wandbs_variables(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in {"NAME": "outside", "NOTES": "n", "TAGS": "a,b"}.items():
        monkeypatch.setenv(f"WANDB_{name}", text)
    with sweepcli.init() as run:
        assert (run.name, run.notes, run.tags) == ("outside", "n", ("a", "b"))
    with sweepcli.init(name="own", tags=[]) as run:
        assert (run.name, run.notes, run.tags) == ("own", "n", ())
    assert [event["name"] for event in folder.events("init")] == ["outside", "own"]
