"""The environment of runs, kept in the results directory: Python, packages, GPUs, seeds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.code import blobs, kept

if TYPE_CHECKING:
    from sweepcli.records import JSON


class Environment(NamedTuple):
    """What a run has beside its code."""

    id: str
    python: str  # its version; empty if the command starts no Python
    implementation: str  # CPython
    interpreter: str  # its path
    packages: str  # the hash under which `packages` has them
    editable: dict[str, str]  # packages that are a folder of the user's, and the folder
    gpus: tuple[str, ...]  # their names
    driver: str | None  # the version of NVIDIA's driver
    host: str
    platform: str
    seeds: dict[str, str]  # variables with SEED in their names


def made(packages: dict[str, str], facts: dict[str, JSON]) -> Environment:
    """Return an environment with its ids, from the packages and all other fields."""
    digest = blobs.short_hash(_text(packages))
    known = {**facts, "packages": digest}
    return _parsed({**known, "id": blobs.short_hash(_text(known))})


def read(results: str, environment_id: str) -> Environment:
    """Return an environment; raise OSError if it is not here, ValueError if it is damaged."""
    return _parsed(kept.data(_place(results, "environments", environment_id)))


def packages(results: str, digest: str) -> dict[str, str]:
    """Return the packages under a hash, with their versions; raise as `read` does."""
    return kept.data(_place(results, "packages", digest))


def known(
    results: str, environment_id: str | None
) -> tuple[Environment | None, dict[str, str] | None]:
    """Return an environment and its packages, None for what is not here: it may be elsewhere."""
    found = None
    try:
        found = read(results, environment_id) if environment_id else None
        return found, packages(results, found.packages) if found else None
    except (OSError, ValueError):
        return found, None


def write(results: str, environment: Environment, listed: dict[str, str]) -> None:
    """Keep an environment and its packages, unless they are kept already; raise OSError."""
    for folder, name, data in (
        ("packages", environment.packages, listed),
        ("environments", environment.id, environment._asdict()),
    ):
        place = _place(results, folder, name)
        try:
            kept.data(place)
        except (OSError, ValueError):  # it is new, or damaged
            kept.put_json(place, data)


def _parsed(data: dict[str, JSON]) -> Environment:
    try:
        return Environment(
            **{name: data[name] for name in Environment._fields if name != "gpus"},
            gpus=tuple(data["gpus"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"the record of an environment is damaged: {error}") from error


def _place(results: str, folder: str, name: str) -> str:
    return kept.path(results, folder, f"{kept.checked(name)}.json")


def _text(data: JSON) -> bytes:
    return json.dumps(data, sort_keys=True).encode()
