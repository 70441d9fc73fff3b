"""What the examples can prove of a mean of seconds or money: it depends on how much the answers differ from one another.

Nobody can know that before there are answers, so it is supposed and said: they differ as waiting times do, by as much as
their mean (the exponential distribution). On such figures a run's own bound is computed, and the mean looked for with which
it still meets the level.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from reportgen.checking.rehearsal import method_of
from reportgen.checking.supposed import Fault, Supposed
from reportgen.domain.estimating.estimate import measure
from reportgen.domain.measures import MEASURES
from reportgen.domain.records.measure import Floats, Measurement, Unit
from reportgen.domain.records.plan import EvaluationPlan, Example, ServiceLevel
from reportgen.domain.statistics.proportions import normal_quantile
from reportgen.domain.wording.figures import DOWN, UP, amount, counted, level_words, percent

BELOW = 0.10
"""How far a candidate is supposed to lie below the level, where it is asked how many examples would prove it."""
_POWER = 0.8
_NOTHING = Fault("", "", whole=True, slow=True)


@dataclass(frozen=True, slots=True)
class SupposedMean:
    """What the examples can prove of a level on a mean; `most` is in the measure's unit, None = no mean would prove it.

    `needed` examples prove it with 80 % probability for a candidate 10 % below the level, `alone` is what would remain
    with answers that take and cost nothing. `reason` says why nothing can be proven, whatever the answers.
    """

    where: str
    measure: str
    words: str
    most: float | None
    needed: int
    examples: int
    alone: str
    most_in_words: str = ""
    reason: str = ""

    def __str__(self) -> str:
        start = f"{self.where}: {self.measure}, {self.words}:"
        if self.reason:
            return f"{start} cannot be proven as it is; {self.reason}."
        if self.most is None:
            return f"{start} cannot be proven; even answers that cost nothing would leave {self.alone} possible."
        return (
            f"{start} proven with a mean of {self.most_in_words} or less in {counted(self.examples, 'example')}, if answers "
            f"differ by as much as their mean; a candidate {percent(BELOW)} below the level needs about "
            f"{counted(self.needed, 'example')}."
        )


def supposed_mean(level: ServiceLevel, plan: EvaluationPlan, examples: Sequence[Example]) -> SupposedMean:
    """Return what these examples can prove of a level on mean latency or on a cost."""
    of, currency = MEASURES[level.measure], plan.settings.currency
    nothing = _measured(level, plan, examples, np.zeros(len(examples)))
    spread = _measured(level, plan, examples, _waiting_times(len(examples), plan.settings.seed))
    alone = nothing.bound or 0.0
    most = None
    if spread.value is not None and spread.bound is not None and spread.value > (nothing.value or 0.0):
        stretch = (spread.bound - alone) / (spread.value - (nothing.value or 0.0))
        most = (nothing.value or 0.0) + (level.target - alone) / stretch
    reached = most is not None and level.target > alone
    reason = spread.reason or spread.not_testable or "; ".join(spread.caps)
    if not reason and spread.n == 1:
        reason = "one example shows no variation"
    return SupposedMean(
        level.where,
        f"{level.measure} ({level.scope})",
        level_words(level, of.unit, currency),
        most if reached else None,
        _needed(1 - plan.settings.confidence),
        spread.n,
        amount(alone, of.unit, currency, beside=level.target, rounding=UP),
        amount(most or 0.0, of.unit, currency, beside=level.target, rounding=DOWN) if reached else "",
        reason,
    )


def _measured(level: ServiceLevel, plan: EvaluationPlan, examples: Sequence[Example], figures: Floats) -> Measurement:
    """Return what a run would measure if the answers took, or cost, these figures."""
    of, sample = MEASURES[level.measure], Supposed(plan, level, examples, _NOTHING).sample(frozenset())
    rows = tuple(
        replace(o, response=replace(o.response, latency_s=value))
        if of.unit is Unit.SECONDS
        else replace(o, token_cost=value)
        for o, value in zip(sample.observations, figures.tolist(), strict=True)
    )
    return measure(replace(sample, observations=rows), of, level.scope, method_of(plan, level))


def _waiting_times(count: int, seed: int) -> Floats:
    """Return (count,) figures of an exponential distribution with mean about 1, in an order that follows nothing."""
    steps = (np.arange(count) + 0.5) / max(1, count)
    return np.random.default_rng(seed).permutation(-np.log1p(-steps))


def _needed(alpha: float) -> int:
    """Return n = ((z_α + z_β) · sd / distance)² in tens, the standard deviation as large as the mean (formulas.md 1.9)."""
    reach = normal_quantile(1 - alpha) + normal_quantile(_POWER)
    return 10 * math.ceil((reach * (1 - BELOW) / BELOW) ** 2 / 10)
