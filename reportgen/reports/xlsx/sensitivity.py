"""What the choice hangs on, on the Costs sheet: swings of the assumptions, price of uncertainty, slack of the levels."""

from __future__ import annotations

from reportgen.domain.records.comparison import Swing
from reportgen.domain.wording.text import quoted
from reportgen.reports.view.context import Context
from reportgen.reports.view.records import Sensitivity
from reportgen.reports.xlsx.sheet_content import HEADING, TEXT, WRAPPED, Column, Content, Figure, money_format, plain_format
from reportgen.reports.xlsx.sheet_writer import Sheet

_SWINGS = (
    "Assumption moved",
    "Low",
    "High",
    "Unit",
    "Difference at low",
    "Difference at high",
    "Range from",
    "Other is cheaper",
)


def write_sensitivity(sheet: Sheet, row: int, context: Context, words: Sensitivity) -> int:
    """Write the section from `row` on and return the first free row."""
    decision = context.comparison.decision
    row += 1
    if decision.tornado is not None and decision.tornado.swings:
        sheet.put(row, 0, "How far each assumption moves the choice", HEADING)
        told = f"Cost per task of {decision.tornado.winner} less that of {decision.tornado.runner_up}. {words.tornado_note}"
        sheet.put(row + 1, 0, quoted(told), TEXT)
        money = money_format(context.currency, 6)
        heads = [Column(h, 10, WRAPPED) for h in _SWINGS]
        rows = [_swing(s, money) for s in decision.tornado.swings]
        row = sheet.table(row + 2, heads, rows, title="Swings", widths=False, filtered=False) + 1
    if words.uncertainty:
        sheet.put(row, 0, "What knowing more would be worth", HEADING)
        sheet.put(row + 1, 0, quoted(words.uncertainty), TEXT)
        row += 3
    if words.slack.rows:
        sheet.put(row, 0, "Who would be chosen if one level were set elsewhere, the others kept", HEADING)
        heads = [Column(h, 10, TEXT) for h in (words.slack.head, *words.slack.columns)]
        steps: list[list[Content]] = [[r.name, *(c.text for c in r.cells)] for r in words.slack.rows]
        row = sheet.table(row + 1, heads, steps, title="Slack", widths=False, filtered=False) + 1
    return row


def _swing(swing: Swing, money: str) -> list[Content]:
    return [
        swing.assumption,
        Figure(swing.low, plain_format(swing.low, swing.unit)),
        Figure(swing.high, plain_format(swing.high, swing.unit)),
        swing.unit,
        Figure(swing.at_low, money),
        Figure(swing.at_high, money),
        "workbook" if swing.given else "20 % to either side",
        "yes, within the range" if swing.turns else "no",
    ]
