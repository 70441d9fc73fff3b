"""What human review finds and what it lets through: review money is well spent only where it meets errors.

Source: formulas.md 4.1 to 4.6.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from reportgen.domain.estimating.costs import CostSide
from reportgen.domain.measures import measure_named
from reportgen.domain.measures.columns import judged, reviewed, right
from reportgen.domain.measures.cost import REVIEWER_FINDS, wrong
from reportgen.domain.records.measure import Floats, Sample
from reportgen.domain.records.plan import OVERALL, Comparator, EvaluationPlan, Importance
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.review_figures import Confidences, ErrorValue, ReviewFigures, Trials, Tried
from reportgen.domain.records.score import Score
from reportgen.domain.statistics.selective import area_under_risk_coverage, calibration, safe_threshold

USUAL_TARGET = 0.05
"""Share of wrong answers that may go out unseen where no required level says it."""
_RIGHT_ANSWERS = frozenset({"accuracy", "document exact match", "exact answer rate"})
_LEAST_MONEY = 1e-12


def confidences(scores: Sequence[Score], stated: Sequence[float | None]) -> Confidences:
    """Return the confidences of the answers that can be read, were judged, and state one."""
    pairs = [
        (c, 1.0 - score.strict.right)
        for score, c in zip(scores, stated, strict=True)
        if c is not None and not score.unscored and score.strict.outcome is Outcome.ANSWERED
    ]
    return Confidences(tuple(c for c, _ in pairs), tuple(w for _, w in pairs))


def error_value(side: CostSide, other: CostSide) -> ErrorValue | None:
    """Return L*, the money for one undetected error at which both cost the same; None where a cost or a share is unknown.

    L* = (C_A - C_B) / (ℓ_B - ℓ_A), costs without undetected errors (formulas.md 4.6).
    """
    a, b = (replace(s, terms=replace(s.terms, undetected_error_cost=None)) for s in (side, other))
    if a.total is None or b.total is None or a.rates.undetected is None or b.rates.undetected is None:
        return None
    gap, fewer = a.total - b.total, b.rates.undetected - a.rates.undetected
    careful = side.name if fewer > 0 else other.name
    if gap * fewer > 0:
        return ErrorValue(other.name, gap / fewer, careful, "")
    if abs(gap) > _LEAST_MONEY:
        return ErrorValue(other.name, None, "", side.name if gap < 0 else other.name)
    return ErrorValue(other.name, None, "", careful if abs(fewer) > _LEAST_MONEY else "")


def review_figures(
    plan: EvaluationPlan,
    samples: Mapping[str, Sample],
    sides: Sequence[CostSide],
    reference: str,
    trials: Mapping[str, Trials],
) -> dict[str, ReviewFigures]:
    """Return the review figures of every candidate, L* against `reference` (empty = the cheapest whose cost is known)."""
    against = next((s for s in sides if s.name == reference), None) or _cheapest(sides)
    found = {}
    for side in sides:
        sample = samples[side.name]
        seen, bad, said = reviewed(sample), wrong(sample), _answered(sample)
        given = sample.costs.reviewer_finds
        found[side.name] = ReviewFigures(
            rows=len(sample.observations),
            answered=int(said.sum()),
            answered_judged=int((said * judged(sample)).sum()),
            answered_right=int((said * right(sample)).sum()),
            reviewed=int(seen.sum()),
            wrong=int(bad.sum()),
            wrong_reviewed=int((seen * bad).sum()),
            undetected=side.rates.undetected,
            finds=REVIEWER_FINDS if given is None else given,
            finds_given=given is not None,
            triggers=Counter(o.review for o in sample.observations if o.review),
            error_value=None if against is None or against.name == side.name else error_value(side, against),
            tried=tried(plan, trials.get(side.name, Trials())),
        )
    return found


def _answered(sample: Sample) -> Floats:
    return np.array([r.outcome is Outcome.ANSWERED for r in sample.readings()], dtype=np.float64)


def _cheapest(sides: Sequence[CostSide]) -> CostSide | None:
    known = [(total, s) for s in sides if (total := s.total) is not None]
    return min(known, key=lambda pair: pair[0])[1] if known else None


def tried(plan: EvaluationPlan, trials: Trials) -> Tried | None:
    """Return what the confidences are worth; None where no eval row states one."""
    if not trials.eval.confidence:
        return None
    target, from_level = _target(plan)
    learned, scored = trials.train, trials.eval
    confidence, bad = np.array(scored.confidence), np.array(scored.wrong)
    chosen = None
    if learned.confidence:
        alpha = 1 - plan.settings.confidence
        chosen = safe_threshold(np.array(learned.confidence), np.array(learned.wrong), target, alpha=alpha)
    out = np.zeros(len(bad), dtype=np.bool_)
    if chosen is not None and chosen.threshold is not None:
        out = confidence >= chosen.threshold
    return Tried(
        target,
        from_level,
        chosen,
        len(learned.confidence),
        int(out.sum()),
        int(bad[out].sum()),
        area_under_risk_coverage(confidence, bad),
        calibration(confidence, bad),
    )


def _target(plan: EvaluationPlan) -> tuple[float, bool]:
    """Return the share of wrong answers that may go out: what the strictest required level on right answers leaves."""
    limits = [
        1 - level.target
        for level in plan.service_levels
        if level.importance is Importance.MUST
        and level.scope == OVERALL
        and level.comparator is Comparator.AT_LEAST
        and (of := measure_named(level.measure, plan.settings.task)) is not None
        and of.name in _RIGHT_ANSWERS
        and 0 < level.target < 1
    ]
    return (min(limits), True) if limits else (USUAL_TARGET, False)
