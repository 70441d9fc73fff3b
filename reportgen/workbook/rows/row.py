"""One filled row of a sheet: each cell read by its type, every fault put down by its cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from reportgen.spreadsheets.cell_text import CELL_LIMIT, units
from reportgen.workbook.layout.sheets import Sheet
from reportgen.workbook.opening.cells import CellError, CellValue, NoResult, SheetCells
from reportgen.workbook.rows import dates, texts, values
from reportgen.workbook.rows.faults import Faults
from reportgen.workbook.rows.values import UnreadableError, clean, is_blank, shown

T = TypeVar("T")

_NO_COLUMN = -1


@dataclass(frozen=True, slots=True)
class Locale:
    """How this workbook writes numbers, dates and money; empty = it does not say."""

    decimal_mark: str = ""
    date_order: str = ""
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Frame:
    """What all rows of one sheet share. `columns` maps the layout's headers to columns, counted from 1."""

    layout: Sheet
    cells: SheetCells
    faults: Faults
    locale: Locale
    columns: Mapping[str, int]


class Row:
    """One filled row. Each reader returns None where the cell is blank or at fault; the fault has then been put down."""

    __slots__ = ("_cells", "frame", "line")

    def __init__(self, frame: Frame, line: int, cells: tuple[CellValue, ...]) -> None:
        self.frame = frame
        self.line = line
        self._cells = cells

    def where(self, header: str) -> str:
        """Return the address of a cell, or of the row's first cell where the sheet lacks the column."""
        return self.frame.cells.address(self.line, self.frame.columns.get(header, 1))

    def at(self, column: int) -> CellValue:
        """Return the value in a column counted from 1."""
        return self._cells[column - 1] if 0 < column <= len(self._cells) else None

    def raw(self, header: str) -> CellValue:
        """Return the value under a header, None where blank."""
        return self.at(self.frame.columns.get(header, _NO_COLUMN))

    def blank(self, header: str) -> bool:
        """Whether there is nothing to read under a header."""
        return is_blank(self.raw(header))

    def fault(self, header: str, what: str, remedy: str, code: str) -> None:
        """Put down an error at a cell."""
        column = self.frame.columns.get(header, 0)
        self.frame.faults.add(self.frame.cells, what, remedy, code, row=self.line, column=column)

    def warn(self, header: str, what: str, remedy: str, code: str) -> None:
        """Put down a warning at a cell."""
        column = self.frame.columns.get(header, 0)
        self.frame.faults.warn(self.frame.cells, what, remedy, code, row=self.line, column=column)

    def read(self, column: int, noun: str, reader: Callable[[CellValue], T]) -> T | None:
        """Read the cell of a column by a reader; put down why it cannot be read."""
        value = self.at(column)
        if is_blank(value):
            return None
        try:
            return reader(value)
        except UnreadableError as e:
            self.frame.faults.add(self.frame.cells, sentence(noun, value, e), e.remedy, e.code, row=self.line, column=column)
            return None

    def _cell(self, header: str, reader: Callable[[CellValue], T], noun: str = "") -> T | None:
        column = self.frame.columns.get(header)
        return None if column is None else self.read(column, noun or header, reader)

    def require(self, *headers: str) -> bool:
        """Put down each required cell that is blank; return whether all are filled."""
        missing = [h for h in headers if h in self.frame.columns and self.blank(h)]
        for header in missing:
            self.fault(header, f"the {header} is missing.", "Fill in the cell, or delete the row.", "missing value")
        return not missing

    def text(self, header: str) -> str:
        """Return a cleaned text of one line; blank gives ''."""
        return self._cell(header, lambda v: " ".join(clean(texts.verbatim(v)).split())) or ""

    def long_text(self, header: str, *, exact: bool = False) -> str:
        """Return a text verbatim; blank gives ''."""
        column = self.frame.columns.get(header)
        return "" if column is None else self.verbatim_at(column, header, exact=exact)

    def verbatim_at(self, column: int, noun: str, *, exact: bool = False) -> str:
        """Return the text of a column verbatim; a text as long as a cell can hold may have been cut.

        `exact` = its characters are compared, so that what Excel has made of them is said.
        """
        text = self.faithful(column, noun) if exact else self.read(column, noun, texts.verbatim) or ""
        if units(text) >= CELL_LIMIT - 1:
            self.frame.faults.warn(
                self.frame.cells,
                f"the {noun} fills the cell and may have been cut by Excel.",
                "Put the text into a file and name it in Input file.",
                "may be cut",
                row=self.line,
                column=column,
            )
        return text

    def identifier(self, header: str) -> str:
        """Return a name or ID; blank gives ''."""
        return self._cell(header, texts.identifier) or ""

    def name(self, header: str) -> str:
        """Return a name of one line, refused where Excel has made something else of it; blank gives ''."""
        return " ".join(self.identifier(header).split())

    def names(self, header: str) -> tuple[str, ...]:
        """Return the lines of a cell as names."""
        return self._cell(header, texts.names) or ()

    def faithful(self, column: int, noun: str) -> str:
        """Return what a cell shows that is compared with answers; say where it may not be what was typed."""
        text = self.read(column, noun, texts.faithful) or ""
        tail = texts.doubt(self.at(column)) if text else ""
        if tail:
            what = sentence(noun, self.at(column), UnreadableError(tail, ""))
            remedy = "Format the cell as text and type it again if it should read otherwise."
            self.frame.faults.warn(self.frame.cells, what, remedy, "as shown", row=self.line, column=column)
        return text

    def lines(self, header: str) -> tuple[str, ...]:
        """Return the filled lines of a cell."""
        return self._cell(header, texts.lines) or ()

    def choice(self, header: str, noun: str = "") -> str:
        """Return the choice that a cell names, by the layout's choices; blank gives ''."""
        cell = self.frame.layout.column(header).cell
        return self._cell(header, lambda v: values.choice(v, cell.allowed, cell.spellings), noun) or ""

    def yes_no(self, header: str) -> bool | None:
        """Return yes or no."""
        return self._cell(header, values.yes_no)

    def date(self, header: str) -> str:
        """Return an ISO date; blank gives ''."""
        return self._cell(header, lambda v: dates.date(v, self.frame.locale.date_order)) or ""

    def share(self, header: str) -> float | None:
        """Return a share as a fraction."""
        return self._limited(header, self._cell(header, lambda v: values.share(v, self.frame.locale.decimal_mark)))

    def number(self, header: str) -> float | None:
        """Return a number."""
        return self._limited(header, self._cell(header, lambda v: values.number(v, self.frame.locale.decimal_mark)))

    def integer(self, header: str) -> int | None:
        """Return a whole number."""
        return self._limited(header, self._cell(header, lambda v: values.integer(v, self.frame.locale.decimal_mark)))

    def money_at(self, column: int, noun: str, header: str) -> float | None:
        """Return an amount of a column of a family; `header` is the family's, whose limits hold."""
        locale = self.frame.locale
        found = self.read(column, noun, lambda v: values.money(v, locale.currency, locale.decimal_mark))
        return self._limited_at(column, noun, header, found)

    def seconds_at(self, column: int, noun: str, header: str) -> float | None:
        """Return seconds of a column of a family; `header` is the family's, whose limits hold."""
        found = self.read(column, noun, lambda v: values.seconds(v, self.frame.locale.decimal_mark))
        return self._limited_at(column, noun, header, found)

    def warn_at(self, column: int, what: str, remedy: str, code: str) -> None:
        """Put down a warning at a column of a family."""
        self.frame.faults.warn(self.frame.cells, what, remedy, code, row=self.line, column=column)

    def seconds(self, header: str) -> float | None:
        """Return seconds."""
        return self._limited(header, self._cell(header, lambda v: values.seconds(v, self.frame.locale.decimal_mark)))

    def money(self, header: str) -> float | None:
        """Return an amount in the evaluation's currency."""
        locale = self.frame.locale
        return self._limited(header, self._cell(header, lambda v: values.money(v, locale.currency, locale.decimal_mark)))

    def _limited(self, header: str, size: T | None) -> T | None:
        """Hold a number against the limits of its column."""
        return self._limited_at(self.frame.columns.get(header, 0), header, header, size)

    def _limited_at(self, column: int, noun: str, header: str, size: T | None) -> T | None:
        if size is None:
            return None
        cell = self.frame.layout.column(header).cell
        tail = out_of_limits(size, cell.least, cell.most)
        if not tail:
            return size
        what = f"the {noun} is {shown(self.at(column))}, {tail}"
        self.frame.faults.add(self.frame.cells, what, "Check the figure.", "out of limits", row=self.line, column=column)
        return None

    def settings(self, header: str) -> dict[str, str]:
        """Return `name: value` lines."""
        found: dict[str, str] = {}
        for line in self.lines(header):
            name, colon, value = line.partition(":")
            if not colon or not clean(name):
                self.fault(header, f'the line "{line[:60]}" is no setting.', "Write one name: value a line.", "unreadable")
            elif clean(name) in found:
                self.fault(header, f'the setting "{clean(name)}" stands twice.', "Delete one of the two lines.", "doubled")
            else:
                found[clean(name)] = clean(value)
        return found


def out_of_limits(size: object, least: float | None, most: float | None) -> str:
    """Return `expected at least 1.`, or nothing where the number is within its limits."""
    if not isinstance(size, (int, float)):
        return ""
    if least is not None and size < least:
        return f"expected at least {least:.10g}."
    if most is not None and size > most:
        return f"expected at most {most:.10g}."
    return ""


def sentence(noun: str, value: CellValue, fault: UnreadableError) -> str:
    """Return what is wrong with a cell, such as `the Target is "fast", expected a number of seconds`, as a sentence."""
    match value:
        case CellError(linked=True):
            return f"the {noun} is a linked data type or a picture of Excel, of which the file holds no text."
        case CellError():
            return f"the {noun} shows {value.shown}."
        case NoResult():
            return f"the {noun} holds a formula with no saved result."
        case _:
            return f"the {noun} is {shown(value)}, {fault.tail}"
