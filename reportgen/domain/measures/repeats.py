"""Measures of examples that are asked more than once: do the answers agree, are all of them right (formulas.md 3.1)."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from reportgen.domain.measures.columns import in_scope, judged, ratio, remembered, right
from reportgen.domain.records.measure import Better, Family, Floats, Measure, Observation, Sample, Unit
from reportgen.domain.records.plan import Scope, Task
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import Part

_ALL = frozenset(Task)


def asked_together(sample: Sample) -> list[list[int]]:
    """Return the places of the answers to each example, in the order of the sample."""

    def make() -> list[list[int]]:
        places: dict[str, list[int]] = {}
        for place, observation in enumerate(sample.observations):
            places.setdefault(observation.example.first_id, []).append(place)
        return list(places.values())

    return remembered(sample, "asked together", make)


def agree(one: Observation, other: Observation) -> bool:
    """Return whether two answers to one example say the same, by the task's own comparison; what is no answer never does.

    Two labels, or sets of them, are the same label; parts agree where both are right, or hold the same words.
    """
    a, b = one.score.strict, other.score.strict
    if a.outcome is not Outcome.ANSWERED or b.outcome is not Outcome.ANSWERED:
        return False
    if a.label is not None or b.label is not None:
        return (a.label, sorted(a.labels)) == (b.label, sorted(b.labels))
    if len(a.parts) != len(b.parts) or any(p.name.startswith("sentence ") for p in a.parts):
        return _words(one.response.text) == _words(other.response.text)
    return all(_same(p, q) for p, q in zip(a.parts, b.parts, strict=True))


def _same(one: Part, other: Part) -> bool:
    return one.name == other.name and ((one.mark.right and other.mark.right) or _words(one.found) == _words(other.found))


def _words(text: str) -> list[str]:
    return text.casefold().split()


def _by_example(sample: Sample, scope: Scope, shares: Floats, counted: Floats) -> Floats:
    """Return (n, 2): the figure of each example at its first answer, zeros at those of its repeats."""
    features = np.zeros((len(sample.observations), 2))
    firsts = [places[0] for places in asked_together(sample)]
    features[firsts, 0], features[firsts, 1] = shares * counted, counted
    return features * in_scope(sample, scope)[:, None]


def _consistency(sample: Sample, scope: Scope) -> Floats:
    def make() -> Floats:
        rows = sample.observations
        pairs = [list(combinations(places, 2)) for places in asked_together(sample)]
        return np.array([sum(agree(rows[i], rows[j]) for i, j in two) / max(1, len(two)) for two in pairs])

    shares = remembered(sample, "consistency", make)
    return _by_example(sample, scope, shares, np.ones(len(shares)))


def _every_time(sample: Sample, scope: Scope) -> Floats:
    well, known = right(sample), judged(sample)
    together = asked_together(sample)
    passed = np.array([well[places].min() for places in together])
    return _by_example(sample, scope, passed, np.array([known[places].min() for places in together]))


def _asked_once(sample: Sample, _: Scope) -> str:
    return "" if any(o.example.repeat > 1 for o in sample.observations) else "each example was asked once"


def _not_judged(sample: Sample, scope: Scope) -> str:
    return _asked_once(sample, scope) or ("" if judged(sample).any() else "no response could be judged")


def variances(sample: Sample) -> tuple[float, float]:
    """Return the variance of right answers between examples, and that within the answers to one example."""
    together = [places for places in asked_together(sample) if judged(sample)[places].all()]
    means = np.array([right(sample)[places].mean() for places in together])
    return float(means.var()), float((means * (1 - means)).mean())


def _split(sample: Sample, _: Scope) -> tuple[str, ...]:
    between, within = variances(sample)
    return (f"Variance of right answers: {between:.4f} between examples, {within:.4f} within the answers to one.",)


MEASURES: tuple[Measure, ...] = (
    Measure(
        "consistency",
        "Answers to the same example that agree (consistency)",
        Better.HIGHER,
        Unit.SHARE,
        Family.MEAN,
        _ALL,
        _consistency,
        ratio,
        best=1.0,
        of_repeats=True,
        explanation="The mean over examples of the share of pairs of its answers that say the same, right or wrong.",
        why_not=_asked_once,
    ),
    Measure(
        "pass at every repeat",
        "Examples answered rightly every time (pass at every repeat)",
        Better.HIGHER,
        Unit.SHARE,
        Family.SHARE,
        _ALL,
        _every_time,
        ratio,
        best=1.0,
        of_repeats=True,
        explanation="Of all planned examples, the share of which every answer is right.",
        why_not=_not_judged,
        remarks=_split,
    ),
)
