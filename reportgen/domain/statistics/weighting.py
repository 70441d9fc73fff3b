"""Estimates for production instead of for the spreadsheet: segments weighted by their share, related rows counted as one.

Two corrections of the same kind. Where the corpus holds segments in other shares than production, the headline is the
post-stratified estimate. Where rows belong together (one document, one customer), they say less than as many separate rows.
Both end in an effective sample size that the exact bound takes (Korn and Graubard 1998), since intervals of Wald's kind
cover 64 to 93 % instead of 95 % here (formulas.md 1.8).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from reportgen.domain.statistics.proportions import exact_interval, exact_lower, exact_upper, normal_quantile

FEWEST_CLUSTERS = 5
"""With fewer groups the spread between groups cannot be estimated: not testable."""
ENOUGH_CLUSTERS = 20
"""With fewer groups the corrected standard error and Student's t are used, and the figure is flagged."""


_NO_VARIANCE = 1e-15


@dataclass(frozen=True, slots=True)
class PostStratified:
    """A share weighted to the production mix. `low` and `high` are shown, `lower` and `upper` (one-sided) decide.

    `n_effective` is what the variance is worth in independent rows (inf where no row varies), `n_star` what the exact
    bound is given. `covered` is the share of production whose segments were observed. `max_weight_ratio` compares the
    rows that stand for most and for least of production.
    """

    value: float
    low: float
    high: float
    lower: float
    upper: float
    n_effective: float
    n_star: float
    covered: float
    max_weight_ratio: float


@dataclass(frozen=True, slots=True)
class ClusteredShare:
    """A share of rows that belong to groups; the fields as in `PostStratified`, `clusters` the number of groups.

    `flag` is empty, or a sentence to print beside the figure. With fewer than `FEWEST_CLUSTERS` groups `testable` is
    False and the bounds are those of `clusters` independent rows.
    """

    value: float
    low: float
    high: float
    lower: float
    upper: float
    standard_error: float
    n_effective: float
    n_star: float
    clusters: int
    testable: bool
    flag: str


@dataclass(frozen=True, slots=True)
class _Stratum:
    """One or several neighbouring strata that variance is computed in: share of production, rows, successes."""

    share: float
    n: float
    x: float


def example_weights(segments: Sequence[str], shares: Mapping[str, float]) -> npt.NDArray[np.float64]:
    """Return the weight of each example that makes the corpus look like production: W_h / (n_h / n), mean 1.

    Shares of segments without an example are spread over the observed ones in proportion; an example whose segment has no
    share in production weighs 0. All weights are 0 where no segment of production was observed.

    Args:
        segments: segment of each of the n examples.
        shares: production share of each segment; need not add up to 1.
    """
    counts: dict[str, int] = {}
    for segment in segments:
        counts[segment] = counts.get(segment, 0) + 1
    covered = math.fsum(shares.get(segment, 0.0) for segment in counts)
    if covered <= 0.0:
        return np.zeros(len(segments))
    weight = {segment: shares.get(segment, 0.0) / covered * len(segments) / n for segment, n in counts.items()}
    return np.array([weight[segment] for segment in segments])


def covered_share(segments: Sequence[str], shares: Mapping[str, float]) -> float:
    """Return the share of production whose segments have at least one example: "covers 93 % of production"."""
    seen = set(segments)
    return math.fsum(share for name, share in shares.items() if name in seen) / math.fsum(shares.values())


def kish(weights: npt.NDArray[Any]) -> float:
    """Return Kish's effective sample size (Σw)² / Σw², 0 where all weights are 0. Source: Kish 1965."""
    squares = float(np.sum(weights**2))
    return 0.0 if squares == 0.0 else float(np.sum(weights)) ** 2 / squares


def _student_quantile(probability: float, degrees: float) -> float:
    return float(special.stdtrit(degrees, probability))


