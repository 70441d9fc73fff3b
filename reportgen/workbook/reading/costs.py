"""Reads the sheet Costs and the sheet Review rules: what the work around the model costs, and when a person looks."""

from __future__ import annotations

from collections.abc import Mapping

from reportgen.domain.records.plan import Assumption, ReviewRule
from reportgen.workbook.layout.sheets import CellType, CostRow, squash
from reportgen.workbook.rows import values
from reportgen.workbook.rows.row import Row, out_of_limits, sentence
from reportgen.workbook.rows.table import Table
from reportgen.workbook.rows.units import CONVERTED, OtherUnitError, factor_of, money_unit
from reportgen.workbook.rows.values import UnreadableError, shown

_FIGURES = ("Low", "Expected", "High")
_NOT_ZERO = frozenset({"Tasks per month", "Months to spread the setup cost over", "Overhead factor"})
"""What is divided by, or would wipe out a cost."""

_ALWAYS = ("invalid output", "missing field", "failed citation", "abstained")
DEFAULT_RULES = tuple(ReviewRule(name) for name in _ALWAYS)
"""The rules that are on where the workbook has no sheet Review rules."""
_WITH_THRESHOLD = frozenset({"low confidence", "random sample"})


def read_costs(table: Table) -> dict[str, Assumption]:
    """Return the filled assumptions by the layout's names; a row without figures is not filled in."""
    names = {squash(r.name): r for r in table.layout.rows}
    known = {squash(a): r for r in table.layout.rows for a in r.aliases} | names
    costs: dict[str, Assumption] = {}
    for row in table.rows():
        name = row.text("Assumption")
        line = known.get(squash(name))
        if line is None:
            _unknown(row, name, names)
            continue
        if all(row.blank(f) for f in _FIGURES):
            continue
        if line.name in costs:
            row.fault("Assumption", f"{line.name} stands already in {costs[line.name].where}.", "Delete one.", "doubled")
            continue
        factor = _unit_factor(row, line)
        low, expected, high = (_in_unit(_figure(row, line, header), factor) for header in _FIGURES)
        if row.blank("Expected"):
            row.fault("Expected", f"{line.name} has a range and no expected value.", "Fill in Expected.", "missing value")
        if expected is None:
            continue
        costs[line.name] = Assumption(
            line.name, expected, low, high, _unit(row, line, factor), row.long_text("Source"), row.where("Expected")
        )
        if (low is not None and low > expected) or (high is not None and high < expected):
            row.fault(
                "Expected", f"{line.name}: Expected does not lie between Low and High.", "Check the three figures.", "range"
            )
    return costs


def _unit_factor(row: Row, line: CostRow) -> float:
    """Return by what the figures of a row are multiplied: its Unit may be another of the same kind, which is said."""
    given, currency = row.text("Unit"), row.frame.locale.currency
    try:
        factor = factor_of(line.name, line.unit, given, currency)
    except OtherUnitError as e:
        what = f"the Unit of {line.name} is {shown(given)}, {e}"
        if e.another_currency:
            remedy = f"Convert the figures and write {currency}, or name the other Currency on the sheet Evaluation."
            row.warn("Unit", f"{what}; the figures were read as {currency}.", remedy, "wrong unit")
        else:
            row.fault("Unit", f"{what}.", "Convert the figures, or clear the Unit.", "wrong unit")
        return 1.0
    if factor != 1:
        what = f"the figures of {line.name} were converted from {given} to {line.unit}."
        column = row.frame.columns["Unit"]
        row.frame.faults.note(row.frame.cells, what, "Nothing to do if that is so.", CONVERTED, row=row.line, column=column)
    return factor


def _unit(row: Row, line: CostRow, factor: float) -> str:
    """Return the unit in which the figures of a row were read."""
    if line.type is CellType.MONEY:
        return money_unit(row.text("Unit"), row.frame.locale.currency)
    return row.text("Unit") if factor == 1 else line.unit


def _in_unit(size: float | None, factor: float) -> float | None:
    return None if size is None else size * factor


def _unknown(row: Row, name: str, names: Mapping[str, CostRow]) -> None:
    """Put down an assumption that is not one of ours."""
    if all(row.blank(f) for f in _FIGURES):
        return
    remedy = values.near(name, [r.name for r in names.values()])
    if not name:
        row.fault("Assumption", "the Assumption is missing.", "Fill in the cell, or delete the row.", "missing value")
    elif remedy:
        row.fault("Assumption", f"the Assumption {shown(name)} is not known.", remedy, "unknown assumption")
    else:
        row.warn(
            "Assumption",
            f"the Assumption {shown(name)} is not known and was not counted.",
            "Add it to one of the lines of this sheet.",
            "unknown assumption",
        )


def _figure(row: Row, line: CostRow, header: str) -> float | None:
    """Read one figure by the type of its line."""
    if row.blank(header) or header not in row.frame.columns:
        return None
    raw, locale = row.raw(header), row.frame.locale
    noun = f"{line.name} ({header})"
    try:
        match line.type:
            case CellType.SHARE:
                size = values.share(raw, locale.decimal_mark)
            case CellType.MONEY:
                size = values.money(raw, locale.currency, locale.decimal_mark)
            case _:
                size = values.number(raw, locale.decimal_mark)
    except UnreadableError as e:
        row.fault(header, sentence(noun, raw, e), e.remedy, e.code)
        return None
    tail = out_of_limits(size, 0, line.most)
    if line.name in _NOT_ZERO and size == 0:
        tail = "expected more than 0."
    if tail:
        row.fault(header, f"the {noun} is {shown(raw)}, {tail}", "Check the figure.", "out of limits")
        return None
    return size


def read_review_rules(table: Table) -> tuple[ReviewRule, ...]:
    """Return the review rules as the sheet has them; without rows the first four are on."""
    rules: dict[str, ReviewRule] = {}
    for row in table.rows():
        if not row.require("Rule"):
            continue
        name = row.choice("Rule")
        threshold = row.share("Threshold")
        on = row.yes_no("On")
        if not name:
            continue
        if name in rules:
            row.fault("Rule", f"the rule {name} stands twice.", "Delete one of the two rows.", "doubled")
        if name in _WITH_THRESHOLD and row.blank("Threshold") and on is not False:
            row.fault("Threshold", f"the rule {name} needs a Threshold.", "Write a share such as 80 %.", "missing value")
        if name not in _WITH_THRESHOLD and threshold is not None:
            row.warn("Threshold", f"the rule {name} has no threshold; it was not read.", "Clear the cell.", "unused")
            threshold = None
        rules[name] = ReviewRule(name, threshold, on is not False)
    return tuple(rules.values()) or DEFAULT_RULES
