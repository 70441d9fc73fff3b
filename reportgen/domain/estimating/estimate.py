"""From a sample to a measurement: value, interval, the bound that decides, and what stands beside them (formulas.md 1)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import assert_never

import numpy as np
import numpy.typing as npt

from reportgen.domain.estimating.judges import judge_caps
from reportgen.domain.estimating.proportion import (
    PLAIN,
    Method,
    Proportion,
    example_count,
    group_count,
    groups,
    mix_caps,
    proportion,
    row_weights,
    smallest_where,
    too_few_groups,
    unit_noun,
    weighs,
)
from reportgen.domain.estimating.replicates import Replicates, feature_bank, resample
from reportgen.domain.measures.columns import is_ratio, remembered, reviewed
from reportgen.domain.measures.cost import assumed_share, wrong
from reportgen.domain.measures.operations import NOT_SCORES, attempt_latencies
from reportgen.domain.records.measure import Better, Family, Floats, Measure, Measurement, Sample, Unit
from reportgen.domain.records.plan import OVERALL, Scope
from reportgen.domain.records.response import Basis
from reportgen.domain.statistics import order_statistics
from reportgen.domain.statistics.bootstrap import bounds, jackknife_values
from reportgen.domain.statistics.proportions import exact_interval, exact_lower, exact_upper

_MANY_ROWS = 20_000
_JACKKNIFE_BLOCKS = 1_000
_NO_VARIATION = "no variation: every example gives the same figure"


@dataclass(frozen=True, slots=True)
class _Figure:
    """The numbers of one measurement before they are dressed; ends may be infinite."""

    value: float
    low: float
    high: float
    lower: float
    upper: float
    n: int
    method: str
    x: int | None = None
    n_effective: float | None = None
    unweighted: float | None = None


def measure(
    sample: Sample, of: Measure, scope: Scope = OVERALL, method: Method = PLAIN, replicates: Replicates | None = None
) -> Measurement:
    """Return one figure of one candidate with its interval and the bound that decides.

    Args:
        sample: the candidate's observations.
        of: the measure.
        scope: overall, or one label, field or segment that the measure knows.
        method: confidence, resamples, seed and production mix.
        replicates: joint resamples that hold the measure; without them they are drawn here.

    Returns:
        A measurement whose value is None only together with a reason.
    """
    reason = _cannot(sample, of, scope)
    if reason:
        return _without_value(sample, of, scope, reason)
    features = of.features(sample, scope)
    match of.family:
        case Family.QUANTILE:
            return _quantile(sample, of, scope, method, features)
        case Family.SHARE | Family.MEAN:
            shared = is_share(of, features)
        case _:
            assert_never(of.family)
    figure = _share(sample, scope, method, features) if shared else _mean(sample, of, scope, method, replicates)
    if isinstance(figure, str):
        return _without_value(sample, of, scope, figure)
    return _dressed(sample, of, scope, method, figure=figure, rows=_rows(features))


def is_share(of: Measure, features: Floats) -> bool:
    """Return whether the figure is a share of rows: one sum over another, and every entry 0 or 1."""
    return is_ratio(of) and of.unit is Unit.SHARE and bool(((features == 0) | (features == 1)).all())


def share_within(sample: Sample, of: Measure, scope: Scope, limit: float, method: Method) -> Proportion | None:
    """Return the share of tasks answered within `limit` seconds: the dual of a latency percentile (formulas.md 1.6)."""
    latency = of.features(sample, scope)[:, 0]
    known = ~np.isnan(latency)
    return proportion(np.stack([known & (latency <= limit), known], axis=1).astype(np.float64), sample, scope, method)


def _rows(features: Floats) -> npt.NDArray[np.bool_]:
    return np.asarray(((features > 0) | (features < 0)).any(axis=1))


def _cannot(sample: Sample, of: Measure, scope: Scope) -> str:
    if not sample.observations:
        return "no example"
    return of.why_not(sample, scope) if of.why_not is not None else ""


def basis_of(sample: Sample) -> Basis:
    """Return `recorded` where any response was recorded before this run."""
    return Basis.RECORDED if any(o.response.basis is Basis.RECORDED for o in sample.observations) else Basis.MEASURED


def _basis(sample: Sample, of: Measure) -> Basis:
    found = remembered(sample, "basis", lambda: basis_of(sample))
    return Basis.ASSUMED if of.unit is Unit.MONEY and assumed_share(sample, of) > 0.5 else found  # noqa: PLR2004 - the larger part


def _without_value(sample: Sample, of: Measure, scope: Scope, reason: str, *, n: int = 0) -> Measurement:
    basis = remembered(sample, "basis", lambda: basis_of(sample)) if sample.observations else Basis.MEASURED
    return Measurement(of.name, scope, None, None, None, None, n, of.unit, "", basis, reason=reason)


def _share(sample: Sample, scope: Scope, method: Method, features: Floats) -> _Figure | str:
    found = proportion(features, sample, scope, method)
    if found is None:
        return "no example of this scope could be judged"
    effective = None if found.n_effective == found.n else found.n_effective
    return _Figure(
        found.value,
        found.low,
        found.high,
        found.lower,
        found.upper,
        found.n,
        found.method,
        found.x,
        effective,
        found.unweighted,
    )


def _mean(sample: Sample, of: Measure, scope: Scope, method: Method, replicates: Replicates | None) -> _Figure | str:
    """Return a function of sums with its bootstrap interval; where nothing varies, with exact bounds."""
    if replicates is None or of.key(scope) not in replicates:
        bank = feature_bank(sample, [(of, scope)], method)
        replicates = resample({"": bank}, {"": sample}, method)[""]
    statistic = _statistic(of)
    features = replicates.bank.features(of, scope)
    value = float(statistic(features.sum(axis=0)))
    rows = _rows(features)
    n = int(rows.sum())
    if math.isnan(value):
        return "no example of this scope could be judged"
    values = replicates.values(of, scope)
    unweighted = float(statistic(of.features(sample, scope).sum(axis=0))) if weighs(sample, scope, method) else None
    figure = _bootstrapped(sample, of, method, value=value, values=values, features=features) if n > 1 else "one example"
    if isinstance(figure, str):
        figure = _degenerate(sample, of, method, value, rows=rows, why=figure)
    return replace(_never_seen(sample, of, method, figure), unweighted=unweighted)


def _bootstrapped(
    sample: Sample, of: Measure, method: Method, *, value: float, values: Floats, features: Floats
) -> _Figure | str:
    """Return the figure with its bootstrap interval, or why the resamples carry none."""
    member = groups(sample)
    if member is None and len(features) > _MANY_ROWS:
        # Leaving out blocks gives the same acceleration to the digits that matter, at a hundredth of the time.
        member = np.arange(len(features)) % _JACKKNIFE_BLOCKS
    statistic = _statistic(of)
    jackknife = jackknife_values(features, statistic, groups=member)
    found = bounds(value, values, jackknife, confidence=method.confidence, alpha=method.alpha)
    if isinstance(found, str):
        return found
    taken = _one_more_error(sample, of, method, value, features.sum(axis=0))
    less = ", less what one more missed example would take" if taken else ""
    return _Figure(
        value,
        min(found.low, value),
        max(found.high, value),
        max(0.0, min(found.lower, value) - taken) if taken else min(found.lower, value),
        max(found.upper, value),
        int(_rows(features).sum()),
        f"bootstrap over {unit_noun(sample)}, {method.resamples:,} resamples: BCa "
        f"interval, the more careful of percentile and BCa bound{less}",
    )


def _one_more_error(sample: Sample, of: Measure, method: Method, value: float, sums: Floats) -> float:
    """Return by how much the worst of the measure's further errors would lower it: at least 0."""
    if of.further_errors is None:
        return 0.0
    weight = float(row_weights(sample, method).max()) if weighs(sample, OVERALL, method) else 1.0
    worst = _statistic(of)(sums + weight * of.further_errors(len(sums)))
    return max(0.0, value - float(worst.min()))


