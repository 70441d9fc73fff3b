"""How far each candidate has come, and how often another sample of this size would have chosen it (formulas.md 2.2, 2.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import assert_never

import numpy as np
import numpy.typing as npt

from reportgen.domain.deciding.verdicts import reaches
from reportgen.domain.estimating.costs import CostSide
from reportgen.domain.records.comparison import CandidateResult, LevelVerdict, Verdict
from reportgen.domain.records.measure import Floats
from reportgen.domain.records.plan import Assumption, Importance, Role, Rule, Task
from reportgen.domain.statistics.multiplicity import holm
from reportgen.domain.wording.figures import named

NONE = "none"
_NEVER = 1.0


class Gate(IntEnum):
    """Non-inferiority to production by the declared regression margin (formulas.md 1.10)."""

    FAIL = 0
    INCONCLUSIVE = 1
    PASS = 2
    NOT_DECLARED = 3


class Standing(IntEnum):
    """How far a candidate has come, best last."""

    RULED_OUT = 0
    OPEN = 1
    PROVISIONAL = 2
    QUALIFIED = 3


@dataclass(frozen=True, slots=True)
class Contender:
    """One candidate as the decision sees it.

    `cost` is the full cost per task, None = unpriced. `costs` (resamples,) and `meets` (resamples,) are its cost, and
    whether it reaches every required level by the point rule, in each joint resample; None where not drawn.
    """

    result: CandidateResult
    side: CostSide
    cost: float | None
    costs: Floats | None = None
    meets: npt.NDArray[np.bool_] | None = None
    gate: Gate = Gate.NOT_DECLARED
    quality_bound: float | None = None
    """The deciding bound of the primary measure, turned so that more is better."""
    p95: float | None = None

    @property
    def name(self) -> str:
        """The candidate's name."""
        return self.result.spec.name

    @property
    def said(self) -> str:
        """The name as a sentence holds it."""
        return named(self.name)

    @property
    def incumbent(self) -> bool:
        """Whether this is the model in production."""
        return self.result.spec.role is Role.PRODUCTION


@dataclass(frozen=True, slots=True)
class Question:
    """What is decided on besides the candidates: the rule, the costs, and the level of confidence."""

    rule: Rule
    manual_cost: float | None
    tasks_per_month: float | None
    costs: Mapping[str, Assumption]
    confidence: float
    currency: str
    task: Task = Task.CLASSIFICATION


def musts(result: CandidateResult) -> list[LevelVerdict]:
    """Return the verdicts on required levels; `should` levels are shown and break ties."""
    return [v for v in result.levels if v.level.importance is Importance.MUST]


def required(result: CandidateResult) -> list[Verdict]:
    """Return the verdicts on required Requirements."""
    return [r.verdict for r in result.requirements if r.requirement.importance is Importance.MUST]


def too_dear(contender: Contender, question: Question) -> bool:
    """Return whether the candidate costs as much as doing the task by hand, or more."""
    manual = question.manual_cost
    return manual is not None and contender.cost is not None and contender.cost >= manual


def standing(contender: Contender, question: Question) -> Standing:
    """Return how far the candidate has come under the rule of the evaluation."""
    levels, requirements = musts(contender.result), required(contender.result)
    words = rule_words(levels, question.rule) + requirements
    if Verdict.FAILED in words or contender.gate is Gate.FAIL or too_dear(contender, question):
        return Standing.RULED_OUT
    if Verdict.UNLIKELY in words or Verdict.NOT_TESTABLE in words:
        return Standing.OPEN
    if Verdict.LIKELY in words or contender.gate is Gate.INCONCLUSIVE:
        return Standing.PROVISIONAL
    return Standing.QUALIFIED


def rule_words(levels: Sequence[LevelVerdict], rule: Rule) -> list[Verdict]:
    """Return the verdicts as the rule sees them: the point estimate rule asks only whether the figure reaches the target."""
    match rule:
        case Rule.PROVEN:
            return [v.verdict for v in levels]
        case Rule.POINT_ESTIMATE:
            return [_by_figure(v) for v in levels]
        case _:
            assert_never(rule)


def _by_figure(verdict: LevelVerdict) -> Verdict:
    found = verdict.measurement
    if found is None or found.value is None:
        return verdict.verdict
    return Verdict.PROVEN if reaches(verdict.level, found.value) else Verdict.FAILED


def adjusted_p(contenders: Sequence[Contender]) -> dict[str, float]:
    """Return each candidate's p-value of "meets every required level": the largest of its own, Holm over the candidates."""
    own = [max((_NEVER if v.p_value is None else v.p_value for v in musts(c.result)), default=_NEVER) for c in contenders]
    return dict(zip((c.name for c in contenders), holm(own), strict=True))


def tie_order(c: Contender) -> tuple[bool, int, float, float, str]:
    """Return the order declared beforehand for equal costs: incumbent, wished-for levels, quality bound, p95, name."""
    return (not c.incumbent, -should_met(c), -or_else(c.quality_bound, -np.inf), or_else(c.p95, np.inf), c.name)


def or_else(value: float | None, otherwise: float) -> float:
    """Return `value`, or `otherwise` where there is none."""
    return otherwise if value is None else value


def should_met(c: Contender) -> int:
    """Return how many of the wished-for levels are proven."""
    return sum(v.verdict is Verdict.PROVEN for v in c.result.levels if v.level.importance is Importance.SHOULD)


def winner_probability(contenders: Sequence[Contender], question: Question) -> dict[str, float]:
    """Return how often each candidate would be chosen by the point rule in joint resamples of the examples, and `none`.

    Answers: what would another sample of this size have said? (formulas.md 2.3)
    """
    drawn = [c for c in contenders if c.costs is not None and c.meets is not None and c.cost is not None]
    # Equal costs go to the first in the order that breaks ties, as in the decision itself.
    drawn.sort(key=tie_order)
    shares = dict.fromkeys((c.name for c in contenders), 0.0)
    if not drawn:
        return {**shares, NONE: 1.0} if contenders else {}
    prices = np.stack([eligible_cost(c, question) for c in drawn])
    best = np.argmin(prices, axis=0)
    some = np.isfinite(prices.min(axis=0))
    counts = np.bincount(best[some], minlength=len(drawn)) / prices.shape[1]
    shares |= {c.name: float(share) for c, share in zip(drawn, counts, strict=True)}
    return {**shares, NONE: float(1 - some.mean())}


def eligible_cost(c: Contender, question: Question) -> Floats:
    """Return the cost in each resample, infinite where the candidate would not have qualified by the point rule."""
    if c.costs is None or c.meets is None:
        message = f"{c.name} has no resamples"
        raise TypeError(message)
    fixed = Verdict.FAILED in required(c.result) or Verdict.NOT_TESTABLE in required(c.result) or c.gate is Gate.FAIL
    allowed = c.meets & (not fixed) & ~np.isnan(c.costs)
    if question.manual_cost is not None:
        allowed &= c.costs < question.manual_cost
    return np.where(allowed, c.costs, np.inf)
