"""Quantiles of latency with their uncertainty from ranks alone, because a bootstrap of a p95 covers too little.

Order statistics assume nothing about the distribution and bear failures as infinite latency: a rank is a rank. The decision
is the same statement in plain words, "at least q of all calls are within the limit", by the exact bound of that share.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import special

# q * n is rounded by the computer: 0.07 * 100 is 7.000000000000001, and its rank is 7.
_ROUNDING = 1e-9


def _at_least(k: int, n: int, q: float) -> float:
    """Return P(X >= k) of Binomial(n, q), the chance that the k-th smallest value lies at or below the q-quantile."""
    return 1.0 if k <= 0 else float(special.betainc(k, n - k + 1.0, q))


def upper_rank(n: int, q: float = 0.95, alpha: float = 0.05) -> int | None:
    """Return the smallest rank u whose value is at or above the q-quantile with confidence 1 - alpha; None = no rank is.

    u = min{k : P(Bin(n, q) <= k - 1) >= 1 - alpha}; ranks count from 1. Source: Hahn and Meeker 1991; formulas.md 1.6.
    """
    if n <= 0 or _at_least(n, n, q) > alpha:
        return None
    short, enough = 0, n
    while enough - short > 1:
        rank = (short + enough) // 2
        if _at_least(rank, n, q) <= alpha:
            enough = rank
        else:
            short = rank
    return enough


def lower_rank(n: int, q: float = 0.95, alpha: float = 0.05) -> int | None:
    """Return the largest rank l whose value is at or below the q-quantile with confidence 1 - alpha; None = no rank is.

    l = max{k : P(Bin(n, q) <= k - 1) <= alpha}; ranks count from 1. Source: Hahn and Meeker 1991; formulas.md 1.6.
    """
    if n <= 0 or float(special.bdtr(0, n, q)) > alpha:
        return None
    sure, unsure = 1, n + 1
    while unsure - sure > 1:
        rank = (sure + unsure) // 2
        if float(special.bdtr(rank - 1, n, q)) <= alpha:
            sure = rank
        else:
            unsure = rank
    return sure


def interval_ranks(n: int, q: float = 0.95, confidence: float = 0.95) -> tuple[int | None, int | None]:
    """Return the ranks (from 1) of the two-sided interval of the q-quantile; None = that end is not bounded by n values."""
    half = (1.0 - confidence) / 2.0
    return lower_rank(n, q, half), upper_rank(n, q, half)


def interval_coverage(n: int, low: int, high: int, q: float = 0.95) -> float:
    """Return the probability that [X_(low), X_(high)] holds the q-quantile: P(low <= Bin(n, q) < high)."""
    return float(special.bdtr(high - 1, n, q)) - (0.0 if low <= 0 else float(special.bdtr(low - 1, n, q)))


def _ordered(values: Sequence[float] | npt.NDArray[np.float64], q: float) -> npt.NDArray[np.float64]:
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    if ordered.size == 0 or np.isnan(ordered[-1]) or not 0.0 < q <= 1.0:
        message = "a quantile needs at least one value, no value that is not a number, and a level between 0 and 1"
        raise ValueError(message)
    return ordered


def nearest_rank(values: Sequence[float] | npt.NDArray[np.float64], q: float) -> float:
    """Return the observed value of rank ⌈q·n⌉: `np.quantile(values, q, method="inverted_cdf")`, infinite values allowed.

    Args:
        values: n >= 1 numbers in any order; +inf stands for a call that never answered.
        q: level in (0, 1].

    Raises:
        ValueError: there is no value, one is NaN, or q is no level.
    """
    ordered = _ordered(values, q)
    return float(ordered[max(1, math.ceil(q * ordered.size - _ROUNDING)) - 1])


def linear_percentile(values: Sequence[float] | npt.NDArray[np.float64], q: float) -> float:
    """Return the linearly interpolated quantile: Excel's PERCENTILE.INC, `np.quantile(values, q, method="linear")`.

    Between a finite and an infinite value the result is infinite, never NaN.

    Raises:
        ValueError: there is no value, one is NaN, or q is no level.
    """
    ordered = _ordered(values, q)
    position = q * (ordered.size - 1)
    below = min(math.floor(position + _ROUNDING), ordered.size - 1)
    share = position - below
    low = float(ordered[below])
    if share <= _ROUNDING:
        return low
    high = float(ordered[below + 1])
    return low + share * (high - low) if math.isfinite(high) else high
