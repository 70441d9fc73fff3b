"""The What-if sheet: yellow inputs, formulas that recompute costs, verdicts, ranking and winner, and the bounds that decide.

Cached values come from `what_if.evaluate`, which is the same arithmetic in Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_rowcol_to_cell

from reportgen.domain.deciding import what_if as arithmetic
from reportgen.domain.deciding.what_if import LevelTerms, Model, Outcomes
from reportgen.domain.records.comparison import Verdict
from reportgen.domain.records.measure import Unit
from reportgen.domain.records.plan import Comparator, Importance, Rule
from reportgen.reports.view.context import Context, unit_of
from reportgen.reports.view.marks import Tone
from reportgen.reports.view.records import View
from reportgen.reports.xlsx.matrix import cost_digits
from reportgen.reports.xlsx.sheet_content import (
    ASIDE,
    BOLD,
    COUNT,
    HEADING,
    INPUT,
    NOTE,
    RUNS_OVER,
    TEXT,
    TONES,
    UNTRUSTED,
    WRAPPED,
    Column,
    Content,
    Figure,
    Formula,
    figure_format,
    money_format,
)
from reportgen.reports.xlsx.sheet_writer import Sheet

SHEET = "What-if"
AS_REPORTED, CHANGED = "As in the report", "CHANGED: no longer the evaluated result"
INPUT_ROW = 7
"""Row of the input table's header."""
_LABEL, _INPUT, _REPORTED = 0, 1, 2
_NONE = "none"
_HEADS = (
    "Candidate",
    "Token price factor",
    "Token cost per task",
    "Attempts per task",
    "Reviewed",
    "Done by hand",
    "Fixed cost per month",
    "Wrong",
    "Wrong and reviewed",
    "Other cost per task",
    "Cost per task",
    "In the report",
    "Running cost per task",
    "Cost per month",
    "Ruled out by",
    "Levels proven",
    "Levels likely",
    "Standing",
    "Rank",
)
(
    _NAME,
    _FACTOR,
    _TOKENS,
    _ATTEMPTS,
    _REVIEWS,
    _BY_HAND,
    _FIXED,
    _WRONG,
    _CAUGHT,
    _OTHER,
    _COST,
    _COST_REPORTED,
    _RUNNING,
    _MONTH,
    _BARRED,
    _PROVEN,
    _LIKELY,
    _STANDING,
    _RANK,
) = range(len(_HEADS))
_VERDICT_HEADS = (
    "Service level",
    "Candidate",
    "Level",
    "Importance",
    "Target",
    "Value",
    "Right",
    "Examples",
    "Bound that decides",
    "Other bound",
    "Limited to",
    "By the rule",
    "Verdict",
    "In the report",
    "No.",
)
_V_MUST, _V_TARGET, _V_VALUE, _V_X, _V_N, _V_BOUND, _V_OTHER, _V_LIMIT, _V_RULE, _V_VERDICT = range(3, 13)
_V_NUMBER = 14


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the three tables of the sheet stand: header rows, counted from 0."""

    inputs: int
    candidates: int
    verdicts: int
    rows: int
    judged: int

    def verdict_range(self, column: int) -> str:
        """Return the column of the verdict table as an absolute range."""
        return _span(self.verdicts + 1, self.verdicts + self.judged, column)

    def candidate_range(self, column: int) -> str:
        """Return the column of the candidate table as an absolute range."""
        return _span(self.candidates + 1, self.candidates + self.rows, column)


def _span(first: int, last: int, column: int) -> str:
    start = xl_rowcol_to_cell(first, column, row_abs=True, col_abs=True)
    return f"{start}:{xl_rowcol_to_cell(max(first, last), column, row_abs=True, col_abs=True)}"


def _cell(row: int, column: int) -> str:
    return str(xl_rowcol_to_cell(row, column, col_abs=True))


def plan_of(model: Model) -> Plan:
    """Return where everything stands; the Checks sheet points there too."""
    inputs = len(arithmetic.INPUTS) + len(model.targets)
    candidates = INPUT_ROW + inputs + 4
    return Plan(
        inputs, candidates, candidates + len(model.rows) + 4, len(model.rows), sum(len(r.levels) for r in model.rows)
    )


def write_what_if(sheet: Sheet, context: Context, view: View, model: Model) -> None:
    """Write the sheet with every cached value as in the report."""
    outcomes, winner = arithmetic.evaluate(model)
    plan = plan_of(model)
    sheet.title("What-if", "Change a yellow cell; this sheet follows. The other sheets stay as in the report.")
    _banner(sheet, plan, winner, model)
    _inputs(sheet, context, view, model)
    _candidates(sheet, context, model, plan, outcomes)
    _verdicts(sheet, context, view, model, outcomes)


def _banner(sheet: Sheet, plan: Plan, winner: str, model: Model) -> None:
    first, last = INPUT_ROW + 1, INPUT_ROW + plan.inputs
    given, reported = _span(first, last, _INPUT), _span(first, last, _REPORTED)
    changes = f"SUMPRODUCT(--({given}<>{reported}))"
    if plan.rows:
        changes += f"+SUMPRODUCT(--({plan.candidate_range(_FACTOR)}<>1))"
    sheet.put(3, 0, "State of this sheet", BOLD)
    sheet.put(3, 1, Formula(f'IF({changes}=0,"{AS_REPORTED}","{CHANGED}")', AS_REPORTED), BOLD)
    for text, tone in ((AS_REPORTED, Tone.GOOD), (CHANGED, Tone.BAD)):
        ink, fill = TONES[tone]
        rule = {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": {"font_color": ink, "bg_color": fill}}
        sheet.highlight((3, 1, 3, 1), rule)
    sheet.put(4, 0, "Winner by these formulas", BOLD)
    if plan.rows:
        names, ranks = plan.candidate_range(_NAME), plan.candidate_range(_RANK)
        sheet.put(4, 1, Formula(f'IFERROR(INDEX({names},MATCH(1,{ranks},0)),"{_NONE}")', winner or _NONE), BOLD)
    if winner != model.winner:
        decided = model.winner or "no winner"
        sheet.put(5, 0, f"The report decides: {decided}. The Decision sheet gives the further rules.", NOTE)
    sheet.book.name_cell("wi_winner", SHEET, 4, 1)
    sheet.book.name_cell("wi_state", SHEET, 3, 1)


def _inputs(sheet: Sheet, context: Context, view: View, model: Model) -> None:
    rows: list[list[Content]] = []
    named: list[str] = []
    given = context.comparison.plan.costs
    for key, title in arithmetic.INPUTS.items():
        row = given.get(title)
        value = model.inputs[key]
        shown = "0.0%" if key == arithmetic.FOUND else "#,##0" if key == arithmetic.VOLUME else "General"
        source = ("", "", "not given") if row is None else (row.unit, row.where, row.source)
        rows.append([title, None, None if value is None else Figure(value, shown), *source])
        named.append(f"wi_{key}")
    for level, worded in zip(context.comparison.plan.service_levels, view.levels, strict=True):
        number = worded.number
        target = Figure(level.target, figure_format(level.target, _unit(context, number), context.currency))
        rows.append([f"Target {number}: {worded.words}", None, target, "", level.where, level.agreed_by])
        named.append(f"wi_level_{number}")
    columns = [
        Column("Input", 44),
        Column("Change here", 24),
        Column("As in the report", 12),
        Column("Unit", 11, UNTRUSTED),
        Column("Cell in the workbook", 18, UNTRUSTED),
        Column("Source", 13, RUNS_OVER),
    ]
    sheet.table(INPUT_ROW, columns, rows, title="Inputs", filtered=False, freeze=1, repeat=False)
    for offset, (name, row_cells) in enumerate(zip(named, rows, strict=True), INPUT_ROW + 1):
        content = row_cells[_REPORTED]
        shown = content.format if isinstance(content, Figure) else "General"
        sheet.put(offset, _INPUT, content, {**INPUT, "num_format": shown, "valign": "top"})
        sheet.book.name_cell(name, SHEET, offset, _INPUT)


def _unit(context: Context, number: int) -> Unit:
    level = context.comparison.plan.service_levels[number - 1]
    found = (v.measurement for r in context.results for v in r.levels if v.level == level and v.measurement is not None)
    return unit_of(level, next(found, None))


def _candidates(sheet: Sheet, context: Context, model: Model, plan: Plan, outcomes: Sequence[Outcomes]) -> None:
    money = money_format(context.currency, cost_digits(context))
    month = money_format(context.currency, 0)
    rows: list[list[Content]] = []
    for offset, (row, out) in enumerate(zip(model.rows, outcomes, strict=True)):
        at, q = plan.candidates + 1 + offset, row.quantities
        own = Figure(q.per_month, month)
        common = Formula("wi_infrastructure_per_month", model.inputs[arithmetic.PER_MONTH] or 0.0, month)
        rows.append(
            [
                row.name,
                None,
                Figure(q.tokens, money_format(context.currency, 6)),
                Figure(q.attempts, "0.000"),
                Figure(q.reviews, "0.0%"),
                Figure(q.by_hand, "0.0%"),
                common if q.per_month is None else own,
                Figure(q.wrong, "0.0%"),
                Figure(q.caught, "0.0%"),
                Figure(q.other, money_format(context.currency, 4)),
                Formula(_cost(at), _known(out.cost), money, BOLD),
                Figure(row.reported_cost, money),
                Formula(_running(at), _known(out.running), money),
                Formula(
                    f'IF(ISNUMBER({_cell(at, _COST)}),{_cell(at, _COST)}*wi_tasks_per_month,"{arithmetic.NOT_KNOWN}")',
                    _known(out.per_month),
                    month,
                ),
                row.barred,
                Formula(_count(plan, offset + 1, Verdict.PROVEN), _musts(row.levels, out.verdicts, Verdict.PROVEN), "0"),
                Formula(_count(plan, offset + 1, Verdict.LIKELY), _musts(row.levels, out.verdicts, Verdict.LIKELY), "0"),
                Formula(_standing(plan, at, offset + 1, model.rule), out.standing, "General", BOLD),
                Formula(_rank(plan, at), "" if out.rank is None else out.rank, "0", BOLD),
            ]
        )
    widths = (44, 24, 12, 11, 18, 12, 12, 9, 10, 10, 12, 12, 12, 13, 20, 9, 9, 16, 7)
    columns = [
        Column(h, w, UNTRUSTED if h in {"Candidate", "Ruled out by"} else TEXT) for h, w in zip(_HEADS, widths, strict=True)
    ]
    sheet.put(plan.candidates - 1, 0, "Cost, standing and rank", HEADING)
    sheet.table(plan.candidates, columns, rows, title="Candidates", filtered=False)
    for offset in range(len(rows)):
        sheet.put(
            plan.candidates + 1 + offset, _FACTOR, Figure(1.0, "0.00"), {**INPUT, "num_format": "0.00", "valign": "top"}
        )
    sheet.put(plan.candidates + len(rows) + 1, 0, _explanation(), ASIDE)


def _explanation() -> str:
    return (
        "Cost per task = tokens × factor + attempts × infrastructure per request + reviewed × cost of a review "
        "+ done by hand × manual cost + (fixed + setup / months) / tasks + (wrong − wrong and reviewed × share found) "
        "× cost of an undetected error."
    )


def _known(value: float | None) -> float | str:
    return arithmetic.NOT_KNOWN if value is None else value


def _running(at: int) -> str:
    c = {k: _cell(at, k) for k in (_TOKENS, _FACTOR, _ATTEMPTS, _REVIEWS)}
    return (
        f"IF(ISNUMBER({c[_TOKENS]}),{c[_TOKENS]}*{c[_FACTOR]}+{c[_ATTEMPTS]}*wi_infrastructure_per_request"
        f'+{c[_REVIEWS]}*wi_minutes_per_review/60*wi_reviewer_cost_per_hour*wi_overhead_factor,"{arithmetic.NOT_KNOWN}")'
    )


def _cost(at: int) -> str:
    c = {k: _cell(at, k) for k in (_RUNNING, _BY_HAND, _FIXED, _WRONG, _CAUGHT, _OTHER)}
    return (
        f"IF(ISNUMBER({c[_RUNNING]}),{c[_RUNNING]}+{c[_BY_HAND]}*wi_manual_cost_per_task"
        f"+IF(wi_tasks_per_month>0,({c[_FIXED]}+IF(wi_setup_months>0,wi_setup_cost/wi_setup_months,0))/wi_tasks_per_month,0)"
        f'+MAX(0,{c[_WRONG]}-{c[_CAUGHT]}*wi_share_of_errors_found)*wi_undetected_error_cost+{c[_OTHER]},"{arithmetic.NOT_KNOWN}")'
    )


def _count(plan: Plan, number: int, verdict: Verdict) -> str:
    if not plan.judged:
        return "0"
    return (
        f'SUMPRODUCT(({plan.verdict_range(_V_NUMBER)}={number})*({plan.verdict_range(_V_MUST)}="must")'
        f'*({plan.verdict_range(_V_VERDICT)}="{verdict.value}"))'
    )


def _musts(levels: Sequence[LevelTerms], verdicts: Sequence[str], wanted: Verdict) -> int:
    pairs = zip(levels, verdicts, strict=True)
    return sum(t.level.importance is Importance.MUST and v == wanted.value for t, v in pairs)


def _standing(plan: Plan, at: int, number: int, rule: Rule) -> str:
    cost, barred, proven, likely = (_cell(at, c) for c in (_COST, _BARRED, _PROVEN, _LIKELY))
    asked = "0"
    if plan.judged:
        asked = f'SUMPRODUCT(({plan.verdict_range(_V_NUMBER)}={number})*({plan.verdict_range(_V_MUST)}="must"))'
    enough = f"{proven}+{likely}" if rule is Rule.POINT_ESTIMATE else proven
    return (
        f'IF(OR(NOT(ISNUMBER({cost})),LEN({barred})>0),"{arithmetic.OUT}",'
        f'IF(AND(wi_manual_cost_per_task>0,N({cost})>=wi_manual_cost_per_task),"{arithmetic.OUT}",'
        f'IF({enough}={asked},"{arithmetic.QUALIFIED}",IF({proven}+{likely}={asked},"{arithmetic.PROVISIONAL}","{arithmetic.OUT}"))))'
    )


def _rank(plan: Plan, at: int) -> str:
    standings, costs = plan.candidate_range(_STANDING), plan.candidate_range(_COST)
    mine, cost = _cell(at, _STANDING), _cell(at, _COST)
    qualified, provisional = f'"{arithmetic.QUALIFIED}"', f'"{arithmetic.PROVISIONAL}"'
    best = f"IF(COUNTIF({standings},{qualified})>0,{qualified},{provisional})"
    return f'IF({mine}={best},1+SUMPRODUCT(({standings}={best})*({costs}<{cost})),"")'


def _verdicts(sheet: Sheet, context: Context, view: View, model: Model, outcomes: Sequence[Outcomes]) -> None:
    plan = plan_of(model)
    rows: list[list[Content]] = []
    for number, (row, out) in enumerate(zip(model.rows, outcomes, strict=True), 1):
        for terms, by_rule, verdict in zip(row.levels, out.by_rule, out.verdicts, strict=True):
            at = plan.verdicts + 1 + len(rows)
            shown = figure_format(terms.value, _unit(context, terms.number), context.currency, beside=terms.level.target)
            rows.append(
                [
                    view.levels[terms.number - 1].words,
                    row.name,
                    terms.number,
                    terms.level.importance.value,
                    Formula(f"wi_level_{terms.number}", terms.level.target, shown),
                    _value(terms, plan.candidates + number, shown),
                    terms.x,
                    terms.n,
                    _bound(terms, at, model.alpha, shown),
                    _scaled(terms, terms.opposite, at, shown),
                    terms.limited,
                    Formula(_rule(terms, at), by_rule),
                    Formula(_limit(at), verdict, "General", BOLD),
                    terms.reported.value,
                    number,
                ]
            )
    widths = [
        Column(h, 12, UNTRUSTED if h == "Candidate" else COUNT if h in {"Right", "Examples"} else WRAPPED)
        for h in _VERDICT_HEADS
    ]
    sheet.put(plan.verdicts - 1, 0, "Verdicts and the bounds that decide", HEADING)
    after = sheet.table(plan.verdicts, widths, rows, title="Verdicts", widths=False)
    for note in (
        "A bound by BETA.INV is the exact one-sided binomial (Clopper-Pearson) bound of “Right” out of “Examples”.",
        "The other bounds are the run's own: bootstrap, or order statistics for latency percentiles.",
        "A cost's bound moves with the cost in proportion: exact in the report, approximate once an input is changed.",
        "“Limited to”: the report caps or fixes this verdict for another reason; a changed target does not lift it.",
    ):
        sheet.put(after - 1, 0, note, ASIDE)
        after += 1


def _value(terms: LevelTerms, candidate: int, shown: str) -> Content:
    if not terms.live:
        return Figure(terms.value, shown)
    cost, running = _cell(candidate, _COST), _cell(candidate, _RUNNING)
    spent, factor = _cell(candidate, _TOKENS), _cell(candidate, _FACTOR)
    tokens = f'IF(ISNUMBER({spent}),{spent}*{factor},"{arithmetic.NOT_KNOWN}")'
    text = {"cost per task": cost, "running cost per task": running}.get(terms.live, tokens)
    return Formula(text, _known(terms.value), shown)


def _bound(terms: LevelTerms, at: int, alpha: float, shown: str) -> Content:
    if not terms.exact:
        return _scaled(terms, terms.bound, at, shown)
    x, n = _cell(at, _V_X), _cell(at, _V_N)
    if terms.level.comparator is Comparator.AT_LEAST:
        text = f"IF({x}=0,0,BETA.INV({alpha:.12g},{x},{n}-{x}+1))"
    else:
        text = f"IF({x}={n},1,BETA.INV({1 - alpha:.12g},{x}+1,{n}-{x}))"
    return Formula(text, terms.bound or 0.0, shown)


def _scaled(terms: LevelTerms, factor: float | None, at: int, shown: str) -> Content:
    if factor is None or not terms.live:
        return Figure(factor, shown)
    value = _cell(at, _V_VALUE)
    return Formula(
        f'IF(ISNUMBER({value}),{value}*{factor!r},"{arithmetic.NOT_KNOWN}")', (terms.value or 0.0) * factor, shown
    )


def _rule(terms: LevelTerms, at: int) -> str:
    sign = ">=" if terms.level.comparator is Comparator.AT_LEAST else "<="
    target = _cell(at, _V_TARGET)

    def reaches(column: int) -> str:
        return f"AND(ISNUMBER({_cell(at, column)}),N({_cell(at, column)}){sign}{target})"

    return (
        f'IF({reaches(_V_BOUND)},"{Verdict.PROVEN.value}",IF({reaches(_V_VALUE)},"{Verdict.LIKELY.value}",'
        f'IF({reaches(_V_OTHER)},"{Verdict.UNLIKELY.value}","{Verdict.FAILED.value}")))'
    )


def _limit(at: int) -> str:
    limit, rule = _cell(at, _V_LIMIT), _cell(at, _V_RULE)
    skip = len(arithmetic.ALWAYS)
    return (
        f'IF(LEFT({limit},{skip})="{arithmetic.ALWAYS}",MID({limit},{skip + 1},20),'
        f'IF(AND({limit}="{arithmetic.AT_MOST_LIKELY}",{rule}="{Verdict.PROVEN.value}"),"{Verdict.LIKELY.value}",{rule}))'
    )
