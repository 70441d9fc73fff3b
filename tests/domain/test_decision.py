"""The decision on candidates made by hand: statuses, doubts, ties and the nearest miss (formulas.md 2.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from reportgen.domain.deciding.decision import decide
from reportgen.domain.deciding.qualification import Contender, Gate, Question
from reportgen.domain.estimating.costs import CostRates, CostSide
from reportgen.domain.records.comparison import (
    CandidateResult,
    Counts,
    Decision,
    LevelVerdict,
    RequirementVerdict,
    Status,
    Verdict,
)
from reportgen.domain.records.measure import CostTerms, Measurement, Unit
from reportgen.domain.records.plan import OVERALL, Importance, Requirement, Role, Rule
from reportgen.domain.records.response import Basis
from tests.domain.samples import level, right_of, spec

PROVEN, LIKELY, UNLIKELY, FAILED, UNTESTED = Verdict
QUESTION = Question(Rule.PROVEN, None, 40_000, {}, 0.95, "USD")
SAMPLE = right_of(9, 10)


def on(
    word: Verdict, value: float = 0.93, *, p: float = 0.001, more: int | None = None, wished: bool = False
) -> LevelVerdict:
    found = Measurement("accuracy", OVERALL, value, 0.9, 0.96, 0.9, 200, Unit.SHARE, "by hand", Basis.MEASURED)
    importance = Importance.SHOULD if wished else Importance.MUST
    return LevelVerdict(level(importance=importance), found, word, f"It is {word.value}.", p, more)


def who(name: str, cost: float | None = 1.0, *levels: LevelVerdict, production: bool = False, **more: Any) -> Contender:  # noqa: ANN401 - of any kind
    requirements = more.pop("requirements", ())
    result = CandidateResult(
        spec(name, Role.PRODUCTION if production else Role.CANDIDATE),
        SAMPLE,
        SAMPLE,
        Counts(10, {}, 0),
        {},
        levels or (on(PROVEN),),
        requirements,
        (),
        "workbook",
        {},
    )
    side = CostSide(name, CostRates(cost, 1, 0, 0, None), CostTerms())
    return Contender(result, side, cost, **more)


def decided(*contenders: Contender, **question: object) -> Decision:
    return decide(contenders, replace(QUESTION, **question))  # type: ignore[arg-type]


PRODUCTION = who("P", 5.0, production=True)


def test_an_inconclusive_gate_makes_a_proven_candidate_provisional_and_says_why() -> None:
    found = decided(PRODUCTION, who("A", gate=Gate.INCONCLUSIVE))
    assert (found.status, found.winner) == (Status.RECOMMEND, "P"), "who qualifies goes first, though dearer"
    alone = decided(who("P", 5.0, on(FAILED), production=True), who("A", gate=Gate.INCONCLUSIVE))
    assert (alone.status, alone.winner) == (Status.RECOMMEND_PROVISIONALLY, "A")
    assert any("no worse than production by the declared margin" in r for r in alone.reasons)


def test_a_failed_gate_rules_out_whatever_is_proven() -> None:
    assert decided(PRODUCTION, who("A", gate=Gate.FAIL)).winner == "P"
    nobody = decided(who("P", 5.0, on(FAILED), production=True), who("A", gate=Gate.FAIL))
    assert nobody.status is Status.NO_CANDIDATE_QUALIFIES
    assert any("worse than the model in production" in r for r in nobody.reasons)


def test_without_a_required_level_nothing_was_proven() -> None:
    found = decided(who("P", 5.0, on(PROVEN, wished=True), production=True), who("A", 1.0, on(PROVEN, wished=True)))
    assert (found.status, found.winner) == (Status.RECOMMEND_PROVISIONALLY, "A")
    assert any("No required service level was set" in r for r in found.reasons)


@pytest.mark.parametrize("word", [UNLIKELY, UNTESTED])
def test_one_candidate_that_is_not_ruled_out_leaves_the_question_open(word: Verdict) -> None:
    found = decided(who("P", 5.0, on(FAILED), production=True), who("A", 1.0, on(word)))
    assert (found.status, found.winner) == (Status.NOT_ENOUGH_EVIDENCE, "")
    both = decided(who("P", 5.0, on(FAILED), production=True), who("A", 1.0, on(FAILED)))
    assert both.status is Status.NO_CANDIDATE_QUALIFIES


@pytest.mark.parametrize("word", [UNLIKELY, UNTESTED, FAILED])
def test_a_likely_level_beside_a_worse_one_is_no_provisional_recommendation(word: Verdict) -> None:
    found = decided(PRODUCTION, who("A", 1.0, on(LIKELY, more=50), on(word)))
    assert found.winner == "P"
    assert found.cheaper_but_unproven == ()


def test_what_to_collect_is_the_most_that_a_likely_level_asks_and_nothing_where_one_is_unattainable() -> None:
    lost = who("P", 5.0, on(FAILED), production=True)
    found = decided(lost, who("A", 1.0, on(LIKELY, more=50), on(LIKELY, more=171)))
    assert (found.status, found.collect_more) == (Status.RECOMMEND_PROVISIONALLY, 171)
    assert decided(lost, who("A", 1.0, on(LIKELY, more=50), on(LIKELY))).collect_more is None


def test_holm_over_the_candidates_makes_a_recommendation_provisional() -> None:
    """The largest p-value of a candidate's own levels counts (intersection-union), then Holm over the candidates."""
    sure = decided(PRODUCTION, who("A", 1.0, on(PROVEN, p=0.001), on(PROVEN, p=0.024)))
    assert sure.status is Status.RECOMMEND
    lost = who("C", 9.0, on(FAILED, p=1.0))
    for p, status in ((0.016, Status.RECOMMEND), (0.026, Status.RECOMMEND_PROVISIONALLY)):
        other = who("P", 5.0, on(PROVEN, p=0.03), production=True)
        found = decided(other, lost, who("A", 1.0, on(PROVEN, p=0.001), on(PROVEN, p=p)))
        assert (found.winner, found.status) == ("A", status)


