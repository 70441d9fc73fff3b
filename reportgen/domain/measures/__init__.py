"""Every measure of the contract in its order: one entry holds words, direction, unit, features and statistic."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from reportgen.domain.measures import classification, cost, extraction, line_items, mistakes, operations, repeats, text
from reportgen.domain.measures.added import added_measures, tells_rightness
from reportgen.domain.measures.columns import f1, missed_once, ratio
from reportgen.domain.records.measure import Better, Family, Floats, Measure, Sample, Unit
from reportgen.domain.records.plan import Comparator, Scope, ScopeKind, ServiceLevel, Task

__all__ = [
    "MEASURES",
    "OPERATIONS",
    "RIGHTNESS",
    "asks_for_right_answers",
    "f1_measure_counts",
    "measure_named",
    "primary_measure",
]

_PARTS = frozenset({Task.CLASSIFICATION, Task.EXTRACTION})
_LABEL_OR_FIELD = frozenset({ScopeKind.LABEL, ScopeKind.FIELD})


def f1_measure_counts(sample: Sample, scope: Scope) -> Floats:
    """Return (n, 3): true positives, false positives, false negatives of one label or field."""
    if scope.kind is ScopeKind.FIELD:
        return extraction.field_counts(sample, scope)
    return classification.label_counts(sample, scope)


def _precision(sample: Sample, scope: Scope) -> Floats:
    counts = f1_measure_counts(sample, scope)
    return counts[:, [0, 0]] + counts[:, [1, 1]] * [0.0, 1.0]


def _recall(sample: Sample, scope: Scope) -> Floats:
    counts = f1_measure_counts(sample, scope)
    return counts[:, [0, 0]] + counts[:, [2, 2]] * [0.0, 1.0]


def _totals(sample: Sample, scope: Scope) -> tuple[float, float, float]:
    if scope.kind is ScopeKind.FIELD:
        tp, fp, fn = extraction.field_counts(sample, scope).sum(axis=0).tolist()
        return tp, fp, fn
    return classification.label_totals(sample, scope.name)


def _undefined(sample: Sample, scope: Scope) -> str:
    counts = _totals(sample, scope)
    if scope.kind is ScopeKind.FIELD:
        return "" if any(counts) else "no document holds the field, and no value was given"
    return "" if counts[0] + counts[2] > 0 else f"no row expects the label {scope.name}"


def _never_given(sample: Sample, scope: Scope) -> str:
    counts = _totals(sample, scope)
    return _undefined(sample, scope) or ("" if counts[0] + counts[1] > 0 else "it was never given as an answer")


def _never_expected(sample: Sample, scope: Scope) -> str:
    counts = _totals(sample, scope)
    return _undefined(sample, scope) or ("" if counts[0] + counts[2] > 0 else "no document holds the field")


_F1 = Measure(
    "F1",
    "One label or field: precision and recall balanced (F1)",
    Better.HIGHER,
    Unit.SHARE,
    Family.MEAN,
    _PARTS,
    f1_measure_counts,
    f1,
    scopes=_LABEL_OR_FIELD,
    best=1.0,
    explanation="For one label or field, the harmonic mean of precision and recall.",
    further_errors=missed_once,
    why_not=_undefined,
)
_PRECISION = Measure(
    "precision",
    "One label or field: how often it is right when given (precision)",
    Better.HIGHER,
    Unit.SHARE,
    Family.SHARE,
    _PARTS,
    _precision,
    ratio,
    scopes=_LABEL_OR_FIELD,
    best=1.0,
    explanation="Of the times that the label or value was given, the share that was right.",
    why_not=_never_given,
)
_RECALL = Measure(
    "recall",
    "One label or field: how much of it is found (recall)",
    Better.HIGHER,
    Unit.SHARE,
    Family.SHARE,
    _PARTS,
    _recall,
    ratio,
    scopes=_LABEL_OR_FIELD,
    best=1.0,
    explanation="Of the rows that call for the label or value, the share that got it.",
    why_not=_never_expected,
)


def _ordered() -> Iterable[Measure]:
    yield from classification.MEASURES
    yield from (_F1, _PRECISION, _RECALL)
    yield from mistakes.MEASURES
    yield operations.INVALID
    yield from extraction.MEASURES
    yield from line_items.MEASURES
    yield from text.MEASURES
    yield from operations.LATENCY
    yield from cost.MEASURES
    yield from operations.RATES
    yield operations.SENT_ON
    yield from extraction.ITEM_MEASURES
    yield from repeats.MEASURES
    yield from extraction.QUOTE_MEASURES


class Measures(Mapping[str, Measure]):
    """Our own measures in the order of the contract, then those that other packages add."""

    def __init__(self, own: Iterable[Measure]) -> None:
        """Keep our own; what is added is looked up when it is asked for."""
        self.own: Mapping[str, Measure] = MappingProxyType({m.name: m for m in own})

    def added(self) -> tuple[Measure, ...]:
        """Return what other packages add. Raises NeedsMendingError where it cannot be used."""
        return added_measures(self.own)

    def __getitem__(self, name: str) -> Measure:
        return self.own[name] if name in self.own else {m.name: m for m in self.added()}[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*self.own, *(m.name for m in self.added())))

    def __len__(self) -> int:
        return len(self.own) + len(self.added())


MEASURES = Measures(_ordered())
"""All measures by name. Adding one here is one entry in one of the modules above; another package adds a `Metric`."""

_PRIMARY: Mapping[Task, str] = MappingProxyType(
    {
        Task.CLASSIFICATION: "macro F1",
        Task.EXTRACTION: "field F1",
        Task.SUMMARIZATION: "omission rate",
        Task.QUESTION_ANSWERING: "exact answer rate",
    }
)
RIGHTNESS = frozenset(
    {
        "accuracy",
        "macro F1",
        "weighted F1",
        "micro F1",
        "F1",
        "field F1",
        "field accuracy",
        "document exact match",
        "item precision",
        "item recall",
        "item F1",
        "line item F1",
        "row exact rate",
        "exact label set rate",
        "factual precision",
        "omission rate",
        "key-fact recall",
        "exact answer rate",
        "token F1",
        "quadratic weighted kappa",
        "mean distance in ranks",
        "mean cost of mistakes",
        "pass at every repeat",
    }
)
"""Measures that say how many answers are right; without a required level on one of them nothing can be recommended."""
_ALSO_WRITTEN: Mapping[str, str] = MappingProxyType({"field F1 (micro)": "field F1"})


def primary_measure(task: Task) -> Measure:
    """Return the measure that a task is judged by where the workbook names none."""
    return MEASURES[_PRIMARY[task]]


def measure_named(text: str, task: Task) -> Measure | None:
    """Return the measure of the task that a cell names, by its name or its plain words, or None.

    Case, spaces, hyphens, underscores and a final full stop do not matter.
    """
    added = _spellings(MEASURES.added(), task)
    return _OWN_SPELLINGS[task].get(_squash(text)) or added.get(_squash(text))


OPERATIONS = frozenset(operations.NOT_SCORES | {"known-failure pass rate"} | {m.name for m in operations.LATENCY})
"""Measures of how a candidate runs, not of what its answers hold."""


def asks_for_right_answers(level: ServiceLevel, task: Task) -> bool:
    """Return whether a level asks for right answers, and for more than any answers reach."""
    of = measure_named(level.measure, task)
    if of is None or not (of.name in RIGHTNESS or tells_rightness(of)):
        return False
    usual = Comparator.AT_LEAST if of.better is Better.HIGHER else Comparator.AT_MOST
    if level.comparator is not usual:
        return False
    return level.target > 0 if usual is Comparator.AT_LEAST else of.unit is not Unit.SHARE or level.target < 1


def _squash(text: str) -> str:
    return re.sub(r"[\s_\-‐-―]+", "", unicodedata.normalize("NFKC", text).casefold()).rstrip(".")


def _spellings(measures: Iterable[Measure], task: Task) -> dict[str, Measure]:
    known = {m.name: m for m in measures if task in m.tasks}
    spelled = {_squash(name): measure for name, measure in known.items()}
    spelled |= {_squash(m.words): m for m in known.values()}
    spelled |= {_squash(m.words.rsplit(" (", 1)[0]): m for m in known.values()}
    return spelled | {_squash(other): known[name] for other, name in _ALSO_WRITTEN.items() if name in known}


_OWN_SPELLINGS: Mapping[Task, Mapping[str, Measure]] = MappingProxyType(
    {task: MappingProxyType(_spellings(MEASURES.own.values(), task)) for task in Task}
)
