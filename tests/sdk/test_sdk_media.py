"""What is saved as files: tables, pictures, artifacts and the like."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest

import sweepcli
from sweepcli import messages
from training_folder import Folder


@pytest.fixture(autouse=True)
def _warn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages.PROCESS, "counts", {})


def logged(folder: Folder, values: dict[str, Any]) -> dict[str, Any]:
    """Log values in a new run, and return the row."""
    sweepcli.finish()
    sweepcli.init().log(values)
    row = folder.rows()[-1]
    row.pop("_step")
    return row


def saved(folder: Folder, form: dict[str, Any]) -> bytes:
    """Return the content of the file that a form in the history names."""
    content: bytes = (folder.path / form["path"]).read_bytes()
    assert form["size"] == len(content)
    return content


def test_a_table_is_saved_as_json(folder: Folder) -> None:
    table = sweepcli.Table(columns=["a", "b"])
    table.add_data(1, "x")
    table.add_data(np.float32(2.5), None)

    form = logged(folder, {"my/table": table})["my/table"]

    assert (form["_type"], form["ncols"], form["nrows"]) == ("table-file", 2, 2)
    assert form["path"].startswith("media/table/my/table_0_")
    assert json.loads(saved(folder, form)) == {
        "columns": ["a", "b"],
        "data": [[1, "x"], [2.5, None]],
    }


def test_a_table_is_what_wandbs_is() -> None:
    table = sweepcli.Table(data=[[1, 2], [3, 4]], columns=["a", "b"])
    table.add_column("c", [5, 6])
    table.add_computed_columns(lambda number, row: {"d": number + row["a"]})

    assert table.columns == ["a", "b", "c", "d"]
    assert table.get_column("d") == [1, 4]
    assert table.get_column("a", convert_to="numpy").tolist() == [1, 3]
    assert [*table.iterrows()] == [(0, [1, 2, 5, 1]), (1, [3, 4, 6, 4])]
    assert table.get_index() == [0, 1]
    assert sweepcli.Table().columns == ["Input", "Output", "Expected"]
    with pytest.raises(sweepcli.UsageError, match="4 values, not 1"):
        table.add_data(1)
    with pytest.raises(sweepcli.UsageError, match="2 values, not 1"):
        table.add_column("e", [1])


class Frame:
    """What a data frame of pandas can do, as far as it matters."""

    columns = ("a", "b")
    shape, ndim, size = (2, 2), 2, 4

    def to_records(self) -> None:
        """Exist: only pandas has this."""

    def to_numpy(self) -> np.ndarray[Any, Any]:
        return np.array([[1, "x"], [3, "y"]], dtype=object)


def test_a_table_takes_a_data_frame() -> None:
    for table in (sweepcli.Table(dataframe=Frame()), sweepcli.Table(data=Frame())):
        assert (table.columns, table.data) == (["a", "b"], [[1, "x"], [3, "y"]])


def test_media_in_a_table_are_saved_too(folder: Folder) -> None:
    table = sweepcli.Table(columns=["page"], data=[[sweepcli.Html("<b>1</b>")]])
    form = logged(folder, {"t": table})["t"]

    [[cell]] = json.loads(saved(folder, form))["data"]
    assert cell["_type"] == "html-file"
    assert saved(folder, cell) == b"<b>1</b>"


@pytest.mark.parametrize("has_numpy", [True, False])
def test_histograms_are_in_the_history(
    has_numpy: bool, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not has_numpy:
        monkeypatch.delitem(sys.modules, "numpy")
    form = logged(folder, {"h": sweepcli.Histogram([0, 1, 1, 2, float("inf")], num_bins=2)})["h"]

    assert form == {"_type": "histogram", "values": [1, 3], "bins": [0, 1, 2]}


def test_histograms_of_nothing_and_of_one_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "numpy")
    assert sweepcli.Histogram([], num_bins=1).histogram == [0]
    assert sweepcli.Histogram([3, 3], num_bins=2).histogram == [0, 2]
    counted = sweepcli.Histogram(np_histogram=([1, 2], [0, 1, 2]))
    assert (counted.histogram, counted.bins) == ([1, 2], [0, 1, 2])
    with pytest.raises(sweepcli.UsageError, match="one edge more"):
        sweepcli.Histogram(np_histogram=([1, 2], [0, 1]))
    with pytest.raises(sweepcli.UsageError, match="at most 512"):
        sweepcli.Histogram(np_histogram=([0] * 600, [0] * 601))


def test_a_large_array_is_shown_as_a_histogram_and_a_small_one_as_a_list(folder: Folder) -> None:
    row = logged(folder, {"small": np.arange(32), "large": np.arange(33), "deep": {"w": np.eye(8)}})

    assert row["small"] == [*range(32)]
    assert (row["large"]["_type"], sum(row["large"]["values"])) == ("histogram", 33)
    assert len(row["deep"]["w"]["values"]) == 32


class Tensor:
    """What arrays of numpy and others have in common: some have no `size`."""

    def __init__(self, *shape: int, kind: str | None = "f") -> None:
        self.shape, self.ndim = shape, len(shape)
        self.dtype = type("dtype", (), {} if kind is None else {"kind": kind})

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:  # noqa: ANN401 -- numpy's
        del copy
        return np.zeros(self.shape, dtype)

    def tolist(self) -> list[str]:
        return ["text"] * self.shape[0]


@pytest.mark.parametrize("kind", ["f", None])
def test_any_large_array_of_numbers_is_a_histogram(kind: str | None, folder: Folder) -> None:
    form = logged(folder, {"a": Tensor(4, 10, kind=kind)})["a"]
    assert (form["_type"], sum(form["values"])) == ("histogram", 40)


def test_an_array_of_other_things_is_a_list(folder: Folder) -> None:
    assert logged(folder, {"a": Tensor(40, kind="O")})["a"] == ["text"] * 40


def test_a_data_frame_is_a_table(folder: Folder) -> None:
    form = logged(folder, {"frame": Frame()})["frame"]

    assert json.loads(saved(folder, form)) == {"columns": ["a", "b"], "data": [[1, "x"], [3, "y"]]}


@pytest.mark.parametrize(("file_type", "start"), [(None, b"\x89PNG"), ("jpg", b"\xff\xd8")])
@pytest.mark.parametrize("shape", [(3, 4), (3, 4, 1), (3, 4, 3)])
def test_arrays_become_pictures(
    shape: tuple[int, ...], file_type: str | None, start: bytes, folder: Folder
) -> None:
    picture = sweepcli.Image(np.ones(shape) / 2, file_type=file_type)
    form = logged(folder, {"p": picture})["p"]

    assert saved(folder, form).startswith(start)
    assert (form["width"], form["height"]) == (4, 3)
    assert form["format"] == form["path"].rpartition(".")[2] == (file_type or "png")
    assert sweepcli.Image(np.ones(shape[:2]), mode="L").size == (4, 3)


def test_media_that_cannot_be_saved_do_not_end_the_training(
    folder: Folder, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (folder.path / "media").write_text("a file in the way")
    run = sweepcli.init()
    for _ in range(2):
        run.log({"page": sweepcli.Html("x")})
    (tmp_path / "one.txt").write_text("1")
    run.save(str(tmp_path / "one.txt"))
    for path in (folder.path / "files").iterdir():
        path.unlink()
        path.mkdir()
    run.finish()

    stderr = capsys.readouterr().err
    assert stderr.count("cannot be saved") == 2
    assert [event["exit_code"] for event in folder.events("finish")] == [0]


class Picture:
    """What a PIL image can do, as far as it matters."""

    size = (4, 3)

    def getbands(self) -> tuple[str, ...]:
        return ("R", "G", "B")

    def save(self, file: IO[bytes], format: str) -> None:  # noqa: A002 -- PIL's name
        file.write(f"picture as {format}".encode())


class Figure:
    """What a figure of matplotlib can do, as far as it matters."""

    def savefig(self, file: IO[bytes], format: str) -> None:  # noqa: A002 -- matplotlib's name
        file.write(f"figure as {format}".encode())


@pytest.mark.parametrize(
    ("given", "content"),
    [
        (Picture(), b"picture as png"),
        (Figure(), b"figure as png"),
        (sweepcli.Image(Picture(), caption="c", file_type="jpg"), b"picture as jpeg"),
    ],
)
def test_pictures_are_saved_as_files(given: Any, content: bytes, folder: Folder) -> None:  # noqa: ANN401 -- anything that is a picture
    form = logged(folder, {"p": given})["p"]

    assert form["_type"] == "image-file"
    assert saved(folder, form) == content
    if isinstance(given, Picture):
        assert (form["width"], form["height"]) == (4, 3)
    if isinstance(given, sweepcli.Image):
        assert form["caption"] == "c"


def test_an_array_without_pillow_is_saved_as_an_array(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    for _ in range(2):
        form = logged(folder, {"p": sweepcli.Image(np.zeros((3, 4)))})["p"]

    assert form["path"].endswith(".npy")
    assert (form["width"], form["height"]) == (4, 3)
    assert np.load(folder.path / form["path"]).shape == (3, 4)
    assert capsys.readouterr().err.count("`pip install pillow`") == 1


def test_several_pictures_are_one_entry(folder: Folder, tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.png" for n in range(2)]
    for path in paths:
        path.write_bytes(path.name.encode())
    pictures = [sweepcli.Image(path, caption=path.name) for path in paths]

    form = logged(folder, {"ps": pictures})["ps"]

    assert (form["_type"], form["count"]) == ("images/separated", 2)
    assert form["captions"] == ["0.png", "1.png"]
    assert [(folder.path / name).read_bytes() for name in form["filenames"]] == [b"0.png", b"1.png"]


def test_a_list_that_mixes_media_and_others_is_refused(folder: Folder) -> None:
    del folder
    with pytest.raises(sweepcli.UsageError, match="'x' mixes media with a int"):
        sweepcli.init().log({"x": [sweepcli.Html("a"), 3]})


def test_other_media_are_saved_as_files(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "m.pdb").write_text("molecule")
    (tmp_path / "v.mp4").write_text("film")

    class Plot:
        def to_plotly_json(self) -> dict[str, Any]:
            return {}

        def to_json(self) -> str:
            return '{"data": []}'

    row = logged(
        folder,
        {
            "sound": sweepcli.Audio([0.0, 1.0, -1.0], sample_rate=2),
            "film": sweepcli.Video(str(tmp_path / "v.mp4"), fps=4),
            "page": sweepcli.Html(io.StringIO("<p>")),
            "points": sweepcli.Object3D(np.zeros((2, 3))),
            "molecule": sweepcli.Molecule(str(tmp_path / "m.pdb")),
            "plot": Plot(),
        },
    )

    assert {name: form["_type"] for name, form in row.items()} == {
        "sound": "audio-file",
        "film": "video-file",
        "page": "html-file",
        "points": "object3D-file",
        "molecule": "molecule-file",
        "plot": "plotly-file",
    }
    assert saved(folder, row["sound"])[:4] == b"RIFF"
    assert row["sound"]["durations"] == 1.5
    assert saved(folder, row["film"]) == b"film"
    assert json.loads(saved(folder, row["points"])) == [[0.0] * 3] * 2
    with pytest.raises(sweepcli.UsageError, match="sample_rate"):
        sweepcli.Audio([0.0])
    with pytest.raises(sweepcli.UsageError, match="a path or an array"):
        sweepcli.Image(3)


def test_charts_save_their_tables(folder: Folder) -> None:
    plot = sweepcli.plot
    table = sweepcli.Table(columns=["x", "y"], data=[[1, 2], [3, 4]])
    row = logged(
        folder,
        {
            "line": plot.line(table, "x", "y", title="t"),
            "bar": plot.bar(table, "x", "y"),
            "matrix": plot.confusion_matrix(
                y_true=[0, 1, 1], probs=[[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]], class_names=["n", "y"]
            ),
            "series": plot.line_series(xs=[0, 1], ys=[[1, 2], [3, 4]]),
            "roc": plot.roc_curve([0, 1], [[0.9, 0.1], [0.2, 0.8]]),
        },
    )

    def data(name: str) -> Any:  # noqa: ANN401 -- JSON
        return json.loads(saved(folder, row[f"{name}_table"]))["data"]

    assert data("line") == data("bar") == [[1, 2], [3, 4]]
    assert data("matrix") == [["n", "n", 1], ["n", "y", 0], ["y", "n", 1], ["y", "y", 1]]
    assert data("series") == [[0, "key_0", 1], [1, "key_0", 2], [0, "key_1", 3], [1, "key_1", 4]]
    assert data("roc") == [[0, 0.9, 0.1], [1, 0.2, 0.8]]


def test_names_of_files_stay_in_the_folder(folder: Folder) -> None:
    form = logged(folder, {"../../a b/..:c": sweepcli.Html("x")})["../../a b/..:c"]
    assert form["path"].startswith("media/html/a b/..-c_0_")
    assert (folder.path / form["path"]).is_file()


def test_a_disabled_run_saves_nothing(folder: Folder) -> None:
    before = [*folder.path.iterdir()]
    run = sweepcli.init(mode="disabled")

    run.log({"t": sweepcli.Table(columns=["a"], data=[[1]])})
    run.log_artifact(sweepcli.Artifact("a", "b"))
    assert run.save("*") == []

    assert [*folder.path.iterdir()] == before
    assert run.summary["t"]["nrows"] == 1


# Artifacts and files


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"weights")
    return path


def test_an_artifact_is_copied_and_found_again(
    folder: Folder, weights: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    del folder  # another one, in a results directory, is used
    results = tmp_path / "results"
    run_dir = results / "me" / "digits" / "s1" / "runs" / "r1" / "1"
    run_dir.mkdir(parents=True)
    monkeypatch.setenv("SWEEPCLI_DIR", str(results))
    monkeypatch.setenv("SWEEPCLI_RUN_DIR", str(run_dir))
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "data" / "deep" / "a.txt").write_text("a")
    run = sweepcli.init()
    artifact = sweepcli.Artifact("model", type="model", metadata={"acc": 0.5})
    artifact.add_file(weights)
    artifact.add_dir(str(tmp_path / "data"), name="data")
    artifact.add_reference("s3://bucket/x")
    artifact.add(sweepcli.Table(columns=["a"], data=[[1]]), "table")
    with artifact.new_file("notes.txt") as file:
        file.write("new")

    assert run.log_artifact(artifact, aliases=["best"]).wait().version == "v0"
    weights.write_bytes(b"later")
    run.log_artifact(weights, name="model", type="model")

    found = sweepcli.use_artifact("me/digits/model:best")
    assert (found.name, found.type, found.version) == ("model", "model", "v0")
    assert found.metadata == {"acc": 0.5}
    root = Path(found.download())
    names = ["data/deep/a.txt", "notes.txt", "table.json", "weights.bin"]
    assert sorted(each.path.removeprefix(f"{root}/") for each in found.files()) == names
    assert (root / "weights.bin").read_bytes() == b"weights"
    assert Path(found.get_path("notes.txt").download()).read_text() == "new"
    copy = Path(found.download(str(tmp_path / "copy")))
    assert (copy / "data" / "deep" / "a.txt").read_text() == "a"
    assert Path(run.use_artifact("model").file()).read_bytes() == b"later"
    assert Path(run.use_artifact("model:v1").file()).read_bytes() == b"later"
    assert Path(run.use_model("model:v1")).read_bytes() == b"later"
    with pytest.raises(sweepcli.Error, match="no artifact 'other:v1'"):
        run.use_artifact("other:v1")
    with pytest.raises(ValueError, match="4 files, not one"):
        found.file()


def test_what_is_no_artifact_in_the_folder_of_a_run_does_not_hold_up_the_others(
    folder: Folder, weights: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    del folder  # another one, in a results directory, is used
    run_dir = tmp_path / "results" / "me" / "digits" / "s1" / "runs" / "r1" / "1"
    run_dir.mkdir(parents=True)
    monkeypatch.setenv("SWEEPCLI_DIR", str(tmp_path / "results"))
    monkeypatch.setenv("SWEEPCLI_RUN_DIR", str(run_dir))
    run = sweepcli.init()
    run.log_artifact(weights, name="model", type="model")
    os.mkfifo(run_dir / "artifacts" / "model" / "v0" / "data")
    for version, content in (("v1", None), ("v2", "[]"), ("v3", "{"), ("v4", "{}")):
        about = run_dir / "artifacts" / "model" / version / "artifact.json"
        about.parent.mkdir()
        about.write_text(content) if content else os.mkfifo(about)

    found = run.use_artifact("model")

    assert found.version == "v0"
    assert Path(found.file(str(tmp_path / "copy"))).read_bytes() == b"weights"


def test_media_in_an_artifact_are_saved_in_it(folder: Folder) -> None:
    artifact = sweepcli.Artifact("report", "results")
    artifact.add(sweepcli.Table(columns=["a"], data=[[sweepcli.Html("cell")]]), "scores")
    artifact.add(sweepcli.Html("<p>done"), "page")
    root = Path(sweepcli.init().log_artifact(artifact).download())

    scores = json.loads((root / "scores.json").read_bytes())
    [[cell]] = scores["data"]
    assert (scores["columns"], (root / cell["path"]).read_bytes()) == (["a"], b"cell")
    page = json.loads((root / "page.json").read_bytes())
    assert (root / page["path"]).read_bytes() == b"<p>done"
    assert [*folder.path.glob("media/*")] == []


def test_an_artifact_needs_files_that_exist(weights: Path) -> None:
    artifact = sweepcli.Artifact("a", "b")
    with pytest.raises(ValueError, match="no file"):
        artifact.add_file(f"{weights}.not")
    with pytest.raises(ValueError, match="no folder"):
        artifact.add_dir(f"{weights}.not")
    with pytest.raises(ValueError, match="not been logged"):
        artifact.download()
    with pytest.raises(sweepcli.UsageError, match="media are needed"):
        artifact.add({}, "x")


def test_saved_files_are_copied_now_and_at_the_end(folder: Folder, weights: Path) -> None:
    run = sweepcli.init()

    [copy] = sweepcli.save(str(weights.parent / "*.bin"))
    sweepcli.save(str(weights), base_path=str(weights.parent), policy="now")
    assert Path(copy) == folder.path / "files" / "weights.bin"
    assert Path(copy).read_bytes() == b"weights"
    weights.write_bytes(b"better")
    run.finish()

    assert Path(copy).read_bytes() == b"better"
    file = sweepcli.init().restore("weights.bin")
    assert file is not None
    with file:
        assert file.read() == "better"
    assert sweepcli.restore("nothing") is None


# What has no effect here


def test_calls_without_effect_warn_once(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    run = sweepcli.init()
    for _ in range(2):
        run.watch(object(), log="all")
        sweepcli.watch(object())
        run.log_code(".")
    sweepcli.setup()
    sweepcli.teardown()
    assert sweepcli.Settings(a=1).a == 1
    assert sweepcli.Settings().anything is None
    run.alert("half way", text="still going", level=sweepcli.AlertLevel.WARN)

    stderr = capsys.readouterr().err.splitlines()
    assert stderr == [
        "sweepcli: WARNING watch() does nothing here: gradients are not recorded.",
        "sweepcli: WARNING log_code() does nothing here: the agent records the code of runs.",
        "sweepcli: ALERT WARN half way: still going",
    ]
    assert [event["title"] for event in folder.events("alert")] == ["half way"]


def test_plots_of_models_and_tensorboard_warn_once(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        sweepcli.sklearn.plot_roc([0, 1], [0.1, 0.9])
        sweepcli.tensorboard.patch(root_logdir="x")

    stderr = capsys.readouterr().err
    assert stderr.count("wandb.sklearn.plot_roc() does nothing here") == 1
    assert stderr.count("wandb.tensorboard.patch() does nothing here") == 1
    with pytest.raises(AttributeError):
        sweepcli.sklearn.something_else  # noqa: B018 -- the access is what is tested


def test_older_names_are_understood(folder: Folder) -> None:
    run = sweepcli.init()

    assert run.get_url() is run.get_sweep_url() is run.get_project_url() is None
    assert (run.project_name(), run.mode, run.starting_step) == ("digits", "offline", 0)
    assert run.sync_dir == str(folder.path)
    table = sweepcli.Table(columns=["x"], data=[[1]])
    assert run.plot_table("spec", table, {"x": "x"}).table is table
    run.join()
    assert not run.is_running


def test_a_controller_has_nothing_to_do() -> None:
    controller = sweepcli.controller("x")
    controller.step()
    assert controller.done()


def test_keras_callbacks_log_epochs(folder: Folder) -> None:
    run = sweepcli.init()
    saved = list[str]()

    class Model:
        def save(self, path: str) -> None:
            saved.append(path)

    callbacks = [
        sweepcli.keras.WandbCallback(monitor="val_acc"),
        sweepcli.keras.WandbMetricsLogger(),
        sweepcli.keras.WandbModelCheckpoint("m-{epoch}-{val_acc:.1f}.keras"),
    ]
    for each in callbacks:
        each.set_model(Model())
        each.set_params({})
        each.on_train_begin(logs=None)
    for epoch, acc in enumerate((0.5, 0.9, 0.7)):
        for each in callbacks:
            each.on_epoch_end(epoch, {"loss": 1.0, "val_acc": acc})

    rows = [{k: v for k, v in row.items() if k != "_step"} for row in folder.rows()]
    assert rows[:2] == [
        {"epoch": 0, "loss": 1.0, "val_acc": 0.5},
        {"epoch/loss": 1.0, "epoch/val_acc": 0.5, "epoch/epoch": 0},
    ]
    assert (run.summary["best_val_acc"], run.summary["best_epoch"]) == (0.9, 1)
    assert saved == ["m-1-0.5.keras", "m-2-0.9.keras", "m-3-0.7.keras"]
    with pytest.raises(AttributeError):
        callbacks[0].something_else  # noqa: B018 -- the access is what is tested
