"""Attacks on the ground under agents: their files removed, moved, damaged; disks full; FIFOs.

Run as a script (`make chaos`) it prints its figures. Each row that a program knows to be logged is
also in a ledger beside the results, so that a row that is lost is known, whoever lost it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from other_user import CAN, ONE_MORE, OTHER, as_user
from sweepcli import env
from sweepcli.errors import StoreError
from sweepcli.records import RunState
from sweepcli.stores import open_existing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

BIN = os.path.dirname(sys.executable)
LONGEST_S = 60.0  # until an agent or a command counts as one that hangs
LOOKS = ("ls", "show", "runs", "best", "export")
# Its event file stays open, as that of a script does which logs through the SDK.
PROGRAM = """exec 9>>"$SWEEPCLI_EVENTS"
for i in 1 2 3 4 5; do
  echo "{\\"loss\\": $SWEEPCLI_PARAM_x, \\"i\\": $i}" >&9 || exit 1
  echo "$SWEEPCLI_RUN_ID $SWEEPCLI_ATTEMPT $i" >>$LEDGER/rows; sleep 0.0$i
done
SPITE
echo "$SWEEPCLI_PARAM_x" >>$LEDGER/done"""
# What a run can leave in the place of its own files, and of those of its next attempt.
FIFOS = """next="$SWEEPCLI_RUN_DIR/../$((SWEEPCLI_ATTEMPT + 1))"; mkdir -p "$next"
[ -e "$next/params.json" ] || mkfifo "$next/params.json" "$next/output.log" "$next/events.jsonl"
rm -f "$SWEEPCLI_RUN_DIR/output.log" "$SWEEPCLI_RUN_DIR/command.json"
mkfifo "$SWEEPCLI_RUN_DIR/output.log" "$SWEEPCLI_RUN_DIR/command.json\""""
DATABASE = ("sweeps.db", "sweeps.db-wal", "sweeps.db-shm")


