"""The Decision sheet: what to choose, how sure, what it costs, what would change it; one page with two charts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from xlsxwriter.utility import xl_range_formula

from reportgen.domain.records.comparison import CandidateResult
from reportgen.domain.records.measure import Unit
from reportgen.domain.records.plan import Scope, ScopeKind, ServiceLevel
from reportgen.domain.wording import numbers
from reportgen.domain.wording.text import line, quoted
from reportgen.reports.view.context import Context, capital
from reportgen.reports.view.costs import shown_lines
from reportgen.reports.view.records import View
from reportgen.reports.xlsx.charts import NAME_COLUMN, Axis, Dot, cost_against_quality, cost_stack
from reportgen.reports.xlsx.matrix import COST, MATRIX_ROW, QUALITY
from reportgen.reports.xlsx.record import COSTS_ROW, cost_order
from reportgen.reports.xlsx.sheet_content import (
    ASIDE,
    BOLD,
    WRAPPED,
    Content,
    Figure,
    figure_format,
    marked,
    money_format,
    toned,
)
from reportgen.reports.xlsx.sheet_writer import Sheet
from reportgen.spreadsheets.writer import Style

_WIDTHS = (25, 76, 3, 90)
_CHART_WIDTH, _CHART_HEIGHT = 630, 375
_CHARACTERS = 86
"""About how many characters of 11 points fit the text column; row heights follow from it."""
_HELPERS = 60
"""Row from which the two points of the service level's line stand, outside the printed page."""


def write_decision(sheet: Sheet, context: Context, view: View) -> None:
    """Write the page and its charts."""
    page = view.document
    sheet.widths(_WIDTHS)
    sheet.title(page.title or "Recommendation", page.purpose or f"{capital(page.task)}, {page.date}, {page.number}")
    at = 3
    for label, content, style in _rows(view):
        sheet.put(at, 0, label, BOLD)
        sheet.put(at, 1, content, style)
        sheet.height(at, _height(content, style))
        at += 1
    sheet.raw.fit_to_pages(1, 1)
    sheet.raw.print_area(0, 0, max(at, 40), 3)
    sheet.raw.activate()
    sheet.raw.set_first_sheet()
    _charts(sheet, context, view)


def _rows(view: View) -> Iterator[tuple[str, Content, Style]]:
    """Yield the page one of the report, in its own words; only `Not tested` stands further back there."""
    head = view.headline
    yield "Question", head.question, WRAPPED
    yield "Decision", marked(head.status), {**toned(head.status.tone), "font_size": 16, "valign": "vcenter"}
    yield "Recommendation", head.sentence, {**WRAPPED, "bold": True, "font_size": 12}
    if head.warning:
        yield "Warning", head.warning, WRAPPED
    for fact in head.cost:
        yield fact.name, f"{fact.value}, {fact.note}" if fact.note else fact.value, WRAPPED
    yield from _lines("Why", (*head.why, *head.further_reasons))
    yield from _lines("How sure", head.sureness)
    yield from _lines("What would change it", head.changes)
    yield from _lines("Conditions", head.conditions)
    yield from _lines("Not tested", view.limitations[:1])


def _lines(label: str, texts: Sequence[str]) -> Iterator[tuple[str, Content, Style]]:
    for number, text in enumerate(texts):
        yield ("" if number else label), quoted(text), WRAPPED


def _height(content: Content, style: Style) -> float:
    size = style.get("font_size", 11)
    points = float(size) if isinstance(size, int | float) else 11.0
    text = content if isinstance(content, str) else ""
    lines = sum(max(1, math.ceil(len(part) * points / 11 / _CHARACTERS)) for part in text.split("\n"))
    return max(17.0, lines * points * 1.42 + 3)


def _charts(sheet: Sheet, context: Context, view: View) -> None:
    dots, left_out = _dots(context)
    if dots:
        _write_arms(sheet, context, dots)
        quality = context.comparison.primary_measure
        chart = cost_against_quality(
            sheet.book,
            dots,
            columns=(COST, QUALITY),
            level=_level_line(sheet, context, view, [context.comparison.result(d.name) for d in dots]),
            cost=Axis(f"Cost per task, {context.currency}", money_format(context.currency, _axis_digits(context)), least=0),
            quality=_quality_axis(context),
        )
        described = f"Cost per task against {quality} of {len(dots)} candidates. Not drawn: {left_out or 'nobody'}."
        sheet.chart(3, 3, chart, described, width=_CHART_WIDTH, height=_CHART_HEIGHT)
        if left_out:
            sheet.put(2, 3, f"Not in the charts: {left_out}", ASIDE)
    priced = [r for r in cost_order(context) if r.priced]
    lines = shown_lines(context)
    if any(c.name in lines and c.amount for r in priced for c in r.cost_lines):
        money = money_format(context.currency, _axis_digits(context))
        stack = cost_stack(
            sheet.book, header=COSTS_ROW, first=COSTS_ROW + 1, rows=len(priced), lines=range(1, len(lines) + 1), money=money
        )
        described = "Cost per task of each priced candidate, stacked by cost line"
        sheet.chart(3, 3, stack, described, width=_CHART_WIDTH, height=_CHART_HEIGHT, below=_CHART_HEIGHT + 14)


