"""The normal and the beta distribution: cumulative probabilities and their inverses.

Notation: z a standard normal value, p a probability, Phi and phi the normal distribution and its
density, B(a, b) the beta function, I(x; a, b) the regularised incomplete one. The standard
library's `statistics` has the normal one but costs several milliseconds to import, which every
agent would pay. Sources: NIST's Digital Library of Mathematical Functions (DLMF), and its
predecessor by Abramowitz and Stegun. Pure.
"""

from __future__ import annotations

import math
import sys

# Where a quantile would be infinite, which JSON cannot hold, it is the last finite one.
_LEAST_P = sys.float_info.min
_MOST_P = 1 - 2.0**-53
_LEAST_LOG = math.log(5e-324)


def normal_cdf(z: float) -> float:
    """Return Phi(z), the probability of a standard normal value up to `z` (DLMF 7.1)."""
    return 0.5 * math.erfc(-z / math.sqrt(2))


def normal_ppf(p: float) -> float:
    """Return z with Phi(z) = p, always finite.

    Halley's steps, with phi' = -z phi: z - n / (1 + z n / 2), n = (Phi(z) - p) / phi(z).
    """
    p = min(max(p, _LEAST_P), _MOST_P)
    if p == 0.5:
        return 0.0
    if p > 0.5:
        return -normal_ppf(1 - p)
    z = _rough_normal_ppf(p)
    for _ in range(3):
        # Near the middle the difference to 1/2 is what keeps its digits, in the tail p itself.
        miss = math.erf(z / math.sqrt(2)) / 2 - (p - 0.5) if p > 0.2 else normal_cdf(z) - p
        newton = miss * math.sqrt(2 * math.pi) * math.exp(z * z / 2)
        z -= newton / (1 + z * newton / 2)
    return z


def beta_cdf(x: float, a: float, b: float) -> float:
    """Return I(x; a, b) for a, b >= 0, of which 0 puts all weight on 0 or 1.

    Right of the bulk it is 1 - I(1 - x; b, a) (DLMF 8.17.4).
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if a == 0 or b == 0:
        return _weight_at_zero(a, b)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_tail(1 - x, x, b, a)
    return _beta_tail(x, 1 - x, a, b)


def beta_ppf(p: float, a: float, b: float) -> float:
    """Return x with I(x; a, b) = p."""
    if p <= 0 or p >= 1:
        return float(p >= 1)
    if a == 0 or b == 0:
        return float(p > _weight_at_zero(a, b))
    if p > 0.5 and beta_cdf(0.5, a, b) < p:  # close to 1 the complement has the digits
        return 1 - _solve_beta(1 - p, b, a)
    return _solve_beta(p, a, b)


def _rough_normal_ppf(p: float) -> float:
    """Return the quantile of p <= 1/2 to 4.5e-4 (Abramowitz and Stegun 26.2.23)."""
    t = math.sqrt(-2 * math.log(p))
    above = (0.010328 * t + 0.802853) * t + 2.515517
    below = ((0.001308 * t + 0.189269) * t + 1.432788) * t + 1
    return above / below - t


def _weight_at_zero(a: float, b: float) -> float:
    return b / (a + b) if a + b > 0 else 0.5


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _beta_density(x: float, y: float, a: float, b: float) -> float:
    """Return x^a y^b / B(a, b) for y = 1 - x: the density times x y."""
    return math.exp(a * math.log(x) + b * math.log(y) - _log_beta(a, b))


def _beta_tail(x: float, y: float, a: float, b: float) -> float:
    """Return I(x; a, b) for x left of the bulk: the continued fraction DLMF 8.17.22, by Lentz."""
    tiny = 1e-300
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or tiny)
    total = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        before = total
        for term in (even, odd):
            d = 1 / (1 + term * d or tiny)
            c = 1 + term / c or tiny
            total *= c * d
        if abs(total - before) <= 1e-17 * abs(total):
            break
    return _beta_density(x, y, a, b) * total / a


def _solve_beta(p: float, a: float, b: float) -> float:
    """Return x with I(x; a, b) = p by Newton's steps on log I over log x, kept in a bracket.

    In logarithms the curve is almost straight, even where x is 1e-200. The first x is that of
    the leading term x^a / (a B(a, b)) (DLMF 8.17.7), at most the mean a / (a + b).
    """
    low, high = _LEAST_LOG, 0.0
    log_x = min((math.log(p * a) + _log_beta(a, b)) / a, math.log(a / (a + b)))
    if log_x <= low:
        return 0.0
    for _ in range(200):
        x = math.exp(log_x)
        y = -math.expm1(log_x)
        reached = beta_cdf(x, a, b)
        low, high = (log_x, high) if reached < p else (low, log_x)
        slope = _beta_density(x, y, a, b) / y / reached if reached and y else math.inf
        step = math.log(reached / p) / slope if reached else math.inf
        log_x = log_x - step if low <= log_x - step <= high else (low + high) / 2
        if abs(step) < 1e-9 or high - low < 1e-17:  # the error of the next step is its square
            break
    return math.exp(log_x)
