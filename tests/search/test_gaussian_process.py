"""The Gaussian process against finite differences and a dense textbook computation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from sweepcli.search import gaussian_process, lbfgs
from sweepcli.search.gaussian_process import Hyperparameters, LogPosterior, Posterior

Array = NDArray[np.float64]
GROUPS = np.array([0, 1, 1])


def data(n: int = 20) -> tuple[Array, Array]:
    x = np.random.default_rng(1).random((n, 3))
    return x, np.sin(5 * x[:, 0]) + x[:, 1] * x[:, 2]


def squares(x: Array) -> Array:
    single = (x[:, None] - x) ** 2
    return np.stack([single[..., 0], single[..., 1] + single[..., 2]])


def textbook(x: Array, y: Array, at: Array, of: Hyperparameters) -> tuple[Array, Array]:
    """Return means and deviations by the formulas of Rasmussen and Williams, entry by entry."""

    def k(a: Array, b: Array) -> float:
        r = math.sqrt((((a - b) / of.length_scales[GROUPS]) ** 2).sum())
        return (1 + math.sqrt(5) * r + 5 * r * r / 3) * math.exp(-math.sqrt(5) * r)

    matrix = np.array([[k(a, b) for b in x] for a in x]) + of.noise * np.eye(len(x))
    ones = np.ones(len(x))
    mean = ones @ np.linalg.solve(matrix, y) / (ones @ np.linalg.solve(matrix, ones))
    amplitude = ((y - mean) @ np.linalg.solve(matrix, y - mean) + 2) / (len(x) + 2)
    cross = np.array([[k(a, b) for b in x] for a in at])
    means = mean + cross @ np.linalg.solve(matrix, y - mean)
    variances = 1 - np.diag(cross @ np.linalg.solve(matrix, cross.T))
    return means, np.sqrt(amplitude * variances)


def test_the_slope_of_the_log_posterior_is_that_of_finite_differences() -> None:
    x, y = data()
    log_posterior, theta = LogPosterior(squares(x), y), np.array([-0.3, 0.4, -3.0])

    _, gradient = log_posterior(theta)

    h = 1e-5
    steps = h * np.eye(3)
    expected = [
        (log_posterior(theta + s)[0] - log_posterior(theta - s)[0]) / (2 * h) for s in steps
    ]
    assert gradient == pytest.approx(expected, rel=1e-5)


def test_the_posterior_is_the_textbook_one() -> None:
    x, y = data()
    of = Hyperparameters(np.array([0.4, 0.8]), 0.01)
    at = np.random.default_rng(2).random((7, 3))

    means, deviations = Posterior(x, y, GROUPS, of).predict(at)

    expected = textbook(x, y, at, of)
    assert means == pytest.approx(expected[0], rel=1e-9)
    assert deviations == pytest.approx(expected[1], rel=1e-7)


def test_the_slopes_of_the_posterior_are_those_of_finite_differences() -> None:
    posterior = Posterior(*data(), GROUPS, Hyperparameters(np.array([0.4, 0.8]), 0.01))
    at, h = np.random.default_rng(2).random((5, 3)), 1e-6

    mean, deviation, mean_slope, deviation_slope = posterior.predict_with_slopes(at)

    assert np.array([mean, deviation]) == pytest.approx(np.array(posterior.predict(at)))
    for column, step in enumerate(h * np.eye(3)):
        above, below = posterior.predict(at + step), posterior.predict(at - step)
        for ours, up, down in zip((mean_slope, deviation_slope), above, below, strict=True):
            assert ours[:, column] == pytest.approx((up - down) / (2 * h), rel=1e-4, abs=1e-7)


def test_the_fit_finds_which_parameter_matters_and_how_much_noise_there_is() -> None:
    rng = np.random.default_rng(3)
    x = rng.random((60, 3))
    y = np.sin(6 * x[:, 0])

    calm = gaussian_process.fit(squares(x), y)
    noisy = gaussian_process.fit(squares(x), y + rng.normal(0, 0.5, 60))

    assert calm.length_scales[0] < 0.2 * calm.length_scales[1]
    assert calm.noise < 1e-3
    assert noisy.noise > 0.05


@pytest.mark.parametrize("y", [[1.0], [1.0, 1.0], [0.0, 1.0]])
def test_one_or_two_or_equal_values_are_enough(y: list[float]) -> None:
    x = np.random.default_rng(4).random((len(y), 3))

    of = gaussian_process.fit(squares(x), np.array(y))
    means, deviations = Posterior(x, np.array(y), GROUPS, of).predict(x + 0.1)

    assert np.isfinite([*means, *deviations]).all()
    assert (deviations > 0).all()


def test_lbfgs_goes_down_a_bent_valley() -> None:
    def rosenbrock(x: Array) -> tuple[float, Array]:
        a, b = x
        slope = [-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)]
        return float((1 - a) ** 2 + 100 * (b - a * a) ** 2), np.array(slope)

    found = lbfgs.minimise(rosenbrock, np.array([-1.2, 1.0]), evaluations=200, tolerance=1e-12)

    assert found == pytest.approx([1, 1], abs=1e-4)


def test_lbfgs_keeps_to_its_number_of_calls_and_away_from_where_there_is_no_value() -> None:
    calls = []

    def walled(x: Array) -> tuple[float, Array]:
        calls.append(float(x[0]))
        return (math.inf if x[0] > 0.9 else float(-x[0])), np.array([-1.0])

    found = lbfgs.minimise(walled, np.array([0.0]), evaluations=15, tolerance=1e-9)

    assert len(calls) <= 15
    assert 0.5 <= found[0] <= 0.9
