"""What the choice hangs on: the worked examples of formulas.md 2.3, and that the curve agrees with the decision."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reportgen.domain.deciding.sensitivity import expected_loss, tornado
from reportgen.domain.estimating.costs import CostRates, CostSide, cost_terms
from reportgen.domain.records.comparison import Comparison, Tornado
from reportgen.domain.records.plan import Assumption, CandidateKind, CandidateSpec, Comparator, Rule
from tests.domain.samples import level, plan_of, renamed, right_of
from tests.domain.test_compare import run

COSTS = {
    name: Assumption(name, value)
    for name, value in {"Tasks per month": 40_000, "Minutes per review": 3, "Reviewer cost per hour": 30}.items()
}


def side(name: str, token: float, review: float, fixed: float, costs: dict[str, Assumption] | None = None) -> CostSide:
    own = CandidateSpec(name, CandidateKind.API_MODEL, "model", infrastructure_per_month=fixed)
    return CostSide(name, CostRates(token, 1, 0, review, None), cost_terms(costs or COSTS, own), own)


def drawn(costs: dict[str, Assumption] | None = None) -> Tornado:
    rows = costs or COSTS
    found = tornado(side("A", 0.030, 0.06, 900, rows), side("B", 0.004, 0.09, 300, rows), rows)
    assert found is not None
    return found


def test_the_worked_tornado() -> None:
    found = drawn()
    assert found.gap == pytest.approx(-0.004)
    ends = {s.assumption: (s.at_low, s.at_high) for s in found.swings}
    assert ends["Reviewer cost per hour"] == pytest.approx((0.0050, -0.0130))
    assert ends["Minutes per review"] == pytest.approx((0.0050, -0.0130))
    assert ends["Tasks per month"] == pytest.approx((-0.00025, -0.0065))
    assert ends["Review rate of A"] == pytest.approx((-0.022, 0.014))
    assert ends["Review rate of B"] == pytest.approx((0.023, -0.031))
    assert ends["Token price of A"] == pytest.approx((-0.010, 0.002))
    assert [s.width for s in found.swings] == sorted((s.width for s in found.swings), reverse=True)
    assert {s.assumption for s in found.swings if not s.turns} == {"Tasks per month", "Token price of B"}


def test_the_workbooks_own_range_goes_before_twenty_per_cent() -> None:
    hourly = Assumption("Reviewer cost per hour", 30, low=15, high=60)
    found = {s.assumption: s for s in drawn({**COSTS, hourly.name: hourly}).swings}
    assert (found[hourly.name].low, found[hourly.name].high, found[hourly.name].given) == (15, 60, True)
    assert found[hourly.name].at_low == pytest.approx(0.026 - 0.03 * 0.75 + 0.015)
    assert not found["Tasks per month"].given


def test_what_a_reviewer_finds_moves_the_cost_of_undetected_errors() -> None:
    rows = {
        **COSTS,
        "Cost of an undetected error": Assumption("Cost of an undetected error", 10),
        "Share of errors a reviewer finds": Assumption("Share of errors a reviewer finds", 0.9, low=0.5, high=1.0),
    }
    a, b = side("A", 0.03, 0.06, 900, rows), side("B", 0.004, 0.09, 300, rows)
    a = replace(a, rates=replace(a.rates, undetected=0.05 - 0.9 * 0.03), wrong_and_reviewed=0.03)
    b = replace(b, rates=replace(b.rates, undetected=0.08 - 0.9 * 0.01), wrong_and_reviewed=0.01)
    found = tornado(a, b, rows)
    assert found is not None
    swing = next(s for s in found.swings if s.assumption == "Share of errors a reviewer finds")
    rest = found.gap - 10 * (a.rates.undetected or 0) + 10 * (b.rates.undetected or 0)
    assert swing.at_low == pytest.approx(rest + 10 * ((0.05 - 0.5 * 0.03) - (0.08 - 0.5 * 0.01)))
    assert swing.at_high == pytest.approx(rest + 10 * ((0.05 - 0.03) - (0.08 - 0.01)))


def test_a_reviewer_finds_no_more_than_every_error() -> None:
    rows = {
        **COSTS,
        "Cost of an undetected error": Assumption("Cost of an undetected error", 10),
        "Share of errors a reviewer finds": Assumption("Share of errors a reviewer finds", 0.9),
    }
    a, b = side("A", 0.03, 0.06, 900, rows), side("B", 0.004, 0.09, 300, rows)
    a = replace(a, rates=replace(a.rates, undetected=0.05 - 0.9 * 0.03), wrong_and_reviewed=0.03)
    b = replace(b, rates=replace(b.rates, undetected=0.08 - 0.9 * 0.01), wrong_and_reviewed=0.01)
    found = tornado(a, b, rows)
    assert found is not None
    swing = next(s for s in found.swings if s.assumption == "Share of errors a reviewer finds")
    assert (swing.low, swing.high) == (pytest.approx(0.72), 1.0)


def test_a_side_without_a_price_has_no_tornado() -> None:
    a = side("A", 0.03, 0.06, 900)
    assert tornado(a, replace(a, rates=replace(a.rates, token=None)), COSTS) is None


def test_the_worked_price_of_uncertainty() -> None:
    costs = np.array([[0.14, 0.15, 0.16], [0.13, 0.14, 0.17]])
    allowed = np.array([[True, True, True], [True, False, True]])
    per_task = expected_loss(costs, allowed, 0)
    assert per_task == pytest.approx(0.0033333, abs=5e-8)
    assert per_task * 40_000 * 12 == pytest.approx(1_600)
    assert expected_loss(costs, np.zeros_like(allowed), 0) == 0.0
    assert expected_loss(np.array([[0.1], [0.2]]), np.array([[False], [True]]), 0) == 0.0, "cheaper, but it fails"


def three() -> Comparison:
    """Return three candidates of rising quality and cost: 88 %, 93 % and 98 % of 400 right."""
    return run(
        {
            "P": right_of(392, 400, token_cost=0.09),
            "B": right_of(372, 400, token_cost=0.04),
            "C": right_of(352, 400, token_cost=0.01),
        },
        levels=(level(target=0.85), level("p95 latency", 3.0, Comparator.AT_MOST)),
    )


def test_the_slack_curve_names_who_would_be_chosen_at_each_target() -> None:
    result = three()
    curve = result.decision.slack[0]
    bounds = {c.spec.name: c.measurements["accuracy"].bound for c in result.candidates}
    assert [(s.winner, s.target) for s in curve.steps] == [(name, bounds[name]) for name in ("C", "B", "P")]
    assert curve.sentence == (
        "Accuracy, instead of the level of at least 85\u00a0%: up to 84.9\u00a0% C, up to 90.5\u00a0% B, "
        "up to 96.4\u00a0% P, above that nobody is proven."
    )
    assert [s.winner for s in result.decision.slack[1].steps] == ["B"]


def test_the_decision_at_each_step_of_the_curve_is_the_curves() -> None:
    steps = three().decision.slack[0].steps
    assert len(steps) > 2
    for step in steps:
        samples = {
            "P": right_of(392, 400, token_cost=0.09),
            "B": right_of(372, 400, token_cost=0.04),
            "C": right_of(352, 400, token_cost=0.01),
        }
        assert run(samples, levels=(level(target=step.target),)).decision.winner == step.winner


def test_by_the_point_rule_the_bare_figures_are_the_steps() -> None:
    samples = {"P": right_of(190, 200, token_cost=0.09), "B": right_of(180, 200, token_cost=0.01)}
    named = {name: renamed(sample, name) for name, sample in samples.items()}
    plan = plan_of(named, (level(target=0.85),), production="P")
    plan = replace(plan, settings=replace(plan.settings, rule=Rule.POINT_ESTIMATE))
    curve = run(samples, plan).decision.slack[0]
    assert [(s.winner, s.target) for s in curve.steps] == [("B", 0.9), ("P", 0.95)]


def test_a_close_race_has_a_price_and_a_clear_one_has_none() -> None:
    clear = run({"P": right_of(199, 200, token_cost=0.05), "B": right_of(198, 200, token_cost=0.01)}).decision
    assert clear.price_of_uncertainty is not None
    assert clear.price_of_uncertainty.per_task == 0.0
    close = run({"P": right_of(196, 200, token_cost=0.05), "B": right_of(181, 200, token_cost=0.01)}).decision
    worth = close.price_of_uncertainty
    assert close.winner == "P"
    assert worth is not None
    reached = close.winner_probability["B"]
    assert worth.per_task == pytest.approx(0.04 * reached)
    assert worth.per_year == pytest.approx(worth.per_task * 40_000 * 12)
    assert "more examples are never worth more than this" in worth.sentence
