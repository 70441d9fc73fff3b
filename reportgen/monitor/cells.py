"""Which cells of the workbook are not as they were: rows are matched by their names, columns by their headers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from reportgen.monitor.causes import Change, changed
from reportgen.problems import NeedsMendingError
from reportgen.workbook.layout.sheets import SHEETS, squash
from reportgen.workbook.opening.cells import SheetCells, WorkbookCells, column_letters
from reportgen.workbook.opening.other_files import read_any

MOST_CELLS = 24
_NAMED_BY_TWO = frozenset({"Recorded outputs", "Recorded verdicts", "Requirements", "Mistake costs", "Service levels"})
"""Sheets whose rows are named by their first two columns."""

_OF_ROWS = ("Examples", "Recorded outputs", "Recorded verdicts")
"""Long sheets: their cells come last, and their added and removed rows are counted elsewhere."""

_Row = dict[str, tuple[str, str]]
"""Header to the cell's text and its place."""


def changed_cells(then: Path, now: Path) -> tuple[Change, ...]:
    """Return the cells of our sheets that differ, each by sheet and cell of the later workbook, at most `MOST_CELLS`."""
    try:
        before, after = _rows(read_any(then)), _rows(read_any(now))
    except NeedsMendingError:  # a workbook of another day's format: the plans are compared all the same
        return ()
    keys = sorted(dict.fromkeys((*after, *before)), key=lambda key: key[0] in _OF_ROWS)
    found = [c for key in keys for c in _change(key, before.get(key), after.get(key))]
    more = len(found) - MOST_CELLS
    rest = (Change("further cells", "", f"{more:,} more"),) if more > 0 else ()
    return (*found[:MOST_CELLS], *rest)


def _change(key: tuple[str, str], then: _Row | None, now: _Row | None) -> Iterator[Change]:
    sheet, row = key
    if then is not None and now is not None:
        for header in dict.fromkeys((*now, *then)):
            (old, place_then), (new, place_now) = then.get(header, ("", "")), now.get(header, ("", ""))
            yield from changed(f"{place_now or place_then} ({row}, {header})", old, new)
    elif sheet not in _OF_ROWS:
        place = next(place for _, place in (now or then or {}).values())
        yield Change(f"{place} ({row})", "no such row" if then is None else "a row", "gone" if now is None else "a new row")


def _rows(book: WorkbookCells) -> dict[tuple[str, str], _Row]:
    ours = {squash(s.name): s.name for s in SHEETS}
    return {
        (ours[squash(sheet.name)], row): cells
        for sheet in book.sheets
        if squash(sheet.name) in ours
        for row, cells in _of_sheet(sheet, ours[squash(sheet.name)])
    }


def _of_sheet(sheet: SheetCells, name: str) -> Iterator[tuple[str, _Row]]:
    """Yield each named row; a name that stands twice is told apart by its number."""
    if not sheet.rows:
        return
    headers = [_text(value) for value in sheet.rows[0][1]]
    wide = 2 if name in _NAMED_BY_TWO else 1
    seen: Counter[str] = Counter()
    for number, values in sheet.rows[1:]:
        texts = [_text(value) for value in values]
        row = ", ".join(t for t in texts[:wide] if t)
        if not row:
            continue
        seen[row] += 1
        yield (
            row if seen[row] == 1 else f"{row}, {seen[row]}",
            {
                header: (text, f"{name}!{column_letters(column)}{number}")
                for column, (header, text) in enumerate(zip(headers, texts, strict=False), 1)
                if header and (text or column == 1)
            },
        )


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
