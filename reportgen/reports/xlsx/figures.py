"""The sheets of figures: Measures, By label or By field, By segment, and Comparisons."""

from __future__ import annotations

import math
from collections.abc import Iterator

from reportgen.domain.deciding.qualification import NONE
from reportgen.domain.records.comparison import CandidateResult
from reportgen.domain.records.measure import Measurement, Unit
from reportgen.domain.records.plan import AnswerKey, Scope, ScopeKind
from reportgen.domain.wording import numbers
from reportgen.reports.view.context import Context, capital, segment_scopes
from reportgen.reports.view.records import Table, View
from reportgen.reports.xlsx.charts import part_chart
from reportgen.reports.xlsx.matrix import end, figure, unit_words
from reportgen.reports.xlsx.sheet_content import (
    ASIDE,
    HEADING,
    NOTE,
    P_VALUE,
    UNTRUSTED,
    UNTRUSTED_BOLD,
    WRAPPED,
    Column,
    Content,
    Figure,
    figure_format,
    fitted,
    money_format,
    seconds_format,
)
from reportgen.reports.xlsx.sheet_writer import Sheet

_ROW_PIXELS = 24
_FEW_PARTS = 12
"""Up to so many labels or fields the tables beneath the chart begin on its page."""
_BEFORE_CANDIDATES = 2
"""Columns of the first table before the candidates: name and support."""
_LONGEST_TITLE = 200
PARTS_ROW = 3
"""Row of the overview table's header on By label and By field."""


def write_measures(sheet: Sheet, context: Context) -> None:
    """Write every measurement of every candidate, one a row."""
    row = sheet.title(
        "Measures",
        "Every figure of the run, unrounded in the cells. Other readings and the method, at the right, are not printed.",
    )
    columns = [
        Column("Candidate", fitted(context.names, 18, 32), UNTRUSTED),
        Column("Measure", 24),
        Column("Scope", fitted({str(m.scope) for r in context.results for m in r.measurements.values()}, 16, 48), UNTRUSTED),
        Column("Value", 11),
        Column("from", 11),
        Column("to", 11),
        Column("Bound that decides", 12),
        Column("Examples", 10),
        Column("Right", 8),
        Column("Unit", 9),
        Column("Basis", 10),
        Column("Reason or remark", 56, NOTE),
        Column("Lenient reading", 11),
        Column("Unweighted", 14),
        Column("Answered only", 12),
        Column("Examples answered", 12),
        Column("Last attempt alone", 13),
        Column("Method", 62, ASIDE),
    ]
    rows = [_measure_row(context, r, m) for r in context.results for m in r.measurements.values()]
    after = sheet.table(row, columns, rows, title="Measures", freeze=2)
    sheet.prints([c.head for c in columns].index("Lenient reading"), after)


def _measure_row(context: Context, result: CandidateResult, m: Measurement) -> list[Content]:
    def shown(value: float | None) -> Content:
        return None if value is None else Figure(value, figure_format(value, m.unit, context.currency, digits=6))

    answered, attempt = m.answered_only or {}, m.attempt or {}
    return [
        result.spec.name,
        capital(m.measure),
        str(m.scope),
        Figure(m.value, figure_format(m.value, m.unit, context.currency, digits=6)),
        shown(m.low),
        shown(m.high),
        shown(m.bound),
        m.n,
        m.x,
        unit_words(m.unit, context.currency),
        m.basis.value,
        ". ".join(t for t in (m.reason, *m.notes) if t),
        shown(m.lenient),
        shown(m.unweighted),
        shown(answered.get("value")),
        answered.get("n"),
        shown(attempt.get("value")),
        m.method,
    ]


