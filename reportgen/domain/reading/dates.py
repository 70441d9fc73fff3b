"""Dates as people write them in any language of the tables, read by the declared order and never relative to today.

Only the Gregorian calendar is read: years of others (2569 in Thailand, 1405 in Iran, 令和8年) are not, and a weekday that
does not fit its date makes the text no date.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import product

from reportgen.domain.reading import locale_words
from reportgen.domain.reading.text import fold

_LONGEST = 80
_LAST_YEAR = 2399
"""Later years are those of another calendar, as in Thailand."""
_FIRST_FIGURE_YEAR = 1500
"""Years before it, written in figures only, may be those of Iran or of the Islamic calendar."""

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
_MONTHS = {name: frozenset({number}) for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}
_WEEKDAYS = {
    name: frozenset({number})
    for number, names in enumerate(
        (
            "monday mon montag lundi",
            "tuesday tue tues dienstag mardi",
            "wednesday wed weds mittwoch mercredi",
            "thursday thu thur thurs donnerstag jeudi",
            "friday fri freitag vendredi",
            "saturday sat samstag sonnabend samedi",
            "sunday sun sonntag dimanche",
        )
    )
    for name in names.split()
}
_GRAMMAR = """
the on of day am le el den der vom dated as de del di do da d г года году год р року r roku rok m gada y o dia thg ngày năm v
"""
_FILLERS = frozenset(_GRAMMAR.split())
"""Words of a date's own grammar in its languages; every other word makes the text no date."""
_TIME = re.compile(
    r"[t ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([ap]\.?m\.?(?![^\W_]))?\s*(z|utc|[+-]\d{2}:?\d{2})?\.?$"
)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|re|ère|º|ª|o|a|e|-?го|-?е|an|en)(?![^\W_])")
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_EAST_ASIAN = re.compile(
    r"(\d{4})\s?(?:年|년)\s?(\d{1,2})\s?(?:月|월)(?:\s?(\d{1,2})\s?(?:日|號|号|일))?\s?[(（]?([^\W\d_]{0,4})[)）]?"
)
_VIETNAMESE = re.compile(r"(?:ngày )?(\d{1,2}) (?:tháng|thg) (\d{1,2}),?(?: năm)? (\d{4})")
_EAST_DAYS = "月火水木金土日", "一二三四五六日", "월화수목금토일"
_MARKS = r"\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e30-\u0e4e'"
_PIECE = re.compile(rf"\d+|[^\W\d_]+(?:[{_MARKS}]+[^\W\d_]*)*|[^\w\s]")

_ISO = re.compile(r"(\d{4})([-/.])\s?(\d{1,2})\2\s?(\d{1,2})")
_BASIC = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_THREE = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})\.?")
_MONTH_YEAR = re.compile(r"(0?[1-9]|1[0-2])[-/.](\d{4})")
_YEAR_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")

_WORD = r"(?P<{0}>[^\W\d_]{{2,}})\.?"
_DAY = r"(?P<{0}>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?"
_OF = r"\s*(?:day\s+)?(?:of\s+|de\s+|del\s+)?"
_YEAR = r",?\s*(?:of\s+|de\s+|del\s+)?(?P<{0}>\d{{4}})"
_IN_TEXT = re.compile(
    "|".join(
        (
            r"(?<!\d)(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})(?![\d])",
            r"(?<!\d)(?P<y2>(?:19|20)\d{2})(?P<m2>0[1-9]|1[0-2])(?P<d2>0[1-9]|[12]\d|3[01])(?!\d)",
            r"(?<![\d./-])(?P<a3>\d{1,2})(?P<s3>[./-])\s?(?P<b3>\d{1,2})(?P=s3)\s?(?P<c3>\d{4}|\d{2})(?![\d])",
            r"(?<!\d)(?P<y7>\d{4})\s?[年년]\s?(?P<m7>\d{1,2})\s?[月월](?:\s?(?P<d7>\d{1,2})\s?[日號号일])?",
            rf"(?<!\d){_DAY.format('d4')}{_OF}{_WORD.format('n4')}{_YEAR.format('y4')}(?!\d)",
            rf"\b{_WORD.format('n5')}\s+{_DAY.format('d5')}{_YEAR.format('y5')}(?!\d)",
            rf"\b{_WORD.format('n6')}{_YEAR.format('y6')}(?!\d)",
            rf"(?<!\d)(?P<d8>\d{{1,2}})(?P<s8>[-/. ]){_WORD.format('n8')}(?P=s8)(?P<y8>\d{{4}})(?!\d)",
        )
    )
)


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """A day, or a month of a year (`day` None), or a day of no stated year (`year` None); with a time where one is said."""

    year: int | None
    month: int
    day: int | None
    time: str = field(default="", compare=False)

    @property
    def full(self) -> dt.date | None:
        """The day, where the date names one."""
        if self.year is None or self.day is None:
            return None
        return dt.date(self.year, self.month, self.day)

    def __str__(self) -> str:
        """The date as ISO 8601 writes it; `--04-03` where no year is said."""
        parts = ("-" if self.year is None else f"{self.year:04d}", f"{self.month:02d}")
        return "-".join(parts if self.day is None else (*parts, f"{self.day:02d}"))

    def says_no_more_than(self, other: CalendarDate) -> bool:
        """Whether everything that this date says, `other` says too."""
        return self.month == other.month and self.year in {None, other.year} and self.day in {None, other.day}


