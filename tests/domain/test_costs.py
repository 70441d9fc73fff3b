"""The cost model against the worked examples of formulas.md 4.3 and 4.6, and against the measure of the same name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.domain.estimating.costs import (
    CostRates,
    cost_lines,
    cost_terms,
    full_cost,
    headline,
    rates,
    review_cost,
)
from reportgen.domain.estimating.estimate import measure
from reportgen.domain.estimating.proportion import Method
from reportgen.domain.measures import MEASURES
from reportgen.domain.records.measure import CostTerms, Sample
from reportgen.domain.records.plan import Assumption
from tests.domain.samples import classified, right_of, spec

QUICK = Method(resamples=100)
TERMS = CostTerms(
    review_cost=2.25,
    manual_cost=4.5,
    tasks_per_month=40_000,
    infrastructure_per_request=0.0008,
    infrastructure_per_month=600,
    reviewer_finds=0.9,
    undetected_error_cost=4.0,
    setup_cost=12_000,
    setup_months=24,
)


def test_the_worked_example_gives_its_full_cost_line_by_line() -> None:
    token = (600 * 3 + 1_400 * 0.30 + 250 * 15) / 1e6
    attempts, failed = 1 + 0.03 + 0.03**2, 0.03**3
    leaked = 0.08 * (1 - 0.55 * 0.9)
    lines = cost_lines(CostRates(token * attempts, attempts, failed, 0.08, leaked), TERMS)
    assert [line.name for line in lines] == [
        "Tokens",
        "Infrastructure per request",
        "Human review",
        "Failed tasks done by hand",
        "Fixed infrastructure",
        "Setup",
        "Undetected errors",
    ]
    assert token == pytest.approx(0.005970)
    assert sum(line.amount or 0.0 for line in lines[:2]) == pytest.approx(0.006979, abs=6e-7)
    assert headline(lines) == pytest.approx(0.186979, abs=6e-7)
    assert [line.amount for line in lines[3:]] == pytest.approx([0.000122, 0.0150, 0.0125, 0.1616], abs=6e-7)
    assert full_cost(lines) == pytest.approx(0.376201, abs=1e-6)
    assert full_cost(lines[:-1]) == pytest.approx(0.214601, abs=1e-6)
    assert [line.headline for line in lines] == [True] * 3 + [False] * 4


def test_the_articles_claim_holds_on_cost_until_an_undetected_error_costs_enough() -> None:
    terms = CostTerms(review_cost=1.5, reviewer_finds=0.9)
    dear = CostRates(0.020, 1, 0, 0.40, 0.08 * (1 - 0.4 * 0.9))
    cheap = CostRates(0.005, 1, 0, 0.08, 0.28 * (1 - 0.08 * 0.9))
    costs = [full_cost(cost_lines(r, terms)) for r in (dear, cheap)]
    assert costs == pytest.approx([0.620, 0.125])
    assert [40_000 * (c or 0) for c in costs] == pytest.approx([24_800, 5_000])
    assert full_cost(cost_lines(replace(dear, token=0.0), terms)) == pytest.approx(0.60), "no token price turns it"
    for price, dearer in ((2.36, True), (2.38, False)):
        a, b = (full_cost(cost_lines(r, replace(terms, undetected_error_cost=price))) or 0 for r in (dear, cheap))
        assert (a > b) is dearer


def test_the_overhead_factor_multiplies_the_reviewers_hour() -> None:
    assert review_cost(3, 36, 1.25) == pytest.approx(2.25)
    assert review_cost(3, 36, None) == pytest.approx(1.8)
    assert review_cost(None, 36, 1.25) is None


def test_a_candidates_own_infrastructure_replaces_the_row_of_the_sheet() -> None:
    costs = {"Infrastructure cost per month": Assumption("Infrastructure cost per month", 900.0)}
    assert cost_terms(costs, spec()).infrastructure_per_month == 900
    assert cost_terms(costs, replace(spec(), infrastructure_per_month=0.0)).infrastructure_per_month == 0


def _sample(token_cost: float | None = 0.002, terms: CostTerms = TERMS) -> Sample:
    truth = ["a"] * 20
    said: list[str | None] = ["a"] * 14 + ["b"] * 3 + [None] + ["!"] * 2
    flags = [False] * 13 + [True] * 2 + [False] * 2 + [True] + [False] * 2
    return classified(truth, said, labels=("a", "b"), reviewed=flags, token_cost=token_cost, costs=terms)


def test_the_lines_add_up_to_the_measure_and_the_headline_to_the_running_cost() -> None:
    sample = _sample()
    lines = cost_lines(rates(sample), TERMS)
    figures = {n: measure(sample, MEASURES[n], method=QUICK).value for n in ("cost per task", "running cost per task")}
    assert full_cost(lines) == pytest.approx(figures["cost per task"])
    assert headline(lines) == pytest.approx(figures["running cost per task"])


def test_undetected_errors_are_wrong_answers_that_review_did_not_catch_and_failures_are_not_among_them() -> None:
    found = rates(_sample())
    assert found.failed == pytest.approx(2 / 20)
    assert found.review == pytest.approx(3 / 20)
    assert found.undetected == pytest.approx((2 * 1 + 2 * 0.1) / 20)


def test_the_production_mix_weighs_the_lines_as_it_weighs_the_measure() -> None:
    sample = _sample()
    rows = tuple(
        replace(o, example=replace(o.example, segment="x" if i < 15 else "y")) for i, o in enumerate(sample.observations)
    )
    mixed, method = replace(sample, observations=rows), replace(QUICK, mix={"x": 0.4, "y": 0.6})
    assert full_cost(cost_lines(rates(mixed, method), TERMS)) == pytest.approx(
        measure(mixed, MEASURES["cost per task"], method=method).value
    )


def test_every_attempt_pays_for_infrastructure_and_an_unrecorded_one_counts_as_one() -> None:
    sample = _sample()
    tries = [3, None, 2] + [1] * 17
    rows = tuple(
        replace(o, response=replace(o.response, attempts=n)) for o, n in zip(sample.observations, tries, strict=True)
    )
    tried = replace(sample, observations=rows)
    assert rates(tried).attempts == pytest.approx(23 / 20)
    found = measure(tried, MEASURES["running cost per task"], method=QUICK)
    before = measure(sample, MEASURES["running cost per task"], method=QUICK)
    assert (found.value or 0) - (before.value or 0) == pytest.approx(0.0008 * 3 / 20)
    assert headline(cost_lines(rates(tried), TERMS)) == pytest.approx(found.value)
    assert any("Attempts not recorded for 1 task" in note for note in found.notes)


def test_errors_are_counted_over_the_answers_that_could_be_judged() -> None:
    truth = ["?"] * 10 + ["a"] * 10
    said = ["a"] * 10 + ["a"] * 8 + ["b"] * 2
    sample = classified(truth, said, labels=("a", "b"), costs=CostTerms(undetected_error_cost=4.0))
    assert rates(sample).undetected == pytest.approx(0.2)
    assert measure(sample, MEASURES["cost per task"], method=QUICK).value == pytest.approx(0.001 + 0.2 * 4.0)


def test_an_unpriced_candidate_has_no_cost_but_a_reason() -> None:
    sample = _sample(token_cost=None)
    lines = cost_lines(rates(sample), TERMS)
    assert (lines[0].amount, lines[0].note) == (None, "no price is known")
    assert full_cost(lines) is None
    found = measure(sample, MEASURES["cost per task"], method=QUICK)
    assert found.value is None
    assert "no price is known for 18 of 20" in found.reason


def test_a_failure_that_reports_no_cost_was_not_billed() -> None:
    sample = _sample()
    rows = tuple(replace(o, token_cost=None) if o.response.outcome.value == "error" else o for o in sample.observations)
    assert rates(replace(sample, observations=rows)).token == pytest.approx(0.002 * 18 / 20)


def test_a_review_without_a_price_is_never_free() -> None:
    sample = _sample(terms=replace(TERMS, review_cost=None))
    found = measure(sample, MEASURES["running cost per task"], method=QUICK)
    assert (found.value, "review" in found.reason) == (None, True)
    line = cost_lines(rates(sample), sample.costs)[2]
    assert line.amount is None
    assert line.note


def test_lines_that_the_workbook_does_not_give_are_left_out_and_said() -> None:
    sample = right_of(9, 10, costs=CostTerms(review_cost=1.0))
    lines = cost_lines(rates(sample), sample.costs)
    assert lines[-1].amount is None
    assert "left out" in lines[-1].note
    assert full_cost(lines) == pytest.approx(0.001)
    assert measure(sample, MEASURES["cost per task"], method=QUICK).value == pytest.approx(0.001)
