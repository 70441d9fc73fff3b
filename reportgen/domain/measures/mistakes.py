"""Measures that weigh mistakes: how far off in ordered labels, and what each mistake costs (formulas.md 3.1)."""

from __future__ import annotations

import numpy as np

from reportgen.domain.measures.classification import expected, predicted
from reportgen.domain.measures.columns import judged, masked, over, ratio, remembered
from reportgen.domain.records.measure import Better, Family, Floats, Measure, Sample, Unit
from reportgen.domain.records.plan import Scope, Task

_TASK = frozenset({Task.CLASSIFICATION})


def _ranks(sample: Sample) -> tuple[Floats, Floats]:
    """Return the expected and the given rank of each observation; no readable label is the farthest rank."""

    def make() -> tuple[Floats, Floats]:
        if not sample.ranks:
            return np.zeros(len(sample.observations)), np.zeros(len(sample.observations))
        ranks, top = np.array(sample.ranks, dtype=np.float64), max(sample.ranks)
        truth, answer = expected(sample), predicted(sample)
        wanted = ranks[np.maximum(truth, 0)]
        farthest = np.where(wanted * 2 >= top, 0.0, float(top))
        return wanted, np.where(answer >= 0, ranks[np.maximum(answer, 0)], farthest)

    return remembered(sample, "ranks", make)


def _counted(sample: Sample) -> Floats:
    return judged(sample) * (expected(sample) >= 0)


def _squares(sample: Sample, scope: Scope) -> Floats:
    """Return (n, 6): one, both ranks, their squares, and the square of their distance: all that the kappa is made of."""
    wanted, given = _ranks(sample)
    return (
        masked(sample, scope, *(np.ones_like(wanted), wanted, given, wanted**2, given**2, (wanted - given) ** 2))
        * (_counted(sample)[:, None])
    )


def _distances(sample: Sample, scope: Scope) -> Floats:
    wanted, given = _ranks(sample)
    return masked(sample, scope, np.abs(wanted - given) * _counted(sample), _counted(sample))


def _kappa(sums: Floats) -> Floats:
    """Return 1 less observed over expected disagreement, weighted by the square of the distance; NaN where none can be."""
    n, e, g, ee, gg, apart = (sums[..., i] for i in range(6))
    return 1.0 - over(apart * n, n * ee + n * gg - 2.0 * e * g)


def _kappa_at_worst(sample: Sample) -> float:
    """Return how much of the kappa an answer at the far end takes, times the number of examples."""
    wanted, _ = _ranks(sample)
    spread = 2.0 * float(np.var(wanted[_counted(sample) > 0])) if _counted(sample).any() else 0.0
    return float(max(sample.ranks)) ** 2 / spread if spread else 1.0


def _no_order(sample: Sample, _: Scope) -> str:
    if not sample.ranks:
        return "the sheet Labels gives no Order"
    rows = _counted(sample) > 0
    return "" if rows.any() else "no row of this scope has an expected label"


def _no_kappa(sample: Sample, scope: Scope) -> str:
    told = _no_order(sample, scope)
    if told:
        return told
    wanted, given = (ranks[_counted(sample) > 0] for ranks in _ranks(sample))
    return "only one label occurs" if len(set(wanted) | set(given)) == 1 else ""


def mistake_cost(sample: Sample) -> Floats:
    """Return (n,): what the answer of each observation costs for what it was taken for; 0 where it is right."""

    def make() -> Floats:
        if not sample.mistakes:
            return np.zeros(len(sample.observations))
        table = np.array(sample.mistakes, dtype=np.float64)
        truth, answer = expected(sample), predicted(sample)
        found = table[np.maximum(truth, 0), np.where(answer >= 0, answer, len(sample.labels))]
        return np.asarray(np.where(truth >= 0, found, 0.0), dtype=np.float64)

    return remembered(sample, "mistake cost", make)


def _no_costs(sample: Sample, _: Scope) -> str:
    return "" if sample.mistakes else "the workbook has no sheet Mistake costs"


MEASURES: tuple[Measure, ...] = (
    Measure(
        "quadratic weighted kappa",
        "Agreement in the order of labels (quadratic weighted kappa)",
        Better.HIGHER,
        Unit.NUMBER,
        Family.MEAN,
        _TASK,
        _squares,
        _kappa,
        best=1.0,
        worst=_kappa_at_worst,
        ordered=True,
        explanation="Agreement beyond chance on ordered labels, a mistake weighed by its distance squared; 1 = all right.",
        why_not=_no_kappa,
    ),
    Measure(
        "mean distance in ranks",
        "How far off in the order of labels (mean distance in ranks)",
        Better.LOWER,
        Unit.NUMBER,
        Family.MEAN,
        _TASK,
        _distances,
        ratio,
        best=0.0,
        worst=lambda sample: float(max(sample.ranks)),
        ordered=True,
        explanation="The mean distance between the expected and the given label in their order; no label is the farthest.",
        why_not=_no_order,
    ),
    Measure(
        "mean cost of mistakes",
        "What mistakes cost a task (mean cost of mistakes)",
        Better.LOWER,
        Unit.MONEY,
        Family.MEAN,
        _TASK,
        lambda sample, scope: masked(sample, scope, mistake_cost(sample) * _counted(sample), _counted(sample)),
        ratio,
        best=0.0,
        worst=lambda sample: max(map(max, sample.mistakes)),
        of_mistakes=True,
        explanation="What answers cost a task by the sheet Mistake costs, for what they were taken for; right ones cost 0.",
        why_not=_no_costs,
    ),
)