def write_parts(sheet: Sheet, context: Context, view: View, kind: ScopeKind) -> None:
    """Write F1 by label or field side by side with a chart, then precision, recall and F1 in full, then the mix-ups."""
    plan = context.comparison.plan
    names = [p.name for p in (plan.labels if kind is ScopeKind.LABEL else plan.fields)] or _measured_parts(context, kind)
    word = kind.value
    row = sheet.title(
        f"By {word}", f"F1 of each {word} by candidate; support = examples in the evaluation split that have it."
    )
    support = _support(context, kind)
    longest = fitted(context.names, 19, 32)  # the candidates' names stand beneath the first
    columns = [
        Column(word.capitalize(), fitted(names, 20, 44), UNTRUSTED_BOLD),
        Column("Support", 9),
        *(Column(r.spec.name, w) for r, w in zip(context.results, (longest, *[19] * len(context.results)), strict=False)),
    ]
    rows: list[list[Content]] = [
        [name, support.get(name, 0), *(figure(context, context.figure(r, "F1", Scope(kind, name))) for r in context.results)]
        for name in names
    ]
    row = sheet.table(
        row,
        columns,
        rows,
        title=f"F1 by {word}",
        description=f"F1 of each {word}, one column a candidate",
        freeze=1,
        repeat=False,
    )
    _shade(sheet, len(names), len(context.results))
    height = max(300, 19 * len(names) + 90)
    beneath = height - _ROW_PIXELS * (len(names) + 3)
    detail = row + max(0, math.ceil(beneath / 20)) + 1
    sheet.put(detail - 1, 0, f"Precision, recall and F1 of each {word}", HEADING)
    if len(names) > _FEW_PARTS:
        sheet.page_break(detail - 1)
    after = _detail(sheet, detail, context, kind, names=names, support=support)
    match kind:
        case ScopeKind.LABEL:
            _mix_ups(sheet, _balance(sheet, after, context), context)
        case _:
            _quotations(sheet, after, view.quality.citations)
    lead = context.lead
    if lead is not None and names:
        title = (PARTS_ROW - 1, len(columns) + 1)
        sheet.put(*title, f"F1 by {word}: {lead.spec.name}"[:_LONGEST_TITLE], ASIDE)
        chart = part_chart(sheet.book, sheet.name, detail + 1, len(names), title=title)
        sheet.chart(
            PARTS_ROW,
            len(columns) + 1,
            chart,
            f"F1 of each {word} for {lead.spec.name}, with its interval",
            width=620,
            height=height,
        )


def _measured_parts(context: Context, kind: ScopeKind) -> list[str]:
    found = {m.scope.name: None for r in context.results for m in r.measurements.values() if m.scope.kind is kind}
    return list(found)


def _shade(sheet: Sheet, rows: int, candidates: int) -> None:
    if not rows or not candidates:
        return
    scale = {
        "type": "2_color_scale",
        "min_type": "num",
        "max_type": "num",
        "min_value": 0.5,
        "max_value": 1.0,
        "min_color": "#F6C9A0",
        "max_color": "#FFFFFF",
    }
    sheet.highlight((PARTS_ROW + 1, 2, PARTS_ROW + rows, 1 + candidates), scale)


def _detail(sheet: Sheet, row: int, context: Context, kind: ScopeKind, *, names: list[str], support: dict[str, int]) -> int:
    columns = [
        Column(h, 10)
        for h in (
            kind.value.capitalize(),
            "Support",
            "Candidate",
            "Precision",
            "Precision from",
            "Precision to",
            "Recall",
            "Recall from",
            "Recall to",
            "F1",
            "F1 from",
            "F1 to",
            "F1 minus",
            "F1 plus",
            "Remark",
        )
    ]
    rows: list[list[Content]] = []
    for result in [context.lead, *(r for r in context.results if r is not context.lead)]:
        if result is None:
            continue
        for name in names:
            found = [context.figure(result, measure, Scope(kind, name)) for measure in ("precision", "recall", "F1")]
            figures = [
                cell for m in found for cell in (figure(context, m), end(context, m, high=False), end(context, m, high=True))
            ]
            reasons = dict.fromkeys(t for m in found if m is not None for t in (m.reason, *m.notes) if t)
            rows.append([name, support.get(name, 0), result.spec.name, *figures, *_arms(found[2]), ". ".join(reasons)])
    if len(columns) > len(context.results) + _BEFORE_CANDIDATES:
        sheet.widths([44], len(columns) - 1)  # the remark, where no column of the table above is in its place
    above = len(context.results) + _BEFORE_CANDIDATES
    sheet.widths([11] * (len(columns) - 1 - above), above)
    return sheet.table(row, columns, rows, title=f"Precision, recall and F1 by {kind.value}", widths=False)


