"""The sheet Trend: control chart of the frozen panel with native charts, drift, prices; only where there is a history."""

from __future__ import annotations

from datetime import date

from reportgen.domain.records.measure import Unit
from reportgen.domain.records.monitoring import Monitoring
from reportgen.reports.view.records import TrendView
from reportgen.reports.xlsx.charts import run_lines
from reportgen.reports.xlsx.sheet_content import (
    ASIDE,
    BOLD,
    HEADING,
    UNTRUSTED,
    Column,
    Content,
    Figure,
    Formula,
    figure_format,
)
from reportgen.reports.xlsx.sheet_writer import Sheet
from reportgen.spreadsheets.writer import Style

_MONEY = "0.000000"
_SHARE = "0.0%"
_CHART_ROWS = 19
_ONE_LINE: Style = {**UNTRUSTED, "text_wrap": False}
"""Sentences run on over the empty cells right of them."""
_EXCEL_EPOCH = date(1899, 12, 30)


def write_trend(sheet: Sheet, found: Monitoring, view: TrendView, currency: str, finished: str) -> None:
    """Write the loop: what to do, why, and every run of it."""
    row = sheet.title("Trend", "The same question, asked again every month: production and its challengers.")
    sheet.widths([24, 26, 14, 14, 14, 18, 18, 34, 18, 18])
    sheet.put(row, 0, view.mark)
    for reason in view.reasons:
        row += 1
        sheet.put(row, 0, reason, _ONE_LINE)
    row = _validity(sheet, row + 2, found, finished)
    row = _runs(sheet, row, found, currency)
    sheet.put(row, 0, view.note, ASIDE)
    row = _drift(sheet, row + 2, found, currency)
    row = _prices(sheet, row, found)
    sheet.put(row, 0, "What was noticed", HEADING)
    facts: list[list[Content]] = [[f.name, f.value, f.note] for f in view.facts]
    row = sheet.table(
        row + 1,
        [Column("What", 24, UNTRUSTED), Column("Value", 26, UNTRUSTED), Column("Remark", 14, _ONE_LINE)],
        facts,
        title="Noticed",
        widths=False,
        filtered=False,
        heights=False,
    )
    for told in view.asked:
        sheet.put(row, 0, told, _ONE_LINE)
        row += 1


def _validity(sheet: Sheet, row: int, found: Monitoring, finished: str) -> int:
    """Write until when the evidence stands; the cell says anew, whenever the file is opened, whether it still does."""
    until = (date.fromisoformat(found.valid_until) - _EXCEL_EPOCH).days
    sheet.put(row, 0, "Evidence valid until", BOLD)
    sheet.put(row, 1, Figure(until, "yyyy-mm-dd"))
    told = "expired" if finished[:10] > found.valid_until else "valid"
    sheet.put(row, 2, Formula(f'IF(TODAY()>B{row + 1},"expired","valid")', told, "General", BOLD))
    return row + 2


def _runs(sheet: Sheet, row: int, found: Monitoring, currency: str) -> int:
    sheet.put(row, 0, f"Control chart of the frozen panel: {found.subject}", HEADING)
    sheet.height(row, 20)
    heads = (
        *("Run", "Folder", "Right", "Rows", "Share right", "Limit, 3 sigma", "Limit, 2 sigma", "What the chart says"),
        f"Tokens a task, prices of that day ({currency})",
        f"At today's prices ({currency})",
    )
    first = row + 2
    rows: list[list[Content]] = [
        [
            p.at[:10],
            p.folder,
            p.right,
            p.n,
            Formula(f"C{first + i + 1}/D{first + i + 1}", p.share, _SHARE) if p.share is not None else None,
            Figure(p.action_low, _SHARE),
            Figure(p.warning_low, _SHARE),
            p.signal.value,
            Figure(p.cost_then, _MONEY),
            Figure(p.cost_today, _MONEY),
        ]
        for i, p in enumerate(found.points)
    ]
    columns = [Column(h, 18, UNTRUSTED if h == "Folder" else None) for h in heads]
    after = sheet.table(row + 1, columns, rows, title="Runs", widths=False, filtered=False)
    count = len(found.points)
    charts = (
        ("Share right on the frozen panel", (4, 5, 6), "0%", 0),
        ("Token cost a task, then and at today's prices", (8, 9), _MONEY, 5),
    )
    for title, places, number, column in charts:
        chart = run_lines(sheet.book, sheet.name, first=first, rows=count, columns=places, title=title, number=number)
        sheet.chart(after, column, chart, f"{title}, one point a run, {count} runs", width=620, height=340)
    return after + _CHART_ROWS


def _drift(sheet: Sheet, row: int, found: Monitoring, currency: str) -> int:
    sheet.put(row, 0, "Drift of models, on the same rows: now less the first run", HEADING)
    heads = ("Candidate", "Measure", "Rows", "Difference", "from", "to", "Adjusted p", "Gate and equivalence")
    rows: list[list[Content]] = []
    for d in found.drift:
        unit = next((u for u in Unit if u.value == d.unit), Unit.SHARE)
        shown = figure_format(d.difference, unit, currency)
        alike = "equal within the margin" if d.equivalent else "not shown to be equal"
        rows.append(
            [
                d.candidate,
                d.measure,
                d.rows,
                *(Figure(v, shown) for v in (d.difference, d.low, d.high)),
                Figure(d.p_adjusted, "0.0000"),
                f"{d.gate or 'no margin'}, {alike}",
            ]
        )
    columns = [Column(h, 14, UNTRUSTED if h == "Candidate" else None) for h in heads]
    return sheet.table(row + 1, columns, rows, title="Drift", widths=False, filtered=False)


def _prices(sheet: Sheet, row: int, found: Monitoring) -> int:
    sheet.put(row, 0, "Token cost a task, every candidate of every run: then, and reckoned again at today's prices", HEADING)
    heads = ("Candidate", "Run", "At the prices of that day", "At today's prices", "Remark")
    rows: list[list[Content]] = [
        [p.candidate, p.at[:10], Figure(p.then, _MONEY), Figure(p.today, _MONEY), p.note] for p in found.prices
    ]
    columns = [Column(h, 14, UNTRUSTED if h == "Candidate" else _ONE_LINE if h == "Remark" else None) for h in heads]
    return sheet.table(row + 1, columns, rows, title="Prices then and now", widths=False, filtered=False)
