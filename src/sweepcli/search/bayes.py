"""Bayesian search: a Gaussian process of the runs so far says where the next is worth most.

The first runs are Sobol points; then a process is fitted to what the runs have shown, and the
point of the largest expected improvement on its best mean comes next. Runs in flight count as if
they had brought what is expected of them ("kriging believer", Ginsbourger et al. 2010), so that
many agents get different points. Every other suggestion doubles the deviations of the process,
which is at times too sure of itself, or trebles them where there is noise.

A suggestion depends on (config, runs) alone, and its cost is bounded: the process rests on at
most MOST_POINTS runs and its hyperparameters on MOST_FITTED of them, see `observations.subset`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.records import JSON, Metric, Suggestion
from sweepcli.search import acquisition, gaussian_process, observations, sobol
from sweepcli.search.numeric import np
from sweepcli.search.unit_space import Space

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sweepcli.records import Run, SweepConfig
    from sweepcli.search.gaussian_process import Hyperparameters
    from sweepcli.search.observations import Warp

    Array = NDArray[np.float64]

AHEAD = 1  # a later suggestion knows more
LEARNS = True
MOST_POINTS, MOST_FITTED = 400, 150
MOST_IN_FLIGHT = 100  # the latest ones
MOST_LISTED = 2_000  # points of a finite space that are all looked at
NOISY = 0.01  # noise as a share of the amplitude, from which the model is doubted more
NEAR_TRIED, NEAR_IN_FLIGHT = 1e-3, 1e-2  # distances in the cube, too short to show more
_NEAR_BEST = 5  # runs around which the search is finer


def suggest(config: SweepConfig, runs: Sequence[Run], n: int) -> list[Suggestion]:
    """Return the next suggestions; fewer than `n` once a finite space is used up."""
    search = _Search(config, runs)
    made: list[Suggestion] = []
    while len(made) < n and (suggestion := search.next()) is not None:
        made.append(suggestion)
    return made


def size(config: SweepConfig) -> int | None:
    """Return the number of points of a finite space, None for any other."""
    return Space(config.parameters).combinations


def initial(axes: int, run_cap: int | None) -> int:
    """Return how many runs come before the first model: two an axis, within 4 and 12.

    At most a quarter of a small budget goes into them.
    """
    most = 12 if run_cap is None else min(12, max(2, run_cap // 4))
    return min(max(2 * axes, 4), most)


class _Model(NamedTuple):
    """What was learnt from the runs that have shown something."""

    hyperparameters: Hyperparameters
    u: Array  # (n, p), the points that it rests on
    z: Array  # (n,), their values
    means: Array  # (n,), what is expected at them
    warp: Warp


class _Search:
    """The state of a search between two suggestions of one call."""

    def __init__(self, config: SweepConfig, runs: Sequence[Run]) -> None:
        self._config = config
        self._space = Space(config.parameters)
        self._count = len(runs)
        self._initial = initial(len(self._space.axes), config.run_cap)
        known = observations.with_prior(config, runs)
        self._seen = self._cells(known)
        self._in_flight: list[Sequence[float]] = []
        self._model: _Model | None = None
        if len(known) >= self._initial and self._space.axes:
            self._observe(known)

    def next(self) -> Suggestion | None:
        """Return the next suggestion, None if there is none."""
        total = self._space.combinations
        if total is not None and len(self._seen) >= total:
            return None
        if self._model is None:
            u, info = self._designed(), None
        else:
            u, info = self._improved(self._model)
        params = self._space.params(u)
        suggestion = Suggestion(str(self._count), params, info)
        self._count += 1
        # As the run will be seen from the store, which may differ from `u` in the last digit.
        self._in_flight.append(self._space.place(params) or u.tolist())
        if total is not None:
            self._seen.add(self._space.cell(u))
        return suggestion

    def _cells(self, runs: Sequence[Run]) -> set[int]:
        """Return the numbers of all runs' points, if the space is finite."""
        if self._space.combinations is None:
            return set()
        places = [self._space.place(run.params) for run in runs]
        return {self._space.cell(np.array(place)) for place in places if place is not None}

    def _observe(self, runs: Sequence[Run]) -> None:
        seen = observations.observe(runs, self._config.metric or Metric(""))
        for run in seen.in_flight[-MOST_IN_FLIGHT:]:
            place = self._space.place(run.params)
            if place is not None:
                self._in_flight.append(place)
        rng = self._generator(len(seen.runs), 1)
        points, values = [], []
        for index in observations.subset(seen.values, MOST_POINTS, rng):
            place = self._space.place(seen.runs[index].params)
            if place is not None:
                points.append(place)
                values.append(seen.values[index])
        if len(points) >= max(2, self._initial // 2):
            self._model = self._learnt(np.array(points), np.array(values), rng)

    def _learnt(self, u: Array, values: Array, rng: np.random.Generator) -> _Model:
        space, warp = self._space, observations.warped(values)
        x = space.coordinates(u)
        fitted = observations.subset(values, MOST_FITTED, rng)
        fit = gaussian_process.fit(space.squared_distances(x[fitted]), warp.z[fitted])
        means, _ = gaussian_process.Posterior(x, warp.z, space.groups, fit).predict(x)
        return _Model(fit, u, warp.z, means, warp)

    def _generator(self, *key: int) -> np.random.Generator:
        return np.random.default_rng([abs(self._config.seed), *key])

    def _designed(self) -> Array:
        """Return the next point of the initial design that no run has had."""
        names = [axis.path for axis in self._space.axes]
        for index in range(self._count, self._count + MOST_LISTED):
            u = np.array(sobol.point(self._config.seed, index, names)).reshape(1, -1)
            u = self._space.snapped(u)
            point: Array = u[0]
            if not self._is_seen(point):
                return point
        return self._unseen(self._generator(self._count))

    def _improved(self, model: _Model) -> tuple[Array, dict[str, JSON]]:
        """Return the point to try next, and what is expected there."""
        space, rng = self._space, self._generator(self._count)
        posterior = self._posterior(model)
        best = float(model.means.min())
        doubt = 2.0 if model.hyperparameters.noise > NOISY else 1.0
        caution = 1.0 + doubt * (self._count % 2)
        taken = np.array([*model.u, *self._in_flight])
        reach = np.repeat([NEAR_TRIED, NEAR_IN_FLIGHT], [len(model.u), len(self._in_flight)])
        improvement = acquisition.Improvement(posterior, space, best, caution, taken, reach)
        listed = self._listed()
        if listed is not None:
            u = listed[acquisition.best_first(improvement.at(listed))[0]]
        else:
            around = model.u[np.argsort(model.means, kind="stable")[:_NEAR_BEST]]
            u = self._first_unseen(
                acquisition.maximise(improvement, around, self._scales(model), rng), rng
            )
        mean, deviation = (float(v[0]) for v in posterior.predict(space.coordinates(u[None])))
        gain = math.exp(float(improvement._replace(caution=1.0).at(u[None])[0]))
        return u, self._info(model, mean, deviation, gain)

    def _posterior(self, model: _Model) -> gaussian_process.Posterior:
        """Return the process that believes its own expectation of the runs in flight."""
        space = self._space
        x = space.coordinates(model.u)
        known = gaussian_process.Posterior(x, model.z, space.groups, model.hyperparameters)
        if not self._in_flight:
            return known
        more = space.coordinates(np.array(self._in_flight))
        believed = np.concatenate([model.z, known.predict(more)[0]])
        every = np.concatenate([x, more])
        return gaussian_process.Posterior(every, believed, space.groups, model.hyperparameters)

    def _listed(self) -> Array | None:
        """Return all points not seen yet, if the space is small enough."""
        total = self._space.combinations
        if total is None or total > MOST_LISTED:
            return None
        return self._space.points_of([n for n in range(total) if n not in self._seen])

    def _first_unseen(self, u: Array, rng: np.random.Generator) -> Array:
        point: Array
        for point in u:
            if not self._is_seen(point):
                return point
        return self._unseen(rng)

    def _unseen(self, rng: np.random.Generator) -> Array:
        """Return a point of a finite space that no run has had."""
        total = self._space.combinations or 1
        first = int(rng.integers(min(total, 2**62)))
        number = next(n % total for n in range(first, first + total) if n % total not in self._seen)
        point: Array = self._space.points_of([number])[0]
        return point

    def _is_seen(self, u: Array) -> bool:
        return self._space.combinations is not None and self._space.cell(u) in self._seen

    def _scales(self, model: _Model) -> Array:
        """Return how far on each axis another value is to be expected, at most 1."""
        scales = np.ones(len(self._space.axes))
        np.minimum.at(scales, self._space.axis_of, model.hyperparameters.length_scales)
        return scales

    def _info(self, model: _Model, mean: float, deviation: float, gain: float) -> dict[str, JSON]:
        value = model.warp.value(mean)
        lengths = np.full(len(self._space.axes), np.inf)
        np.minimum.at(lengths, self._space.axis_of, model.hyperparameters.length_scales)
        return {
            "predicted_value": self._config.goal.sign * value,
            "predicted_value_std_dev": deviation * model.warp.unit,
            "expected_improvement": gain * model.warp.unit,
            "length_scales": {
                ".".join(axis.path): float(length)
                for axis, length in zip(self._space.axes, lengths, strict=True)
            },
        }
