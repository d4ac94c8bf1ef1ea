"""Where a program of Hydra's writes: into outputs/DATE/TIME, unless it is told another directory.

Two runs that start in the same second share that one, and each overwrites what the other saved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.runs import program_parser
from sweepcli.sweep_config import macros
from sweepcli.sweep_config.argument_styles import LISTS

if TYPE_CHECKING:
    from sweepcli.records import SweepConfig

MAIN = (b"hydra.main", b"from hydra import main")
DEFAULTS = {"hydra.run.dir": "outputs", "hydra.sweep.dir": "multirun"}
ADVICE = (
    "command: Hydra writes into {default}, which runs that start in the same second share: unless "
    "the program's own config sets {key}, add the element \"{key}='${{run_dir}}/hydra'\""
)


def advice(config: SweepConfig) -> str | None:
    """Return the element to add to the command of a program of Hydra's, None if there is no need.

    The quotes in it are Hydra's own: without them it refuses folders with letters such as `é`.
    """
    words = [word for element in config.command for word in str(element).split()]
    key = "hydra.sweep.dir" if _is_multirun(words) else "hydra.run.dir"
    if any(key in text for text in (*words, *(each.name for each in config.parameters))):
        return None
    is_hydras = _are_overrides(words, config.args_style) or any(
        name in text for _, text in program_parser.files(config) for name in MAIN
    )
    if not is_hydras:
        return None
    return ADVICE.format(default=f"{DEFAULTS[key]}/DATE/TIME", key=key)


def _is_multirun(words: list[str]) -> bool:
    """Return whether Hydra's own sweep is asked for; a `-m` before the program is Python's."""
    programs = [place for place, word in enumerate(words) if word.endswith((".py", "${program}"))]
    return "--multirun" in words or bool(programs and "-m" in words[programs[0] :])


def _are_overrides(words: list[str], args_style: str | None) -> bool:
    names = {name for word in words for name in macros.mentioned(word)}
    return any("hydra" in name for name in names & LISTS.keys()) or (
        "args" in names and args_style == "hydra"
    )
