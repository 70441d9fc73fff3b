"""Comparison of two candidates on the same examples, because the pairing removes what makes examples easy or hard.

Right or wrong: Tango's score interval of the difference, which stands also where the two never disagree, and McNemar's exact
test. Other measures: the paired bootstrap (`bootstrap.resample_sums` with one seed) and approximate randomisation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from reportgen.domain.statistics.proportions import normal_quantile
from reportgen.domain.statistics.resampling import Floats, draw_exchanges, grouped, pieces, weighted_sums

_BISECTIONS = 60
_MOST_SUMS = 4_000_000
"""Sums of exchanged rows that are held at once: 32 MB."""
_ROUNDS_AT_ONCE = 320
"""At least so many rounds of all candidates that are exchanged together."""
# A swap that changes nothing gives the observed difference again but for rounding.
_TIE = 1e-12


def tango_score(b: float, c: float, n: float, difference: float) -> float:
    """Return Tango's score statistic z of the hypothesis that the true difference is `difference`.

    z(Δ) = (b - c - nΔ) / √(n(2q + Δ(1-Δ))), q = (√(B² - 4AC) - B) / 2A, A = 2n, B = -b - c + (2n - b + c)Δ, C = -cΔ(1-Δ).
    z(0)² is McNemar's chi-square. Source: Tango 1998, Statistics in Medicine 17:891; formulas.md 1.7.
    """
    numerator = b - c - n * difference
    linear = -b - c + (2.0 * n - b + c) * difference
    constant = -c * difference * (1.0 - difference)
    q = (math.sqrt(max(0.0, linear * linear - 8.0 * n * constant)) - linear) / (4.0 * n)
    variance = n * (2.0 * q + difference * (1.0 - difference))
    if variance <= 0.0:
        return math.copysign(math.inf, numerator) if numerator else 0.0
    return numerator / math.sqrt(variance)


def tango_lower(b: float, c: float, n: float, alpha: float = 0.05) -> float:
    """Return the one-sided lower bound of the difference in shares (b - c) / n at confidence 1 - alpha.

    Args:
        b: examples that only the first got right.
        c: examples that only the second got right.
        n: all examples, those on which both agree included.
        alpha: one-sided error probability, strictly between 0 and 1.

    Raises:
        ValueError: the counts do not fit, or n is 0 (there is nothing to compare).
    """
    if not (b >= 0 and c >= 0 and n > 0 and b + c <= n * (1 + 1e-9)):
        message = f"expected b, c >= 0 and b + c <= n, n > 0, found b = {b}, c = {c}, n = {n}"
        raise ValueError(message)
    z = normal_quantile(1.0 - alpha)
    low, high = -1.0, (b - c) / n
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2.0
        if tango_score(b, c, n, middle) > z:
            low = middle
        else:
            high = middle
    return low


def tango_upper(b: float, c: float, n: float, alpha: float = 0.05) -> float:
    """Return the one-sided upper bound: minus the lower bound with the two candidates exchanged."""
    return -tango_lower(c, b, n, alpha)


def tango(b: float, c: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Return Tango's two-sided score interval of the paired difference in shares (b - c) / n; see `tango_lower`."""
    half = (1.0 - confidence) / 2.0
    return tango_lower(b, c, n, half), tango_upper(b, c, n, half)


def mcnemar_exact(b: int, c: int) -> float:
    """Return McNemar's exact two-sided p-value 2·P(Bin(b + c, 1/2) <= min(b, c)), 1 where the two never disagree."""
    return 1.0 if b == c else min(1.0, 2.0 * float(special.bdtr(min(b, c), b + c, 0.5)))


def mcnemar_mid_p(b: int, c: int) -> float:
    """Return the mid-p variant: half the probability of the observed split counts. Source: Fagerland et al. 2013."""
    if b == c:
        return 1.0
    least = min(b, c)
    up_to = float(special.bdtr(least, b + c, 0.5))
    below = float(special.bdtr(least - 1, b + c, 0.5)) if least else 0.0
    return min(1.0, up_to + below)


def mcnemar_exact_greater(b: int, c: int) -> float:
    """Return the one-sided exact p-value of "b is not the larger": P(Bin(b + c, 1/2) >= b). Used for canary prompts."""
    return 1.0 if b == 0 else float(special.betainc(b, c + 1.0, 0.5))


def randomisation_ps(
    others: Iterable[Floats],
    reference: Floats,
    statistic: Callable[[Floats], Floats],
    *,
    seed: int,
    rounds: int = 10_000,
    groups: npt.NDArray[Any] | None = None,
) -> list[float]:
    """Return each candidate's approximate-randomisation p of "it does not matter which of it and the reference answered".

    In each round the two outputs of every example (of every group, where examples belong together) are exchanged with
    probability 1/2; p = (1 + #{|Δ*| >= |Δ|}) / (1 + rounds). A round that leaves the measure undefined counts as extreme.
    Where the observed difference is itself undefined no difference can be shown, and p is 1. All candidates meet the same
    exchanges, which are drawn once. Source: Noreen 1989; formulas.md 1.7.

    Args:
        others: (n, k) for each candidate, one row of sums for each example.
        reference: (n, k), the same examples in the same order.
        statistic: maps (..., k) sums to (...) values.
        seed: from `bootstrap.seed_of`; the same seed gives the same p.
        rounds: number of random exchanges.
        groups: (n,) group of each example; rows of one group are exchanged together.
    """
    every = (_Exchange.of(features, reference, statistic, groups) for features in others)
    found: list[float] = []
    while together := list(islice(every, max(1, _MOST_SUMS // (_ROUNDS_AT_ONCE * max(1, reference.shape[1]))))):
        extreme = np.zeros(len(together), dtype=np.int64)
        changes = [one.change for one in together]
        for piece in pieces(rounds, len(together) * reference.shape[1], _MOST_SUMS):
            shifts = weighted_sums(changes, draw_exchanges, seed=seed, replicates=piece.stop, first=piece.start)
            extreme += [one.extreme(shift, statistic) for one, shift in zip(together, shifts, strict=True)]
        found += ((1.0 + extreme) / (1.0 + rounds)).tolist()
    return found


@dataclass(frozen=True, slots=True)
class _Exchange:
    """One candidate against the reference: the sums of both, and what exchanging the outputs of a unit moves."""

    total: Floats
    reference: Floats
    change: Any
    observed: float
    """How far the two are apart, without a sign; NaN or infinite where that is undefined."""

    @classmethod
    def of(
        cls, features: Floats, reference: Floats, statistic: Callable[[Floats], Floats], groups: npt.NDArray[Any] | None
    ) -> _Exchange:
        """Raises ValueError where the two are not over the same examples."""
        if features.shape != reference.shape:
            message = f"expected the same examples for both, found shapes {features.shape} and {reference.shape}"
            raise ValueError(message)
        total, other = features.sum(axis=0), reference.sum(axis=0)
        observed = abs(float(statistic(total) - statistic(other)))
        return cls(total, other, grouped(reference - features, groups), observed)

    def extreme(self, shift: Floats, statistic: Callable[[Floats], Floats]) -> int:
        """Return how many rounds, whose sums moved by `shift` (rounds, k), set the two at least as far apart."""
        differences = np.abs(statistic(self.total + shift) - statistic(self.reference - shift))
        return int(np.count_nonzero(~(differences < self.observed - _TIE * max(1.0, self.observed))))
