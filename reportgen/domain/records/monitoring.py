"""What the monthly loop found: control chart of the frozen panel, drift of models and traffic, prices, snapshots, expiry.

The rule (formulas.md section 8): act on one point outside three sigma, two of three beyond two sigma, or a failed gate;
otherwise watch. Repeated testing raises false alarms, so the rate at which the chart raises them is part of the record.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from reportgen.domain.records.measure import Unit
from reportgen.domain.statistics.control_charts import (
    Count,
    Trend,
    cochran_armitage,
    control_limits,
    cusum,
    two_of_three,
)

FEWEST_FOR_TREND = 5
FEWEST_FOR_CUSUM = 8
FEWEST_FRESH = 20
BASELINE_RUNS = 3
VALID_DAYS = 90
ACTION_SIGMAS, WARNING_SIGMAS = 3.0, 2.0
MONTH_DAYS = 365.25 / 12


class Action(StrEnum):
    ACT = "ACT"
    WATCH = "WATCH"
    NONE = "NO CHANGE SHOWN"


class Signal(StrEnum):
    """What one point of the control chart says."""

    BASELINE = "baseline"
    WITHIN = "within the limits"
    WARNING = "beyond two sigma"
    OUTSIDE = "outside three sigma"
    TWO_OF_THREE = "two of three beyond two sigma"

    @property
    def alarm(self) -> bool:
        """Whether the rule says to act."""
        return self in {Signal.OUTSIDE, Signal.TWO_OF_THREE}


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One run on the control chart: right answers of the frozen panel, its lower limits, and what it says.

    `action_low` and `warning_low` are the lower limits at three and two sigma, None for the first run. Costs are those of
    tokens for one task, at the prices of that day and at today's; None = not known.
    """

    run_id: str
    folder: str
    at: str
    right: int
    n: int
    action_low: float | None
    warning_low: float | None
    signal: Signal
    cost_then: float | None = None
    cost_today: float | None = None

    @property
    def share(self) -> float | None:
        """The share right, None where no row could be judged."""
        return self.right / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class ModelDrift:
    """One candidate on the frozen panel, now less then, on the primary measure; None = could not be compared."""

    candidate: str
    role: str
    measure: str
    unit: Unit
    rows: int
    difference: float | None
    low: float | None
    high: float | None
    p_adjusted: float | None
    gate: str
    """PASS, FAIL or INCONCLUSIVE by the rule of the gate, empty where there is no margin."""
    equivalent: bool | None
    method: str


@dataclass(frozen=True, slots=True)
class TrafficDrift:
    """The rows that came in since, beside the frozen panel, both asked now. `p` is Fisher's exact test of right answers."""

    fresh_right: int
    fresh: int
    panel_right: int
    panel: int
    p: float | None
    mix_distance: float | None
    """Total variation between the segments of fresh and frozen rows, 0 to 1; None where rows have no segment."""
    sentence: str


@dataclass(frozen=True, slots=True)
class PriceThenNow:
    """What the tokens of one candidate in one earlier run cost a task: at the prices of that day, and at today's."""

    candidate: str
    run_id: str
    at: str
    then: float | None
    today: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Noticed:
    """One thing that changed about a candidate since the run before, or one piece of evidence that has expired."""

    about: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Canary:
    """Prompts whose answers are compared from run to run, to tell a changed model behind an unchanged name.

    `natural` differed already between the first two runs, `now` differ from the first run today; `p` is McNemar's one-sided
    exact test of more differences than natural, None while the natural number is still being learned.
    """

    candidate: str
    prompts: int
    natural: int | None
    now: int
    p: float | None


