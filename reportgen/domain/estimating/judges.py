"""Who judged, and how far a judge may be believed: a witness is measured before its verdicts decide (formulas.md 3.3, 3.4).

A rule that stands in for a reader, or a model that was not calibrated against people on this task, carries no more than
LIKELY.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from reportgen.domain.measures.columns import remembered
from reportgen.domain.measures.operations import NOT_SCORES
from reportgen.domain.records.measure import Measure, Sample, Unit
from reportgen.domain.records.plan import OVERALL, Scope, ScopeKind
from reportgen.domain.records.routing import Route
from reportgen.domain.records.score import JudgeKind, Mark
from reportgen.domain.statistics.agreement import LEAST_SKILL, Agreement, gwet_ac1, kappa
from reportgen.domain.wording.figures import counted

NO_ROUTES: Mapping[str, Route] = MappingProxyType({})

PART_OF = {
    "factual precision": "sentence",
    "omission rate": "fact",
    "key-fact recall": "fact",
    "exact answer rate": "answer",
}
"""The kind of part whose verdicts a measure is made of."""
_STAND_IN = frozenset({"sentence", "fact"})
"""Parts of summaries, whose rule is only a stand-in for a reader."""
_QUOTES = frozenset({"citation accuracy", "quote found rate"})
_ITEMS = frozenset({"item precision", "item recall", "item F1"})
_NO_VERDICT = frozenset({"ROUGE-L", "token F1", "schema-valid rate", "invalid output rate"}) | _QUOTES | _ITEMS
"""Computed from the texts alone: nobody's verdict enters."""
LEAST_LABELS, LEAST_OF_EACH, LEAST_OF_ONE = 100, 30, 30
"""Labels by people that a calibration needs: in all, of good and of bad parts, and of each candidate's own answers."""


def judged_by(sample: Sample) -> Counter[tuple[str, JudgeKind]]:
    """Return how many parts each kind of judge judged, by kind of part (`sentence`, `fact`) or the part's name."""

    def make() -> Counter[tuple[str, JudgeKind]]:
        count: Counter[tuple[str, JudgeKind]] = Counter()
        for reading in sample.readings():
            count.update((kind_of(p.name), p.judged_by) for p in reading.parts if p.mark is not Mark.UNSCORED)
        return count

    return remembered(sample, "judges", make)


def kind_of(part: str) -> str:
    """Return `sentence` or `fact` for a numbered part, any other part's own name."""
    head, _, number = part.rpartition(" ")
    return head if head in _STAND_IN and number.isdecimal() else part


