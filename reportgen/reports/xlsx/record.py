"""The sheets that keep the record: Costs, Checklist, Checks and Run record."""

from __future__ import annotations

from collections.abc import Iterator

from xlsxwriter.utility import xl_rowcol_to_cell

from reportgen.domain.deciding import what_if as arithmetic
from reportgen.domain.deciding.what_if import Model
from reportgen.domain.records.comparison import CandidateResult
from reportgen.domain.records.measure import Unit
from reportgen.domain.records.response import Outcome
from reportgen.domain.wording import numbers
from reportgen.domain.wording.text import quoted
from reportgen.reports.view.citations import UNVERIFIED_HEAD, unverified
from reportgen.reports.view.context import Context, severity_mark
from reportgen.reports.view.costs import shown_lines
from reportgen.reports.view.marks import Mark, Tone
from reportgen.reports.view.records import ChecklistView, Table, View
from reportgen.reports.view.review import HEAD as REVIEW_HEAD
from reportgen.reports.view.screening import WEIGHT, boards
from reportgen.reports.xlsx.sensitivity import write_sensitivity
from reportgen.reports.xlsx.sheet_content import (
    ASIDE,
    BOLD,
    HEADING,
    NOTE,
    RUNS_OVER,
    TEXT,
    UNTRUSTED,
    UNTRUSTED_BOLD,
    WRAPPED,
    Column,
    Content,
    Figure,
    Formula,
    money_format,
    plain_format,
    toned,
)
from reportgen.reports.xlsx.sheet_writer import Sheet
from reportgen.reports.xlsx.what_if import SHEET as WHAT_IF
from reportgen.reports.xlsx.what_if import plan_of

COSTS_ROW = 4
"""Row of the breakdown table's header on Costs; the cost stack points at it."""


def cost_order(context: Context) -> list[CandidateResult]:
    """Return the candidates of the breakdown, the priced first: a bar of the others would show a part."""
    return sorted(context.results, key=lambda r: not r.priced)


def write_costs(sheet: Sheet, context: Context, view: View) -> None:
    """Write the formula, the breakdown by line, the assumptions with their cells, and the break-evens."""
    costs = view.costs
    sheet.title("Costs", costs.formula)
    lines = shown_lines(context)
    amounts = [c.amount for r in context.results for c in r.cost_lines]
    money = money_format(context.currency, max(4, numbers.money_digits(amounts)))
    month = money_format(context.currency, 0)
    columns = [
        Column("Candidate", 36, UNTRUSTED_BOLD),
        *(Column(name, 17) for name in lines),
        Column("Full cost per task", 14),
        Column("of which (T + I)·R + H", 14),
        Column("Per month", 14),
        Column("Price from", 22, UNTRUSTED),
        Column("Remark", 54, NOTE),
    ]
    rows: list[list[Content]] = []
    for offset, result in enumerate(cost_order(context)):
        at = COSTS_ROW + 1 + offset
        by_name = {c.name: c for c in result.cost_lines}
        running = context.figure(result, "running cost per task")
        total = context.figure(result, "cost per task")
        value = None if total is None else total.value
        summed = Formula(f"SUM({xl_rowcol_to_cell(at, 1)}:{xl_rowcol_to_cell(at, len(lines))})", value or 0.0, money, BOLD)
        rows.append(
            [
                result.spec.name,
                *(Figure(by_name[n].amount if n in by_name else None, money) for n in lines),
                Figure(None, money) if value is None else summed,
                Figure(None if running is None else running.value, money),
                Figure(context.comparison.per_month(value), month),
                result.price_source,
                "; ".join(f"{c.name}: {c.note}" for c in result.cost_lines if c.note and c.name in lines),
            ]
        )
    row = sheet.table(COSTS_ROW, columns, rows, title="Cost per task by line", freeze=1, repeat=False)
    row = _tokens(sheet, row, costs.tokens)
    if costs.review.rows:
        sheet.page_break(row)
    row = _figures(sheet, row, costs.review, REVIEW_HEAD, "Human review")
    row = _figures(sheet, row, costs.stated, "How far stated confidence can be believed", "Stated confidence")
    row = _assumptions(sheet, row, context)
    row = _break_evens(sheet, row, context)
    write_sensitivity(sheet, row, context, view.sensitivity)


