"""One sheet of an .xlsx file, read in a single pass: its values and formulas, what is merged and what is hidden.

A formula without a saved result is told from an empty cell, and a used range of a million blank rows costs no memory.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from xml.parsers import expat

from reportgen.workbook.opening.cells import CellError, CellValue, NoResult, SheetCells, column_letters, column_number
from reportgen.workbook.opening.preflight import CELL_LIMIT, TRUE, SheetPart, refuse, stream
from reportgen.workbook.opening.shared_strings import Shared, number, unescaped

_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")
_DIGITS = "0123456789"


@dataclass(slots=True)
class Room:
    """What all sheets of a file together may still hold: filled cells, and places up to each row's last filled cell.

    A value far to the right of every row costs memory too.
    """

    cells: int = CELL_LIMIT
    places: int = 4 * CELL_LIMIT

    @property
    def over(self) -> bool:
        """Whether more was taken than there was."""
        return self.cells < 0 or self.places < 0


def read_sheet(archive: zipfile.ZipFile, sheet: SheetPart, shared: Shared, name: str, room: Room) -> SheetCells:
    """Read one sheet.

    Args:
        archive: The opened file.
        sheet: Which sheet.
        shared: What the sheets share.
        name: The file's name, for messages.
        room: What the sheet may hold; what it holds is taken from it.

    Raises:
        NeedsMendingError: The part is damaged, or holds too much.
    """
    watcher = _Watcher(sheet, shared, name, room)
    stream(archive, sheet.part, name, watcher.parser)
    return watcher.cells()


class _Handlers(dict[str, Callable[..., None] | None]):
    """Handlers by tag; a tag with a prefix is looked up once by what follows it."""

    def __missing__(self, tag: str) -> Callable[..., None] | None:
        local = tag.rpartition(":")[2]
        found = self[tag] = self[local] if local != tag else None
        return found


class _Watcher:
    """Takes each cell as the stream passes. Rows and columns count from 1."""

    def __init__(self, sheet: SheetPart, shared: Shared, name: str, room: Room) -> None:
        self._sheet, self._shared, self._name, self._room = sheet, shared, name, room
        self._rows: dict[int, dict[int, CellValue]] = {}
        self._formulas: dict[tuple[int, int], str] = {}
        self._hidden_rows: list[int] = []
        self._hidden_columns: list[tuple[int, int]] = []
        self._merged: list[str] = []
        self._last_row = 0
        self._columns: dict[str, int] = {}
        self._row = self._column = 0
        self._row_cells: dict[int, CellValue] = {}
        self._kind, self._style, self._rich = "n", 0, False
        self._words: list[str] = []
        self._formula_words: list[str] | None = None
        self._has_value = self._has_content = self._aside = False
        self._shares = ""
        self._shared_formulas: dict[str, str] = {}
        self._starts = _Handlers(
            c=self._start_cell,
            v=self._start_value,
            t=self._start_text,
            f=self._start_formula,
            row=self._start_row,
            rPh=self._start_aside,
            col=self._start_column,
            mergeCell=self._start_merge,
        )
        self._starts["is"] = self._start_inline
        self._ends = _Handlers(
            c=self._end_cell, v=self._end_words, t=self._end_words, f=self._end_formula, row=self._end_row
        )
        self._ends["rPh"] = self._end_aside
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if (handler := self._starts[tag]) is not None:
            handler(attributes)

    def _end(self, tag: str) -> None:
        if (handler := self._ends[tag]) is not None:
            handler()

    def _start_row(self, attributes: dict[str, str]) -> None:
        written = attributes.get("r", "")
        self._row = int(written) if written.isdigit() else self._row + 1
        self._row_cells, self._column = {}, 0
        if attributes.get("hidden") in TRUE:
            self._hidden_rows.append(self._row)

    def _end_row(self) -> None:
        if self._row_cells:
            self._rows.setdefault(self._row, {}).update(self._row_cells)
            self._room.places -= max(self._row_cells)
            if self._room.over:
                raise self._too_large()

    def _start_cell(self, attributes: dict[str, str]) -> None:
        letters = attributes.get("r", "").rstrip(_DIGITS)
        column = self._columns.get(letters)
        if column is None:
            column = column_number(letters) if re.fullmatch("[A-Z]{1,3}", letters) else self._column + 1
            if letters:
                self._columns[letters] = column
        self._column = column
        self._kind = attributes.get("t", "n")
        self._rich = "vm" in attributes
        style = attributes.get("s", "0")
        self._style = int(style) if style.isdigit() else 0
        self._words, self._formula_words = [], None
        self._has_value = self._has_content = False

    def _start_value(self, _: dict[str, str]) -> None:
        self._has_content = True
        if self._kind != "inlineStr":
            self.parser.CharacterDataHandler = self._words.append

    def _start_inline(self, _: dict[str, str]) -> None:
        self._has_content = self._has_value = True

    def _start_text(self, _: dict[str, str]) -> None:
        if self._kind == "inlineStr" and not self._aside:
            self.parser.CharacterDataHandler = self._words.append

    def _end_words(self) -> None:
        self.parser.CharacterDataHandler = None

    def _start_aside(self, _: dict[str, str]) -> None:
        self._aside = True

    def _end_aside(self) -> None:
        self._aside = False

    def _start_formula(self, attributes: dict[str, str]) -> None:
        self._has_content = True
        self._shares = attributes.get("si", "") if attributes.get("t") == "shared" else ""
        self._formula_words = []
        self.parser.CharacterDataHandler = self._formula_words.append

    def _end_formula(self) -> None:
        """Keep the text of a formula; of a shared one only the first cell holds it."""
        self.parser.CharacterDataHandler = None
        text = "".join(self._formula_words or ())
        if self._shares:
            text = self._shared_formulas.setdefault(self._shares, text)
        self._formulas[(self._row, self._column)] = f"={text}"

    def _end_cell(self) -> None:
        if not self._has_content:
            return
        self._room.cells -= 1
        self._last_row = self._row
        if self._room.over:
            raise self._too_large()
        written = "".join(self._words)
        if written or self._has_value:
            self._row_cells[self._column] = self._value(written)
        elif self._formula_words is not None and self._kind != "str":
            self._row_cells[self._column] = NoResult(self._formulas[(self._row, self._column)])

    def _value(self, written: str) -> CellValue:
        """Return what a cell holds. Raises NeedsMendingError where that contradicts what it says it holds."""
        kind = self._kind
        try:
            if kind == "s":
                return self._shared.worded(self._shared.strings[int(written)], self._style)
            if kind == "n":
                return number(written, self._style, self._shared)
            if kind == "b":
                return bool(int(written))
            if kind == "d":
                return _iso(written)
        except (ValueError, IndexError) as e:
            what = f"this file is damaged: {self._sheet.name}!{column_letters(self._column)}{self._row} cannot be read."
            raise refuse(self._name, what, "Open it in Excel and save it again.", "damaged") from e
        return CellError(written, linked=self._rich) if kind == "e" else self._shared.worded(unescaped(written), self._style)

    def _start_column(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") not in TRUE or attributes.get("outlineLevel", "0") != "0":
            return
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if first.isascii() and first.isdecimal() and last.isascii() and last.isdecimal():
            self._hidden_columns.append((int(first), int(last)))

    def _start_merge(self, attributes: dict[str, str]) -> None:
        self._merged.append(attributes.get("ref", ""))

    def cells(self) -> SheetCells:
        """Return the sheet once its part has passed; a row without content falls away."""
        merged = tuple(self._merges())
        return SheetCells(
            name=self._sheet.name,
            rows=tuple((row, _dense(self._rows[row])) for row in sorted(self._rows) if self._rows[row]),
            formulas=self._formulas,
            merged=merged,
            hidden_rows=tuple(r for r in self._hidden_rows if r <= self._last_row),
            hidden_columns=tuple(self._hidden_columns),
            hidden=self._sheet.hidden,
        )

    def _merges(self) -> list[tuple[str, int, int]]:
        """Return the merged ranges; of each only the first cell holds anything, as spreadsheet programs have it."""
        found = []
        work = 0
        for written in self._merged:
            match = _RANGE.fullmatch(written)
            if match is None or not match[3]:
                continue
            left, top, right, bottom = column_number(match[1]), int(match[2]), column_number(match[3]), int(match[4])
            found.append((written, top, bottom))
            rows = range(top, bottom + 1) if bottom - top < len(self._rows) else self._rows
            work += len(rows)
            if work > CELL_LIMIT:
                raise self._too_large()
            for row in rows:
                if top <= row <= bottom and (cells := self._rows.get(row)):
                    for column in [c for c in cells if left <= c <= right and (row, c) != (top, left)]:
                        del cells[column]
        return found

    def _too_large(self) -> Exception:
        return refuse(
            self._name,
            f"this workbook holds more than {CELL_LIMIT:,} filled cells.",
            "Keep only the sheets and rows that belong to the evaluation.",
            "too large",
        )


def _iso(written: str) -> CellValue:
    from openpyxl.utils.datetime import from_ISO8601  # noqa: PLC0415 - a rare kind of cell

    found: CellValue = from_ISO8601(written)
    return found


def _dense(row: dict[int, CellValue]) -> tuple[CellValue, ...]:
    """Return the values from column A to the last filled one."""
    return tuple(map(row.get, range(1, max(row) + 1)))
