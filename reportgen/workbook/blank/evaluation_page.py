"""The sheet Evaluation as it is written: one line an item, each value with its own type, drop-down and message."""

from __future__ import annotations

from reportgen.spreadsheets.writer import Book
from reportgen.workbook.blank import formats
from reportgen.workbook.blank.content import Content
from reportgen.workbook.blank.lists_sheet import Lists
from reportgen.workbook.blank.page import CellValue, Page, as_text
from reportgen.workbook.blank.table_sheets import cell_rule, lines_needed
from reportgen.workbook.layout import sheets
from reportgen.workbook.layout.schema import CellType, Item

_SHEET = "Evaluation"
_VALUE_WIDTH, _HELP_WIDTH = (column.width for column in sheets.sheet(_SHEET).columns[1:])


def evaluation_values(content: Content) -> dict[str, CellValue]:
    """Return each item's value, in the order of the sheet: what was given, else the default that is printed in a blank.

    An item given as None stays blank.
    """
    return {item.name: content.evaluation.get(item.name, _default(item, content)) for item in ordered_items()}


def ordered_items() -> tuple[Item, ...]:
    """Return the items as they stand on the sheet: those that everybody fills in, then those usually left as they are."""
    return tuple(sorted(sheets.sheet(_SHEET).items, key=lambda item: item.expert))


def item_cell(name: str) -> str:
    """Return the reference of an item's value, `'Evaluation'!$B$2`."""
    row = next(i for i, item in enumerate(ordered_items()) if item.name == name) + 2
    return f"'{_SHEET}'!$B${row}"


def write_evaluation(book: Book, content: Content, lists: Lists) -> None:
    """Write the sheet; names and help are locked without a password, values are open."""
    page = Page(book, _SHEET)
    sheet = sheets.sheet(_SHEET)
    values = evaluation_values(content)
    extra = {name: value for name, value in content.evaluation.items() if name not in values}
    last = len(values) + len(extra)
    colours = (formats.Header.OURS, formats.Header.REQUIRED, formats.Header.OURS)
    page.add_table(
        (0, 0, last, 2),
        {
            "name": "tblEvaluation",
            "style": None,
            "autofilter": False,
            "columns": [
                {"header": c.header, "header_format": formats.header(book, colour)}
                for c, colour in zip(sheet.columns, colours, strict=True)
            ],
            "title": _SHEET,
            "description": sheet.help,
        },
    )
    for index, column in enumerate(sheet.columns):
        page.width(index, column.width)
    page.height(0, 24)
    for row, item in enumerate(ordered_items(), start=1):
        _item(page, row, item, values[item.name], lists)
    for row, (name, value) in enumerate(extra.items(), start=len(values) + 1):
        page.put(row, 0, name, formats.ours(book))
        page.put(row, 1, value, formats.yours(book, CellType.TEXT))
        page.put(row, 2, None, formats.ours(book))
    page.raw.freeze_panes(1, 1)
    page.raw.repeat_rows(0)
    page.raw.set_landscape()
    page.raw.fit_to_pages(1, 1)
    page.raw.set_selection(1, 1, 1, 1)
    page.raw.protect("", {"format_columns": True, "format_rows": True})
    page.done(page.raw.ignore_errors({"number_stored_as_text": f"A1:C{last + 1}"}))


def _item(page: Page, row: int, item: Item, value: CellValue, lists: Lists) -> None:
    book = page.book
    page.put(row, 0, item.name, formats.ours(book, bold=item.required))
    reads_as_text = formats.number_format(item.type) == "@"
    shown = as_text(value) if reads_as_text and value is not None else value
    page.put(row, 1, shown if shown != "" else None, formats.yours(book, item.type, align="left"))
    note = ("Required. " if item.required else "Usually left as it is. " if item.expert else "") + item.help
    page.put(row, 2, note, formats.ours(book))
    page.height(row, 4 + 13.0 * max(lines_needed(note, _HELP_WIDTH), lines_needed(as_text(value), _VALUE_WIDTH)))
    page.rule((row, row), 1, cell_rule(item.cell, item.name, note, lists))
    if item.required:
        blank = {"type": "formula", "criteria": f"=LEN(TRIM($B${row + 1}))=0", "format": formats.missing(book)}
        page.highlight((row, 1, row, 1), blank)


def _default(item: Item, content: Content) -> CellValue:
    if item.name == "Task":
        return content.task.value
    if item.name == "Currency":
        return content.currency
    default = item.default
    if isinstance(default, str) and default.endswith("%"):
        return float(default.rstrip(" %")) / 100
    return default or None