def _collapsed(strata: Sequence[_Stratum]) -> list[_Stratum]:
    """Join every stratum of one row with the next, the last with the one before: a single row has no variance."""
    joined: list[_Stratum] = []
    for stratum in strata:
        if joined and joined[-1].n < 2:  # noqa: PLR2004 - a variance needs two rows
            before = joined.pop()
            joined.append(_Stratum(before.share + stratum.share, before.n + stratum.n, before.x + stratum.x))
        else:
            joined.append(stratum)
    if len(joined) > 1 and joined[-1].n < 2:  # noqa: PLR2004 - as above
        last, before = joined.pop(), joined.pop()
        joined.append(_Stratum(before.share + last.share, before.n + last.n, before.x + last.x))
    return joined


def _variance(strata: Sequence[_Stratum]) -> float:
    """Return Σ W_h² p_h (1 - p_h) / (n_h - 1)."""
    return math.fsum(s.share**2 * (s.x / s.n) * (1.0 - s.x / s.n) / (s.n - 1.0) for s in strata if s.n > 1 and 0 < s.x < s.n)


def post_stratified(
    x_by_stratum: Mapping[str, float],
    n_by_stratum: Mapping[str, float],
    shares: Mapping[str, float],
    *,
    confidence: float = 0.95,
    alpha: float = 0.05,
) -> PostStratified:
    """Return a share weighted to the production mix with Korn and Graubard's interval.

    p_W = Σ W_h x_h / n_h, Var = Σ W_h² p_h(1 - p_h)/(n_h - 1), n_eff = p_W(1 - p_W)/Var, n* = min(n_eff (z/t_{n-H})², n),
    then Clopper-Pearson with x* = p_W n*. Where no stratum varies, n* is Kish's 1/Σ(W_h²/n_h). A stratum with one row is
    joined with its neighbour in the declared order for the variance only. Source: Korn and Graubard 1998; R
    `survey::svyciprop(method = "beta")`; formulas.md 1.8.

    Args:
        x_by_stratum: successes in each segment.
        n_by_stratum: examples in each segment.
        shares: production share W_h of each segment in the declared order; those without an example leave `covered` below
            1 and the others take their place in proportion. Segments without a share do not count.
        confidence: two-sided level of `low` and `high`.
        alpha: one-sided error probability of `lower` and `upper`.

    Raises:
        ValueError: no segment with a share has an example, or a count does not fit.
    """
    observed = [name for name, share in shares.items() if share > 0.0 and n_by_stratum.get(name, 0) > 0]
    total_share = math.fsum(shares.values())
    covered = math.fsum(shares[name] for name in observed)
    if not observed:
        message = "no segment of the production mix has an example, so nothing can be weighted"
        raise ValueError(message)
    strata = [_Stratum(shares[name] / covered, n_by_stratum[name], x_by_stratum.get(name, 0.0)) for name in observed]
    if any(not 0.0 <= s.x <= s.n for s in strata):
        message = "expected 0 <= successes <= examples in every segment"
        raise ValueError(message)
    n = math.fsum(s.n for s in strata)
    value = min(1.0, max(0.0, math.fsum(s.share * s.x / s.n for s in strata)))
    for_variance = _collapsed(strata)
    variance = _variance(for_variance)
    weights_kish = 1.0 / math.fsum(s.share**2 / s.n for s in strata)
    if variance > 0.0:
        n_effective = value * (1.0 - value) / variance
        n_star = min(n_effective * _shrink(n - len(for_variance)), n)
    else:
        n_effective, n_star = math.inf, min(weights_kish, n)
    low, high = exact_interval(value * n_star, n_star, confidence)
    per_row = [s.share / s.n for s in strata]
    return PostStratified(
        value=value,
        low=low,
        high=high,
        lower=exact_lower(value * n_star, n_star, alpha),
        upper=exact_upper(value * n_star, n_star, alpha),
        n_effective=n_effective,
        n_star=n_star,
        covered=covered / total_share,
        max_weight_ratio=max(per_row) / min(per_row),
    )


