"""One thin layer over XlsxWriter, whose failures are return codes and warnings and whose text handling guesses.

Text goes in character by character: never read as a formula, turned into a link or cut. What a cell cannot hold is refused;
a room that shows text cuts it first, audibly (`cell_text.safe`).
"""

from __future__ import annotations

import io
import math
import os
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell

from reportgen.problems import NeedsMendingError, Problem, ReportgenError
from reportgen.spreadsheets.cell_text import CELL_LIMIT, fits, units

Style: TypeAlias = Mapping[str, object]
"""Properties of a format in XlsxWriter's words."""
Area: TypeAlias = tuple[int, int, int, int]
"""First row, first column, last row, last column."""

ALWAYS = datetime(2026, 1, 1)  # noqa: DTZ001 - the file format has no zones
"""The stamp of a workbook that belongs to no run, so that the same content gives the same bytes."""
_A4 = 9
_PLAIN: Style = MappingProxyType({})
_MOST = MappingProxyType({"input_title": 32, "error_title": 32, "input_message": 255, "error_message": 220})
"""Characters that Office shows of a rule's words; of an error 224, though XlsxWriter accepts 255 (MS-OI29500 18.3.1.32)."""


class SheetError(ReportgenError):
    """XlsxWriter refused something: a fault of ours, never of the user's data."""


class Book:
    """A workbook in the making; `save` writes it whole or not at all.

    Args:
        properties: title, subject and the like.
        created: the stamp in the file, without a zone.
        usual: properties that every format has unless it says otherwise.
        in_memory: False keeps the parts of a large one in temporary files until it is saved.
    """

    def __init__(
        self, properties: Mapping[str, str], *, created: datetime = ALWAYS, usual: Style = _PLAIN, in_memory: bool = True
    ) -> None:
        options = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        settings = {**options, "default_date_format": "yyyy-mm-dd", "in_memory": in_memory}
        self.raw: Any = xlsxwriter.Workbook(None, settings)
        self.raw.set_properties({**properties, "created": created})
        self._usual = usual
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def format(self, style: Style) -> Format:
        """Return the format with these properties, made once."""
        key = tuple(sorted(style.items()))
        if key not in self._formats:
            self._formats[key] = self.raw.add_format({**self._usual, **style})
        return self._formats[key]

    def name(self, name: str, refers_to: str) -> None:
        """Define a name for a cell or a range, for example `list_Task` for `Lists!$A$2:$A$9`."""
        must(self.raw.define_name(name, f"={refers_to}"), name)

    def save(self, path: Path) -> None:
        """Write the file beside its target and then move it there, so that no half-written workbook is ever found.

        Raises OSError where the folder cannot be written.
        """
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".reportgen-", suffix=".xlsx")
        os.close(handle)
        beside = Path(name)
        try:
            self._close(name)
            beside.chmod(0o644)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)

    def to_bytes(self) -> bytes:
        """Return the file."""
        out = io.BytesIO()
        self._close(out)
        return out.getvalue()

    def _close(self, target: str | io.BytesIO) -> None:
        self.raw.filename = target
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.raw.close()


