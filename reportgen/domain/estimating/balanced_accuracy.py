"""Two figures that a common label cannot flatter: balanced accuracy and Matthews' correlation (formulas.md 3.1).

Shown beside accuracy and macro F1, never decided on: 90 right of 91 with one label and 1 of 9 with the other is 91 % right
and a correlation of .14.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reportgen.domain.estimating.proportion import Method, groups, row_weights, weighs
from reportgen.domain.measures.classification import expected, predicted
from reportgen.domain.measures.columns import Ints, judged, over
from reportgen.domain.records.comparison import Balance, Beside
from reportgen.domain.records.measure import Floats, Sample
from reportgen.domain.records.plan import OVERALL
from reportgen.domain.statistics.bootstrap import percentile_interval, resample_sums
from reportgen.domain.statistics.resampling import seed_of

RESAMPLES = 2_000
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of the confusion matrix that occur: (cells, labels + 1) indicators; the last label is "no label"."""

    wanted: Floats
    given: Floats

    def balanced_accuracy(self, sums: Floats) -> Floats:
        """Return the mean recall over the labels that occur, for sums (..., cells)."""
        hits, rows = sums @ (self.wanted * self.given), sums @ self.wanted
        recalls = over(hits, rows)
        there = ~np.isnan(recalls)
        return over(np.where(there, recalls, 0.0).sum(axis=-1), there.sum(axis=-1))

    def matthews(self, sums: Floats) -> Floats:
        """Return Gorodkin's (2004) correlation of the labels expected with those given; NaN where one side never varies."""
        hits = sums @ (self.wanted * self.given).sum(axis=1)
        rows, said, total = sums @ self.wanted, sums @ self.given, sums.sum(axis=-1)
        spread = [total**2 - (side**2).sum(axis=-1) for side in (said, rows)]
        # With weights of a production mix a side that never varies comes out as a rounding error instead of 0.
        varies = [np.where(s > _ROUNDING * total**2, s, 0.0) for s in spread]
        return over(hits * total - (rows * said).sum(axis=-1), np.sqrt(varies[0] * varies[1]))


def balance(sample: Sample, method: Method) -> Balance | None:
    """Return both figures of a classification, weighted as its other figures are; None where no row could be judged."""
    rows = np.flatnonzero((judged(sample) > 0) & (expected(sample) >= 0))
    if not len(rows):
        return None
    many = len(sample.labels)
    said = np.where(predicted(sample) >= 0, predicted(sample), many)[rows]
    weights = row_weights(sample, method)[rows] if weighs(sample, OVERALL, method) else np.ones(len(rows))
    kinds, place = np.unique(np.stack([expected(sample)[rows], said, weights]), axis=1, return_inverse=True)
    indicator = np.eye(many + 1)
    cells = _Cells(indicator[kinds[0].astype(np.int64)], indicator[kinds[1].astype(np.int64)])
    counts = np.bincount(place, minlength=kinds.shape[1])
    draws = _draws(sample, method, rows, place, counts) * kinds[2]
    found = counts * kinds[2]
    return Balance(
        _beside(float(cells.balanced_accuracy(found)), cells.balanced_accuracy(draws), method),
        _beside(float(cells.matthews(found)), cells.matthews(draws), method),
        len(rows),
    )


def _draws(sample: Sample, method: Method, rows: Ints, place: Ints, counts: Ints) -> Floats:
    """Return how often each kind of row is drawn, (resamples, kinds): rows alone by the multinomial, groups as wholes."""
    seed = seed_of(str(method.seed), "balance")
    member = groups(sample)
    if member is None:
        total = int(counts.sum())
        random = np.random.RandomState(seed % 2**32)
        return random.multinomial(total, counts / total, RESAMPLES).astype(np.float64)
    from scipy import sparse  # noqa: PLC0415 - only rows in groups need it

    one = sparse.csr_array((np.ones(len(rows)), (np.arange(len(rows)), place)), shape=(len(rows), len(counts)))
    return resample_sums(one, seed=seed, resamples=RESAMPLES, groups=member[rows])


def _beside(value: float, draws: Floats, method: Method) -> Beside:
    if np.isnan(value):
        return Beside(None, None, None)
    low, high = percentile_interval(draws, method.confidence)
    return Beside(value, low if np.isfinite(low) else None, high if np.isfinite(high) else None)