def _statistic(of: Measure) -> Callable[[Floats], Floats]:
    if of.statistic is None:
        message = f"{of.name} is no function of sums"
        raise TypeError(message)
    return of.statistic


def _degenerate(
    sample: Sample, of: Measure, method: Method, value: float, *, rows: npt.NDArray[np.bool_], why: str
) -> _Figure:
    """Return exact bounds on the count of perfect rows where the resamples say nothing (formulas.md 1.3)."""
    n, units = int(rows.sum()), group_count(sample, rows)
    if of.worst is not None:
        return _as_if_worse(sample, of, method, value, n=n, units=units)
    if of.unit is not Unit.SHARE:
        return _Figure(value, value, value, value, value, n, _NO_VARIATION)
    perfect = units if value == of.best else 0
    low, high = exact_interval(perfect, units, method.confidence)
    lower, upper = exact_lower(perfect, units, method.alpha), exact_upper(perfect, units, method.alpha)
    if of.best == 0:
        low, high, lower, upper = 1 - high, 1 - low, 1 - upper, 1 - lower
    reason = "the measure is undefined in too many resamples" if why.startswith("the measure") else "every example is alike"
    return _Figure(
        value,
        min(low, value),
        max(high, value),
        min(lower, value),
        max(upper, value),
        n,
        f"degenerate ({reason}): exact bound on the count of perfect examples",
    )


