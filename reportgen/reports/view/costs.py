"""Words the cost section: the formula with this run's figures, the breakdown by candidate, and every assumption's cell."""

from __future__ import annotations

from reportgen.domain.records.comparison import BreakEven, CandidateResult, CostLine, Decision
from reportgen.domain.records.measure import Measurement, Unit
from reportgen.domain.records.plan import Assumption
from reportgen.domain.records.response import Basis
from reportgen.domain.wording import numbers
from reportgen.domain.wording.text import clean, line
from reportgen.reports.view.context import Context, capital, shown_candidates
from reportgen.reports.view.marks import Mark, Tone
from reportgen.reports.view.records import AssumptionRow, BreakEvenRow, Cell, CostView, Table, TableRow
from reportgen.reports.view.review import review, stated
from reportgen.reports.view.tokens import tokens

_FORMULA = (
    "Cost per task = (tokens + infrastructure per request) × attempts + human review, "
    "plus what stands outside the bracket: failed tasks done by hand, fixed infrastructure and setup spread over the tasks, "
    "and the errors nobody notices."
)
_MOST_DIGITS = 4
_MEASURED_ROWS = (
    ("Review rate", "review rate"),
    ("Retry rate", "retry rate"),
    ("Failure rate", "failure rate"),
    ("Token cost per task", "token cost per task"),
)


def basis_mark(basis: Basis) -> Mark:
    """Return the sign and word for where a figure comes from."""
    match basis:
        case Basis.MEASURED:
            return Mark("■", "measured", Tone.GOOD)
        case Basis.RECORDED:
            return Mark("■", "recorded", Tone.NEUTRAL)
        case Basis.ASSUMED:
            return Mark("□", "assumed", Tone.CAUTION)


def costs(context: Context) -> CostView:
    """Word the whole cost section."""
    decision = context.comparison.decision
    return CostView(
        formula=_FORMULA,
        lead_formula=_lead_formula(context),
        table=_breakdown(context),
        assumptions=tuple(_assumptions(context)),
        break_evens=tuple(_break_even(context, b) for b in decision.break_evens if b.value is not None),
        steady=_steady(decision),
        cheaper=tuple(clean(c.sentence, 300) for c in decision.cheaper_but_unproven),
        tokens=tokens(context),
        review=review(context),
        stated=stated(context),
    )


def shown_lines(context: Context) -> list[str]:
    """Return the cost lines in which any candidate has an amount, in their order."""
    names: dict[str, None] = {}
    for result in context.results:
        names |= dict.fromkeys(cost.name for cost in result.cost_lines if cost.amount != 0)
    first = [cost.name for result in context.results for cost in result.cost_lines]
    return sorted(names, key=first.index)


def _lead_formula(context: Context) -> str:
    if context.lead is None:
        return ""
    lines = [cost for cost in context.lead.cost_lines if cost.amount]
    total = context.figure(context.lead, "cost per task")
    if not lines or total is None or total.value is None:
        return ""
    shown = " + ".join(f"{numbers.money(c.amount, context.currency)} {c.name.lower()}" for c in lines)
    return f"{line(context.lead.spec.name, 60)}: {shown} = {numbers.money(total.value, context.currency)} a task."


def _breakdown(context: Context) -> Table:
    """Put the lines in rows and the candidates in columns, so that the names of the lines have room."""
    names, candidates = shown_lines(context), shown_candidates(context)
    rows = [_line_row(context, name, candidates) for name in names]
    totals = [context.figure(r, "cost per task") for r in candidates]
    values = [None if m is None else m.value for m in totals]
    per_task = tuple(Cell(numbers.money(v, context.currency)) for v in values)
    rows.append(TableRow("Cost per task", "", per_task, chosen=True))
    rows.append(TableRow("Cost per month", _volume(context), tuple(Cell(context.per_month(v)) for v in values)))
    rows.append(TableRow("Price from", "", tuple(Cell(_price_words(r)) for r in candidates)))
    columns = tuple(line(r.spec.name, 40) for r in candidates)
    return Table("Line", columns, tuple(rows), _breakdown_notes(context, names, len(candidates)))


def _volume(context: Context) -> str:
    return "" if context.tasks_per_month is None else f"{numbers.number(context.tasks_per_month)} tasks"


def _line_row(context: Context, name: str, candidates: list[CandidateResult]) -> TableRow:
    found = [next((c for c in r.cost_lines if c.name == name), None) for r in candidates]
    bases = {c.basis.value for c in found if c is not None and c.amount is not None}
    cells = tuple(_amount(context, c, say_basis=len(bases) > 1) for c in found)
    return TableRow(line(name, 60), bases.pop() if len(bases) == 1 else "", cells)


def _price_words(result: CandidateResult) -> str:
    match result.price_source:
        case "UNPRICED":
            return "no price"
        case "workbook":
            return "workbook"
        case "local":
            return "runs locally"
        case _:
            return line(result.price_source, 40)


