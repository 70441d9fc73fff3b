"""The one place that rounds figures: documents, workbook and console print through it, so one figure has one text.

Bounds are rounded away from flattery, and limits told apart from figures that miss them. "100 %" is said only of all and
"0 %" only of none: a figure between them gets more digits until it can be told apart.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from reportgen.domain.records.measure import Unit
from reportgen.domain.records.plan import Comparator, ServiceLevel

NEAREST, DOWN, UP = ROUND_HALF_UP, ROUND_FLOOR, ROUND_CEILING
NBSP = "\u00a0"
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
SHORT_S = 1
"""Durations below are told in milliseconds."""
_LEAST_MS = 3
"""Decimals of a millisecond at most."""
_MOST_PLACES = {Unit.SHARE: 6, Unit.SECONDS: 12, Unit.MONEY: 12, Unit.NUMBER: 12}


_SENTENCES = """
a all an and any are as at be best both by candidate candidates cheapest cost costs do does each either every fails few first
good hand he high i if in is it its last least less likely low manual many maybe meets model models more most neither next no
nobody none not nothing now of off on one only or other others our people pilot price production proven quality reference
review same second should she some task tasks test that the them then they this those two unlikely up we what who winner work
yes you
"""
_OUR_WORDS = frozenset(_SENTENCES.split())
"""Words that sentences of ours are made of."""
_SENTENCE = re.compile(r"[.!?:;,](\s|$)|^[A-Z][^\W\d_]*(\s[^\W\d_A-Z]+){2,}$")
"""A name with a sentence's stops in it, or of a capital and three words or more, the others small."""


def amount(
    value: float,
    unit: Unit,
    currency: str,
    *,
    beside: float | None = None,
    rounding: str = NEAREST,
    places: int | None = None,
) -> str:
    """Return a figure in its unit: `94.0 %`, `850 ms`, `2.35 s`, `68.9 s`, `$0.0145`.

    What rounds to no time at all reads `under 0.001 ms`.

    Args:
        value: the unrounded figure, finite.
        unit: its unit.
        currency: the currency of the evaluation.
        beside: a limit printed next to it; digits are added while both would look alike though they differ.
        rounding: `DOWN` for a lower bound, `UP` for an upper one.
        places: decimals at least; None = as many as the size of the figure calls for.
    """
    short = unit is Unit.SECONDS and 0 < abs(value) < SHORT_S
    scale = 1000 if short else 1
    exact = _exact(value, unit) * scale
    limit = None if beside is None else _exact(beside, unit) * scale
    digits = _places(abs(exact), unit, short=short) if places is None else 0 if exact == 0 else places
    if unit is Unit.SHARE and exact in {0, 100}:
        digits = 0
    if short and limit is None and digits >= _LEAST_MS and _round(exact, _LEAST_MS, rounding) == 0:
        return f"under 0.001{NBSP}ms"
    shown = _told_apart(exact, digits, rounding, {limit, Decimal(0), Decimal(100) if unit is Unit.SHARE else None}, unit)
    told = _with_unit(f"{abs(shown):,f}", unit, currency, negative=exact < 0)
    return f"{told.removesuffix('s')}ms" if short else told


def _told_apart(exact: Decimal, digits: int, rounding: str, flat: set[Decimal | None], unit: Unit) -> Decimal:
    """Return the figure rounded to so many decimals, or to more while it would look like something that it is not."""
    most = _MOST_PLACES[unit]
    for places in range(digits, most + 1):
        shown = _round(exact, places, rounding)
        if shown == exact or shown not in flat:
            return shown
    return _round(exact, most, DOWN if exact < _round(exact, most, rounding) else UP)


def limit_words(value: float, unit: Unit, currency: str) -> str:
    """Return a limit as it was agreed, without added zeros: `90 %`, `2.5 s`, `$0.15`."""
    text = f"{_exact(value, unit).normalize():,f}"
    if unit is Unit.MONEY and len(text.partition(".")[2]) == 1:
        text += "0"
    return _with_unit(text.removeprefix("-"), unit, currency, negative=value < 0)


