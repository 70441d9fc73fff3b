"""Dates as people write them, read by the declared order and never relative to today."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from reportgen.domain.reading.text import fold

_LONGEST = 80

_MONTH_NAMES = (
    "january jan januar janvier janv enero gennaio janeiro januari ene gen",
    "february feb februar février fevrier févr fevr febrero febbraio fevereiro februari",
    "march mar märz maerz mars marzo março maart mär",
    "april apr avril avr abril aprile abr",
    "may mai mayo maggio maio mei",
    "june jun juni juin junio giugno junho",
    "july jul juli juillet juil julio luglio julho",
    "august aug août aout agosto augustus",
    "september sep sept septembre septiembre settembre setembro",
    "october oct oktober octobre octubre ottobre outubro okt",
    "november nov novembre noviembre novembro",
    "december dec dezember décembre decembre déc diciembre dicembre dezembro dez",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_WEEKDAY = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|montag|dienstag|mittwoch|donnerstag|freitag|samstag|"
    r"sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
)
_PREFIX = rf"(?:(?:on|the|am|le|el|den|vom|dated|as of)\s+)*(?:{_WEEKDAY}\.?,?\s+)?(?:the\s+)?"
_SUFFIX = r"(?:[t ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:z|utc|[ap]m|[+-]\d{2}:?\d{2})?)?\.?"
_DAY = r"(?P<{0}>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?"
_OF = r"\s*(?:day\s+)?(?:of\s+|de\s+|del\s+)?"
_YEAR = r",?\s*(?:of\s+|de\s+|del\s+)?(?P<{0}>\d{{4}})"

_FORMS = (
    r"(?<!\d)(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})(?![\d])",
    r"(?<!\d)(?P<y2>(?:19|20)\d{2})(?P<m2>0[1-9]|1[0-2])(?P<d2>0[1-9]|[12]\d|3[01])(?!\d)",
    r"(?<![\d./-])(?P<a3>\d{1,2})(?P<s3>[./-])\s?(?P<b3>\d{1,2})(?P=s3)\s?(?P<c3>\d{4}|\d{2})(?![\d])",
    rf"(?<!\d){_DAY.format('d4')}{_OF}(?P<n4>{_MONTH}){_YEAR.format('y4')}(?!\d)",
    rf"\b(?P<n5>{_MONTH})\s+{_DAY.format('d5')}{_YEAR.format('y5')}(?!\d)",
    rf"\b(?P<n6>{_MONTH}){_YEAR.format('y6')}(?!\d)",
    rf"(?<!\d)(?P<d10>\d{{1,2}})(?P<s10>[-/. ])(?P<n10>{_MONTH})(?P=s10)(?P<y10>\d{{4}})(?!\d)",
)
_WHOLE_FORMS = (
    rf"(?P<d11>\d{{1,2}})(?P<s11>[-/. ])(?P<n11>{_MONTH})(?P=s11)(?P<y11>\d{{2}})",
    rf"(?P<n12>{_MONTH})[-/ ](?P<y12>\d{{4}})",
    r"(?P<m13>0?[1-9]|1[0-2])[-/.](?P<y13>\d{4})",
    r"(?P<y7>\d{4})-(?P<m7>0[1-9]|1[0-2])",
    rf"{_DAY.format('d8')}{_OF}(?P<n8>{_MONTH})",
    rf"(?P<n9>{_MONTH})\s+{_DAY.format('d9')}",
)
_IN_TEXT = re.compile("|".join(_FORMS))
_WHOLE = re.compile(_PREFIX + "(?:" + "|".join(_FORMS + _WHOLE_FORMS) + ")" + _SUFFIX)


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """A day, or a month of a year (`day` None), or a day of no stated year (`year` None)."""

    year: int | None
    month: int
    day: int | None

    @property
    def full(self) -> dt.date | None:
        """The day, where the date names one."""
        if self.year is None or self.day is None:
            return None
        return dt.date(self.year, self.month, self.day)

    def says_no_more_than(self, other: CalendarDate) -> bool:
        """Whether everything that this date says, `other` says too."""
        return self.month == other.month and self.year in {None, other.year} and self.day in {None, other.day}


def read_date(text: str, order: str = "") -> tuple[CalendarDate, ...]:
    """Return the dates that the whole of `text` can mean: none, one, or two where the order of day and month is open.

    ISO dates are read first; words for months in seven languages; two-digit years from 69 on lie in the 1900s (POSIX).

    Args:
        text: the value.
        order: declared order, `DMY`, `MDY` or `YMD`; blank leaves 03/04/2024 open.
    """
    if len(text) > _LONGEST:
        return ()
    match = _WHOLE.fullmatch(fold(text))
    return _of_match(match, order) if match else ()


def dates_in(text: str, order: str = "") -> Iterator[tuple[int, int, tuple[CalendarDate, ...]]]:
    """Yield start, end and readings of every date in folded running text that names at least month and year."""
    for match in _IN_TEXT.finditer(text):
        found = _of_match(match, order) or _of_match(match, "")
        if found:
            yield match.start(), match.end(), found


def _of_match(match: re.Match[str], order: str) -> tuple[CalendarDate, ...]:
    """Return the valid readings of one match of the forms."""
    parts = {name: value for name, value in match.groupdict().items() if value is not None}
    if "a3" in parts:
        return _by_order(int(parts["a3"]), int(parts["b3"]), parts["c3"], order)
    year = day = None
    month = 0
    for name, value in parts.items():
        match name[0]:
            case "y":
                year = int(value) if len(value) == 4 else _century(int(value))  # noqa: PLR2004 - digits of a year
            case "m":
                month = int(value)
            case "n":
                month = _MONTHS[value.rstrip(".")]
            case "d":
                day = int(value)
            case _:  # no other letter names a part
                continue
    found = _valid(year, month, day)
    return (found,) if found else ()


def _by_order(first: int, second: int, last: str, order: str) -> tuple[CalendarDate, ...]:
    """Return the readings of `first/second/last` under the declared order, or under every order where none is declared."""
    if order == "YMD" and len(last) == 2:  # noqa: PLR2004 - a year of two digits leaves room for one in front
        tried = [_valid(_century(first), second, int(last))]
    else:
        year = int(last) if len(last) == 4 else _century(int(last))  # noqa: PLR2004 - digits of a year
        dmy, mdy = _valid(year, second, first), _valid(year, first, second)
        tried = {"DMY": [dmy], "MDY": [mdy]}.get(order, [dmy, mdy])
    return tuple(dict.fromkeys(date for date in tried if date is not None))


def _century(year: int) -> int:
    return year + (2000 if year < 69 else 1900)  # noqa: PLR2004 - the pivot of POSIX


def _valid(year: int | None, month: int, day: int | None) -> CalendarDate | None:
    try:
        dt.date(2000 if year is None else year, month, 1 if day is None else day)
    except ValueError:
        return None
    return CalendarDate(year, month, day)
