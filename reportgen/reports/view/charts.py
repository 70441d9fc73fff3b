"""Chooses what the four charts show: positions unrounded, every text already worded, axes with round ticks."""

from __future__ import annotations

import math

from reportgen.domain.estimating.latencies import slowest, spread
from reportgen.domain.measures import MEASURES
from reportgen.domain.records.comparison import CandidateResult
from reportgen.domain.records.measure import Better, Measurement, Unit
from reportgen.domain.records.plan import OVERALL, Comparator, Scope, ServiceLevel
from reportgen.domain.wording import numbers
from reportgen.domain.wording.numbers import Rounding
from reportgen.domain.wording.text import line
from reportgen.reports.view.chart_records import (
    Bar,
    Charts,
    CostStack,
    Curve,
    Distribution,
    DotPlot,
    LatencyChart,
    LatencyRow,
    Point,
    Scatter,
    ScatterPoint,
    Segment,
    Tick,
)
from reportgen.reports.view.context import Context, capital, shown_candidates, verdict_mark, worst
from reportgen.reports.view.costs import shown_lines
from reportgen.reports.view.quality import part_measure, part_scopes, support

MOST_DOTS = 80
_FEW = 5
_NAME = 34
_TICKS = 5
_CURVE_STEPS = 60
_FAR = 4.0
"""A limit this many times slower than every answer would press the answers against the axis; it is named, not drawn."""


def charts(context: Context) -> Charts:
    """Return the charts that this comparison can fill."""
    return Charts(_scatter(context), _cost_stack(context), _parts(context), _latency(context), _distribution(context))


def round_step(span: float, most: int = _TICKS) -> float:
    """Return the smallest of 1, 2 or 5 times a power of ten that covers `span` in at most `most` steps."""
    raw = span / most
    power = 10.0 ** math.floor(math.log10(raw))
    return next(f * power for f in (1, 2, 5, 10) if f * power >= raw * (1 - 1e-9))


def axis_ticks(low: float, high: float, *, ceiling: float = math.inf) -> list[float]:
    """Return round ticks from at or below `low` to at or above `high`, not beyond `ceiling`."""
    span = max(high - low, 1e-9, abs(high) * 1e-3)
    step = round_step(span)
    first, last = math.floor(low / step + 1e-9), math.ceil(min(high, ceiling) / step - 1e-9)
    return [i * step for i in range(first, last + 1)]


def _level(context: Context, measure: str) -> ServiceLevel | None:
    levels = [s for s in context.comparison.plan.service_levels if s.measure == measure and s.scope == OVERALL]
    return levels[0] if levels else None


def _tick(level: ServiceLevel, unit: Unit, currency: str) -> Tick:
    word = "at least" if level.comparator is Comparator.AT_LEAST else "at most"
    return Tick(level.target, f"level: {word} {numbers.limit(level.target, unit, currency)}")


def _scatter(context: Context) -> Scatter | None:
    points: list[ScatterPoint] = []
    missing: list[str] = []
    unit = Unit.SHARE
    for result in context.results:
        cost, quality = context.figure(result, "cost per task"), context.primary(result)
        if cost is None or cost.value is None or quality is None or quality.value is None:
            missing.append(line(result.spec.name, 40))
            continue
        unit = quality.unit
        text = f"{context.value(quality)}, {numbers.money(cost.value, context.currency)}"
        points.append(
            ScatterPoint(
                line(result.spec.name, _NAME),
                cost.value,
                quality.value,
                quality.low,
                quality.high,
                text,
                verdict_mark(worst(result)),
                context.is_winner(result),
            )
        )
    if not points:
        return None
    level = _level(context, context.comparison.primary_measure)
    spots = [p.quality for p in points] + [v for p in points for v in (p.low, p.high) if v is not None]
    spots += [level.target] if level else []
    cost_axis = axis_ticks(0.0, max(p.cost for p in points) * 1.02 or 1.0)
    quality_axis = axis_ticks(min(spots), max(spots), ceiling=1.0 if unit is Unit.SHARE else math.inf)
    primary = capital(context.comparison.primary_measure)
    digits = numbers.money_digits([cost_axis[1]])
    return Scatter(
        points=tuple(points),
        quality_axis=f"{primary} ({_direction(context)})",
        cost_axis="Full cost per task",
        quality_ticks=tuple(Tick(v, _axis_text(v, unit, context.currency)) for v in quality_axis),
        cost_ticks=tuple(Tick(v, numbers.money(round(v, 9), context.currency, digits=digits)) for v in cost_axis),
        level=_tick(level, unit, context.currency) if level else None,
        left_out=f"Without a place, since cost or quality is not known: {numbers.listing(missing)}." if missing else "",
        description=f"{primary} against full cost per task, one point a candidate, with intervals: "
        + "; ".join(f"{p.name} {p.text}" for p in points),
    )


def _direction(context: Context) -> str:
    measure = MEASURES.get(context.comparison.primary_measure)
    return "lower is better" if measure is not None and measure.better is Better.LOWER else "higher is better"


def _axis_text(value: float, unit: Unit, currency: str) -> str:
    return numbers.limit(round(value, 9), unit, currency)


