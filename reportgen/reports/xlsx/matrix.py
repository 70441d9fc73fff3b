"""The Matrix and Service levels sheets: every candidate and manual work side by side, and each level with its verdicts."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.domain.records.comparison import CandidateResult
from reportgen.domain.records.measure import Measurement, Unit
from reportgen.domain.records.plan import Role
from reportgen.domain.wording import numbers
from reportgen.reports.view.context import Context, capital, unit_of, verdict_mark, worst
from reportgen.reports.view.marks import Mark, Tone
from reportgen.reports.view.records import View
from reportgen.reports.xlsx.latency import write_latencies
from reportgen.reports.xlsx.sheet_content import (
    ASIDE,
    HEADING,
    NOTE,
    P_VALUE,
    RUNS_OVER,
    UNTRUSTED,
    UNTRUSTED_BOLD,
    WRAPPED,
    Column,
    Content,
    Figure,
    figure_format,
    fitted,
    money_format,
)
from reportgen.reports.xlsx.sheet_writer import Sheet

MATRIX_ROW = 4
"""Row of the Matrix table's header, counted from 0; the charts point at the rows beneath it."""
NAME, QUALITY, COST = 0, 3, 8
"""Columns that the charts point at."""
SENT_ON = "share sent on"
_MANUAL = Mark("–", "reference", Tone.NEUTRAL)


def write_matrix(sheet: Sheet, context: Context, view: View) -> None:
    """Write one row a candidate and a row for manual work."""
    comparison = context.comparison
    row = sheet.title(
        "Matrix",
        "One row a candidate; the verdict is the worst over all levels that must be met.",
        column=1,
    )
    levels = comparison.plan.service_levels
    columns = [
        Column("Candidate", fitted(context.names, 18, 34), UNTRUSTED_BOLD),
        Column("Role", 12),
        Column("Verdict", 15),
        Column(capital(comparison.primary_measure), 11),
        Column("from", 9),
        Column("to", 9),
        Column("Examples", 10),
        Column("p95 latency", 11),
        Column("Cost per task", 12),
        Column("Cost per month", 13),
        Column("Review rate", 9),
        Column("Failure rate", 9),
        *([Column("Sent on", 9)] if _routed(context) else []),
        *(Column(f"{of.number}. {of.words} ({of.importance})", 15) for of in view.levels),
        Column("Remarks", 36, NOTE),
    ]
    digits = cost_digits(context)
    rows = [_candidate(context, result, digits) for result in context.results]
    manual = comparison.manual_cost_per_task
    if manual is not None:
        rows.append(_manual(context, manual, len(levels), digits))
    description = (
        "Every candidate with quality, interval, latency, cost, review rate and verdicts, and manual work as reference"
    )
    row = sheet.table(MATRIX_ROW, columns, rows, title="Matrix", description=description, freeze=1)
    for note in _notes(context):
        sheet.put(row, 1, note, ASIDE)
        row += 1
    sheet.prints(len(columns), row)


def cost_digits(context: Context) -> int:
    """Return how many decimals the costs per task of this comparison need to be told apart."""
    found = [context.figure(r, "cost per task") for r in context.results]
    return max(4, min(6, numbers.money_digits(m.value for m in found if m is not None)))


def _routed(context: Context) -> bool:
    """Return whether any candidate is a route, so that the share it sends on is a column."""
    return any(r.spec.route is not None for r in context.results)


def _candidate(context: Context, result: CandidateResult, digits: int) -> list[Content]:
    decision = context.comparison.decision
    quality, latency = context.primary(result), context.figure(result, "p95 latency")
    cost, review, failure = (context.figure(result, n) for n in ("cost per task", "review rate", "failure rate"))
    value = None if cost is None else cost.value
    role = "winner" if result.spec.name == decision.winner else result.spec.role.value
    if role == "winner" and result.spec.role is Role.PRODUCTION:
        role = "winner, production"
    judged = {v.level: v.verdict for v in result.levels}
    return [
        result.spec.name,
        role,
        verdict_mark(worst(result)),
        figure(context, quality),
        end(context, quality, high=False),
        end(context, quality, high=True),
        quality.n if quality is not None else None,
        figure(context, latency),
        Figure(value, money_format(context.currency, digits)),
        Figure(context.comparison.per_month(value), money_format(context.currency, 0)),
        figure(context, review),
        figure(context, failure),
        *([figure(context, context.figure(result, SENT_ON))] if _routed(context) else []),
        *(verdict_mark(judged.get(level)) for level in context.comparison.plan.service_levels),
        _remarks(result, (quality, latency, cost)),
    ]


def _manual(context: Context, manual: float, levels: int, digits: int) -> list[Content]:
    return [
        "Manual work",
        "people, no model",
        _MANUAL,
        *[Figure(None, "0.0%")] * 3,
        None,
        Figure(None, "0.000"),
        Figure(manual, money_format(context.currency, digits)),
        Figure(context.comparison.per_month(manual), money_format(context.currency, 0)),
        Figure(None, "0.0%"),
        Figure(None, "0.0%"),
        *([Figure(None, "0.0%")] if _routed(context) else []),
        *[_MANUAL] * levels,
        "Assumed, as the Costs sheet says.",
    ]


