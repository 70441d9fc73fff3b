"""Recorded rows out of step with the examples: answers that fit the neighbouring row far better than their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scipy import special

from reportgen.domain.measures.classification import expected, predicted
from reportgen.domain.measures.columns import judged
from reportgen.domain.records.comparison import CandidateResult, Finding
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.measure import Measure, Sample
from reportgen.domain.records.plan import EvaluationPlan, Task
from reportgen.domain.wording.figures import percent
from reportgen.problems import Severity

JUMP = 0.2
FEWEST = 20
"""Readable answers with a neighbour, below which nothing is said."""
CHANCE = 0.001
"""Exact sign test over the rows on which own and neighbouring label give another result: no alarm above it."""


@dataclass(frozen=True, slots=True)
class Shift:
    """The share of answers that fit their own row and a neighbouring one, over the same `rows`; `step` +1 = one below."""

    own: float
    other: float
    step: int
    rows: int
    p: float

    @property
    def plain(self) -> bool:
        """Whether the rows are out of step beyond doubt."""
        return self.rows >= FEWEST and self.other - self.own > JUMP and self.p < CHANCE


def shifted(plan: EvaluationPlan, _: Corpus, results: Sequence[CandidateResult], __: Measure) -> Iterator[Finding]:
    """Yield candidates whose answers fit the neighbouring row much better than their own."""
    if plan.settings.task is not Task.CLASSIFICATION or plan.settings.several_labels:
        return
    for r in results:
        best = max((_held_against(r.sample, step) for step in (1, -1)), key=lambda s: s.other - s.own)
        if best.plain:
            side = "one row below" if best.step > 0 else "one row above"
            yield Finding(
                "rows-shifted",
                Severity.WARNING,
                r.spec.where or r.spec.name,
                f"The answers of {r.spec.name} fit the labels expected {side} far better ({percent(best.other)}) than their "
                f"own ({percent(best.own)}; {best.rows:,} answers that could be read): its rows seem to be out of step with "
                "the examples.",
                "Compare the example ids of its recorded outputs with the source.",
            )


def _held_against(sample: Sample, step: int) -> Shift:
    """Return how answers fit the row `step` further on, over the rows that have a readable answer and both labels."""
    if any(o.example.repeat > 1 for o in sample.observations):
        sample = replace(sample, observations=tuple(o for o in sample.observations if o.example.repeat == 1))
    truth, answer, whole = expected(sample), predicted(sample), judged(sample) > 0
    if len(truth) <= FEWEST:
        return Shift(1.0, 0.0, step, 0, 1.0)
    here, there = (slice(None, -1), slice(1, None)) if step > 0 else (slice(1, None), slice(None, -1))
    rows = (answer[here] >= 0) & (truth[here] >= 0) & (truth[there] >= 0) & whole[here]
    own, other = (answer[here] == truth[here])[rows], (answer[here] == truth[there])[rows]
    gained, lost = int((other & ~own).sum()), int((own & ~other).sum())
    if not rows.any() or not gained + lost:
        return Shift(1.0, 0.0, step, int(rows.sum()), 1.0)
    p = special.bdtrc(gained - 1, gained + lost, 0.5) if gained else 1.0
    return Shift(float(own.mean()), float(other.mean()), step, int(rows.sum()), float(p))
