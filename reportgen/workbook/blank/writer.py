"""One thin layer over XlsxWriter, because its failures are return codes and warnings and its text handling guesses."""

from __future__ import annotations

import datetime as dt
import io
import math
import os
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell

from reportgen.problems import NeedsMendingError, Problem, ReportgenError

CellValue = str | int | float | bool | dt.date | Sequence[str] | None
"""What callers may put into a cell; a sequence of texts becomes one cell with one text a line."""

MOST_CHARACTERS = 32_767
"""What one cell holds, in UTF-16 units (Excel's limit)."""

_CREATED = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - a fixed stamp, so that the same content gives the same bytes
_PAPER_WIDTH, _PAPER_HEIGHT = 770.0, 490.0
"""What A4 on its side leaves between the margins, in points."""
_POINTS_A_CHARACTER, _USUAL_HEIGHT = 5.25, 15.0
_MOST_MESSAGE = 255
_MOST_TITLE = 32
_MOST_ERROR = 220
"""Office shows 224 characters of an error message, though XlsxWriter accepts 255 (MS-OI29500 18.3.1.32)."""


def as_text(value: CellValue) -> str:
    """Return a value as the text a cell would show, empty for None."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "yes" if value else "no"
        case dt.date():
            return value.isoformat()
        case int() | float():
            return repr(value)
        case _:
            return "\n".join(value)


class Page:
    """One worksheet; every call raises where XlsxWriter would return a code or warn."""

    def __init__(self, book: Book, name: str) -> None:
        self.book = book
        self.name = name
        self._widths: dict[int, float] = {}
        self._heights: dict[int, float] = {}
        self.sheet: Any = book.workbook.add_worksheet(name)
        self.sheet.hide_gridlines(2)
        self.sheet.set_paper(9)
        self.sheet.set_margins(0.5, 0.5, 0.6, 0.7)
        self.sheet.set_footer("&L&F  &A&RPage &P of &N")

    def put(self, row: int, column: int, value: CellValue, look: Format | None = None) -> None:
        """Write one value; text goes in character by character and is never cut, read as a formula or turned into a link.

        Raises NeedsMendingError for text that a cell cannot hold and for a number that is none.
        """
        match value:
            case None:
                code = self.sheet.write_blank(row, column, None, look)
            case bool():
                code = self.sheet.write_string(row, column, as_text(value), look)
            case int() | float():
                self._finite(row, column, value)
                code = self.sheet.write_number(row, column, value, look)
            case dt.datetime() | dt.date():
                code = self.sheet.write_datetime(row, column, value, look)
            case _:
                code = self.sheet.write_string(row, column, self._holdable(row, column, as_text(value)), look)
        self.done(code, row, column)

    def formula(self, row: int, column: int, formula: str, value: str | float, look: Format | None = None) -> None:
        """Write a formula with the value that Python computed, since viewers that do not recalculate show only that."""
        self.done(self.sheet.write_formula(row, column, formula, look, value), row, column)

    def array_formula(self, row: int, column: int, formula: str, value: str | float, look: Format | None = None) -> None:
        """Write a one-cell array formula, which Excel, LibreOffice and Google Sheets all evaluate over whole ranges."""
        code = self.sheet.write_array_formula(row, column, row, column, "{" + formula + "}", look, value)
        self.done(code, row, column)

    def link(self, row: int, column: int, sheet: str, text: str, look: Format | None = None) -> None:
        """Write a link to the top of another sheet of this workbook."""
        self.done(self.sheet.write_url(row, column, f"internal:'{sheet}'!A1", look, text), row, column)

    def done(self, code: object, row: int = 0, column: int = 0) -> None:
        """Raise when XlsxWriter reports by its return code that it has not done as told."""
        if isinstance(code, int) and code != 0:
            place = f"{self.name}!{xl_rowcol_to_cell(row, column)}"
            msg = f"{place} could not be written (XlsxWriter returned {code}). Please report this."
            raise ReportgenError(msg)

    def print_together(self, starts: Sequence[int], end: int) -> None:
        """Print one page wide, and begin a new page before a part that would be torn apart; `starts` = their first rows.

        Call it last: widths and heights decide.
        """
        self.sheet.fit_to_pages(1, 0)
        across = sum(self._widths.values()) * _POINTS_A_CHARACTER
        room = _PAPER_HEIGHT * max(1.0, across / _PAPER_WIDTH)
        breaks, used = [], 0.0
        for start, after in pairwise([0, *starts, end]):
            part = sum(self._heights.get(row, _USUAL_HEIGHT) for row in range(start, after))
            if used + part > room and used:
                breaks.append(start)
                used = 0.0
            used += part
        self.done(self.sheet.set_h_pagebreaks(breaks))

    def rule(self, rows: tuple[int, int], column: int, options: Mapping[str, Any]) -> None:
        """Attach a drop-down, limit or input message to a stretch of one column.

        Raises ReportgenError where Office would cut a title or message.
        """
        for key, most in (
            ("input_title", _MOST_TITLE),
            ("error_title", _MOST_TITLE),
            ("input_message", _MOST_MESSAGE),
            ("error_message", _MOST_ERROR),
        ):
            if len(options.get(key, "")) > most:
                msg = f"The {key} of {self.name}, column {column + 1}, is longer than {most} characters."
                raise ReportgenError(msg)
        self.done(self.sheet.data_validation(rows[0], column, rows[1], column, dict(options)), rows[0], column)

    def highlight(self, area: tuple[int, int, int, int], options: Mapping[str, Any]) -> None:
        """Attach a conditional format to (first row, first column, last row, last column)."""
        self.done(self.sheet.conditional_format(*area, dict(options)), area[0], area[1])

    def table(self, area: tuple[int, int, int, int], options: Mapping[str, Any]) -> None:
        """Make (first row, first column, last row, last column) a named table."""
        self.done(self.sheet.add_table(*area, dict(options)), area[0], area[1])

    def width(self, column: int, width: float, look: Format | None = None, options: Mapping[str, Any] | None = None) -> None:
        """Set the width in characters and the default look of one column."""
        self._widths[column] = width
        self.done(self.sheet.set_column(column, column, width, look, dict(options or {})))

    def height(self, row: int, height: float) -> None:
        """Set the height of one row in points."""
        self._heights[row] = height
        self.done(self.sheet.set_row(row, height))

    def _finite(self, row: int, column: int, value: float) -> None:
        if not math.isfinite(value):
            raise _cannot_hold(
                self.name, row, column, f"{value} is not a number that a cell can hold.", "Leave the cell blank."
            )

    def _holdable(self, row: int, column: int, text: str) -> str:
        # A lone surrogate would make the whole file impossible to close; it is no character, so it is shown as one replaced.
        sound = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        units = len(sound.encode("utf-16-le")) // 2
        if units > MOST_CHARACTERS:
            what = f"the text has {units:,} characters, and a cell holds {MOST_CHARACTERS:,}."
            remedy = "Put the text into a file beside the workbook and name it under Input file."
            raise _cannot_hold(self.name, row, column, what, remedy)
        return sound


class Book:
    """A workbook in the making; `save` writes it whole or not at all."""

    def __init__(self, title: str, subject: str) -> None:
        self._buffer = io.BytesIO()
        options = {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd",
        }
        self.workbook: Any = xlsxwriter.Workbook(self._buffer, options)
        self.workbook.set_properties({"title": title, "subject": subject, "created": _CREATED})
        self.workbook.set_size(2400, 1400)
        self._looks: dict[tuple[tuple[str, Any], ...], Format] = {}

    def page(self, name: str) -> Page:
        """Add a worksheet after those that stand."""
        return Page(self, name)

    def look(self, **properties: Any) -> Format:  # noqa: ANN401 - XlsxWriter's own vocabulary of properties
        """Return the format with these XlsxWriter properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._looks:
            self._looks[key] = self.workbook.add_format(
                {"font_name": "Arial", "font_size": 10, "valign": "top", **properties}
            )
        return self._looks[key]

    def name(self, name: str, refers_to: str) -> None:
        """Define a name for a range, for example `list_Task`."""
        code = self.workbook.define_name(name, "=" + refers_to)
        if code != 0:
            msg = f"The name {name!r} could not be defined (XlsxWriter returned {code}). Please report this."
            raise ReportgenError(msg)

    def save(self, path: Path) -> None:
        """Write the file beside its target and then move it there, so that no half-written workbook is ever found.

        Raises OSError where the folder cannot be written.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.workbook.close()
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".reportgen-", suffix=".xlsx")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(self._buffer.getvalue())
            Path(beside).chmod(0o644)
            Path(beside).replace(path)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise


def _cannot_hold(sheet: str, row: int, column: int, what: str, remedy: str) -> NeedsMendingError:
    where = f"{sheet}!{xl_rowcol_to_cell(row, column)}"
    problem = Problem(where, what, remedy, code="cell-cannot-hold")
    return NeedsMendingError(str(problem), (problem,))