def _as_if_worse(sample: Sample, of: Measure, method: Method, value: float, *, n: int, units: int) -> _Figure:
    """Return bounds where every example gives the same figure: as many may be at their worst as the exact bound leaves."""
    at_worst = 0.0 if of.worst is None else of.worst(sample)
    shown = (1 - exact_interval(units, units, method.confidence)[0]) * at_worst
    decides = (1 - exact_lower(units, units, method.alpha)) * at_worst
    told = "degenerate (every example is alike): exact bound on the share of examples, each at its worst"
    if of.better is Better.HIGHER:
        return _Figure(value, value - shown, value, value - decides, value, n, told)
    return _Figure(value, value, value + shown, value, value + decides, n, told)


def _never_seen(sample: Sample, of: Measure, method: Method, figure: _Figure) -> _Figure:
    """Raise the upper ends by what no example showed may cost: a bootstrap of zero events says zero (formulas.md 2.1).

    Reviews and undetected errors, each where none was seen: at most the exact upper share of tasks has one of them, and
    costs at most what both cost together.
    """
    terms = sample.costs
    told, most = [], 0.0
    if of.name in {"cost per task", "running cost per task"} and terms.review_cost and not reviewed(sample).any():
        told.append("review")
        most += terms.review_cost
    if of.name == "cost per task" and terms.undetected_error_cost and not wrong(sample).any():
        told.append("error")
        most += terms.undetected_error_cost
    if not told:
        return figure
    n = len(sample.observations)
    units = group_count(sample, np.ones(n, dtype=np.bool_))
    return replace(
        figure,
        high=figure.high + most * exact_upper(0, units, method.alpha / 2),
        upper=figure.upper + most * exact_upper(0, units, method.alpha),
        method=f"{figure.method}; no {' and no '.join(told)} was seen in {n}, the exact upper bound is added",
    )


