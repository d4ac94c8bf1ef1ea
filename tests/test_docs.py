"""What can be used is documented, and what is documented is so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from sweepcli import env, wire
from sweepcli.__main__ import group
from sweepcli.cli.sweep import sweep
from sweepcli.records import RunState, SweepState
from sweepcli.sweep_config import macros, schema
from sweepcli.sweep_config.distributions import DISTRIBUTIONS

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def read(name: str) -> str:
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


def pages() -> list[str]:
    """Return the Markdown files of the project."""
    folders = (".", "docs", os.path.join("docs", "decisions"), "sample_configs")
    return [
        os.path.normpath(os.path.join(folder, name))
        for folder in folders
        for name in sorted(os.listdir(os.path.join(ROOT, folder)))
        if name.endswith(".md")
    ]


def commands(found: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its path as people type it."""
    yield path, found
    if isinstance(found, click.Group):
        context = click.Context(found)
        for name in found.list_commands(context):
            inner = found.get_command(context, name)
            assert inner is not None
            full = {"run": "sweepcli run", "agent": "agent"}.get(name, f"{path} {name}")
            yield from commands(inner, full)


def anchor(heading: str) -> str:
    """Return a heading's anchor as GitHub makes it."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def test_generated_pages_are_fresh() -> None:
    script = os.path.join(ROOT, "docs", "generate.py")

    done = subprocess.run(
        [sys.executable, script, "--check"], check=False, capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_every_command_and_option_is_documented() -> None:
    page = read("docs/cli.md")
    sections = {part.partition("\n")[0]: part for part in page.split("\n## ")}

    for path, found in (*commands(sweep, "sweep"), ("sweepcli", group)):
        assert path in sections
        options = [param for param in found.params if isinstance(param, click.Option)]
        for option in options:
            assert all(f"{word}" in sections[path] for word in option.opts), (path, option.opts)


def test_every_command_ends_its_help_with_an_example() -> None:
    for path, found in (*commands(sweep, "sweep"), ("sweepcli", group)):
        assert "Example:" in (found.epilog or ""), path


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("docs/environment.md", {*env.READ, *env.SET}),
        ("docs/config.md", {*DISTRIBUTIONS, *schema.top_level()}),
        ("docs/config.md", {f"${{{name}}}" for name in macros.MACROS}),
        ("docs/events.md", set(wire.KINDS)),
        ("docs/glossary.md", {str(state) for state in (*RunState, *SweepState)}),
    ],
)
def test_every_word_of_ours_is_documented(page: str, words: set[str]) -> None:
    text = read(page)
    assert sorted(word for word in words if f"`{word}`" not in text) == []


def test_every_variable_of_ours_in_the_code_is_in_the_table() -> None:
    known = {*env.READ, *env.SET, env.PARAM_PREFIX}
    found = set(re.findall(r'"(SWEEPCLI_\w+|WANDB_[A-Z_]+)"', source()))

    # Taken out of a run's environment, as W&B's agent does; nothing is read from it.
    assert found - known == {"WANDB_SERVICE"}


def source() -> str:
    """Return the text of the whole package, without the stand-in, whose words are W&B's."""
    top = os.path.join(ROOT, "src", "sweepcli")
    return "\n".join(
        read(os.path.join(folder, name))
        for folder, _, names in os.walk(top)
        for name in sorted(names)
        if name.endswith(".py") and "stand_in" not in folder
    )


@pytest.mark.parametrize("page", pages())
def test_relative_links_lead_somewhere(page: str) -> None:
    for link in LINK.findall(FENCED.sub("", read(page))):
        if "://" in link:
            continue
        path, _, fragment = link.partition("#")
        target = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
        assert os.path.exists(os.path.join(ROOT, target)), link
        if fragment:
            assert fragment in {anchor(text) for text in HEADING.findall(read(target))}, link


def test_the_decisions_are_numbered_without_a_gap() -> None:
    names = sorted(os.listdir(os.path.join(ROOT, "docs", "decisions")))
    assert [name[:4] for name in names] == [f"{n:04}" for n in range(1, len(names) + 1)]
    assert all(read(f"docs/decisions/{name}").startswith(f"# {name[:4]}: ") for name in names)


def test_the_readme_is_short() -> None:
    assert len(read("README.md").splitlines()) <= 120
