"""Measures of classification, and the per-label figures, from one set of confusion columns (formulas.md 3.1)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reportgen.domain.measures.columns import (
    Bools,
    Ints,
    f1,
    first_asked,
    in_scope,
    judged,
    masked,
    missed_once,
    names,
    over,
    ratio,
    remembered,
    right,
)
from reportgen.domain.records.measure import Better, Family, Floats, Measure, Sample, Unit
from reportgen.domain.records.plan import Scope, Task
from reportgen.domain.records.response import Outcome

SMALL_CLASS = 5
"""Labels with fewer rows are shown as counts and cap macro F1 at LIKELY (formulas.md 1.5)."""

NONE = -1
_TASK = frozenset({Task.CLASSIFICATION})


def expected(sample: Sample) -> Ints:
    """Return the index of each observation's expected label in `sample.labels`, -1 = none."""

    def make() -> Ints:
        index = {name: i for i, name in enumerate(sample.labels)}
        keys = (o.example.key for o in sample.observations)
        return np.array([index.get(k.label or "", NONE) if k is not None else NONE for k in keys], dtype=np.int64)

    return remembered(sample, "expected label", make)


def predicted(sample: Sample) -> Ints:
    """Return the index of each observation's predicted label, -1 = none (invalid, abstained, failed).

    A recorded verdict rules: a response judged correct counts as its expected label, one judged wrong never does.
    """

    def make() -> Ints:
        index = {name: i for i, name in enumerate(sample.labels)}
        said = [index.get(r.label or "", NONE) if r.outcome is Outcome.ANSWERED else NONE for r in sample.readings()]
        answer, truth = np.array(said, dtype=np.int64), expected(sample)
        is_right = right(sample) > 0
        return np.where(is_right, truth, np.where(answer == truth, NONE, answer))

    return remembered(sample, "predicted label", make)


def expected_sets(sample: Sample) -> Bools:
    """Return (n, labels): which labels each observation expects, one or several."""

    def make() -> Bools:
        if not sample.several:
            return np.asarray(expected(sample)[:, None] == np.arange(len(sample.labels))[None, :])
        keys = (o.example.key for o in sample.observations)
        return _sets(sample, [(k.labels or ()) if k is not None else () for k in keys])

    return remembered(sample, "expected sets", make)


def predicted_sets(sample: Sample) -> Bools:
    """Return (n, labels): which labels each observation was given; none where no answer could be read."""

    def make() -> Bools:
        if not sample.several:
            return np.asarray(predicted(sample)[:, None] == np.arange(len(sample.labels))[None, :])
        return _sets(sample, [r.labels if r.outcome is Outcome.ANSWERED else () for r in sample.readings()])

    return remembered(sample, "predicted sets", make)


def _sets(sample: Sample, names: Sequence[Sequence[str]]) -> Bools:
    index = {name: i for i, name in enumerate(sample.labels)}
    table = np.zeros((len(names), len(index)), dtype=np.bool_)
    for row, found in enumerate(names):
        table[row, [index[name] for name in found if name in index]] = True
    return table


def tested_labels(sample: Sample, scope: Scope) -> tuple[int, ...]:
    """Return the labels that at least one judged row of the scope expects: the classes that macro F1 averages over."""
    rows = (in_scope(sample, scope) > 0) & (judged(sample) > 0)
    return tuple(np.flatnonzero(expected_sets(sample)[rows].sum(axis=0)).tolist())


def support(sample: Sample, scope: Scope) -> dict[str, int]:
    """Return how many judged examples of the scope expect each label, in the order of the labels."""
    rows = (in_scope(sample, scope) > 0) & (judged(sample) > 0) & (first_asked(sample) > 0)
    counts = expected_sets(sample)[rows].sum(axis=0)
    return dict(zip(sample.labels, counts.tolist(), strict=True))


def small_classes(sample: Sample, scope: Scope) -> tuple[tuple[str, int], ...]:
    """Return the tested labels with fewer than five rows, and their counts."""
    return tuple((name, n) for name, n in support(sample, scope).items() if 0 < n < SMALL_CLASS)


def _confusion(sample: Sample, scope: Scope, labels: Sequence[int]) -> Floats:
    """Return (n, 3m): true positives, false positives and false negatives of each of m labels, interleaved."""
    rows = in_scope(sample, scope) * judged(sample)
    result = np.empty((len(rows), len(labels), 3))
    wanted, given = expected_sets(sample)[:, labels], predicted_sets(sample)[:, labels]
    for place, cell in enumerate((wanted & given, given & ~wanted, wanted & ~given)):
        np.multiply(cell, rows[:, None], out=result[:, :, place])
    return result.reshape(len(rows), 3 * len(labels))


def label_counts(sample: Sample, scope: Scope) -> Floats:
    """Return (n, 3): true positives, false positives and false negatives of the scope's label."""
    if scope.name not in sample.labels:
        return np.zeros((len(sample.observations), 3))
    return _confusion(sample, scope, (sample.labels.index(scope.name),))