@dataclass(frozen=True, slots=True)
class JudgeRecord:
    """A model judge against people, on one kind of part, over all candidates.

    `good_said_good` of the parts that people call good were called good by the judge too, and so on; `labels` counts them by
    candidate.
    """

    kind: str
    good_said_good: int = 0
    good_said_bad: int = 0
    bad_said_good: int = 0
    bad_said_bad: int = 0
    labels: Mapping[str, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Return how many parts both judged."""
        return self.good + self.bad

    @property
    def good(self) -> int:
        """Return how many of them people call good."""
        return self.good_said_good + self.good_said_bad

    @property
    def bad(self) -> int:
        """Return how many of them people call bad."""
        return self.bad_said_good + self.bad_said_bad

    @property
    def sensitivity(self) -> float | None:
        """Return the share of good parts that the judge calls good, None where there is none."""
        return self.good_said_good / self.good if self.good else None

    @property
    def specificity(self) -> float | None:
        """Return the share of bad parts that the judge calls bad, None where there is none."""
        return self.bad_said_bad / self.bad if self.bad else None

    @property
    def table(self) -> list[list[int]]:
        """Return the counts: rows what people say (good, bad), columns what the judge says."""
        return [[self.good_said_good, self.good_said_bad], [self.bad_said_good, self.bad_said_bad]]

    def agreement(self, confidence: float) -> tuple[Agreement | None, Agreement | None]:
        """Return Cohen's kappa and Gwet's AC1, None where they are not defined."""
        return (kappa(self.table, confidence), gwet_ac1(self.table, confidence)) if self.n > 1 else (None, None)

    @property
    def why_not(self) -> str:
        """Return why the judge is not calibrated on this kind of part; empty = it is."""
        if self.n < LEAST_LABELS:
            return f"people judged {counted(self.n, 'part')} that it judged too, {LEAST_LABELS} are needed"
        if min(self.good, self.bad) < LEAST_OF_EACH:
            return f"of those that people judged {self.good} are good and {self.bad} bad, {LEAST_OF_EACH} of each are needed"
        if (self.sensitivity or 0.0) + (self.specificity or 0.0) <= LEAST_SKILL:
            return f"its sensitivity and specificity add up to no more than {LEAST_SKILL}: it is refused"
        return ""


def judge_records(samples: Mapping[str, Sample]) -> dict[str, JudgeRecord]:
    """Return how a model judge fared against people, by kind of part, over all candidates."""
    found: dict[str, Counter[tuple[bool, bool]]] = {}
    labels: dict[str, Counter[str]] = {}
    for name, sample in samples.items():
        for reading in sample.readings():
            for part in reading.parts:
                if part.model_mark is not None:
                    kind = kind_of(part.name)
                    found.setdefault(kind, Counter())[part.mark.right, part.model_mark.right] += 1
                    labels.setdefault(kind, Counter())[name] += 1
    return {
        kind: JudgeRecord(
            kind, both[True, True], both[True, False], both[False, True], both[False, False], dict(labels[kind])
        )
        for kind, both in found.items()
    }


def with_calibration(samples: Mapping[str, Sample], routes: Mapping[str, Route] = NO_ROUTES) -> dict[str, Sample]:
    """Return every sample with the kinds of part on which its model judge was calibrated, its own answers included.

    The answers of `routes`, by name, are those of two others, and count with these alone.
    """
    own = {name: sample for name, sample in samples.items() if name not in routes}
    records = [r for r in judge_records(own).values() if not r.why_not]
    known = {n: frozenset(r.kind for r in records if r.labels.get(n, 0) >= LEAST_OF_ONE) for n in own}
    known |= {name: known[route.first] & known[route.then] for name, route in routes.items()}
    return {name: replace(sample, calibrated=known[name]) if known[name] else sample for name, sample in samples.items()}


def judge_caps(sample: Sample, measure: Measure, scope: Scope) -> tuple[str, ...]:
    """Return why this figure's judges cap a verdict at LIKELY; empty for figures that are counted by a settled rule."""
    chosen = _chosen(sample, measure, scope)
    total = sum(chosen.values())
    caps = []
    if PART_OF.get(measure.name) in _STAND_IN and (by_rule := chosen.get(JudgeKind.RULE, 0)):
        caps.append(f"{by_rule} of {total} verdicts come from a rule that stands in for a reader")
    if cap := model_cap(sample, measure, scope):
        caps.append(cap)
    return tuple(caps)


def model_cap(sample: Sample, measure: Measure, scope: Scope = OVERALL) -> str:
    """Return the cap that a model's verdicts put on a figure, empty where none enters.

    A calibrated judge's figure is capped too until it is corrected for the judge's errors (`judge_correction`).
    """
    chosen = _chosen(sample, measure, scope)
    by_model, total = chosen.get(JudgeKind.MODEL, 0), sum(chosen.values())
    if not by_model:
        return ""
    calibrated = PART_OF.get(measure.name) in sample.calibrated
    lacks = (
        "is calibrated, but this figure is not corrected for its errors"
        if calibrated
        else ("was not calibrated against people")
    )
    return f"{by_model} of {total} verdicts come from a model that {lacks}"


def _chosen(sample: Sample, measure: Measure, scope: Scope) -> Counter[JudgeKind]:
    """Return how many of the verdicts behind a figure each kind of judge gave; empty where nobody's verdict enters."""
    chosen: Counter[JudgeKind] = Counter()
    if measure.unit is not Unit.SHARE or measure.name in _NO_VERDICT | NOT_SCORES:
        return chosen
    part = PART_OF.get(measure.name, "")
    wanted = part if part in _STAND_IN else scope.name if scope.kind is ScopeKind.FIELD else ""
    for (kind, judge), n in judged_by(sample).items():
        chosen[judge] += n if wanted in {"", kind} else 0
    return chosen
