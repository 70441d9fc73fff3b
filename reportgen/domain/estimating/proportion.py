"""One share with its exact bounds, on the effective number of independent examples where rows hang together or are weighted.

Plain rows: Wilson is shown, Clopper-Pearson decides. With groups the exact bound rests on p(1-p)/SE² of the clustered
standard error (formulas.md 1.4); with a production mix on Korn and Graubard's effective number (formulas.md 1.8).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from reportgen.domain.measures.columns import remembered, segments
from reportgen.domain.records.measure import Floats, Sample
from reportgen.domain.records.plan import Scope, ScopeKind
from reportgen.domain.statistics.proportions import exact_interval, exact_lower, exact_upper, wilson
from reportgen.domain.statistics.weighting import clustered_share, covered_share, example_weights, kish, post_stratified
from reportgen.domain.wording.figures import percent

FEWEST_GROUPS = 5
PLAIN_METHOD = "Wilson interval, exact (Clopper-Pearson) bound"
MOST_UNCOVERED = 0.20
CAPPED_UNCOVERED = 0.05
HEAVY_WEIGHT = 10.0


@dataclass(frozen=True, slots=True)
class Method:
    """How uncertainty is computed in one run. `mix` maps segments to production shares; empty = rows count alike."""

    confidence: float = 0.95
    resamples: int = 10_000
    seed: int = 1
    mix: Mapping[str, float] = field(default_factory=dict)

    @property
    def alpha(self) -> float:
        """The one-sided level of the bound that decides."""
        return 1.0 - self.confidence


PLAIN = Method()


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share with its two-sided interval and both one-sided bounds. `x` and `n` are counts of rows."""

    value: float
    low: float
    high: float
    lower: float
    upper: float
    x: int
    n: int
    n_effective: float
    method: str
    unweighted: float | None = None


def proportion(features: Floats, sample: Sample, scope: Scope, method: Method) -> Proportion | None:
    """Return the share of the rows of `features` (n, 2: numerator, denominator, each 0 or 1), None where no row counts."""
    counted = features[:, 1] > 0
    x, n = int(features[:, 0].sum()), int(counted.sum())
    if n == 0:
        return None
    weights = row_weights(sample, method)[counted] if weighs(sample, scope, method) else None
    if weights is not None and weights.sum() == 0:
        weights = None
    member = groups(sample)
    if member is not None and len(np.unique(member[counted])) < n:
        most = example_count(sample, counted) if asked_again(sample) else n
        return _clustered(features[counted, 0], member[counted], weights, method, most=most, noun=unit_noun(sample))
    if weights is None:
        interval = wilson(x, n, method.confidence)
        bounds = exact_lower(x, n, method.alpha), exact_upper(x, n, method.alpha)
        return Proportion(x / n, *interval, *bounds, x=x, n=n, n_effective=float(n), method=PLAIN_METHOD)
    if n == len(features):
        return _post_stratified(features, sample, method)
    return _weighted(features[counted, 0], weights, method)


def weighs(sample: Sample, scope: Scope, method: Method) -> bool:
    """Return whether the production mix weighs this figure: it does everywhere but inside one segment."""
    return bool(method.mix) and scope.kind is not ScopeKind.SEGMENT and covered(sample, method) > 0


def covered(sample: Sample, method: Method) -> float:
    """Return the share of production whose segments have at least one row; 1 without a mix."""
    if not method.mix:
        return 1.0
    return remembered(sample, "share of production covered", lambda: covered_share(segments(sample).tolist(), method.mix))


def row_weights(sample: Sample, method: Method) -> Floats:
    """Return (n,) weights by the production mix, mean 1; a row of a segment without a share weighs nothing."""
    return remembered(sample, "production weights", lambda: example_weights(segments(sample).tolist(), method.mix))


def mix_caps(sample: Sample, scope: Scope, method: Method) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """Return why the mix caps a verdict, why it forbids one, and what to print beside the figure."""
    if not method.mix or scope.kind is ScopeKind.SEGMENT:
        return (), "", ()
    share = covered(sample, method)
    missing = 1 - share
    notes = [] if missing < 1e-9 else [f"Covers {percent(share)} of production; the other segments have no example."]  # noqa: PLR2004 - rounding of shares
    if share > 0:
        weights = row_weights(sample, method)
        positive = weights[weights > 0]
        if positive.max() / positive.min() > HEAVY_WEIGHT:
            notes.append(f"Single examples weigh up to {positive.max() / positive.min():.0f} times as much as others.")
    if missing > MOST_UNCOVERED:
        return (), f"{percent(missing)} of production has no example in this sample", tuple(notes)
    caps = (f"{percent(missing)} of production has no example in this sample",) if missing > CAPPED_UNCOVERED else ()
    return caps, "", tuple(notes)


