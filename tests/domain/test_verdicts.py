"""The five verdicts on unrounded figures, their caps, and the sentence a buyer hears."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import f1_score

from reportgen.domain.deciding.verdicts import Judged, requirement_verdict, verdict
from reportgen.domain.estimating.estimate import measure
from reportgen.domain.estimating.proportion import Method
from reportgen.domain.estimating.replicates import feature_bank, resample
from reportgen.domain.measures import MEASURES
from reportgen.domain.records.comparison import LevelVerdict, Verdict
from reportgen.domain.records.measure import Sample
from reportgen.domain.records.plan import Comparator, Requirement
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import Mark, Reading
from reportgen.domain.statistics.power import how_many_more
from reportgen.domain.statistics.proportions import exact_lower
from tests.domain.samples import classified, level, right_of
from tests.domain.test_measures import extracted

QUICK = Method(resamples=1_000)
AT_MOST = Comparator.AT_MOST


def judged(
    sample: Sample, name: str = "accuracy", target: float = 0.9, way: Comparator = Comparator.AT_LEAST
) -> LevelVerdict:
    of, wanted = MEASURES[name], level(name, target, way)
    replicates = None
    values = None
    if of.statistic is not None and not (of.why_not and of.why_not(sample, wanted.scope)):
        replicates = resample({"": feature_bank(sample, [(of, wanted.scope)], QUICK)}, {"": sample}, QUICK)[""]
        values = replicates.values(of, wanted.scope)
    found = measure(sample, of, wanted.scope, QUICK, replicates)
    return verdict(Judged(wanted, of, found, sample, QUICK, values))


@pytest.mark.parametrize(
    ("right", "n", "word"),
    [
        (142, 150, Verdict.PROVEN),
        (141, 150, Verdict.LIKELY),
        (135, 150, Verdict.LIKELY),
        (134, 150, Verdict.UNLIKELY),
        (129, 150, Verdict.UNLIKELY),
        (128, 150, Verdict.FAILED),
        (28, 28, Verdict.NOT_TESTABLE),
        (29, 29, Verdict.PROVEN),
        (5, 28, Verdict.FAILED),
    ],
)
def test_each_verdict_has_its_place(right: int, n: int, word: Verdict) -> None:
    assert judged(right_of(right, n)).verdict is word


def test_the_target_itself_is_met_without_rounding() -> None:
    assert judged(right_of(9, 10), target=0.9).verdict is Verdict.NOT_TESTABLE
    assert judged(right_of(90, 100), target=0.9).verdict is Verdict.LIKELY
    assert judged(right_of(90, 100), target=0.9000000001).verdict is Verdict.UNLIKELY


def test_the_sentence_says_counts_bound_and_how_many_more_examples_would_settle_it() -> None:
    found = judged(right_of(141, 150))
    assert found.sentence.replace("\u00a0", " ") == (
        "Accuracy: 141 of 150 right; with 95 % confidence at least 89.7 %, so the level of at least 90 % is likely but not "
        "proven; about 171 more examples would settle it."
    )
    assert found.more_examples == 171


def test_a_level_that_is_almost_proven_asks_for_some_more_examples_and_never_for_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Weighted examples count as an effective number; rounded to whole ones these would prove the level already.
    monkeypatch.setattr("reportgen.domain.deciding.verdicts._provable_share", lambda _: (18.12, 22.2, 0.6))
    found = judged(right_of(18, 23), target=0.6)
    assert found.verdict is Verdict.LIKELY
    assert found.more_examples == 20


def test_a_figure_below_its_level_says_that_more_examples_are_not_the_remedy() -> None:
    found = judged(right_of(133, 150))
    assert found.verdict is Verdict.UNLIKELY
    assert found.more_examples is None
    assert found.sentence.endswith("more examples will hardly help, a better candidate or prompt may.")


def test_a_bound_that_would_look_like_the_limit_gets_more_digits() -> None:
    sentence = judged(right_of(136, 145), target=0.9).sentence
    assert "at least 90 %, so" not in sentence.replace("\u00a0", " ").replace("level of at least 90 %", "")


@pytest.mark.parametrize(
    ("invalid", "word"), [(2, Verdict.PROVEN), (6, Verdict.LIKELY), (9, Verdict.UNLIKELY), (16, Verdict.FAILED)]
)
def test_at_most_mirrors_at_least(invalid: int, word: Verdict) -> None:
    sample = classified(["a"] * 150, ["a"] * (150 - invalid) + [None] * invalid, labels=("a", "b"))
    found = judged(sample, "invalid output rate", 0.05, AT_MOST)
    assert found.verdict is word


@pytest.mark.parametrize(
    ("slow", "word"), [(0, Verdict.PROVEN), (3, Verdict.LIKELY), (8, Verdict.UNLIKELY), (20, Verdict.FAILED)]
)
def test_p95_latency_is_the_share_of_tasks_within_the_limit(slow: int, word: Verdict) -> None:
    times = [1.0] * (150 - slow) + [2.76] * slow
    found = judged(classified(["a"] * 150, ["a"] * 150, latencies=times), "p95 latency", 2.5, AT_MOST)
    assert found.verdict is word


def test_too_many_failures_fail_a_latency_level_and_too_few_tasks_cannot_test_it() -> None:
    said = ["a"] * 90 + ["!"] * 10
    assert judged(classified(["a"] * 100, said), "p95 latency", 2.5, AT_MOST).verdict is Verdict.FAILED
    assert judged(classified(["a"] * 58, ["a"] * 58), "p95 latency", 2.5, AT_MOST).verdict is Verdict.NOT_TESTABLE
    assert judged(classified(["a"] * 59, ["a"] * 59), "p95 latency", 2.5, AT_MOST).verdict is Verdict.PROVEN
    unknown = classified(["a"] * 99, ["a"] * 99, latencies=[None] * 99)
    assert judged(unknown, "p95 latency", 2.5, AT_MOST).verdict is Verdict.NOT_TESTABLE


def test_a_small_class_caps_macro_f1_at_likely_and_the_sentence_says_so() -> None:
    truth = ["a"] * 100 + ["b"] * 4
    found = judged(classified(truth, truth), "macro F1", 0.9)
    assert found.verdict is Verdict.LIKELY
    assert "b (4)" in found.sentence
    assert found.more_examples is None, "more rows of the other label would settle nothing"


def test_an_unpriced_candidate_cannot_be_tested_on_cost() -> None:
    found = judged(right_of(99, 100, token_cost=None), "cost per task", 0.5, AT_MOST)
    assert found.verdict is Verdict.NOT_TESTABLE
    assert "no price" in found.sentence


def test_known_failures_are_counted_case_by_case() -> None:
    assert judged(right_of(6, 6), "known-failure pass rate", 1.0).verdict is Verdict.PROVEN
    assert judged(right_of(5, 6), "known-failure pass rate", 1.0).verdict is Verdict.FAILED


def test_an_agreed_form_demanded_of_every_output_is_counted_too() -> None:
    sample = classified(["a"] * 20, ["a"] * 19 + [None])
    assert judged(sample, "invalid output rate", 0.0, AT_MOST).verdict is Verdict.FAILED
    assert judged(right_of(20, 20), "invalid output rate", 0.0, AT_MOST).verdict is Verdict.PROVEN


def test_an_agreed_form_demanded_of_every_document_is_counted_too() -> None:
    good = [(Mark.CORRECT, None), (Mark.CORRECT, None)]
    sample = extracted([good] * 20)
    assert judged(sample, "schema-valid rate", 1.0).verdict is Verdict.PROVEN
    odd = sample.observations[0]
    unreadable = Reading(Outcome.INVALID, ())
    spoilt = replace(odd, score=replace(odd.score, strict=unreadable, lenient=unreadable))
    one_lost = replace(sample, observations=(spoilt, *sample.observations[1:]))
    assert judged(one_lost, "schema-valid rate", 1.0).verdict is Verdict.FAILED
    assert judged(one_lost, "schema-valid rate", 0.99).verdict is Verdict.NOT_TESTABLE, "below 100 % it is estimated"


def test_one_example_shows_no_variation_of_money() -> None:
    assert judged(right_of(1, 1), "cost per task", 0.5, AT_MOST).verdict is Verdict.NOT_TESTABLE
    assert judged(right_of(2, 2), "cost per task", 0.5, AT_MOST).verdict is Verdict.PROVEN


TIMES = [1.0 + (i % 20) / 10 for i in range(200)]
"""Seconds with mean 1.95 and standard error 0.041."""


def timed(target: float) -> LevelVerdict:
    return judged(classified(["a"] * 200, ["a"] * 200, latencies=TIMES), "mean latency", target, AT_MOST)


def test_the_p_value_of_a_mean_comes_from_the_resamples_and_is_never_zero() -> None:
    assert [timed(t).verdict for t in (3.0, 2.0, 1.9, 1.5)] == [
        Verdict.PROVEN,
        Verdict.LIKELY,
        Verdict.UNLIKELY,
        Verdict.FAILED,
    ]
    assert timed(3.0).p_value == pytest.approx(1 / 1001)
    assert timed(1.5).p_value == 1.0
    error = float(np.std(TIMES)) / 200**0.5
    assert timed(2.0).p_value == pytest.approx(float(stats.norm.sf((2.0 - 1.95) / error)), abs=0.03)


def test_more_examples_for_a_mean_follow_from_its_spread() -> None:
    error, reach = float(np.std(TIMES)) / 200**0.5, float(stats.norm.ppf(0.95) + stats.norm.ppf(0.8))
    assert timed(2.0).more_examples == pytest.approx(200 * (reach * error / 0.05) ** 2 - 200, rel=0.12)


def test_more_examples_for_a_level_from_above_are_those_of_its_complement() -> None:
    sample = classified(["a"] * 150, ["a"] * 147 + [None] * 3, labels=("a", "b"))
    found = judged(sample, "invalid output rate", 0.05, AT_MOST)
    assert (found.verdict, found.more_examples) == (Verdict.LIKELY, how_many_more(147, 150, 0.95).cautious)


def test_more_examples_for_an_f1_count_what_its_resamples_vary() -> None:
    truth = ["a"] * 80 + ["b"] * 20
    sample = classified(truth, ["b"] * 3 + truth[3:])
    of, wanted = MEASURES["macro F1"], level("macro F1", 0.9)
    draws = resample({"": feature_bank(sample, [(of, wanted.scope)], QUICK)}, {"": sample}, QUICK)[""]
    found = judged(sample, "macro F1", 0.9)
    value = f1_score(truth, ["b"] * 3 + truth[3:], average="macro")
    alike = value * (1 - value) / float(np.var(draws.values(of, wanted.scope)))
    assert alike < 80
    assert found.verdict is Verdict.LIKELY
    assert found.more_examples == how_many_more(value * alike, alike, 0.9).cautious


def test_a_level_that_only_the_bound_misses_has_no_p_value_below_its_error_rate() -> None:
    truth = ["a"] * 92 + ["b"] * 8
    sample = classified(truth, ["b"] * 2 + truth[2:])
    of = MEASURES["macro F1"]
    ours, bare = (measure(sample, m, method=QUICK).bound or 0.0 for m in (of, replace(of, further_errors=None)))
    assert ours < bare
    found = judged(sample, "macro F1", (ours + bare) / 2)
    assert (found.verdict is Verdict.PROVEN, found.p_value) == (False, pytest.approx(0.05))


def test_bounds_are_rounded_away_from_the_candidate() -> None:
    told = judged(right_of(142, 150)).sentence.replace("\u00a0", " ")
    assert f"at least {math.floor(1000 * exact_lower(142, 150)) / 10:.1f} %" in told


@settings(max_examples=40)
@given(st.integers(0, 99), st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.98]))
def test_one_more_right_answer_never_worsens_a_verdict(right: int, target: float) -> None:
    order = [Verdict.FAILED, Verdict.UNLIKELY, Verdict.NOT_TESTABLE, Verdict.LIKELY, Verdict.PROVEN]
    first, second = (order.index(judged(right_of(x, 100), target=target).verdict) for x in (right, right + 1))
    assert second >= first


def test_the_p_value_agrees_with_the_verdict() -> None:
    proven, likely = judged(right_of(142, 150)), judged(right_of(141, 150))
    assert proven.p_value is not None
    assert likely.p_value is not None
    assert proven.p_value <= 0.05 < likely.p_value + 1e-12
    slow = judged(classified(["a"] * 150, ["a"] * 150), "p95 latency", 2.5, AT_MOST)
    assert slow.p_value == pytest.approx(0.95**150)


@pytest.mark.parametrize(
    ("met", "word"), [("yes", Verdict.PROVEN), ("No", Verdict.FAILED), ("unknown", Verdict.NOT_TESTABLE)]
)
def test_a_requirement_that_nobody_confirmed_is_not_tested(met: str, word: Verdict) -> None:
    assert requirement_verdict(Requirement("A", "data in the EU", met)).verdict is word