def test_a_cheaper_likely_candidate_is_named_and_a_dearer_one_is_not() -> None:
    found = decided(PRODUCTION, who("A", 1.0, on(LIKELY, more=65)), who("B", 6.0, on(LIKELY, more=65)))
    assert [c.candidate for c in found.cheaper_but_unproven] == ["A"]
    assert found.cheaper_but_unproven[0].sentence == "A would save $160,000 a month if about 65 more examples confirmed it."


def test_the_runner_up_is_the_next_by_standing_and_then_by_cost() -> None:
    found = decided(PRODUCTION, who("A", 1.0), who("B", 2.0, on(LIKELY, more=65)))
    assert (found.winner, found.runner_up) == ("A", "P")


def costs(mean: float, spread: float = 0.0) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return mean + spread * np.linspace(-1, 1, 1_001)


def tied(name: str, *levels: LevelVerdict, **more: Any) -> Contender:  # noqa: ANN401 - of any kind
    return who(name, 1.0, *levels, costs=costs(1.0), meets=np.ones(1_001, dtype=np.bool_), **more)


def test_costs_tie_where_the_90_per_cent_interval_of_their_difference_holds_zero() -> None:
    def pair(mean: float) -> Decision:
        a = who("A", 1.0, costs=costs(1.0), meets=np.ones(1_001, dtype=np.bool_), quality_bound=0.8)
        b = who("B", mean, costs=costs(mean, 1.0), meets=np.ones(1_001, dtype=np.bool_), quality_bound=0.9)
        return decided(a, b)

    assert pair(1.89).winner == "B", "the 5th of 100 draws of the difference lies below zero: its bound decides"
    assert pair(1.91).winner == "A"


def test_a_cost_tie_goes_by_the_order_that_was_declared_beforehand() -> None:
    wished, better, faster = on(PROVEN, wished=True), 0.95, 0.5
    most: dict[str, Any] = {"quality_bound": better, "p95": faster}
    assert decided(tied("A", **most), tied("P", production=True)).winner == "P"
    assert decided(tied("A", on(PROVEN), **most), tied("B", on(PROVEN), wished)).winner == "B"
    assert decided(tied("A", quality_bound=0.9, p95=faster), tied("B", quality_bound=better, p95=2.0)).winner == "B"
    assert decided(tied("A", quality_bound=better, p95=2.0), tied("B", quality_bound=better, p95=faster)).winner == "B"
    last = decided(tied("B", **most), tied("A", **most))
    assert last.winner == "A"
    assert any("by quality, speed and name" in r for r in last.reasons)


