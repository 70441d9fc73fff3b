"""Measures of summaries and open answers: support, key facts, exact answers, overlap of wording (formulas.md 3.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from reportgen.domain.measures.columns import column, judged, masked, ratio, right
from reportgen.domain.records.measure import Better, Family, Floats, Measure, Observation, Sample, Unit
from reportgen.domain.records.plan import Scope, Task
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import Mark, Part, Reading

_SUMMARIES = frozenset({Task.SUMMARIZATION})
_ANSWERS = frozenset({Task.QUESTION_ANSWERING})
NOT_JUDGED = -1.0
"""In a remembered column: this observation has no part in the measure. Never leaves this module."""

Grade = Callable[[Observation, Reading], float]


def _share(parts: Iterable[Part], good: Mark, bad: Mark) -> float:
    marks = [p.mark for p in parts if p.mark in (good, bad)]
    return marks.count(good) / len(marks) if marks else NOT_JUDGED


def _supported(_: Observation, reading: Reading) -> float:
    """Return supported sentences over sentences; no answer is 0, and so is an answer without a sentence."""
    if reading.outcome is not Outcome.ANSWERED:
        return 0.0
    sentences = [p for p in reading.parts if p.name.startswith("sentence ")]
    return _share(sentences, Mark.SUPPORTED, Mark.UNSUPPORTED) if sentences else 0.0


def _covered(observation: Observation, reading: Reading) -> float:
    """Return covered key facts over key facts; no answer is 0; no key facts, no part in the measure."""
    facts = [p for p in reading.parts if p.name.startswith("fact ")]
    if reading.outcome is not Outcome.ANSWERED:
        owed = bool(facts) or bool(observation.example.key and observation.example.key.key_facts)
        return 0.0 if owed else NOT_JUDGED
    return _share(facts, Mark.COVERED, Mark.OMITTED)


def _extra(name: str) -> Grade:
    def grade(observation: Observation, reading: Reading) -> float:
        if reading.outcome is Outcome.ANSWERED:
            return reading.extras.get(name, NOT_JUDGED)
        key = observation.example.key
        return 0.0 if name in reading.extras or (key is not None and (key.reference or key.answers)) else NOT_JUDGED

    return grade


def _nowhere(name: str) -> Callable[[Sample, Scope], str]:
    """Return the reason for a figure that no answer carries: failures alone must not make it 0."""

    def why(sample: Sample, _: Scope) -> str:
        answered = [r for r in sample.readings() if r.outcome is Outcome.ANSWERED]
        return f"{name} was not computed for any answer" if answered and all(name not in r.extras for r in answered) else ""

    return why


def graded(name: str, grade: Grade, *, complement: bool = False) -> Callable[[Sample, Scope], Floats]:
    """Return the features (value, 1) of a figure of each example, (0, 0) where it was not judged."""

    def features(sample: Sample, scope: Scope) -> Floats:
        values = column(sample, name, grade)
        counted = (values != NOT_JUDGED) & (column(sample, "unscored", lambda o, _: float(bool(o.score.unscored))) == 0)
        shown = np.where(counted, 1.0 - values if complement else values, 0.0)
        return masked(sample, scope, shown, counted.astype(np.float64))

    return features


MEASURES: tuple[Measure, ...] = (
    Measure(
        "factual precision",
        "Sentences that the source supports (factual precision)",
        Better.HIGHER,
        Unit.SHARE,
        Family.MEAN,
        _SUMMARIES,
        graded("supported", _supported),
        ratio,
        best=1.0,
        explanation="For each summary the share of its sentences that the source supports, then the mean; no answer is 0.",
    ),
    Measure(
        "omission rate",
        "Key facts left out (omission rate)",
        Better.LOWER,
        Unit.SHARE,
        Family.MEAN,
        _SUMMARIES,
        graded("covered", _covered, complement=True),
        ratio,
        best=0.0,
        explanation="For each summary the share of the key facts that it leaves out, then the mean; no answer is 1.",
    ),
    Measure(
        "key-fact recall",
        "Key facts covered (key-fact recall)",
        Better.HIGHER,
        Unit.SHARE,
        Family.MEAN,
        _SUMMARIES,
        graded("covered", _covered),
        ratio,
        best=1.0,
        explanation="For each summary the share of the key facts that it covers, then the mean: 1 less the omission rate.",
    ),
    Measure(
        "ROUGE-L",
        "Overlap of wording (ROUGE-L)",
        Better.HIGHER,
        Unit.SHARE,
        Family.MEAN,
        _SUMMARIES | _ANSWERS,
        graded("ROUGE-L", _extra("ROUGE-L")),
        ratio,
        best=1.0,
        gateable=False,
        explanation="How much of the wording is shared with the reference, in order; shown, never decisive.",
        why_not=_nowhere("ROUGE-L"),
    ),
    Measure(
        "exact answer rate",
        "Answers exactly right (exact answer rate)",
        Better.HIGHER,
        Unit.SHARE,
        Family.SHARE,
        _ANSWERS,
        lambda sample, scope: masked(sample, scope, right(sample), judged(sample)),
        ratio,
        best=1.0,
        explanation="The share of answers that equal an accepted answer after normalisation.",
    ),
    Measure(
        "token F1",
        "Overlap of words with the accepted answer (token F1)",
        Better.HIGHER,
        Unit.SHARE,
        Family.MEAN,
        _ANSWERS,
        graded("token F1", _extra("token F1")),
        ratio,
        best=1.0,
        explanation="For each answer the F1 of its words against the nearest accepted one, then the mean; no answer is 0.",
        why_not=_nowhere("token F1"),
    ),
)