def _tokens(sheet: Sheet, row: int, view: Table) -> int:
    sheet.put(row, 0, "Which tokens were counted", HEADING)
    last_first = (*view.columns[1:], view.columns[0])
    heads = [Column(view.head, 10, UNTRUSTED_BOLD), *(Column(h, 10, UNTRUSTED) for h in last_first[:-1])]
    heads.append(Column(last_first[-1], 10, RUNS_OVER))
    rows: list[list[Content]] = [[r.name, *(c.text for c in (*r.cells[1:], r.cells[0]))] for r in view.rows]
    row = sheet.table(row + 1, heads, rows, title="Tokens counted", widths=False, filtered=False)
    for note in view.notes:
        sheet.put(row - 1, 0, note, ASIDE)
    return row + 1


def _figures(sheet: Sheet, row: int, view: Table, heading: str, title: str) -> int:
    """Write a table of the view with its remarks beneath; nothing where it has no rows."""
    if not view.rows:
        return row
    sheet.put(row, 0, heading, HEADING)
    heads = [Column(view.head, 10), *(Column(h, 10, UNTRUSTED) for h in view.columns)]
    rows: list[list[Content]] = [
        [f"{r.name} ({r.note})" if r.note else r.name, *("\n".join(filter(None, (c.text, c.note))) for c in r.cells)]
        for r in view.rows
    ]
    row = sheet.table(row + 1, heads, rows, title=title, widths=False, filtered=False)
    for offset, note in enumerate(view.notes):
        sheet.put(row - 1 + offset, 0, note, ASIDE)
    return row + len(view.notes)


def _assumptions(sheet: Sheet, row: int, context: Context) -> int:
    sheet.page_break(row)
    sheet.put(row, 0, "Assumptions", HEADING)
    names = ("Assumption", "Expected", "Low", "High", "Unit", "Cell")
    heads = [*(Column(h, 10, UNTRUSTED) for h in names), Column("Source", 10, RUNS_OVER)]
    rows: list[list[Content]] = [
        [
            name,
            *(None if v is None else Figure(v, plain_format(v, a.unit)) for v in (a.expected, a.low, a.high)),
            a.unit,
            a.where,
            a.source,
        ]
        for name, a in context.comparison.plan.costs.items()
    ]
    return sheet.table(row + 1, heads, rows, title="Assumptions", widths=False, filtered=False)


def _break_evens(sheet: Sheet, row: int, context: Context) -> int:
    decision = context.comparison.decision
    if decision.break_evens:
        sheet.put(row, 0, "Where the choice between winner and runner-up tips over", HEADING)
        heads = [Column(h, 10, WRAPPED) for h in ("Assumption", "Today", "Tips at", "Unit")]
        rows: list[list[Content]] = [
            [
                b.assumption,
                *(None if v is None else Figure(v, plain_format(v, b.unit)) for v in (b.current, b.value)),
                b.unit,
            ]
            for b in decision.break_evens
        ]
        after = sheet.table(row + 1, heads, rows, title="Break-evens", widths=False, filtered=False)
        for offset, b in enumerate(decision.break_evens):
            sheet.put(row + 2 + offset, len(heads), b.sentence, TEXT)
        row = after
    for c in decision.cheaper_but_unproven:
        sheet.put(row, 0, c.sentence, TEXT)
        row += 1
    return row


def write_checklist(sheet: Sheet, view: ChecklistView) -> None:
    """Write the nine points of the readiness checklist."""
    row = sheet.title("Checklist", "The nine points of readiness, and what is missing.")
    sheet.put(row - 1, 0, "Verdict", BOLD)
    sheet.put(row - 1, 1, view.readiness)
    columns = [
        Column("No.", 8),
        Column("Item", 44, {**BOLD, "text_wrap": True}),
        Column("Status", 13),
        Column("Found", 44, UNTRUSTED),
        Column("Needed", 40),
        Column("Evidence", 28, UNTRUSTED),
        Column("Next step", 40, UNTRUSTED),
    ]
    rows: list[list[Content]] = [
        [p.number, p.item, p.mark, quoted(p.found), quoted(p.needed), p.evidence, quoted(p.next_step)] for p in view.points
    ]
    sheet.table(row + 1, columns, rows, title="Nine points", freeze=2, filtered=False)


