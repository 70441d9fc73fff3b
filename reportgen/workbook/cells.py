"""The cells of a workbook as plain values, nothing interpreted: what openpyxl reads, freed of openpyxl.

Readers after this one see only `SheetCells`, so that another library can take openpyxl's place where files are large.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from reportgen.problems import Problem, Severity
from reportgen.workbook.preflight import Preflight, SheetFacts, inspect, read_bytes, refuse

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

CELL_TEXT_LIMIT = 32_767
"""Characters that Excel keeps in a cell."""


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that shows an error such as `#N/A`."""

    shown: str


@dataclass(frozen=True, slots=True)
class NoResult:
    """A formula whose result was never saved."""

    formula: str = ""


class ShownNumber(float):
    """A number whose cell shows it otherwise than its digits: 0.07 shown as 7%, 42 shown as 00042."""

    __slots__ = ("shown",)

    def __new__(cls, value: float, shown: str) -> Self:
        """Return the number with what its cell shows."""
        number = super().__new__(cls, value)
        number.shown = shown
        return number

    shown: str


CellValue = str | bool | int | float | dt.datetime | dt.date | dt.time | dt.timedelta | CellError | NoResult | None
Address = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SheetCells:
    """One sheet. `rows` holds (row number, values) for each row with content, in order; values[0] is column A.

    `formulas` maps (row, column) to the formula's text; rows and columns count from 1.
    """

    name: str
    rows: tuple[tuple[int, tuple[CellValue, ...]], ...]
    formulas: Mapping[Address, str] = field(default_factory=dict)
    merged: tuple[tuple[str, int, int], ...] = ()
    """(range as written, first row, last row)."""
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: int = 0
    hidden: bool = False

    def address(self, row: int, column: int) -> str:
        """Return `Sheet!B7`; made only when a message needs it."""
        return f"{self.name}!{column_letters(column)}{row}"


@dataclass(frozen=True, slots=True)
class WorkbookCells:
    """All sheets of one file, in the file's order, with the SHA-256 of its bytes and what was noticed on opening it."""

    name: str
    sha256: str
    sheets: tuple[SheetCells, ...]
    notices: tuple[Problem, ...] = ()


def column_letters(column: int) -> str:
    """Return the letters of a column, 1 = A."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read_cells(path: Path) -> WorkbookCells:
    """Read every cell of an .xlsx or .xlsm file.

    Raises:
        NeedsMendingError: The file cannot be read; its one problem says why and what to do.
    """
    data = read_bytes(path)
    flight = inspect(data, path.name)
    book = _open(flight.data, path.name)
    sheets = [_sheet_cells(sheet, flight.sheets.get(sheet.title, SheetFacts())) for sheet in book.worksheets]
    return WorkbookCells(path.name, hashlib.sha256(data).hexdigest(), tuple(sheets), _notices(flight, path.name))


def _open(data: bytes, name: str) -> Any:  # noqa: ANN401 - openpyxl ships no types
    """Open the workbook with openpyxl for its values; the stream before it has seen the formulas.

    Never read-only, which trusts a wrong dimension. openpyxl's warnings are about looks only.
    """
    import openpyxl  # noqa: PLC0415 - half a second that --help need not pay

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except Exception as e:  # openpyxl raises whatever its parts raise; all of it means the same to the user
        raise refuse(
            name,
            f"this workbook cannot be opened ({type(e).__name__}).",
            "Open it in Excel, save it again as .xlsx, and try again.",
            "damaged",
        ) from e


def _notices(flight: Preflight, name: str) -> tuple[Problem, ...]:
    """Say what was left aside on opening."""
    notices = []
    if flight.macros:
        notices.append(
            Problem(name, "the workbook carries macros, which were ignored.", "Nothing to do.", "macros", Severity.NOTE)
        )
    if flight.external_links:
        notices.append(
            Problem(
                name,
                f"the workbook links to {len(flight.external_links)} other file(s); the links were not followed.",
                "Paste the values if they matter.",
                "external links",
                Severity.WARNING,
            )
        )
    return tuple(notices)


def _sheet_cells(sheet: Worksheet, facts: SheetFacts) -> SheetCells:
    """Turn openpyxl's cells into rows of values; a row without content falls away."""
    rows: dict[int, dict[int, CellValue]] = {}
    for (row, column), cell in sheet._cells.items():  # noqa: SLF001 - iter_rows would make a cell for each blank
        value = cell.value
        if value is None:
            if (row, column) not in facts.without_result:
                continue
            value = NoResult(facts.formulas.get((row, column), ""))
        elif isinstance(value, str):
            value = CellError(value) if cell.data_type == "e" else _text(value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            value = _number(value, cell)
        rows.setdefault(row, {})[column] = value
    merged = tuple((str(r), r.min_row, r.max_row) for r in sheet.merged_cells.ranges)
    columns = sum(1 for d in sheet.column_dimensions.values() if d.hidden and not d.outlineLevel)
    return SheetCells(
        name=sheet.title,
        rows=tuple((number, _dense(rows[number])) for number in sorted(rows)),
        formulas=facts.formulas,
        merged=merged,
        hidden_rows=tuple(facts.hidden_rows),
        hidden_columns=columns,
        hidden=sheet.sheet_state != "visible",
    )


def _dense(row: Mapping[int, CellValue]) -> tuple[CellValue, ...]:
    """Return the values from column A to the last filled one."""
    return tuple(row.get(column) for column in range(1, max(row) + 1))


_ESCAPE = re.compile(r"_x000D_\n?|_x0009_", re.IGNORECASE)


def _text(value: str) -> str:
    """Undo the escapes that openpyxl leaves: a carriage return becomes a plain new line."""
    if "_x00" in value:
        value = _ESCAPE.sub(lambda m: "\t" if m[0].lower() == "_x0009_" else "\n", value)
    return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value


_ZEROS = re.compile(r"0{2,}")
_PERCENT = re.compile(r"[0#?.,]+[\s\\]*%(?:;.*)?")


def _number(value: float, cell: Any) -> int | float:  # noqa: ANN401 - openpyxl ships no types
    """Keep what the cell shows where that is more than the digits."""
    if not cell.has_style:
        return value
    shown_as = cell.number_format
    if shown_as == "General":
        return value
    if _ZEROS.fullmatch(shown_as) and isinstance(value, int):
        return ShownNumber(value, str(value).zfill(len(shown_as)))
    if _PERCENT.fullmatch(shown_as):
        return ShownNumber(value, f"{round(value * 100, 10):.12g}%")
    return value
