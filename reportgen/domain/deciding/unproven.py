"""What is not proven: how it may be used, what that costs, how easily it got so far, how many more examples it takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reportgen.domain.deciding.verdicts import is_hard_gate
from reportgen.domain.estimating.costs import CostSide, cost_lines, full_cost
from reportgen.domain.measures import MEASURES
from reportgen.domain.measures import cost as cost_measures
from reportgen.domain.records.comparison import LevelVerdict, NearMiss, Verdict
from reportgen.domain.records.measure import Unit
from reportgen.domain.records.plan import Comparator, Rule
from reportgen.domain.statistics.power import examples_to_prove
from reportgen.domain.statistics.proportions import fewest_examples_to_prove, most_errors_to_prove, p_value_at_least
from reportgen.domain.wording.figures import counted, level_words, percent

ONE_POINT = 0.01
_ROUNDING = 1e-9


def cost_with_every_answer_checked(side: CostSide) -> float | None:
    """Return the full cost per task while a person checks every answer; None where a review has no price."""
    if side.terms.review_cost is None:
        return None
    found, undetected = side.terms.reviewer_finds, side.rates.undetected
    finds = cost_measures.REVIEWER_FINDS if found is None else found
    if undetected is not None:
        wrong = undetected + finds * side.wrong_and_reviewed
        undetected = wrong * (1 - finds)
    rates = replace(side.rates, review=1.0 - side.rates.failed, undetected=undetected)
    return full_cost(cost_lines(rates, side.terms))


def near_miss(
    levels: Sequence[LevelVerdict], candidates: int, rule: Rule, confidence: float, currency: str
) -> NearMiss | None:
    """Return how often a candidate that truly misses one required level by one point would have got as far as this one.

    Of the levels on a share, the one that lets such a candidate through most often counts; the likely ones before the
    proven. An exact binomial chance, about right for averages. None where no level is on a share.
    """
    shares = [v for v in levels if _is_share(v)]
    likely = [v for v in shares if v.verdict is Verdict.LIKELY]
    chances = [(_chance(v, rule, 1 - confidence), v) for v in likely or shares]
    if not chances:
        return None
    chance, level = max(chances, key=lambda pair: pair[0])
    found = level.measurement
    n = _independent(level)
    any_of = 1 - (1 - chance) ** candidates
    words = level_words(level.level, Unit.SHARE, currency)
    unit = "example" if found is None or found.n_effective is None else "independent example"
    told = (
        f"A candidate that in truth misses {words} ({level.level.measure}) by one point would get this far in about "
        f"{percent(chance)} of samples of {counted(n, unit)}"
    )
    if candidates > 1:
        told += f"; of {candidates} such candidates at least one would in up to {percent(any_of)}"
    return NearMiss(level.level, n, candidates, chance, any_of, f"{told}.")


@dataclass(frozen=True, slots=True)
class MoreToTest:
    """How many more examples a level needs that so few cannot test: without any error, and to expect a proof."""

    at_least: int
    to_expect: int | None
    if_right: float
    """The share of right answers, or of those in time, that `to_expect` supposes: halfway between the level and all."""
    on_latency: bool


def more_to_test(levels: Sequence[LevelVerdict], alpha: float) -> MoreToTest | None:
    """Return how many more examples the most demanding level takes, on a share or on a percentile (a share in time).

    None where none lacks examples alone.
    """
    found = []
    for v in levels:
        quantile = MEASURES[v.level.measure].quantile
        known = v.measurement is not None and v.measurement.value is not None
        if v.verdict is not Verdict.NOT_TESTABLE or not (_is_share(v) or (known and quantile)):
            continue
        share = quantile or _share(v)
        least = fewest_examples_to_prove(share, alpha)
        halfway = (1 + share) / 2
        expect = examples_to_prove(share, halfway, alpha=alpha)
        if least is not None and least > _independent(v):
            more = None if expect is None else expect - _independent(v)
            found.append(MoreToTest(least - _independent(v), more, halfway, on_latency=bool(quantile)))
    return max(found, key=lambda m: m.at_least, default=None)


def _is_share(verdict: LevelVerdict) -> bool:
    found = verdict.measurement
    if found is None or found.value is None or found.unit is not Unit.SHARE or _independent(verdict) < 1:
        return False
    return _share(verdict) > ONE_POINT and _share(verdict) < 1 and not is_hard_gate(found.measure, verdict.level.target)


def _share(verdict: LevelVerdict) -> float:
    """Return the level as a share that must be reached."""
    target = verdict.level.target
    return target if verdict.level.comparator is Comparator.AT_LEAST else 1 - target


def _independent(verdict: LevelVerdict) -> int:
    found = verdict.measurement
    if found is None:
        return 0
    return found.n if found.n_effective is None else round(found.n_effective)


def _chance(verdict: LevelVerdict, rule: Rule, alpha: float) -> float:
    n, target = _independent(verdict), _share(verdict)
    right = math.ceil(n * target - _ROUNDING)
    if verdict.verdict is Verdict.PROVEN and rule is Rule.PROVEN:
        errors = most_errors_to_prove(n, target, alpha)
        right = n + 1 if errors is None else n - errors
    return p_value_at_least(right, n, target - ONE_POINT) if right <= n else 0.0