@dataclass
class Figures:
    """What happened under some attacks, and what is wrong."""

    seconds: float = 0.0
    attacks: int = 0
    cells: int = 0
    rows: int = 0  # that programs know to be logged
    found: int = 0  # of these, in the store at the end
    lost_with_a_word: int = 0
    again: int = 0  # programs that reached their end, and ran again
    hangs: int = 0
    tracebacks: int = 0
    skipped: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return the figures for people."""
        lost = self.rows - self.found - self.lost_with_a_word
        losses = f"{self.lost_with_a_word} lost with a word, {lost} lost without a word"
        return "\n".join(
            [
                f"{self.attacks} attacks in {self.seconds:.0f} s, {self.cells} configurations",
                f"{self.rows} logged rows: {self.found} in the store, {losses}",
                f"{self.again} programs that had ended ran again",
                f"{self.hangs} hangs, {self.tracebacks} tracebacks",
                *(f"SKIPPED: {each}" for each in self.skipped),
                *(f"FAULT: {fault}" for fault in self.faults or ["none"]),
            ]
        )


class Place:
    """A results directory, a sweep in it, and agents that work on it."""

    def __init__(
        self,
        folder: Path,
        figures: Figures,
        name: str,
        cells: int,
        seed: int,
        looks: Sequence[str],
    ) -> None:
        self.folder = folder
        self.results = folder / "results"
        self.ledger = folder / "ledger"
        self.ledger.mkdir(parents=True)
        self.ledger.chmod(0o777)
        self.random = random.Random(seed)
        self.cells = cells
        self.looks = looks
        self.prefix: Callable[[Sequence[str]], list[str]] = list  # how an agent is started
        self._figures = figures
        self._name = name
        self._agents: list[subprocess.Popen[str]] = []

    def begin(self, spite: str = ":") -> None:
        """Create the sweep; `spite` is what a run does before its end."""
        script = PROGRAM.replace("SPITE", spite).replace("$LEDGER", str(self.ledger))
        axis = {"distribution": "int_uniform", "min": 1, "max": self.cells}
        config = self.folder / "sweep.json"
        text = {"method": "grid", "metric": {"name": "loss"}, "parameters": {"x": axis}}
        more = {"max_retries": 5}  # a program fails where a full disk takes nothing
        config.write_text(json.dumps({**text, **more, "command": ["/bin/sh", "-c", script]}))
        words = ("sweep", "-e", "me", "-p", "demo", str(config))
        made = self.call(*words, prefix=self.prefix)
        self.path = made.stdout.strip()
        if made.returncode:
            self.fault(f"no sweep was created: {made.stderr}")

    @cached_property
    def environ(self) -> dict[str, str]:
        """What all commands get."""
        return {**os.environ, env.HEARTBEAT: "0.2", "SWEEPCLI_STORE_RETRY": "0.1"}

    def call(
        self, *words: str, prefix: Callable[[Sequence[str]], list[str]] = list
    ) -> subprocess.CompletedProcess[str]:
        """Run a command, and look for a hang and a traceback."""
        argv = prefix([os.path.join(BIN, words[0]), *words[1:], "--dir", str(self.results)])
        try:
            done = subprocess.run(
                argv,
                check=False,
                env=self.environ,
                text=True,
                capture_output=True,
                timeout=LONGEST_S,
            )
        except subprocess.TimeoutExpired:
            self._figures.hangs += 1
            self.fault(f"{' '.join(words)} hangs")
            return subprocess.CompletedProcess(argv, 1, "", "")
        self._check(" ".join(words), done.stderr, done.returncode)
        return done

    def fault(self, text: str) -> None:
        """Record that something is wrong."""
        self._figures.faults.append(f"{self._name}: {text}")

    def _check(self, what: str, said: str, code: int) -> None:
        if "Traceback" in said:
            self._figures.tracebacks += 1
            self.fault(f"{what}: {said[-2000:]}")
        elif code not in (0, 1, 2, 3):
            self.fault(f"{what} ended with {code}: {said[-500:]}")

    def start(self, many: int = 2) -> None:
        """Start agents."""
        argv = [os.path.join(BIN, "agent"), "--quiet", "--dir", str(self.results), self.path]
        for _ in range(many):
            agent = subprocess.Popen(
                self.prefix(argv),
                env=self.environ,
                text=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            self._agents.append(agent)

    def wait(self) -> tuple[list[int], str]:
        """Wait for the agents; return their exit codes, and what they said."""
        codes, said = [], ""
        for agent in self._agents:
            try:
                said += agent.communicate(timeout=LONGEST_S)[1]
            except subprocess.TimeoutExpired:
                agent.kill()
                said += agent.communicate()[1]
                self._figures.hangs += 1
                self.fault(f"an agent hangs: {said[-2000:]}")
            codes.append(agent.returncode)
        self._agents.clear()
        self._check("agents", said, max(codes))
        return codes, said

    def until_done(self, many: int) -> None:
        """Wait until so many programs have reached their end."""
        deadline = time.monotonic() + LONGEST_S
        while len(self.done()) < many:
            if time.monotonic() > deadline:
                self.fault(f"only {len(self.done())} programs reached their end")
                return
            time.sleep(0.01)

    def done(self) -> list[str]:
        """Return the params of programs that have reached their end, one for each time."""
        return self._lines("done")

    def rows(self) -> Counter[tuple[str, int]]:
        """Return how many rows each attempt knows to be logged."""
        found = [line.split() for line in self._lines("rows")]
        return Counter((run_id, int(attempt)) for run_id, attempt, _ in found)

    def _lines(self, name: str) -> list[str]:
        path = self.ledger / name
        return path.read_text().splitlines() if path.exists() else []

    def files(self) -> Iterator[Path]:
        """Return the files of the database that there are."""
        return (path for name in DATABASE if (path := self.results / name).exists())

    def look(self) -> None:
        """Run every command that looks; each works, or says why not."""
        for name in self.looks:
            words = [name] if name == "ls" else [name, self.path]
            done = self.call("sweep", *words)
            if done.returncode and not done.stderr.strip():
                self.fault(f"sweep {name} fails without a word")

    def stored(self) -> Counter[tuple[str, int]]:
        """Return how many rows of each attempt are in the store."""
        try:
            with closing(open_existing(str(self.results), looks=True)) as store:
                return Counter(
                    {
                        (run.id, attempt.attempt): store.number_of_rows(run.id, attempt.attempt)
                        for run in store.runs(self.path.rpartition("/")[2])
                        for attempt in store.attempts(run.id)
                    }
                )
        except StoreError as error:
            self.fault(str(error))
            return Counter()

    def states(self) -> Counter[str]:
        """Return how many runs are in each state."""
        answer = self.call("sweep", "runs", self.path, "--json").stdout
        return Counter(run["state"] for run in json.loads(answer or "[]"))

    def close(self) -> None:
        """End what is left."""
        for agent in self._agents:
            agent.kill()
            agent.communicate()


class Attack(NamedTuple):
    """One way to take the ground away, and what has to follow."""

    do: Callable[[Place], None]  # while agents are at work
    word: str = ""  # what each agent has to say, and end with exit code 1; else they end well
    then: Callable[[Place], None] = lambda _: None  # what the user does before going on
    before: Callable[[Place], None] = Place.begin
    is_end: bool = False  # there is nothing to go on with: what is lost was lost with a word
    needs_root: bool = False
    may_pass: bool = False  # agents may not notice


def remove_database(place: Place) -> None:
    """Remove the database."""
    for path in place.files():
        path.unlink()


def keep_old(place: Place) -> None:
    """Create the sweep, and keep a backup of the database from before its runs."""
    place.begin()
    shutil.copytree(place.results, place.folder / "backup")


def restore_old(place: Place) -> None:
    """Replace the database by the backup."""
    remove_database(place)
    shutil.copy(place.folder / "backup" / "sweeps.db", place.results)


def remove_lock(place: Place) -> None:
    """Remove the lock of those who write."""
    (place.results / "sweeps.db.lock").unlink()


def remove_presence(place: Place) -> None:
    """Remove the lock of those at work."""
    (place.results / "agents.lock").unlink()


def move(place: Place) -> None:
    """Move the results directory."""
    place.results.rename(place.folder / "moved")
    place.results = place.folder / "moved"


def replace(place: Place) -> None:
    """Move the results directory, and make an empty one in its place."""
    before = place.results
    move(place)
    before.mkdir()


def remove_all(place: Place) -> None:
    """Remove the results directory."""
    for _ in range(100):  # a run that begins a file keeps its folder
        shutil.rmtree(place.results, ignore_errors=True)
        if not place.results.exists():
            return
    place.fault("the results directory could not be removed")


def flip(place: Place) -> None:
    """Change bytes of the database and of its -wal, one in each page."""
    for path in (path for path in place.files() if not path.name.endswith("-shm")):
        with path.open("r+b") as file:
            size = path.stat().st_size
            for start in range(0, size, 4096):
                at = start + place.random.randrange(4096)
                if at < size:
                    file.seek(at)
                    old = file.read(1)
                    file.seek(at)
                    file.write(bytes([old[0] ^ 0xFF]))


def truncate(place: Place) -> None:
    """Empty the database."""
    os.truncate(place.results / "sweeps.db", 0)


def repair(place: Place) -> None:
    """Rebuild the database from the files of runs."""
    place.look()
    done = place.call("sweep", "repair")
    if done.returncode:
        place.fault(f"sweep repair: {done.stderr}")


def small_disk(options: str) -> Callable[[Place], None]:
    """Return what begins a sweep on a small disk."""

    def begin(place: Place) -> None:
        place.results.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", options, "none", str(place.results)]
        subprocess.run(mount, check=True)
        place.begin()

    return begin


def fill_disk(place: Place) -> None:
    """Fill the disk; look and export on it; make room again."""
    filler = place.results / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 16, 4096, 1):
            with suppress(OSError):
                while file.write(b"\0" * size) == size:
                    pass
    place.look()
    done = place.call("sweep", "export", place.path, "-o", str(place.folder / "runs.csv"))
    if done.returncode or not (place.folder / "runs.csv").exists():
        place.fault(f"no export to another disk: {done.stderr}")
    cancel = place.call("sweep", "--cancel", place.path)
    if cancel.returncode == 0:  # there was room in the -wal
        place.call("sweep", "--resume", place.path)
        place.call("sweep", "retry", place.path)
    elif not cancel.stderr.strip():
        place.fault("--cancel fails without a word")
    filler.unlink()


def use_inodes(place: Place) -> None:
    """Take all inodes of the disk; look at it; free them again."""
    folder = place.results / "filler"
    made = 0
    try:
        folder.mkdir()
        while True:
            (folder / str(made)).touch()
            made += 1
    except OSError:
        place.look()
    shutil.rmtree(folder, ignore_errors=True)


def shared(place: Place) -> None:
    """Begin a sweep in a directory that two users of a group share."""
    place.results.mkdir()
    os.chown(place.results, OTHER, OTHER)
    place.results.chmod(0o2775)
    place.prefix = lambda argv: as_user(["sh", "-c", 'umask 002; exec "$@"', "sh", *argv])
    place.begin()


def second_user(place: Place) -> None:
    """Let an agent of a second user of the group join."""
    place.prefix = lambda argv: as_user(
        ["sh", "-c", 'umask 002; exec "$@"', "sh", *argv], ONE_MORE, group=OTHER
    )
    place.start(1)


def look_as_another(place: Place) -> None:
    """Look as a user who may not write, while agents are at work."""
    for name in place.looks:
        words = [name] if name == "ls" else [name, place.path]
        done = place.call("sweep", *words, prefix=as_user)
        if done.returncode:
            place.fault(f"sweep {name} as another user: {done.stderr}")


ATTACKS = {
    "database removed": Attack(remove_database, "was removed", repair),
    "database replaced by a backup": Attack(restore_old, "replaced", repair, keep_old),
    "database emptied": Attack(truncate, "sweep repair", repair),
    "bytes of the database flipped": Attack(flip, "sweep repair", repair, may_pass=True),
    "lock removed": Attack(remove_lock, "sweeps.db.lock"),
    "lock of those at work removed": Attack(remove_presence, "agents.lock"),
    "directory moved": Attack(move, "was moved to"),
    "directory replaced": Attack(replace, "was moved to"),
    "directory removed": Attack(remove_all, "was removed", is_end=True),
    "disk full": Attack(fill_disk, before=small_disk("size=16m"), needs_root=True),
    "no inodes": Attack(use_inodes, before=small_disk("size=64m,nr_inodes=400"), needs_root=True),
    "FIFOs": Attack(lambda _: None, before=lambda place: place.begin(FIFOS)),
    "a second user": Attack(second_user, before=shared, needs_root=True),
    "a user who only reads": Attack(look_as_another, needs_root=True),
}


def play(
    figures: Figures, name: str, *, cells: int, seed: int, looks: Sequence[str] = LOOKS
) -> None:
    """Play one attack, and what follows, to the end of the sweep."""
    attack = ATTACKS[name]
    if attack.needs_root and not CAN:
        figures.skipped.append(f"{name}: only root can")
        return
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # noqa: S103 -- for other users
        place = Place(Path(folder, "place"), figures, name, cells, seed, looks)
        try:
            attack.before(place)
            _play(place, attack, figures)
        finally:
            place.close()
            if os.path.ismount(place.results):
                subprocess.run(["umount", "--lazy", str(place.results)], check=True)
    figures.seconds += time.monotonic() - begin
    figures.attacks += 1


def _play(place: Place, attack: Attack, figures: Figures) -> None:
    place.start()
    place.until_done(place.cells // 4)
    attack.do(place)
    codes, said = place.wait()
    is_said = set(codes) == {1} and attack.word in said
    if attack.word and not is_said and not (attack.may_pass and set(codes) <= {0, 1}):
        place.fault(f"agents ended with {codes} and said: {said[-2000:]}")
    if not attack.word and any(codes):
        place.fault(f"agents ended with {codes}: {said[-2000:]}")
    place.look()
    attack.then(place)
    figures.cells += place.cells
    if attack.is_end:
        figures.rows += place.rows().total()
        figures.lost_with_a_word += place.rows().total()
        return
    place.start()
    place.wait()
    figures.rows += place.rows().total()
    _check(place, place.rows(), figures)


def _check(place: Place, rows: Counter[tuple[str, int]], figures: Figures) -> None:
    if (states := place.states()) != {RunState.FINISHED: place.cells}:
        place.fault(f"of {place.cells} cells: {dict(states)}")
    stored = place.stored()
    figures.found += sum(min(count, stored[attempt]) for attempt, count in rows.items())
    for attempt, count in rows.items():
        if stored[attempt] < count:
            place.fault(f"{stored[attempt]} of {count} rows of attempt {attempt}")
    again = [cell for cell, count in Counter(place.done()).items() if count > 1]
    figures.again += len(again)
    if again:
        place.fault(f"cells {again} had ended, and ran again")


def main() -> int:
    """Play as the command line says; return 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cells", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", choices=list(ATTACKS), action="append")
    options = parser.parse_args()
    figures = Figures()
    for turn in range(options.rounds):
        for name in options.only or ATTACKS:
            play(figures, name, cells=options.cells, seed=options.seed + turn)
            sys.stderr.write(f"{name}: {len(figures.faults)} faults\n")
    sys.stdout.write(f"seed {options.seed}\n{figures.text()}\n")
    return 1 if figures.faults else 0


if __name__ == "__main__":
    sys.exit(main())