def groups(sample: Sample) -> npt.NDArray[np.int64] | None:
    """Return the group of each observation as a number, None where no two rows belong together."""

    def make() -> npt.NDArray[np.int64] | None:
        rows = [o.example for o in sample.observations]
        keys = [f"group {e.group}" if e.group else f"example {e.first_id}" for e in rows]
        index = {key: i for i, key in enumerate(dict.fromkeys(keys))}
        return None if len(index) == len(keys) else np.array([index[key] for key in keys], dtype=np.int64)

    return remembered(sample, "groups", make)


def asked_again(sample: Sample) -> bool:
    """Return whether examples were asked more than once: their answers are rows, and never raise the number of examples."""
    return remembered(sample, "asked again", lambda: any(o.example.repeat > 1 for o in sample.observations))


def example_count(sample: Sample, rows: npt.NDArray[np.bool_]) -> int:
    """Return how many examples the chosen rows are answers to."""
    if not asked_again(sample):
        return int(rows.sum())
    return len({o.example.first_id for o, taken in zip(sample.observations, rows, strict=True) if taken})


def unit_noun(sample: Sample) -> str:
    """Return what hangs together in this sample: `groups`, or `examples`, whose repeats do."""
    grouped = groups(sample) is not None and any(o.example.group for o in sample.observations)
    return "groups" if grouped else "examples"


def group_count(sample: Sample, rows: npt.NDArray[np.bool_]) -> int:
    """Return how many independent units the chosen rows make up."""
    member = groups(sample)
    return int(rows.sum()) if member is None else len(np.unique(member[rows]))


def too_few_groups(sample: Sample, rows: npt.NDArray[np.bool_]) -> str:
    """Return why clustered rows carry no verdict: fewer than five groups; empty where they do."""
    if groups(sample) is None or (units := group_count(sample, rows)) >= FEWEST_GROUPS or units == int(rows.sum()):
        return ""
    return f"the rows come from only {units} groups, at least {FEWEST_GROUPS} are needed"


def _clustered(
    successes: Floats,
    member: npt.NDArray[np.int64],
    weights: Floats | None,
    method: Method,
    *,
    most: int,
    noun: str,
) -> Proportion:
    found = clustered_share(successes, member, weights=weights, confidence=method.confidence, alpha=method.alpha, most=most)
    return Proportion(
        found.value,
        found.low,
        found.high,
        found.lower,
        found.upper,
        x=int(successes.sum()),
        n=len(successes),
        n_effective=found.n_star,
        method="exact interval and bound on the effective number of examples "
        + (f"in {found.clusters} groups" if noun == "groups" else f"among {found.clusters}, each asked more than once")
        + (", weighted by the production mix" if weights is not None else ""),
        unweighted=float(successes.mean()) if weights is not None else None,
    )


def _post_stratified(features: Floats, sample: Sample, method: Method) -> Proportion:
    """Return the share weighted by the production mix, with Korn and Graubard's interval (formulas.md 1.8)."""
    names = segments(sample)
    right = {s: float(features[names == s, 0].sum()) for s in method.mix}
    rows = {s: float((names == s).sum()) for s in method.mix}
    found = post_stratified(right, rows, method.mix, confidence=method.confidence, alpha=method.alpha)
    return Proportion(
        found.value,
        found.low,
        found.high,
        found.lower,
        found.upper,
        x=int(features[:, 0].sum()),
        n=len(features),
        n_effective=found.n_star,
        method="weighted by the production mix, Korn-Graubard interval and bound",
        unweighted=float(features[:, 0].sum() / len(features)),
    )


def _weighted(successes: Floats, weights: Floats, method: Method) -> Proportion:
    """Return a weighted share over part of the rows: exact bounds on Kish's effective number."""
    value = min(1.0, float(np.dot(weights, successes)) / float(weights.sum()))
    effective = kish(weights)
    interval = exact_interval(value * effective, effective, method.confidence)
    return Proportion(
        value,
        *interval,
        exact_lower(value * effective, effective, method.alpha),
        exact_upper(value * effective, effective, method.alpha),
        x=int(successes.sum()),
        n=len(successes),
        n_effective=effective,
        method="weighted by the production mix, exact interval and bound on the effective number",
        unweighted=float(successes.mean()),
    )


def smallest_where(values: Floats, holds: Callable[[float], bool]) -> float:
    """Return the smallest of the sorted values for which the monotone test holds, inf where it holds for none."""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if holds(float(values[middle])):
            high = middle
        else:
            low = middle + 1
    return float(values[low]) if low < len(values) else math.inf