def label_totals(sample: Sample, name: str) -> tuple[float, float, float]:
    """Return true positives, false positives and false negatives of one label over the whole sample."""

    def make() -> Floats:
        rows = judged(sample) > 0
        truth, answer = expected_sets(sample)[rows], predicted_sets(sample)[rows]
        hits, given, wanted = (truth & answer).sum(axis=0), answer.sum(axis=0), truth.sum(axis=0)
        return np.stack([hits, given - hits, wanted - hits]).astype(np.float64)

    if name not in sample.labels:
        return 0.0, 0.0, 0.0
    tp, fp, fn = remembered(sample, "label totals", make)[:, sample.labels.index(name)].tolist()
    return tp, fp, fn


def _all_labels(sample: Sample, scope: Scope) -> Floats:
    return _confusion(sample, scope, tested_labels(sample, scope))


def _micro(sample: Sample, scope: Scope) -> Floats:
    """Return (n, 3): true positives, false positives and false negatives over all labels."""
    rows = in_scope(sample, scope) * judged(sample)
    truth, answer = expected_sets(sample), predicted_sets(sample)
    counts = [(truth & answer).sum(axis=1), (answer & ~truth).sum(axis=1), (truth & ~answer).sum(axis=1)]
    return np.stack(counts, axis=1) * rows[:, None]


def _no_label_at_all(sample: Sample, scope: Scope) -> str:
    return "" if _micro(sample, scope).any() else "no row of this scope has or was given a label"


def _macro(sums: Floats) -> Floats:
    """Return the mean of per-class F1 over the classes that occur; NaN where none does (formulas.md 1.5)."""
    each = f1(sums.reshape(*sums.shape[:-1], -1, 3))
    there = ~np.isnan(each)
    return over(np.where(there, each, 0.0).sum(axis=-1), there.sum(axis=-1))


def _weighted(sums: Floats) -> Floats:
    """Return per-class F1 weighted by the rows that expect each class."""
    cells = sums.reshape(*sums.shape[:-1], -1, 3)
    rows = cells[..., 0] + cells[..., 2]
    return over((np.nan_to_num(f1(cells)) * rows).sum(axis=-1), rows.sum(axis=-1))


def _no_labels(sample: Sample, scope: Scope) -> str:
    return "" if tested_labels(sample, scope) else "no row of this scope has an expected label"


def _macro_remarks(sample: Sample, scope: Scope) -> tuple[str, ...]:
    count = support(sample, scope)
    untested = [name for name, n in count.items() if n == 0]
    small = [f"{name} ({n})" for name, n in count.items() if 0 < n < SMALL_CLASS]
    return tuple(
        filter(
            None,
            (
                f"Not tested, and not in the mean: {names(untested)}." if untested else "",
                f"Unstable: fewer than {SMALL_CLASS} examples of {names(small)}." if small else "",
            ),
        )
    )


MEASURES: tuple[Measure, ...] = (
    Measure(
        "accuracy",
        "Right answers (accuracy)",
        Better.HIGHER,
        Unit.SHARE,
        Family.SHARE,
        _TASK,
        lambda sample, scope: masked(sample, scope, right(sample), judged(sample)),
        ratio,
        best=1.0,
        several=False,
        explanation="The share of examples whose label is right; no answer counts as wrong.",
    ),
    Measure(
        "micro F1",
        "Labels given and expected, over all of them (micro F1)",
        Better.HIGHER,
        Unit.SHARE,
        Family.MEAN,
        _TASK,
        _micro,
        f1,
        best=1.0,
        several=True,
        explanation="F1 over all labels of all examples: labels rightly given against those given or left out in error.",
        further_errors=missed_once,
        why_not=_no_label_at_all,
    ),
    Measure(
        "exact label set rate",
        "Examples with exactly the right labels (exact label set rate)",
        Better.HIGHER,
        Unit.SHARE,
        Family.SHARE,
        _TASK,
        lambda sample, scope: masked(sample, scope, right(sample), judged(sample)),
        ratio,
        best=1.0,
        several=True,
        explanation="The share of examples given all of their labels and no other; no answer counts as wrong.",
    ),
    Measure(
        "macro F1",
        "Right answers balanced over classes (macro F1)",
        Better.HIGHER,
        Unit.SHARE,
        Family.MEAN,
        _TASK,
        _all_labels,
        _macro,
        best=1.0,
        explanation="The mean over the labels of each label's F1, so that a rare label counts as much as a common one.",
        further_errors=missed_once,
        why_not=_no_labels,
        remarks=_macro_remarks,
    ),
    Measure(
        "weighted F1",
        "Right answers weighted by class size (weighted F1)",
        Better.HIGHER,
        Unit.SHARE,
        Family.MEAN,
        _TASK,
        _all_labels,
        _weighted,
        best=1.0,
        explanation="The mean over the labels of each label's F1, each weighted by how often the label is expected.",
        further_errors=missed_once,
        why_not=_no_labels,
    ),
)
