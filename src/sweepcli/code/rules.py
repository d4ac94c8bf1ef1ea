"""Which files are code, which are secrets, and how much is kept. Pure: by path alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

MOST_BYTES = 1_000_000  # of a file whose content is kept
MOST_KEPT = 20_000_000  # of all that is kept of a version
MOST_READ = 50_000_000  # of a file that is read for its id
MOST_FILES = 10_000  # that no commit has
MOST_LEFT_OUT = 200  # that are listed by name

SOURCE = frozenset(
    {
        *(".py", ".pyi", ".pyx", ".pxd", ".pxi", ".sh", ".bash", ".zsh", ".fish", ".ps1"),
        *(".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".cu", ".cuh", ".cl"),
        *(".f", ".f90", ".f95", ".f03", ".rs", ".go", ".java", ".kt", ".scala", ".jl", ".r"),
        *(".m", ".mm", ".metal", ".lua", ".js", ".mjs", ".ts", ".pl", ".rb", ".swift", ".nim"),
        *(".hs", ".ml", ".mli", ".ex", ".exs", ".clj", ".cs", ".fs", ".php", ".proto", ".sql"),
        *(".cmake", ".mk", ".jinja", ".j2", ".jsonnet", ".libsonnet"),
    }
)
SOURCE_NAMES = frozenset({"makefile", "snakefile", "dockerfile", "justfile"})
CONFIG = frozenset({".yaml", ".yml", ".toml", ".ini", ".cfg", ".gin"})
CONFIG_FOLDERS = frozenset({"conf", "config", "configs", "cfg"})
# What runs read and write: tracked or not, it makes no version.
DATA = frozenset(
    {
        *(".csv", ".tsv", ".parquet", ".feather", ".arrow", ".jsonl", ".ndjson", ".db"),
        *(".sqlite", ".sqlite3", ".npy", ".npz", ".pt", ".pth", ".ckpt", ".safetensors", ".h5"),
        *(".hdf5", ".pkl", ".pickle", ".joblib", ".bin", ".onnx", ".pb", ".tflite", ".tfrecord"),
        *(".gguf", ".ggml", ".pdparams", ".msgpack", ".mat", ".rds", ".rda", ".rdata", ".nii"),
        *(".dcm", ".lmdb", ".mdb", ".log", ".out", ".err", ".png", ".jpg", ".jpeg", ".gif"),
        *(".bmp", ".tif", ".tiff", ".svg", ".webp", ".ico", ".pdf", ".eps", ".mp4", ".avi"),
        *(".mov", ".mkv", ".wav", ".mp3", ".flac", ".ogg", ".ttf", ".woff", ".woff2", ".zip"),
        *(".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".whl", ".jar", ".xls"),
        *(".xlsx", ".doc", ".docx", ".ppt", ".pptx", ".ipynb", ".pyc", ".pyo", ".o", ".a"),
        *(".class", ".swp", ".tmp", ".bak", ".orig", ".pid"),
    }
)
# Texts for people, beside the code in most repositories.
_FOR_PEOPLE = re.compile(
    r"(readme|changelog|changes|history|licen[cs]e|copying|contributing|authors|notice|citation"
    r"|code_of_conduct|security|todo)(\.(md|rst|txt|cff))?|\.gitignore|\.gitattributes"
)
FOR_PEOPLE_FOLDERS = frozenset({".github", ".gitlab", ".vscode", ".idea", ".circleci"})
# Folders of these names hold what runs write, unless they are packages.
OUTPUTS = frozenset(
    {
        *("outputs", "output", "runs", "results", "logs", "log", "checkpoints", "checkpoint"),
        *("ckpt", "ckpts", "tb_logs", "tensorboard", "sweep-results", "slurm_logs"),
        *("work_dirs", "trainer_output", "artifacts"),
    }
)
# No file below these is ever code, unless git tracks it.
NEVER = (
    *("wandb", "mlruns", "lightning_logs", "multirun", "__pycache__", "node_modules"),
    *("site-packages", "__pypackages__", "venv", "build", "dist", "aim", "ray_results"),
)
RESTORED = frozenset({"run.sh", "params.json", "params.yaml"})  # in what `sweep restore` made
VENV_MARK = "pyvenv.cfg"  # in the folder of a virtual environment

_SECRET = re.compile(
    r"\.env|\.env\..+|.+\.env|\.?secrets?|.*[._-]?secrets?\.[^.]+|\.?credentials?(\.[^.]+)?"
    r"|client_secret.*\.json|service[_-]?account.*\.json|.*[._-](token|password|passwd|apikey)"
    r"|\.?(token|password|passwd|api_?key)s?(\.(txt|json|ya?ml|toml|ini|cfg))?|kaggle\.json"
    r"|.+\.(pem|key|p12|pfx|jks|keystore|kdbx|ovpn|gpg|asc|ppk|der|crt)"
    r"|id_(rsa|dsa|ecdsa|ed25519)(\.pub)?|[._]netrc|\.npmrc|\.pypirc|\.htpasswd|\.pgpass"
    r"|\.git-credentials|\.dockercfg|\.boto|\.s3cfg|\.my\.cnf|\.bash_history|\.python_history"
)
_NO_SECRET = re.compile(r".*\.(example|sample|template|dist|pub)")
_SECRET_FOLDERS = frozenset({".aws", ".ssh", ".gnupg", ".kube", ".docker", ".azure", ".gcloud"})


def ending(path: str) -> str:
    """Return the ending of a path, in lower case; what only begins with a dot has none."""
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 else ""


def name_of(path: str) -> str:
    """Return the last part of a path, in lower case."""
    return path.rpartition("/")[2].lower()


def is_source(path: str) -> bool:
    """Return whether a path names a program's text."""
    return ending(path) in SOURCE or name_of(path) in SOURCE_NAMES