def _amount(context: Context, cost: CostLine | None, *, say_basis: bool) -> Cell:
    if cost is None:
        return Cell(numbers.DASH)
    if cost.amount is None:
        return Cell("not known")
    return Cell(numbers.money(cost.amount, context.currency), cost.basis.value if say_basis else "")


def _breakdown_notes(context: Context, names: list[str], shown: int) -> tuple[str, ...]:
    every = {c.name for r in context.results for c in r.cost_lines}
    zero = [name for name in sorted(every) if name not in names]
    notes: list[str] = []
    manual = context.comparison.manual_cost_per_task
    if manual is not None:
        month = context.per_month(manual)
        after = "" if month == numbers.DASH else f", {month} a month"
        notes.append(f"Manual work costs {numbers.money(manual, context.currency)} a task{after} (assumed).")
    if len(context.results) > shown:
        notes.append("All candidates stand in comparison.xlsx, sheet Costs.")
    unknown = {c.note for r in context.results for c in r.cost_lines if c.amount is None and c.note}
    notes += [f"Where not known: {clean(note, 200)}." for note in sorted(unknown)]
    if zero:
        notes.append(f"Nothing for any candidate: {numbers.listing(n.lower() for n in zero)}.")
    return tuple(notes)


def _assumptions(context: Context) -> list[AssumptionRow]:
    rows = [_assumption(context, a) for a in context.comparison.plan.costs.values()]
    if context.lead is None:
        return rows
    name = line(context.lead.spec.name, 40)
    for words, measure in _MEASURED_ROWS:
        m = context.figure(context.lead, measure)
        if m is not None and m.value is not None:
            rows.append(_measured(context, f"{words} of {name}", m))
    price = context.lead.spec.price
    if price is not None:
        shown = [
            f"{numbers.limit(amount, Unit.MONEY, context.currency)}{numbers.NBSP}{what}"
            for what, amount in (("input", price.input), ("cached input", price.cached_input), ("output", price.output))
            if amount is not None
        ]
        source = ", ".join(t for t in (line(price.source, 60), numbers.date(price.date)) if t)
        words = f"Price of {name} per 1M tokens"
        rows.append(AssumptionRow(words, ", ".join(shown), "", basis_mark(Basis.ASSUMED), source, context.lead.spec.where))
    return rows


def _measured(context: Context, name: str, m: Measurement) -> AssumptionRow:
    source = f"{numbers.plural(m.n, 'example')}"
    return AssumptionRow(name, context.value(m), context.interval(m), basis_mark(m.basis), source, "")


def _assumption(context: Context, row: Assumption) -> AssumptionRow:
    span = ""
    if row.low is not None and row.high is not None:
        low, high = (in_unit(context, v, row.unit, row.name) for v in (row.low, row.high))
        span = numbers.span(low, high)
    return AssumptionRow(
        name=line(row.name, 60),
        value=in_unit(context, row.expected, row.unit, row.name),
        span=span,
        basis=basis_mark(Basis.ASSUMED),
        source=line(row.source, 80) or "no source given",
        where=row.where,
    )


def in_unit(context: Context, value: float | None, unit: str, name: str, *, computed: bool = False) -> str:
    """Return the value of an assumption in its own unit: a share, money, or a number with its noun.

    What a person wrote stands as written; what was `computed` is rounded.
    """
    if value is None:
        return numbers.DASH
    if unit.casefold().startswith("share") or name.casefold().startswith("share"):
        return numbers.share(value) if computed else numbers.limit(value, Unit.SHARE, "")
    words = name.casefold()
    if unit.casefold().startswith(context.currency.casefold()) or (
        " cost" in f" {words}" and not words.startswith("months")
    ):
        shown = numbers.money if computed else _as_written
        return shown(value, context.currency)
    if unit == "times":
        return f"{value:,.2f}{numbers.NBSP}times"
    noun = "" if unit.casefold() == "factor" else line(unit, 24)
    return f"{numbers.number(value)}{numbers.NBSP}{noun}" if noun else numbers.number(value)


def _as_written(value: float, currency: str) -> str:
    return numbers.limit(value, Unit.MONEY, currency)


def _steady(decision: Decision) -> str:
    """Say which assumptions no realistic value of which changes who is the cheaper; empty where there is none."""
    names = [line(b.assumption, 60) for b in decision.break_evens if b.value is None]
    if not names:
        return ""
    pair = f"{line(decision.winner, 60)} and {line(decision.runner_up, 60)}"
    which = "any one of these" if len(names) > 1 else "this"
    return f"No realistic value of {which} changes which of {pair} is the cheaper: {numbers.listing(names, 12)}."


def _break_even(context: Context, row: BreakEven) -> BreakEvenRow:
    meaning = clean(row.sentence, 300).removeprefix(f"{clean(row.assumption, 300)}: ")
    return BreakEvenRow(
        assumption=line(row.assumption, 60),
        current=in_unit(context, row.current, row.unit, row.assumption, computed=True),
        tips_at=in_unit(context, row.value, row.unit, row.assumption, computed=True),
        sentence=meaning if meaning.startswith(context.names) else capital(meaning),
    )
