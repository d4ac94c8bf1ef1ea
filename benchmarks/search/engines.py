"""The engines that are compared, each in an environment and a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
ENVIRONMENTS = os.path.join(ROOT, ".bench")
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}


class Engine(NamedTuple):
    """An engine by the name that people know, and what has to be installed for it."""

    name: str
    asks: str  # its name in `ask.py`
    environment: str | None  # the folder of its environment; None: the one of this process
    requires: Sequence[str] = ()
    seeds: int = 3  # how many searches of each task, unless fewer are asked for
    most_runs: int = 5_000  # from which it suggests within seconds

    @property
    def python(self) -> str:
        """The interpreter of its environment."""
        if self.environment is None:
            return sys.executable
        return os.path.join(ENVIRONMENTS, self.environment, "bin", "python")

    @property
    def is_installed(self) -> bool:
        """Whether its environment was set up to the end."""
        if self.environment is None:
            return True
        return os.path.exists(os.path.join(ENVIRONMENTS, self.environment, "installed"))


OPTUNA = "optuna==5.0.0"
# torch is what Optuna's GPSampler needs; without a pinned version pip may take gigabytes of CUDA.
GP = (OPTUNA, "scipy", "torch==2.13.0")
ENGINES = (
    Engine("sweepcli bayes", "sweepcli:bayes", None),
    Engine("random", "sweepcli:random", None, seeds=10),
    Engine("Sobol", "sweepcli:sobol", None),
    Engine("W&B sweeps", "sweeps", "sweeps", ("sweeps==0.3.0", "numpy<2"), seeds=2),
    Engine("Optuna TPE", "optuna:TPESampler", "optuna", (OPTUNA,)),
    Engine(
        "Optuna CMA-ES", "optuna:CmaEsSampler", "optuna-cma", (OPTUNA, "cmaes==0.13.1"), seeds=2
    ),
    Engine("Optuna GP", "optuna:GPSampler", "optuna-gp", GP, seeds=1, most_runs=1_000),
)


def set_up(engine: Engine) -> str | None:
    """Install an engine's environment; return what went wrong, None if nothing did."""
    if engine.is_installed or engine.environment is None:
        return None
    folder = os.path.join(ENVIRONMENTS, engine.environment)
    pip = (engine.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    for argv in ((sys.executable, "-m", "venv", folder), (*pip, *engine.requires)):
        done = subprocess.run(argv, check=False, capture_output=True, text=True)
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["no output"])[-1]
    with open(os.path.join(folder, "installed"), "w", encoding="utf-8") as mark:
        mark.write("\n".join(engine.requires))
    return None


class Talk:
    """An engine's process, which is asked and told over its pipes."""

    def __init__(self, engine: Engine) -> None:
        self._process = subprocess.Popen(
            [engine.python, os.path.join(HERE, "ask.py"), engine.asks],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **ONE_THREAD},
        )

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def __call__(self, do: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 -- JSON
        """Send one line, and return the answer."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("the engine has no pipes")
        stdin.write(json.dumps({"do": do, **more}) + "\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            raise RuntimeError("the engine has ended")
        answer: dict[str, Any] = json.loads(line)
        return answer