def is_data(path: str) -> bool:
    """Return whether a path names data or an output, by its ending."""
    return ending(path) in DATA or "tfevents" in name_of(path)


def is_sweep_config(path: str) -> bool:
    """Return whether a path names a config of sweeps, which people edit for the next sweep."""
    folder, _, name = path.lower().rpartition("/")
    return name.endswith((".yaml", ".yml")) and ("sweep" in name or "sweeps" in folder.split("/"))


def is_secret(path: str, *, is_tracked: bool) -> bool:
    """Return whether a path names what is often a secret.

    A tracked `secrets.py` is part of the program, and in everybody's copy of the repository.
    """
    if is_tracked and is_source(path):
        return False
    folders, _, name = path.lower().rpartition("/")
    if not _SECRET_FOLDERS.isdisjoint(folders.split("/")):
        return True
    return bool(_SECRET.fullmatch(name)) and not _NO_SECRET.fullmatch(name)


def is_tracked_code(path: str) -> bool:
    """Return whether a file that git tracks is code."""
    parts = path.lower().split("/")
    return is_source(path) or not (
        is_data(path)
        or is_sweep_config(path)
        or _FOR_PEOPLE.fullmatch(parts[-1])
        or not FOR_PEOPLE_FOLDERS.isdisjoint(parts[:-1])
        or not OUTPUTS.isdisjoint(parts[:-1])
    )


def is_loose_code(path: str) -> bool:
    """Return whether a file that no commit has is code; its path is from the program's folder on.

    Configs count beside the program and in folders for configs: elsewhere, runs write them.
    """
    if is_source(path):
        return True
    folders = path.lower().split("/")[:-1]
    is_config = ending(path) in CONFIG and not (
        name_of(path).startswith(".") or is_sweep_config(path)
    )
    return is_config and (not folders or not CONFIG_FOLDERS.isdisjoint(folders))


def is_named_code(path: str) -> bool:
    """Return whether a file that a command names is code, and not what it reads as data."""
    return not is_data(path) and (is_source(path) or ending(path) not in {"", ".exe", ".so"})


def may_hold_code(folder: str, packages: Collection[str]) -> bool:
    """Return whether a folder that git does not track may hold code; `packages` surely do."""
    parts = folder.split("/")
    for depth, name in enumerate(parts, 1):
        if name in NEVER or name.startswith(".") or name.endswith((".egg-info", ".egg")):
            return False
        if name.lower() in OUTPUTS and "/".join(parts[:depth]) not in packages:
            return False
    return True


def matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Return whether a path matches any pattern: `*` in a name, `**` over folders.

    A pattern that matches a folder matches all that is in it.
    """
    if not patterns:
        return lambda _: False
    found = re.compile("|".join(f"(?:{''.join(_translated(each))})" for each in patterns))
    return lambda path: found.fullmatch(path) is not None


def _translated(pattern: str) -> Iterator[str]:
    for part in re.split(r"(\*\*/|\*\*|\*|\?)", pattern.removeprefix("./").rstrip("/")):
        known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
        yield known.get(part) or re.escape(part)
    yield "(?:/.*)?"