@lru_cache(maxsize=8_192)
def read_date(text: str, order: str = "") -> tuple[CalendarDate, ...]:
    """Return the dates that the whole of `text` can mean: none, one, or two where the order of day and month is open.

    ISO dates are read first; two-digit years from 69 on lie in the 1900s (POSIX).

    Args:
        text: the value.
        order: declared order, `DMY`, `MDY` or `YMD`; blank leaves 03/04/2024 open.
    """
    if len(text) > _LONGEST:
        return ()
    folded = fold(text) if any(c.isdigit() for c in text) else ""
    said = _TIME.search(folded)
    time = _time(said) if said else ""
    if not folded or time is None:
        return ()
    body = folded[: said.start() if said else None].strip(" ,").rstrip(".")
    for form in (_in_figures, _in_east_asia, _in_words):
        found = form(body, order)
        if found is not None:
            return tuple(replace(date, time=time) for date in found) if time else found
    return ()


def _time(said: re.Match[str]) -> str | None:
    """Return a time of day in one spelling, blank for midnight (no time was meant); None where it is none."""
    hour, half = int(said[1]), (said[4] or "")[:1]
    if half and not 1 <= hour <= 12:  # noqa: PLR2004 - hours of half a day
        return None
    hour = hour % 12 + 12 * (half == "p") if half else hour
    zone = {"z": "+00:00", "utc": "+00:00"}.get(said[5] or "", said[5] or "")
    try:
        time = dt.time(hour, int(said[2]), int(said[3] or 0))
    except ValueError:
        return None
    return f"{time.isoformat()}{zone}" if time != dt.time() else ""


def same_date(one: CalendarDate, other: CalendarDate, tolerance: float = 0) -> bool:
    """Whether two dates are the same day, or the same partial date, and at the same time where both say one."""
    if one.time and other.time and one.time != other.time:
        return False
    if one.full is None or other.full is None:
        return one == other
    return abs((one.full - other.full).days) <= tolerance


def _in_figures(folded: str, order: str) -> tuple[CalendarDate, ...] | None:
    """Return the readings of a date that is written in figures, None where it is none."""
    if iso := _ISO.fullmatch(folded):
        return _one(_figured(int(iso[1]), int(iso[3]), int(iso[4])))
    if basic := _BASIC.fullmatch(folded):
        return _one(_valid(int(basic[1]), int(basic[2]), int(basic[3])))
    if three := _THREE.fullmatch(folded):
        return _by_order(int(three[1]), int(three[3]), three[4], order)
    if partial := _YEAR_MONTH.fullmatch(folded):
        return _one(_figured(int(partial[1]), int(partial[2]), None))
    if partial := _MONTH_YEAR.fullmatch(folded):
        return _one(_figured(int(partial[2]), int(partial[1]), None))
    return None


def _in_east_asia(folded: str, _order: str) -> tuple[CalendarDate, ...] | None:
    """Return the reading of 2026年4月3日 and its Korean and Vietnamese sisters."""
    before, comma, rest = folded.partition(", ")
    said_day = _weekday_named(before) if comma else frozenset()
    if match := _VIETNAMESE.fullmatch(rest if said_day else folded):
        date = _valid(int(match[3]), int(match[2]), int(match[1]))
        return (date,) if date is not None and _fits(date, said_day) else ()
    match = _EAST_ASIAN.fullmatch(folded)
    if match is None:
        return None
    date = _valid(int(match[1]), int(match[2]), int(match[3]) if match[3] else None)
    said = re.sub(r"曜日?|星期|周|週|요일", "", match[4])
    days = {names.index(said) for names in _EAST_DAYS if said and said in names}
    if date is None or (match[4] and (date.full is None or date.full.weekday() not in days)):
        return ()
    return (date,)