@dataclass(frozen=True, slots=True)
class Monitoring:
    """The content of `evidence/monitoring.json`."""

    subject: str
    """The candidate that the chart speaks of: production, else the winner of the first run."""
    reference_run: str
    reference_evidence_sha256: str
    panel: int
    left_panel: tuple[str, ...]
    """Rows of the first run that were edited or removed since."""
    fresh: int
    challengers: tuple[Noticed, ...]
    passed_over: tuple[Noticed, ...]
    points: tuple[ChartPoint, ...]
    trend: Trend | None
    trend_note: str
    cusum_signal: bool
    drift: tuple[ModelDrift, ...]
    traffic: TrafficDrift
    prices: tuple[PriceThenNow, ...]
    price_changes: tuple[Noticed, ...]
    snapshots: tuple[Noticed, ...]
    canaries: tuple[Canary, ...]
    valid_until: str
    expired: tuple[Noticed, ...]
    false_alarm_rate: float
    """The chance that a month without any change breaks a rule of the chart."""
    action: Action
    reasons: tuple[str, ...]
    format: str = "reportgen.monitoring/1"


@dataclass(frozen=True, slots=True)
class Judged:
    """One count of the panel with its lower limits and its signal."""

    count: Count
    action_low: float | None
    warning_low: float | None
    signal: Signal


def control_chart(counts: Sequence[Count]) -> tuple[Judged, ...]:
    """Return every run of the panel with its limits and what it says; only falls are signals.

    The baseline is the first run until there are three, then the first three pooled, unless one of them was an alarm: a fall
    must not become the new normal. Runs of the baseline are judged against the first run alone.
    """
    found: list[Judged] = []
    beyond: list[bool] = []
    for place, count in enumerate(counts):
        if place == 0 or count.n == 0:
            found.append(Judged(count, None, None, Signal.BASELINE))
            beyond.append(False)
            continue
        baseline = _baseline(found)
        action = control_limits(baseline, count.n, ACTION_SIGMAS).low
        warning = control_limits(baseline, count.n, WARNING_SIGMAS).low
        beyond.append(count.share < warning)
        if count.share < action:
            signal = Signal.OUTSIDE
        elif two_of_three(beyond):
            signal = Signal.TWO_OF_THREE
        else:
            signal = Signal.WARNING if beyond[-1] else Signal.WITHIN
        found.append(Judged(count, action, warning, signal))
    return tuple(found)


def _baseline(earlier: Sequence[Judged]) -> Count:
    first = earlier[:BASELINE_RUNS]
    if len(first) < BASELINE_RUNS or any(j.signal.alarm for j in first):
        first = first[:1]
    return Count(sum(j.count.right for j in first), sum(j.count.n for j in first))


def trend_of(counts: Sequence[Count], days: Sequence[date], confidence: float) -> tuple[Trend | None, str]:
    """Return the change per month with its interval, or why there is none."""
    if len(counts) < FEWEST_FOR_TREND:
        return None, f"too few points for a trend: {len(counts)} of {FEWEST_FOR_TREND}"
    months = [(day - days[0]).days / MONTH_DAYS for day in days]
    found = cochran_armitage(counts, months, confidence)
    return found, "" if found is not None else "no trend can be computed: every point is the same, or of the same day"


def lasting_drop(counts: Sequence[Count]) -> bool:
    """Return whether the lower CUSUM sum of the panel has passed five sigma, built to find a lasting drop of one sigma."""
    usable = [c for c in counts if c.n]
    if len(usable) < FEWEST_FOR_CUSUM:
        return False
    first = usable[:BASELINE_RUNS]
    centre = sum(c.right for c in first) / sum(c.n for c in first)
    sigma = max(math.sqrt(centre * (1.0 - centre) / usable[-1].n), 0.5 / usable[-1].n)
    sums = cusum([c.share for c in usable[BASELINE_RUNS:]], centre, sigma / 2.0, 5.0 * sigma)
    return max(sums.low) > 5.0 * sigma


def valid_until(finished: str, days: int) -> str:
    """Return the last day on which evidence of that day still stands."""
    return (date.fromisoformat(finished[:10]) + timedelta(days=days)).isoformat()


def mix_distance(fresh: Mapping[str, int], panel: Mapping[str, int]) -> float | None:
    """Return ½Σ|p - q| over segments, None where neither has any."""
    a, b = sum(fresh.values()), sum(panel.values())
    if not a or not b or not {*fresh, *panel} - {""}:
        return None
    return 0.5 * sum(abs(fresh.get(name, 0) / a - panel.get(name, 0) / b) for name in {*fresh, *panel})
