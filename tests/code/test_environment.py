"""The environment of runs: asked of their own Python, kept once, and asked again after a change."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from repositories import place, put
from sweepcli.code import environment, surroundings
from sweepcli.code.surroundings import Surroundings


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """A virtual environment without any package: another Python than that of the tests."""
    home = tmp_path / "venv"
    (home / "bin").mkdir(parents=True)
    os.symlink(os.path.realpath(sys.executable), home / "bin/python")
    base = os.path.dirname(os.path.realpath(sys.executable))
    put(home, "pyvenv.cfg", f"home = {base}\ninclude-system-site-packages = false\n")
    packages(home).mkdir(parents=True)
    return home / "bin/python"


def packages(home: Path) -> Path:
    major, minor = sys.version_info[:2]
    return home / f"lib/python{major}.{minor}/site-packages"


def seen(tmp_path: Path, python: Path) -> Surroundings:
    return surroundings.look(place(tmp_path / "code", interpreter=str(python)))


def test_packages_are_those_of_the_runs_python_and_not_ours(tmp_path: Path, python: Path) -> None:
    home = packages(python.parents[1])
    put(home, "Big_Net.more-1.2.3.dist-info/METADATA", "")
    put(home, "old-0.5-py3.11.egg-info", "")
    put(home, "bare.egg-info/PKG-INFO", "Name: bare\nVersion: 7\n")

    found = seen(tmp_path, python)

    assert found.packages == {"big-net-more": "1.2.3", "old": "0.5", "bare": "7"}
    assert found.problem is None
    assert found.environment.python == ".".join(map(str, sys.version_info[:3]))
    assert found.environment.implementation == "CPython"
    assert found.environment.interpreter == str(python)
    assert found.folders == [str(home)]


def test_an_editable_package_is_noted_with_its_folder(tmp_path: Path, python: Path) -> None:
    home = packages(python.parents[1])
    url = {"url": "file:///home/me/net", "dir_info": {"editable": True}}
    put(home, "net-1.dist-info/direct_url.json", json.dumps(url))
    put(home, "copied-1.dist-info/direct_url.json", json.dumps({**url, "dir_info": {}}))
    put(home, "develop.egg-link", "/home/me/develop\n../")

    assert seen(tmp_path, python).environment.editable == {
        "net": "/home/me/net",
        "develop": "/home/me/develop",
    }


def test_another_version_of_a_package_makes_another_environment(
    tmp_path: Path, python: Path
) -> None:
    home = packages(python.parents[1])
    put(home, "net-1.0.dist-info/METADATA", "")
    before = seen(tmp_path, python)
    again = seen(tmp_path, python)

    shutil.move(home / "net-1.0.dist-info", home / "net-1.1.dist-info")
    after = seen(tmp_path, python)

    assert again.environment == before.environment
    assert after.environment.id != before.environment.id
    assert after.environment.packages != before.environment.packages
    assert after.packages == {"net": "1.1"}


def test_python_is_asked_once_for_one_state(tmp_path: Path, python: Path) -> None:
    first = seen(tmp_path, python)
    count = tmp_path / "count"
    real = os.path.realpath(python)
    python.unlink()
    put(python.parent, "python", f'#!/bin/sh\necho once >> {count}\nexec {real} "$@"\n')
    python.chmod(0o755)

    second, third = seen(tmp_path, python), seen(tmp_path, python)

    assert count.read_text() == "once\n"
    assert second == third
    assert first.environment.python == second.environment.python


def test_packages_on_pythonpath_count(
    tmp_path: Path, python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "more/extra-2.dist-info/METADATA", "")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "more"))

    assert seen(tmp_path, python).packages == {"extra": "2"}


def test_modules_beside_the_program_are_not_run_for_that(
    tmp_path: Path, python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json", "platform", "site", "sitecustomize", "os"):
        put(tmp_path, f"code/{name}.py", "raise SystemExit('ran')")
    monkeypatch.chdir(tmp_path / "code")
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "code/json.py"))

    assert seen(tmp_path, python).problem is None


def test_what_is_no_python_is_told(tmp_path: Path) -> None:
    found = seen(tmp_path, Path("/bin/false"))

    assert found.problem == "the packages of /bin/false are not known: it ended with 1"
    assert (found.packages, found.environment.python) == ({}, "")


def test_seeds_are_whole_numbers_in_variables_called_so() -> None:
    assert surroundings.seeds(
        {
            "SEED": "1",
            "MY_SEED_2": "-3",
            "global_seed": "7",
            "PYTHONHASHSEED": "random",
            "SEED_PHRASE": "correct horse",
            "SEEDS": "1,2",
            "SEED_X": "1.5",
            "OTHER": "1",
        }
    ) == {"MY_SEED_2": "-3", "PYTHONHASHSEED": "random", "SEED": "1", "global_seed": "7"}


def test_gpus_are_named_by_the_driver_without_starting_anything(
    tmp_path: Path, python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 2023\n"
    put(tmp_path, "nvidia/version", said + "GCC version:  gcc version 12.2.0\n")
    for bus in ("0000:01:00.0", "0000:02:00.0"):
        put(tmp_path, f"nvidia/gpus/{bus}/information", "Model: \t\t Some GPU 80GB\nIRQ: 1\n")
    monkeypatch.setattr(surroundings, "DRIVER", str(tmp_path / "nvidia"))

    found = seen(tmp_path, python).environment

    assert found.gpus == ("Some GPU 80GB", "Some GPU 80GB")
    assert found.driver == "535.104.05"


def test_without_the_drivers_folder_its_own_program_is_asked(
    tmp_path: Path, python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    smi = put(tmp_path, "bin/nvidia-smi", "#!/bin/sh\necho 'A GPU, 12 GB, 550.1'\n")
    smi.chmod(0o755)
    monkeypatch.setenv("PATH", f"{smi.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(surroundings, "DRIVER", str(tmp_path / "none"))

    found = seen(tmp_path, python).environment

    assert (found.gpus, found.driver) == (("A GPU, 12 GB",), "550.1")


def test_an_environment_is_read_as_it_was_written_and_written_once(
    tmp_path: Path, python: Path
) -> None:
    put(packages(python.parents[1]), "net-1.0.dist-info/METADATA", "")
    found = seen(tmp_path, python)
    results = str(tmp_path / "results")

    environment.write(results, found.environment, found.packages)
    environment.write(results, found.environment, {"other": "1"})

    assert environment.read(results, found.environment.id) == found.environment
    assert environment.packages(results, found.environment.packages) == {"net": "1.0"}
