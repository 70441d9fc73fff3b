"""The word under Unit: another currency or unit than the row's is refused, one of the same kind is converted and said."""

# ruff: noqa: EM101, EM102, TRY003 - the end of each sentence stands where its fault is found

from __future__ import annotations

import re
from collections.abc import Mapping

from reportgen.domain.reading.numbers import read_quantity
from reportgen.workbook.rows.values import fold

CONVERTED = "converted"
"""The code of a figure that was given in another unit of the same kind."""
_OWN_CURRENCY = frozenset({"currency", "the currency", "money", "amount"})
"""Words of the blank workbook for the Currency of the sheet Evaluation, whatever it is."""
_MINUTES: Mapping[str, float] = {
    **dict.fromkeys(("", "m", "min", "mins", "minute", "minutes", "minuten", "minutes per review", "min per review"), 1.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "std", "stunden"), 60.0),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sekunden"), 1 / 60),
}
_NO_CODES = frozenset({"min", "sec", "hrs", "std", "pct", "day", "per", "one", "all", "ms", "mio", "tsd"})
"""Words of three letters that are no code of a currency."""
_MONTHS: Mapping[str, float] = {
    **dict.fromkeys(("", "month", "months", "monate"), 1.0),
    **dict.fromkeys(("year", "years", "jahre"), 12.0),
}
_SHARES = frozenset({"", "%", "percent", "per cent", "pct", "share", "fraction", "ratio", "0 to 1"})
_FACTORS = frozenset({"", "factor", "x", "times", "multiple"})
_COUNTED = frozenset({"", "tasks", "tasks per month", "tasks a month", "tasks/month"})
"""What counts tasks without a look at the names of all the world's currencies, which takes most of a second."""
_OTHER_COUNT = re.compile(
    r"%|\b(?:day|daily|week|weekly|quarter|year|yearly|annual|annually|annum|hours?|minutes?|thousands?|millions?|k|tsd|mio)\b"
)
_PER = re.compile(r"(?:\s*(?:/|\bper\b|\ban?\b)\s*)(.+)")
_HOUR, _MONTH, _TASK = (
    {"hour", "h", "hr", "std"},
    {"month", "mo", "monat"},
    {"task", "request", "document", "case", "error", "call"},
)


class OtherUnitError(ValueError):
    """A word under Unit that is not the row's unit; the text is the end of a sentence that says what is."""

    def __init__(self, tail: str, *, another_currency: bool = False) -> None:
        super().__init__(tail)
        self.another_currency = another_currency


def currencies_of(word: str) -> frozenset[str]:
    """Return the currencies that a word or sign may mean, none where it is no currency."""
    found = read_quantity(f"1 {word}") if word else None
    if found is not None and found.currencies:
        return found.currencies
    return frozenset({word.upper()}) if re.fullmatch("[a-z]{3}", word) and word not in _NO_CODES else frozenset()


def money_unit(unit: str, currency: str) -> str:
    """Return the unit in which an amount was read: what stands there where it names the currency, else the currency."""
    return unit if not unit or currency in unit else currency


def currency_in(unit: str, currency: str) -> str:
    """Return what follows the currency in a unit such as `EUR per hour`, folded.

    Raises:
        OtherUnitError: It names another currency, or none.
    """
    text = fold(unit)
    if not text or text in _OWN_CURRENCY:
        return ""
    parts = _PER.search(text)
    word = (text[: parts.start()] if parts else text).strip()
    if word in _OWN_CURRENCY or word == currency.casefold() or currency.upper() in currencies_of(word):
        return parts[1].strip(" .") if parts else ""
    if currencies_of(word):
        raise OtherUnitError(f"and the Currency of this evaluation is {currency}", another_currency=True)
    raise OtherUnitError(f"expected {currency}")


def factor_of(row: str, kind: str, unit: str, currency: str) -> float:
    """Return by what a figure of a row of the sheet Costs is multiplied.

    Args:
        row: The row's name, which says of what an amount of money is.
        kind: The unit that the row has by itself: `minutes`, `months`, `%`, `factor`, `tasks`, or an amount of money.
        unit: What stands under Unit.
        currency: The Currency of the evaluation.

    Raises:
        OtherUnitError: It is another currency, or no unit of that kind.
    """
    text = fold(unit).rstrip(".")
    match kind:
        case "minutes" | "months":
            known = _MINUTES if kind == "minutes" else _MONTHS
            if text not in known:
                raise OtherUnitError(f"expected {kind}")
            return known[text]
        case "%" | "factor":
            if text not in (_SHARES if kind == "%" else _FACTORS):
                raise OtherUnitError("expected %" if kind == "%" else "expected a factor such as 1.2")
            return 1.0
        case "tasks":
            if text not in _COUNTED and (_OTHER_COUNT.search(text) or currencies_of(text)):
                raise OtherUnitError("expected tasks, counted by the month")
            return 1.0
        case _:
            _check_per(row, currency_in(unit, currency), currency)
            return 1.0


def _check_per(row: str, per: str, currency: str) -> None:
    """Refuse an amount for something else than the row says: a cost per hour that is given per day."""
    own = _HOUR if "hour" in row else _MONTH if "month" in row else _TASK
    if per and not {per, per.removesuffix("s")} & own and own is not _TASK:
        raise OtherUnitError(f"expected {currency} {row[row.index('per') :]}")
    if per and own is _TASK and {per, per.removesuffix("s")} & (_HOUR | _MONTH | {"day", "week", "year", "minute"}):
        raise OtherUnitError(f"expected {currency}")
