"""A config as understood, as YAML text that `load` reads back the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from sweepcli.sweep_config import nodes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.records import JSON


class _Dumper(yaml.SafeDumper):
    """Quotes text that is a number to `load`, though not to PyYAML: "1e-5"."""


_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", nodes.CORE_FLOAT, list("-+.0123456789"))


def text(raw: Mapping[str, JSON]) -> str:
    """Return the config as YAML, its keys in their order."""
    dumped: str = yaml.dump(raw, Dumper=_Dumper, sort_keys=False, allow_unicode=True)
    return dumped
