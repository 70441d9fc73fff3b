"""Cells that are read as text, and what a spreadsheet program has made of them when something else was typed.

Names, labels and choices are refused where it made a date of them; answers and text fields hold what the cell shows.
"""

# ruff: noqa: EM101, EM102, TRY003 - each sentence to the user stands where its fault is found

from __future__ import annotations

import datetime as dt

from reportgen.workbook.opening.cells import CellValue, ShownDuration, ShownMoment, ShownNumber, ShownTime
from reportgen.workbook.rows.values import UnreadableError, as_text, clean, iso_date, refuse_special

_KEPT = 10**15
"""Numbers from here on have more digits than a spreadsheet program keeps."""
_LONG = 10**8
"""Numbers from here on are more often telephone and account numbers than amounts."""
_AS_TEXT = "Format the cell as text and type it again."
CHANGED = "changed by Excel"
"""The code of a cell of which nobody can tell any more what was typed."""

Moment = dt.date | dt.time | dt.timedelta


def identifier(value: CellValue) -> str:
    """Return a name or ID; a number becomes what its cell shows.

    Raises:
        UnreadableError: Excel has made a date, a power of ten or a rounded number of it.
    """
    refuse_special(value)
    if isinstance(value, Moment):
        raise UnreadableError("which Excel has turned into a date.", _AS_TEXT, CHANGED)
    _refuse_rounded(value)
    return clean(as_text(value))


def names(value: CellValue) -> tuple[str, ...]:
    """Return the lines of a cell as names, each cleaned. Raises UnreadableError as `identifier`."""
    return _lines(value if isinstance(value, str) else identifier(value))


def lines(value: CellValue) -> tuple[str, ...]:
    """Return the filled lines of a cell, each cleaned.

    Raises:
        UnreadableError: An error cell or a formula without a result.
    """
    refuse_special(value)
    return _lines(as_text(value))


def verbatim(value: CellValue) -> str:
    """Return a text as it stands.

    Raises:
        UnreadableError: An error cell or a formula without a result.
    """
    refuse_special(value)
    return as_text(value)


def faithful(value: CellValue) -> str:
    """Return what a cell shows, where that can only be what was typed or what is to be read.

    Raises:
        UnreadableError: Excel has lost what was typed.
    """
    refuse_special(value)
    if isinstance(value, ShownMoment | ShownTime | ShownDuration) and value.lost:
        raise UnreadableError(f"which Excel has turned into a date ({as_iso(value)}).", _AS_TEXT, CHANGED)
    _refuse_rounded(value)
    return as_text(value)


def _refuse_rounded(value: CellValue) -> None:
    """Refuse a number of which digits are lost."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    if abs(value) >= _KEPT:
        raise UnreadableError("of which Excel keeps 15 digits only.", _AS_TEXT, CHANGED)
    if isinstance(value, ShownNumber) and "E" in value.shown and value.shown.strip("+-.0123456789") == "E":
        raise UnreadableError("which Excel has turned into a number with a power of ten.", _AS_TEXT, CHANGED)


def doubt(value: CellValue) -> str:
    """Return the tail of a sentence on a cell that may not show what was typed, '' where there is no such doubt."""
    if isinstance(value, ShownMoment | ShownTime | ShownDuration) and not value.shown:
        return "a date that Excel shows to each reader by the settings of the own system; it was read in this form."
    if isinstance(value, Moment):
        return f"which Excel holds as a date or time ({as_iso(value)}); if something else was typed, that is lost."
    if isinstance(value, ShownNumber):
        return "" if value.certain else "a number in a format that is not read here; its digits were taken."
    if isinstance(value, int) and abs(value) >= _LONG:
        return "a number; a +, spaces and zeros in front that were typed are lost."
    return ""


def as_iso(value: Moment) -> str:
    """Return a date or time in the form that can only mean one thing."""
    return iso_date(value) if isinstance(value, dt.date) else str(value)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for part in text.splitlines() if (line := clean(part)))
