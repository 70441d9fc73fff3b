"""The sheets of answers: line items expected against given, and answers that could not be read, to copy from."""

from __future__ import annotations

from itertools import islice

from reportgen.domain.records.plan import FieldType
from reportgen.domain.records.score import RowPair
from reportgen.reports.view.answers import item_rows, mark_words, unread_groups
from reportgen.reports.view.context import Context
from reportgen.reports.xlsx.sheet_content import NOTE, UNTRUSTED, UNTRUSTED_BOLD, WRAPPED, Column, Content
from reportgen.reports.xlsx.sheet_writer import Sheet

LINE_ITEMS, UNREAD = "Line items", "Unreadable answers"
MOST_ROWS = 20_000
"""Rows of line items on the sheet; a longer one no longer opens at once, and it says so."""


def answer_sheets(context: Context) -> tuple[str, ...]:
    """Return which of the two sheets this comparison needs."""
    records = any(f.type is FieldType.RECORDS for f in context.comparison.plan.fields)
    unread = next(unread_groups(context), None) is not None
    return tuple(name for name, wanted in ((LINE_ITEMS, records), (UNREAD, unread)) if wanted)


def write_line_items(sheet: Sheet, context: Context) -> None:
    """Write a line for each row of every answer, each part expected, given and marked."""
    fields = [f for f in context.comparison.plan.fields if f.type is FieldType.RECORDS]
    names = list(dict.fromkeys(part.name for f in fields for part in f.parts))
    row = sheet.title(
        LINE_ITEMS, "Each row of every document: what was expected, what was given, and the mark of each part."
    )
    columns = [Column("Candidate", 24, UNTRUSTED_BOLD), Column("Example ID", 16, UNTRUSTED), Column("Cell", 14)]
    columns += [Column("Field", 18, UNTRUSTED), Column("Row", 8), Column("Row is", 20)]
    for name in names:
        columns += [
            Column(f"{name}: expected", 20, UNTRUSTED),
            Column(f"{name}: given", 20, UNTRUSTED),
            Column(f"{name}: mark", 14),
        ]
    every = (item for result in context.results for item in item_rows(context, result, wrong_only=False))
    rows: list[list[Content]] = []
    for item in islice(every, MOST_ROWS + 1):
        cells: list[Content] = [item.candidate, item.example, item.where, item.field.name, item.number, _state(item.pair)]
        places = {part.name: at for at, part in enumerate(item.field.parts)}
        for name in names:
            cells += _part(item.pair, places.get(name))
        rows.append(cells)
    if len(rows) > MOST_ROWS:
        rows.pop()
        sheet.put(1, 1, f"Only the first {MOST_ROWS:,} rows stand here.", NOTE)
    if not rows:
        sheet.put(row, 0, "No document holds such rows, and none were given.", WRAPPED)
        return
    sheet.table(row, columns, rows, title=LINE_ITEMS, freeze=2)


def _state(pair: RowPair) -> str:
    if pair.given is None:
        return "missing"
    if pair.expected is None:
        return "not expected"
    return "right" if pair.exact else "wrong"


def _part(pair: RowPair, at: int | None) -> list[Content]:
    """Return a part as expected, as given and its mark; three blanks where the row's field has no such part."""
    if at is None:
        return ["", "", ""]
    expected, given = (side[at] if side else "" for side in (pair.expected, pair.given))
    return [expected, given, mark_words(pair.marks[at])]


def write_unread(sheet: Sheet, context: Context) -> None:
    """Write the answers that could not be read, commonest first, as they would be entered under Also written as."""
    row = sheet.title(
        UNREAD,
        "Where your application knows such a word, copy it to Also written as of the label; where it takes the label out of "
        "the text around it, say so under Answers are read.",
    )
    columns = [
        Column("Candidate", 24, UNTRUSTED_BOLD),
        Column("Answer", 44, UNTRUSTED),
        Column("Times", 9),
        Column("Most likely means", 24, UNTRUSTED),
        Column("Because", 30, UNTRUSTED),
        Column("Also written as", 30, UNTRUSTED),
    ]
    rows: list[list[Content]] = [
        [r.spec.name, g.answer, g.count, g.means, g.why, g.answer if g.means and not g.wrapped else ""]
        for r, g in islice(unread_groups(context), MOST_ROWS)
    ]
    sheet.table(row, columns, rows, title=UNREAD, freeze=1)
