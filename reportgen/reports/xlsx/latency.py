"""The part of the Service levels sheet that counts latency out: the share within each limit, its exact bound, the curve."""

from __future__ import annotations

from collections.abc import Iterator

from xlsxwriter.utility import xl_rowcol_to_cell

from reportgen.domain.estimating.latencies import WithinLimit, grid, spreads, within_limits
from reportgen.domain.statistics.proportions import exact_lower
from reportgen.reports.view.context import Context, verdict_mark
from reportgen.reports.xlsx.charts import curves
from reportgen.reports.xlsx.sheet_content import (
    ASIDE,
    BOLD,
    HEADING,
    UNTRUSTED,
    Column,
    Content,
    Figure,
    Formula,
    seconds_format,
)
from reportgen.reports.xlsx.sheet_writer import Sheet

_WITHIN, _ASKED, _BOUND, _NEEDED = 3, 5, 7, 8
_MOST_CURVES = 10
_CHART_COLUMN = 11


def write_latencies(sheet: Sheet, row: int, context: Context) -> None:
    """Write the tables and the chart on a page of their own."""
    sheet.page_break(row)
    counted = list(within_limits(context.comparison))
    if counted:
        row = _within(sheet, row, context, counted)
    _distribution(sheet, row, context, sorted({c.verdict.level.target for c in counted}))


def _within(sheet: Sheet, row: int, context: Context, counted: list[WithinLimit]) -> int:
    sheet.put(row, 0, "Latency counted out: how many tasks kept the limit", HEADING)
    heads = (
        "No.",
        "Level",
        "Limit (s)",
        "Tasks within",
        "Candidate",
        "Tasks asked",
        "Share within",
        "Exact bound",
        "Share needed",
        "By the count",
        "Verdict of the run",
    )
    rows = [_counted(row + 2 + i, c, 1 - context.comparison.plan.settings.confidence) for i, c in enumerate(counted)]
    columns = [Column(h, 10, UNTRUSTED if h == "Candidate" else None) for h in heads]
    after = sheet.table(row + 1, columns, rows, title="Latency within the limit", widths=False, filtered=False)
    note = (
        "A percentile is proven to keep its limit where the exact one-sided (Clopper-Pearson) bound of the share within it "
        "reaches the share needed. A failed request is never within. The run may cap its verdict for another reason."
    )
    sheet.put(after - 1, 0, note, ASIDE)
    return after + 1


def _counted(at: int, counted: WithinLimit, alpha: float) -> list[Content]:
    x, asked = counted.within, counted.asked
    within, n, bound, needed = (xl_rowcol_to_cell(at, c) for c in (_WITHIN, _ASKED, _BOUND, _NEEDED))
    lower = exact_lower(x, asked, alpha)
    proven = "proven" if lower >= counted.needed else "not proven"
    return [
        counted.number,
        counted.verdict.level.measure,
        Figure(counted.verdict.level.target, "0.0##"),
        x,
        counted.result.spec.name,
        asked,
        Formula(f"{within}/{n}", x / asked, "0.0%"),
        Formula(f"IF({within}=0,0,BETA.INV({alpha:.12g},{within},{n}-{within}+1))", lower, "0.00%"),
        Figure(counted.needed, "0%"),
        Formula(f'IF({bound}>={needed},"proven","not proven")', proven, "General", BOLD),
        verdict_mark(counted.verdict.verdict),
    ]


def _distribution(sheet: Sheet, row: int, context: Context, limits: list[float]) -> None:
    """Write the share of tasks answered within rising times, one column a candidate, with its chart beside it."""
    found = spreads(context.comparison)[:_MOST_CURVES]
    if not found:
        return
    times = grid(found, limits)
    sheet.put(row, 0, "Latency distribution: share of all tasks answered within so many seconds", HEADING)
    columns = [Column("Seconds", 10), *(Column(s.result.spec.name, 10, UNTRUSTED) for s in found)]
    rows: list[list[Content]] = [[Figure(t, seconds_format(t)), *(Figure(s.share(t), "0.0%") for s in found)] for t in times]
    after = sheet.table(row + 1, columns, rows, title="Latency distribution", first=1, widths=False, filtered=False)
    ends = list(_limit_ends(sheet, after, limits))
    chart = curves(sheet.book, sheet.name, first=row + 2, rows=len(times), seconds=1, columns=len(found), limits=ends)
    described = f"Share of all tasks answered within so many seconds, one curve for each of {len(found)} candidates"
    sheet.chart(row + 1, max(_CHART_COLUMN, 3 + len(found)), chart, described, width=640, height=380)


def _limit_ends(sheet: Sheet, row: int, limits: list[float]) -> Iterator[tuple[str, int, int]]:
    """Write the two ends of each limit's upright line beneath the table; yield its name, first row and column."""
    for number, limit in enumerate(limits):
        for offset, share in enumerate((0.0, 1.0)):
            at = row + 2 * number + offset
            sheet.put(at, 1, Figure(limit, '"line of the limit: "0.0##'), {**ASIDE, "align": "right"})
            sheet.put(at, 2, Figure(share, "0%"), ASIDE)
        yield f"limit {limit:g} s", row + 2 * number, 1