def _in_words(folded: str, order: str) -> tuple[CalendarDate, ...] | None:
    """Return the readings of a date whose month is a word: its parts in any order, and no word that is not known."""
    numbers: list[str] = []
    months: frozenset[int] = frozenset()
    weekday: frozenset[int] = frozenset()
    month_at = 0
    for piece in _PIECE.findall(_HYPHEN.sub("'", _ORDINAL.sub("", folded))):
        if piece.isdigit():
            numbers.append(piece)
        elif piece in {",", ".", "/", "-", "،", "'"} or piece in _FILLERS:
            continue
        elif not months and (found := month_named(piece)):
            months, month_at = found, len(numbers)
        elif not weekday and (named := _weekday_named(piece)):
            weekday = named
        else:
            return None
    if not months or not numbers:
        return None
    readings = [_valid(*parts) for parts in _parts(numbers, months, month_at, order)]
    fitting = [date for date in readings if date is not None and _fits(date, weekday)]
    return tuple(dict.fromkeys(fitting))


def _parts(
    numbers: list[str], months: frozenset[int], month_at: int, order: str
) -> Iterator[tuple[int | None, int, int | None]]:
    """Yield (year, month, day) for the numbers beside a month: a year of four digits, or one of two behind day and month."""
    long = [n for n in numbers if len(n) == 4]  # noqa: PLR2004 - digits of a year
    short = [n for n in numbers if len(n) <= 2]  # noqa: PLR2004 - digits of a day
    if len(long) + len(short) != len(numbers) or len(long) > 1 or len(short) > 2:  # noqa: PLR2004 - day and short year
        return
    for month in sorted(months):
        if long and len(short) <= 1:
            yield int(long[0]), month, int(short[0]) if short else None
        elif len(short) == 1:
            yield None, month, int(short[0])
        elif len(short) == 2 and month_at == 1 and not long:  # noqa: PLR2004 - 3-Apr-24
            day, year = (short[1], short[0]) if order == "YMD" else (short[0], short[1])
            yield _century(int(year)), month, int(day)


def month_named(word: str) -> frozenset[int]:
    """Return the months that a word names, most often one or none."""
    word = word.strip("'")
    return _MONTHS.get(word) or locale_words.months().get(word) or frozenset()


def _weekday_named(word: str) -> frozenset[int]:
    if word in _WEEKDAYS:
        return _WEEKDAYS[word]
    days = locale_words.weekdays()
    return days.get(word) or days.get(word.replace("'", "-")) or frozenset()


def _fits(date: CalendarDate, weekday: frozenset[int]) -> bool:
    return not weekday or (date.full is not None and date.full.weekday() in weekday)


def dates_in(text: str, order: str = "") -> Iterator[tuple[int, int, tuple[CalendarDate, ...]]]:
    """Yield start, end and readings of every date in folded running text that names at least month and year."""
    at = 0
    while match := _IN_TEXT.search(text, at):
        found = _of_match(match, order) or _of_match(match, "")
        if found:
            yield match.start(), match.end(), found
        at = match.end() if found else match.start() + 1


def _of_match(match: re.Match[str], order: str) -> tuple[CalendarDate, ...]:
    """Return the valid readings of one match of the forms."""
    parts = {name[0]: value for name, value in match.groupdict().items() if value is not None}
    if "a" in parts:
        return _by_order(int(parts["a"]), int(parts["b"]), parts["c"], order)
    months = month_named(parts["n"]) if "n" in parts else frozenset({int(parts["m"])})
    day = int(parts["d"]) if "d" in parts else None
    dates = (_valid(int(year), month, day) for year, month in product((parts["y"],), sorted(months)))
    return tuple(date for date in dates if date is not None)


def _by_order(first: int, second: int, last: str, order: str) -> tuple[CalendarDate, ...]:
    """Return the readings of `first/second/last` under the declared order, or under every order where none is declared."""
    if order == "YMD" and len(last) == 2:  # noqa: PLR2004 - a year of two digits leaves room for one in front
        tried = [_valid(_century(first), second, int(last))]
    else:
        year = int(last) if len(last) == 4 else _century(int(last))  # noqa: PLR2004 - digits of a year
        dmy, mdy = _figured(year, second, first), _figured(year, first, second)
        tried = {"DMY": [dmy], "MDY": [mdy]}.get(order, [dmy, mdy])
    return tuple(dict.fromkeys(date for date in tried if date is not None))


def _century(year: int) -> int:
    return year + (2000 if year < 69 else 1900)  # noqa: PLR2004 - the pivot of POSIX


def _one(date: CalendarDate | None) -> tuple[CalendarDate, ...]:
    return (date,) if date is not None else ()


def _figured(year: int, month: int, day: int | None) -> CalendarDate | None:
    """Return the date where its year can only be one of our calendar."""
    return _valid(year, month, day) if year >= _FIRST_FIGURE_YEAR else None


def _valid(year: int | None, month: int, day: int | None) -> CalendarDate | None:
    try:
        dt.date(2000 if year is None else year, month, 1 if day is None else day)
    except ValueError:
        return None
    return CalendarDate(year, month, day) if year is None or year <= _LAST_YEAR else None
