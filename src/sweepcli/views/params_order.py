"""The order in which people see a sweep's params: what varies and matters most first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.sweep_config.distributions import DISTRIBUTIONS
from sweepcli.values import leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sweepcli.records import JSON, Parameter, Params, Sweep, SweepConfig
    from sweepcli.search.importance import Importance
    from sweepcli.stores import Store

SAMPLE = 300  # runs


class ParamsOrder(NamedTuple):
    """The places of a sweep's parameters: those that vary, what the config has not, constants."""

    places: Mapping[str, int]
    varying: int  # how many vary: constants have higher places than this

    def names(self, names: Iterable[str]) -> list[str]:
        """Return dotted names in this order, as of the columns of a table."""
        return sorted(names, key=self._place)

    def columns(
        self, names: Sequence[str], rows: Sequence[Sequence[JSON]]
    ) -> tuple[list[int], list[int]]:
        """Return which columns of a table come first, and which last: those that are all alike.

        The rows are those that are shown; of a single one, the config says what varies.
        """
        places = {name: at for at, name in enumerate(names)}
        ordered = [places[name] for name in self.names(names)]
        alike = {
            at
            for at in ordered
            if self.is_constant(names[at])
            or (len(rows) > 1 and all(row[at] == rows[0][at] for row in rows))
        }
        return [at for at in ordered if at not in alike], [at for at in ordered if at in alike]

    def is_constant(self, name: str) -> bool:
        """Return whether a param is the same in every run of the sweep."""
        return self._place(name) > self.varying

    def pairs(self, params: Params) -> list[tuple[str, JSON]]:
        """Return all params of a run with their dotted names."""
        return sorted(leaves(params), key=lambda each: self._place(each[0]))

    def differing(self, params: Params) -> list[tuple[str, JSON]]:
        """Return those by which a run may differ from others; all, where nothing varies."""
        pairs = self.pairs(params)
        return [each for each in pairs if not self.is_constant(each[0])] or pairs

    def _place(self, name: str) -> int:
        """Return the place of a param; of a part of one, where its values are mappings."""
        while name and name not in self.places:
            name = name.rpartition(".")[0]
        return self.places.get(name, self.varying)


def of(config: SweepConfig, importance: Importance | None = None) -> ParamsOrder:
    """Return the order of a sweep's params; that of the config, as long as none matters more."""
    shares = importance.parameters if importance else ()
    weights = {each.name: place for place, each in enumerate(shares)}
    names = [parameter.name for parameter in config.parameters if varies(parameter)]
    names.sort(key=lambda name: weights.get(name, len(weights)))
    places = {name: place for place, name in enumerate(names)}
    constants = (each.name for each in config.parameters if each.name not in places)
    places |= {name: place for place, name in enumerate(constants, len(names) + 1)}
    return ParamsOrder(places, len(names))


def seen(store: Store, sweep: Sweep) -> ParamsOrder:
    """Return the order as a sample of a sweep's runs shows it: in milliseconds, unlike a forest."""
    from sweepcli.search.importance import effects  # noqa: PLC0415 -- not for an agent's lines

    return of(sweep.config, effects.of(sweep.config, store.sample_of_values(sweep.id, SAMPLE)))


def varies(parameter: Parameter) -> bool:
    """Return whether a parameter has more than one value."""
    cells = DISTRIBUTIONS[parameter.distribution].cells(parameter.settings)
    return cells is None or cells.size != 1
