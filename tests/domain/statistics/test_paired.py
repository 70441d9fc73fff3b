"""Paired comparisons, against published tables, statsmodels and scipy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats
from statsmodels.stats.contingency_tables import mcnemar

from reportgen.domain.statistics import paired
from reportgen.domain.statistics.paired import (
    mcnemar_exact,
    mcnemar_exact_greater,
    mcnemar_mid_p,
    randomisation_ps,
    tango,
    tango_lower,
    tango_score,
    tango_upper,
)
from reportgen.domain.statistics.resampling import Floats


@pytest.mark.parametrize(
    ("b", "c", "n", "low", "high"),
    [
        (1, 7, 21, -0.5172, -0.0260),
        (40, 20, 160, 0.0309, 0.2181),
        (0, 0, 150, -0.0250, 0.0250),
        (5, 8, 150, -0.0736, 0.0305),
        (2, 14, 150, -0.1394, -0.0319),
    ],
)
def test_tango_gives_the_published_two_sided_intervals(b: int, c: int, n: int, low: float, high: float) -> None:
    assert tango(b, c, n) == pytest.approx((low, high), abs=6e-5)


@pytest.mark.parametrize(
    ("b", "c", "lower"),
    [(0, 0, -0.0177), (2, 2, -0.0279), (5, 5, -0.0384), (8, 5, -0.0213), (5, 8, -0.0637), (6, 0, 0.0208), (3, 10, -0.0914)],
)
def test_tango_gives_the_known_one_sided_bounds(b: int, c: int, lower: float) -> None:
    assert tango_lower(b, c, 150) == pytest.approx(lower, abs=6e-5)


@pytest.mark.parametrize(("b", "c", "passes", "fails"), [(2, 2, 1, 0), (5, 5, 1, 0), (5, 8, 0, 0), (3, 10, 0, 1)])
def test_the_gate_of_five_points_decides_the_worked_examples(b: int, c: int, passes: int, fails: int) -> None:
    margin = 0.05
    assert (tango_lower(b, c, 150) > -margin) == bool(passes)
    assert (not passes and tango_upper(b, c, 150) < 0) == bool(fails)
    if (b, c) == (5, 8):
        assert tango_upper(b, c, 150) == pytest.approx(0.0213, abs=6e-5)
    if (b, c) == (3, 10):
        assert tango_upper(b, c, 150) == pytest.approx(-0.0079, abs=6e-5)


PAIRS = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 400)).filter(lambda t: sum(t) > 0)


@given(PAIRS)
@settings(max_examples=150)
def test_exchanging_the_candidates_changes_only_the_sign(pair: tuple[int, int, int]) -> None:
    b, c, agree = pair
    low, high = tango(b, c, b + c + agree)
    assert tango(c, b, b + c + agree) == pytest.approx((-high, -low), abs=1e-12)
    assert -1.0 <= low <= (b - c) / (b + c + agree) <= high <= 1.0
    assert mcnemar_exact(b, c) == mcnemar_exact(c, b)
    assert mcnemar_mid_p(b, c) == mcnemar_mid_p(c, b)


@given(PAIRS)
@settings(max_examples=100)
def test_the_ends_are_the_roots_of_the_score_found_by_another_solver(pair: tuple[int, int, int]) -> None:
    b, c, agree = pair
    n = b + c + agree
    z = stats.norm.ppf(0.975)
    difference = (b - c) / n
    low, high = tango(b, c, n)
    if difference > -1 + 1e-9:
        root = optimize.brentq(lambda d: tango_score(b, c, n, d) - z, -1 + 1e-12, difference)
        assert low == pytest.approx(root, abs=1e-8)
    if difference < 1 - 1e-9:
        root = optimize.brentq(lambda d: tango_score(b, c, n, d) + z, difference, 1 - 1e-12)
        assert high == pytest.approx(root, abs=1e-8)


@given(st.integers(0, 60), st.integers(0, 60))
@settings(max_examples=100)
def test_tangos_score_at_zero_is_mcnemars_chi_square(b: int, c: int) -> None:
    if b + c:
        chi_square = mcnemar([[9, b], [c, 9]], exact=False, correction=False).statistic
        assert tango_score(b, c, b + c + 18, 0.0) ** 2 == pytest.approx(chi_square, abs=1e-9)


def test_the_published_mcnemar_p_values_are_met() -> None:
    assert mcnemar_exact(1, 7) == pytest.approx(0.0703125, abs=1e-12)
    assert mcnemar_mid_p(1, 7) == pytest.approx(0.0390625, abs=1e-12)
    asymptotic = 2 * stats.norm.sf(abs(tango_score(1, 7, 21, 0.0)))
    assert asymptotic == pytest.approx(0.0338949, abs=5e-8)
    assert mcnemar_exact(86, 150) == pytest.approx(3.7159e-05, rel=2e-5)
    assert mcnemar_exact(18, 8) == pytest.approx(0.075519, abs=5e-7)
    assert mcnemar_exact(0, 0) == 1.0


def test_canary_prompts_that_moved_are_tested_one_sided() -> None:
    assert mcnemar_exact_greater(8, 1) == pytest.approx(0.0195, abs=5e-5)
    assert mcnemar_exact_greater(0, 4) == 1.0


@given(st.integers(0, 80), st.integers(0, 80))
@settings(max_examples=150)
def test_mcnemar_agrees_with_statsmodels(b: int, c: int) -> None:
    assert mcnemar_exact(b, c) == pytest.approx(mcnemar([[5, b], [c, 5]], exact=True).pvalue, abs=1e-12)


@pytest.mark.parametrize(("b", "c", "n"), [(1, 1, 0), (-1, 1, 10), (6, 6, 11)])
def test_counts_that_do_not_fit_are_refused(b: int, c: int, n: int) -> None:
    with pytest.raises(ValueError, match="expected b, c >= 0"):
        tango_lower(b, c, n)


def _pairs(b: int, c: int, agree: int) -> tuple[Floats, Floats]:
    first = np.array([1.0] * b + [0.0] * c + [1.0] * agree)
    second = np.array([0.0] * b + [1.0] * c + [1.0] * agree)
    ones = np.ones(b + c + agree)
    return np.column_stack([first, ones]), np.column_stack([second, ones])


def _mean(sums: Floats) -> Floats:
    result: Floats = sums[..., 0] / sums[..., 1]
    return result


def randomisation_p(first: Floats, second: Floats, *args: Any, **options: Any) -> float:  # noqa: ANN401 - handed on
    return randomisation_ps([first], second, *args, **options)[0]


def test_randomisation_meets_the_permutation_p_value_of_paired_verdicts() -> None:
    first, second = _pairs(18, 8, 124)
    assert randomisation_p(first, second, _mean, seed=7) == pytest.approx(0.0757, abs=0.008)
    assert randomisation_p(first, second, _mean, seed=7, rounds=99_999) == pytest.approx(mcnemar_exact(18, 8), abs=0.003)


def test_randomisation_agrees_with_scipy_on_graded_scores() -> None:
    random = np.random.RandomState(3)
    a, b = random.beta(8, 2, 60), random.beta(7, 2.5, 60)
    expected = stats.permutation_test(
        (a, b), lambda x, y, axis: np.mean(x - y, axis=axis), permutation_type="samples", n_resamples=20_000, rng=1
    ).pvalue
    ones = np.ones(60)
    found = randomisation_p(np.column_stack([a, ones]), np.column_stack([b, ones]), _mean, seed=5, rounds=20_000)
    assert found == pytest.approx(expected, abs=0.015)


def test_randomisation_is_reproducible_and_does_not_care_which_candidate_comes_first() -> None:
    first, second = _pairs(9, 3, 40)
    p = randomisation_p(first, second, _mean, seed=11, rounds=2000)
    assert randomisation_p(first, second, _mean, seed=11, rounds=2000) == p
    assert randomisation_p(second, first, _mean, seed=11, rounds=2000) == p
    assert randomisation_p(first, second, _mean, seed=12, rounds=2000) != p


def test_candidates_that_are_exchanged_together_have_each_the_p_value_that_they_have_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = np.random.RandomState(5)
    many = [np.column_stack([random.beta(8, 2, 30), np.ones(30)]) for _ in range(7)]
    alone = [randomisation_p(one, many[0], _mean, seed=3, rounds=1000) for one in many]
    assert randomisation_ps(many, many[0], _mean, seed=3, rounds=1000) == alone
    monkeypatch.setattr(paired, "_MOST_SUMS", 3 * 2 * 320)
    assert randomisation_ps(many, many[0], _mean, seed=3, rounds=1000) == alone
    assert len(set(alone)) > 3


def test_candidates_without_any_difference_have_a_p_value_of_one() -> None:
    first, _ = _pairs(5, 5, 10)
    assert randomisation_p(first, first, _mean, seed=1, rounds=500) == 1.0


def test_an_undefined_difference_shows_nothing() -> None:
    empty = np.zeros((4, 2))

    def ratio(sums: Floats) -> Floats:
        with np.errstate(invalid="ignore"):
            result: Floats = sums[..., 0] / sums[..., 1]
        return result

    assert randomisation_p(empty, empty, ratio, seed=1, rounds=100) == 1.0


def test_rows_of_one_group_are_exchanged_together() -> None:
    first, second = _pairs(12, 0, 12)
    groups = np.array([0] * 6 + [1] * 6 + [2] * 12)
    alone = randomisation_p(first, second, _mean, seed=2, rounds=4000)
    together = randomisation_p(first, second, _mean, seed=2, rounds=4000, groups=groups)
    assert alone < 0.003
    # Two groups differ, so a quarter of the exchanges undo all and a quarter none: |Δ*| is as large in half of the rounds.
    assert together == pytest.approx(0.5, abs=0.03)


def test_different_examples_cannot_be_paired() -> None:
    with pytest.raises(ValueError, match="same examples for both"):
        randomisation_p(np.ones((3, 2)), np.ones((4, 2)), _mean, seed=1)


def test_a_perfect_difference_has_the_closed_form_bound() -> None:
    low, high = tango(20, 0, 20)
    z2 = stats.norm.ppf(0.975) ** 2
    assert high == 1.0
    assert low == pytest.approx((20 - z2) / (20 + z2), abs=1e-12)
    assert math.isfinite(tango_score(0, 0, 10, 0.0))
