"""A Gaussian process with a Matérn-5/2 kernel, a length scale per parameter and learned noise.

Notation: n points x in d coordinates with values y; each coordinate belongs to one of g groups,
which share a length scale l. z = x / l is a scaled point and r the distance of two of them;
k(r) = (1 + √5 r + 5/3 r²) exp(-√5 r), K = k + v I, where v is the noise as a share of the
amplitude. Mean m and amplitude a are those that fit best: y ~ N(m, a K) (Rasmussen and
Williams, Gaussian Processes for Machine Learning, 2006, chapters 2, 4 and 5).

Priors: log l ~ N(-0.7 + log(g)/4, 1), longer where there are more parameters (in the manner
of Hvarfner, Hellsten and Nardi 2024), and log v ~ N(log 0.001, 2.5²), wide enough for both a
function and a lottery. One value more, of squared size a0, keeps the amplitude of a few equal
values from 0.

Everything rests on R, the inverse of K's Cholesky factor: K⁻¹ = Rᵀ R. Its condition is the root
of K's, so that another build of the linear algebra gives the same means and deviations to about
8 digits.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.search import lbfgs
from sweepcli.search.numeric import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_LEAST_NOISE = 1e-6  # keeps K regular
_SCALE_MEAN, _SCALE_DEVIATION = -0.7, 1.0
_NOISE_MEAN, _NOISE_DEVIATION = math.log(1e-3), 2.5
_A0 = 2.0
_LEAST_VARIANCE = 1e-12
_EVALUATIONS, _TOLERANCE = 30, 0.02  # of the fit: calls, and log probability not worth one
_DIGITS = 3  # of theta; those after them depend on the machine


class Hyperparameters(NamedTuple):
    """What the kernel is made of."""

    length_scales: Array  # (g,)
    noise: float  # v


def fit(squares: Array, y: Array) -> Hyperparameters:
    """Return the most probable hyperparameters.

    `squares` (g, n, n) are the squared distances of the points within each group.
    """
    posterior = LogPosterior(squares, y)
    start = min(posterior.starts(), key=lambda theta: posterior(theta)[0])
    theta = lbfgs.minimise(posterior, start, evaluations=_EVALUATIONS, tolerance=_TOLERANCE)
    theta = np.round(theta, _DIGITS)
    return Hyperparameters(np.exp(theta[:-1]), _LEAST_NOISE + math.exp(theta[-1]))


class LogPosterior:
    """Minus the log probability of theta = (log l, log v) given the values, and its gradient."""

    def __init__(self, squares: Array, y: Array) -> None:
        groups, self._n, _ = squares.shape
        self._squares = squares.reshape(groups, -1)
        self._y = y
        scale_mean = _SCALE_MEAN + math.log(groups) / 4
        self._centre = np.append(np.full(groups, scale_mean), _NOISE_MEAN)
        self._deviation = np.append(np.full(groups, _SCALE_DEVIATION), _NOISE_DEVIATION)

    def starts(self) -> list[Array]:
        """Return a few places, of which the best is worth following."""
        found = []
        for shift in (-0.5, 0.5):
            for noise in (1e-4, 0.1):
                found.append(self._centre + shift)
                found[-1][-1] = math.log(noise)
        return found

    def __call__(self, theta: Array) -> tuple[float, Array]:
        """Return the value, inf where K is singular, and the gradient (g + 1,)."""
        n, noise = self._n, math.exp(theta[-1])
        inverse_squares = np.exp(-2 * theta[:-1])
        kernel, steep = _matern(np.sqrt(inverse_squares @ self._squares))
        matrix = kernel.reshape(n, n)
        matrix[np.diag_indices(n)] = 1 + _LEAST_NOISE + noise
        try:
            root = _root(matrix)
        except np.linalg.LinAlgError:
            return math.inf, np.zeros_like(theta)
        half_log_det = -float(np.log(np.diagonal(root)).sum())
        _, amplitude, beta = _profile(root, self._y)
        inverse, alpha = root.T @ root, root.T @ beta
        z = (theta - self._centre) / self._deviation
        value = (n + _A0) / 2 * math.log(amplitude) + half_log_det + float(z @ z) / 2
        pull = (inverse - np.outer(alpha, alpha) / amplitude) / 2  # d value / d K
        slope = inverse_squares * (self._squares @ (steep * pull.reshape(-1)))
        return value, np.append(slope, noise * np.trace(pull)) + z / self._deviation


class Posterior:
    """What the process expects at other points, given the values at some."""

    def __init__(self, x: Array, y: Array, groups: NDArray[np.intp], of: Hyperparameters) -> None:
        """Condition on values `y` (n,) at `x` (n, d); `groups` (d,) are the coordinates'."""
        self._scales = of.length_scales[groups]
        self._z = x / self._scales
        matrix, _ = _kernel(self._z, self._z)
        matrix[np.diag_indices(len(y))] = 1 + of.noise
        self._root = _root(matrix)
        self._mean, self._amplitude, self._beta = _profile(self._root, y)
        self._alpha = self._root.T @ self._beta

    def predict(self, x: Array) -> tuple[Array, Array]:
        """Return means and deviations (m,) of the values without their noise at `x` (m, d)."""
        kernel, _ = _kernel(x / self._scales, self._z)
        return self._moments(kernel @ self._root.T)

    def predict_with_slopes(self, x: Array) -> tuple[Array, Array, Array, Array]:
        """Return means and deviations (m,), and the slopes (m, d) of either."""
        z = x / self._scales
        kernel, steep = _kernel(z, self._z)
        half = kernel @ self._root.T
        mean, deviation = self._moments(half)
        mean_slope = self._slope(z, steep * self._alpha)
        variance_slope = -2 * self._amplitude * self._slope(z, steep * (half @ self._root))
        return mean, deviation, mean_slope, variance_slope / (2 * deviation[:, None])

    def _moments(self, half: Array) -> tuple[Array, Array]:
        """Return means and deviations where `half` (m, n) is k Rᵀ."""
        variance = np.maximum(1 - np.square(half).sum(1), _LEAST_VARIANCE)
        return self._mean + half @ self._beta, np.sqrt(self._amplitude * variance)

    def _slope(self, z: Array, pull: Array) -> Array:
        """Return Σ pull (z_n - z) / l: how a sum of kernels changes as its point moves."""
        moved: Array = (pull @ self._z - z * pull.sum(1, keepdims=True)) / self._scales
        return moved


def _root(matrix: Array) -> Array:
    """Return R; raise LinAlgError where the matrix is singular."""
    return np.asarray(np.linalg.inv(np.linalg.cholesky(matrix)), dtype=np.float64)


def _profile(root: Array, y: Array) -> tuple[float, float, Array]:
    """Return the mean and the amplitude that fit best, and R (y - mean)."""
    ones = root.sum(1)
    mean = float(ones @ (root @ y) / (ones @ ones))
    beta = root @ (y - mean)
    return mean, (float(beta @ beta) + _A0) / (len(y) + _A0), beta


def _kernel(a: Array, b: Array) -> tuple[Array, Array]:
    """Return k and -k'(r) / r of all pairs of scaled points a (m, d) and b (n, d)."""
    squares = (a * a).sum(1)[:, None] + (b * b).sum(1) - 2 * (a @ b.T)
    return _matern(np.sqrt(np.maximum(squares, 0)))


def _matern(r: Array) -> tuple[Array, Array]:
    """Return k(r) and -k'(r) / r."""
    decay = np.exp(-math.sqrt(5) * r)
    linear = 1 + math.sqrt(5) * r
    return (linear + 5 / 3 * r * r) * decay, 5 / 3 * linear * decay
