"""What one month of the loop found, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.domain.records.measure import Unit
from reportgen.domain.records.monitoring import ModelDrift, Monitoring
from reportgen.domain.wording.figures import amount, counted, money
from reportgen.reports.view.trend import trend_words

MOST_POINTS = 13


def lines(found: Monitoring, currency: str) -> Iterator[str]:
    """Yield the action first, then what it rests on."""
    yield f"{found.action.value}: {found.reasons[0]}"
    yield from (f"  {reason}" for reason in found.reasons[1:])
    yield f"Frozen panel: {counted(found.panel, 'row')}; fresh: {counted(found.fresh, 'row')}. Watched: {found.subject}."
    for word, names in (("Asked besides it", found.challengers), ("Passed over", found.passed_over)):
        yield from (f"  {word}: {n.about} ({n.sentence})" for n in names)
    yield "Control chart of the frozen panel (right, lower limit at three sigma):"
    for point in found.points[-MOST_POINTS:]:
        share = "none judged" if point.share is None else amount(point.share, Unit.SHARE, "")
        limit = "" if point.action_low is None else f", limit {amount(point.action_low, Unit.SHARE, '')}"
        yield f"  {point.at[:10]}  {point.right} of {point.n}, {share}{limit}: {point.signal.value}"
    rate = found.false_alarm_rate
    often = f"{100 * rate:.2g} of 100 cases, once in {1 / rate:.0f} months"
    yield f"  A month without any change breaks a rule of this chart in {often}."
    yield f"Trend: {trend_words(found)}."
    yield "Model drift, on the frozen panel, now less the first run:"
    yield from (f"  {drift_words(d, currency)}" for d in found.drift)
    yield f"Traffic drift: {found.traffic.sentence}"
    yield "Token cost a task, at the prices of that day and at today's:"
    for price in found.prices:
        then, today = ("not known" if v is None else money(v, currency) for v in (price.then, price.today))
        yield f"  {price.at[:10]}  {price.candidate}: {then}, {today}{f' ({price.note})' if price.note else ''}"
    yield f"Evidence of the first run is valid until {found.valid_until}."


def drift_words(of: ModelDrift, currency: str) -> str:
    """Return one candidate's drift in a sentence."""
    if of.difference is None:
        return f"{of.candidate}: {of.measure} {of.method}."
    unit = of.unit
    moved = amount(of.difference, unit, currency)
    ends = ""
    if of.low is not None and of.high is not None:
        ends = f" ({amount(of.low, unit, currency)} to {amount(of.high, unit, currency)})"
    p = "" if of.p_adjusted is None else f", adjusted p {of.p_adjusted:.3g}"
    gate = f", gate {of.gate}" if of.gate else ""
    alike = "; equal within the margin" if of.equivalent else ""
    return f"{of.candidate}: {of.measure} {moved}{ends}{p}{gate}, {counted(of.rows, 'row')}{alike}."
