"""The nouns of a sweep, as frozen records. Leaf module: imports nothing of ours.

A changed record is a new one (`_replace`) and one call of the store. Named tuples, since a
dataclass takes a millisecond to make: see `docs/decisions/0009-records-are-named-tuples.md`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

# What JSON can hold: None, bool, int, float, str, list of these, dict of str to these.
# The one place where `Any` is allowed: a parameter's value is the user's business.
JSON = Any
Params = dict[str, JSON]

NOTHING: dict[str, JSON] = {}  # a default, never changed
DEFAULT_COMMAND = ("${env}", "${interpreter}", "${program}", "${args}")  # W&B's


class SweepState(StrEnum):
    """The state of a sweep; in the first three it hands out runs, or may do so again."""

    PENDING = "pending"  # created, no run handed out yet
    RUNNING = "running"
    PAUSED = "paused"  # hands out nothing until resumed
    FINISHED = "finished"  # its runs have ended, its cap is reached, or a person stopped it
    CANCELED = "canceled"  # stopped by a person together with its runs


class RunState(StrEnum):
    """The state of a run; see `docs/glossary.md`."""

    PENDING = "pending"  # suggested, waiting for an agent
    RUNNING = "running"
    FINISHED = "finished"  # the program ended with exit code 0
    FAILED = "failed"  # the program ended with another exit code, or could not be started
    CRASHED = "crashed"  # a signal ended the program, or its agent was lost
    KILLED = "killed"  # a person ended it
    STOPPED = "stopped"  # early termination ended it
    PREEMPTED = "preempted"  # taken from its agent; handed out again before all others


UNFINISHED = (SweepState.PENDING, SweepState.RUNNING, SweepState.PAUSED)
WAITING = (RunState.PENDING, RunState.PREEMPTED)  # for an agent
WELL = (RunState.FINISHED, RunState.STOPPED)  # the ends that are no failures
BAD = (RunState.FAILED, RunState.CRASHED)  # the ends that are: of the program, or of its agent
DONE = (*WELL, *BAD, RunState.KILLED)  # all ends for good


class Goal(StrEnum):
    """The direction in which a metric is better."""

    MINIMIZE = "minimize"
    MAXIMIZE = "maximize"

    @property
    def sign(self) -> int:
        """What makes less the better of two values that are multiplied with it."""
        return -1 if self is Goal.MAXIMIZE else 1

    def is_better(self, value: float, than: float | None) -> bool:
        """Return whether a value is better than another, or there is no other."""
        return than is None or self.sign * value < self.sign * than


class Metric(NamedTuple):
    """The logged key that a sweep optimises."""

    name: str
    goal: Goal = Goal.MINIMIZE
    target: float | None = None
    impute: str | None = None  # None: see `search.observations`
    impute_while_running: str = "false"
    value: str = "best"  # which number counts: `best`, `last`, `mean` or `final`
    last_of: int = 1  # of how many values `last` is the mean
    over_inits: str | None = None  # how those of several `init()` become one

    @property
    def counting(self) -> tuple[str, int, str | None]:
        """Which number of a run is its value."""
        return self.value, self.last_of, self.over_inits


class Parameter(NamedTuple):
    """One leaf of the search space, whose values `sweep_config.distributions` maps to [0, 1]."""

    path: tuple[str, ...]  # names from the top level down; one if it is not nested
    distribution: str  # a key of `DISTRIBUTIONS`
    settings: dict[str, JSON]  # all of the distribution's keys, defaults filled in

    @property
    def name(self) -> str:
        """The path joined with dots, as people see it."""
        return ".".join(self.path)


class PriorRun(NamedTuple):
    """A run of another sweep that a search may learn from: its params, and their value."""

    params: Params
    value: float


class MetricsFrom(NamedTuple):
    """Where a program writes metrics, if not through the SDK; see `docs/config.md`."""

    output: tuple[str, ...] = ()  # patterns of what it prints
    json: str | None = None  # a file, as is the next
    csv: str | None = None

    @property
    def origins(self) -> tuple[str, ...]:
        """What rows that are copied from there name as their origin."""
        return "output", *(name for name in (self.json, self.csv) if name)


class CodeUse(NamedTuple):
    """What becomes of the code that runs execute; see `docs/code.md`."""

    is_recorded: bool = True
    is_frozen: bool = False  # runs execute it as it was when the sweep was created
    include: tuple[str, ...] = ()  # patterns of paths that count as code too, as is the next
    exclude: tuple[str, ...] = ()


class CodeSeen(NamedTuple):
    """Which code and environment an attempt at a run had, by their ids; None: not known."""

    code: str | None = None  # as last seen before the program started
    code_after: str | None = None  # just after that, if it was another one
    environment: str | None = None


NOT_SEEN = CodeSeen()


class SweepConfig(NamedTuple):
    """What a sweep config means: checked, defaults filled in, parameters flattened.

    `sweep_config.parse` makes it. A run's params are nested again by `parameters.nest`.
    """

    method: str  # a name of `search.METHODS`, or `package.module:function`
    parameters: tuple[Parameter, ...]  # sorted by name at every nesting level, as W&B does
    metric: Metric | None = None
    early_terminate: dict[str, JSON] | None = None
    command: tuple[str, ...] = DEFAULT_COMMAND
    program: str | None = None
    run_cap: int | None = None
    seed: int = 0
    timeout_s: float | None = None  # how long an attempt may take; above 0
    max_retries: int = 0  # how often a run whose program failed is tried again
    metrics: tuple[Metric, ...] = ()  # instead of `metric`, where a library optimises several
    prior_runs: tuple[PriorRun, ...] = ()  # of other sweeps; a search may learn from them
    scheduler: dict[str, JSON] | None = None  # the library that searches, for `custom`
    metrics_from: MetricsFrom | None = None
    args_style: str | None = None  # the form of `${args}`; None: W&B's
    code: CodeUse = CodeUse()
    raw: dict[str, JSON] = NOTHING  # the config as understood, in W&B's keys

    @property
    def goal(self) -> Goal:
        """The goal of the metric that runs are ordered by."""
        return self.metric.goal if self.metric else Goal.MINIMIZE

    @property
    def objectives(self) -> tuple[Metric, ...]:
        """All that is optimised."""
        return self.metrics or ((self.metric,) if self.metric else ())


class Sweep(NamedTuple):
    """One search: its place, its state and its config."""

    id: str
    entity: str
    project: str
    state: SweepState
    config: SweepConfig
    created_at: float  # seconds since the epoch
    name: str | None = None
    about: dict[str, JSON] | None = None  # what people say of it; see `about.py`
    code: str | None = None  # the id of the code when it was created

    @property
    def notes(self) -> str | None:
        """What people wrote about it, else the config's `description`."""
        said = self.about or NOTHING
        return said["notes"] if "notes" in said else self.raw.get("description")

    @property
    def tags(self) -> tuple[str, ...]:
        """What people tagged it with."""
        return tuple((self.about or NOTHING).get("add", ()))

    @property
    def path(self) -> str:
        """The sweep's path, `entity/project/sweepID`."""
        return f"{self.entity}/{self.project}/{self.id}"

    @property
    def raw(self) -> dict[str, JSON]:
        """The config as it is stored: as understood, in W&B's own keys."""
        return self.config.raw