def _arms(f1: Measurement | None) -> tuple[Figure, Figure]:
    """Return how far the interval reaches down and up: the arms of the chart's error bars."""
    if f1 is None or f1.value is None or f1.low is None or f1.high is None:
        return Figure(None, "0.0%"), Figure(None, "0.0%")
    return Figure(max(0.0, f1.value - f1.low), "0.0%"), Figure(max(0.0, f1.high - f1.value), "0.0%")


def _support(context: Context, kind: ScopeKind) -> dict[str, int]:
    counts: dict[str, int] = {}
    for example in context.comparison.corpus.eval:
        for name in _parts_of(example.key or AnswerKey(), kind):
            counts[name] = counts.get(name, 0) + 1
    return counts


def _parts_of(key: AnswerKey, kind: ScopeKind) -> Iterator[str]:
    if kind is ScopeKind.LABEL:
        if key.labels is not None:
            yield from key.labels
        elif key.label is not None:
            yield key.label
    else:
        yield from (name for name, field in key.fields.items() if field.labelled and field.values)


def _balance(sheet: Sheet, row: int, context: Context) -> int:
    """Write the figures that a common label cannot flatter, one row a candidate."""
    shown = [(r.spec.name, r.balance) for r in context.results if r.balance is not None]
    if not shown:
        return row
    sheet.put(row, 0, "However common each label is", HEADING)
    heads = ("Support", "Balanced accuracy", "From", "To", "Matthews correlation", "MCC from", "MCC to")
    columns = [Column("Candidate", 10, UNTRUSTED_BOLD), *(Column(h, 10) for h in heads)]
    rows: list[list[Content]] = [
        [
            name,
            b.rows,
            *(Figure(v, "0.0%") for v in (b.balanced_accuracy.value, b.balanced_accuracy.low, b.balanced_accuracy.high)),
            *(Figure(v, "0.000") for v in (b.matthews.value, b.matthews.low, b.matthews.high)),
        ]
        for name, b in shown
    ]
    return sheet.table(row + 1, columns, rows, title="However common each label is", widths=False, filtered=False)


def _mix_ups(sheet: Sheet, row: int, context: Context) -> None:
    rows: list[list[Content]] = [
        [expected, count, result.spec.name, said]
        for result in context.results
        for expected, said, count in sorted(
            ((e, s, n) for e, row in result.confusion.items() for s, n in row.items() if e != s),
            key=lambda found: (-found[2], found[0], found[1]),
        )
    ]
    if not rows:
        return
    sheet.put(row, 0, "What was taken for what", HEADING)
    columns = [Column(h, 10, UNTRUSTED) for h in ("Expected", "Times", "Candidate", "Answered")]
    sheet.table(row + 1, columns, rows, title="What was taken for what", widths=False)


def _quotations(sheet: Sheet, row: int, counted: Table) -> None:
    """Count what became of every quotation that was owed; the Checks sheet lists those that do not hold."""
    if not counted.rows:
        return
    sheet.put(row, 0, "Quotations", HEADING)
    heads = [Column(h, 10, UNTRUSTED_BOLD if h == "Candidate" else None) for h in (counted.head, *counted.columns)]
    rows: list[list[Content]] = [[r.name, *(c.text for c in r.cells)] for r in counted.rows]
    row = sheet.table(row + 1, heads, rows, title="Quotations counted", widths=False, filtered=False)
    for note in counted.notes:
        sheet.put(row - 1, 0, note, ASIDE)
        row += 1


