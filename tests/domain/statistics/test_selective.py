"""Risk against coverage and the safe threshold: the known answers of formulas.md 4.2, a simulation, and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss

from reportgen.domain.statistics.proportions import exact_upper
from reportgen.domain.statistics.selective import area_under_risk_coverage, calibration, safe_threshold

GROUPS = ((0.99, 60, 0), (0.9, 40, 1), (0.7, 50, 6), (0.4, 50, 20))
CONFIDENCE = np.concatenate([np.full(n, c) for c, n, _ in GROUPS])
WRONG = np.concatenate([np.r_[np.zeros(n - errors), np.ones(errors)] for _, n, errors in GROUPS])
GRID = (0.99, 0.9, 0.7, 0.4)


def test_the_area_is_the_known_answer_whatever_the_order_of_the_rows() -> None:
    assert area_under_risk_coverage(CONFIDENCE, WRONG) == pytest.approx(0.048606, abs=5e-7)
    order = np.random.default_rng(3).permutation(len(WRONG))
    assert area_under_risk_coverage(CONFIDENCE[order], WRONG[order]) == pytest.approx(0.048606, abs=5e-7)


def test_the_bounds_on_the_way_are_the_known_answers() -> None:
    accepted = [np.greater_equal(CONFIDENCE, t) for t in GRID]
    found = [exact_upper(int(WRONG[rows].sum()), int(rows.sum())) for rows in accepted]
    assert found == pytest.approx([0.0487, 0.0466, 0.0859, 0.1813], abs=5e-5)


def test_ten_per_cent_accepts_three_quarters_and_five_per_cent_finds_none() -> None:
    ten = safe_threshold(CONFIDENCE, WRONG, 0.10, grid=GRID)
    assert (ten.threshold, ten.accepted, ten.errors) == (0.7, 150, 7)
    five = safe_threshold(CONFIDENCE, WRONG, 0.05, grid=GRID)
    assert (five.threshold, five.needed) == (None, 118)


def test_the_sequence_stops_at_its_first_failure_though_a_laxer_threshold_would_pass() -> None:
    confidence = np.repeat([0.9, 0.8, 0.7], [60, 20, 400])
    wrong = np.repeat([0.0, 1.0, 0.0], [60, 20, 400])
    assert exact_upper(20, 480) < 0.10
    found = safe_threshold(confidence, wrong, 0.10, grid=(0.9, 0.8, 0.7))
    assert (found.threshold, found.accepted, found.errors) == (0.9, 60, 0)


def test_starting_earlier_finds_half_for_five_per_cent() -> None:
    found = safe_threshold(CONFIDENCE, WRONG, 0.05, grid=GRID, start=1)
    assert (found.threshold, found.accepted, found.errors) == (0.9, 100, 1)


def truly(threshold: float) -> float:
    """Return the error rate above a threshold where an error has chance 0.35 (1 - c), c uniform."""
    return 0.35 * (1 - threshold) / 2


def test_a_risk_above_the_target_is_accepted_in_at_most_five_per_cent_of_samples() -> None:
    """The naive rule, the largest coverage whose observed risk meets the target, fails in about every other one."""
    random, target, samples = np.random.default_rng(1), 0.10, 400
    ours = naive = 0
    for _ in range(samples):
        confidence = random.random(200)
        wrong = (random.random(200) < 0.35 * (1 - confidence)).astype(float)
        found = safe_threshold(confidence, wrong, target).threshold
        ours += found is not None and truly(found) > target
        fits = [t for t in np.sort(confidence) if wrong[confidence >= t].mean() <= target]
        naive += bool(fits) and truly(fits[0]) > target
    assert ours / samples <= 0.05
    assert naive / samples > 0.3


def test_brier_is_scikit_learns_and_the_calibration_error_is_by_hand() -> None:
    found = calibration(CONFIDENCE, WRONG)
    assert found.brier == pytest.approx(brier_score_loss(1 - WRONG, CONFIDENCE))
    by_hand = (abs(99 / 100 - (0.99 * 60 + 0.9 * 40) / 100) * 100 + abs(44 / 50 - 0.7) * 50 + abs(30 / 50 - 0.4) * 50) / 200
    assert found.error == pytest.approx(by_hand)
    assert [b.answers for b in found.bins] == [50, 50, 100]


def test_no_answer_is_an_error_and_not_a_perfect_figure() -> None:
    with pytest.raises(ValueError, match="at least one"):
        area_under_risk_coverage(np.array([]), np.array([]))
    with pytest.raises(ValueError, match="target"):
        safe_threshold(CONFIDENCE, WRONG, 1.0)