class Suggestion(NamedTuple):
    """Params to try next, with the key that identifies them within their sweep."""

    key: str
    params: Params
    info: dict[str, JSON] | None = None  # what the search expects of them


class Run(NamedTuple):
    """One suggestion being or having been executed; keeps its id over all its attempts."""

    id: str
    sweep_id: str
    number: int  # 1-based order of suggestion within the sweep
    key: str
    state: RunState
    params: Params
    attempt: int = 0  # 0 until an agent takes it
    agent_id: str | None = None
    created_at: float = 0.0  # this and the next two: seconds since the epoch
    started_at: float | None = None
    ended_at: float | None = None
    exit_code: int | None = None  # negative: the signal that ended the program
    reason: str | None = None  # why it ended as it did, for people
    summary: dict[str, JSON] = NOTHING
    value: float | None = None  # of the metric, as the config counts it
    value_step: int | None = None
    worst: float | None = None  # of all that it logged of the metric, as are `latest` and `best`
    latest: float | None = None
    search_info: dict[str, JSON] | None = None  # of its suggestion
    best: float | None = None
    name: str | None = None  # this and the next two: its script's, unless people say otherwise
    notes: str | None = None
    tags: tuple[str, ...] = ()
    about: dict[str, JSON] | None = None  # what people say of it; see `about.py`
    code: str | None = None  # this and the next two: see `CodeSeen`
    code_after: str | None = None
    environment: str | None = None

    @property
    def seen(self) -> CodeSeen:
        """Which code and environment its last attempt had."""
        return CodeSeen(self.code, self.code_after, self.environment)

    def with_code(self, seen: CodeSeen) -> Run:
        """Return the run with the code and the environment that its last attempt had."""
        return self._replace(**seen._asdict())

    @property
    def progress(self) -> Progress:
        """What the run has logged up to its last attempt."""
        return Progress(*(getattr(self, name) for name in Progress._fields))

    @property
    def step_of_several(self) -> int | None:
        """The step of the value; None for a run that has logged one value alone, and no step."""
        is_one = self.value == self.worst == self.latest and self.value_step == 0
        return None if is_one else self.value_step

    def seconds(self, now: float) -> float | None:
        """Return how long the last attempt took, or has taken up to now."""
        if self.started_at is None:
            return None
        end = self.ended_at if self.ended_at is not None else now
        return round(max(0.0, end - self.started_at), 3)

    def record(self, now: float) -> dict[str, JSON]:
        """Return the run as plain JSON, from which tables, files and pages choose.

        All fields are under their names, but for `step`, the one that the value is from.
        `duration_s` is added.
        """
        fields = {**self._asdict(), "state": str(self.state), "duration_s": self.seconds(now)}
        fields["step"] = fields.pop("value_step")
        fields["tags"] = list(self.tags)
        return fields

    def after(self, ending: Ending, progress: Progress, state: RunState) -> Run:
        """Return the run as an attempt leaves it, in the state that follows."""
        return self._replace(
            state=state,
            ended_at=ending.at,
            exit_code=ending.exit_code,
            reason=ending.reason,
            **progress._asdict(),
        )


