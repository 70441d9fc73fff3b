"""Balanced accuracy and Matthews' correlation, judged by scikit-learn and the known answers of formulas.md 3.1."""

from __future__ import annotations

import random

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, matthews_corrcoef

from reportgen.domain.estimating.balanced_accuracy import balance
from reportgen.domain.estimating.proportion import PLAIN, Method
from tests.domain.samples import classified


@pytest.mark.parametrize(
    ("truth", "said", "correlation"),
    [
        ([1, 1, 1, -1], [1, -1, 1, 1], -0.3333),
        ([1] * 95 + [0] * 5, [1] * 90 + [0] * 5 + [1] * 4 + [0], 0.1352),
    ],
)
def test_the_known_correlations_are_met(truth: list[int], said: list[int], correlation: float) -> None:
    found = balance(classified([str(t) for t in truth], [str(s) for s in said]), PLAIN)
    assert found is not None
    assert found.matthews.value == pytest.approx(correlation, abs=5e-5)
    assert found.matthews.value == pytest.approx(matthews_corrcoef(truth, said))


def test_accuracy_and_f1_flatter_where_the_correlation_does_not() -> None:
    truth, said = [1] * 95 + [0] * 5, [1] * 90 + [0] * 5 + [1] * 4 + [0]
    assert accuracy_score(truth, said) == 0.91
    assert f1_score(truth, said) == pytest.approx(0.9524, abs=5e-5)
    assert matthews_corrcoef(truth, said) == pytest.approx(0.1352, abs=5e-5)


@pytest.mark.parametrize("seed", range(4))
def test_both_figures_are_scikit_learns_whatever_is_invalid(seed: int) -> None:
    draw = random.Random(seed)
    names = [f"label {i}" for i in range(6)]
    truth = [draw.choice(names[:5]) for _ in range(80)]
    said = [t if draw.random() < 0.6 else draw.choice([*names, None]) for t in truth]
    found = balance(classified(truth, said, labels=names), PLAIN)
    heard = [s or "(none)" for s in said]
    assert found is not None
    assert found.rows == 80
    assert found.matthews.value == pytest.approx(matthews_corrcoef(truth, heard))
    with pytest.warns(UserWarning, match="not in y_true"):
        assert found.balanced_accuracy.value == pytest.approx(balanced_accuracy_score(truth, heard))


def test_where_one_side_never_varies_there_is_no_correlation() -> None:
    found = balance(classified(["a"] * 10, ["a"] * 9 + ["b"]), PLAIN)
    assert found is not None
    assert found.matthews.value is None
    assert found.balanced_accuracy.value == pytest.approx(0.9)


def test_weights_of_a_mix_turn_no_rounding_error_into_a_correlation() -> None:
    truth = [("a", "b", "c")[n % 3] for n in range(97)]
    segments = [("mail", "chat", "phone")[n % 7 % 3] for n in range(97)]
    sample = classified(truth, ["a"] * 97, segments=segments)
    found = balance(sample, Method(mix={"mail": 0.61, "chat": 0.28, "phone": 0.11}))
    assert found is not None
    assert (found.matthews.value, found.matthews.low, found.matthews.high) == (None, None, None)


def test_intervals_hold_the_value_and_are_those_of_resampled_rows() -> None:
    truth = ["a"] * 70 + ["b"] * 30
    said = ["a"] * 60 + ["b"] * 34 + ["a"] * 6
    found = balance(classified(truth, said), PLAIN)
    assert found is not None
    draw, pairs = np.random.default_rng(4), np.array(list(zip(truth, said, strict=True)))
    values = [matthews_corrcoef(*pairs[draw.integers(0, 100, 100)].T) for _ in range(600)]
    low, high = np.quantile(values, [0.025, 0.975])
    assert (found.matthews.low, found.matthews.high) == pytest.approx((low, high), abs=0.03)
    assert found.matthews.low is not None
    assert found.matthews.low < (found.matthews.value or 0) < (found.matthews.high or 0)


def test_groups_widen_the_interval_and_the_corpus_mix_changes_no_value() -> None:
    truth = (["a"] * 3 + ["b"] * 3) * 20
    said = (["a"] * 3 + ["b"] * 3) * 15 + ["b"] * 15 + ["a"] * 15
    alone = balance(classified(truth, said), PLAIN)
    grouped = balance(classified(truth, said, groups=[f"g{i // 6}" for i in range(120)]), PLAIN)
    segments = ["mail", "chat"] * 60
    weighted = balance(classified(truth, said, segments=segments), Method(mix={"mail": 0.5, "chat": 0.5}))
    assert alone is not None
    assert grouped is not None
    assert weighted is not None
    assert (grouped.matthews.value, weighted.matthews.value) == pytest.approx((alone.matthews.value,) * 2)
    widths = [(b.matthews.high or 0) - (b.matthews.low or 0) for b in (alone, grouped)]
    assert widths[1] > widths[0]
