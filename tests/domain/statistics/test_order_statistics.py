"""Quantiles of latency by ranks, against published ranks, numpy and the dual statement about shares."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from reportgen.domain.statistics.order_statistics import (
    interval_coverage,
    interval_ranks,
    linear_percentile,
    lower_rank,
    nearest_rank,
    upper_rank,
)
from reportgen.domain.statistics.proportions import exact_lower, exact_upper


@pytest.mark.parametrize(
    ("n", "low", "high", "coverage"),
    [
        (74, 66, 74, 0.9661),
        (100, 90, 100, 0.9826),
        (150, 137, 148, 0.9632),
        (200, 184, 197, 0.9672),
        (500, 465, 485, 0.9605),
        (1000, 936, 964, 0.9581),
    ],
)
def test_the_interval_of_the_p95_has_the_known_ranks(n: int, low: int, high: int, coverage: float) -> None:
    assert interval_ranks(n) == (low, high)
    assert interval_coverage(n, low, high) == pytest.approx(coverage, abs=5e-5)


def test_the_textbook_interval_of_the_90th_percentile_has_the_published_coverage() -> None:
    # Hahn and Meeker share the error out unevenly to get [85, 97]; ours spends at most half on each side.
    assert interval_ranks(100, 0.90) == (84, 96)
    assert interval_coverage(100, 85, 97, 0.90) == pytest.approx(0.95227, abs=5e-6)


@pytest.mark.parametrize(
    ("n", "rank"), [(58, None), (59, 59), (93, 92), (100, 99), (150, 148), (200, 196), (500, 484), (1000, 962)]
)
def test_the_one_sided_upper_bound_of_the_p95_has_the_known_rank(n: int, rank: int | None) -> None:
    assert upper_rank(n) == rank


def test_few_calls_bound_the_p95_from_no_side_or_from_one() -> None:
    assert interval_ranks(0) == (None, None)
    assert interval_ranks(1) == (None, None)
    assert interval_ranks(71)[1] is None
    assert interval_ranks(72)[1] == 72


@given(st.integers(1, 700), st.sampled_from([0.5, 0.9, 0.95, 0.99]), st.sampled_from([0.025, 0.05, 0.1]))
@settings(max_examples=150)
def test_ranks_are_the_definition_by_the_binomial_distribution(n: int, q: float, alpha: float) -> None:
    ranks = np.arange(1, n + 1)
    lows = ranks[stats.binom.cdf(ranks - 1, n, q) <= alpha].tolist()
    highs = ranks[stats.binom.sf(ranks - 1, n, q) <= alpha].tolist()
    assert lower_rank(n, q, alpha) == (max(lows) if lows else None)
    assert upper_rank(n, q, alpha) == (min(highs) if highs else None)


LATENCIES = st.lists(st.one_of(st.integers(1, 12).map(float), st.just(math.inf)), min_size=1, max_size=160)


@given(LATENCIES, st.integers(1, 12), st.sampled_from([0.5, 0.9, 0.95]))
@settings(max_examples=400)
def test_the_bound_of_the_quantile_and_the_bound_of_the_share_say_the_same(
    latencies: list[float], limit: int, q: float
) -> None:
    n, within = len(latencies), sum(value <= limit for value in latencies)
    ordered = sorted(latencies)
    rank = upper_rank(n, q)
    assert (exact_lower(within, n) >= q) == (rank is not None and ordered[rank - 1] <= limit)
    low = lower_rank(n, q)
    assert (exact_upper(within, n) < q) == (low is not None and ordered[low - 1] > limit)


def test_the_worked_example_is_likely_and_three_more_fast_calls_prove_it() -> None:
    latencies = [2000.0] * 147 + [2760.0, 2800.0, 3100.0]
    rank = upper_rank(150)
    assert rank is not None
    assert sorted(latencies)[rank - 1] == 2760.0
    assert exact_lower(147, 150) == pytest.approx(0.9491, abs=5e-5)
    assert exact_lower(150, 153) >= 0.95


@given(st.integers(1, 400), st.sampled_from([0.5, 0.9, 0.95, 0.99, 1.0]))
@settings(max_examples=200)
def test_nearest_rank_and_interpolation_agree_with_numpy(n: int, q: float) -> None:
    values = np.random.RandomState(n).lognormal(size=n)
    assert nearest_rank(values, q) == float(np.quantile(values, q, method="inverted_cdf"))
    assert linear_percentile(values, q) == pytest.approx(float(np.quantile(values, q, method="linear")), rel=1e-12)


def test_failures_stay_infinite() -> None:
    answered = [1.0] * 95
    assert nearest_rank([*answered, *[math.inf] * 5], 0.95) == 1.0
    assert nearest_rank([*answered[1:], *[math.inf] * 6], 0.95) == math.inf
    assert linear_percentile([*answered, *[math.inf] * 5], 0.95) == math.inf
    assert linear_percentile([math.inf, math.inf], 0.5) == math.inf


def test_a_rank_is_not_moved_by_rounding() -> None:
    assert nearest_rank([float(i) for i in range(1, 101)], 0.07) == 7.0


@pytest.mark.parametrize("values", [[], [1.0, math.nan]])
def test_a_quantile_of_nothing_or_of_no_number_is_refused(values: list[float]) -> None:
    for function in (nearest_rank, linear_percentile):
        with pytest.raises(ValueError, match="at least one value"):
            function(values, 0.5)
