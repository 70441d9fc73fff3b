"""Every candidate against production, else against the winner, on the very same rows (formulas.md 1.7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reportgen.domain.estimating.estimate import is_share
from reportgen.domain.estimating.proportion import Method, group_count, groups, row_weights, weighs
from reportgen.domain.estimating.replicates import Replicates
from reportgen.domain.records.comparison import PairedComparison
from reportgen.domain.records.measure import Floats, Measure, Sample, Unit
from reportgen.domain.records.plan import OVERALL
from reportgen.domain.statistics.bootstrap import percentile_interval
from reportgen.domain.statistics.multiplicity import holm
from reportgen.domain.statistics.paired import (
    mcnemar_exact,
    mcnemar_mid_p,
    randomisation_ps,
    tango,
    tango_lower,
    tango_upper,
)
from reportgen.domain.statistics.resampling import seed_of
from reportgen.domain.statistics.weighting import kish

_MOST_DRAWS = 200_000_000


@dataclass(frozen=True, slots=True)
class Joint:
    """Every candidate's sample and joint resamples, and the measure that is compared."""

    samples: Mapping[str, Sample]
    replicates: Mapping[str, Replicates]
    of: Measure
    method: Method


def compare_pairs(reference: str, names: Sequence[str], on: Joint) -> tuple[PairedComparison, ...]:
    """Return each candidate less the reference on the primary measure, with Holm-adjusted p over the comparisons.

    0/1 a row: Tango's score interval and the exact McNemar test. Graded figures, groups or a production mix: paired
    bootstrap on joint resamples and approximate randomisation. Rows that are not the same are not compared.
    """
    pairs = {name: _pair(name, reference, on) for name in names if name != reference}
    graded = [name for name, pair in pairs.items() if pair is None]
    pairs |= zip(graded, _graded(graded, reference, on), strict=True)
    found = [pair for pair in pairs.values() if pair is not None]
    testable = [i for i, c in enumerate(found) if c.p is not None]
    adjusted = holm([p for c in found if (p := c.p) is not None])
    for place, p in zip(testable, adjusted, strict=True):
        found[place] = replace(found[place], p_adjusted=p)
    return tuple(found)


def _pair(a: str, b: str, on: Joint) -> PairedComparison | None:
    """Return the comparison of two candidates, None where it takes resamples and exchanges: see `_graded`."""
    of, samples = on.of, on.samples
    if not paired(samples[a], samples[b]):
        return _none(a, b, of, "not compared: the two were not asked the same examples")
    if of.key() not in on.replicates[a] or of.key() not in on.replicates[b]:
        return _none(a, b, of, "not compared: the measure has no value for one of them")
    left, right = of.features(samples[a], OVERALL), of.features(samples[b], OVERALL)
    if left.shape != right.shape:
        return _none(a, b, of, "not compared: the two were not judged on the same examples")
    if _zero_or_one(a, left, right, on):
        return _binary(a, b, left, right, on)
    return _none(a, b, of, "not compared: a percentile is no function of sums") if of.statistic is None else None


def _zero_or_one(a: str, left: Floats, right: Floats, on: Joint) -> bool:
    """Return whether both are 0 or 1 on the same plain rows, so that the exact paired methods hold."""
    plain = groups(on.samples[a]) is None and not weighs(on.samples[a], OVERALL, on.method)
    return plain and is_share(on.of, left) and is_share(on.of, right) and bool((left[:, 1] == right[:, 1]).all())


def paired(a: Sample, b: Sample) -> bool:
    """Return whether both samples hold the same examples in the same order."""
    return [o.example.id for o in a.observations] == [o.example.id for o in b.observations]


def discordant(left: Floats, right: Floats) -> tuple[int, int, int]:
    """Return how many rows only the first has right, how many only the second, and how many rows both count."""
    counted = (left[:, 1] > 0) & (right[:, 1] > 0)
    only_left = int(((left[:, 0] > right[:, 0]) & counted).sum())
    only_right = int(((right[:, 0] > left[:, 0]) & counted).sum())
    return only_left, only_right, int(counted.sum())


