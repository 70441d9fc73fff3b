"""Production mix and groups, against the known answers, R's method and statsmodels."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from reportgen.domain.statistics.proportions import exact_lower
from reportgen.domain.statistics.weighting import (
    clustered_share,
    covered_share,
    example_weights,
    kish,
    post_stratified,
    standard_error,
)

SHARES = {"a": 0.60, "b": 0.25, "c": 0.10, "d": 0.05}
COUNTS = {"a": 40, "b": 25, "c": 20, "d": 15}
RIGHT = {"a": 39, "b": 23, "c": 17, "d": 11}
CLUSTERED = np.array([1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1], dtype=np.float64)
OF_THREE = np.arange(12) // 3


def test_the_known_post_stratified_estimate_is_met() -> None:
    found = post_stratified(RIGHT, COUNTS, SHARES)
    assert found.value == pytest.approx(0.936667, abs=5e-7)
    assert math.sqrt(found.value * (1 - found.value) / found.n_effective) == pytest.approx(0.0227748, abs=5e-8)
    assert found.n_effective == pytest.approx(114.37, abs=5e-3)
    assert found.n_star == 100
    assert (found.low, found.high) == pytest.approx((0.869643, 0.975612), abs=6e-7)
    assert found.lower == pytest.approx(0.880831, abs=6e-7)
    assert found.covered == pytest.approx(1.0)
    assert found.max_weight_ratio == pytest.approx((0.6 / 40) / (0.05 / 15))
    segments = [name for name, n in COUNTS.items() for _ in range(n)]
    assert kish(example_weights(segments, SHARES)) == pytest.approx(82.19, abs=5e-3)


@given(st.lists(st.tuples(st.integers(2, 60), st.floats(0, 1)), min_size=1, max_size=6))
@settings(max_examples=150)
def test_the_mix_of_the_corpus_itself_gives_the_raw_share(strata: list[tuple[int, float]]) -> None:
    counts = {str(i): n for i, (n, _) in enumerate(strata)}
    right = {str(i): round(n * share) for i, (n, share) in enumerate(strata)}
    total = sum(counts.values())
    found = post_stratified(right, counts, {name: n / total for name, n in counts.items()})
    assert found.value == pytest.approx(sum(right.values()) / total)
    assert found.n_star <= total
    assert found.lower <= found.value + 1e-12
    assert found.max_weight_ratio == pytest.approx(1.0)


def test_estimating_the_variance_costs_effective_examples() -> None:
    """n* = n_eff (z / t with n - H degrees)², below n: the known answer above meets its upper end, n, and cannot show it."""
    found = post_stratified({"a": 15, "b": 5}, {"a": 20, "b": 10}, {"a": 0.2, "b": 0.8})
    variance = 0.2**2 * 0.75 * 0.25 / 19 + 0.8**2 * 0.5 * 0.5 / 9
    assert found.n_effective == pytest.approx(0.55 * 0.45 / variance)
    shrink = (stats.norm.ppf(0.975) / stats.t.ppf(0.975, 28)) ** 2
    assert found.n_star == pytest.approx(found.n_effective * shrink)
    assert found.n_star < 0.92 * found.n_effective
    assert found.lower == pytest.approx(stats.beta.ppf(0.05, 0.55 * found.n_star, 0.45 * found.n_star + 1))


def test_few_groups_have_the_corrected_error_and_students_quantile() -> None:
    few = clustered_share(CLUSTERED, OF_THREE)
    assert few.n_star <= 4, "four groups are no more than four rows"
    assert few.standard_error == pytest.approx(0.20971762, abs=5e-9), "that of statsmodels with G / (G - 1)"
    member = np.repeat(np.arange(10), 6)
    voices = np.array([float(g % 3 != 0) for g in member])
    found = clustered_share(voices, member)
    fit = sm.OLS(voices, np.ones(60)).fit(cov_type="cluster", cov_kwds={"groups": member, "use_correction": False})
    p, error = float(voices.mean()), float(fit.bse[0]) * (10 / 9) ** 0.5
    shrink = (stats.norm.ppf(0.975) / stats.t.ppf(0.975, 9)) ** 2
    assert found.n_star == pytest.approx(p * (1 - p) / error**2 * shrink)


def test_where_nothing_varies_kish_decides() -> None:
    found = post_stratified(COUNTS, COUNTS, SHARES)
    assert found.value == 1.0
    assert found.upper == 1.0
    assert found.n_star == pytest.approx(82.19, abs=5e-3)
    assert found.lower == pytest.approx(exact_lower(found.n_star, found.n_star))
    assert post_stratified({}, COUNTS, SHARES).lower == 0.0


def test_strata_all_right_or_all_wrong_have_no_variance_but_no_certainty_either() -> None:
    found = post_stratified({"a": 10}, {"a": 10, "b": 10}, {"a": 0.5, "b": 0.5})
    assert found.value == 0.5
    assert found.n_star == pytest.approx(20.0)
    assert found.lower < 0.35


def test_a_segment_without_examples_lowers_what_is_covered() -> None:
    found = post_stratified({"a": 30, "b": 18}, {"a": 40, "b": 20}, {"a": 0.62, "b": 0.31, "rare": 0.07})
    assert found.covered == pytest.approx(0.93)
    assert found.value == pytest.approx((0.62 * 30 / 40 + 0.31 * 18 / 20) / 0.93)
    assert covered_share(["a", "b", "a"], {"a": 0.62, "b": 0.31, "rare": 0.07}) == pytest.approx(0.93)


def test_a_stratum_of_one_row_shares_its_neighbours_variance_and_keeps_its_weight() -> None:
    found = post_stratified({"a": 1, "b": 18}, {"a": 1, "b": 20}, {"a": 0.3, "b": 0.7})
    assert found.value == pytest.approx(0.3 + 0.7 * 0.9)
    pooled = 19 / 21
    variance = pooled * (1 - pooled) / 20
    assert found.n_effective == pytest.approx(found.value * (1 - found.value) / variance)
    last = post_stratified({"a": 18, "b": 1}, {"a": 20, "b": 1}, {"a": 0.7, "b": 0.3})
    assert last.n_effective == pytest.approx(found.n_effective)


def test_one_row_in_all_is_one_row() -> None:
    found = post_stratified({"a": 1}, {"a": 1}, {"a": 1.0})
    assert found.n_star == 1
    assert found.lower == pytest.approx(0.05)


def test_a_mix_without_any_example_cannot_be_weighted() -> None:
    with pytest.raises(ValueError, match="no segment of the production mix"):
        post_stratified({"z": 3}, {"z": 4}, SHARES)


def test_more_right_than_examples_is_refused() -> None:
    with pytest.raises(ValueError, match="successes <= examples"):
        post_stratified({"a": 3}, {"a": 2}, {"a": 1.0})


@given(st.lists(st.sampled_from("abcz"), min_size=1, max_size=60))
@settings(max_examples=100)
def test_weighted_rows_give_the_post_stratified_share(segments: list[str]) -> None:
    weights = example_weights(segments, SHARES)
    right = np.array([(i * 7 + ord(s)) % 3 > 0 for i, s in enumerate(segments)], dtype=np.float64)
    if set(segments) == {"z"}:
        assert not weights.any()
        return
    assert weights.mean() == pytest.approx(1.0)
    counts = {s: segments.count(s) for s in set(segments)}
    successes = {s: float(right[[t == s for t in segments]].sum()) for s in counts}
    found = post_stratified(successes, counts, SHARES)
    assert float(np.average(right, weights=weights)) == pytest.approx(found.value)


@pytest.mark.parametrize("rounds", [300, pytest.param(4000, marks=pytest.mark.deep)])
def test_the_one_sided_bound_of_a_weighted_share_covers(rounds: int) -> None:
    random = np.random.RandomState(4)
    names = list(SHARES)
    n, w = np.array(list(COUNTS.values())), np.array(list(SHARES.values()))
    truth = np.array([0.95, 0.9, 0.85, 0.7])
    covered = 0
    for _ in range(rounds):
        x = dict(zip(names, random.binomial(n, truth).tolist(), strict=True))
        covered += post_stratified(x, COUNTS, SHARES).lower <= float(w @ truth)
    assert covered / rounds >= 0.937 - 2 * math.sqrt(0.05 * 0.95 / rounds)


def test_groups_that_speak_with_one_voice_count_once() -> None:
    successes = np.repeat([1.0] * 18 + [0.0] * 2, 5)
    found = clustered_share(successes, np.repeat(np.arange(20), 5))
    assert found.value == 0.9
    assert found.n_effective == pytest.approx(20.0)
    assert found.lower == pytest.approx(exact_lower(18, 20))
    all_right = clustered_share(np.ones(100), np.repeat(np.arange(20), 5))
    assert all_right.lower == pytest.approx(exact_lower(20, 20))
    assert all_right.upper == 1.0


def test_independent_rows_in_groups_keep_about_their_number() -> None:
    random = np.random.RandomState(6)
    successes = (random.random_sample(600) < 0.9).astype(np.float64)
    found = clustered_share(successes, np.arange(600) // 2)
    assert 450 < found.n_star <= 600


def test_few_groups_are_flagged_and_very_few_are_not_testable() -> None:
    few = clustered_share(CLUSTERED, np.arange(12) // 2)
    assert few.testable
    assert few.flag
    very_few = clustered_share(CLUSTERED, OF_THREE)
    assert not very_few.testable
    assert very_few.n_star <= 4
    assert clustered_share(np.tile(CLUSTERED, 4), np.arange(48) // 2).flag == ""


def test_weights_of_the_mix_enter_the_clustered_share() -> None:
    segments = [name for name, n in COUNTS.items() for _ in range(n)]
    right = np.array([float(i < RIGHT[name]) for name, n in COUNTS.items() for i in range(n)])
    found = clustered_share(right, np.arange(100), weights=example_weights(segments, SHARES))
    stratified = post_stratified(RIGHT, COUNTS, SHARES)
    assert found.value == pytest.approx(stratified.value)
    assert found.n_star <= kish(example_weights(segments, SHARES)) + 1e-9
    assert found.lower == pytest.approx(stratified.lower, abs=0.03)


def test_one_score_has_no_standard_error() -> None:
    with pytest.raises(ValueError, match="at least two scores"):
        standard_error(np.array([1.0]))
    with pytest.raises(ValueError, match="rows with one group"):
        clustered_share(np.ones(3), np.zeros(3), weights=np.zeros(3))