def level_words(level: ServiceLevel, unit: Unit, currency: str) -> str:
    """Return `the level of at least 90 %`."""
    side = "at least" if level.comparator is Comparator.AT_LEAST else "at most"
    return f"the level of {side} {limit_words(level.target, unit, currency)}"


def money(value: float, currency: str) -> str:
    """Return an amount of money with the digits that say something: `$1,250`, `$3.75`, `$0.000897`."""
    return amount(value, Unit.MONEY, currency)


def capital(text: str) -> str:
    """Return `text` with its first letter large; `p95 latency` keeps its small one, `token F1` its rest."""
    return text if text.startswith(("p50", "p95", "p99")) else text[:1].upper() + text[1:]


def percent(share: float) -> str:
    """Return a share as a whole percentage, `5 %`; `100 %` only of all, `0 %` only of none."""
    return amount(share, Unit.SHARE, "", places=0)


def counted(many: int, one: str, more: str = "") -> str:
    """Return a count with its noun: `1 example`, `12,345 examples`."""
    return f"{many:,} {one if many == 1 else more or one + 's'}"


def about(many: int) -> str:
    """Return a count that is an estimate: thousands by their first two digits, `3,500` for 3,527; others as they are."""
    step = 1 if many < 1000 else 10 ** (len(str(many)) - 2)  # noqa: PLR2004 - below, every digit may be read
    return f"{round(many / step) * step:,}"


def listed(items: Iterable[str], most: int = 6) -> str:
    """Return `a, b and c`, or `a, b and 4 more` where there are more than `most`."""
    names = list(items)
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1:,} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def named(name: str) -> str:
    """Return a candidate's name as a sentence may hold it: in quotation marks where it would read as words of ours.

    `only` would make "Should only do this task?" another question, and so would `Ask people first!`; `gpt-small` reads
    as a name by itself.
    """
    words = name.casefold().replace("-", " ").split()
    single = len(name.strip()) == 1 and name.strip().isupper()
    ours = bool(words) and not single and all(word in _OUR_WORDS for word in words)
    return f"“{name}”" if ours or _SENTENCE.search(name.strip()) else name


def row_in_words(row: Mapping[str, str]) -> str:
    """Return a row of parts on one line: `Description: Freight; Amount: 10.50`; blank parts fall away."""
    return "; ".join(f"{name}: {' '.join(text.split())}" for name, text in row.items() if text)


def _exact(value: float, unit: Unit) -> Decimal:
    """Return the figure as people write it, in the unit's own figures (per cent for shares)."""
    return shortest(value) * 100 if unit is Unit.SHARE else shortest(value)


def shortest(value: float) -> Decimal:
    """Return `value` as people write it: the shortest decimal that reads back as this float, so 0.29 stays 0.29."""
    return Decimal(repr(float(value)))


def in_currency(text: str, currency: str) -> str:
    """Return an amount with its currency: `$4.50`, `CHF 4.50`."""
    symbol = _SYMBOLS.get(currency.upper())
    return f"{symbol}{text}" if symbol else f"{currency}{NBSP}{text}"


def _round(value: Decimal, places: int, rounding: str) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=rounding)


def _places(size: Decimal, unit: Unit, *, short: bool) -> int:
    """Return one digit for percentages, cents from one on; otherwise three significant digits, two below 100 ms."""
    if size == 0:
        return 0
    exponent = math.floor(math.log10(size))
    match unit:
        case Unit.SHARE:
            return 1
        case Unit.NUMBER:
            return 2
        case Unit.SECONDS:
            return min(_LEAST_MS, max(0, (1 if short else 2) - exponent))
        case Unit.MONEY:
            if size >= 1000:  # noqa: PLR2004 - cents say nothing beside thousands
                return 0
            return 2 if size >= 1 else 2 - exponent


def _with_unit(text: str, unit: Unit, currency: str, *, negative: bool = False) -> str:
    sign = "−" if negative else ""
    match unit:
        case Unit.SHARE:
            return f"{sign}{text}{NBSP}%"
        case Unit.SECONDS:
            return f"{sign}{text}{NBSP}s"
        case Unit.MONEY:
            return f"{sign}{in_currency(text, currency)}"
        case Unit.NUMBER:
            return f"{sign}{text}"
