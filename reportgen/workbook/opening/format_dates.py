"""Dates, times of day and durations as a number format shows them, months and weekdays in the language that it names."""

from __future__ import annotations

import datetime as dt
import locale
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reportgen.workbook.opening.format_numbers import Piece

_UNITS = frozenset("ymdhsgeab")
_ELAPSED = {"h": 3600, "m": 60, "s": 1}
_NOON = 12
_FULL, _SHORT, _LETTER = 4, 3, 5
_ERAS = (
    (dt.date(2019, 5, 1), ("R", "令", "令和")),
    (dt.date(1989, 1, 8), ("H", "平", "平成")),
    (dt.date(1926, 12, 25), ("S", "昭", "昭和")),
    (dt.date(1912, 7, 30), ("T", "大", "大正")),
    (dt.date(1868, 1, 25), ("M", "明", "明治")),
)
"""The eras of the Japanese calendar: first day, and how `g`, `gg` and `ggg` write it."""
_ERA_NAME = 3
_FIRST = (dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1))  # noqa: DTZ001 - a cell knows no time zone


@dataclass(frozen=True, slots=True)
class DatePart:
    """One piece of a date: its kind (`y`, `n` for minutes, `literal`...), its text, and the decimals of its seconds."""

    kind: str
    text: str
    decimals: int = 0


def date_parts(tokens: Sequence[Piece]) -> tuple[DatePart, ...]:
    """Return the pieces of a section as a date, none where it shows a number.

    `m` is minutes behind hours or before seconds. Digits of a second may stand apart (`ss.0`).
    """
    if not any(t.kind in {"date", "elapsed", "ampm"} for t in tokens):
        return ()
    parts: list[DatePart] = []
    skip = False
    for i, token in enumerate(tokens):
        if skip:
            skip = False
        elif token.kind == "date":
            unit, _, decimals = token.text.lower().partition(".")
            parts.append(DatePart(unit[0], unit, len(decimals)))
        elif token.kind == "point" and i + 1 < len(tokens) and set(tokens[i + 1].text) == {"0"} and parts:
            parts.append(DatePart("fraction", ".", len(tokens[i + 1].text)))
            skip = True
        elif token.kind in {"elapsed", "ampm"}:
            parts.append(DatePart(token.kind, token.text))
        elif token.kind == "general":
            return ()
        elif token.text:
            parts.append(DatePart("literal", token.text))
    return tuple(_with_minutes(parts))


def _with_minutes(parts: Sequence[DatePart]) -> list[DatePart]:
    """Tell minutes from months."""
    units = [(i, p) for i, p in enumerate(parts) if p.kind in _UNITS or p.kind == "elapsed"]
    out = list(parts)
    for at, (i, part) in enumerate(units):
        before = units[at - 1][1].text.strip("[]")[0] if at else ""
        after = units[at + 1][1].text.strip("[]")[0] if at + 1 < len(units) else ""
        if part.kind == "m" and len(part.text) < _SHORT and (before == "h" or after == "s"):
            out[i] = DatePart("n", part.text)
    return out


def elapsed(parts: Sequence[DatePart]) -> bool:
    """Whether the pieces show a duration."""
    return any(p.kind == "elapsed" for p in parts)


def shows_year(parts: Sequence[DatePart]) -> bool:
    """Whether the pieces show a year; a date without one has lost what was typed."""
    return any(p.kind in {"y", "e"} for p in parts)


def shows_day(parts: Sequence[DatePart]) -> bool:
    """Whether the pieces show a day, a month or a year at all, and not only a time of day."""
    return any(p.kind in {"y", "e", "m", "d", "a"} for p in parts)