def write_segments(sheet: Sheet, context: Context) -> None:
    """Write the primary measure by segment, with the segment's share of the examples and of production."""
    row = sheet.title("By segment", f"{capital(context.comparison.primary_measure)} by part of production traffic.")
    columns = [
        Column("Segment", 30, UNTRUSTED_BOLD),
        Column("Examples in eval", 10),
        Column("Share of eval", 10),
        *([Column("Share of production", 12)] if context.comparison.plan.production_mix else []),
        Column("Candidate", fitted(context.names, 18, 32), UNTRUSTED),
        Column("Value", 11),
        Column("from", 10),
        Column("to", 10),
        Column("Counted", 10),
        Column("Remark", 50, NOTE),
    ]
    rows = list(_segment_rows(context))
    if not rows:
        sheet.put(row, 0, "The workbook names no segments, so there is nothing to break down.", WRAPPED)
        sheet.widths([70])
        return
    sheet.table(row, columns, rows, title="By segment", freeze=1)


def _segment_rows(context: Context) -> Iterator[list[Content]]:
    evaluated = context.comparison.corpus.eval
    mix = context.comparison.plan.production_mix
    for scope in segment_scopes(context):
        many = sum(e.segment == scope.name for e in evaluated)
        for result in context.results:
            m = context.primary(result, scope)
            yield [
                scope.name,
                many,
                Figure(many / len(evaluated), "0.0%") if evaluated else None,
                *([Figure(mix.get(scope.name), "0.0%")] if mix else []),
                result.spec.name,
                figure(context, m),
                end(context, m, high=False),
                end(context, m, high=True),
                m.n if m is not None else None,
                "not measured" if m is None else ". ".join(t for t in (m.reason, *m.notes) if t),
            ]


def write_comparisons(sheet: Sheet, context: Context) -> None:
    """Write the paired differences and the winner probabilities."""
    row = sheet.title(
        "Comparisons", "Differences on the same examples (first minus second), with p values adjusted by Holm."
    )
    columns = [
        Column("First", 28, UNTRUSTED),
        Column("Second", 28, UNTRUSTED),
        Column("Measure", 20),
        Column("Difference", 11),
        Column("from", 10),
        Column("to", 10),
        Column("p value", 10),
        Column("p value, adjusted", 10),
        Column("Examples", 10),
        Column("Method", 40, NOTE),
    ]
    rows: list[list[Content]] = []
    for pair in context.comparison.pairs:
        m = context.figure(context.comparison.result(pair.a), pair.measure)
        shown = _difference_format(pair.difference, m.unit if m is not None else Unit.SHARE, context.currency)
        figures = [Figure(v, shown) for v in (pair.difference, pair.low, pair.high)]
        p_values = [Figure(pair.p, P_VALUE), Figure(pair.p_adjusted, P_VALUE)]
        rows.append([pair.a, pair.b, capital(pair.measure), *figures, *p_values, pair.n or None, pair.method])
    row = sheet.table(row, columns, rows, title="Paired comparisons", freeze=2, repeat=False)
    chances = context.comparison.decision.winner_probability
    if chances:
        sheet.put(row, 0, "Who would have come out first, had the examples been drawn again", HEADING)
        named = {NONE: "no candidate qualifies"}
        shares: list[list[Content]] = [[named.get(n, n), Figure(share, "0.0%")] for n, share in chances.items()]
        heads = [Column("Candidate", 28, UNTRUSTED), Column("Share of draws", 28)]
        sheet.table(row + 1, heads, shares, title="Winner probability", widths=False, filtered=False)


def _difference_format(value: float | None, unit: Unit, currency: str) -> str:
    match unit:
        case Unit.SHARE:
            return "+0.0%;-0.0%;0.0%"
        case Unit.SECONDS:
            plain = seconds_format(None if value is None else abs(value))
            return f"+{plain};-{plain};{plain}"
        case Unit.MONEY:
            shown = money_format(currency, max(4, numbers.money_digits([])))
            return f"+{shown};-{shown};{shown}"
        case Unit.NUMBER:
            return "+0.00;-0.00;0.00"
