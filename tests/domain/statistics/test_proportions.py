"""Intervals of one share, against published values and statsmodels."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import binom_tost, proportion_confint

from reportgen.domain.statistics.proportions import (
    exact_interval,
    exact_lower,
    exact_upper,
    fewest_examples_to_prove,
    fisher_exact,
    most_errors_to_prove,
    p_value_at_least,
    p_value_at_most,
    wilson,
)

NS = (50, 59, 75, 100, 150, 200, 300, 500, 1000)
TARGETS = (0.80, 0.85, 0.90, 0.95, 0.98, 0.99)
PROVABLE = (
    (5, 3, 1, None, None, None),
    (6, 4, 1, 0, None, None),
    (8, 5, 2, 0, None, None),
    (13, 8, 4, 1, None, None),
    (21, 15, 8, 2, 0, None),
    (30, 21, 12, 4, 0, None),
    (48, 34, 21, 8, 1, 0),
    (84, 61, 38, 16, 4, 1),
    (178, 131, 84, 38, 12, 4),
)


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [
        (81, 263, 0.255289, 0.366210),
        (15, 148, 0.062386, 0.160487),
        (0, 20, 0.0, 0.161125),
        (1, 29, 0.006113, 0.171755),
        (7, 50, 0.069508, 0.261862),
        (682, 925, 0.707996, 0.764636),
        (1, 1, 0.206549, 1.0),
        (100, 100, 0.963007, 1.0),
    ],
)
def test_wilson_gives_the_published_intervals(x: int, n: int, low: float, high: float) -> None:
    assert wilson(x, n) == pytest.approx((low, high), abs=6e-7)


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [
        (81, 263, 0.252737, 0.367622),
        (15, 148, 0.057844, 0.161650),
        (0, 20, 0.0, 0.168433),
        (1, 29, 0.000873, 0.177644),
        (7, 50, 0.0581917, 0.2673960),
        (682, 925, 0.707668, 0.765407),
        (1, 1, 0.025, 1.0),
        (100, 100, 0.963783, 1.0),
    ],
)
def test_the_exact_interval_gives_the_published_intervals(x: int, n: int, low: float, high: float) -> None:
    assert exact_interval(x, n) == pytest.approx((low, high), abs=6e-7)


@pytest.mark.parametrize(
    ("x", "n", "lower"),
    [
        (95, 100, 0.897747),
        (98, 100, 0.938381),
        (99, 100, 0.953440),
        (100, 100, 0.970487),
        (141, 150, 0.897636),
        (143, 150, 0.914137),
        (50, 50, 0.941845),
        (59, 59, 0.950492),
        (190, 200, 0.916665),
    ],
)
def test_the_exact_lower_bound_gives_the_known_values(x: int, n: int, lower: float) -> None:
    assert exact_lower(x, n) == pytest.approx(lower, abs=6e-7)


@given(st.integers(1, 2000), st.data(), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
@settings(max_examples=150)
def test_both_intervals_agree_with_statsmodels(n: int, data: st.DataObject, confidence: float) -> None:
    x = data.draw(st.integers(0, n))
    assert wilson(x, n, confidence) == pytest.approx(proportion_confint(x, n, 1 - confidence, method="wilson"), abs=1e-12)
    assert exact_interval(x, n, confidence) == pytest.approx(
        proportion_confint(x, n, 1 - confidence, method="beta"), abs=1e-10
    )


@given(st.floats(0.5, 500), st.floats(0, 1))
@settings(max_examples=150)
def test_effective_sample_sizes_are_arguments_of_the_beta_distribution(n: float, share: float) -> None:
    x = share * n
    lower, upper = exact_lower(x, n), exact_upper(x, n)
    if 1e-6 < x < n - 1e-6:
        assert lower == pytest.approx(stats.beta.ppf(0.05, x, n - x + 1), abs=1e-9)
        assert upper == pytest.approx(stats.beta.ppf(0.95, x + 1, n - x), abs=1e-9)
    assert 0.0 <= lower <= share + 1e-9
    assert share - 1e-9 <= upper <= 1.0


def test_nothing_right_and_all_right_give_ends_of_exactly_zero_and_one() -> None:
    for n in (1, 7, 150, 100_000):
        assert wilson(0, n)[0] == 0.0
        assert wilson(n, n)[1] == 1.0
        assert exact_lower(0, n) == 0.0
        assert exact_upper(n, n) == 1.0
        assert exact_lower(n, n) == pytest.approx(0.05 ** (1 / n), abs=1e-12)


def test_no_examples_say_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert exact_interval(0, 0) == (0.0, 1.0)
    assert (p_value_at_least(0, 0, 0.9), p_value_at_most(0, 0, 0.9)) == (1.0, 1.0)


@pytest.mark.parametrize(("x", "n"), [(-1, 10), (11, 10), (1, -1), (math.nan, 3), (1, math.inf)])
def test_what_is_no_count_is_refused(x: float, n: float) -> None:
    for function in (wilson, exact_lower, exact_upper):
        with pytest.raises(ValueError, match="expected 0 <= x <= n"):
            function(x, n)


def test_a_rounding_error_beyond_the_total_is_the_total() -> None:
    assert exact_lower(100.00000000001, 100) == exact_lower(100, 100)
    assert wilson(-1e-13, 100) == wilson(0, 100)


@pytest.mark.parametrize("n", [50, 100, 150, 200])
@pytest.mark.parametrize("truth", [0.8, 0.9, 0.95, 0.98])
def test_the_exact_bounds_claim_too_much_in_at_most_5_percent_of_all_samples(n: int, truth: float) -> None:
    chance = stats.binom.pmf(range(n + 1), n, truth)
    too_high = sum(p for x, p in enumerate(chance) if exact_lower(x, n) >= truth)
    too_low = sum(p for x, p in enumerate(chance) if exact_upper(x, n) <= truth)
    assert too_high <= 0.05
    assert too_low <= 0.05


@pytest.mark.parametrize(
    ("n", "truth", "wilson_rate", "exact_rate"),
    [(100, 0.90, 0.058, 0.024), (100, 0.98, 0.0, 0.0), (150, 0.95, 0.055, 0.018)],
)
def test_the_false_pass_rates_are_those_that_chose_the_exact_bound(
    n: int, truth: float, wilson_rate: float, exact_rate: float
) -> None:
    chance = stats.binom.pmf(range(n + 1), n, truth)
    assert sum(p for x, p in enumerate(chance) if wilson(x, n, 0.90)[0] >= truth) == pytest.approx(wilson_rate, abs=6e-4)
    assert sum(p for x, p in enumerate(chance) if exact_lower(x, n) >= truth) == pytest.approx(exact_rate, abs=6e-4)


@given(st.integers(1, 400), st.data())
@settings(max_examples=150)
def test_one_more_right_answer_never_lowers_a_bound(n: int, data: st.DataObject) -> None:
    x = data.draw(st.integers(0, n - 1))
    assert exact_lower(x + 1, n) > exact_lower(x, n)
    assert exact_upper(x + 1, n) > exact_upper(x, n)
    assert wilson(x + 1, n)[0] > wilson(x, n)[0]


@given(st.integers(1, 400), st.data(), st.floats(0.01, 0.99))
@settings(max_examples=200)
def test_bounds_and_p_values_decide_alike(n: int, data: st.DataObject, target: float) -> None:
    x = data.draw(st.integers(0, n))
    assert p_value_at_least(x, n, target) == pytest.approx(
        stats.binomtest(x, n, target, alternative="greater").pvalue, abs=1e-10
    )
    assert p_value_at_most(x, n, target) == pytest.approx(
        stats.binomtest(x, n, target, alternative="less").pvalue, abs=1e-10
    )
    if abs(p_value_at_least(x, n, target) - 0.05) > 1e-9:
        assert (p_value_at_least(x, n, target) <= 0.05) == (exact_lower(x, n) >= target)
    if abs(p_value_at_most(x, n, target) - 0.05) > 1e-9:
        assert (p_value_at_most(x, n, target) <= 0.05) == (exact_upper(x, n) <= target)


@given(st.integers(1, 300), st.sampled_from(TARGETS))
@settings(max_examples=100)
def test_one_error_more_than_allowed_proves_nothing(n: int, target: float) -> None:
    errors = most_errors_to_prove(n, target)
    proven = [e for e in range(n + 1) if exact_lower(n - e, n) >= target]
    assert errors == (max(proven) if proven else None)


def test_fewest_examples_are_the_rounded_up_ratio_of_logarithms() -> None:
    assert [fewest_examples_to_prove(t) for t in (0.80, 0.90, 0.95, 0.98, 0.99)] == [14, 29, 59, 149, 299]


@given(st.floats(0.02, 0.995), st.sampled_from([0.01, 0.05, 0.1]))
@settings(max_examples=100)
def test_fewest_examples_prove_and_one_fewer_does_not(target: float, alpha: float) -> None:
    n = fewest_examples_to_prove(target, alpha)
    assert n is not None
    assert most_errors_to_prove(n, target, alpha) is not None
    assert n == 1 or most_errors_to_prove(n - 1, target, alpha) is None


def test_certainty_cannot_be_proven() -> None:
    assert fewest_examples_to_prove(1.0) is None
    assert most_errors_to_prove(100_000, 1.0) is None


def test_equivalence_is_the_larger_of_two_one_sided_p_values() -> None:
    larger = max(p_value_at_least(92, 100, 0.85), p_value_at_most(92, 100, 0.97))
    assert larger == pytest.approx(0.0274757, abs=5e-8)
    assert p_value_at_most(92, 100, 0.97) == pytest.approx(0.0106238, abs=5e-8)
    assert larger == pytest.approx(binom_tost(92, 100, 0.85, 0.97)[0], abs=1e-12)


def test_eval_and_holdout_are_compared_by_fishers_exact_test() -> None:
    assert fisher_exact(141, 150, 66, 75) == pytest.approx(0.126, abs=5e-4)
    for x_a, x_b in itertools.product(range(0, 13, 3), range(0, 21, 4)):
        expected = stats.fisher_exact([[x_a, 12 - x_a], [x_b, 20 - x_b]]).pvalue
        assert fisher_exact(x_a, 12, x_b, 20) == pytest.approx(expected, abs=1e-9)


def test_fisher_refuses_counts_beyond_their_totals() -> None:
    with pytest.raises(ValueError, match="within their totals"):
        fisher_exact(13, 12, 0, 5)
