"""Rows added to a copy of a user's workbook: the XML of the sheets concerned is patched, all else stays byte for byte.

As for the marked copy, no library writes the file again, since each loses something of what was there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain, islice
from typing import Any, Protocol
from xml.sax.saxutils import escape

from lxml import etree

from reportgen.problems import NeedsMendingError, Problem
from reportgen.spreadsheets.cell_text import CELL_LIMIT, fits, sound, units
from reportgen.workbook.layout.sheets import sheet as layout_of
from reportgen.workbook.opening.cells import SheetCells, WorkbookCells, column_letters, column_number
from reportgen.workbook.opening.package import MAIN, RELATIONS, Blocks, Package, escaped, main, parse, written
from reportgen.workbook.rows.faults import Faults
from reportgen.workbook.rows.find_sheets import find_sheets
from reportgen.workbook.rows.row import Locale
from reportgen.workbook.rows.table import Table

NewRow = Mapping[str, str]
"""Header to text; what is left out stays blank."""


class NewRows(Protocol):
    """Any number of rows, gone through more than once; they need not all be in memory."""

    def __iter__(self) -> Iterator[NewRow]: ...

    def __len__(self) -> int: ...


ROWS_A_BLOCK = 1_000
_MARK = "reportgen-rows"
_CELL = '<c r="%s%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>'

_WORKSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_AREA = re.compile(r"([A-Z]{1,3})([0-9]+):([A-Z]{1,3})([0-9]+)")


def appended(data: bytes, book: WorkbookCells, rows: Mapping[str, NewRows]) -> bytes:
    """Return the bytes of a workbook with rows added below the filled ones of its sheets; a missing sheet is added.

    Args:
        data: the bytes of an .xlsx or .xlsm file that the pre-flight has let pass.
        book: the same file as it was read.
        rows: by the layout's sheet name.

    Raises:
        NeedsMendingError: a text is longer than a cell holds, or a sheet lacks a column that is needed.
    """
    package = Package(data)
    book_part = package.main_part()
    root = parse(package.read(book_part))
    targets = {r.id: r.target for r in package.relations(book_part)}
    parts = {s.get("name"): targets.get(s.get(f"{{{RELATIONS}}}id"), "") for s in root.find(main("sheets"))}
    found, _ = find_sheets(book)
    for name, new in rows.items():
        _check_lengths(name, new)
        if name in found:
            _add_rows(package, parts[found[name].name], found[name], name, new)
        else:
            _add_sheet(package, book_part, root, name, new)
    return package.to_bytes()


def _check_lengths(name: str, rows: NewRows) -> None:
    problems = tuple(
        Problem(
            f"{name}: {', '.join(list(row.values())[:2])}",
            f"the text for {header} has {units(text):,} characters, and a cell holds {CELL_LIMIT:,}.",
            "Limit the length of answers (Most output tokens), and evaluate again.",
            "cell-cannot-hold",
        )
        for row in rows
        for header, text in row.items()
        if not fits(text)
    )
    if problems:
        raise NeedsMendingError(str(problems[0]), problems)


def _add_rows(package: Package, part: str, cells: SheetCells, name: str, rows: NewRows) -> None:
    table = Table(layout_of(name), cells, Faults([cells.name]), Locale())
    missing = {header for row in rows for header, text in row.items() if text} - set(table.columns)
    if missing:
        which = ", ".join(sorted(missing))
        problem = Problem(cells.name, f"the sheet has no column {which}.", "Add it with this header.", "missing column")
        raise NeedsMendingError(str(problem), (problem,))
    first = max([table.header_row, *(row.line for row in table.rows())]) + 1
    root = parse(package.read(part))
    body = root.find(main("sheetData"))
    standing = {int(row.get("r")): row for row in body if row.get("r")}
    inside = max(0, max(standing, default=0) - first + 1)
    for number, row in enumerate(islice(rows, inside), first):
        line = standing.get(number)
        if line is None:
            line = etree.Element(main("row"), {"r": str(number)})
            _insert(body, line, number, lambda r: int(r.get("r", "0")))
        for header, text in row.items():
            if text:
                _put(line, table.columns[header], number, text)
    size = root.find(main("dimension"))
    if size is not None:
        root.remove(size)
    beyond = partial(_lines, partial(islice, rows, inside, None), table.columns, first + inside, _prefix(body))
    package.put(part, _with_lines(root, body, beyond))
    _stretch_tables(package, part, table.header_row, first + len(rows) - 1)


def _with_lines(root: Any, body: Any, lines: Blocks) -> Blocks:  # noqa: ANN401 - lxml
    """Return a sheet's part with lines of rows at the end of its body, given block by block however many they are."""
    body.append(etree.ProcessingInstruction(_MARK))
    before, _, after = written(root).partition(etree.tostring(etree.ProcessingInstruction(_MARK)))
    return lambda: chain([before], lines(), [after])


