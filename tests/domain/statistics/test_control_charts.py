"""Control charts on the worked answers of textbooks (formulas.md section 8), and the false-alarm rate that they promise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from reportgen.domain.statistics.control_charts import (
    Count,
    cochran_armitage,
    cusum,
    false_alarm_rate,
    hypergeometric_cdf,
    predictive_limits,
    tail,
    two_of_three,
)
from reportgen.domain.statistics.paired import mcnemar_exact_greater

# Montgomery, Statistical Quality Control, table 9.1.
CUSUM_DATA = [
    9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.2, 10.34, 9.03, 11.47, 10.51, 9.4, 10.08, 9.37, 10.62, 10.31, 8.52,
    10.84, 10.9, 9.33, 12.29, 11.5, 10.6, 11.08, 10.38, 11.62, 11.31, 10.52,
]  # fmt: skip


def test_limits_with_the_error_of_the_baseline_are_fishers_test() -> None:
    baseline, n, alpha = Count(138, 150), 150, tail(3)
    low = round(predictive_limits(baseline, n, alpha).low * n)

    def p(right: int) -> float:
        table = [[right, n - right], [baseline.right, baseline.n - baseline.right]]
        return float(stats.fisher_exact(table, alternative="less").pvalue)

    assert p(low - 1) <= alpha < p(low)
    assert hypergeometric_cdf(7, 20, 50, 70) == pytest.approx(float(stats.hypergeom(120, 20, 50).cdf(7)), rel=1e-9)


def test_the_cusum_of_montgomery_signals_at_29() -> None:
    found = cusum(CUSUM_DATA, 10, 0.5, 5)
    assert found.high[28] == pytest.approx(5.28)
    assert found.high[29] == pytest.approx(5.30)
    assert found.signal == 28


def test_a_small_lasting_drop_shows_in_the_lower_sum() -> None:
    assert cusum([9.0] * 12, 10, 0.5, 5).signal == 10
    assert cusum([10.0] * 200, 10, 0.5, 5).signal is None


def test_the_smokers_of_r_have_their_trend() -> None:
    counts = [Count(83, 86), Count(90, 93), Count(129, 136), Count(70, 82)]
    found = cochran_armitage(counts, [1, 2, 3, 4])
    assert found is not None
    assert (found.chi_square, found.p) == pytest.approx((8.22492, 0.0041319), rel=2e-6)
    assert found.low < found.slope < found.high < 0


def test_the_slope_is_that_of_weighted_least_squares() -> None:
    counts = [Count(90, 100), Count(130, 150), Count(70, 90)]
    found = cochran_armitage(counts, [0, 1, 3])
    weights = np.sqrt([c.n for c in counts])
    expected = np.polyfit([0, 1, 3], [c.share for c in counts], 1, w=weights)[0]
    assert found is not None
    assert found.slope == pytest.approx(expected)
    assert cochran_armitage([Count(5, 5), Count(6, 6)], [0, 1]) is None
    assert cochran_armitage(counts, [2, 2, 2]) is None


def test_two_of_three_needs_the_last_point() -> None:
    assert two_of_three([False, True, True])
    assert two_of_three([True, False, True])
    assert not two_of_three([True, True, False])
    assert not two_of_three([True, False, False, True])
    assert not two_of_three([True])


def test_the_canary_prompts_of_the_method() -> None:
    assert mcnemar_exact_greater(8, 1) == pytest.approx(0.0195, abs=5e-5)


def test_the_promised_rate_is_that_of_two_correlated_normal_months() -> None:
    both = stats.multivariate_normal([0, 0], [[1, 0.25], [0.25, 1]]).cdf([-2, -2])
    assert false_alarm_rate() == pytest.approx(tail(3) + 2 * both, rel=1e-4)
