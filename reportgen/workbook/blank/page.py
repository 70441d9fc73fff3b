"""A page of a workbook that people fill in: any value as its kind of cell, and printed parts that stay together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

from xlsxwriter.format import Format

from reportgen.spreadsheets.writer import Book, Sheet

CellValue = str | int | float | bool | dt.date | Sequence[str] | None
"""What callers may put into a cell; a sequence of texts becomes one cell with one text a line."""

_PAPER_WIDTH, _PAPER_HEIGHT = 770.0, 490.0
"""What A4 on its side leaves between the margins, in points."""
_POINTS_A_CHARACTER, _USUAL_HEIGHT = 5.25, 15.0


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


class Page(Sheet):
    """One worksheet, its name and page numbers in its foot."""

    def __init__(self, book: Book, name: str) -> None:
        super().__init__(book, name)
        self.raw.hide_gridlines(2)
        self.done(self.raw.set_footer("&L&F  &A&RPage &P of &N"))

    def put(self, row: int, column: int, value: CellValue, look: Format | None = None) -> None:
        """Write one value as its kind of cell.

        Raises NeedsMendingError for text that a cell cannot hold and for a number that is none.
        """
        match value:
            case None:
                self.blank(row, column, look)
            case int() | float() if not isinstance(value, bool):
                self.number(row, column, value, look)
            case dt.date():
                self.date(row, column, value, look)
            case _:
                self.text(row, column, as_text(value), look)

    def print_together(self, starts: Sequence[int], end: int) -> None:
        """Print one page wide, and begin a new page before a part that would be torn apart; `starts` = their first rows.

        Call it last: widths and heights decide.
        """
        self.raw.fit_to_pages(1, 0)
        across = sum(self.column_widths.values()) * _POINTS_A_CHARACTER
        room = _PAPER_HEIGHT * max(1.0, across / _PAPER_WIDTH)
        breaks, used = [], 0.0
        for start, after in pairwise([0, *starts, end]):
            part = sum(self.row_heights.get(row, _USUAL_HEIGHT) for row in range(start, after))
            if used + part > room and used:
                breaks.append(start)
                used = 0.0
            used += part
        self.breaks(breaks)