class Sheet:
    """One worksheet on A4; rows and columns count from 0, and every call raises where XlsxWriter returns a code or warns."""

    def __init__(self, book: Book, name: str) -> None:
        self.book = book
        self.name = name
        self.raw: Any = book.raw.add_worksheet(name)
        self.raw.set_paper(_A4)
        self.raw.set_margins(0.5, 0.5, 0.6, 0.7)
        self.column_widths: dict[int, float] = {}
        self.row_heights: dict[int, float] = {}

    def blank(self, row: int, column: int, look: Format | None = None) -> None:
        """Write a cell that has only a look."""
        self.done(self.raw.write_blank(row, column, None, look), row, column)

    def text(self, row: int, column: int, text: str, look: Format | None = None) -> None:
        """Write a text as it is. Raises NeedsMendingError for one that a cell cannot hold."""
        # A lone surrogate would make the whole file impossible to close; it is no character, so it is shown as one replaced.
        whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if not fits(whole):
            what = f"the text has {units(whole):,} characters, and a cell holds {CELL_LIMIT:,}."
            remedy = "Put the text into a file beside the workbook and name it under Input file."
            raise self._cannot_hold(row, column, what, remedy)
        self.done(self.raw.write_string(row, column, whole, look), row, column)

    def number(self, row: int, column: int, value: float, look: Format | None = None) -> None:
        """Write a number. Raises NeedsMendingError for one that is none."""
        if not math.isfinite(value):
            raise self._cannot_hold(row, column, f"{value} is not a number that a cell can hold.", "Leave the cell blank.")
        self.done(self.raw.write_number(row, column, value, look), row, column)

    def date(self, row: int, column: int, value: date, look: Format | None = None) -> None:
        """Write a day or a moment."""
        self.done(self.raw.write_datetime(row, column, value, look), row, column)

    def formula(self, row: int, column: int, formula: str, value: str | float, look: Format | None = None) -> None:
        """Write a formula with the value that Python computed, since viewers that do not recalculate show only that."""
        self.done(self.raw.write_formula(row, column, formula, look, value), row, column)

    def array_formula(self, row: int, column: int, formula: str, value: str | float, look: Format | None = None) -> None:
        """Write a one-cell array formula, which Excel, LibreOffice and Google Sheets all evaluate over whole ranges."""
        self.done(self.raw.write_array_formula(row, column, row, column, "{" + formula + "}", look, value), row, column)

    def link(self, row: int, column: int, target: str, text: str, look: Format, *, tip: str = "") -> None:
        """Write a link, for example to `internal:'Costs'!A1`."""
        self.done(self.raw.write_url(row, column, target, look, text, tip or None), row, column)

    def add_table(self, area: Area, options: Mapping[str, Any]) -> None:
        """Make an area a named table."""
        self.done(self.raw.add_table(*area, dict(options)), area[0], area[1])

    def rule(self, rows: tuple[int, int], column: int, options: Mapping[str, Any]) -> None:
        """Attach a drop-down, limit or input message to a stretch of one column.

        Raises SheetError where Office would cut a title or message.
        """
        for key, most in _MOST.items():
            if len(options.get(key, "")) > most:
                msg = f"The {key} of {self.name}, column {column + 1}, is longer than {most} characters."
                raise SheetError(msg)
        self.done(self.raw.data_validation(rows[0], column, rows[1], column, dict(options)), rows[0], column)

    def highlight(self, area: Area, options: Mapping[str, Any]) -> None:
        """Attach a conditional format to an area; a style among the options becomes a format."""
        formats = {k: self.book.format(v) if isinstance(v, Mapping) else v for k, v in options.items()}
        self.done(self.raw.conditional_format(*area, formats), area[0], area[1])

    def width(self, column: int, width: float, look: Format | None = None, options: Mapping[str, Any] | None = None) -> None:
        """Set the width in characters and the default look of one column."""
        self.column_widths[column] = width
        self.done(self.raw.set_column(column, column, width, look, dict(options or {})))

    def height(self, row: int, height: float) -> None:
        """Set the height of one row in points."""
        self.row_heights[row] = height
        self.done(self.raw.set_row(row, height))

    def breaks(self, rows: Sequence[int]) -> None:
        """Begin a new printed page at each of these rows."""
        self.done(self.raw.set_h_pagebreaks(rows))

    def done(self, code: object, row: int = 0, column: int = 0) -> None:
        """Raise SheetError where XlsxWriter's return code says that it has not done as told."""
        if code:
            must(code, f"{self.name}!{xl_rowcol_to_cell(row, column)}")

    def _cannot_hold(self, row: int, column: int, what: str, remedy: str) -> NeedsMendingError:
        problem = Problem(f"{self.name}!{xl_rowcol_to_cell(row, column)}", what, remedy, code="cell-cannot-hold")
        return NeedsMendingError(str(problem), (problem,))


def must(code: object, where: str) -> None:
    """Raise SheetError for every return value of XlsxWriter that is not success."""
    if isinstance(code, int) and code != 0:
        msg = f"{where} could not be written (XlsxWriter returned {code}). Please report this."
        raise SheetError(msg)
