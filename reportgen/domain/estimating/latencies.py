"""How the task latencies of each candidate are spread: the share of tasks that was answered within so many seconds.

The p95 latency keeps its limit exactly where at least 95 % of all tasks are answered within that limit, so a reader can
check the verdict by counting; a failed request counts as never answered.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportgen.domain.measures import MEASURES
from reportgen.domain.measures.operations import latencies
from reportgen.domain.records.comparison import CandidateResult, Comparison, LevelVerdict
from reportgen.domain.records.measure import Family
from reportgen.domain.records.plan import OVERALL, Comparator, Scope

STEPS = 24
"""Points of the curve: enough for a chart, few enough for a table."""
_TAIL = 0.99


@dataclass(frozen=True, slots=True)
class Spread:
    """`times` are the seconds of the tasks that were answered, in ascending order; `asked` counts the failed ones too."""

    result: CandidateResult
    times: tuple[float, ...]
    asked: int

    def within(self, limit: float) -> int:
        """Return how many tasks were answered within `limit` seconds."""
        return bisect_right(self.times, limit)

    def share(self, limit: float) -> float:
        """Return the share of all tasks that was answered within `limit` seconds."""
        return self.within(limit) / self.asked


def spread(result: CandidateResult, scope: Scope = OVERALL) -> Spread:
    """Return the latencies of one candidate; tasks whose latency was not recorded are left out."""
    known = [float(v) for v in latencies(result.sample, scope)[:, 0] if not math.isnan(v)]
    return Spread(result, tuple(sorted(v for v in known if math.isfinite(v))), len(known))


def spreads(comparison: Comparison) -> tuple[Spread, ...]:
    """Return the latencies of every candidate that answered at least once, in the order of the Candidates sheet."""
    return tuple(s for s in map(spread, comparison.competing) if s.times)


def slowest(found: Sequence[Spread]) -> float:
    """Return the largest of the candidates' 99 % marks among answered tasks: where a chart may end."""
    return max((s.times[math.ceil(_TAIL * len(s.times)) - 1] for s in found), default=0.0)


def grid(found: Sequence[Spread], limits: Sequence[float] = ()) -> tuple[float, ...]:
    """Return the times at which the curves are read: even steps, and the limits themselves."""
    end = max([slowest(found), *(v * 1.05 for v in limits)])
    return tuple(sorted({end * i / STEPS for i in range(STEPS + 1)} | set(limits)))


@dataclass(frozen=True, slots=True)
class WithinLimit:
    """One percentile level counted out: `within` of `asked` tasks kept the limit, and `needed` is the share that must."""

    number: int
    result: CandidateResult
    verdict: LevelVerdict
    within: int
    asked: int
    needed: float


def within_limits(comparison: Comparison) -> Iterator[WithinLimit]:
    """Yield every level on a latency percentile for every candidate with known latencies."""
    for number, level in enumerate(comparison.plan.service_levels, 1):
        measure = MEASURES.get(level.measure)
        if measure is None or measure.family is not Family.QUANTILE or measure.quantile is None:
            continue
        if level.comparator is not Comparator.AT_MOST:
            continue
        for result in comparison.competing:
            verdict = next((v for v in result.levels if v.level == level), None)
            found = spread(result, level.scope)
            if verdict is not None and found.asked:
                yield WithinLimit(number, result, verdict, found.within(level.target), found.asked, measure.quantile)
