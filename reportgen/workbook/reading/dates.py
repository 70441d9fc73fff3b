"""Dates in cells: real dates, ISO text, named months; a text such as 03/04/2026 only where its order is known."""

# ruff: noqa: EM101, EM102, TRY003 - each sentence to the user stands where its fault is found

from __future__ import annotations

import datetime as dt
import re

from reportgen.workbook.opening.cells import CellError, CellValue, NoResult
from reportgen.workbook.reading.values import UnreadableError, clean, iso_date

_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000
"""1954 to 2119: what a bare number in a date column is taken to have been."""
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?")
_BASIC = re.compile(r"(\d{4})(\d{2})(\d{2})")
_THREE = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[. -]+([a-z]+)\.?,?[ -]+(\d{4})")
_MONTH_FIRST = re.compile(r"([a-z]+)\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
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
    if iso := _ISO.fullmatch(body):
        day = _checked(int(iso[1]), int(iso[2]), int(iso[3]))
        return f"{day}T{iso[4]}{iso[5] or ''}" if iso[4] else day
    if basic := _BASIC.fullmatch(body):
        return _checked(int(basic[1]), int(basic[2]), int(basic[3]))
    low = body.casefold()
    if (named := _DAY_FIRST.fullmatch(low)) and (month := _month(named[2])):
        return _checked(int(named[3]), month, int(named[1]))
    if (named := _MONTH_FIRST.fullmatch(low)) and (month := _month(named[1])):
        return _checked(int(named[3]), month, int(named[2]))
    if three := _THREE.fullmatch(body):
        return _numeric(three[1], three[3], three[4], order)
    raise UnreadableError("expected a date.", _ISO_ADVICE)


def _month(word: str) -> int | None:
    """Return the number of an English month, full or in its usual short form."""
    if word in _FULL:
        return _FULL.index(word) + 1
    short = word[:3]
    return _MONTHS.index(short) + 1 if word in {*_MONTHS, "sept"} and short in _MONTHS else None


def _numeric(first: str, middle: str, last: str, order: str) -> str:
    """Read three numbers as a date; without a declared order only where one reading exists."""
    orders = [order] if order else ["DMY", "MDY", "YMD"]
    found: dict[str, None] = {}
    for each in orders:
        parts = dict(zip(each, (first, middle, last), strict=True))
        if len(parts["Y"]) == 4 and len(parts["M"]) <= 2 and len(parts["D"]) <= 2:  # noqa: PLR2004 - digits of a year, a day
            try:
                found[dt.date(int(parts["Y"]), int(parts["M"]), int(parts["D"])).isoformat()] = None
            except ValueError:
                continue
    if len(found) == 1:
        return next(iter(found))
    if found:
        raise UnreadableError(
            f"which could mean {' or '.join(found)}.",
            f"Write it as {next(iter(found))}, or fill in Date order on the sheet Evaluation.",
            "two readings",
        )
    if order:
        raise UnreadableError(f"expected a date in the order {order} with a year of four digits.", _ISO_ADVICE)
    raise UnreadableError("expected a date with a year of four digits.", _ISO_ADVICE)


def _checked(year: int, month: int, day: int) -> str:
    """Return the ISO date, or refuse a day that does not exist."""
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError as e:
        raise UnreadableError("which is no day of the calendar.", _ISO_ADVICE) from e
