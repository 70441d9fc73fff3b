"""The sheets of rows and columns: values, drop-downs, messages, marks for what is missing or doubled, and Row status."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from reportgen.spreadsheets.writer import Book
from reportgen.workbook.blank import formats
from reportgen.workbook.blank.content import Row, Table, is_long
from reportgen.workbook.blank.lists_sheet import Lists
from reportgen.workbook.blank.page import Page, as_text
from reportgen.workbook.layout import sheets
from reportgen.workbook.layout.schema import Cell, CellType, Column

_TALLEST = 150.0
"""Points; a document of many pages must not make its row fill the screen."""
_LINE = 13.0
_WRAP_LOSS = 1.15
"""Words do not fill their lines to the end."""
_LONGEST_MEASURED = 2_000
_OWN_COLUMN_WIDTH = 20
_TALL_ROWS = frozenset({"Examples", "Prompts", "Recorded outputs", "Recorded verdicts"})
"""Where a row may be many lines high its short cells stay at the top, beside the first line."""
_STATUS_WIDTH = 22
_NOT_AGREED = "Not agreed yet"
"""A level is read all the same; but the reports name who agreed to it, and Start counts it."""
_COST_FIGURES = 4
"""Assumption, Low, Expected and High: each line of Costs says in them what it means."""
_DUPLICATES_TO = 2_000
"""Rows up to which each Row status looks for the same ID elsewhere; beyond, only the colour does, or typing would drag."""


def write_table(book: Book, table: Table, lists: Lists) -> Page:
    """Write one columnar sheet as a named table."""
    page = Page(book, table.sheet.name)
    _headers(book, page, table)
    _columns(page, table)
    _values(book, page, table)
    for index, column in enumerate(table.columns):
        if column is not None:
            _rule(page, table, index, column, lists)
    _marks(book, page, table)
    if table.status is not None:
        _statuses(book, page, table, table.status)
    _set_up(page, table)
    return page


def input_message(column: Column) -> str:
    """Return what is said when a cell of the column is selected."""
    need = "Required. " if column.required and not column.one_of else ""
    return need + column.help


def cell_rule(cell: Cell, title: str, message: str, lists: Lists) -> dict[str, Any]:
    """Return the XlsxWriter rule of a cell: a drop-down that refuses or suggests, a limit, a message."""
    rule: dict[str, Any] = {"input_title": title[:32], "input_message": message, "ignore_blank": True}
    name = lists.name_for(cell)
    if name is not None:
        closed = cell.source is None or bool(cell.choices)
        rule |= {"validate": "list", "source": f"={name}", "show_error": closed}
        if closed:
            rule |= {"error_title": "Please choose from the list", "error_message": "Choose one of the words in the list."}
        return rule
    limits = {"least": cell.least, "most": cell.most}
    match cell.type:
        case CellType.SHARE:
            return rule | _limit("decimal", 0 if cell.least is None else cell.least, 1 if cell.most is None else cell.most)
        case CellType.INTEGER:
            return rule | _limit("integer", **limits)
        case CellType.MONEY | CellType.SECONDS | CellType.NUMBER if cell.least is not None:
            return rule | _limit("decimal", **limits)
        case _:
            return rule | {"validate": "any"}


def header_colour(header: str, column: Column | None) -> formats.Header:
    """Return the colour of a header: must be filled in, may stay blank, or ours."""
    if header in {sheets.ROW_STATUS, "Help"}:
        return formats.Header.OURS
    required = column is not None and (column.required or column.needed)
    return formats.Header.REQUIRED if required else formats.Header.OPTIONAL


def _limit(kind: str, least: float | None, most: float | None) -> dict[str, Any]:
    whole = "a whole number" if kind == "integer" else "a number"
    warned: dict[str, Any] = {"validate": kind, "error_type": "warning", "error_title": "Please look again"}
    if least is not None and most is not None:
        said = f"between {least:.10g} and {most:.10g}" + (
            f" ({least:.4g} = {least:.1%})" if kind == "decimal" and most <= 1 else ""
        )
        return warned | {
            "criteria": "between",
            "minimum": least,
            "maximum": most,
            "error_message": f"Expected {whole} {said}.",
        }
    return warned | {"criteria": ">=", "value": least or 0, "error_message": f"Expected {whole}, {least or 0:.10g} or more."}


def _headers(book: Book, page: Page, table: Table) -> None:
    settings = []
    for header, column in zip(table.headers, table.columns, strict=True):
        settings.append({"header": header, "header_format": formats.header(book, header_colour(header, column))})
    name = "tbl" + "".join(word.capitalize() for word in table.sheet.name.split())
    page.add_table(
        (0, 0, table.last, len(table.headers) - 1),
        {
            "name": name,
            "columns": settings,
            "style": None,
            "autofilter": table.sheet.name in {"Examples", "Recorded outputs", "Recorded verdicts"},
            "title": table.sheet.name,
            "description": table.sheet.help,
        },
    )
    page.height(0, 32)


def _columns(page: Page, table: Table) -> None:
    # Looks go to cells, not to columns: a whole coloured column would print without end.
    for index, column in enumerate(table.columns):
        width = _STATUS_WIDTH if index == table.status else _OWN_COLUMN_WIDTH if column is None else column.width
        folding: dict[str, Any] = {"level": 1, "hidden": True} if index in table.folded else {}
        if index + 1 in table.folded and not folding:
            folding = {"collapsed": True}
        page.width(index, width, None, folding)


def _values(book: Book, page: Page, table: Table) -> None:
    valign = "top" if table.sheet.name in _TALL_ROWS else "vcenter"
    cells = [formats.yours(book, c.type if c else CellType.TEXT, valign=valign) for c in table.columns]
    percent = formats.yours(book, CellType.NUMBER, shown_as="0.0##%", valign=valign)
    ours_too = ("Assumption", "Unit", "Help") if table.sheet.name == "Costs" else ()
    named = formats.ours(book)
    as_ids = [c is not None and c.type is CellType.ID for c in table.columns]
    for row in range(table.last):
        values = table.rows[row] if row < len(table.rows) else {}
        shares = _is_share_row(values)
        for index, header in enumerate(table.headers):
            if index == table.status:
                continue
            value = values.get(header)
            look = cells[index]
            if shares and isinstance(value, float | int | None) and header in _SHARE_HEADERS:
                look = percent
            elif as_ids[index] or (isinstance(value, int | float) and _reads_as_text(table.columns[index])):
                value = as_text(value) or None
            if header in ours_too and row < len(sheets.sheet("Costs").rows):
                look = named
            page.put(row + 1, index, value if value != "" else None, look)
        if row < len(table.rows):
            _row_height(page, table, row)


_SHARE_HEADERS = frozenset({"Target", "Low", "Expected", "High"})


def _is_share_row(row: Row) -> bool:
    return row.get("Unit") == "%" and ("Target" in row or "Assumption" in row)


def _reads_as_text(column: Column | None) -> bool:
    return column is None or formats.number_format(column.type) == "@"


def lines_needed(text: str, width: float) -> int:
    """Return about how many lines a text takes in a column of a width in characters."""
    return sum(max(1, math.ceil(len(line) * _WRAP_LOSS / width)) for line in text.split("\n"))


def _row_height(page: Page, table: Table, row: int) -> None:
    most = 1
    for header, value in table.rows[row].items():
        if not value or isinstance(value, int | float) or header not in table.headers:
            continue
        column = table.columns[table.index(header)]
        if is_long(column):
            most = max(most, lines_needed(as_text(value)[:_LONGEST_MEASURED], column.width if column else _OWN_COLUMN_WIDTH))
    if most > 1:
        page.height(row + 1, min(_TALLEST, most * _LINE + 3))


def _rule(page: Page, table: Table, index: int, column: Column, lists: Lists) -> None:
    named = sheets.sheet("Costs").rows if table.sheet.name == "Costs" and index < _COST_FIGURES else ()
    for place, line in enumerate(named, start=1):
        cell = replace(column.cell, type=line.type, most=line.most) if index else column.cell
        message = f"{line.help} {input_message(column)}"
        page.rule((place, place), index, cell_rule(cell, line.name, message, lists))
    first = len(named) + 1
    page.rule((first, table.counted), index, cell_rule(column.cell, table.headers[index], input_message(column), lists))
    heading = {"validate": "any", "input_title": table.headers[index][:32], "input_message": input_message(column)}
    page.rule((0, 0), index, heading)


def _marks(book: Book, page: Page, table: Table) -> None:
    last_open = xl_col_to_name(_last_of_ours(table))
    used = f"COUNTA($A2:${last_open}2)>0"
    alternatives = [i for i, c in enumerate(table.columns) if c is not None and c.one_of]
    for index, column in enumerate(table.columns):
        if column is None:
            continue
        area = (1, index, table.counted, index)
        if column.one_of:
            blank = "+".join(f"LEN(TRIM(${xl_col_to_name(i)}2))" for i in alternatives) + "=0"
        else:
            blank = f"LEN(TRIM(${xl_col_to_name(index)}2))=0"
        if table.sheet.name == "Costs":
            if index == table.index("Expected"):
                first = sum(line.first for line in table.sheet.rows)
                needed = {"type": "formula", "criteria": f"={blank}", "format": formats.missing(book)}
                page.highlight((1, index, first, index), needed)
        elif column.required or column.needed:
            page.highlight(area, {"type": "formula", "criteria": f"=AND({used},{blank})", "format": formats.missing(book)})
        if index == 0 and column.required and _first_is_unique(table):
            page.highlight(area, {"type": "duplicate", "format": formats.doubled(book)})


def _first_is_unique(table: Table) -> bool:
    return table.sheet.name in {"Examples", "Labels", "Fields", "Candidates", "Prompts", "Known failures", "Production mix"}


def _last_of_ours(table: Table) -> int:
    return (table.status if table.status is not None else len(table.headers)) - 1


def status_needs(table: Table) -> list[tuple[str, tuple[str, ...]]]:
    """Return what each row needs, in order: (what Row status says, the headers of which one must be filled)."""
    needs: list[tuple[str, tuple[str, ...]]] = []
    inputs = tuple(h for h, c in zip(table.headers, table.columns, strict=True) if c is not None and c.one_of)
    for header, column in zip(table.headers, table.columns, strict=True):
        if column is None or not (column.required or column.needed):
            continue
        if column.one_of:
            needs.append((f"Needs {' or '.join(inputs)}", inputs))
        else:
            needs.append((f"Needs {header}", (header,)))
    expected = tuple(
        h for h, c in zip(table.headers, table.columns, strict=True) if c is not None and c.per and "Expected" in c.prefix
    )
    if expected:
        needs.append(("No field filled in", expected))
    if table.sheet.name == "Service levels":
        needs.append((_NOT_AGREED, ("Agreed by",)))
    return needs


def statuses(table: Table) -> list[str]:
    """Return what Row status shows on each filled row, computed as its formula does."""
    needs = status_needs(table)
    ours = table.headers[: table.status]
    columns = {header: table.texts(header) for header in table.headers}
    checked = _first_is_unique(table) and len(table.rows) <= _DUPLICATES_TO
    ids = Counter(t.lower() for t in columns[table.headers[0]] if t)
    found = []
    for row, first in enumerate(columns[table.headers[0]]):
        if not any(columns[h][row] for h in ours):
            found.append("")
        elif checked and ids[first.lower()] > 1:
            found.append(f"{table.headers[0]} stands twice")
        else:
            lacking = (said for said, headers in needs if not any(columns[h][row] for h in headers))
            found.append(next(lacking, "Complete"))
    return found


def _statuses(book: Book, page: Page, table: Table, status: int) -> None:
    look = formats.ours(book, valign="top" if table.sheet.name in _TALL_ROWS else "vcenter")
    values = statuses(table)
    for row in range(table.last):
        page.formula(row + 1, status, _status_formula(table, row + 2), values[row] if row < len(values) else "", look)
    area = (1, status, table.last, status)
    for start in ("Needs", _NOT_AGREED):
        page.highlight(area, {"type": "text", "criteria": "begins with", "value": start, "format": formats.missing(book)})
    page.highlight(area, {"type": "text", "criteria": "ends with", "value": "twice", "format": formats.doubled(book)})


def _status_formula(table: Table, row: int) -> str:
    def length(header: str) -> str:
        return f"LEN(TRIM({xl_col_to_name(table.index(header))}{row}))"

    formula = '"Complete"'
    for said, headers in reversed(status_needs(table)):
        formula = f'IF({"+".join(length(h) for h in headers)}=0,"{said}",{formula})'
    if _first_is_unique(table) and len(table.rows) <= _DUPLICATES_TO:
        ids = f"$A$2:$A${table.last + 1}"
        twice = f"IF(SUMPRODUCT(--(TRIM({ids})=TRIM(A{row})))>1,LEN(TRIM(A{row}))>0,FALSE)"
        formula = f'IF({twice},"{table.headers[0]} stands twice",{formula})'
    return f'=IF(SUMPRODUCT(LEN(TRIM(A{row}:{xl_col_to_name(_last_of_ours(table))}{row})))=0,"",{formula})'


def _set_up(page: Page, table: Table) -> None:
    page.raw.freeze_panes(1, 1)
    page.raw.repeat_rows(0)
    page.raw.set_landscape()
    page.raw.fit_to_pages(1, 0)
    page.raw.set_selection(1, 0, 1, 0)
    if table.folded:
        page.raw.outline_settings(visible=True, symbols_below=True, symbols_right=False)
    text_cells = f"A1:{xl_col_to_name(len(table.headers) - 1)}{table.last + 1}"
    page.done(page.raw.ignore_errors({"number_stored_as_text": text_cells}))
