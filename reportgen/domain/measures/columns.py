"""Columns of numbers read once from the observations, so that 77 labels do not mean 77 walks over the sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar, cast

import numpy as np
import numpy.typing as npt

from reportgen.domain.records.measure import Floats, Measure, Observation, Sample
from reportgen.domain.records.plan import Scope, ScopeKind
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import Mark, Reading

FAILED = frozenset({Outcome.ERROR, Outcome.TIMEOUT})

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
T = TypeVar("T")


def remembered(sample: Sample, name: str, make: Callable[[], T]) -> T:
    """Return `make()`, computed at most once for this sample."""
    if name not in sample.memo:
        sample.memo[name] = make()
    return cast("T", sample.memo[name])


def in_scope(sample: Sample, scope: Scope) -> Floats:
    """Return shape (n,): 1 for each observation of the segment, all ones for every other scope."""
    if scope.kind is not ScopeKind.SEGMENT:
        return np.ones(len(sample.observations))
    return np.asarray(segments(sample) == scope.name, dtype=np.float64)


def segments(sample: Sample) -> npt.NDArray[np.str_]:
    """Return the segment of each observation, empty where the row has none."""
    return remembered(sample, "segments", lambda: np.array([o.example.segment for o in sample.observations], dtype=np.str_))


def column(sample: Sample, name: str, of: Callable[[Observation, Reading], float]) -> Floats:
    """Return shape (n,): `of` for each observation and its chosen reading, remembered under `name`."""

    def make() -> Floats:
        pairs = zip(sample.observations, sample.readings(), strict=True)
        return np.fromiter((of(o, r) for o, r in pairs), dtype=np.float64, count=len(sample.observations))

    return remembered(sample, name, make)


def judged(sample: Sample) -> Floats:
    """Return 1 for each observation that could be judged at all."""
    return column(
        sample,
        "judged",
        lambda o, r: float(not o.score.unscored and (not r.parts or any(p.mark is not Mark.UNSCORED for p in r.parts))),
    )


def first_asked(sample: Sample) -> Floats:
    """Return 1 for the first answer to each example, 0 for those of its repeats."""
    return column(sample, "first asked", lambda o, _: float(o.example.repeat == 1))


def right(sample: Sample) -> Floats:
    """Return 1 for each judged observation whose every part is right."""
    return column(sample, "right", lambda _, r: float(r.right)) * judged(sample)


def failed(sample: Sample) -> Floats:
    """Return 1 for each observation that ended in an error or a timeout."""
    return column(sample, "failed", lambda o, _: float(o.response.outcome in FAILED))


def reviewed(sample: Sample) -> Floats:
    """Return 1 for each observation that a person looks at."""
    return column(sample, "reviewed", lambda o, _: float(bool(o.review)))


def masked(sample: Sample, scope: Scope, *columns: Floats) -> Floats:
    """Return the columns side by side, shape (n, k), zero outside the scope."""
    return np.stack(columns, axis=1) * in_scope(sample, scope)[:, None]


def ratio(sums: Floats) -> Floats:
    """Return column 0 over column 1 of (..., 2) sums, NaN where nothing was counted."""
    return over(sums[..., 0], sums[..., 1])


def over(above: Floats, below: Floats) -> Floats:
    """Return `above` / `below`, NaN where `below` is zero."""
    if np.all(np.asarray(below) > 0):
        return np.asarray(above / below)
    result = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=result, where=np.asarray(below) > 0)
    return result


def f1(sums: Floats) -> Floats:
    """Return 2tp / (2tp + fp + fn) of (..., 3) sums tp, fp, fn; NaN where the class occurs on neither side."""
    tp, fp, fn = sums[..., 0], sums[..., 1], sums[..., 2]
    return over(2 * tp, 2 * tp + fp + fn)


def missed_once(width: int) -> Floats:
    """Return, for sums tp, fp, fn of m labels (width 3m), the m rows of one more example of each label that is missed."""
    rows = np.zeros((width // 3, width))
    rows[:, 2::3] = np.eye(width // 3)
    return rows


def is_ratio(measure: Measure) -> bool:
    """Return whether the measure is one sum over another."""
    return measure.statistic is ratio


def names(items: Sequence[str], most: int = 5) -> str:
    """Return a list in words, cut after `most` names: `a, b and 3 more`."""
    if len(items) <= most:
        return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]])) if items else ""
    return f"{', '.join(items[:most])} and {len(items) - most} more"
