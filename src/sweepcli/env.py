"""Every environment variable that sweepcli reads or sets, and the folders and names they give.

Leaf module, also loaded inside the training process: it imports only `os`.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

DIR = "SWEEPCLI_DIR"
STORE = "SWEEPCLI_STORE"
NETWORK_DISK = "SWEEPCLI_NETWORK_DISK"
ENTITY = "SWEEPCLI_ENTITY"
PROJECT = "SWEEPCLI_PROJECT"
SWEEP_ID = "SWEEPCLI_SWEEP_ID"
RUN_ID = "SWEEPCLI_RUN_ID"
ATTEMPT = "SWEEPCLI_ATTEMPT"
RUN_DIR = "SWEEPCLI_RUN_DIR"
EVENTS = "SWEEPCLI_EVENTS"
PARAMS = "SWEEPCLI_PARAMS"
PARAMS_FILE = "SWEEPCLI_PARAMS_FILE"
PARAM_PREFIX = "SWEEPCLI_PARAM_"
AGENT_ID = "SWEEPCLI_AGENT_ID"
RESUMED = "SWEEPCLI_RESUMED"
CHECKPOINT_DIR = "SWEEPCLI_CHECKPOINT_DIR"
SLOT = "SWEEPCLI_SLOT"
GPUS = "SWEEPCLI_GPUS"
PORT = "SWEEPCLI_PORT"
WANDB = "SWEEPCLI_WANDB"
HEARTBEAT = "SWEEPCLI_HEARTBEAT"
LEASE = "SWEEPCLI_LEASE"
INTERRUPT_DELAY = "SWEEPCLI_INTERRUPT_DELAY"
KILL_DELAY = "WANDB_AGENT_KILL_DELAY"
RESULTS = "sweep-results"  # the results directory if no variable names one
DISABLE_CODE = "WANDB_DISABLE_CODE"
DISABLE_FLAPPING = "WANDB_AGENT_DISABLE_FLAPPING"
MAX_INITIAL_FAILURES = "WANDB_AGENT_MAX_INITIAL_FAILURES"

# Read by the commands and the SDK.
READ = {
    DIR: "The results directory; if unset `sweep-results` in the working directory or, for what "
    "makes nothing new, in a folder above.",
    STORE: "The database: postgresql://USER@HOST/NAME, or a directory; in the results directory if "
    "unset.",
    NETWORK_DISK: "`true` allows SQLite's database on a network file system, if only one "
    "machine ever uses it.",
    ENTITY: "The entity of new sweeps and of runs without a sweep; overrides the config file.",
    "WANDB_ENTITY": "The same, if SWEEPCLI_ENTITY is unset.",
    PROJECT: "The project of new sweeps and of runs without a sweep; overrides the config file.",
    "WANDB_PROJECT": "The same, if SWEEPCLI_PROJECT is unset.",
    DISABLE_FLAPPING: "`true` lets an agent continue if its first three runs fail within a minute.",
    MAX_INITIAL_FAILURES: "An agent gives up if its first runs fail, this many; default 5.",
    HEARTBEAT: "Seconds between two heartbeats of an agent; default 5.",
    LEASE: "Seconds without a heartbeat after which an agent on another host counts as dead; "
    "default 60.",
    INTERRUPT_DELAY: "Seconds from SIGINT to SIGTERM when an agent ends a run; default 10.",
    KILL_DELAY: "Seconds from SIGTERM to SIGKILL when an agent ends a run; default 30.",
    "SLURM_JOB_ID": "The job that `agent --requeue` puts back in the queue; set by SLURM, like the "
    "next two.",
    "SLURM_ARRAY_JOB_ID": "The array that its task belongs to.",
    "SLURM_ARRAY_TASK_ID": "The number of the task in it; `agent CONFIG.yaml` is refused there.",
    "WANDB_NAME": "The name of a run whose script gives it none.",
    "WANDB_NOTES": "Its notes, likewise.",
    "WANDB_TAGS": "Its tags, likewise, with commas between them.",
    "WANDB_MODE": "`disabled` makes the SDK write nothing.",
    "WANDB_DIR": "The folder for the log of W&B's own package; the run's folder if unset.",
    DISABLE_CODE: "`true` switches off the recording of code, as `code: off` does for one sweep.",
}

# Set by the agent in the environment of every run.
SET = {
    DIR: "The results directory, absolute.",
    STORE: "The database, if `agent --store` names another one.",
    ENTITY: "The sweep's entity.",
    PROJECT: "The sweep's project.",
    SWEEP_ID: "The sweep's id.",
    AGENT_ID: "The agent's id.",
    SLOT: "The number of the agent's slot that the run uses, from 0; see `agent -j`.",
    GPUS: "The run's GPUs under `agent --gpus`, separated by commas; else empty.",
    PORT: "A TCP port that was free when the run started.",
    RUN_ID: "The run's id; the same over all its attempts.",
    ATTEMPT: "The number of this attempt, from 1.",
    RESUMED: "`true` from the second attempt on, else `false`.",
    CHECKPOINT_DIR: "The folder of the run for all its attempts, absolute.",
    RUN_DIR: "The folder of this attempt, absolute.",
    EVENTS: "The file that the run appends its logged values to, one JSON object per line.",
    PARAMS: "The run's params as one JSON object.",
    PARAMS_FILE: "The file with the same JSON object.",
    PARAM_PREFIX + "NAME": "One variable for each param: text unchanged, any other value as JSON; "
    "characters other than letters, digits and `_` in the name become `_`.",
    "WANDB_SWEEP_ID": "The sweep's id, for scripts that use W&B's own package.",
    "WANDB_RUN_ID": "The run's id, for the same scripts.",
    "WANDB_SWEEP_PARAM_PATH": "The param file in W&B's form.",
    "WANDB_ENTITY": "The sweep's entity.",
    "WANDB_PROJECT": "The sweep's project.",
    "WANDB_DIR": "The folder of this attempt, unless already set.",
    "WANDB_MODE": "`offline`, unless already set.",
    "WANDB_ERROR_REPORTING": "`false`, unless already set: nothing is sent anywhere.",
    "WANDB_X_TRANSACTION_LOG_FLUSH_INTERVAL": "`0.5`, unless already set: the most "
    "seconds after which W&B's package, from 0.31 on, writes logged values.",
    "PYTHONPATH": "Its old value, and the folder of the stand-in for `wandb`.",
    WANDB: "What `import wandb` loads: `auto` or `stand-in`; see `agent --wandb`.",
    "PYTHONUNBUFFERED": "`1`, unless already set, so that output appears when it is printed.",
}


def results_dir(environ: Mapping[str, str] = os.environ) -> str:
    """Return the absolute path of the results directory."""
    return os.path.abspath(environ.get(DIR) or RESULTS)


def store(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the database that the environment names, if any: a URL, or an absolute directory."""
    named = environ.get(STORE)
    return named if not named or "://" in named else os.path.abspath(named)


