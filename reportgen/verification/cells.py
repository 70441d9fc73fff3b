"""Two workbooks held against each other: cells by value and formula, then every other part."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_DIGITS = 12
"""Significant digits at which numbers of two libraries are held against each other; cells show fewer."""
_TOKEN = re.compile(r"[^\s<>\"=]+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def _cells(path: Path) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield sheet, address, saved value and what was written of every cell that holds something."""
    import openpyxl  # noqa: PLC0415 - half a second

    saved = openpyxl.load_workbook(path, data_only=True)
    written = openpyxl.load_workbook(path, data_only=False)
    for sheet in written.worksheets:
        values = saved[sheet.title]
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    yield sheet.title, cell.coordinate, values[cell.coordinate].value, cell.value


def other_cells(old: Path, new: Path) -> Iterator[str]:
    """Yield every cell whose value or formula differs."""
    a = {(sheet, at): (value, text) for sheet, at, value, text in _cells(old)}
    b = {(sheet, at): (value, text) for sheet, at, value, text in _cells(new)}
    for key in sorted({*a, *b}):
        given, made = a.get(key, (None, None)), b.get(key, (None, None))
        if not all(map(_close, given, made)):
            shown = (given[0], made[0]) if given[0] != made[0] else (given[1], made[1])
            yield f"{key[0]}!{key[1]} is {shown[0]!r:.60}, must be {shown[1]!r:.60}"


def other_measures(old: Path, new: Path) -> Iterator[str]:
    """Yield the cells of the sheet Measures that do not hold what was computed; bounds only where the method is the same."""
    made = {_key(row): row for _, row in _measures(new)}
    rows = list(_measures(old))
    if not rows:
        yield "it has no sheet Measures with candidates, measures and values"
    for number, row in rows:
        now = made.get(_key(row))
        if now is None:
            yield f"Measures, row {number}: {' '.join(map(str, _key(row)))!r:.80} was not computed again"
            continue
        same_method = row.get("Method") == now.get("Method")
        for header in ("Value", "Examples", *(("from", "to", "Bound that decides") if same_method else ())):
            if header in row and header in now and not _close(row[header], now[header]):
                yield f"Measures, row {number}, {header} is {row[header]!r:.40}, must be {now[header]!r:.40}"


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row.get("Candidate"), row.get("Measure"), row.get("Scope")


def _close(a: object, b: object) -> bool:
    if _is_number(a) and _is_number(b):
        return _rounded(a) == _rounded(b)  # type: ignore[arg-type]
    return a == b


def _measures(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows of the sheet Measures by header, each with its number."""
    import openpyxl  # noqa: PLC0415 - half a second

    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    header: list[Any] = []
    if "Measures" in book.sheetnames:
        for number, row in enumerate(book["Measures"].iter_rows(values_only=True), 1):
            if header and row[header.index("Candidate")] is not None:
                yield number, dict(zip(header, row, strict=False))
            elif not header and {"Candidate", "Measure", "Value"} <= set(row):
                header = list(row)
    book.close()


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _rounded(value: float) -> str:
    return f"{value:.{_DIGITS}g}"


def other_parts(old: Path, new: Path) -> Iterator[str]:
    """Yield the parts of two workbooks whose words differ: charts, remarks, links, names, hidden sheets, formats."""
    with zipfile.ZipFile(old) as a, zipfile.ZipFile(new) as b:
        there, made = set(a.namelist()), set(b.namelist())
        yield from (f"the part {name} stands in one of the two only" for name in sorted(there ^ made))
        for name in sorted(there & made):
            one, two = a.read(name), b.read(name)
            if one != two and _words(one) != _words(two):
                yield f"the part {name} differs"


def _words(part: bytes) -> Counter[str]:
    """Count the words of a part; numbers to the digits that are compared."""
    words = _TOKEN.findall(part.decode("utf-8", "replace"))
    return Counter(_rounded(float(word)) if _NUMBER.fullmatch(word) else word for word in words)
