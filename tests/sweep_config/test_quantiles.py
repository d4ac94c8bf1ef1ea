from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweepcli.sweep_config import quantiles

shapes = st.floats(0.05, 50)


@given(p=st.floats(1e-300, 1 - 2**-53))
def test_normal_quantiles_are_exact_in_the_middle_and_the_tails(p: float) -> None:
    z = quantiles.normal_ppf(p)
    # A rounding of z by 1e-16 of itself moves p by about z^2 times that.
    assert quantiles.normal_cdf(z) == pytest.approx(p, rel=1e-15 * (4 + 2 * z * z))


def test_normal_quantiles_are_symmetric_and_finite() -> None:
    assert quantiles.normal_ppf(0.5) == 0.0
    assert quantiles.normal_ppf(0.975) == pytest.approx(1.959963984540054, rel=1e-15)
    assert quantiles.normal_ppf(0.25) == -quantiles.normal_ppf(0.75)
    assert math.isfinite(quantiles.normal_ppf(0.0))
    assert math.isfinite(quantiles.normal_ppf(1.0))


@given(x=st.floats(1e-9, 0.99))
def test_beta_has_the_known_special_cases(x: float) -> None:
    assert quantiles.beta_cdf(x, 1, 1) == pytest.approx(x, rel=1e-13)
    assert quantiles.beta_cdf(x, 3, 1) == pytest.approx(x**3, rel=1e-13)
    arcsine = 2 / math.pi * math.asin(math.sqrt(x))
    assert quantiles.beta_cdf(x, 0.5, 0.5) == pytest.approx(arcsine, rel=1e-12)


@given(p=st.floats(1e-6, 1 - 1e-6), a=shapes, b=shapes)
def test_beta_quantiles_give_their_probability_back(p: float, a: float, b: float) -> None:
    x = quantiles.beta_ppf(p, a, b)

    below, above = math.nextafter(x, 0), math.nextafter(x, 1)
    assert quantiles.beta_cdf(below, a, b) <= p * (1 + 1e-11)
    assert quantiles.beta_cdf(above, a, b) >= p * (1 - 1e-11)


@pytest.mark.parametrize(("a", "b", "value"), [(0, 2, 0.0), (2, 0, 1.0)])
def test_a_shape_of_zero_puts_all_weight_on_one_end(a: float, b: float, value: float) -> None:
    assert quantiles.beta_ppf(0.3, a, b) == value
    assert quantiles.beta_cdf(0.5, a, b) == 1 - value