def _remarks(result: CandidateResult, found: Sequence[Measurement | None]) -> str:
    said = [f"{capital(m.measure)}: {m.reason}" for m in found if m is not None and m.value is None and m.reason]
    said += [f"{capital(m.measure)} as {m.basis.value}" for m in found[1:2] if m is not None and m.basis.value != "measured"]
    if not result.priced:
        said.append("Without a price it is never recommended")
    said += [f"{r.requirement.requirement}: {r.verdict.value}" for r in result.requirements if r.verdict.value != "PROVEN"]
    return ". ".join(dict.fromkeys(said))


def _notes(context: Context) -> list[str]:
    return [
        f"“from” and “to” are the {context.confidence} interval. A shaded cell has no figure; Remarks says why.",
        "● PROVEN: the bound that decides meets the level.   ◐ LIKELY: only the figure does.",
        "○ UNLIKELY: the figure does not, but is not ruled out.   × FAILED: ruled out.   ? NOT TESTABLE: too little.",
    ]


def figure(context: Context, m: Measurement | None, *, beside: float | None = None) -> Figure:
    """Return a measurement's value as a cell."""
    if m is None:
        return Figure(None, "General")
    return Figure(m.value, figure_format(m.value, m.unit, context.currency, beside=beside))


def end(context: Context, m: Measurement | None, *, high: bool) -> Figure:
    """Return one end of a measurement's interval as a cell."""
    if m is None or m.value is None:
        return Figure(None, "General")
    value = m.high if high else m.low
    return Figure(value, figure_format(value, m.unit, context.currency))


def write_service_levels(sheet: Sheet, context: Context, view: View) -> None:
    """Write the levels as agreed, then every candidate's value, bound, verdict and sentence, then the requirements."""
    row = sheet.title("Service levels", "Each limit as it was agreed, and what the run shows of it.")
    columns = [
        Column("No.", 5),
        Column("Service level", 30),
        Column("Importance", 13),
        Column("Target", 12),
        Column("Candidate", fitted(context.names, 18, 32), UNTRUSTED),
        Column("Value", 11),
        Column("Bound that decides", 13),
        Column("Examples", 13),
        Column("Verdict", 17),
        Column("p value", 9),
        Column("More examples to settle", 12),
        Column("In words", 74),
    ]
    sheet.widths([c.width for c in columns])
    sheet.raw.freeze_panes(row, 2)
    sheet.put(row, 0, "As agreed", HEADING)
    row = _agreed(sheet, row + 1, context, view)
    sheet.put(row, 0, "What the run shows", HEADING)
    rows: list[list[Content]] = []
    for level, worded in zip(context.comparison.plan.service_levels, view.levels, strict=True):
        for result in context.results:
            for v in (v for v in result.levels if v.level == level):
                m = v.measurement
                unit = unit_of(level, m)
                bound = None if m is None else m.bound
                rows.append(
                    [
                        worded.number,
                        worded.words,
                        worded.importance,
                        Figure(level.target, figure_format(level.target, unit, context.currency)),
                        result.spec.name,
                        figure(context, m, beside=level.target),
                        Figure(bound, figure_format(bound, unit, context.currency, beside=level.target)),
                        m.n if m is not None else None,
                        verdict_mark(v.verdict),
                        Figure(v.p_value, P_VALUE),
                        v.more_examples,
                        v.sentence,
                    ]
                )
    row = sheet.table(row + 1, columns, rows, title="Service levels and verdicts", widths=False)
    write_latencies(sheet, _requirements(sheet, row, context), context)


def _agreed(sheet: Sheet, row: int, context: Context, view: View) -> int:
    levels = context.comparison.plan.service_levels
    rows: list[list[Content]] = [
        [of.number, of.words, of.importance, s.agreed_on or None, s.agreed_by, s.where, s.reason]
        for of, s in zip(view.levels, levels, strict=True)
    ]
    heads = ("No.", "Service level", "Importance", "Agreed on", "Agreed by", "Cell")
    columns = [
        *(Column(h, 10, UNTRUSTED if h.startswith("Agreed") else None) for h in heads),
        Column("Reason", 10, RUNS_OVER),
    ]
    return sheet.table(row, columns, rows, title="Service levels as agreed", widths=False, filtered=False)


def _requirements(sheet: Sheet, row: int, context: Context) -> int:
    rows: list[list[Content]] = [
        [
            i,
            r.requirement.requirement,
            r.requirement.importance.value,
            r.requirement.date,
            result.spec.name,
            r.requirement.met,
            r.requirement.confirmed_by,
            verdict_mark(r.verdict),
            r.requirement.source,
        ]
        for result in context.results
        for i, r in enumerate(result.requirements, 1)
    ]
    if not rows:
        return row
    heads = ("No.", "Requirement", "Importance", "Date", "Candidate", "Met", "Confirmed by", "Verdict")
    sheet.put(row, 0, "Requirements beyond figures", HEADING)
    columns = [Column(h, 10, WRAPPED if h in {"No.", "Importance"} else UNTRUSTED) for h in heads]
    columns.append(Column("Source", 10, RUNS_OVER))
    return sheet.table(row + 1, columns, rows, title="Requirements", widths=False, filtered=False)


def unit_words(unit: Unit, currency: str) -> str:
    """Return a unit as a reader knows it."""
    match unit:
        case Unit.SHARE:
            return "share"
        case Unit.SECONDS:
            return "seconds"
        case Unit.MONEY:
            return currency
        case Unit.NUMBER:
            return "number"