def goes_on_network_disk(environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether the environment says that only one machine uses a network disk."""
    return environ.get(NETWORK_DISK, "").lower() == "true"


def records_code(environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether the environment lets code be recorded."""
    return environ.get(DISABLE_CODE, "").lower() not in {"true", "1"}


def entity(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the entity that the environment names, if any."""
    return environ.get(ENTITY) or environ.get("WANDB_ENTITY") or None


def project(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the project that the environment names, if any."""
    return environ.get(PROJECT) or environ.get("WANDB_PROJECT") or None


def default_entity(environ: Mapping[str, str] = os.environ) -> str:
    """Return the login name, or `local` where there is none (containers, odd uids)."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if environ.get(name):
            return folder_name(environ[name])
    try:
        import pwd  # noqa: PLC0415 -- POSIX only, and rarely needed

        return folder_name(pwd.getpwuid(os.getuid()).pw_name)
    except (ImportError, KeyError):
        return "local"


def default_project(directory: str | None = None) -> str:
    """Return the name of the git repository that holds `directory`, else of the directory."""
    here = os.path.abspath(directory or os.getcwd())
    place = here
    while not os.path.exists(os.path.join(place, ".git")):
        parent = os.path.dirname(place)
        if parent == place:
            place = here
            break
        place = parent
    return folder_name(os.path.basename(place))


def folder_name(text: str) -> str:
    """Return `text` as a name that can be a folder and a part of a sweep path."""
    name = "".join(c if c.isalnum() or c in "-_. " else "-" for c in text).strip(" .")
    return name or "uncategorized"