def _shrink(degrees: float) -> float:
    """Return (z_.975 / t_.975)², what estimating the variance with so many degrees of freedom costs."""
    return (normal_quantile(0.975) / _student_quantile(0.975, max(1.0, degrees))) ** 2


def standard_error(scores: npt.NDArray[np.float64]) -> float:
    """Return the standard error of a mean of independent scores, √(Σ(s - mean)² / (n(n - 1))).

    Raises:
        ValueError: fewer than two scores.
    """
    n = len(scores)
    if n < 2:  # noqa: PLR2004 - a spread needs two scores
        message = "a standard error needs at least two scores"
        raise ValueError(message)
    return math.sqrt(float(np.sum((scores - scores.mean()) ** 2)) / (n * (n - 1)))


def clustered_share(
    successes: npt.NDArray[np.float64],
    groups: npt.NDArray[Any] | Sequence[Hashable],
    *,
    weights: npt.NDArray[np.float64] | None = None,
    confidence: float = 0.95,
    alpha: float = 0.05,
    most: float = math.inf,
) -> ClusteredShare:
    """Return a share of rows that belong to groups, with the exact interval at the effective sample size.

    n_eff = p(1 - p)/SE_cl², n* = min(n_eff, n); with fewer than 20 groups SE_cl is corrected and n_eff shrunk by
    (z/t_{G-1})². Where no group varies, n* is the effective number of groups (Σm)²/Σm², as if each spoke with one voice.
    Source: formulas.md 1.4 and 1.8.

    Args:
        successes: (n,) 0 or 1 for each row, n >= 1.
        groups: (n,) group of each row.
        weights: (n,) weights of the production mix (`example_weights`), None = all alike. The weighted share is a ratio
            of sums and its variance the linearised one.
        confidence: two-sided level of `low` and `high`.
        alpha: one-sided error probability of `lower` and `upper`.
        most: n* is never more: repeats of an example make no further examples.

    Raises:
        ValueError: the lengths differ, there is no row, or all weights are 0.
    """
    weight = np.ones(len(successes)) if weights is None else np.asarray(weights, dtype=np.float64)
    if not len(successes) == len(groups) == len(weight) or float(weight.sum()) <= 0.0:
        message = f"expected rows with one group and one weight each, found {len(successes)}, {len(groups)}, {len(weight)}"
        raise ValueError(message)
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    clusters, total = len(names), float(weight.sum())
    value = min(1.0, max(0.0, float(np.dot(weight, successes)) / total))
    sums = np.bincount(member, weights=weight * (successes - value), minlength=clusters)
    few = clusters < ENOUGH_CLUSTERS
    variance = float(np.sum(sums**2)) / total**2 * (clusters / (clusters - 1.0) if few and clusters > 1 else 1.0)
    voices = kish(np.bincount(member, weights=weight, minlength=clusters))
    testable = clusters >= FEWEST_CLUSTERS
    if variance > _NO_VARIANCE and 0.0 < value < 1.0:
        n_effective = value * (1.0 - value) / variance
        n_star = min(n_effective * (_shrink(clusters - 1.0) if few else 1.0), kish(weight))
    else:
        n_effective, n_star = math.inf, voices
    n_star = min(n_star, most if testable else min(most, voices))
    low, high = exact_interval(value * n_star, n_star, confidence)
    return ClusteredShare(
        value=value,
        low=low,
        high=high,
        lower=exact_lower(value * n_star, n_star, alpha),
        upper=exact_upper(value * n_star, n_star, alpha),
        standard_error=math.sqrt(variance),
        n_effective=n_effective,
        n_star=n_star,
        clusters=clusters,
        testable=testable,
        flag=_cluster_flag(clusters),
    )


def _cluster_flag(clusters: int) -> str:
    if clusters < FEWEST_CLUSTERS:
        return f"only {clusters} groups: too few to tell how much groups differ"
    if clusters < ENOUGH_CLUSTERS:
        return f"only {clusters} groups: the interval allows for so few"
    return ""
