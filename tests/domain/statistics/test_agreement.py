"""Raters and judges, against statsmodels, scikit-learn and values of the authors' own programs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from reportgen.domain.statistics.agreement import gwet_ac1, kappa, prediction_powered

TRUTH = np.array([1.0] * 75 + [0.0] * 25)
JUDGED = np.array([1.0] * 68 + [0.0] * 7 + [1.0] * 5 + [0.0] * 20)
JUDGED_ONLY = np.array([1.0] * 300 + [0.0] * 100)


def test_kappa_gives_the_textbook_values() -> None:
    found = kappa([[20, 5], [10, 15]])
    assert found is not None
    assert found.value == pytest.approx(0.4, abs=1e-12)
    assert found.standard_error == pytest.approx(0.12700, abs=5e-6)
    assert (found.low, found.high) == pytest.approx((0.1511, 0.6489), abs=5e-5)
    assert found.observed == pytest.approx(0.7)
    second, third = kappa([[45, 15], [25, 15]]), kappa([[25, 35], [5, 35]])
    assert second is not None
    assert third is not None
    assert (second.value, third.value) == pytest.approx((0.1304, 0.2593), abs=5e-5)


@given(
    st.integers(2, 5).flatmap(
        lambda q: st.lists(st.lists(st.integers(0, 30), min_size=q, max_size=q), min_size=q, max_size=q)
    )
)
@settings(max_examples=100)
def test_kappa_agrees_with_statsmodels_and_scikit_learn(table: list[list[int]]) -> None:
    counts = np.array(table)
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    if np.count_nonzero(rows) < 2 or np.count_nonzero(columns) < 2:
        return
    found, oracle = kappa(counts), cohens_kappa(counts)
    assert found is not None
    assert found.value == pytest.approx(oracle.kappa, abs=1e-10)
    # statsmodels gives a NaN where rounding makes the variance just negative.
    if not np.isnan(oracle.std_kappa):
        assert found.standard_error == pytest.approx(oracle.std_kappa, abs=1e-7)
    first = [i for i, row in enumerate(table) for count in row for _ in range(count)]
    second = [j for row in table for j, count in enumerate(row) for _ in range(count)]
    assert found.value == pytest.approx(cohen_kappa_score(first, second), abs=1e-10)


def test_a_rater_who_only_ever_said_one_thing_agrees_by_chance() -> None:
    found = kappa([[20, 10], [0, 0]])
    assert found is not None
    assert (found.value, found.standard_error) == pytest.approx((0.0, 0.0), abs=1e-12)


def test_raters_who_only_ever_said_one_thing_have_no_kappa() -> None:
    assert kappa([[30, 0], [0, 0]]) is None


def test_nearly_unanimous_raters_show_why_ac1_stands_beside_kappa() -> None:
    table = [[118, 5], [2, 0]]
    found = kappa(table)
    assert found is not None
    assert found.value == pytest.approx(-0.0234, abs=5e-5)
    assert gwet_ac1(table).value == pytest.approx(0.94078, abs=5e-6)


def test_the_error_of_ac1_is_that_of_resampled_items() -> None:
    table = np.array([[70, 12], [8, 30]])
    random = np.random.RandomState(8)
    draws = random.multinomial(120, table.ravel() / 120, size=4000)
    spread = np.std([gwet_ac1(draw.reshape(2, 2)).value for draw in draws])
    assert gwet_ac1(table).standard_error == pytest.approx(spread, rel=0.05)


@pytest.mark.parametrize("table", [[[1, 2, 3], [4, 5, 6]], [[0, 0], [0, 0]], [[5]], [[3, -1], [0, 2]]])
def test_what_is_no_table_of_two_raters_is_refused(table: list[list[int]]) -> None:
    for measure in (kappa, gwet_ac1):
        with pytest.raises(ValueError, match="expected"):
            measure(table)


def test_prediction_powered_inference_gives_the_values_of_its_authors_program() -> None:
    plain = prediction_powered(TRUTH, JUDGED, JUDGED_ONLY, tuned=False)
    assert plain.value == pytest.approx(0.77, abs=1e-12)
    assert (plain.low, plain.high) == pytest.approx((0.690031, 0.849969), abs=6e-7)
    tuned = prediction_powered(TRUTH, JUDGED, JUDGED_ONLY)
    assert tuned.value == pytest.approx(0.76117, abs=6e-6)
    assert (tuned.low, tuned.high) == pytest.approx((0.69453, 0.82780), abs=6e-6)


def test_a_judge_who_says_nothing_leaves_the_human_labels() -> None:
    found = prediction_powered(TRUTH, np.ones(100), np.ones(400))
    assert found.tuning == 0.0
    assert (found.low, found.high) == pytest.approx((0.66513, 0.83487), abs=6e-6)


def test_tuning_is_never_wider_than_either_alone() -> None:
    tuned = prediction_powered(TRUTH, JUDGED, JUDGED_ONLY)
    plain = prediction_powered(TRUTH, JUDGED, JUDGED_ONLY, tuned=False)
    human = prediction_powered(TRUTH, np.ones(100), JUDGED_ONLY * 0 + 1)
    assert tuned.standard_error < min(plain.standard_error, human.standard_error)


def test_verdicts_that_do_not_pair_are_refused() -> None:
    with pytest.raises(ValueError, match="as many human as judge verdicts"):
        prediction_powered(TRUTH, JUDGED[:-1], JUDGED_ONLY)
