"""Which answers may go out unseen: risk against coverage, and a threshold on confidence that carries a guarantee.

The largest coverage whose observed risk meets the target breaks that target in about one sample in two. Testing a fixed
sequence of thresholds from strict to lax, each by an exact bound, and stopping at the first that fails, does so in at most
alpha of all samples (Angelopoulos et al. 2021, arXiv:2110.01052; Geifman and El-Yaniv 2017; formulas.md 4.2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reportgen.domain.statistics.proportions import exact_upper

Floats = npt.NDArray[np.float64]

GRID = (0.99, 0.98, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0)
"""The thresholds that are tried, strict to lax; fixed beforehand, so that the data cannot choose them."""
BINS = 10
_START = 2
"""The first threshold must accept this many times the fewest answers that could prove the target."""


def area_under_risk_coverage(confidence: Floats, wrong: Floats) -> float:
    """Return the mean share of errors among the most confident 1, 2, ... n answers; of equals, errors come first.

    Raises ValueError where there is no answer or the lengths differ.
    """
    _check(confidence, wrong)
    order = np.lexsort((-wrong, -confidence))
    return float((np.cumsum(wrong[order]) / np.arange(1, len(wrong) + 1)).mean())


@dataclass(frozen=True, slots=True)
class SafeThreshold:
    """What the fixed sequence found. `threshold` None = none is safe; `needed` = answers that the first test asks for.

    `accepted` and `errors` are those of the chosen threshold, `upper` the exact upper bound of its error rate.
    """

    threshold: float | None
    needed: int
    accepted: int = 0
    errors: int = 0
    upper: float | None = None


def safe_threshold(
    confidence: Floats,
    wrong: Floats,
    target: float,
    *,
    alpha: float = 0.05,
    grid: Sequence[float] = GRID,
    start: int = _START,
) -> SafeThreshold:
    """Return the laxest threshold that the fixed sequence accepts: error rate among accepted <= target with 1 - alpha.

    Testing starts at the first threshold that accepts at least `start`·⌈ln alpha / ln(1 - target)⌉ answers, which only the
    confidences decide, and stops at the first whose exact upper bound passes the target.

    Args:
        confidence: (n,) stated confidence of each answer.
        wrong: (n,) 1 where the answer is wrong.
        target: error rate among accepted answers that may not be passed, strictly between 0 and 1.
        alpha: chance of being wrong about that.
        grid: thresholds from strict to lax.
        start: see above.

    Raises:
        ValueError: the lengths differ, or the target is no share.
    """
    if len(confidence) != len(wrong) or not 0.0 < target < 1.0:
        message = f"expected as many errors as confidences and a target between 0 and 1, found target {target}"
        raise ValueError(message)
    needed = start * math.ceil(math.log(alpha) / math.log1p(-target))
    chosen = SafeThreshold(None, needed)
    for threshold in grid:
        accepted = confidence >= threshold
        many = int(accepted.sum())
        if many < needed:
            continue
        errors = int(wrong[accepted].sum())
        upper = exact_upper(errors, many, alpha)
        if upper > target:
            break
        chosen = SafeThreshold(threshold, needed, many, errors, upper)
    return chosen


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose confidence lies in [low, high), the last one closed: how many, mean confidence, share right."""

    low: float
    high: float
    answers: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far stated confidence can be believed: Brier score, expected calibration error, and the filled bins of ten."""

    answers: int
    brier: float
    error: float
    bins: tuple[Bin, ...]


def calibration(confidence: Floats, wrong: Floats) -> Calibration:
    """Return Brier score mean (c - right)², and Σ n_b/n · |share right - mean confidence| over ten equal bins.

    Raises ValueError where there is no answer or the lengths differ.
    """
    _check(confidence, wrong)
    right = 1.0 - wrong
    place = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    bins = tuple(
        Bin(b / BINS, (b + 1) / BINS, int(inside.sum()), float(confidence[inside].mean()), float(right[inside].mean()))
        for b in range(BINS)
        if (inside := place == b).any()
    )
    error = sum(b.answers * abs(b.right - b.confidence) for b in bins) / len(wrong)
    return Calibration(len(wrong), float(((confidence - right) ** 2).mean()), error, bins)


def _check(confidence: Floats, wrong: Floats) -> None:
    if not len(confidence) or len(confidence) != len(wrong):
        message = f"expected as many errors as confidences, at least one, found {len(confidence)} and {len(wrong)}"
        raise ValueError(message)
