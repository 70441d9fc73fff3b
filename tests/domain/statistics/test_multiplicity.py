"""Holm's correction, against its known answers and statsmodels."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from reportgen.domain.statistics.multiplicity import holm
from reportgen.domain.statistics.proportions import p_value_at_least


def test_the_known_adjusted_p_values_are_given_in_the_order_asked() -> None:
    assert holm([0.01, 0.02, 0.03, 0.04]) == pytest.approx([0.04, 0.06, 0.06, 0.06])
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
@settings(max_examples=20)
def test_holm_agrees_with_statsmodels(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(list(multipletests(p_values, method="holm")[1]), abs=1e-12)


def test_one_test_needs_no_correction_and_none_gives_none() -> None:
    assert holm([0.03]) == [0.03]
    assert holm([]) == []


def test_what_is_no_p_value_is_refused() -> None:
    with pytest.raises(ValueError, match="within 0 to 1"):
        holm([0.2, float("nan")])


def _first_step(n: int, target: float, alpha: float) -> int:
    """Return the fewest of n right whose exact p-value against the target is at most alpha."""
    return next(x for x in range(n + 1) if p_value_at_least(x, n, target) <= alpha)


def test_picking_the_best_of_ten_just_failing_candidates_needs_holm() -> None:
    """Ten candidates truly at 89.9 % against 90 %, n = 150 (formulas.md 0.8): some candidate passes in 99, 23, 1.6 %."""
    some = [1 - stats.binom.cdf(k - 1, 150, 0.899) ** 10 for k in (135, _first_step(150, 0.9, 0.05))]
    assert some == pytest.approx([0.99, 0.23], abs=0.02)
    assert 1 - stats.binom.cdf(_first_step(150, 0.9, 0.05 / 10) - 1, 150, 0.899) ** 10 == pytest.approx(0.016, abs=0.002)


def test_the_price_of_holm_in_power_is_the_known_one() -> None:
    power = [stats.binom.sf(_first_step(150, 0.9, alpha) - 1, 150, 0.955) for alpha in (0.05, 0.05 / 5)]
    assert power == pytest.approx([0.757, 0.484], abs=0.01)
