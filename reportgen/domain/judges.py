"""Who judged: a verdict that a rule or an uncalibrated model gave cannot carry more than LIKELY (figures.md 3.3, 3.4)."""

from __future__ import annotations

from collections import Counter

from reportgen.domain.measure import Measure, Sample
from reportgen.domain.measures.columns import remembered
from reportgen.domain.plan import Scope, ScopeKind
from reportgen.domain.score import JudgeKind, Mark

_PART_OF = {"factual precision": "sentence", "omission rate": "fact", "key-fact recall": "fact"}
"""Measures of summaries whose rule is only a stand-in for a reader."""
_NO_VERDICT = frozenset({"ROUGE-L", "token F1", "schema-valid rate", "invalid output rate", "citation accuracy"})
"""Computed from the texts alone: nobody's verdict enters."""
_OPERATIONS = frozenset({"review rate", "retry rate", "failure rate"})


def judged_by(sample: Sample) -> Counter[tuple[str, JudgeKind]]:
    """Return how many parts each kind of judge judged, by kind of part (`sentence`, `fact`) or the part's name."""

    def make() -> Counter[tuple[str, JudgeKind]]:
        count: Counter[tuple[str, JudgeKind]] = Counter()
        for reading in sample.readings():
            count.update((_kind(p.name), p.judged_by) for p in reading.parts if p.mark is not Mark.UNSCORED)
        return count

    return remembered(sample, "judges", make)


def _kind(part: str) -> str:
    head, _, number = part.rpartition(" ")
    return head if head in {"sentence", "fact"} and number.isdecimal() else part


def judge_caps(sample: Sample, measure: Measure, scope: Scope) -> tuple[str, ...]:
    """Return why this figure's judges cap a verdict at LIKELY; empty for figures that are counted by a settled rule."""
    if measure.unit.value != "share" or measure.name in _NO_VERDICT | _OPERATIONS:
        return ()
    count = judged_by(sample)
    if measure.name in _PART_OF:
        part = _PART_OF[measure.name]
        chosen = {judge: n for (kind, judge), n in count.items() if kind == part}
    else:
        chosen = Counter[JudgeKind]()
        for (kind, judge), n in count.items():
            if scope.kind is not ScopeKind.FIELD or kind == scope.name:
                chosen[judge] += n
    total = sum(chosen.values())
    caps = []
    if measure.name in _PART_OF and (by_rule := chosen.get(JudgeKind.RULE, 0)):
        caps.append(f"{by_rule} of {total} verdicts come from a rule that stands in for a reader")
    if by_model := chosen.get(JudgeKind.MODEL, 0):
        caps.append(f"{by_model} of {total} verdicts come from a model that was not calibrated against people")
    return tuple(caps)
