"""An OpenDocument spreadsheet as plain cells in one pass: values with what is shown of them, errors and formulas."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from reportgen.workbook.opening.cells import (
    CellError,
    CellValue,
    NoResult,
    SheetCells,
    ShownNumber,
    column_letters,
    with_shown,
)
from reportgen.workbook.opening.format_numbers import general
from reportgen.workbook.opening.preflight import CELL_LIMIT, PART_COUNT_LIMIT, refuse, stream
from reportgen.workbook.opening.sheet_stream import Room

_ASIDE = frozenset(
    {"annotation", "note", "ruby-text", "tracked-changes", "shapes", "frame", "custom-shape", "g", "forms", "dde-links"}
)
"""Elements whose texts belong to no cell: notes, reading aids, drawings, what was deleted while changes were recorded."""
_ERROR = re.compile(r"#[A-Z/0]+[!?]?[A-Z/0]*[!?]?|Err:\d{3}|#N/A")
_DURATION = re.compile(r"-?PT?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d+))?S)?")
_MOST_COLUMNS, _MOST_ROWS, _MOST_SPACES = 16_384, 1_048_576, 65_535
_HIDING = frozenset({"collapse", "filter"})
_DAY = dt.timedelta(days=1)
_MIDNIGHT = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a cell knows no time zone


def read_tables(archive: zipfile.ZipFile, name: str) -> tuple[SheetCells, ...]:
    """Read the sheets of `content.xml`.

    Raises:
        NeedsMendingError: The part is damaged, or holds too much.
    """
    watcher = _Watcher(name)
    stream(archive, "content.xml", name, watcher.parser)
    if not watcher.sheets:
        raise refuse(name, "this OpenDocument file is damaged.", "Open it in LibreOffice and save it again.", "damaged")
    return tuple(watcher.sheets)


@dataclass(slots=True)
class _Sheet:
    """The sheet that is passing."""

    name: str
    hidden: bool = False
    rows: list[tuple[int, tuple[CellValue, ...]]] = field(default_factory=list)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[tuple[str, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    row: int = 0
    column: int = 0
    columns: int = 0

    def cells(self) -> SheetCells:
        """Return it as plain cells."""
        last = self.rows[-1][0] if self.rows else 0
        return SheetCells(
            name=self.name,
            rows=tuple(self.rows),
            formulas=self.formulas,
            merged=tuple(self.merged),
            hidden_rows=tuple(r for r in self.hidden_rows if r <= last),
            hidden_columns=tuple(self.hidden_columns),
            hidden=self.hidden,
        )


class _Watcher:
    """Takes each cell as the stream passes. Rows and columns count from 1."""

    def __init__(self, name: str) -> None:
        self.sheets: list[SheetCells] = []
        self._name = name
        self._room = Room()
        self._sheet: _Sheet | None = None
        self._depth = self._aside = 0
        self._style = ""
        self._hidden_styles: set[str] = set()
        self._row: list[CellValue] = []
        self._repeated_rows = 1
        self._cell: dict[str, str] | None = None
        self._lines: list[str] = []
        self._words: list[str] | None = None
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            "table": self._start_table,
            "table-column": self._start_column,
            "table-row": self._start_row,
            "table-cell": self._start_cell,
            "covered-table-cell": self._start_cell,
            "p": self._start_line,
            "s": self._start_spaces,
            "tab": lambda _: self._add("\t"),
            "line-break": lambda _: self._add("\n"),
            "style": self._start_style,
            "table-properties": self._start_properties,
        }
        self._ends: dict[str, Callable[[], None]] = {
            "table": self._end_table,
            "table-row": self._end_row,
            "table-cell": self._end_cell,
            "covered-table-cell": self._end_cell,
            "p": self._end_line,
        }
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if self._aside or local in _ASIDE:
            self._aside += 1
        elif (handler := self._starts.get(local)) is not None:
            handler(_bare(attributes))

    def _end(self, tag: str) -> None:
        if self._aside:
            self._aside -= 1
        elif (handler := self._ends.get(tag.rpartition(":")[2])) is not None:
            handler()

    def _start_style(self, attributes: dict[str, str]) -> None:
        self._style = attributes.get("name", "")

    def _start_properties(self, attributes: dict[str, str]) -> None:
        if attributes.get("display") == "false":
            self._hidden_styles.add(self._style)

    def _start_table(self, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1:
            if len(self.sheets) == PART_COUNT_LIMIT:
                what = f"this workbook holds more than {PART_COUNT_LIMIT:,} sheets."
                raise refuse(self._name, what, "Keep only the sheets that belong to the evaluation.", "too large")
            hidden = attributes.get("style-name", "") in self._hidden_styles or attributes.get("display") == "false"
            self._sheet = _Sheet(attributes.get("name", ""), hidden)

    def _end_table(self) -> None:
        self._depth -= 1
        if self._depth == 0 and self._sheet is not None:
            if not (self._sheet.name.startswith("'file:") and "'#$" in self._sheet.name):  # the cache of another file
                self.sheets.append(self._sheet.cells())
            self._sheet = None

    def _start_column(self, attributes: dict[str, str]) -> None:
        if self._sheet is not None:
            first = self._sheet.columns + 1
            self._sheet.columns += min(_count(attributes, "number-columns-repeated"), _MOST_COLUMNS)
            if attributes.get("visibility") in _HIDING and first <= _MOST_COLUMNS:
                self._sheet.hidden_columns.append((first, self._sheet.columns))

    def _start_row(self, attributes: dict[str, str]) -> None:
        if self._sheet is not None:
            self._row = []
            self._sheet.row += 1
            self._sheet.column = 0
            self._repeated_rows = min(_count(attributes, "number-rows-repeated"), _MOST_ROWS)
            if attributes.get("visibility") in _HIDING:
                more = min(self._repeated_rows, max(_MOST_ROWS - len(self._sheet.hidden_rows), 0))
                self._sheet.hidden_rows.extend(range(self._sheet.row, self._sheet.row + more))

    def _end_row(self) -> None:
        sheet = self._sheet
        if sheet is None:
            return
        while self._row and self._row[-1] is None:
            self._row.pop()
        if self._row:
            self._take(sum(v is not None for v in self._row) * self._repeated_rows, len(self._row) * self._repeated_rows)
            values = tuple(self._row)
            sheet.rows.extend((sheet.row + n, values) for n in range(self._repeated_rows))
        sheet.row += self._repeated_rows - 1

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if self._sheet is not None:
            self._cell, self._lines = attributes, []

    def _end_cell(self) -> None:
        sheet, cell = self._sheet, self._cell
        if sheet is None or cell is None:
            return
        self._cell = None
        repeated = min(_count(cell, "number-columns-repeated"), _MOST_COLUMNS)
        value = _value(cell, "\n".join(self._lines))
        first = sheet.column + 1
        sheet.column += repeated
        if "formula" in cell:
            self._take(1, 0)
            sheet.formulas[(sheet.row, first)] = _formula(cell["formula"])
            if value is None and not cell.get("value-type"):
                value = NoResult(sheet.formulas[(sheet.row, first)])
        self._merge(sheet, first, cell)
        if value is not None and first <= _MOST_COLUMNS:
            self._row.extend([None] * (first - 1 - len(self._row)))
            self._row.extend([value] * min(repeated, _MOST_COLUMNS + 1 - first))

    def _take(self, cells: int, places: int) -> None:
        """Take from what the sheets may hold together."""
        self._room.cells -= cells
        self._room.places -= places
        if self._room.over:
            what = f"this workbook holds more than {CELL_LIMIT:,} filled cells."
            raise refuse(self._name, what, "Keep only the sheets and rows that belong to the evaluation.", "too large")

    def _merge(self, sheet: _Sheet, first: int, cell: dict[str, str]) -> None:
        wide, high = _count(cell, "number-columns-spanned"), _count(cell, "number-rows-spanned")
        if wide > 1 or high > 1:
            self._take(1, 0)
            last = sheet.row + min(high, _MOST_ROWS) - 1
            right = column_letters(first + min(wide, _MOST_COLUMNS) - 1)
            sheet.merged.append((f"{column_letters(first)}{sheet.row}:{right}{last}", sheet.row, last))

    def _start_line(self, _: dict[str, str]) -> None:
        if self._cell is not None:
            self._words = []

    def _end_line(self) -> None:
        if self._words is not None:
            self._lines.append("".join(self._words))
            self._words = None

    def _start_spaces(self, attributes: dict[str, str]) -> None:
        if self._words is not None:
            count = min(_count(attributes, "c"), _MOST_SPACES)
            self._take(0, count)
            self._add(" " * count)

    def _add(self, text: str) -> None:
        if self._words is not None and not self._aside:
            self._words.append(text)

    def _text(self, text: str) -> None:
        """Take text of a line; LibreOffice writes and reads spaces as they are, and a line end of the file is one."""
        if self._words is not None and not self._aside:
            self._words.append(text.replace("\n", " "))


def _bare(attributes: dict[str, str]) -> dict[str, str]:
    """Return attributes by their names without prefixes; what an extension says stands beside the value's own type."""
    return {
        ("ext-" if prefix == "calcext" else "") + local: value
        for name, value in attributes.items()
        for prefix, _, local in [name.rpartition(":")]
    }


