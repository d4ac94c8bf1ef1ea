"""Plays a task with an engine, and keeps what came out of it."""

from __future__ import annotations

import hashlib
import json
import os
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.search.engines import ENVIRONMENTS, ROOT, Engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.search.tasks import Task

BUDGETS = (30, 100, 200)
OURS = os.path.join(ROOT, "src", "sweepcli", "search")

PARTS = {  # the modules of a method that has several
    "bayes": (
        *("acquisition", "axes", "bayes", "gaussian_process", "lbfgs", "numeric"),
        *("observations", "sobol", "unit_space"),
    ),
}


class Game(NamedTuple):
    """One search of a task."""

    engine: str
    task: str
    pending: int  # how many runs are at work at a time
    seed: int
    found: dict[str, float]  # the truth of the run that had shown the least, by the budget


def play(
    talk: Callable[..., dict[str, Any]], task: Task, *, seed: int, pending: int, budget: int
) -> dict[str, float]:
    """Search a task; return the truth of what looked best after each budget of ended runs.

    `talk` sends the engine a line, as `engines.Talk` does.
    """
    talk("start", parameters=task.parameters, seed=seed, budget=budget)
    at_work: deque[tuple[int, float, float]] = deque()  # id, what it will show, the truth
    asked = ended = 0
    least, truth = float("inf"), float("inf")
    found = {}
    while ended < budget:
        while len(at_work) < pending and asked < budget:
            answer = talk("ask")
            if answer["params"] is None:  # the space is used up
                asked = budget
                break
            shown = task.shown(answer["params"], seed=seed, number=asked)
            at_work.append((answer["id"], shown, task.truth(answer["params"])))
            asked += 1
        if not at_work:
            break
        number, shown, true = at_work.popleft()
        talk("tell", id=number, value=shown)
        ended += 1
        if shown < least:
            least, truth = shown, true
        if ended in BUDGETS:
            found[str(ended)] = truth
    return found | {str(n): truth for n in BUDGETS if ended < n <= budget}


class Results:
    """Games that were played before, so that a longer benchmark goes on where it was."""

    def __init__(self) -> None:
        os.makedirs(ENVIRONMENTS, exist_ok=True)
        self._path = os.path.join(ENVIRONMENTS, "games.jsonl")
        self._games: dict[str, Game] = {}
        if os.path.exists(self._path):
            with open(self._path, encoding="utf-8") as file:
                for line in file:
                    key, *game = json.loads(line)
                    self._games[key] = Game(*game)

    def known(
        self, engine: Engine, task: Task, pending: int, seed: int, budget: int
    ) -> Game | None:
        """Return a game that was played before, by the same version of the engine."""
        return self._games.get(_key(engine, task, pending, seed, budget))

    def add(self, engine: Engine, task: Task, game: Game, budget: int) -> None:
        """Keep a game."""
        key = _key(engine, task, game.pending, game.seed, budget)
        self._games[key] = game
        with open(self._path, "a", encoding="utf-8") as file:
            file.write(json.dumps([key, *game]) + "\n")


def _key(engine: Engine, task: Task, pending: int, seed: int, budget: int) -> str:
    version = " ".join(engine.requires) or _fingerprint(engine.asks.partition(":")[2])
    return f"{engine.name} {version} {task.name} {pending} {seed} {budget}"


def _fingerprint(method: str) -> str:
    """Return a word that changes with the code of one of our methods."""
    digest = hashlib.sha256()
    for name in PARTS.get(method, (method,)):
        with open(os.path.join(OURS, f"{name}.py"), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()[:12]
