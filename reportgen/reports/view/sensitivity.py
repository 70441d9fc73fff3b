"""Words what the choice hangs on: the tornado of the assumptions, the slack of the levels, and the price of uncertainty."""

from __future__ import annotations

from reportgen.domain.records.comparison import SlackCurve, Swing, Tornado
from reportgen.domain.records.measure import Unit
from reportgen.domain.records.plan import Comparator, Rule
from reportgen.domain.wording import numbers
from reportgen.domain.wording.numbers import Rounding
from reportgen.domain.wording.text import clean, line
from reportgen.reports.view.chart_records import SwingBar, Tick, TornadoChart
from reportgen.reports.view.charts import axis_ticks
from reportgen.reports.view.context import Context, level_words
from reportgen.reports.view.costs import in_unit
from reportgen.reports.view.records import Cell, Sensitivity, Table, TableRow

MOST_BARS = 10
_SLACK_COLUMNS = ("Chosen, if the level were set",)


def sensitivity(context: Context) -> Sensitivity:
    """Word what would change the choice, beyond the break-evens."""
    decision = context.comparison.decision
    worth = decision.price_of_uncertainty
    found = decision.tornado
    return Sensitivity(
        tornado=_chart(context, found) if found is not None and found.swings else None,
        tornado_note="" if found is None else _note(found),
        slack=Table("Service level", _SLACK_COLUMNS, tuple(_steps(context, c) for c in decision.slack)),
        uncertainty="" if worth is None else clean(worth.sentence, 400),
    )


def _chart(context: Context, found: Tornado) -> TornadoChart:
    shown = found.swings[:MOST_BARS]
    spots = [0.0, found.gap, *(v for s in shown for v in (s.at_low, s.at_high))]
    ticks = axis_ticks(min(spots), max(spots))
    digits = numbers.money_digits([ticks[1] - ticks[0]])
    winner, other = line(found.winner, 28), line(found.runner_up, 28)
    return TornadoChart(
        bars=tuple(SwingBar(line(s.assumption, 44), s.at_low, s.at_high, span(context, s), s.turns) for s in shown),
        ticks=tuple(Tick(v, numbers.money(round(v, 9), context.currency, digits=digits)) for v in ticks),
        now=Tick(found.gap, f"now {numbers.difference(found.gap, Unit.MONEY, context.currency)} a task"),
        left=f"left of 0: {winner} cheaper",
        right=f"right of 0: {other} cheaper",
        description=f"Cost per task of {winner} less {other} over the range of each assumption: "
        + "; ".join(f"{line(s.assumption, 44)} {told(context, s)}" for s in shown),
    )


def span(context: Context, swing: Swing) -> str:
    """Return the range that the assumption is moved over: `$24 to $36`."""
    low, high = (_value(context, swing, v) for v in (swing.low, swing.high))
    return numbers.span(low, high)


def told(context: Context, swing: Swing) -> str:
    """Return where the cost difference goes: `+$0.005 to −$0.013`."""
    ends = (numbers.difference(v, Unit.MONEY, context.currency) for v in (swing.at_low, swing.at_high))
    return " to ".join(ends)


def _value(context: Context, swing: Swing, value: float) -> str:
    if swing.unit in {"times", "factor"}:
        return f"× {numbers.number(value)}"
    if swing.unit == Unit.SHARE.value and swing.assumption not in context.comparison.plan.costs:
        return numbers.share(value)
    return in_unit(context, value, swing.unit, swing.assumption)


def _note(found: Tornado) -> str:
    turning = [line(s.assumption, 44) for s in found.swings if s.turns]
    winner, other = line(found.winner, 40), line(found.runner_up, 40)
    left = "Ranges are the workbook's own, else 20 % to either side of the value now."
    if not turning:
        return f"No single assumption makes {other} cheaper than {winner} within its range. {left}"
    return f"In its range, {other} can become cheaper than {winner} by: {numbers.listing(turning)}. {left}"


def _steps(context: Context, curve: SlackCurve) -> TableRow:
    """Word the whole curve of one level: `up to 84.9 %: C; up to 90.5 %: B; above that: nobody is proven`."""
    level, currency = curve.level, context.currency
    at_least = level.comparator is Comparator.AT_LEAST
    point = context.comparison.plan.settings.rule is Rule.POINT_ESTIMATE
    rounding = Rounding.NEAREST if point else Rounding.DOWN if at_least else Rounding.UP
    way, beyond = ("up", "above") if at_least else ("down", "below")
    targets = [numbers.measure(s.target, curve.unit, currency, rounding) for s in curve.steps]
    steps = [f"{way} to {target}: {line(s.winner, 60)}" for target, s in zip(targets, curve.steps, strict=True)]
    steps.append(f"{beyond} that: {'nobody qualifies' if point else 'nobody is proven'}")
    return TableRow(level_words(level, curve.unit, currency), "", (Cell("; ".join(steps)),))
