"""Finds the environment of runs: asks their Python for its packages, and the system for GPUs.

What Python said is kept until a folder of packages has changed: it takes longer than all the rest.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.code import environment, kept

if TYPE_CHECKING:
    from sweepcli.code.environment import Environment
    from sweepcli.code.place import Place
    from sweepcli.records import JSON

TIMEOUT_S = 30.0  # for Python to tell its packages, and for the GPUs
PROGRAM = os.path.join(os.path.dirname(__file__), "packages_here.py")
DRIVER = "/proc/driver/nvidia"
NOTHING: dict[str, JSON] = {
    "interpreter": "",
    "python": "",
    "implementation": "",
    "packages": {},
    "editable": {},
    "folders": [],
}


class Surroundings(NamedTuple):
    """The environment of runs as it is now."""

    environment: Environment
    packages: dict[str, str]
    folders: list[str]  # where packages are installed
    problem: str | None


def look(place: Place) -> Surroundings:
    """Return the environment as it is now; what hinders that is told in it, never raised."""
    said, problem = _of_python(place)
    gpus, driver = _gpus()
    system = os.uname()
    found = environment.made(
        said["packages"],
        {
            "python": said["python"],
            "implementation": said["implementation"],
            "interpreter": said["interpreter"] or place.interpreter,
            "editable": said["editable"],
            "gpus": gpus,
            "driver": driver,
            "host": system.nodename,
            "platform": f"{system.sysname} {system.release} {system.machine}",
            "seeds": seeds(dict(os.environ)),
        },
    )
    return Surroundings(found, said["packages"], said["folders"], problem)


def seeds(environ: dict[str, str]) -> dict[str, str]:
    """Return the variables that seed a random number generator, by their names."""
    named = {name: value for name, value in environ.items() if "SEED" in name.upper()}
    return {
        name: value
        for name, value in sorted(named.items())
        if name == "PYTHONHASHSEED" or re.fullmatch(r"-?\d{1,20}", value)
    }


def _of_python(place: Place) -> tuple[dict[str, JSON], str | None]:
    """Return what the runs' Python says of itself, and a problem instead."""
    interpreter = place.interpreter
    if not interpreter:
        return NOTHING, None
    # Such as pyenv's shims start another Python in another folder.
    variables = ("PYTHONPATH", "PYTHONNOUSERSITE", "PYENV_VERSION")
    asked = [interpreter, place.cwd, *(os.environ.get(name, "") for name in variables)]
    name = f"python-{zlib.crc32(json.dumps(asked).encode()):08x}.json"
    file = kept.path(place.results, "last", name)
    try:
        known = kept.data(file)
        if known["asked"] == asked and known["stamps"] == _stamps(interpreter, known["said"]):
            return known["said"], None
    except (OSError, ValueError, KeyError, TypeError):  # it is new, or damaged
        pass
    try:
        said = _ask(interpreter)
    except (OSError, ValueError) as error:
        return NOTHING, f"the packages of {interpreter} are not known: {error}"
    stamps = _stamps(interpreter, said)
    kept.put_json(file, {"asked": asked, "stamps": stamps, "said": said})
    return said, None


def _stamps(interpreter: str, said: dict[str, JSON]) -> JSON:
    """Return what changes when a package is installed, changed or removed."""
    found = [os.stat(path) for path in (interpreter, *said["folders"])]
    return [[each.st_ino, each.st_size, each.st_mtime_ns, each.st_ctime_ns] for each in found]


def _ask(interpreter: str) -> dict[str, JSON]:
    answer = _output([interpreter, "-I", PROGRAM])
    said: JSON = json.loads(answer)
    if not (isinstance(said, dict) and said.keys() >= NOTHING.keys()):
        raise ValueError("it gave another answer")
    return said


def _gpus() -> tuple[list[str], str | None]:
    """Return the names of the GPUs, and the version of their driver."""
    about = _text(os.path.join(DRIVER, "version"))
    folder = os.path.join(DRIVER, "gpus")
    if about and os.path.isdir(folder):
        texts = (_text(os.path.join(folder, name, "information")) for name in _names(folder))
        models = (re.search(r"^Model:\s*(.*?)\s*$", text, re.MULTILINE) for text in texts)
        version = re.search(r"Kernel Module\b.*?\s(\d+\.[\d.]+)", about)
        return [model[1] for model in models if model], version[1] if version else None
    paths = (os.path.join(folder, "nvidia-smi") for folder in os.get_exec_path())
    if not any(os.access(path, os.X_OK) for path in paths):
        return [], None
    try:
        query = ["--query-gpu=name,driver_version", "--format=csv,noheader"]
        lines = _output(["nvidia-smi", *query]).splitlines()
    except (OSError, ValueError):  # it is there, but has no GPU
        return [], None
    pairs = [line.rpartition(", ") for line in lines]
    return [name for name, _, _ in pairs], pairs[0][2] if pairs else None


def _output(argv: list[str]) -> str:
    """Return what a program prints; raise OSError, or ValueError if it fails."""
    import subprocess  # noqa: PLC0415 -- most looks need none

    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_S, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise ValueError(f"it takes more than {TIMEOUT_S:.0f} s") from error
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode("utf-8", "replace").splitlines()
        raise ValueError(lines[-1] if lines else f"it ended with {error.returncode}") from error
    return done.stdout.decode("utf-8", "replace")


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(1 << 16)
    except OSError:
        return ""
