from __future__ import annotations

import argparse
import json
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import sweepcli
from sweepcli import config as imported_config
from training_folder import Folder

DEFAULTS = "a: {value: file}\nb: {value: file}\nc: {value: file}\nwandb_version: 1\n"


def test_params_beat_init_and_init_beats_the_defaults_file(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "config-defaults.yaml").write_text(DEFAULTS)
    folder.give({"c": "sweep"})

    run = sweepcli.init(config={"b": "init", "c": "init"})

    assert dict(run.config) == {"a": "file", "b": "init", "c": "sweep"}
    assert folder.config() == {"a": "file", "b": "init", "c": "sweep"}


def test_params_are_merged_into_dicts_of_the_script(folder: Folder) -> None:
    folder.give({"optimizer": {"lr": 0.5, "adam": {"beta": 0.9}}})

    run = sweepcli.init(config={"optimizer": {"lr": 1, "name": "adam", "adam": {"eps": 1}}})

    expected = {"lr": 0.5, "name": "adam", "adam": {"eps": 1, "beta": 0.9}}
    assert run.config.optimizer == expected
    assert type(run.config["optimizer"]) is dict


@pytest.mark.parametrize("how", ["attribute", "item", "update", "allowed", "setdefaults"])
def test_locked_key_keeps_its_value_with_one_warning(
    folder: Folder, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config = sweepcli.init().config

    for _ in range(2):
        if how == "attribute":
            config.lr = 7
        elif how == "item":
            config["lr"] = 7
        elif how == "setdefaults":
            config.setdefaults({"lr": 7})
        else:
            config.update({"lr": 7}, allow_val_change=how == "allowed")

    assert config.lr == folder.config()["lr"] == 0.1
    warning = "sweepcli: WARNING Config item 'lr' was locked by 'sweep' (ignored update).\n"
    assert capsys.readouterr().err == warning


def test_unlocked_key_changes_only_if_that_is_meant(folder: Folder) -> None:
    config = sweepcli.init(config={"epochs": 3}).config

    with pytest.raises(sweepcli.Error, match="'epochs' would change from 3 to 4"):
        config.epochs = 4
    config.epochs = 3
    config.update({"epochs": 5}, allow_val_change=True)

    assert folder.config() == {"lr": 0.1, "epochs": 5}


def test_init_may_allow_changes_for_the_whole_run(folder: Folder) -> None:
    config = sweepcli.init(config={"epochs": 3}, allow_val_change=True).config
    config.epochs = 4
    assert folder.config()["epochs"] == 4


def test_refused_update_changes_nothing(folder: Folder) -> None:
    config = sweepcli.init(config={"epochs": 3}).config

    with pytest.raises(sweepcli.Error):
        config.update({"new": 1, "epochs": 4})

    assert "new" not in config
    assert len(folder.events("config")) == 1


def test_new_keys_and_defaults_are_written(folder: Folder) -> None:
    config = sweepcli.init().config

    config.update({"--model-size--": 3})
    config.setdefaults({"model-size": 4, "depth": 2})

    assert folder.config() == {"lr": 0.1, "model-size": 3, "depth": 2}


@dataclass(frozen=True, slots=True)
class Options:
    lr: float = 3.0
    depth: int = 2


class Flags:
    def flag_values_dict(self) -> dict[str, Any]:
        return {"lr": 3.0, "depth": 2}


class Plain:
    def __init__(self) -> None:
        self.lr = 3.0
        self.depth = 2


@pytest.mark.parametrize(
    "given",
    [{"lr": 3.0, "depth": 2}, argparse.Namespace(lr=3.0, depth=2), Options(), Flags(), Plain()],
    ids=lambda given: type(given).__name__,
)
def test_config_comes_in_many_forms(given: object, folder: Folder) -> None:
    assert dict(sweepcli.init(config=given).config) == {"lr": 0.1, "depth": 2} == folder.config()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.json", json.dumps({"depth": 2})),
        ("c.yaml", "depth: 2"),
        ("wandb.yaml", "wandb_version: 1\ndepth: {desc: null, value: 2}"),
    ],
)
def test_config_comes_from_a_file(name: str, text: str, tmp_path: Path, folder: Folder) -> None:
    (tmp_path / name).write_text(text)
    sweepcli.init(config=name)
    assert folder.config() == {"depth": 2, "lr": 0.1}


@pytest.mark.parametrize(
    ("given", "said"), [("nowhere.yaml", r"nowhere\.yaml: cannot be read"), (3, "not a int")]
)
def test_what_holds_no_config_is_refused(given: object, said: str, folder: Folder) -> None:
    with pytest.raises(sweepcli.Error, match=said):
        sweepcli.init(config=given)
    assert not folder.events_path.exists()


def test_keys_can_be_included_or_excluded(folder: Folder) -> None:
    given = {"a": 1, "b": 2}

    included = dict(sweepcli.init(config=given, config_include_keys=["a"]).config)
    excluded = sweepcli.init(config=given, config_exclude_keys=["a"], reinit=True).config

    assert included == {"a": 1, "lr": 0.1}
    assert dict(excluded) == {"b": 2, "lr": 0.1} == folder.config()


@pytest.mark.usefixtures("folder")
def test_config_reads_like_a_dict_and_hides_private_keys() -> None:
    config = sweepcli.init(config={"_private": 1, "depth": 2}).config

    assert sorted(config.keys()) == sorted(config) == ["depth", "lr"]
    assert dict(config.items()) == config.as_dict() == {"depth": 2, "lr": 0.1}
    assert (config.get("depth"), config.get("x"), config.get("x", 5)) == (2, None, 5)
    assert "lr" in config
    assert "x" not in config
    assert config["_private"] == 1


@pytest.mark.usefixtures("folder")
def test_missing_name_is_an_attribute_error_or_a_key_error() -> None:
    config = sweepcli.init().config

    with pytest.raises(AttributeError, match="config has no 'batch'; it has lr"):
        _ = config.batch
    with pytest.raises(KeyError):
        _ = config["batch"]
    assert getattr(config, "batch", 16) == 16


@pytest.mark.usefixtures("folder")
def test_module_config_follows_the_current_run() -> None:
    with pytest.raises(sweepcli.Error, match=r"init\(\) before sweepcli\.config\.lr"):
        _ = sweepcli.config.lr

    sweepcli.init()

    assert sweepcli.config.lr == imported_config["lr"] == 0.1
    assert {**imported_config} == {"lr": 0.1}
    imported_config.depth = 3
    assert list(sweepcli.config) == ["lr", "depth"]


@pytest.mark.usefixtures("folder")
def test_config_travels_to_a_spawned_worker() -> None:
    sweepcli.init()
    copy = pickle.loads(pickle.dumps(sweepcli.config))  # noqa: S301 -- our own bytes
    assert copy.lr == 0.1


def test_values_without_json_form_become_text(folder: Folder, tmp_path: Path) -> None:
    sweepcli.init(config={"path": tmp_path, "sizes": (1, 2), "kind": Options})

    config = folder.config()
    assert config["path"] == str(tmp_path)
    assert config["sizes"] == [1, 2]
    assert "Options" in config["kind"]