def _cost_stack(context: Context) -> CostStack | None:
    paid = {c.name for r in context.results for c in r.cost_lines if c.amount is not None and c.amount > 0}
    names = [name for name in shown_lines(context) if name in paid]
    bars = []
    for result in context.results:
        total = context.figure(result, "cost per task")
        if total is None or total.value is None:
            continue
        amounts = {c.name: c.amount for c in result.cost_lines}
        pieces = tuple(
            Segment(i, amount, numbers.money(amount, context.currency))
            for i, name in enumerate(names)
            if (amount := amounts.get(name)) is not None and amount > 0
        )
        text = numbers.money(total.value, context.currency)
        bars.append(Bar(line(result.spec.name, _NAME), pieces, text, context.is_winner(result)))
    if not bars or not names:
        return None
    told = "; ".join(f"{b.name} {b.text}" for b in bars)
    return CostStack(tuple(names), tuple(bars), f"Full cost per task by line: {told}")


def _parts(context: Context) -> DotPlot | None:
    if context.lead is None:
        return None
    measure, many = part_measure(context), support(context)
    points = [p for s in part_scopes(context)[:MOST_DOTS] if (p := _dot(context, context.lead, measure, s, many[s.name]))]
    if not points:
        return None
    points.sort(key=lambda p: (p.value, p.name))
    spots = [v for p in points for v in (p.value, p.low, p.high) if v is not None]
    axis = axis_ticks(min(spots), 1.0)
    told = "; ".join(f"{p.name} {p.text}" for p in points[:12])
    return DotPlot(
        points=tuple(points),
        start=axis[0],
        end=1.0,
        ticks=tuple(Tick(v, _axis_text(v, Unit.SHARE, "")) for v in axis),
        level=None,
        description=f"{capital(measure)} of {line(context.lead.spec.name, 40)}, lowest first: {told}",
    )


def _dot(context: Context, lead: CandidateResult, measure: str, scope: Scope, many: int) -> Point | None:
    m = context.figure(lead, measure, scope)
    if m is None or m.value is None:
        return None
    sure = many >= _FEW
    return Point(
        name=line(scope.name, 30),
        value=m.value,
        low=m.low if sure else None,
        high=m.high if sure else None,
        text=numbers.share(m.value) if sure else _counted(context, lead, m),
        note=numbers.plural(many, "example"),
    )


def _counted(context: Context, lead: CandidateResult, of: Measurement) -> str:
    """Word a figure of very few examples as a count, by what was found of them; its percentage would say too much."""
    found = of if of.x is not None else context.figure(lead, "recall", of.scope)
    return numbers.share(of.value or 0.0) if found is None or found.x is None else f"{found.x} of {found.n}"


def _latency(context: Context) -> LatencyChart | None:
    rows = []
    for result in context.results:
        p50, p95, p99 = (context.figure(result, f"{p} latency") for p in ("p50", "p95", "p99"))
        a, b, c = (None if m is None else m.value for m in (p50, p95, p99))
        if a is None and b is None and c is None:
            continue
        text = f"p50 {context.value(p50)}, p95 {context.value(p95)}"
        rows.append(LatencyRow(line(result.spec.name, _NAME), a, b, c, text, context.is_winner(result)))
    level = _level(context, "p95 latency")
    spots = [v for r in rows for v in (r.p50, r.p95, r.p99) if v is not None]
    if not spots:
        return None
    far = level is not None and level.target > _FAR * max(spots)
    axis = axis_ticks(0.0, max([*spots, level.target] if level and not far else spots))
    drawn = _tick(level, Unit.SECONDS, "") if level else None
    told = "; ".join(f"{r.name} {r.text}" for r in rows)
    return LatencyChart(
        rows=tuple(rows),
        end=axis[-1],
        ticks=tuple(Tick(v, numbers.seconds(round(v, 9), Rounding.NEAREST)) for v in axis),
        level=None if far else drawn,
        far_level=f"{drawn.text}, far right of this chart" if far and drawn else "",
        description=f"Task latency percentiles: {told}",
    )


def _distribution(context: Context) -> Distribution | None:
    found = [s for s in map(spread, shown_candidates(context)) if s.times]
    if not found:
        return None
    level = _level(context, "p95 latency")
    if level is not None and level.target > _FAR * slowest(found):
        level = None
    limits = [level.target] if level else []
    axis = axis_ticks(0.0, max([slowest(found), *limits]))
    steps = sorted({axis[-1] * i / _CURVE_STEPS for i in range(_CURVE_STEPS + 1)} | set(limits))
    curves = tuple(
        Curve(line(s.result.spec.name, _NAME), tuple((t, s.share(t)) for t in steps), chosen=context.is_winner(s.result))
        for s in found
    )
    return Distribution(
        curves=curves,
        end=axis[-1],
        ticks=tuple(Tick(v, numbers.seconds(round(v, 9), Rounding.NEAREST)) for v in axis),
        share_ticks=tuple(Tick(i / 4, numbers.share(i / 4, digits=0)) for i in range(5)),
        level=_tick(level, Unit.SECONDS, "") if level else None,
        needed=MEASURES["p95 latency"].quantile if level else None,
        description="Share of all tasks answered within so many seconds, one curve a candidate: "
        + numbers.listing(c.name for c in curves),
    )