def _count(attributes: dict[str, str], name: str) -> int:
    written = attributes.get(name, "1")
    return max(int(written), 1) if written.isascii() and written.isdigit() and len(written) < 10 else 1  # noqa: PLR2004


def _formula(written: str) -> str:
    """Return a formula without the word for its grammar: `of:=A1+1`."""
    return re.sub(r"^[a-z]+:(?==)", "", written)


def _value(cell: dict[str, str], text: str) -> CellValue:
    """Return what a cell holds; its text is what is shown of it."""
    kind = cell.get("value-type", "")
    if cell.get("ext-value-type") == "error" or ("formula" in cell and _ERROR.fullmatch(text)):
        return CellError(text or "an error")
    match kind:
        case "float" | "percentage" | "currency":
            return _number(cell.get("value", ""), text, kind, cell.get("currency", ""))
        case "date":
            return _date(cell.get("date-value", ""), text)
        case "time":
            return _time(cell.get("time-value", ""), text)
        case "boolean":
            return cell.get("boolean-value", text).casefold() == "true"
        case _:
            return text or cell.get("string-value") or None


def _number(written: str, text: str, kind: str, currency: str) -> CellValue:
    try:
        size = float(written)
        value: float = int(size) if size.is_integer() and abs(size) < 2**53 else size
    except (ValueError, OverflowError):
        return text or None
    if not text:
        text = f"{general(value * 100)}%" if kind == "percentage" else f"{general(value)} {currency}".strip()
    return value if text in {general(value), written} else ShownNumber(value, text)


