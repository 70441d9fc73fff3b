"""The sheet Filled example: what good rows look like, with the meaning of every column; to look at, never read."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.domain.records.plan import Task
from reportgen.spreadsheets.writer import Book
from reportgen.workbook.blank import formats
from reportgen.workbook.blank.content import DEFAULT_FIELDS, LINE_ITEMS, Content, Row, field_rows
from reportgen.workbook.blank.page import Page
from reportgen.workbook.blank.presets import cost_rows, level_rows
from reportgen.workbook.blank.table_sheets import header_colour, input_message, lines_needed
from reportgen.workbook.blank.worked_examples import worked_rows
from reportgen.workbook.blank.worked_optional_examples import further_rows
from reportgen.workbook.layout import sheets
from reportgen.workbook.layout.schema import Column

_WIDTHS = (26, 52, 30)
_WIDTH_ELSE = 22
_LINE = 13.0
_TALLEST = 200.0
_LEVELS_SHOWN = 4
_AGREED: Row = {"Agreed by": "Head of service", "Agreed on": "2025-04-28"}


def write_filled_example(book: Book, content: Content) -> None:
    """Write one block for each sheet of the workbook: title, headers, what each column means, and worked rows."""
    task = content.task
    page = Page(book, "Filled example")
    title = formats.plain(book, bold=True, font_size=16, text_wrap=False)
    page.put(0, 0, "How a filled-in workbook looks", title)
    page.height(0, 28)
    note = "Only to look at: nothing on this sheet is read. The line under each header says what the column is for."
    page.put(1, 0, note, formats.plain(book, text_wrap=False))
    row = 3
    blocks = {name: rows for name, rows in further_rows(task).items() if name in content.tables}
    blocks |= worked_rows(task)
    if "Records" in blocks:
        blocks["Fields"] = (*blocks["Fields"], *field_rows([LINE_ITEMS]))
    blocks["Costs"] = cost_rows(blocks["Costs"], content.currency)[: len(blocks["Costs"])]
    blocks["Service levels"] = tuple({**r, **_AGREED} for r in level_rows(task, content.currency)[:_LEVELS_SHOWN])
    widest, parts = 0, list[int]()
    for name in (s.name for s in sheets.sheets_for(task) if s.name in blocks):
        columns = _shown(name, task, blocks[name])
        widest = max(widest, len(columns))
        parts.append(row)
        row = _block(page, row, name, columns, blocks[name])
    for index in range(widest):
        page.width(index, _width(index))
    page.raw.set_landscape()
    page.print_together(parts, row)
    page.raw.protect("", {"format_columns": True, "format_rows": True})
    page.raw.set_selection(0, 0, 0, 0)


def _shown(name: str, task: Task, rows: Sequence[Row]) -> tuple[tuple[str, Column], ...]:
    """Columns that stand open in a blank, and the folded ones that the worked rows use."""
    used = {header for row in rows for header in row}
    pairs = sheets.columns_for(sheets.sheet(name), task, [f.name for f in DEFAULT_FIELDS])
    shown = tuple((h, c) for h, c in pairs if h in used or not sheets.folded(c, task))
    further = sheets.sheet(name).open_columns
    own = [h for h in dict.fromkeys(h for row in rows for h in row) if h not in {header for header, _ in pairs}]
    return (*shown, *((h, Column(h, further)) for h in own if further))


def _block(page: Page, row: int, name: str, columns: Sequence[tuple[str, Column]], rows: Sequence[Row]) -> int:
    sheet, book = sheets.sheet(name), page.book
    page.put(row, 0, name, formats.plain(book, bold=True, font_size=13, text_wrap=False, font_color="#1F3864"))
    page.put(row, 1, sheet.help, formats.plain(book, text_wrap=False, valign="vcenter"))
    page.height(row, 22)
    meaning = formats.plain(
        book, italic=True, font_size=9, font_color="#404040", bg_color="#F2F2F2", border=1, border_color="#D0D0D0"
    )
    for index, (header, column) in enumerate(columns):
        page.put(row + 1, index, header, formats.header(book, header_colour(header, column)))
        page.put(row + 2, index, input_message(column), meaning)
    page.height(row + 1, _height([header for header, _ in columns]) + 2)
    page.height(row + 2, _height([input_message(c) for _, c in columns]))
    for place, values in enumerate(rows, start=row + 3):
        percent = values.get("Unit") == "%"
        for index, (header, column) in enumerate(columns):
            value = values.get(header)
            share = percent and isinstance(value, float)
            shown_as = "0.0##%" if share else ""
            look = formats.yours(book, sheets.CellType.NUMBER if share else column.type, shown_as=shown_as)
            if header == "Help":
                look = formats.ours(book)
            page.put(place, index, value, look)
        page.height(place, _height([values.get(header) for header, _ in columns]))
    return row + 3 + len(rows) + 1


def _width(index: int) -> int:
    return _WIDTHS[index] if index < len(_WIDTHS) else _WIDTH_ELSE


def _height(texts: Sequence[object]) -> float:
    lines = max(lines_needed(t, _width(i)) if isinstance(t, str) else 1 for i, t in enumerate(texts))
    return min(_TALLEST, lines * _LINE + 4)
