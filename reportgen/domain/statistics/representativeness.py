"""Whether the corpus looks like production, because a good average over the wrong traffic decides nothing.

The effect size decides, not the p-value: with many examples every harmless difference is significant. Deliberate
oversampling of rare cases is fine, but then the figures must be weighted (`weighting`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

ROUNDS = 20_000
CLOSE = 0.05
"""Total variation up to which the corpus follows production."""
FAR = 0.15
"""Total variation from which on it does not."""
_ROUNDING = 1e-12
_FEWEST_EXPECTED = 5.0
_ROUNDS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Representativeness:
    """How far the corpus is from the production mix.

    `method` is "chi-square" or "Monte Carlo" and holds for both p-values. `psi` is None where a segment is missing (it
    would be infinite); `psi_limit` is its 95th percentile when the corpus is a fair sample of that size. `missing` names
    the segments of production without an example, `outside` the segments of the corpus without a share.
    """

    n: int
    chi_square: float
    chi_square_p: float
    g: float
    g_p: float
    method: str
    total_variation: float
    psi: float | None
    psi_limit: float
    missing: tuple[str, ...]
    outside: tuple[str, ...]

    @property
    def grade(self) -> str:
        """Return "close", "off" or "far" by the total variation."""
        if self.total_variation <= CLOSE + _ROUNDING:
            return "close"
        return "off" if self.total_variation <= FAR + _ROUNDING else "far"


def chi_square_statistic(observed: npt.NDArray[np.float64], expected: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return Pearson's Σ(o - e)²/e over the last axis; every expected count is above 0."""
    result: npt.NDArray[np.float64] = np.sum((observed - expected) ** 2 / expected, axis=-1)
    return result


def g_statistic(observed: npt.NDArray[np.float64], expected: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the likelihood ratio 2Σ o ln(o/e) over the last axis; an observed 0 adds nothing."""
    result: npt.NDArray[np.float64] = 2.0 * np.sum(special.xlogy(observed, observed / expected), axis=-1)
    return result


def total_variation(p: npt.NDArray[np.float64], w: npt.NDArray[np.float64]) -> float:
    """Return ½Σ|p - w|, the share of examples that would have to change segment."""
    return 0.5 * float(np.sum(np.abs(p - w)))


def population_stability(p: npt.NDArray[np.float64], w: npt.NDArray[np.float64]) -> float | None:
    """Return PSI = Σ(p - w) ln(p/w); None where one has a segment that the other lacks (it is infinite)."""
    if bool(np.any((p > 0.0) != (w > 0.0))):
        return None
    both = p > 0.0
    return float(np.sum((p[both] - w[both]) * np.log(p[both] / w[both])))


def psi_limit(n: int, segments: int) -> float:
    """Return the 95th percentile of PSI for a fair sample of n: n·PSI is about chi-square with k - 1 degrees of freedom.

    The usual thresholds .1 and .25 take no notice of n. Source: formulas.md 5.1.
    """
    return 0.0 if segments < 2 else float(special.chdtri(segments - 1, 0.05)) / n  # noqa: PLR2004 - one segment cannot differ


def compare_mix(counts: Mapping[str, int], shares: Mapping[str, float], *, seed: int = 1) -> Representativeness:
    """Return how far the segments of the corpus are from the production mix.

    Chi-square and G with their asymptotic p-values; where an expected count is below 5 the p-values are the shares (plus
    one) of 20,000 random samples of the production mix that are at least as far off. Source: formulas.md 5.1.

    Args:
        counts: examples in each segment of the corpus. Those outside the mix count for the total variation, not for the
            tests.
        shares: production share of each segment; need not add up to 1, segments with share 0 do not count.
        seed: of the random samples.

    Raises:
        ValueError: no example lies in a segment of the mix.
    """
    names = [name for name, share in shares.items() if share > 0.0]
    observed = np.array([counts.get(name, 0) for name in names], dtype=np.float64)
    n = int(observed.sum())
    if n == 0:
        message = "no example lies in a segment of the production mix, so there is nothing to compare"
        raise ValueError(message)
    w = np.array([shares[name] for name in names], dtype=np.float64)
    w = w / w.sum()
    outside = tuple(name for name, count in counts.items() if count > 0 and name not in names)
    everything = n + sum(counts[name] for name in outside)
    chi, g = float(chi_square_statistic(observed, n * w)), float(g_statistic(observed, n * w))
    if len(names) == 1:
        chi_p, g_p, method = 1.0, 1.0, "chi-square"
    elif float((n * w).min()) < _FEWEST_EXPECTED:
        (chi_p, g_p), method = _monte_carlo(chi, g, n, w, seed), "Monte Carlo"
    else:
        chi_p, g_p = (float(special.chdtrc(len(names) - 1, value)) for value in (chi, g))
        method = "chi-square"
    far = total_variation(np.append(observed, everything - n) / everything, np.append(w, 0.0))
    return Representativeness(
        n=n,
        chi_square=chi,
        chi_square_p=chi_p,
        g=g,
        g_p=g_p,
        method=method,
        total_variation=far,
        psi=population_stability(observed / n, w),
        psi_limit=psi_limit(n, len(names)),
        missing=tuple(name for name, count in zip(names, observed, strict=True) if count == 0),
        outside=outside,
    )


def _monte_carlo(chi: float, g: float, n: int, w: npt.NDArray[np.float64], seed: int) -> tuple[float, float]:
    """Return the Monte Carlo p-values of chi-square and G, from RandomState's frozen stream."""
    random = np.random.RandomState(seed % 2**32)
    further_chi = further_g = 0
    # Equal samples may differ in the last digits of their statistics.
    chi, g = chi - 1e-9 * max(1.0, chi), g - 1e-9 * max(1.0, g)
    for _ in range(ROUNDS // _ROUNDS_AT_ONCE):
        drawn = random.multinomial(n, w, size=_ROUNDS_AT_ONCE).astype(np.float64)
        further_chi += int(np.count_nonzero(chi_square_statistic(drawn, n * w) >= chi))
        further_g += int(np.count_nonzero(g_statistic(drawn, n * w) >= g))
    return (1.0 + further_chi) / (1.0 + ROUNDS), (1.0 + further_g) / (1.0 + ROUNDS)
