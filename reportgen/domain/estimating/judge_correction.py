"""A figure corrected for its judge's errors: prediction-powered inference over examples (formulas.md 3.4).

People's verdicts on some answers say how far the judge is off; the judge's verdicts on all the others say the rest. Failed
tasks need no judge: they count as they are, and the share that was answered multiplies the corrected figure.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from reportgen.domain.estimating.judges import PART_OF, kind_of, model_cap
from reportgen.domain.estimating.proportion import Method, groups, weighs
from reportgen.domain.records.measure import Better, Floats, Measure, Measurement, Sample
from reportgen.domain.records.plan import OVERALL
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import JudgeKind, Mark, Part
from reportgen.domain.statistics.agreement import Corrected, prediction_powered
from reportgen.domain.statistics.proportions import normal_quantile

NAME = "prediction-powered (PPI++)"
_LEAST = 2


def corrected(found: Measurement, sample: Sample, of: Measure, method: Method) -> Measurement:
    """Return a figure corrected for the judge's errors, and freed of the cap that a model's verdicts put on it.

    As it was where no model judged, where the judge is not calibrated on this candidate, or where rows are grouped or
    weighted by a production mix, for which the correction is not worked out.
    """
    kind = PART_OF.get(of.name, "")
    cap = model_cap(sample, of)
    plain = found.scope == OVERALL and groups(sample) is None and not weighs(sample, OVERALL, method)
    if not cap or kind not in sample.calibrated or not plain or found.value is None:
        return found
    estimate, labelled, judged = _estimate(sample, kind, method)
    if estimate is None:
        return found
    share, spread = _with_failures(estimate, labelled + judged, len(sample.observations))
    reach, one_sided = normal_quantile(0.5 + method.confidence / 2), normal_quantile(1 - method.alpha)
    ends = [share - reach * spread, share + reach * spread, share - one_sided * spread, share + one_sided * spread]
    good = [min(1.0, max(0.0, end)) for end in ends]
    if of.better is Better.LOWER:
        share, good = 1 - share, [1 - good[1], 1 - good[0], 1 - good[3], 1 - good[2]]
    low, high, lower, upper = good
    against, favour = (lower, upper) if of.better is Better.HIGHER else (upper, lower)
    told = f"{NAME}: {labelled} answers judged by people and by the judge, {judged} by the judge alone"
    return replace(
        found,
        value=share,
        low=low,
        high=high,
        bound=against,
        opposite_bound=favour,
        method=f"{told}; by the judge alone {found.value:.4f}",
        x=None,
        n_effective=None,
        caps=tuple(c for c in found.caps if c != cap),
    )


def recentred(values: Floats, found: Measurement, confidence: float) -> Floats:
    """Return the resamples of a figure moved and stretched to its corrected value and spread; others as they are."""
    if not found.method.startswith(NAME) or found.value is None or found.low is None or found.high is None:
        return values
    spread = float(np.nanstd(values)) if len(values) else 0.0
    if not spread:
        return values
    own = (found.high - found.low) / 2 / normal_quantile(0.5 + confidence / 2)
    return found.value + (values - np.nanmean(values)) * (own / spread)


def _estimate(sample: Sample, kind: str, method: Method) -> tuple[Corrected | None, int, int]:
    """Return the corrected share over the answered examples, and how many of them people judged and did not judge."""
    truth, judged, alone = [], [], []
    for reading in sample.readings():
        parts = [p for p in reading.parts if kind_of(p.name) == kind and p.mark is not Mark.UNSCORED]
        if reading.outcome is not Outcome.ANSWERED or not parts:
            continue
        said = float(np.mean([_said(p).right for p in parts]))
        if all(p.judged_by is JudgeKind.PERSON for p in parts):
            truth.append(float(np.mean([p.mark.right for p in parts])))
            judged.append(said)
        else:
            alone.append(said)
    if len(truth) < _LEAST or not alone:
        return None, len(truth), len(alone)
    found = prediction_powered(np.array(truth), np.array(judged), np.array(alone), confidence=method.confidence)
    return found, len(truth), len(alone)


def _said(part: Part) -> Mark:
    """Return the judge's mark of a part: its own where a person's took its place, else the rule's."""
    if part.judged_by is JudgeKind.PERSON:
        return part.model_mark or part.rule_mark or part.mark
    return part.mark


def _with_failures(answered: Corrected, n_answered: int, n: int) -> tuple[float, float]:
    """Return share and standard error over all planned examples: those without an answer count 0."""
    share = n_answered / n
    variance = share**2 * answered.standard_error**2 + answered.value**2 * share * (1 - share) / n
    return share * answered.value, math.sqrt(variance)
