"""Readers of single cells: each returns the one thing a cell can mean, or says why there is none or more than one.

Nothing is guessed: a cell that can be read in two ways is refused with both readings.
"""

# ruff: noqa: EM101, EM102, TRY003 - each sentence to the user stands where its fault is found

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from reportgen.domain.reading.numbers import currencies_named, mark_of, read_number, read_quantity
from reportgen.workbook.opening.cells import (
    CellError,
    CellValue,
    NoResult,
    ShownDuration,
    ShownMoment,
    ShownNumber,
    ShownTime,
)
from reportgen.workbook.opening.format_numbers import general

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u202f\u2009", " "))
_FOUND_LIMIT = 60


class UnreadableError(ValueError):
    """A cell that cannot be read; `tail` completes the sentence `the X is "...", ...`, `remedy` says what to type."""

    def __init__(self, tail: str, remedy: str, code: str = "unreadable") -> None:
        super().__init__(tail)
        self.tail = tail
        self.remedy = remedy
        self.code = code


def clean(text: str) -> str:
    """Return a name, header, label or number without what the eye cannot see: NFC, plain spaces, nothing of zero width."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFC", text).translate(_INVISIBLE).translate(_SPACES).strip()


def fold(text: str) -> str:
    """Return the form in which names are compared: cleaned, case folded, runs of white space as one space."""
    return " ".join(clean(text).casefold().split())


def is_blank(value: CellValue) -> bool:
    """Whether a cell holds nothing that a reader could see."""
    return value is None or (isinstance(value, str) and not clean(value))


def shown(value: CellValue) -> str:
    """Return what a message quotes of a cell, at most 60 characters, on one line, quoted where it is text."""
    if isinstance(value, str):
        line = "".join(c if c.isprintable() else " " if c.isspace() else f"[U+{ord(c):04X}]" for c in value).strip()
        return f'"{line if len(line) <= _FOUND_LIMIT else line[: _FOUND_LIMIT - 1] + "…"}"'
    return as_text(value)


def as_text(value: CellValue) -> str:  # noqa: C901, PLR0911 - one line for each kind of cell
    """Return a cell as the text that its reader sees; text itself is returned verbatim."""
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case ShownNumber():
            return value.shown
        case int():
            return str(value)
        case float():
            return general(value)
        case ShownMoment() | ShownTime() | ShownDuration() if value.shown:
            return value.shown
        case dt.datetime() | dt.date():
            return iso_date(value)
        case dt.time() | dt.timedelta():
            return str(value)
        case CellError():
            return value.shown
        case NoResult():
            return "a formula with no saved result"


def iso_date(value: dt.date) -> str:
    """Return `2026-04-03`, with the time of day where there is one."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(timespec="seconds")
    return value.isoformat()


def near(word: str, choices: Iterable[str]) -> str:
    """Return `Did you mean "..."?` for the closest choice, or nothing."""
    by_fold = {fold(c): c for c in choices}
    found = difflib.get_close_matches(fold(word), by_fold, n=1, cutoff=0.6)
    return f'Did you mean "{by_fold[found[0]]}"?' if found else ""


def listed(choices: Iterable[str], limit: int = 8) -> str:
    """Return choices for a sentence, the first few of them."""
    names = list(choices)
    return ", ".join(names[:limit]) + (f" (and {len(names) - limit} more)" if len(names) > limit else "")


_ADVICE = "Type it without a thousands mark."
_NOTHING = frozenset({"-", "--", "\u2013", "\u2014", "/", "n/a", "n.a.", "na", "none"})
_FIGURE = re.compile(r"\d(?:[\d.,]*\d)?")
_PLAIN = re.compile(r"\d+(?:\.\d{1,2})?")


def number_in(text: str, decimal_mark: str = "") -> float:
    """Return the number that a text can only mean.

    Args:
        text: Digits with marks and a sign (also in front of or behind brackets); no currency, no unit.
        decimal_mark: `point`, `comma`, or empty where the workbook does not say.

    Raises:
        UnreadableError: It is no number, or it is two.
    """
    if fold(text) in _NOTHING:
        raise UnreadableError("expected a number.", "Leave the cell blank where there is none.")
    mark = mark_of(decimal_mark)
    found = read_number(clean(text), mark)
    if not found:
        if mark and len(read_number(clean(text))) == 1:
            told = "point" if mark == "." else "comma"
            raise UnreadableError(f"which does not fit the Decimal mark ({told}) on the sheet Evaluation.", _ADVICE)
        raise UnreadableError("expected a number.", _write(clean(text), "2.5"))
    return _only(found)


