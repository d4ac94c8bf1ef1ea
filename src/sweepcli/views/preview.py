"""What a config means and would run, shown before there is a sweep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sweepcli import search
from sweepcli.sweep_config import command, macros, parameters
from sweepcli.sweep_config.distributions import DISTRIBUTIONS
from sweepcli.sweep_config.parameters import describe
from sweepcli.views import grid, render, shown, terminal

if TYPE_CHECKING:
    from sweepcli.records import JSON, Params, SweepConfig

# What is known only when a run starts.
LATER = {
    "args_json_file": "RUN_FOLDER/params.json",
    **{name: "${" + name + "}" for name in macros.RUN_MACROS},
}


@dataclass(frozen=True, slots=True)
class Preview:
    """A config, the params that it would try first, and the command line of each."""

    config: SweepConfig
    size: int | None  # distinct runs; None without end, or unknown
    draws: tuple[Params, ...]
    commands: tuple[list[str], ...]
    is_example: bool  # the draws are not those that the sweep will make
    is_obeyed: bool  # its method can be run here

    def record(self) -> dict[str, JSON]:
        """Return the preview for `--json`."""
        config = self.config
        metrics = [{"name": each.name, "goal": str(each.goal)} for each in config.objectives]
        draws = zip(self.draws, self.commands, strict=True)
        return {
            "method": config.method,
            "metric": metrics[0] if config.metric else None,
            "metrics": metrics,
            "size": self.size,
            "run_cap": config.run_cap,
            "parameters": [
                {
                    "name": p.name,
                    "distribution": p.distribution,
                    **p.settings,
                    "means": describe(p),
                }
                for p in config.parameters
            ],
            "is_example": self.is_example,
            "draws": [{"params": params, "command": argv} for params, argv in draws],
        }

    def lines(self, longest: int | None = terminal.LONGEST) -> list[str]:
        """Return the preview for people."""
        head = [
            ("method", self.config.method),
            ("metric", render.metrics(self.config.objectives)),
            ("runs", self._runs()),
        ]
        meanings = [(f"  {p.name}", describe(p, longest)) for p in self.config.parameters]
        lines = [*grid.pairs(head), "parameters", *grid.pairs(meanings)]
        if self.commands:
            shown = [(f"  {i}", text) for i, text in enumerate(self._texts(longest), 1)]
            lines += ["for example" if self.is_example else "first runs", *grid.pairs(shown)]
        return lines

    def _texts(self, longest: int | None) -> list[str]:
        """Return the command lines, with the params where those do not show them."""
        pairs = list(zip(self.commands, self.draws, strict=True))
        texts = [shown.command(argv, params, longest) for argv, params in pairs]
        if len(set(texts)) == len(texts):
            return texts
        return [
            f"{text}  with {shown.params(params, longest)}"
            for text, (_, params) in zip(texts, pairs, strict=True)
        ]

    def _runs(self) -> str:
        if not self.is_obeyed:
            runs = "unknown"
        else:
            runs = "continuous" if self.size is None else str(self.size)
        return f"{runs}, at most {self.config.run_cap}" if self.config.run_cap else runs


def of(
    config: SweepConfig,
    count: int,
    *,
    interpreter: str,
    own_seed: bool,
) -> Preview:
    """Return a preview with up to `count` draws; `own_seed` if the config names its seed."""
    is_obeyed = search.problem(config) is None
    draws = _draws(config, count) if is_obeyed else _medians(config)[:count]
    program = config.program or "${program}"
    commands = [words(config, each, program=program, interpreter=interpreter) for each in draws]
    is_example = not is_obeyed or (config.method != "grid" and not own_seed)
    size = search.size(config) if is_obeyed else None
    return Preview(config, size, tuple(draws), tuple(commands), is_example, is_obeyed)


def words(
    config: SweepConfig, given: Params, *, program: str | None, interpreter: str
) -> list[str]:
    """Return the command line of a run with these params, as far as it is known before it starts.

    Variables of the environment stand as they are written. Raises ConfigError where the command
    needs a program and there is none.
    """
    return command.argv(
        config.command,
        given,
        program=program,
        interpreter=interpreter,
        environ=command.withheld(config.command),
        own=LATER,
        style=config.args_style,
    )


def _draws(config: SweepConfig, count: int) -> list[Params]:
    wanted = count if config.run_cap is None else min(count, config.run_cap)
    return [draw.params for draw in search.method(config.method)(config, [], wanted)]


def _medians(config: SweepConfig) -> list[Params]:
    values = [DISTRIBUTIONS[p.distribution].ppf(0.5, p.settings) for p in config.parameters]
    return [parameters.nest(config.parameters, values)]
