"""Control charts for a share that is measured every month: when a fall is more than chance, and how often chance says so.

Limits come from a baseline period. Where that period is short its own error widens them, so that the false-alarm rate that
is promised is also kept. Source: Montgomery, Statistical Quality Control; formulas.md section 8.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import special

from reportgen.domain.statistics.proportions import normal_quantile

ACTION_SIGMAS, WARNING_SIGMAS = 3.0, 2.0


@dataclass(frozen=True, slots=True)
class Count:
    """How many of `n` were right, in one run."""

    right: int
    n: int

    @property
    def share(self) -> float:
        """The share right."""
        return self.right / self.n


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a share: a point below `low` or above `high` is outside. `method` says how they were computed."""

    low: float
    high: float
    method: str


def tail(sigmas: float) -> float:
    """Return the chance that a normal value lies more than so many standard deviations below its mean."""
    return 0.5 * math.erfc(sigmas / math.sqrt(2.0))


def predictive_limits(baseline: Count, n: int, alpha: float) -> Limits:
    """Return exact limits of a count out of `n` when the centre is only known from a baseline of `baseline.n` rows.

    Given how many are right in both together, the count follows the hypergeometric law whatever the true share is, as in
    Fisher's exact test: at most `alpha` of all points lie outside on either side.
    """
    low = _first(n, lambda x: hypergeometric_cdf(x, x + baseline.right, n, baseline.n) > alpha)
    wrong = Count(baseline.n - baseline.right, baseline.n)
    high = n - _first(n, lambda x: hypergeometric_cdf(x, x + wrong.right, n, wrong.n) > alpha)
    return Limits(low / n, high / n, "exact, with the error of the baseline")


def control_limits(baseline: Count, n: int, sigmas: float = ACTION_SIGMAS) -> Limits:
    """Return the limits of a point of `n` rows, exact at every size, with the tail probability of so many sigma.

    Three-sigma limits around an estimated centre would do for many rows (formulas.md section 8), but the skewness of shares
    near 1 breaks the false-alarm rate there: 0.9 % a month instead of 0.5 % with 400 rows at 90 %.
    """
    return predictive_limits(baseline, n, tail(sigmas))


@lru_cache(maxsize=65_536)
def hypergeometric_cdf(x: int, hits: int, n: int, others: int) -> float:
    """Return P(X <= x) where `hits` of `n + others` rows are right and X of them fall among the `n`."""
    least, most = max(0, hits - others), min(n, hits)
    if x >= most:
        return 1.0
    whole = _log_choose(n + others, hits)
    terms = (math.exp(_log_choose(n, k) + _log_choose(others, hits - k) - whole) for k in range(least, x + 1))
    return min(1.0, math.fsum(terms))


def _first(n: int, holds: Callable[[int], bool]) -> int:
    """Return the smallest x in 0 to n for which a condition holds that, once true, stays true."""
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def two_of_three(beyond: Sequence[bool]) -> bool:
    """Return the second Western Electric rule for the last point: it and one of the two before it are beyond two sigma."""
    return bool(beyond) and beyond[-1] and any(beyond[-3:-1])


def false_alarm_rate(baseline_runs: int = 3) -> float:
    """Return the chance that a month in which nothing changed breaks a rule of the chart, for falls alone.

    One point below three sigma, or this point and one of the two before it below two: at most Φ(-3) + 2·P(both below -2).
    The months share the error of the baseline, so two of them are correlated by 1 / (1 + baseline runs); the joint
    probability is ∫ φ(b) Φ((-2 - √ρ b) / √(1-ρ))² db.
    """
    shared = 1.0 / (1.0 + baseline_runs)
    grid = np.linspace(-9.0, 9.0, 3_601)
    density = np.exp(-0.5 * grid * grid) / math.sqrt(2.0 * math.pi)
    below = special.ndtr((-WARNING_SIGMAS - math.sqrt(shared) * grid) / math.sqrt(1.0 - shared))
    both = float(np.sum(density * below * below) * (grid[1] - grid[0]))
    return tail(ACTION_SIGMAS) + 2.0 * both


@dataclass(frozen=True, slots=True)
class Cusum:
    """The two sums after each point. `signal` is the index of the first point whose sum exceeds H, None = none does."""

    high: tuple[float, ...]
    low: tuple[float, ...]
    signal: int | None


def cusum(values: Sequence[float], target: float, slack: float, threshold: float) -> Cusum:
    """Return the tabular CUSUM: C+ = max(0, x - (μ0 + K) + C+), C- = max(0, (μ0 - K) - x + C-); a sum above H signals.

    `slack` K is half the shift to be found and `threshold` H five sigma, in the unit of the values. Source: Montgomery.
    """
    up, down = [], []
    high = low = 0.0
    for value in values:
        high = max(0.0, value - (target + slack) + high)
        low = max(0.0, (target - slack) - value + low)
        up.append(high)
        down.append(low)
    signal = next((i for i, pair in enumerate(zip(up, down, strict=True)) if max(pair) > threshold), None)
    return Cusum(tuple(up), tuple(down), signal)


@dataclass(frozen=True, slots=True)
class Trend:
    """A linear trend of shares: change per unit of time with its interval, and Cochran and Armitage's test."""

    slope: float
    low: float
    high: float
    chi_square: float
    p: float


def cochran_armitage(counts: Sequence[Count], times: Sequence[float], confidence: float = 0.95) -> Trend | None:
    """Return the trend of shares over time, None where there is none to see: one time, or all right or all wrong.

    χ² = (Σ n(p - p̄)(t - t̄))² / (p̄q̄ Σ n(t - t̄)²), one degree of freedom; the slope is the weighted least-squares one, its
    interval from the binomial variance of each point. Source: Armitage 1955; R's `prop.trend.test`.
    """
    total = sum(c.n for c in counts)
    if total == 0:
        return None
    share = sum(c.right for c in counts) / total
    mean = sum(c.n * t for c, t in zip(counts, times, strict=True)) / total
    spread = sum(c.n * (t - mean) ** 2 for c, t in zip(counts, times, strict=True))
    if spread == 0.0 or share in {0.0, 1.0}:
        return None
    moment = sum((c.right - c.n * share) * (t - mean) for c, t in zip(counts, times, strict=True))
    slope = moment / spread
    variance = sum(c.n * c.share * (1 - c.share) * (t - mean) ** 2 for c, t in zip(counts, times, strict=True) if c.n)
    half = normal_quantile(0.5 + confidence / 2.0) * math.sqrt(variance) / spread
    chi_square = moment * moment / (share * (1.0 - share) * spread)
    return Trend(slope, slope - half, slope + half, chi_square, math.erfc(math.sqrt(chi_square / 2.0)))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