class Row(NamedTuple):
    """One logged line of history; rows of one step belong together."""

    line: int  # 0-based number of the line in the run's event file
    step: int
    timestamp: float | None
    values: dict[str, JSON]


class Progress(NamedTuple):
    """What a run has logged so far, in short."""

    summary: dict[str, JSON] = NOTHING
    value: float | None = None  # of the metric, as `metric.value` says
    value_step: int | None = None  # None for a mean
    worst: float | None = None
    latest: float | None = None
    best: float | None = None
    name: str | None = None  # of the run, as its script says, as are the next two
    notes: str | None = None
    tags: tuple[str, ...] = ()


class Ending(NamedTuple):
    """How an attempt of a run ended."""

    state: RunState
    exit_code: int | None
    reason: str | None
    at: float
    output: str | None = None  # the last lines that it printed, unless it finished


class Attempt(NamedTuple):
    """One try at a run by one agent."""

    run_id: str
    attempt: int
    agent_id: str
    state: RunState
    started_at: float
    ended_at: float | None = None
    exit_code: int | None = None
    reason: str | None = None
    output: str | None = None  # the last lines that it printed, unless it finished
    code: str | None = None  # this and the next two: see `CodeSeen`
    code_after: str | None = None
    environment: str | None = None
    host: str = ""


class Agent(NamedTuple):
    """A process that claims runs and runs them on one machine."""

    id: str
    host: str
    pid: int  # 0: no process; a person's own launcher runs its run
    started_at: float
    heartbeat_at: float
    ended_at: float | None = None
    pid_started: int | None = None  # distinguishes it from a later process with the same pid
    place: str | None = None  # where its pid means it: a boot of a machine, and a pid namespace
    ended_code: int | None = None  # its exit code, as is the next once it has ended by itself
    ended_why: str | None = None  # for people
    sweeps: str | None = None  # the ids of those that it works on, each between two spaces
