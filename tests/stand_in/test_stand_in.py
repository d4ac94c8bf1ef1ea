"""What `import wandb` finds, with the stand-in on the search path."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sweepcli import env, public_names
from sweepcli.runs.wandb_use import STAND_IN, WandbUse, note, search_path, variables
from training_folder import script

SHOW = "import wandb; print(wandb.__file__, wandb.__version__)"
OURS = f"{STAND_IN}/wandb/__init__.py 0.31.0+sweepcli\n"
# What scripts touch of W&B's package, of its runs, and of its modules.
MODULE = """
AlertLevel Api Artifact Audio CommError Error Graph Histogram Html Image Molecule Object3D Plotly
Settings Table UsageError Video __version__ agent alert apis config controller define_metric errors
finish init join keras log log_artifact log_model login mark_preempting plot plot_table restore run
save sdk setup summary sweep teardown termerror termlog termwarn unwatch use_artifact use_model util
watch
"""
RUN = """
alert config define_metric dir disabled entity finish group id job_type log log_artifact log_code
log_model mark_preempting name notes offline path project project_url restore resumed save settings
start_time step summary sweep_id sweep_url tags unwatch url use_artifact use_model watch
"""
MODULES = """
apis apis.public data_types env errors sdk.lib sdk.lib.config_util integration integration.keras
keras plot sdk sdk.wandb_config sdk.wandb_run sklearn tensorboard util wandb_run
"""


def python(folder: Path, code: str, *path: object, flags: str = "", **more: str) -> str:
    """Return what a script prints, run with a search path and more variables."""
    environ = {"PYTHONPATH": os.pathsep.join(map(str, path)), **more}
    result = script(code, folder, environ, *flags.split())
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """Return a folder with a package that is called wandb."""
    package = tmp_path / "site" / "wandb"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("__version__ = 'real'\nfrom wandb import part\n")
    (package / "part.py").write_text("import wandb\n")
    return package.parent


def test_the_stand_in_is_used_where_there_is_no_wandb(tmp_path: Path) -> None:
    assert python(tmp_path, SHOW, STAND_IN) == OURS


def test_a_real_one_wins_wherever_it_is(tmp_path: Path, real: Path) -> None:
    code = f"{SHOW}; import wandb.part, sys; print(wandb is sys.modules['wandb'])"
    for path in ((STAND_IN, real), (real, STAND_IN)):
        assert python(tmp_path, code, *path) == f"{real}/wandb/__init__.py real\nTrue\n"


def test_the_stand_in_wins_with_its_option(tmp_path: Path, real: Path) -> None:
    assert python(tmp_path, SHOW, STAND_IN, real, SWEEPCLI_WANDB="stand-in") == OURS


def test_a_folder_of_wandbs_runs_is_not_the_package(tmp_path: Path) -> None:
    (tmp_path / "wandb" / "offline-run-1").mkdir(parents=True)
    assert python(tmp_path, SHOW, STAND_IN) == OURS
    assert python(tmp_path, SHOW, STAND_IN, tmp_path) == OURS


def test_it_works_for_a_python_without_sweepcli(tmp_path: Path) -> None:
    code = (
        "import wandb, sys; run = wandb.init(config={'a': 1}); wandb.log({'b': 2})\n"
        "print(run.config.a, [p for p in sys.path if p.endswith('/src')])"
    )
    assert python(tmp_path, code, STAND_IN, flags="-S") == "1 []\n"


def older_pythons() -> list[str]:
    """Return those older Pythons of this machine that start."""
    found = [shutil.which(f"python3.{minor}") for minor in (8, 9, 10)]
    return [
        path
        for path in found
        if path
        and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0
    ]


@pytest.mark.skipif(not older_pythons(), reason="no Python 3.8, 3.9 or 3.10 on this machine")
def test_it_works_for_an_older_python(tmp_path: Path) -> None:
    code = """
import wandb
with wandb.init(config={"a": 1}) as run:
    table = wandb.Table(columns=["a", "b"], data=[[1, 2]])
    table.add_column("c", [3])
    run.define_metric("b", summary="max")
    run.log({"b": 2, "t": table, "h": wandb.Histogram([1, 2])})
    run.log({"p": wandb.plot.line(table, "a", "b")})
    run.summary["c"] = (run.config.a, {1})
print(run.summary["c"], wandb.run)
"""
    for path in older_pythons():
        result = subprocess.run(
            [path, "-c", code],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": STAND_IN},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (result.returncode, result.stdout) == (0, "[1, [1]] None\n"), result.stderr


def test_modules_are_there_with_their_names(tmp_path: Path) -> None:
    code = f"""
