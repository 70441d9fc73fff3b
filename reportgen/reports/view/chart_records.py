"""What the charts draw, as records: positions unrounded in the unit of their axis, and the final text beside each.

Charts print the text and never format a number themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

from reportgen.reports.view.marks import Mark, Tone


@dataclass(frozen=True, slots=True)
class Point:
    """One dot of a chart with its interval; `value`, `low` and `high` are positions, None where there is none."""

    name: str
    value: float
    low: float | None
    high: float | None
    text: str
    note: str = ""
    tone: Tone = Tone.NEUTRAL
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class ScatterPoint:
    """One candidate in the chart of cost against quality; `cost` and `quality` are positions."""

    name: str
    cost: float
    quality: float
    low: float | None
    high: float | None
    text: str
    verdict: Mark
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis and the text at it."""

    position: float
    text: str


@dataclass(frozen=True, slots=True)
class Scatter:
    """Cost against quality. `level` is the service level drawn in; `left_out` says who has no place and why."""

    points: tuple[ScatterPoint, ...]
    quality_axis: str
    cost_axis: str
    quality_ticks: tuple[Tick, ...]
    cost_ticks: tuple[Tick, ...]
    level: Tick | None
    left_out: str
    description: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of a stacked bar: position, text, and which line of the legend it belongs to."""

    line: int
    amount: float
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One stacked bar: a candidate's cost per task."""

    name: str
    segments: tuple[Segment, ...]
    text: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class CostStack:
    """Cost per task by line; `legend` names the lines in order."""

    legend: tuple[str, ...]
    bars: tuple[Bar, ...]
    description: str


@dataclass(frozen=True, slots=True)
class DotPlot:
    """Dots with intervals on one axis from `start` to `end`, with an optional limit drawn in."""

    points: tuple[Point, ...]
    start: float
    end: float
    ticks: tuple[Tick, ...]
    level: Tick | None
    description: str


@dataclass(frozen=True, slots=True)
class LatencyRow:
    """Percentiles of one candidate; None where the rank falls on a failed request."""

    name: str
    p50: float | None
    p95: float | None
    p99: float | None
    text: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class LatencyChart:
    """Percentiles of task latency from zero to `end`, with the service level drawn in, or named where it lies far off."""

    rows: tuple[LatencyRow, ...]
    end: float
    ticks: tuple[Tick, ...]
    level: Tick | None
    far_level: str
    """The level in words where it lies so far off that drawn in it would hide every answer; else empty."""
    description: str


@dataclass(frozen=True, slots=True)
class Curve:
    """The share of one candidate's tasks that was answered by each time; `points` are positions, time first."""

    name: str
    points: tuple[tuple[float, float], ...]
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Distribution:
    """Curves of answered tasks over time from zero to `end`, with the limit and the share that it asks for drawn in."""

    curves: tuple[Curve, ...]
    end: float
    ticks: tuple[Tick, ...]
    share_ticks: tuple[Tick, ...]
    level: Tick | None
    needed: float | None
    description: str


@dataclass(frozen=True, slots=True)
class Charts:
    """What charts.py draws; None where there is nothing to draw."""

    scatter: Scatter | None
    cost_stack: CostStack | None
    parts: DotPlot | None
    latency: LatencyChart | None
    distribution: Distribution | None = None


@dataclass(frozen=True, slots=True)
class SwingBar:
    """One assumption: where the cost difference stands at the low and at the high value, and both values in words."""

    name: str
    at_low: float
    at_high: float
    text: str
    turns: bool


@dataclass(frozen=True, slots=True)
class TornadoChart:
    """Swings of the cost difference between winner and runner-up, widest first; `now` is the difference as it stands."""

    bars: tuple[SwingBar, ...]
    ticks: tuple[Tick, ...]
    now: Tick
    left: str
    right: str
    description: str


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One run on the chart: positions 0 to 1, None where there is none. `alarm` marks a broken rule."""

    text: str
    share: float | None
    limit: float | None
    warning: float | None
    alarm: bool


@dataclass(frozen=True, slots=True)
class TrendChart:
    """The control chart: one point a run, the lower limits as lines."""

    points: tuple[TrendPoint, ...]
    ticks: tuple[Tick, ...]
    description: str
