"""A copy as Excel workbook of an OpenDocument file or a folder of .csv: what each cell shows, to be marked."""

from __future__ import annotations

from reportgen.spreadsheets.cell_text import cut
from reportgen.spreadsheets.writer import Book, Sheet
from reportgen.workbook.opening.cells import CellError, NoResult, ShownNumber, WorkbookCells
from reportgen.workbook.rows.values import as_text

_PLAIN_COLUMN = 24
_CUT = "… [cut: a cell of Excel holds no more]"


def as_workbook(book: WorkbookCells) -> bytes:
    """Return the sheets of a file as an .xlsx; cells hold what they show, and numbers without a format stay numbers."""
    made = Book({})
    for cells in book.sheets:
        sheet = Sheet(made, cells.name)
        sheet.done(sheet.raw.set_column(0, 50, _PLAIN_COLUMN))
        for number, row in cells.rows:
            for column, value in enumerate(row):
                if isinstance(value, bool):
                    sheet.done(sheet.raw.write_boolean(number - 1, column, value), number - 1, column)
                elif isinstance(value, int | float) and not isinstance(value, ShownNumber):
                    sheet.number(number - 1, column, value)
                elif value is not None and not isinstance(value, NoResult):
                    text = value.shown if isinstance(value, CellError) else as_text(value)
                    sheet.text(number - 1, column, cut(text, _CUT))
        if cells.hidden:
            sheet.raw.hide()
    return made.to_bytes()
