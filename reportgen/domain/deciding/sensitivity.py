"""What the choice hangs on: each assumption's swing, each level's slack, and the price of not knowing (formulas.md 2.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from reportgen.domain.deciding.choice import Ties, cheapest
from reportgen.domain.deciding.qualification import (
    Contender,
    Gate,
    Question,
    eligible_cost,
    musts,
    required,
    rule_words,
    too_dear,
)
from reportgen.domain.deciding.verdicts import bounds, is_hard_gate
from reportgen.domain.estimating.costs import REVIEWER_FINDS, CostSide, cost_terms
from reportgen.domain.measures import MEASURES
from reportgen.domain.measures import cost as cost_measures
from reportgen.domain.records.comparison import (
    PriceOfUncertainty,
    SlackCurve,
    SlackStep,
    Swing,
    Tornado,
    Verdict,
)
from reportgen.domain.records.measure import Floats, Unit
from reportgen.domain.records.plan import Assumption, Comparator, Rule, ServiceLevel
from reportgen.domain.wording.figures import DOWN, NEAREST, UP, amount, capital, level_words, money, named

SWING = 0.2
"""How far an assumption is moved to either side where the workbook gives no range."""
_SAME = 1e-12
_MONTHS = 12
_MOST_STEPS = 8


def tornado(winner: CostSide, other: CostSide, costs: Mapping[str, Assumption]) -> Tornado | None:
    """Return winner's less other's cost per task at the low and the high value of each assumption, widest first.

    Assumptions are the rows of the sheet Costs at their own Low and High (20 % to either side where a row gives none), and
    each candidate's review rate and token price, 20 % to either side. What moves nothing is left out. None without a price.
    """
    gap = _gap(winner, other)
    if gap is None:
        return None
    found = (*_assumed(winner, other, costs), *_measured(winner, other))
    widest = sorted((s for s in found if s.width > _SAME), key=lambda s: (-s.width, s.assumption))
    return Tornado(winner.name, other.name, gap, tuple(widest))


def _gap(a: CostSide, b: CostSide) -> float | None:
    left, right = a.total, b.total
    return None if left is None or right is None else left - right


def _swing(name: str, unit: str, ends: tuple[float, float], gaps: tuple[float | None, float | None]) -> Iterator[Swing]:
    at_low, at_high = gaps
    if at_low is not None and at_high is not None:
        yield Swing(name, unit, *ends, at_low, at_high, given=False)


def _assumed(a: CostSide, b: CostSide, costs: Mapping[str, Assumption]) -> Iterator[Swing]:
    for name, row in costs.items():
        given = row.low is not None and row.high is not None
        low, high = (row.low, row.high) if given else (row.expected * (1 - SWING), row.expected * (1 + SWING))
        if low is None or high is None or low == high:
            continue
        if name == REVIEWER_FINDS:
            low, high = min(low, 1.0), min(high, 1.0)
        gaps = [_gap(*(_moved(side, costs, name, value) for side in (a, b))) for value in (low, high)]
        for swing in _swing(name, row.unit, (low, high), (gaps[0], gaps[1])):
            yield replace(swing, given=given)


def _moved(side: CostSide, costs: Mapping[str, Assumption], name: str, value: float) -> CostSide:
    """Return the side as it would be if one row of the sheet Costs had another expected value."""
    terms = cost_terms({**costs, name: replace(costs[name], expected=value)}, side.spec)
    undetected = side.rates.undetected
    if name == REVIEWER_FINDS and undetected is not None:
        now = side.terms.reviewer_finds
        finds = cost_measures.REVIEWER_FINDS if now is None else now
        undetected += (finds - value) * side.wrong_and_reviewed
    return replace(side, terms=terms, rates=replace(side.rates, undetected=undetected))


def _measured(a: CostSide, b: CostSide) -> Iterator[Swing]:
    for own in (a, b):
        if own.rates.review and own.terms.review_cost:
            rates = (own.rates.review * (1 - SWING), min(1.0, own.rates.review * (1 + SWING)))
            moved = [replace(own, rates=replace(own.rates, review=rate)) for rate in rates]
            yield from _swing(f"Review rate of {named(own.name)}", "share", rates, _gaps(a, b, own, moved))
        if own.rates.token:
            times = (1 - SWING, 1 + SWING)
            moved = [replace(own, rates=replace(own.rates, token=own.rates.token * factor)) for factor in times]
            yield from _swing(f"Token price of {named(own.name)}", "times", times, _gaps(a, b, own, moved))


def _gaps(a: CostSide, b: CostSide, own: CostSide, moved: Sequence[CostSide]) -> tuple[float | None, float | None]:
    low, high = (_gap(m, b) if own is a else _gap(a, m) for m in moved)
    return low, high


def expected_loss(costs: Floats, allowed: npt.NDArray[np.bool_], chosen: int) -> float:
    """Return the mean over draws of [cost of the chosen less the cheapest allowed]₊; 0 in draws that allow nobody.

    Args:
        costs: (candidates, draws) cost per task.
        allowed: (candidates, draws) whether the candidate reaches every required level in the draw.
        chosen: row of the candidate that is recommended.
    """
    best = np.where(allowed, costs, np.inf).min(axis=0)
    return float(np.where(np.isfinite(best), np.maximum(costs[chosen] - best, 0.0), 0.0).mean())


def price_of_uncertainty(
    winner: Contender, contenders: Sequence[Contender], question: Question
) -> PriceOfUncertainty | None:
    """Return the expected value of perfect information over the joint resamples: the most that more examples are worth.

    The workbook has no row for the cost of a missed level, so how often that happens is told beside the money.
    """
    drawn = [c for c in contenders if c.costs is not None and c.meets is not None and c.cost is not None]
    if winner not in drawn or winner.costs is None:
        return None
    eligible = np.stack([eligible_cost(c, question) for c in drawn])
    paid = np.stack([c.costs for c in drawn if c.costs is not None])
    if np.isnan(winner.costs).any():
        return None
    allowed = np.isfinite(eligible)
    per_task = expected_loss(np.nan_to_num(paid), allowed, drawn.index(winner))
    missed = float(1 - allowed[drawn.index(winner)].mean())
    yearly = per_task * question.tasks_per_month * _MONTHS if question.tasks_per_month else None
    return PriceOfUncertainty(per_task, yearly, missed, _worth(winner.said, per_task, yearly, missed, question.currency))


def _worth(name: str, per_task: float, yearly: float | None, missed: float, currency: str) -> str:
    if per_task <= _SAME:
        told = f"In no draw of the examples was another candidate good enough and cheaper than {name}"
        told += ", so knowing more would save no money."
    else:
        year = "" if yearly is None else f", {money(yearly, currency)} a year"
        told = f"Not knowing for certain who is best costs {money(per_task, currency)} a task on average{year}; "
        told += "more examples are never worth more than this."
    if missed > 0:
        share = amount(missed, Unit.SHARE, currency)
        told += f" In {share} of draws {name} missed a required level; what a miss costs is not counted here."
    return told


def slack_curves(contenders: Sequence[Contender], question: Question) -> tuple[SlackCurve, ...]:
    """Return, for each required level that is estimated, who would be chosen at which target, the others kept."""
    if not contenders:
        return ()
    ties: Ties = {}
    found = (_slack(index, contenders, question, ties) for index in range(len(musts(contenders[0].result))))
    return tuple(curve for curve in found if curve is not None)


def _slack(index: int, contenders: Sequence[Contender], question: Question, ties: Ties) -> SlackCurve | None:
    level = musts(contenders[0].result)[index].level
    if is_hard_gate(level.measure, level.target):
        return None
    reach = {c.name: t for c in contenders if (t := _furthest(c, index, question)) is not None}
    at_least = level.comparator is Comparator.AT_LEAST
    steps: list[SlackStep] = []
    for target in sorted(set(reach.values()), reverse=not at_least):
        pool = [c for c in contenders if c.name in reach and _beyond(reach[c.name], target, at_least=at_least)]
        winner = cheapest(pool, question, ties).winner.name
        if steps and steps[-1].winner == winner:
            steps.pop()
        steps.append(SlackStep(target, winner))
    if not steps:
        return None
    units = [found.unit for c in contenders if (found := musts(c.result)[index].measurement) is not None]
    return SlackCurve(level, units[0], tuple(steps), _steps_told(level, steps, units[0], question))


def _beyond(reached: float, target: float, *, at_least: bool) -> bool:
    return reached >= target if at_least else reached <= target


def _furthest(c: Contender, index: int, question: Question) -> float | None:
    """Return the strictest target that the candidate would still meet by the rule; None where something else bars it."""
    levels = musts(c.result)
    words = rule_words(levels, question.rule)
    others = [word for at, word in enumerate(words) if at != index] + required(c.result)
    barred = c.cost is None or too_dear(c, question) or c.gate in {Gate.FAIL, Gate.INCONCLUSIVE}
    found = levels[index].measurement
    if barred or any(word is not Verdict.PROVEN for word in others) or found is None:
        return None
    if question.rule is Rule.POINT_ESTIMATE:
        return found.value
    if found.caps or found.not_testable or levels[index].verdict is Verdict.NOT_TESTABLE:
        return None
    return bounds(levels[index].level, MEASURES[found.measure], found)[0]


def _steps_told(level: ServiceLevel, steps: Sequence[SlackStep], unit: Unit, question: Question) -> str:
    at_least = level.comparator is Comparator.AT_LEAST
    rounding = NEAREST if question.rule is Rule.POINT_ESTIMATE else DOWN if at_least else UP
    rows = steps[-_MOST_STEPS:]
    word = "up to" if at_least else "down to"
    told = [f"{word} {amount(s.target, unit, question.currency, rounding=rounding)} {s.winner}" for s in rows]
    scope = f" ({level.scope})" if level.scope.name else ""
    beyond = "above" if at_least else "below"
    nobody = "nobody qualifies" if question.rule is Rule.POINT_ESTIMATE else "nobody is proven"
    return (
        f"{capital(level.measure)}{scope}, instead of {level_words(level, unit, question.currency)}: "
        f"{', '.join(told)}, {beyond} that {nobody}."
    )