def write_checks(sheet: Sheet, context: Context, model: Model) -> None:
    """Write what the workbook checks about itself by formulas, then every finding of the run."""
    row = sheet.title("Checks", "The workbook checks itself first; the findings of the run follow.")
    columns = [
        Column("Check", 36),
        Column("Result", 18),
        Column("What it compares", 58, NOTE),
        Column("What to do", 46, UNTRUSTED),
    ]
    checks = list(_own_checks(context, model))
    after = sheet.table(row, columns, checks, title="Checks of this workbook", filtered=False, freeze=0, repeat=False)
    for word, tone in (("OK", Tone.GOOD), ("DIFFERS", Tone.BAD), ("CHANGED", Tone.CAUTION)):
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": dict(toned(tone))}
        sheet.highlight((row + 1, 1, row + len(checks), 1), rule)
    sheet.put(after, 0, "Findings", HEADING)
    heads = [Column(h, 10, UNTRUSTED) for h in ("Where", "Severity", "What was found", "What to do", "Code")]
    rows: list[list[Content]] = [
        [f.where, severity_mark(f.severity), f.what, quoted(f.remedy), f.code] for f in context.comparison.findings
    ] or [["", Mark("●", "none", Tone.GOOD), "Nothing else to report.", "", ""]]
    sheet.widths([18, 26, 8, 18], 4)
    after = sheet.table(after + 1, heads, rows, title="Findings", widths=False)
    _quotations(sheet, after, context)


def _quotations(sheet: Sheet, row: int, context: Context) -> None:
    """List every quotation that does not support its value; this sheet has the width for them."""
    listed: list[list[Content]] = [
        [
            u.example.id,
            u.result.spec.name,
            u.part.quote,
            u.fault,
            u.part.name,
            u.part.found,
            "\n".join(before or "(nothing)" for before, _ in u.part.altered),
            "\n".join(after or "(nothing)" for _, after in u.part.altered),
            "yes" if u.counts else "no",
            u.example.where,
        ]
        for u in unverified(context)
    ]
    if not listed:
        return
    sheet.put(row, 0, UNVERIFIED_HEAD, HEADING)
    names = (
        "Example ID",
        "Candidate",
        "Quotation",
        "What is wrong",
        "Field",
        "Value given",
        "Words of the input",
        "Words quoted instead",
        "Counts",
        "Cell",
    )
    columns = [Column(n, 10, UNTRUSTED) for n in names]
    sheet.table(row + 1, columns, listed, title=UNVERIFIED_HEAD, widths=False)


def _own_checks(context: Context, model: Model) -> Iterator[list[Content]]:
    plan = plan_of(model)
    _, winner = arithmetic.evaluate(model)
    sheet = f"'{WHAT_IF}'!"
    if plan.rows:
        live, reported = sheet + plan.candidate_range(10), sheet + plan.candidate_range(11)
        gap = (
            f"SUMPRODUCT(--ISNUMBER({live}))=SUMPRODUCT(--ISNUMBER({reported})),ABS(SUM({live})-SUM({reported}))<0.000000001"
        )
        yield [
            "The What-if costs equal the report's",
            Formula(f'IF(AND({gap}),"OK","CHANGED")', "OK"),
            "The sum of the costs per task against the report's",
            "CHANGED: a yellow cell was changed.",
        ]
    decided = (model.winner or "none").replace('"', '""')
    if len(decided) <= 250:  # noqa: PLR2004 - a text in a formula holds 255 characters
        yield [
            "The What-if winner is the report's",
            Formula(f'IF(wi_winner="{decided}","OK","DIFFERS")', "OK" if winner == model.winner else "DIFFERS"),
            "The winner by the formulas against the decision",
            "Unchanged and DIFFERS: the Decision sheet says why.",
        ]
    yield [
        "The What-if inputs are the report's",
        Formula('IF(wi_state="As in the report","OK","CHANGED")', "OK"),
        "Every yellow cell against its value in the report",
        "Put the values of “As in the report” back.",
    ]
    off = [r.spec.name for r in context.results if sum(r.counts.by_outcome.values()) != r.counts.planned]
    yield [
        "Outcomes sum to the planned examples",
        "DIFFERS" if off else "OK",
        "The six outcomes of the Run record sheet",
        ", ".join(off),
    ]