def _only(found: Sequence[Decimal]) -> float:
    """Return the one value of a number, or refuse it with both."""
    if len(found) > 1:
        raise UnreadableError(f"which could mean {' or '.join(f'{v:f}' for v in found)}.", _ADVICE, "two readings")
    size = float(found[0])
    if math.isinf(size):
        raise UnreadableError("which is too large.", "Write a smaller number.")
    return size


def _write(text: str, example: str) -> str:
    """Return the remedy for what is no number: a figure is there, with something beside it, or there is none at all."""
    figures = _FIGURE.findall(text)
    if len(figures) == 1 and _PLAIN.fullmatch(figures[0]):
        return f"Write {figures[0]} alone."
    return f"Write {'the number alone,' if figures else 'a number'} such as {example}."


def number(value: CellValue, decimal_mark: str = "", what: str = "a number") -> float:
    """Return a cell as a number.

    Raises:
        UnreadableError: It is none, or can be read in two ways.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        refuse_special(value)
        if isinstance(value, (dt.date, dt.time, dt.timedelta)):
            raise UnreadableError(
                f"which Excel holds as a date or time, expected {what}.", "Format the cell as a number and type it again."
            )
        raise UnreadableError(f"expected {what}.", "Write a number such as 2.5.")
    if isinstance(value, str):
        try:
            return number_in(value, decimal_mark)
        except UnreadableError as e:
            if e.tail == "expected a number.":
                raise UnreadableError(f"expected {what}.", e.remedy) from e
            raise
    return float(value)


def refuse_special(value: CellValue) -> None:
    """Refuse error cells and formulas without a result; every reader begins with it."""
    if isinstance(value, CellError):
        linked = "Copy the cell and paste it as values, or choose Data Type > Convert to Text in its menu."
        raise UnreadableError("", linked if value.linked else "Type the answer instead.", "error cell")
    if isinstance(value, NoResult):
        raise UnreadableError("", "Open the file in Excel, save it, and try again.", "no saved result")


def share(value: CellValue, decimal_mark: str = "") -> float:
    """Return a share as a fraction: 0.7, 70 % and "70%" are the same; a bare 70 is refused with both readings.

    Raises:
        UnreadableError: It is no share, or could be two.
    """
    if isinstance(value, str):
        body = clean(value)
        if body.endswith("%"):
            return hundredth(number(body[:-1], decimal_mark, "a share"))
        if re.fullmatch(r".*\d\s*(percent|per cent|pct)\.?", body, re.IGNORECASE):
            return hundredth(number(re.split(r"p", body, maxsplit=1, flags=re.IGNORECASE)[0], decimal_mark, "a share"))
    if isinstance(value, ShownNumber) and (signed := percentage(value)) is not None:
        return float(value) if abs(signed - value * 100) <= abs(signed - value) else hundredth(float(value))
    try:
        size = number(value, decimal_mark, "a share")
    except UnreadableError as e:
        if e.tail == "expected a share.":
            raise UnreadableError("expected a share.", "Write a share such as 70 % or 0.7.") from e
        raise
    if size > 1:
        raise UnreadableError(
            f"which could mean {_compact(size)} % or {_compact(size * 100)} %.",
            f"Write {_compact(size)} % with the sign, or {_compact(size / 100)}.",
            "two readings",
        )
    return size


def hundredth(per_cent: float) -> float:
    """Return a share from its per cent as it is written: 62.16 is .6216, not the .6215999... of binary division."""
    return float(Decimal(repr(per_cent)) / 100)


def percentage(value: ShownNumber) -> float | None:
    """Return the per cent that a cell shows, None where it shows no sign: 0.19 and 19 can both be shown as 19%."""
    if not value.shown.rstrip(") ").endswith("%"):
        return None
    digits = figure_in(value.shown)
    literal = digits is not None and abs(digits - abs(value)) <= abs(digits - abs(value) * 100)
    return float(value) if literal and value else round(value * 100, 12)


def figure_in(shown: str) -> float | None:
    """Return the size of the one number in what a cell shows, without its sign; None where there is none or several."""
    found = _FIGURES.findall(shown)
    return float(found[0].replace(",", "")) if len(found) == 1 else None


_FIGURES = re.compile(r"\d[\d,]*(?:\.\d+)?(?:E[+-]?\d+)?|\.\d+")


def _compact(size: float) -> str:
    """Return a number for a sentence, without a tail of zeros."""
    return f"{size:.10g}"


_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0}
_SECONDS_WORDS = {
    "": "s",
    "s": "s",
    "sec": "s",
    "secs": "s",
    "second": "s",
    "seconds": "s",
    "ms": "ms",
    "millisecond": "ms",
    "milliseconds": "ms",
    "min": "min",
    "minute": "min",
    "minutes": "min",
}


def seconds_unit(word: str) -> float | None:
    """Return how many seconds a unit is, None where it is no unit of time."""
    name = _SECONDS_WORDS.get(fold(word).rstrip("."))
    return None if name is None else _SECONDS[name]


def seconds(value: CellValue, decimal_mark: str = "") -> float:
    """Return a cell as seconds; `800 ms` and `2.5 s` are understood.

    Raises:
        UnreadableError: It is no number of seconds, or could be two.
    """
    if isinstance(value, str):
        found = re.fullmatch(r"(.*?\d)\s*([^\W\d_]+)\.?", clean(value))
        if found and (unit := seconds_unit(found[2])) is not None:
            return number(found[1], decimal_mark, "a number of seconds") * unit
    if isinstance(value, ShownNumber) and (found := re.search(r"\d\s*([^\W\d_]+)\.?$", value.shown.strip())):
        return number(value) * (seconds_unit(found[1]) or 1.0)
    return number(value, decimal_mark, "a number of seconds")


def money(value: CellValue, currency: str, decimal_mark: str = "") -> float:
    """Return a cell as an amount in the evaluation's currency.

    Raises:
        UnreadableError: It is no amount, it is in another currency, or it could be two.
    """
    if isinstance(value, str):
        amount, currencies = amount_in(value, decimal_mark)
    else:
        amount, currencies = number(value, decimal_mark, "an amount of money"), _currencies_shown(value)
    if currencies and currency.upper() not in currencies:
        raise UnreadableError(
            f"which is not in {currency}, the currency of this evaluation.",
            f"Convert it to {currency}, or name another Currency on the sheet Evaluation.",
        )
    return amount


def currency_shown(value: CellValue) -> tuple[str, ...]:
    """Return the currency words that the format of a cell with a number shows, folded; none where none is known."""
    words = _WORDS_BESIDE.findall(value.shown) if isinstance(value, ShownNumber) else ()
    return tuple(fold(word) for word in words if currencies_named(word))


def _currencies_shown(value: CellValue) -> frozenset[str]:
    return frozenset().union(*(currencies_named(word) or () for word in currency_shown(value)))


_WORDS_BESIDE = re.compile(r"[^\d\s,.()+\-%]+\.?")


def amount_in(text: str, decimal_mark: str = "") -> tuple[float, frozenset[str]]:
    """Return the amount in a text and the currencies that it may be in, none where it names none.

    Raises:
        UnreadableError: It is no amount of money, or could be two.
    """
    body = clean(text)
    found = read_quantity(body, mark_of(decimal_mark), money=True)
    if found is None or found.unit or "%" in body:
        blank = fold(body) in _NOTHING
        remedy = "Leave the cell blank where there is none." if blank else _write(body, "2.50")
        raise UnreadableError("expected an amount of money.", remedy)
    return _only(found.values), found.currencies


def integer(value: CellValue, decimal_mark: str = "") -> int:
    """Return a cell as a whole number.

    Raises:
        UnreadableError: It is none, or could be two.
    """
    size = number(value, decimal_mark, "a whole number")
    if not size.is_integer():
        raise UnreadableError("expected a whole number.", "Write a number without a fraction, such as 8.")
    return int(size)


_YES = frozenset({"true", "yes", "y", "x", "✓", "✔", "ja", "oui", "on"})
_NO = frozenset({"false", "no", "n", "nein", "non", "off", "✗", "✘"})


def yes_no(value: CellValue) -> bool:
    """Return a cell as yes or no.

    Raises:
        UnreadableError: It is neither.
    """
    refuse_special(value)
    if isinstance(value, bool):
        return value
    word = fold(as_text(value))
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise UnreadableError("expected yes or no.", "Write yes or no.")


def choice(value: CellValue, choices: Iterable[str], spellings: Mapping[str, str]) -> str:
    """Return the choice that a cell names, by its word or another spelling.

    Raises:
        UnreadableError: It names none.
    """
    refuse_special(value)
    by_fold = {fold(c): c for c in choices}
    word = fold(as_text(value))
    if isinstance(value, bool):
        word = "yes" if value else "no"
    found = by_fold.get(word) or spellings.get(word) or by_fold.get(re.sub(r"[_-]", " ", word))
    if found:
        return found
    raise UnreadableError(
        f"expected {' or '.join(by_fold.values()) if len(by_fold) < 3 else 'one of: ' + listed(by_fold.values(), 12)}.",  # noqa: PLR2004 - two read as "or"
        near(as_text(value), by_fold.values()) or "Choose from the list.",
        "unknown choice",
    )