def _date(written: str, text: str) -> CellValue:
    try:
        moment = dt.datetime.fromisoformat(written).replace(tzinfo=None)
    except ValueError:
        return text or None
    return with_shown(moment, text, lost=bool(text) and not _says_year(text, moment))


def _says_year(text: str, moment: dt.datetime) -> bool:
    """Whether a shown date holds its year: `10-Jan` does not, `Jan-26` does, and `26-Jan` of 2026 is no year."""
    numbers = re.findall(r"\d+", text)
    if str(moment.year) in numbers:
        return True
    for part in (moment.day, moment.month):
        if (same := next((n for n in numbers if int(n) == part), None)) is not None:
            numbers.remove(same)
    return any(int(n) == moment.year % 100 for n in numbers) or not re.search(r"[^\W\d_]|\d\D\d", text)


def _time(written: str, text: str) -> CellValue:
    found = _DURATION.fullmatch(written)
    if found is None or not any(found.groups()):
        return text or None
    hours, minutes, seconds = (int(part or 0) for part in found.groups()[:3])
    try:
        size = dt.timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=int(f"{found[4] or 0:0<6}"[:6]))
    except OverflowError:
        return CellError("#VALUE!")
    if written.startswith("-") or size >= _DAY:
        return with_shown(-size if written.startswith("-") else size, text, lost=False)
    return with_shown((_MIDNIGHT + size).time(), text, lost=False)
