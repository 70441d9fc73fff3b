"""Review lift, undetected errors and L* against formulas.md 4.5 and 4.6; scored rows never choose a threshold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reportgen.domain.estimating.costs import CostRates, CostSide, cost_lines, rates
from reportgen.domain.estimating.review import error_value, review_figures, tried
from reportgen.domain.measures import MEASURES
from reportgen.domain.records.comparison import CandidateResult, Counts
from reportgen.domain.records.measure import CostTerms, Sample
from reportgen.domain.records.review_figures import Confidences, ReviewFigures, Trials
from reportgen.domain.telling.findings_cost import headline
from tests.domain.samples import classified, corpus_of, level, plan_of, renamed, spec

TERMS = CostTerms(review_cost=1.5, reviewer_finds=0.9)
ROWS = 20


def _side(name: str, token: float, review: float, undetected: float | None, terms: CostTerms = TERMS) -> CostSide:
    return CostSide(name, CostRates(token, 1, 0, review, undetected), terms)


def _sample(reviewed: set[int], wrong: int = 4) -> Sample:
    """Return twenty answers of which the last are wrong."""
    said = ["a"] * (ROWS - wrong) + ["b"] * wrong
    flags = [i in reviewed for i in range(ROWS)]
    return classified(["a"] * ROWS, said, labels=("a", "b"), reviewed=flags, costs=TERMS)


def _figures(sample: Sample) -> ReviewFigures:
    plan = plan_of({"A": sample}, [level("accuracy", 0.9)])
    return review_figures(plan, {"A": sample}, [_side("A", 0.01, 0.2, 0.1)], "", {})["A"]


def test_the_articles_claim_turns_at_two_dollars_thirty_seven() -> None:
    dear = _side("A", 0.020, 0.40, 0.08 * (1 - 0.40 * 0.9))
    cheap = _side("B", 0.005, 0.08, 0.28 * (1 - 0.08 * 0.9))
    assert [dear.rates.undetected, cheap.rates.undetected] == pytest.approx([0.0512, 0.25984])
    for a, b in ((dear, cheap), (cheap, dear)):
        found = error_value(a, b)
        assert found is not None
        assert found.value == pytest.approx(2.373, abs=5e-4)
        assert found.better_above == "A"


def test_the_articles_claim_turns_earlier_where_its_fifteen_and_ten_per_cent_are_points() -> None:
    dear = _side("A", 0.020, 0.40, 0.05 * (1 - 0.40 * 0.9))
    cheap = _side("B", 0.005, 0.08, 0.30 * (1 - 0.08 * 0.9))
    found = error_value(dear, cheap)
    assert found is not None
    assert found.value == pytest.approx(2.01, abs=5e-3)


def test_at_the_value_found_both_really_cost_the_same() -> None:
    a, b = _side("A", 0.020, 0.40, 0.0512), _side("B", 0.005, 0.08, 0.2598)
    found = error_value(a, b)
    assert found is not None
    totals = [replace(s, terms=replace(s.terms, undetected_error_cost=found.value)).total for s in (a, b)]
    assert totals[0] == pytest.approx(totals[1])


def test_who_is_cheaper_and_misses_no_more_is_better_at_any_value() -> None:
    found = error_value(_side("A", 0.02, 0.1, 0.10), _side("B", 0.01, 0.1, 0.05))
    assert found is not None
    assert (found.value, found.cheaper) == (None, "B")


def test_an_unknown_share_of_errors_gives_no_value() -> None:
    assert error_value(_side("A", 0.02, 0.1, None), _side("B", 0.01, 0.1, 0.05)) is None


def test_review_that_meets_every_error_lifts_and_review_that_meets_none_does_not() -> None:
    every, none = _figures(_sample({16, 17, 18, 19})), _figures(_sample({0, 1, 2, 3}))
    assert (every.capture, every.lift) == (1.0, pytest.approx(5.0))
    assert (none.capture, none.lift) == (0.0, 0.0)


def test_no_review_and_no_error_have_no_lift() -> None:
    assert _figures(_sample(set())).lift is None
    assert _figures(_sample({1}, wrong=0)).lift is None


def test_rules_that_fire_together_are_counted_together() -> None:
    sample = _sample({18, 19})
    rows = (*sample.observations[:-1], replace(sample.observations[-1], review=("low confidence", "random sample")))
    found = _figures(replace(sample, observations=rows))
    assert found.triggers == {("low confidence",): 1, ("low confidence", "random sample"): 1}


def test_without_a_winner_the_cheapest_is_what_the_others_are_held_against() -> None:
    samples = {"A": _sample({16}), "B": renamed(_sample({17}), "B")}
    sides = [_side("A", 0.02, 0.1, 0.10), _side("B", 0.01, 0.1, 0.20)]
    found = review_figures(plan_of(samples), samples, sides, "", {})
    assert found["B"].error_value is None
    assert found["A"].error_value is not None
    assert found["A"].error_value.against == "B"


def _trial(n: int, wrong: int, confidence: float = 0.95) -> Confidences:
    return Confidences((confidence,) * n, tuple(np.r_[np.ones(wrong), np.zeros(n - wrong)].tolist()))


def test_a_threshold_is_chosen_on_train_rows_and_tried_on_scored_rows() -> None:
    plan = plan_of({"A": _sample(set())}, [level("accuracy", 0.9)])
    found = tried(plan, Trials(_trial(200, 4), _trial(50, 3)))
    assert found is not None
    assert found.threshold is not None
    assert found.target == pytest.approx(0.1)
    assert (found.threshold.threshold, found.threshold.accepted) == (0.0, 200)
    assert (found.accepted, found.errors, found.train) == (50, 3, 200)


def test_scored_rows_alone_never_choose_a_threshold() -> None:
    plan = plan_of({"A": _sample(set())})
    found = tried(plan, Trials(Confidences(), _trial(500, 0)))
    assert found is not None
    assert (found.threshold, found.accepted, found.target_from_level) == (None, 0, False)


def test_no_confidence_is_nothing_to_try() -> None:
    assert tried(plan_of({"A": _sample(set())}), Trials()) is None


def test_abstaining_lowers_what_is_answered_and_not_what_is_right_of_it() -> None:
    said: list[str | None] = ["a"] * 12 + ["b"] * 3 + [None] * 3 + ["!"] * 2
    found = _figures(classified(["a"] * ROWS, said, labels=("a", "b"), costs=TERMS))
    assert (found.answered, found.answered_judged, found.answered_right, found.rows) == (15, 15, 12, 20)


def _result(name: str, token: float, failed: int) -> CandidateResult:
    said = ["a"] * (ROWS - failed) + ["!"] * failed
    sample = renamed(
        classified(["a"] * ROWS, said, labels=("a",), token_cost=token, costs=replace(TERMS, manual_cost=5)), name
    )
    lines = cost_lines(rates(sample), sample.costs)
    counts = Counts(ROWS, {}, 0)
    return CandidateResult(spec(name), sample, sample, counts, {}, (), (), lines, "workbook", {})


def test_a_headline_that_would_choose_another_candidate_is_said() -> None:
    dear, cheap = _result("Dear", 0.02, 0), _result("Fails", 0.01, 4)
    plan = plan_of({"Dear": dear.sample})
    found = list(headline(plan, corpus_of(dear.sample), [dear, cheap], MEASURES["accuracy"]))
    assert [f.code for f in found] == ["headline-differs"]
    assert "Fails is the cheapest" in found[0].what
    assert "with every line of the cost Dear is" in found[0].what
    assert not list(headline(plan, corpus_of(dear.sample), [dear], MEASURES["accuracy"]))
