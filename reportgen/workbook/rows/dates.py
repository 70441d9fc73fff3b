"""Dates in cells: real dates, and texts that the one reader finds a single day in."""

# ruff: noqa: EM101, EM102, TRY003 - each sentence to the user stands where its fault is found

from __future__ import annotations

import datetime as dt
import re

from reportgen.domain.reading.dates import read_date
from reportgen.workbook.opening.cells import CellError, CellValue, NoResult
from reportgen.workbook.rows.values import UnreadableError, clean, iso_date

_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000
"""1954 to 2119: what a bare number in a date column is taken to have been."""
_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?")
_LIKE_A_DATE = re.compile(r"\d{1,4}[-./ ]\d{1,2}[-./ ]\d{1,4}|\d{8}")
_SHORT_YEAR = re.compile(r"\d{1,2}[-./ ]+(?:\d{1,2}|[^\W\d_]+\.?)[-./ ]+\d{2}")
_ISO_ADVICE = "Write it as 2026-04-03 (year, month, day)."


def date(value: CellValue, order: str = "") -> str:
    """Return a cell as an ISO date, with the time of day where it gives one.

    Args:
        value: The cell.
        order: `DMY`, `MDY`, `YMD`, or empty where the workbook does not say.

    Raises:
        UnreadableError: It is no date, or could be two.
    """
    match value:
        case dt.datetime() | dt.date():
            return iso_date(value)
        case str():
            return date_in(value, order)
        case CellError():
            raise UnreadableError("", "Type the answer instead.", "error cell")
        case NoResult():
            raise UnreadableError("", "Open the file in Excel, save it, and try again.", "no saved result")
        case bool() | None | dt.time() | dt.timedelta():
            raise UnreadableError("expected a date.", _ISO_ADVICE)
        case int() | float():
            if _FIRST_SERIAL <= value <= _LAST_SERIAL:
                day = dt.date(1899, 12, 30) + dt.timedelta(days=int(value))
                raise UnreadableError(
                    f"a bare number (as an Excel date it would be {day.isoformat()}), expected a date.",
                    f"Format the cell as a date or write {day.isoformat()}.",
                    "two readings",
                )
            raise UnreadableError("expected a date.", _ISO_ADVICE)


def date_in(text: str, order: str = "") -> str:
    """Return the ISO date that a text can only mean.

    Raises:
        UnreadableError: It is no date, or could be two.
    """
    body = " ".join(clean(text).split())
    found = () if _SHORT_YEAR.fullmatch(body) else tuple(d for d in read_date(body, order) if d.full is not None)
    days = [d.full.isoformat() for d in found if d.full is not None]
    if len(days) == 1:
        iso = _ISO.fullmatch(body)
        return f"{days[0]}T{iso[1]}{iso[2] or ''}" if iso else days[0]
    if days:
        raise UnreadableError(
            f"which could mean {' or '.join(days)}.",
            f"Write it as {days[0]}, or fill in Date order on the sheet Evaluation.",
            "two readings",
        )
    if not _LIKE_A_DATE.fullmatch(body):
        raise UnreadableError("expected a date.", _ISO_ADVICE)
    if order and not body[:4].isdigit():
        raise UnreadableError(f"expected a date in the order {order} with a year of four digits.", _ISO_ADVICE)
    if _SHORT_YEAR.fullmatch(body):
        raise UnreadableError("expected a date with a year of four digits.", _ISO_ADVICE)
    raise UnreadableError("which is no day of the calendar.", _ISO_ADVICE)
