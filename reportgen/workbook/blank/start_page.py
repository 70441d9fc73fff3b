"""The page under the sheet Start: where the next line goes, how a heading, a line and a counter look."""

from __future__ import annotations

from dataclasses import dataclass

from reportgen.spreadsheets.writer import Book
from reportgen.workbook.blank import formats
from reportgen.workbook.blank.content import Content
from reportgen.workbook.blank.live_counters import Counters, Figure, number
from reportgen.workbook.blank.page import CellValue, Page


@dataclass(slots=True)
class Cursor:
    """Where the next line goes; `cells` remembers the counters that other lines point at."""

    row: int
    cells: dict[str, str]


class StartPage:
    """Writes lines from top to bottom and remembers what was counted."""

    def __init__(self, book: Book, content: Content) -> None:
        self.book = book
        self.content = content
        self.page = Page(book, "Start")
        self.count = Counters(content)
        self.at = Cursor(0, {})
        self.values: dict[str, float] = {}
        self.parts: list[int] = []

    def heading(self, text: str, *columns: str) -> None:
        """Write a heading, and below it the headers of a table."""
        self.page.put(
            self.at.row, 0, text, formats.plain(self.book, bold=True, font_size=12, text_wrap=False, font_color="#1F3864")
        )
        self.page.height(self.at.row, 20)
        self.parts.append(self.at.row)
        self.at.row += 1
        if columns:
            for index, column in enumerate(columns):
                self.page.put(self.at.row, index, column or None, formats.header(self.book, formats.Header.OURS))
            self.at.row += 1

    def cell(self, column: int) -> str:
        """Return the reference of a column in the line that comes next, `$B$7`."""
        return f"${'ABCDE'[column]}${self.at.row + 1}"

    def line(self, *cells: CellValue | Figure, **look: object) -> None:
        """Write one line of a table, as high as its last text needs."""
        for index, cell in enumerate(cells):
            style = formats.ours(self.book, **({"align": "right"} if index and _is_number(cell) else {}), **look)
            if isinstance(cell, Figure):
                self.page.formula(self.at.row, index, cell.formula, cell.value, style)
            else:
                self.page.put(self.at.row, index, cell, style)
        longest = max((len(c) for c in cells[4:5] if isinstance(c, str)), default=0)
        self.page.height(self.at.row, 15.0 * max(1, -(-longest // 84)))
        self.at.row += 1

    def counter(self, key: str, name: str, figure: Figure, hint: str) -> None:
        """Write a counter and remember its cell and value under a key."""
        self.at.cells[key] = self.cell(1)
        self.values[key] = number(figure)
        self.line(name, figure, None, None, hint)

    def link(self, row: int, column: int, sheet: str) -> None:
        """Write a link to another sheet into a line that stands."""
        look = formats.ours(self.book, font_color="#0B4FAF", underline=1)
        self.page.link(row, column, f"internal:'{sheet}'!A1", sheet, look)


def _is_number(cell: CellValue | Figure) -> bool:
    return isinstance(cell.value if isinstance(cell, Figure) else cell, int | float)