def _prefix(element: Any) -> str:  # noqa: ANN401 - lxml
    """Return what stands before every tag of a part: some programs write `<x:row>`."""
    return f"{element.prefix}:" if element.prefix else ""


def _lines(rows: Callable[[], Iterable[NewRow]], columns: Mapping[str, int], first: int, prefix: str) -> Iterator[bytes]:
    """Yield rows as they stand in a sheet, in blocks."""
    cell = _CELL.replace("<", f"<{prefix}").replace(f"<{prefix}/", f"</{prefix}")
    ordered = sorted(columns.items(), key=lambda column: column[1])
    letters = [(header, column_letters(column)) for header, column in ordered]
    block: list[str] = []
    for number, row in enumerate(rows(), first):
        cells = (cell % (column, number, _words(text)) for header, column in letters if (text := row.get(header)))
        block.append(f'<{prefix}row r="{number}">{"".join(cells)}</{prefix}row>')
        if len(block) == ROWS_A_BLOCK:
            yield "".join(block).encode()
            block = []
    yield "".join(block).encode()


def _words(text: str) -> str:
    return escape(escaped(sound(text)), {"\r": "&#13;"})


def _insert(parent: Any, child: Any, place: int, place_of: Any) -> None:  # noqa: ANN401 - lxml
    after = next((i for i, other in enumerate(parent) if place_of(other) > place), len(parent))
    parent.insert(after, child)


def _put(line: Any, column: int, row: int, text: str) -> None:  # noqa: ANN401 - lxml
    """Write a text into a cell of a row in place of what it held; its look stays."""
    address = f"{column_letters(column)}{row}"
    cell = next((c for c in line if c.get("r") == address), None)
    if cell is None:
        cell = etree.Element(main("c"), {"r": address})
        _insert(line, cell, column, lambda c: column_number((c.get("r") or "").rstrip("0123456789") or "A"))
    for child in list(cell):
        cell.remove(child)
    cell.set("t", "inlineStr")
    words = etree.SubElement(etree.SubElement(cell, main("is")), main("t"), {_SPACE: "preserve"})
    words.text = escaped(sound(text))


def _stretch_tables(package: Package, part: str, header: int, last: int) -> None:
    """Let the table of a sheet reach its new last row, so that filters and formulas go on to see all of it."""
    for relation in package.relations(part):
        if not relation.kind.endswith("/table") or not package.has(relation.target):
            continue
        table = parse(package.read(relation.target))
        for element in (table, *table.iter(main("autoFilter"))):
            area = _AREA.fullmatch(element.get("ref", ""))
            if area is not None and int(area[2]) == header and int(area[4]) < last:
                element.set("ref", f"{area[1]}{area[2]}:{area[3]}{last}")
        package.put(relation.target, written(table))


def _add_sheet(package: Package, book_part: str, book: Any, name: str, rows: NewRows) -> None:  # noqa: ANN401 - lxml
    """Add a sheet of the layout at the end, with the headers that the rows use."""
    headers = [c.header for c in layout_of(name).columns if any(row.get(c.header) or c.required for row in rows)]
    root = etree.Element(main("worksheet"), nsmap={None: MAIN})
    body = etree.SubElement(root, main("sheetData"))
    columns = {header: number for number, header in enumerate(headers, 1)}
    heads = {header: header for header in headers}
    part = package.free_name("xl/worksheets/reportgen{}.xml")
    package.put(part, _with_lines(root, body, partial(_lines, partial(chain, [heads], rows), columns, 1, "")))
    package.declare(part, _WORKSHEET)
    sheets = book.find(main("sheets"))
    free = 1 + max(int(s.get("sheetId", "0")) for s in sheets)
    relation = package.relate(book_part, "worksheet", part)
    attributes = {"name": name, "sheetId": str(free), f"{{{RELATIONS}}}id": relation}
    etree.SubElement(sheets, main("sheet"), attributes)
    package.put(book_part, written(book))