def write_run_record(sheet: Sheet, context: Context) -> None:
    """Write who evaluated what, when, with which settings and hashes, and what each candidate was."""
    row = sheet.title("Run record", "What is needed to find this run again and to verify it.")
    rows: list[list[Content]] = [[name, value] for name, value in _facts(context)]
    columns = [Column("Item", 30, {**BOLD, "text_wrap": True}), Column("Value", 68, UNTRUSTED)]
    row = sheet.table(row, columns, rows, title="Run", filtered=False, freeze=1, repeat=False)
    sheet.put(row, 0, "Splits", HEADING)
    splits: list[list[Content]] = [[s.split.value, s.sha256, s.examples] for s in context.comparison.corpus.summaries]
    heads = [Column("Split", 10), Column("SHA-256", 10), Column("Examples", 10)]
    row = sheet.table(row + 1, heads, splits, title="Splits", widths=False, filtered=False)
    sheet.put(row, 0, "Candidates", HEADING)
    sheet.widths([10, 18, 12, 22, 10, 9, 10, 9, 9, 9, 10, 24], 2)
    names = (
        "Candidate",
        "Settings",
        "Planned",
        "Kind",
        "Role",
        "Model asked for",
        "Answered",
        "Refused",
        "Abstained",
        "Invalid",
        "Error",
        "Timeout",
        "Unscored",
        "Models that answered",
    )
    candidates = [_candidate(r) for r in context.comparison.candidates]
    row = sheet.table(
        row + 1, [Column(n, 10, UNTRUSTED) for n in names], candidates, title="Candidates", widths=False, filtered=False
    )
    _screening(sheet, row, context)


def _screening(sheet: Sheet, row: int, context: Context) -> None:
    """Write which models public ratings kept and screened out, and why; nothing where the workbook has no ratings."""
    screened = boards(context)
    if not screened:
        return
    sheet.put(row, 0, "Screening", HEADING)
    sheet.put(row + 1, 0, WEIGHT, ASIDE)
    rows: list[list[Content]] = [
        [
            m.row.model,
            m.reason,
            "stays" if m.stays else "screened out",
            board.board,
            numbers.date(m.row.as_of),
            *(None if v is None else Figure(v, "#,##0.00") for v in (m.row.rating, m.row.low, m.row.high)),
        ]
        for board in screened
        for m in board.models
    ]
    names = ("Model", "Reason", "Screen", "Board", "As of", "Rating", "Low", "High")
    heads = [Column(n, 10, UNTRUSTED) for n in names]
    sheet.table(row + 2, heads, rows, title="Screening", widths=False, filtered=False)


def _candidate(result: CandidateResult) -> list[Content]:
    spec, counts = result.spec, result.counts
    returned = dict.fromkeys(o.response.model_returned for o in result.sample.observations if o.response.model_returned)
    settings = [f"{k}: {v}" for k, v in spec.settings.items()]
    if spec.temperature is not None:
        settings.append(f"temperature: {spec.temperature:g}")
    if spec.most_output_tokens is not None:
        settings.append(f"most output tokens: {spec.most_output_tokens}")
    if spec.prompt is not None:
        settings.append(f"prompt: {spec.prompt.name}")
    outcomes = [counts.by_outcome.get(o, 0) for o in Outcome]
    return [
        spec.name,
        "\n".join(settings),
        counts.planned,
        spec.kind.value,
        spec.role.value,
        spec.model,
        *outcomes,
        counts.unscored,
        ", ".join(returned),
    ]


def _facts(context: Context) -> Iterator[tuple[str, str]]:
    plan, run = context.comparison.plan, context.comparison.run
    s = plan.settings
    yield from (
        ("Title", s.title),
        ("Task", s.task.value),
        ("Purpose", s.purpose),
        ("Business owner", s.business_owner),
        ("Prepared by", s.prepared_by),
        ("Document number", s.document_number),
        ("Confidentiality", s.confidentiality),
        ("Decision needed by", numbers.date(s.decision_needed_by)),
        ("Run", run.run_id),
        ("Started", numbers.time(run.started)),
        ("Finished", numbers.time(run.finished)),
        ("reportgen version", run.version),
        ("Workbook", plan.source.name),
        ("Workbook SHA-256", run.workbook_sha256),
        ("Plan SHA-256", run.plan_sha256),
        ("Evidence SHA-256", run.evidence_sha256),
        ("Seals", str(run.seals)),
        ("Rules fixed at", numbers.time(run.rules_fixed_at)),
        ("Some answers are older than the rules", "yes" if run.answers_recorded_before else "no"),
        ("Rule", s.rule.value),
        ("Answers are read", s.answers_read.value),
        ("Confidence", context.confidence),
        ("Seed", str(s.seed)),
        ("Currency", s.currency),
        ("Most attempts", str(s.most_attempts)),
        ("Repeats", str(s.repeats)),
        ("Seconds before a request times out", numbers.limit(s.timeout_s, Unit.SECONDS, s.currency)),
        ("Most requests at once", str(s.most_requests_at_once)),
    )
