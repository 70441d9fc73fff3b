"""Resampling and its intervals, against R's boot, Efron and Tibshirani, and scipy's own bootstrap."""

from __future__ import annotations

import hashlib
import math
import os
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, stats

from reportgen.domain.statistics import resampling
from reportgen.domain.statistics.bootstrap import (
    Bounds,
    bounds,
    jackknife_values,
    leave_one_out_sums,
    monte_carlo_error,
    percentile_interval,
    resample_many,
    resample_sums,
    seed_of,
)
from reportgen.domain.statistics.resampling import Floats

R_BOOT = np.array([10, 12, 12.5, 12.5, 13.9, 15, 21, 22, 23, 34, 50, 81, 89, 121, 134, 213])
SPATIAL_A = np.array(
    [48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41], dtype=np.float64
)


def _ratio(sums: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Floats = sums[..., 0] / sums[..., 1]
    return result


def _mean_features(values: Floats) -> Floats:
    return np.column_stack([values, np.ones(len(values))])


def _variance(sums: Floats) -> Floats:
    result: Floats = sums[..., 0] / sums[..., 2] - (sums[..., 1] / sums[..., 2]) ** 2
    return result


def _confusion(n: int, labels: int, seed: int) -> Floats:
    """Return tp, fp, fn of each label for n rows of a candidate that is right in about 85 %; the gold labels are shared."""
    random = np.random.RandomState(seed)
    gold = np.random.RandomState(99).randint(0, labels, n)
    said = np.where(random.random_sample(n) < 0.85, gold, random.randint(0, labels, n))
    features = np.zeros((n, 3 * labels))
    features[np.arange(n), 3 * gold + np.where(said == gold, 0, 2)] = 1.0
    wrong = np.flatnonzero(said != gold)
    features[wrong, 3 * said[wrong] + 1] = 1.0
    return features


def _macro_f1(sums: Floats) -> Floats:
    counts = sums.reshape(*sums.shape[:-1], -1, 3)
    twice = 2.0 * counts[..., 0]
    whole = twice + counts[..., 1] + counts[..., 2]
    f1 = np.divide(twice, whole, out=np.zeros_like(whole), where=whole > 0)
    result: Floats = f1.sum(axis=-1) / np.count_nonzero(whole > 0, axis=-1)
    return result


def _found(value: float, values: Floats, jackknife: Floats, confidence: float = 0.95) -> Bounds:
    """Return interval and bounds where there must be some."""
    found = bounds(value, values, jackknife, confidence=confidence)
    assert isinstance(found, Bounds)
    return found


def _bca(value: float, values: Floats, jackknife: Floats, confidence: float = 0.95) -> tuple[float, float]:
    found = _found(value, values, jackknife, confidence)
    return found.low, found.high


def test_the_seed_is_the_beginning_of_the_hash_and_depends_on_where_words_end() -> None:
    expected = hashlib.sha256((1).to_bytes(8, "big") + b"a" + (2).to_bytes(8, "big") + "é".encode()).digest()[:8]
    assert seed_of("a", "é") == int.from_bytes(expected, "big")
    assert seed_of("ab", "c") != seed_of("a", "bc")


def test_the_draws_are_the_same_bits_on_every_machine() -> None:
    sums = resample_sums(np.eye(7), seed=seed_of("run", "macro F1"), resamples=100)
    digest = hashlib.sha256(np.ascontiguousarray(sums.astype("<f8")).tobytes()).hexdigest()
    assert digest == "41c9f8fd24803428c9f1706552859ec8986c67ed77f34c3be2292693a7ee395d"


def test_every_resample_draws_as_many_rows_as_there_are() -> None:
    for n in (1, 2, 9, 501):
        counts = resample_sums(np.eye(n), seed=3, resamples=70)
        assert counts.shape == (70, n)
        assert np.all(counts.sum(axis=1) == n)


def test_rows_are_drawn_with_equal_chances_and_independently() -> None:
    counts = resample_sums(np.eye(10), seed=8, resamples=10_000)
    assert stats.chisquare(counts.sum(axis=0)).pvalue > 1e-3
    assert counts.var(axis=0) == pytest.approx(np.full(10, 0.9), rel=0.06)
    assert np.corrcoef(counts[:, 0], counts[:, 1])[0, 1] == pytest.approx(-1 / 9, abs=0.03)


def test_candidates_share_their_resamples_whether_drawn_together_or_apart() -> None:
    matrices = [_confusion(120, 5, seed) for seed in range(3)]
    together = resample_many(matrices, seed=5, resamples=333)
    for matrix, sums in zip(matrices, together, strict=True):
        assert np.array_equal(resample_sums(matrix, seed=5, resamples=333), sums)
        assert np.array_equal(resample_sums(sparse.csr_array(matrix), seed=5, resamples=333), sums)
        assert np.array_equal(resample_sums(matrix, seed=5, resamples=1000)[:333], sums)
    joint = resample_sums(np.hstack(matrices), seed=5, resamples=333)
    assert np.array_equal(joint, np.hstack(together))


def test_threads_and_pieces_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    features = np.random.RandomState(1).random_sample((600, 4))
    expected = resample_sums(features, seed=2, resamples=500)
    monkeypatch.setattr(resampling, "_WORTH_THREADS", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert np.array_equal(resample_sums(features, seed=2, resamples=500), expected)
    monkeypatch.setattr(resampling, "_WORDS_AT_ONCE", 700)
    assert np.array_equal(resample_sums(features, seed=2, resamples=500), expected)


def test_groups_are_drawn_whole() -> None:
    groups = np.array(["x", "y", "x", "z", "y", "x"])
    counts = resample_sums(np.eye(6), seed=4, resamples=200, groups=groups)
    assert np.array_equal(counts[:, 0], counts[:, 2])
    assert np.array_equal(counts[:, 0], counts[:, 5])
    assert np.array_equal(counts[:, 1], counts[:, 4])
    assert np.all(counts[:, 0] + counts[:, 1] + counts[:, 3] == 3)


def test_weights_multiply_the_features_of_their_rows() -> None:
    features, weights = np.random.RandomState(3).random_sample((30, 2)), np.linspace(0.5, 2, 30)
    expected = resample_sums(features * weights[:, np.newaxis], seed=1, resamples=50)
    assert np.array_equal(resample_sums(features, seed=1, resamples=50, weights=weights), expected)
    assert np.array_equal(resample_sums(sparse.csr_array(features), seed=1, resamples=50, weights=weights), expected)
    assert leave_one_out_sums(features, weights=weights)[0] == pytest.approx(
        (features * weights[:, np.newaxis])[1:].sum(axis=0)
    )


@pytest.mark.parametrize("features", [np.array([[1.0], [math.nan]]), np.array([[math.inf]])])
def test_features_that_are_no_numbers_are_refused(features: Floats) -> None:
    with pytest.raises(ValueError, match="features must be finite"):
        resample_sums(features, seed=1, resamples=10)


def test_rows_weights_and_groups_must_fit() -> None:
    with pytest.raises(ValueError, match="one weight for each"):
        resample_sums(np.eye(3), seed=1, weights=np.ones(2))
    with pytest.raises(ValueError, match="one group for each"):
        resample_sums(np.eye(3), seed=1, groups=np.ones(2))
    with pytest.raises(ValueError, match="same rows"):
        resample_many([np.eye(3), np.eye(4)], seed=1)


def test_no_rows_give_sums_of_nothing() -> None:
    assert not resample_sums(np.zeros((0, 3)), seed=1, resamples=5).any()


def test_the_means_intervals_are_those_of_r() -> None:
    features = _mean_features(R_BOOT)
    value, values = float(R_BOOT.mean()), _ratio(resample_sums(features, seed=6, resamples=40_000))
    assert percentile_interval(values) == pytest.approx((28.86, 84.21), rel=1e-2)
    jackknife = _ratio(leave_one_out_sums(features))
    assert _bca(value, values, jackknife) == pytest.approx((32.31, 91.43), rel=1e-2)


def test_the_spatial_test_data_have_efron_and_tibshiranis_interval() -> None:
    features = np.column_stack([SPATIAL_A**2, SPATIAL_A, np.ones(26)])
    value = float(_variance(features.sum(axis=0)))
    assert value == pytest.approx(171.534, abs=5e-4)
    values = _variance(resample_sums(features, seed=7, resamples=40_000))
    found = _bca(value, values, _variance(leave_one_out_sums(features)), 0.90)
    assert found == pytest.approx((115.7, 260.7), rel=1e-2)


def test_bca_agrees_with_scipy_on_graded_scores() -> None:
    scores = np.random.RandomState(5).beta(6, 1.5, 80)
    features = _mean_features(scores)
    values = _ratio(resample_sums(features, seed=9, resamples=30_000))
    oracle = stats.bootstrap((scores,), np.mean, method="BCa", n_resamples=30_000, rng=3).confidence_interval
    found = _bca(float(scores.mean()), values, _ratio(leave_one_out_sums(features)))
    assert found == pytest.approx((oracle.low, oracle.high), abs=0.0012)


def test_the_jackknife_in_pieces_is_the_jackknife() -> None:
    features = _confusion(5000, 4, 1)
    assert jackknife_values(features, _macro_f1) == pytest.approx(_macro_f1(leave_one_out_sums(features)), abs=1e-15)
    assert leave_one_out_sums(features)[17] == pytest.approx(np.delete(features, 17, axis=0).sum(axis=0))
    groups = np.arange(5000) // 5
    grouped = leave_one_out_sums(features, groups=groups)
    assert grouped.shape == (1000, 12)
    assert grouped[3] == pytest.approx(features[groups != 3].sum(axis=0))
    assert jackknife_values(features, _macro_f1, groups=groups) == pytest.approx(_macro_f1(grouped))


def test_the_bound_that_decides_is_the_more_careful_one() -> None:
    features = _confusion(150, 6, 2)
    value, values = float(_macro_f1(features.sum(axis=0))), _macro_f1(resample_sums(features, seed=1, resamples=4000))
    jackknife = _macro_f1(leave_one_out_sums(features))
    found = _found(value, values, jackknife)
    lower, upper = found.lower, found.upper
    assert lower == pytest.approx(min(percentile_interval(values, 0.9)[0], _bca(value, values, jackknife, 0.9)[0]))
    assert upper == pytest.approx(max(percentile_interval(values, 0.9)[1], _bca(value, values, jackknife, 0.9)[1]))
    assert lower < value < upper


@given(st.integers(1, 40), st.integers(0, 40))
@settings(max_examples=60)
def test_no_sample_gives_a_bound_that_is_not_a_number(right: int, wrong: int) -> None:
    features = _mean_features(np.array([1.0] * right + [0.0] * wrong))
    value, values = float(_ratio(features.sum(axis=0))), _ratio(resample_sums(features, seed=1, resamples=200))
    jackknife = _ratio(leave_one_out_sums(features))
    found = bounds(value, values, jackknife)
    if isinstance(found, str):
        assert "same value" in found
        assert not right or not wrong or right + wrong < 4, "few rows or rows all alike"
        return
    lower, upper = found.lower, found.upper
    assert lower <= value <= upper
    assert lower >= 0.0
    assert upper <= 1.0


def test_undefined_replicates_count_against_every_claim() -> None:
    values = np.concatenate([np.linspace(0.8, 1.0, 980), np.full(20, np.nan)])
    finite = np.linspace(0.8, 1.0, 980)
    low, high = percentile_interval(values, 0.90)
    assert 0.8 < low < percentile_interval(finite, 0.90)[0]
    assert percentile_interval(finite, 0.90)[1] < high < 1.0
    assert percentile_interval(np.concatenate([finite, np.full(80, np.nan)]), 0.90) == (-math.inf, math.inf)
    assert percentile_interval(np.full(10, np.nan)) == (-math.inf, math.inf)


def test_what_carries_no_interval_is_said_in_a_sentence() -> None:
    def why(values: list[float]) -> str:
        found = bounds(0.5, np.array(values), np.full(9, 0.5))
        return found if isinstance(found, str) else ""

    assert not why(np.linspace(0, 1, 100).tolist())
    assert "same value" in why([1.0] * 50)
    assert "undefined in every resample" in why([math.nan] * 5)
    assert "undefined in 20%" in why([0.1, 0.2, 0.3, 0.4, math.nan])


def test_where_the_jackknife_is_undefined_the_percentile_interval_serves() -> None:
    values = np.linspace(0.6, 0.9, 101)
    found = _found(0.75, values, np.array([np.nan]))
    assert (found.low, found.high) == pytest.approx(percentile_interval(values))
    assert (found.lower, found.upper) == pytest.approx(percentile_interval(values, 0.9))
    with pytest.raises(ValueError, match="at least one resample"):
        percentile_interval(np.empty(0))


def test_the_monte_carlo_error_of_the_deciding_end_is_a_fifth_of_a_point() -> None:
    assert 100 * monte_carlo_error(0.05) == pytest.approx(0.218, abs=5e-4)


@pytest.mark.parametrize(
    ("n", "samples", "nominal"),
    [
        (100, 200, 0.946),
        pytest.param(100, 2000, 0.946, marks=pytest.mark.deep),
        pytest.param(200, 2000, 0.95, marks=pytest.mark.deep),
    ],
)
def test_the_bound_of_macro_f1_covers_with_a_rare_class(n: int, samples: int, nominal: float) -> None:
    labels, prevalence = 4, np.array([0.5, 0.3, 0.16, 0.04])
    chance = np.array([[0.88 if i == j else 0.04 for j in range(labels)] for i in range(labels)])
    cells = (prevalence[:, np.newaxis] * chance).ravel()
    pattern = np.zeros((labels * labels, 3 * labels))
    for cell, (gold, said) in enumerate(np.ndindex(labels, labels)):
        pattern[cell, 3 * gold + (0 if gold == said else 2)] = 1.0
        if gold != said:
            pattern[cell, 3 * said + 1] = 1.0
    truth = float(_macro_f1(cells @ pattern))
    random = np.random.RandomState(12)
    covered = 0
    for sample in range(samples):
        features = pattern[random.choice(labels * labels, size=n, p=cells)]
        values = _macro_f1(resample_sums(features, seed=sample, resamples=600))
        value = float(_macro_f1(features.sum(axis=0)))
        covered += _found(value, values, _macro_f1(leave_one_out_sums(features))).lower <= truth
    assert covered / samples >= nominal - 2.5 * math.sqrt(0.05 * 0.95 / samples)


@pytest.mark.deep
def test_ten_candidates_of_77_labels_are_resampled_within_the_bar() -> None:
    matrices = [_confusion(1000, 77, seed) for seed in range(10)]
    start = time.process_time()
    for sums in resample_many(matrices, seed=1):
        _macro_f1(sums)
    assert time.process_time() - start <= 1.5