def date_text(value: float, parts: Sequence[DatePart], tag: str, *, from_1904: bool = False) -> str:
    """Return a serial number as the pieces of a section show it.

    Raises OverflowError or ValueError where it is no day of the calendar.
    """
    decimals = max((p.decimals for p in parts), default=0)
    unit = 10**decimals
    ticks = int(abs(value) * 86_400 * unit + 0.5) if not decimals else int(round(abs(value) * 86_400 * unit, 4) + 0.5)
    if value < 0 and not elapsed(parts):
        raise ValueError(value)
    moment = (
        None if elapsed(parts) else _FIRST[from_1904] + dt.timedelta(seconds=ticks // unit, days=_leap(value, from_1904))
    )
    half = any(p.kind == "ampm" for p in parts)
    names = _language(tag)
    day = any(p.kind == "d" and len(p.text) < _SHORT for p in parts)
    out = [_written(p, moment, ticks, unit, half=half, names=names, with_day=day) for p in parts]
    return ("-" if value < 0 else "") + "".join(out)


def _leap(value: float, from_1904: bool) -> int:
    """Return the day that Excel's calendar has too many of before March 1900."""
    return 1 if not from_1904 and 1 <= value < 60 else 0  # noqa: PLR2004 - 29 February 1900, which never was


def _written(  # noqa: PLR0911 - one line for each kind of piece
    part: DatePart, moment: dt.datetime | None, ticks: int, unit: int, *, half: bool, names: Names, with_day: bool
) -> str:
    seconds = ticks // unit
    match part.kind:
        case "literal":
            return part.text
        case "elapsed":
            return f"{seconds // _ELAPSED[part.text[0]]:0{len(part.text)}d}"
        case "fraction":
            return f".{ticks % unit:0{part.decimals}d}"
        case "ampm":
            return _half(part.text, seconds, names)
        case "h":
            hour = seconds // 3600 % 24
            return f"{(hour % _NOON or _NOON) if half else hour:0{len(part.text)}d}"
        case "n":
            return f"{seconds // 60 % 60:0{len(part.text)}d}"
        case "s":
            text = f"{seconds % 60:0{min(len(part.text), 2)}d}"
            return f"{text}.{ticks % unit:0{part.decimals}d}" if part.decimals else text
        case _:
            return "" if moment is None else _of_day(part, moment, names, with_day=with_day)


def _half(text: str, seconds: int, names: Names) -> str:
    """Return the half of the day, in the words of the format."""
    morning, _, evening = text.partition("/")
    late = seconds // 3600 % 24 >= _NOON
    if text.upper() == "AM/PM":
        return names.halves[late]
    return evening if late else morning


def _of_day(part: DatePart, moment: dt.datetime, names: Names, *, with_day: bool) -> str:  # noqa: PLR0911 - as above
    size = len(part.text)
    match part.kind:
        case "y":
            return f"{moment.year % 100:02d}" if size <= 2 else f"{moment.year:04d}"  # noqa: PLR2004 - yy
        case "m" if size >= _LETTER:
            return names.months(moment.month, with_day=with_day)[1][:1]
        case "m" if size >= _SHORT:
            return names.months(moment.month, with_day=with_day)[size >= _FULL]
        case "m" | "d" if size < _SHORT:
            return f"{getattr(moment, 'month' if part.kind == 'm' else 'day'):0{size}d}"
        case "d" | "a":
            return names.days(moment.weekday())[size >= _FULL]
        case "e" if names.code == "ja":
            return f"{moment.year - _era(moment)[0].year + 1:0{size}d}"
        case "e" if names.republic:
            return f"{moment.year - 1911}"
        case "e" | "b":
            return f"{moment.year + (543 if part.kind == 'b' else 0)}"
        case "g" if names.code == "ja":
            return _era(moment)[1][min(size, _ERA_NAME) - 1]
        case _:
            return ""


def _era(moment: dt.datetime) -> tuple[dt.date, tuple[str, str, str]]:
    return next((era for era in _ERAS if era[0] <= moment.date()), _ERAS[-1])


@dataclass(frozen=True, slots=True)
class Names:
    """The names of months, weekdays and halves of the day in one language."""

    code: str
    halves: tuple[str, str] = ("AM", "PM")
    republic: bool = False
    """Whether `e` counts the years of Taiwan's calendar."""

    def months(self, number: int, *, with_day: bool) -> tuple[str, str]:
        """Return the short and the full name of a month, as it stands beside a day or alone."""
        return _months(self.code)[with_day][number - 1]

    def days(self, weekday: int) -> tuple[str, str]:
        """Return the short and the full name of a weekday, Monday = 0."""
        return _days(self.code)[weekday]


@lru_cache(maxsize=256)
def _language(tag: str) -> Names:
    """Return the language of a tag such as `407` or `DE-DE`; what none names is English."""
    word = tag.split(",", maxsplit=1)[0]
    try:
        found = locale.windows_locale.get(int(word[-4:], 16) & 0xFFFF, "")
    except ValueError:
        found = word.replace("-", "_")
    code = found.split("_")[0].lower()
    from babel.localedata import exists  # noqa: PLC0415 - only where a file holds dates in words

    if len(code) < 2 or not exists(code):  # noqa: PLR2004 - languages have two letters or three
        code = "en"
    halves = {"ja": ("午前", "午後"), "zh": ("上午", "下午")}.get(code, ("AM", "PM"))
    return Names(code, halves, republic=found == "zh_TW")


@lru_cache(maxsize=64)
def _months(code: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    from babel.dates import get_month_names  # noqa: PLC0415 - as above

    return tuple(
        tuple(
            (
                _plain(get_month_names("abbreviated", context, code)[n], code),
                get_month_names("wide", context, code)[n],
            )
            for n in range(1, 13)
        )
        for context in ("stand-alone", "format")
    )


@lru_cache(maxsize=64)
def _days(code: str) -> tuple[tuple[str, str], ...]:
    from babel.dates import get_day_names  # noqa: PLC0415 - as above

    return tuple(
        (_plain(get_day_names("abbreviated", "format", code)[n], code), get_day_names("wide", "format", code)[n])
        for n in range(7)
    )


def _plain(name: str, code: str) -> str:
    """Return a short name as Excel writes it: without the full stop that some languages end it with."""
    return name.removesuffix(".") if code in {"de", "nl", "da", "nb", "en"} else name
