"""A copy as Excel workbook of an OpenDocument file or a folder of .csv: what each cell shows, to be marked."""

from __future__ import annotations

import datetime as dt
import io

from reportgen.workbook.opening.cells import CellError, NoResult, ShownNumber, WorkbookCells
from reportgen.workbook.reading.values import as_text

_PLAIN_COLUMN = 24
_MOST_CHARACTERS = 32_767


def as_workbook(book: WorkbookCells) -> bytes:
    """Return the sheets of a file as an .xlsx; cells hold what they show, and numbers without a format stay numbers."""
    import xlsxwriter  # noqa: PLC0415 - only where a file of another kind is marked

    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    made.set_properties({"created": dt.datetime(2026, 1, 1)})  # noqa: DTZ001 - the same content gives the same bytes
    for cells in book.sheets:
        sheet = made.add_worksheet(cells.name)
        sheet.set_column(0, 50, _PLAIN_COLUMN)
        for number, row in cells.rows:
            for column, value in enumerate(row):
                if isinstance(value, bool):
                    sheet.write_boolean(number - 1, column, value)
                elif isinstance(value, int | float) and not isinstance(value, ShownNumber):
                    sheet.write_number(number - 1, column, value)
                elif value is not None and not isinstance(value, NoResult):
                    text = value.shown if isinstance(value, CellError) else as_text(value)
                    sheet.write_string(number - 1, column, text[:_MOST_CHARACTERS])
        if cells.hidden:
            sheet.hide()
    made.close()
    return out.getvalue()
