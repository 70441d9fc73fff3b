"""Words what the monthly loop found, for the sheet Trend and the report; nothing where there is no history."""

from __future__ import annotations

from reportgen.domain.records.measure import Unit
from reportgen.domain.records.monitoring import Action, Monitoring, Signal
from reportgen.domain.wording.figures import amount, counted, money
from reportgen.domain.wording.text import line
from reportgen.reports.view.chart_records import Tick, TrendChart, TrendPoint
from reportgen.reports.view.marks import Mark, Tone
from reportgen.reports.view.records import Cell, Fact, Table, TableRow, TrendView

_MARKS = {
    Action.ACT: Mark("×", "ACT", Tone.BAD),
    Action.WATCH: Mark("◐", "WATCH", Tone.CAUTION),
    Action.NONE: Mark("●", "NO CHANGE SHOWN", Tone.GOOD),
}
MOST_ROWS = 36
"""Runs shown on the page; the sheet Trend holds all."""


def trend(found: Monitoring | None, currency: str) -> TrendView | None:
    """Return the loop in words, None where this run is no rerun."""
    if found is None:
        return None
    return TrendView(
        mark=_MARKS[found.action],
        subject=line(found.subject, 60),
        reasons=tuple(found.reasons),
        facts=_facts(found),
        chart=_chart(found),
        runs=_runs(found, currency),
        drift=_drift(found, currency),
        prices=_prices(found, currency),
        asked=(
            *(f"{line(n.about, 60)}: asked, {n.sentence}." for n in found.challengers),
            *(f"{line(n.about, 60)}: not asked, {n.sentence}." for n in found.passed_over),
        ),
        note=_note(found),
    )


def _note(found: Monitoring) -> str:
    rate = found.false_alarm_rate
    return (
        "Act on one point below three sigma, on two of three below two sigma, or on a failed gate; otherwise watch. A month "
        f"in which nothing changed breaks a rule of the chart in about {100 * rate:.2g} of 100 cases, once in "
        f"{1 / rate:.0f} months. Limits are exact and hold the error of the first runs."
    )


def _facts(found: Monitoring) -> tuple[Fact, ...]:
    return (
        Fact("Watched", line(found.subject, 60)),
        Fact("Frozen panel", counted(found.panel, "row"), _left(found)),
        Fact("Fresh rows", counted(found.fresh, "row"), found.traffic.sentence),
        Fact("Trend", trend_words(found)),
        Fact("Valid until", found.valid_until, "evidence of the first run"),
        *(Fact(line(n.about, 60), "changed", n.sentence) for n in (*found.price_changes, *found.snapshots)),
        *(Fact(line(n.about, 60), "expired", n.sentence) for n in found.expired),
        *(Fact(line(c.candidate, 60), "canary prompts", _canary(c.prompts, c.natural, c.now, c.p)) for c in found.canaries),
    )


def _canary(prompts: int, natural: int | None, now: int, p: float | None) -> str:
    told = f"{now} of {prompts} answers differ from the first run"
    return f"{told}; the natural number is being learned" if p is None else f"{told}, {natural} by nature, p {p:.3g}"


def _left(found: Monitoring) -> str:
    return f"{counted(len(found.left_panel), 'row')} left it, edited or removed" if found.left_panel else ""


def trend_words(found: Monitoring) -> str:
    """Return the trend in a sentence."""
    if found.trend is None:
        return found.trend_note
    of = found.trend
    slope, low, high = (amount(round(v, 3), Unit.SHARE, "") for v in (of.slope, of.low, of.high))
    return f"{slope} a month ({low} to {high}; Cochran-Armitage p {found.trend.p:.3g})"


def _chart(found: Monitoring) -> TrendChart:
    points = tuple(
        TrendPoint(p.at[:10], p.share, p.action_low, p.warning_low, p.signal.alarm) for p in found.points[-MOST_ROWS:]
    )
    places = [v for p in points for v in (p.share, p.limit) if v is not None] or [0.0]
    low = max(0.0, int(min(places) * 20) / 20 - 0.05)
    step = 0.05 if low >= 0.7 else 0.1 if low >= 0.4 else 0.2  # noqa: PLR2004 - round ticks, five to eight of them
    low = int(low / step + 1e-9) * step
    ticks = tuple(
        Tick(round(low + i * step, 9), f"{100 * (low + i * step):.0f} %") for i in range(round((1.0 - low) / step) + 1)
    )
    told = ", ".join(f"{p.text} {amount(p.share, Unit.SHARE, '')}" for p in points if p.share is not None)
    return TrendChart(points, ticks, f"Share right on the frozen panel, one point a run, with lower limits: {told}")


def _runs(found: Monitoring, currency: str) -> Table:
    rows = tuple(
        TableRow(
            p.at[:10],
            line(p.folder, 40),
            (
                Cell(f"{p.right} of {p.n}"),
                Cell("" if p.share is None else amount(p.share, Unit.SHARE, "")),
                Cell("" if p.action_low is None else amount(p.action_low, Unit.SHARE, "")),
                Cell(_money(p.cost_then, currency)),
                Cell(_money(p.cost_today, currency)),
                Cell(p.signal.value),
            ),
            chosen=p.signal.alarm or p.signal is Signal.WARNING,
        )
        for p in found.points[-MOST_ROWS:]
    )
    columns = ("Right", "Share", "Limit (3 sigma)", "Tokens a task, prices of that day", "At today's prices", "Chart")
    return Table("Run", columns, rows)


def _money(value: float | None, currency: str) -> str:
    return "not known" if value is None else money(value, currency)


def _drift(found: Monitoring, currency: str) -> Table:
    rows = []
    for d in found.drift:
        unit = next((u for u in Unit if u.value == d.unit), Unit.SHARE)
        span = ""
        if d.low is not None and d.high is not None:
            span = f"{amount(d.low, unit, currency)} to {amount(d.high, unit, currency)}"
        cells = (
            Cell("" if d.difference is None else amount(d.difference, unit, currency), span),
            Cell("" if d.p_adjusted is None else f"{d.p_adjusted:.3g}"),
            Cell(d.gate or "no margin"),
            Cell("equal within the margin" if d.equivalent else "not shown to be equal"),
            Cell(f"{d.rows}"),
        )
        rows.append(TableRow(line(d.candidate, 60), d.role, cells))
    return Table(
        "Candidate", ("Now less the first run", "Adjusted p", "Gate", "Equivalence", "Rows"), tuple(rows),
        ("On the frozen panel, the same rows each time, so a difference speaks of the model and not of the traffic.",),
    )  # fmt: skip


def _prices(found: Monitoring, currency: str) -> Table:
    rows = tuple(
        TableRow(
            line(p.candidate, 60), p.at[:10], (Cell(_money(p.then, currency)), Cell(_money(p.today, currency)), Cell(p.note))
        )
        for p in found.prices
    )
    return Table("Candidate and run", ("At the prices of that day", "At today's prices", "Remark"), rows)
