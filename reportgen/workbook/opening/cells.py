"""The cells of a workbook as plain values, nothing interpreted; whatever kind of file they came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from reportgen.problems import Problem


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that shows an error such as `#N/A`.

    `linked` = Excel shows a linked data type or a picture there, of which the file holds no text.
    """

    shown: str
    linked: bool = False


@dataclass(frozen=True, slots=True)
class NoResult:
    """A formula whose result was never saved."""

    formula: str = ""


class ShownNumber(float):
    """A number with what its cell shows: 0.07 shown as 7%, 42 shown as INV-00042.

    `certain` = every reader sees just that.
    """

    __slots__ = ("certain", "shown")

    def __new__(cls, value: float, shown: str, *, certain: bool = True) -> Self:
        """Return the number with what its cell shows."""
        number = super().__new__(cls, value)
        number.shown = shown
        number.certain = certain
        return number

    shown: str
    certain: bool


class ShownMoment(dt.datetime):
    """A day with what its cell shows; '' where each reader sees it by the settings of the own system.

    `lost` = what was typed cannot be told any more, since the program has made a day of it.
    """

    shown = ""
    lost = False


class ShownTime(dt.time):
    """A time of day with what its cell shows, as `ShownMoment`."""

    shown = ""
    lost = False


class ShownDuration(dt.timedelta):
    """A duration with what its cell shows, as `ShownMoment`."""

    shown = ""
    lost = False


def with_shown(
    value: dt.datetime | dt.time | dt.timedelta, shown: str, *, lost: bool
) -> ShownMoment | ShownTime | ShownDuration:
    """Return a day, time of day or duration with what its cell shows."""
    found: ShownMoment | ShownTime | ShownDuration
    if isinstance(value, dt.datetime):
        found = ShownMoment.combine(value.date(), value.time())
    elif isinstance(value, dt.time):
        found = ShownTime(value.hour, value.minute, value.second, value.microsecond)
    else:
        found = ShownDuration(value.days, value.seconds, value.microseconds)
    found.shown, found.lost = shown, lost
    return found


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
    hidden_columns: tuple[tuple[int, int], ...] = ()
    """(first, last) of each hidden run that is not merely folded."""
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


def column_number(letters: str) -> int:
    """Return the number of a column, A = 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