def _dressed(
    sample: Sample, of: Measure, scope: Scope, method: Method, *, figure: _Figure, rows: npt.NDArray[np.bool_]
) -> Measurement:
    """Return the measurement: which bound decides, the lenient value, remarks and caps."""
    mixed, mix_forbids, mix_notes = mix_caps(sample, scope, method)
    if of.unit is Unit.SECONDS and figure.method == _NO_VARIATION:
        mixed = (*mixed, "every task took the same time, so nothing shows how far the next may differ")
    remarks = of.remarks(sample, scope) if of.remarks is not None else ()
    small = tuple(r for r in remarks if r.startswith("Unstable"))
    lower, upper = _finite(figure.lower), _finite(figure.upper)
    examples = example_count(sample, rows)
    higher = of.better is Better.HIGHER
    return Measurement(
        of.name,
        scope,
        figure.value,
        _finite(figure.low),
        _finite(figure.high),
        lower if higher else upper,
        examples if examples < int(rows.sum()) else figure.n,
        of.unit,
        figure.method,
        _basis(sample, of),
        x=None if examples < int(rows.sum()) else figure.x,
        opposite_bound=upper if higher else lower,
        lenient=_lenient(sample, of, scope, method, value=figure.value),
        unweighted=figure.unweighted,
        notes=remarks + mix_notes,
        caps=mixed + judge_caps(sample, of, scope) + tuple(r.rstrip(".")[0].lower() + r.rstrip(".")[1:] for r in small),
        not_testable=mix_forbids or too_few_groups(sample, rows),
        n_effective=figure.n_effective,
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _lenient(sample: Sample, of: Measure, scope: Scope, method: Method, *, value: float) -> float | None:
    """Return the value by the lenient reading, for figures that depend on the reading."""
    if of.unit is not Unit.SHARE or of.name in NOT_SCORES or sample.lenient or of.statistic is None:
        return None
    if remembered(sample, "read alike", lambda: all(o.score.lenient == o.score.strict for o in sample.observations)):
        return value
    reading = remembered(sample, "lenient", lambda: replace(sample, lenient=True))
    if of.why_not is not None and of.why_not(reading, scope):
        return None
    features = of.features(reading, scope)
    if weighs(sample, scope, method):
        features = features * row_weights(sample, method)[:, None]
    found = float(of.statistic(features.sum(axis=0)))
    return None if math.isnan(found) else found


def _quantile(sample: Sample, of: Measure, scope: Scope, method: Method, features: Floats) -> Measurement:
    """Return a latency percentile over all planned tasks; a failure counts as infinite, never as missing."""
    level = of.quantile
    if level is None:
        message = f"{of.name} names no level"
        raise TypeError(message)
    known = features[~np.isnan(features[:, 0]), 0]
    if weighs(sample, scope, method) or groups(sample) is not None:
        figure = _quantile_by_shares(sample, of, scope, method, known)
    else:
        figure = _order_statistics(known, level, method)
    answered = known[np.isfinite(known)]
    attempts = attempt_latencies(sample, scope)
    dressed = _dressed(sample, of, scope, method, figure=figure, rows=~np.isnan(features[:, 0]))
    beside = {"value": order_statistics.linear_percentile(answered, level), "n": len(answered)}
    own = {"value": order_statistics.linear_percentile(attempts, level), "n": len(attempts)} if len(attempts) else None
    lost = math.isinf(figure.value)
    return replace(
        dressed,
        value=None if lost else figure.value,
        reason=f"more than {round((1 - level) * 100)} % of requests failed" if lost else "",
        answered_only=beside,
        attempt=own,
    )


def _order_statistics(known: Floats, level: float, method: Method) -> _Figure:
    ordered = np.sort(known)
    n = len(ordered)

    def at(rank: int | None, missing: float) -> float:
        return missing if rank is None else float(ordered[rank - 1])

    low, high = order_statistics.interval_ranks(n, level, method.confidence)
    return _Figure(
        order_statistics.nearest_rank(ordered, level),
        at(low, -math.inf),
        at(high, math.inf),
        at(order_statistics.lower_rank(n, level, method.alpha), -math.inf),
        at(order_statistics.upper_rank(n, level, method.alpha), math.inf),
        n,
        "nearest rank over all planned tasks, failures infinite; order-statistic interval and bound",
    )


def _quantile_by_shares(sample: Sample, of: Measure, scope: Scope, method: Method, known: Floats) -> _Figure:
    """Return the percentile of weighted or grouped rows by turning the bounds of the share within a limit round."""
    candidates = np.unique(known)
    level = of.quantile or 0.0

    def smallest(end: Callable[[Proportion], float]) -> float:
        def reaches(limit: float) -> bool:
            found = share_within(sample, of, scope, limit, method)
            return found is not None and end(found) >= level - 1e-12

        return smallest_where(candidates, reaches)

    return _Figure(
        smallest(lambda p: p.value),
        smallest(lambda p: p.high),
        smallest(lambda p: p.low),
        smallest(lambda p: p.upper),
        smallest(lambda p: p.lower),
        len(known),
        "nearest rank over all planned tasks, failures infinite; bounds by the share of tasks within the limit",
        unweighted=_finite(order_statistics.nearest_rank(known, level)) if weighs(sample, scope, method) else None,
    )
