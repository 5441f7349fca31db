"""Student's t against published tables (Fisher and Yates, table III; NIST/SEMATECH 1.3.6.7.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.statistics import paired_change, t_cdf, t_quantile

TABLE = {
    0.95: {1: 6.314, 5: 2.015, 10: 1.812, 30: 1.697, 120: 1.658},
    0.975: {1: 12.706, 5: 2.571, 10: 2.228, 30: 2.042, 120: 1.980},
    0.995: {1: 63.657, 5: 4.032, 10: 3.169, 30: 2.750, 120: 2.617},
}


@pytest.mark.parametrize(("p", "df"), [(p, df) for p, row in TABLE.items() for df in row])
def test_quantiles_are_those_of_the_published_table(p: float, df: int) -> None:
    assert t_quantile(p, df) == pytest.approx(TABLE[p][df], abs=0.0005)


def test_one_degree_of_freedom_is_the_cauchy_distribution() -> None:
    assert t_cdf(1, 1) == pytest.approx(0.75, abs=1e-12)
    assert t_cdf(0, 7) == pytest.approx(0.5, abs=1e-12)


@given(st.floats(-50, 50), st.integers(1, 300))
def test_the_distribution_is_symmetric_and_rises(t: float, df: int) -> None:
    assert t_cdf(t, df) + t_cdf(-t, df) == pytest.approx(1, abs=1e-10)
    assert t_cdf(t, df) <= t_cdf(t + 0.5, df)


@given(st.floats(0.5, 0.999), st.integers(1, 300))
def test_the_quantile_undoes_the_distribution(p: float, df: int) -> None:
    assert t_cdf(t_quantile(p, df), df) == pytest.approx(p, abs=1e-9)


def test_a_paired_change_by_hand() -> None:
    """Differences 25 50 25 0 25 25: mean 25, s = sqrt(250), half = 2.570582 x 15.8114 / sqrt 6 = 16.5930."""
    before, after = (25, 25, 50, 50, 25, 50), (50, 75, 75, 50, 50, 75)
    got = paired_change(list(zip(before, after, strict=True)))
    assert (got.n, got.before, got.after, got.change) == (6, 37.5, 62.5, 25)
    assert (got.low, got.high) == (pytest.approx(8.4070, abs=1e-4), pytest.approx(41.5930, abs=1e-4))


def test_equal_differences_leave_no_doubt_and_one_pair_says_nothing() -> None:
    sure = paired_change([(10, 20), (30, 40)])
    assert sure.low == sure.high == 10
    with pytest.raises(ValueError, match="two pairs"):
        paired_change([(1, 2)])