def test_in_resamples_who_is_barred_or_too_dear_never_wins() -> None:
    no = (RequirementVerdict(Requirement("A", "data in the EU", "no"), FAILED),)
    kept: dict[str, Any] = {"costs": costs(1.0), "meets": np.ones(1_001, dtype=np.bool_)}
    for barred in (who("A", 1.0, requirements=no, **kept), who("A", 1.0, gate=Gate.FAIL, **kept)):
        assert decided(barred, tied("B")).winner_probability == {"A": 0.0, "B": 1.0, "none": 0.0}
    dear = decided(tied("B"), manual_cost=0.5)
    assert dear.winner_probability == {"B": 0.0, "none": 1.0}


def test_the_nearest_miss_misses_least_in_number_and_then_in_distance() -> None:
    near, far = on(FAILED, 0.85), on(FAILED, 0.50)
    assert "A comes nearest" in decided(who("P", 5.0, far, production=True), who("A", 1.0, near)).reasons[0]
    assert "P comes nearest" in decided(who("P", 5.0, far, production=True), who("A", 1.0, near, near)).reasons[0]
    no = (RequirementVerdict(Requirement("A", "data in the EU", "no"), FAILED),)
    both = decided(who("P", 5.0, far, production=True), who("A", 1.0, near, requirements=no))
    assert "P comes nearest" in both.reasons[0]


def test_the_distance_of_a_miss_is_relative_to_its_target() -> None:
    seconds = level("p95 latency", 10.0)
    slow = replace(on(FAILED), level=seconds, measurement=replace(on(FAILED).measurement, value=9.0))  # type: ignore[type-var]
    found = decided(who("P", 5.0, on(FAILED, 0.60), production=True), who("A", 1.0, slow))
    assert "A comes nearest" in found.reasons[0], "a tenth short is nearer than a third short"


def test_how_often_a_level_is_missed_is_told_beside_the_price_of_uncertainty() -> None:
    meets = np.arange(1_001) >= 100
    lost = who("P", 5.0, on(FAILED), production=True)
    worth = decided(who("A", 0.5, costs=costs(0.5), meets=meets), lost).price_of_uncertainty
    assert worth is not None
    assert worth.missed == pytest.approx(100 / 1_001)
    assert worth.sentence.replace("\u00a0", " ").endswith(
        "In 10.0 % of draws A missed a required level; what a miss costs is not counted here."
    )


def test_the_slack_curve_leaves_out_who_is_barred_by_something_else() -> None:
    no = (RequirementVerdict(Requirement("A", "data in the EU", "no"), FAILED),)
    capped = replace(on(PROVEN), measurement=Measurement(
        "accuracy", OVERALL, 0.93, 0.9, 0.96, 0.9, 200, Unit.SHARE, "by hand", Basis.MEASURED, caps=("few rows",)
    ))  # fmt: skip
    for barred in (
        who("A", requirements=no),
        who("A", gate=Gate.FAIL),
        who("A", gate=Gate.INCONCLUSIVE),
        who("A", None),
        who("A", 1.0, capped),
    ):
        assert {s.winner for curve in decided(PRODUCTION, barred).slack for s in curve.steps} == {"P"}
    dear = decided(who("P", 0.4, production=True), who("A", 0.6), manual_cost=0.5)
    assert {s.winner for curve in dear.slack for s in curve.steps} == {"P"}
    assert decided(PRODUCTION, who("A", 0.6), manual_cost=0.5).slack == ()
    assert {s.winner for curve in decided(PRODUCTION, who("A")).slack for s in curve.steps} == {"A"}


def test_a_draw_in_which_the_winner_itself_fails_is_no_gain() -> None:
    meets = np.zeros(1_001, dtype=np.bool_)
    other = who("P", 5.0, production=True, costs=costs(5.0), meets=~meets)
    worth = decided(who("A", 1.0, costs=costs(1.0), meets=meets), other).price_of_uncertainty
    assert worth is not None
    assert (worth.per_task, worth.missed) == (0.0, 1.0)