import wandb
for module in {MODULES.split()!r}:
    exec("import wandb." + module)
    found = eval("wandb." + module)
    names = getattr(found, "__all__", ())
    print(found.__name__, [name for name in names if not hasattr(found, name)])
print(set(wandb.MODULES) - {{"wandb." + module for module in {MODULES.split()!r}}})
"""
    expected = [f"wandb.{module} []" for module in MODULES.split()]
    assert python(tmp_path, code, STAND_IN).splitlines() == [*expected, "set()"]


def test_what_scripts_touch_is_there(tmp_path: Path) -> None:
    code = f"""
import wandb
run = wandb.init()
print([name for name in {MODULE.split()!r} if not hasattr(wandb, name)])
print([name for name in {RUN.split()!r} if not hasattr(run, name)])
print(hasattr(wandb, "nothing"), hasattr(run, "nothing"))
from wandb.sdk.wandb_run import Run
print(isinstance(run, Run), wandb.run is run)
run.finish()
print(wandb.run)
from wandb import *
print(init is wandb.init, len(wandb.util.generate_id(12)))
"""
    assert python(tmp_path, code, STAND_IN).splitlines() == [
        "[]",
        "[]",
        "False False",
        "True True",
        "None",
        "True 12",
    ]


def test_frameworks_that_ask_for_its_version_find_one(tmp_path: Path, real: Path) -> None:
    code = "import wandb, importlib.metadata as m; print(m.version('wandb'), wandb.run)"
    assert python(tmp_path, code, STAND_IN) == "0.31.0+sweepcli None\n"

    # Once the real one has taken its place, that one's alone counts.
    info = real / "wandb-9.9.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wandb\nVersion: 9.9\n")
    code = "import wandb, importlib.metadata as m; print(m.version('wandb'))"
    assert python(tmp_path, code, STAND_IN, real) == "9.9\n"


def test_every_public_name_can_be_had(tmp_path: Path) -> None:
    code = "import sweepcli; print([n for n in sweepcli.__all__ if not hasattr(sweepcli, n)])"
    assert python(tmp_path, code) == "[]\n"
    assert len(set(public_names.PUBLIC)) == len(public_names.PUBLIC)


# Adding it to the path


def test_by_default_wandb_is_offline_and_the_stand_in_comes_last() -> None:
    assert variables(WandbUse.AUTO, {"WANDB_RUN_ID": "r1"}, "/run", {"PYTHONPATH": "/a:/b"}) == {
        "WANDB_RUN_ID": "r1",
        "WANDB_MODE": "offline",
        "WANDB_DIR": "/run",
        "WANDB_ERROR_REPORTING": "false",
        "WANDB_X_TRANSACTION_LOG_FLUSH_INTERVAL": "0.5",
        "PYTHONPATH": f"/a:/b:{STAND_IN}",
        env.WANDB: "auto",
    }


def test_what_a_person_has_set_stays() -> None:
    theirs = {"WANDB_MODE": "online", "WANDB_DIR": "/theirs", "WANDB_ERROR_REPORTING": "true"}
    assert theirs.keys().isdisjoint(variables(WandbUse.AUTO, {}, "/run", theirs))


def test_the_stand_in_comes_first_with_its_option() -> None:
    before = {"PYTHONPATH": f"/a:{STAND_IN}"}

    assert search_path(WandbUse.STAND_IN, before) == {
        "PYTHONPATH": f"{STAND_IN}:/a",
        env.WANDB: "stand-in",
    }
    assert search_path(WandbUse.AUTO, {})["PYTHONPATH"] == STAND_IN


def test_wandb_alone_or_nothing_at_all() -> None:
    assert "PYTHONPATH" not in variables(WandbUse.REAL, {}, "/run", {})
    assert variables(WandbUse.OFF, {"WANDB_RUN_ID": "r1"}, "/run", {}) == {}


@pytest.mark.parametrize(
    ("use", "mode", "word"),
    [
        (WandbUse.AUTO, "online", "does not know this sweep"),
        (WandbUse.REAL, "disabled", "no metrics reach the sweep"),
        (WandbUse.AUTO, "offline", None),
        (WandbUse.STAND_IN, "online", None),
        (WandbUse.STAND_IN, "disabled", "no metrics reach the sweep"),
        (WandbUse.OFF, "disabled", None),
    ],
)
def test_what_a_mode_means_is_noted(use: WandbUse, mode: str, word: str | None) -> None:
    noted = note(use, {"WANDB_MODE": mode})
    assert (noted is None) == (word is None)
    assert word is None or (word in str(noted) and mode in str(noted))
