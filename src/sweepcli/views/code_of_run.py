"""The code and the environment that one run had, as far as they are kept here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.code import environment as code_environment
from sweepcli.printed import listed
from sweepcli.views import code_versions, render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.code.environment import Environment
    from sweepcli.code.version import Version
    from sweepcli.records import JSON, CodeSeen

NAMED = 3  # files that were left out


class CodeOfRun(NamedTuple):
    """What is known of the code and the environment of a run's last attempt."""

    seen: CodeSeen
    version: Version | None
    environment: Environment | None
    packages: dict[str, str] | None

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield it for people, line by line."""
        if self.seen.code:
            yield "code", code_versions.described(self.seen.code, self.version, whole=True)
        if self.seen.code_after:
            yield "", f"changed to {self.seen.code_after} while the run started"
        if self.version:
            yield from (("", text) for text in _more(self.version))
        if self.environment:
            yield "python", self._python(self.environment)
            yield "machine", _machine(self.environment)
            yield "seeds", " ".join(map("=".join, sorted(self.environment.seeds.items())))

    def _python(self, found: Environment) -> str:
        name = f"{found.implementation} {found.python}" if found.python else ""
        many = render.many(len(self.packages), "package") if self.packages is not None else ""
        return ", ".join(filter(None, (name, many, found.interpreter)))

    def record(self) -> dict[str, JSON]:
        """Return it for `--json` and the page; None for what is not kept here."""
        found = self.version
        version = found and {
            **code_versions.record(found),
            "has_patch": found.has_patch,
            "left_out": found.left_out,
            "problem": found.problem,
        }
        environment = self.environment and {
            **self.environment._asdict(),
            "packages": self.packages,
        }
        return {"code_details": version, "environment_details": environment}


def of(results: str, seen: CodeSeen) -> CodeOfRun:
    """Return what is kept of a run's code and environment; it may be on another machine."""
    environment, packages = code_environment.known(results, seen.environment)
    return CodeOfRun(seen, code_versions.read(results, seen.code), environment, packages)


def _more(found: Version) -> Iterator[str]:
    if found.top and found.top.remote:
        yield found.top.remote
    if found.problem:
        yield found.problem
    if found.left_out:
        named = [f"{path} ({why})" for path, why in sorted(found.left_out.items())]
        yield f"not kept: {listed(named, NAMED)}"


def _machine(found: Environment) -> str:
    names = dict.fromkeys(found.gpus)
    gpus = [
        f"{found.gpus.count(name)} x {name}" if found.gpus.count(name) > 1 else name
        for name in names
    ]
    driver = [f"driver {found.driver}"] if found.driver else []
    return ", ".join([found.host, *gpus, *driver])