def _none(a: str, b: str, of: Measure, why: str) -> PairedComparison:
    return PairedComparison(a, b, of.name, None, None, None, None, None, why)


def _binary(a: str, b: str, left: Floats, right: Floats, on: Joint) -> PairedComparison:
    only_a, only_b, n = discordant(left, right)
    if n == 0:
        return _none(a, b, on.of, "not compared: no row could be judged for both")
    low, high = tango(only_a, only_b, n, on.method.confidence)
    return PairedComparison(
        a,
        b,
        on.of.name,
        (only_a - only_b) / n,
        low,
        high,
        mcnemar_exact(only_a, only_b),
        None,
        f"Tango interval, exact McNemar test (mid-p {mcnemar_mid_p(only_a, only_b):.3g}); only {a} right: {only_a}, "
        f"only {b} right: {only_b}",
        n,
    )


def _graded(names: Sequence[str], b: str, on: Joint) -> Iterator[PairedComparison]:
    """Yield each of `names` less `b`, all on the same resamples and exchanges."""
    of, joint, method = on.of, on.replicates, on.method
    if not names or of.statistic is None:
        return
    right = joint[b].bank.features(of, OVERALL)
    n, value = len(right), of.statistic(right.sum(axis=0))
    rounds = max(1_000, min(method.resamples, _MOST_DRAWS // max(1, n)))
    ps = randomisation_ps(
        (joint[a].bank.features(of, OVERALL) for a in names),
        right,
        of.statistic,
        seed=seed_of("exchanges", str(method.seed)),
        rounds=rounds,
        groups=groups(on.samples[b]),
    )
    for a, p in zip(names, ps, strict=True):
        difference = float(of.statistic(joint[a].bank.features(of, OVERALL).sum(axis=0)) - value)
        low, high = percentile_interval(joint[a].values(of, OVERALL) - joint[b].values(of, OVERALL), method.confidence)
        if low == high and of.unit is Unit.SHARE:
            low, high = _nothing_varied(low, on.samples[a], on, (1 - method.confidence) / 2)
        yield PairedComparison(
            a,
            b,
            of.name,
            difference,
            low if np.isfinite(low) else None,
            high if np.isfinite(high) else None,
            p,
            None,
            f"paired bootstrap, {method.resamples:,} joint resamples; approximate randomisation, {rounds:,} rounds",
            n,
        )


def difference_bounds(a: str, b: str, on: Joint) -> tuple[float, float] | None:
    """Return the one-sided lower and upper bound of a less b on the primary measure, None where they cannot be compared."""
    of, samples, joint, alpha = on.of, on.samples, on.replicates, on.method.alpha
    if not paired(samples[a], samples[b]) or of.key() not in joint[a] or of.key() not in joint[b]:
        return None
    left, right = of.features(samples[a], OVERALL), of.features(samples[b], OVERALL)
    if left.shape == right.shape and _zero_or_one(a, left, right, on):
        only_a, only_b, n = discordant(left, right)
        if n:
            return tango_lower(only_a, only_b, n, alpha), tango_upper(only_a, only_b, n, alpha)
    low, high = percentile_interval(joint[a].values(of, OVERALL) - joint[b].values(of, OVERALL), 1 - 2 * alpha)
    if low == high and of.unit is Unit.SHARE:
        return _nothing_varied(low, samples[a], on, alpha)
    return low, high


def _nothing_varied(difference: float, sample: Sample, on: Joint, alpha: float) -> tuple[float, float]:
    """Return bounds where every resample gave the same difference, which says how alike the rows are, not how many they are.

    The exact bounds of two candidates with identical verdicts on as many independent rows take their place (formulas.md
    1.10).
    """
    n = float(group_count(sample, np.ones(len(sample.observations), dtype=np.bool_)))
    if weighs(sample, OVERALL, on.method):
        n = min(n, kish(row_weights(sample, on.method)))
    return difference + tango_lower(0, 0, n, alpha), difference + tango_upper(0, 0, n, alpha)