def _dots(context: Context) -> tuple[list[Dot], str]:
    """Return the candidates with both figures, and who is left out and why."""
    dots: list[Dot] = []
    missing: list[str] = []
    for offset, result in enumerate(context.results):
        cost, quality = context.figure(result, "cost per task"), context.primary(result)
        if cost is None or cost.value is None or quality is None or quality.value is None:
            reason = "no price" if not result.priced else "not measured"
            missing.append(f"{line(result.spec.name, 40)} ({reason})")
        else:
            dots.append(Dot(offset + 1, result.spec.name, MATRIX_ROW + 1 + offset, _HELPERS + 5 + offset))
    return dots, numbers.listing(missing)


def _write_arms(sheet: Sheet, context: Context, dots: Sequence[Dot]) -> None:
    """Write how far each interval reaches down and up beneath the page: the arms of the chart's error bars."""
    sheet.put(_HELPERS + 4, 0, "Arms of the intervals: down, up, in the Matrix's order", ASIDE)
    for dot in dots:
        sheet.put(dot.arms, NAME_COLUMN, f"{dot.number} {dot.name}", ASIDE)
        m = context.primary(context.results[dot.number - 1])
        for column, end in enumerate((m.low, m.high) if m is not None else (None, None)):
            arm = 0.0 if end is None or m is None or m.value is None else abs(end - m.value)
            sheet.put(dot.arms, column, Figure(arm, "0.0000"), {**ASIDE, "align": "left"})


def _quality_axis(context: Context) -> Axis:
    found = [m for r in context.results if (m := context.primary(r)) is not None and m.value is not None]
    values = [v for m in found for v in (m.low, m.value, m.high) if v is not None]
    level = _primary_level(context)
    values += [level.target] if level is not None else []
    name = capital(context.comparison.primary_measure)
    if not found or found[0].unit is not Unit.SHARE:
        return Axis(name, "General")
    falling = any(m.bound is not None and m.value is not None and m.bound > m.value for m in found)
    least = max(0.0, math.floor((min(values) - 0.01) * 20) / 20)
    most = min(1.0, math.ceil((max(values) + 0.01) * 20) / 20)
    return Axis(f"{name}{' (lower is better)' if falling else ''}", "0%", least, most)


def _primary_level(context: Context) -> ServiceLevel | None:
    wanted = context.comparison.primary_measure.casefold()
    found = [s for s in context.comparison.plan.service_levels if s.measure.casefold() == wanted]
    return next((s for s in found if s.scope == Scope(ScopeKind.OVERALL)), None)


def _level_line(sheet: Sheet, context: Context, view: View, drawn: Sequence[CandidateResult]) -> tuple[str, str, str] | None:
    """Write the two ends of the service level's line beneath the page and return its title and references."""
    level = _primary_level(context)
    if level is None:
        return None
    costs = [m.value for r in drawn if (m := context.figure(r, "cost per task")) is not None and m.value is not None]
    quality = context.primary(drawn[0])
    unit = Unit.SHARE if quality is None else quality.unit
    sheet.put(_HELPERS, 0, "Ends of the service level's line: cost, quality", ASIDE)
    for offset, cost in enumerate((0.0, max(costs, default=0.0) * 1.1)):
        sheet.put(_HELPERS + 1 + offset, 0, Figure(cost, money_format(context.currency, 4)), {**ASIDE, "align": "left"})
        sheet.put(
            _HELPERS + 1 + offset,
            1,
            Figure(level.target, figure_format(level.target, unit, context.currency)),
            {**ASIDE, "align": "left"},
        )
    rows = (_HELPERS + 1, _HELPERS + 2)
    words = view.levels[context.comparison.plan.service_levels.index(level)].words
    title = f"service level: {words}"
    return (
        title,
        f"={xl_range_formula(sheet.name, rows[0], 0, rows[1], 0)}",
        f"={xl_range_formula(sheet.name, rows[0], 1, rows[1], 1)}",
    )


def _axis_digits(context: Context) -> int:
    found = [context.figure(r, "cost per task") for r in context.results]
    most = max((m.value for m in found if m is not None and m.value is not None), default=1.0)
    return 2 if most >= 0.05 else max(2, min(6, 2 - math.floor(math.log10(most or 1))))  # noqa: PLR2004 - five cents
