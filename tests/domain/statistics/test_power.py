"""What samples can show, against the known answers and statsmodels."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import normal_sample_size_one_tail

from reportgen.domain.statistics.power import (
    MoreExamples,
    examples_to_prove,
    examples_to_prove_normal,
    fewest_right_to_prove,
    how_many_more,
    smallest_difference,
)
from reportgen.domain.statistics.proportions import exact_lower
from tests.loops import some


@pytest.mark.parametrize(
    ("target", "truth", "normal", "exact"),
    [
        (0.90, 0.93, 558, 593),
        (0.90, 0.95, 184, 203),
        (0.95, 0.97, 631, 694),
        (0.95, 0.98, 253, 286),
        (0.85, 0.90, 283, 304),
        (0.80, 0.90, 83, 94),
        (0.98, 0.99, 987, 1091),
    ],
)
def test_the_examples_that_prove_a_level_are_the_known_ones(target: float, truth: float, normal: int, exact: int) -> None:
    about = examples_to_prove_normal(target, truth)
    assert about is not None
    assert math.ceil(about) == normal
    assert examples_to_prove(target, truth) == exact
    oracle = normal_sample_size_one_tail(
        truth - target,
        0.8,
        0.05,
        std_null=math.sqrt(target * (1 - target)),
        std_alternative=math.sqrt(truth * (1 - truth)),
    )
    assert about == pytest.approx(float(oracle), rel=1e-9)


def test_from_that_number_on_the_power_never_falls_below() -> None:
    def power(n: int) -> float:
        critical = next(x for x in range(n + 2) if x > n or exact_lower(x, n) >= 0.8)
        return float(stats.binom.sf(critical - 1, n, 0.9))

    assert power(93) < 0.8
    assert all(power(n) >= 0.8 for n in range(94, 200))


def test_no_number_proves_what_is_not_true() -> None:
    assert examples_to_prove(0.9, 0.9) is None
    assert examples_to_prove(1.0, 1.0) is None
    assert examples_to_prove(0.9, 0.9001) is None
    assert examples_to_prove(0.95, 1.0) == 59


@pytest.mark.parametrize("target", [0.5, 0.8, 0.95, 0.99])
def test_the_fewest_right_are_found_for_many_numbers_at_once(target: float) -> None:
    n = np.concatenate([np.arange(1, 60), [150, 1000, 7777]])
    for total, right in some(zip(n.tolist(), fewest_right_to_prove(n, target).tolist(), strict=True)):
        assert right == total + 1 or exact_lower(right, total) >= target
        assert exact_lower(right - 1, total) < target


@pytest.mark.parametrize(
    ("x", "n", "target", "optimistic", "cautious"),
    [(141, 150, 0.90, 65, 171), (97, 100, 0.95, 477, None), (138, 150, 0.90, 1087, None)],
)
def test_how_many_more_gives_the_known_answers(x: int, n: int, target: float, optimistic: int, cautious: int | None) -> None:
    more = how_many_more(x, n, target)
    assert (more.optimistic, more.cautious) == (optimistic, cautious)


def test_how_many_more_is_the_smallest_number_by_the_binomial_and_beta_binomial_distributions() -> None:
    more = how_many_more(141, 150, 0.9)

    def chances(m: int) -> tuple[float, float]:
        needed = next(x for x in range(int(0.9 * (150 + m)), 152 + m) if exact_lower(x, 150 + m) >= 0.9) - 141
        return float(stats.binom.sf(needed - 1, m, 0.94)), float(stats.betabinom.sf(needed - 1, m, 141.5, 9.5))

    assert min(m for m in range(20, 80) if chances(m)[0] >= 0.8) == more.optimistic
    assert min(m for m in range(20, 190) if chances(m)[1] >= 0.8) == more.cautious
    assert more.optimistic_lasting == 125
    assert min(m for m in range(20, 140) if all(chances(m + k)[0] >= 0.8 for k in range(0, 101, 1))) == 125
    assert more.cautious_lasting is not None
    assert all(chances(more.cautious_lasting + k)[1] >= 0.8 for k in range(101))
    assert chances(more.cautious_lasting - 1)[1] < 0.8


def test_more_examples_are_not_advised_where_they_cannot_help_or_are_not_needed() -> None:
    assert how_many_more(135, 150, 0.9) == MoreExamples(None, None)
    assert how_many_more(120, 150, 0.9) == MoreExamples(None, None)
    assert how_many_more(150, 150, 0.9) == MoreExamples(0, 0)
    assert how_many_more(0, 0, 0.9) == MoreExamples(None, None)
    assert how_many_more(100, 100, 1.0) == MoreExamples(None, None)


def test_all_right_so_far_is_advised_at_least_twenty_more() -> None:
    more = how_many_more(28, 28, 0.9)
    assert more.optimistic == 20
    assert more.cautious is not None
    assert more.cautious >= 20


def test_how_many_more_answers_at_once() -> None:
    worst = 0.0
    for case in ((141, 150, 0.9), (930, 1000, 0.92), (9010, 10000, 0.9), (52, 100, 0.5), (1990, 2000, 0.99)):
        start = time.process_time()
        how_many_more(*case)
        worst = max(worst, time.process_time() - start)
    assert worst < 0.2


@pytest.mark.parametrize(
    ("n", "discordant", "points"),
    [(150, 0.05, 4.5), (150, 0.10, 6.4), (150, 0.20, 9.1), (150, 0.30, 11.1), (1000, 0.10, 2.5)],
)
def test_the_smallest_paired_difference_is_the_known_one(n: int, discordant: float, points: float) -> None:
    assert 100 * smallest_difference(n, discordant) == pytest.approx(points, abs=0.05)
    assert smallest_difference(1, 1.0) == pytest.approx(2.486, abs=5e-4)
