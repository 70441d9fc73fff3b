"""Figures inside reasons and verdicts: bounds rounded away from flattery, limits told apart from figures that miss them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from reportgen.domain.records.measure import Unit
from reportgen.domain.records.plan import Comparator, ServiceLevel

NEAREST, DOWN, UP = ROUND_HALF_UP, ROUND_FLOOR, ROUND_CEILING
NBSP = "\u00a0"
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
SHORT_S = 0.1
"""Durations below are told in milliseconds."""
_MOST_PLACES = 12


def amount(value: float, unit: Unit, currency: str, *, beside: float | None = None, rounding: str = NEAREST) -> str:
    """Return a figure in its unit: `94.0 %`, `1.25 s`, `$0.0145`.

    Args:
        value: the unrounded figure.
        unit: its unit.
        currency: the currency of the evaluation.
        beside: a limit printed next to it; digits are added while both would look alike though they differ.
        rounding: `DOWN` for a lower bound, `UP` for an upper one.
    """
    short = unit is Unit.SECONDS and 0 < abs(value) < SHORT_S
    scale = 1000 if short else 1
    exact = _exact(value, unit) * scale
    places = _places(abs(exact), unit)
    limit = None if beside is None else _exact(beside, unit) * scale
    full = Decimal(100) if unit is Unit.SHARE else None
    while places < _MOST_PLACES:
        shown = _round(exact, places, rounding)
        flat = shown != exact and shown in {limit, Decimal(0), full}
        if not flat:
            break
        places += 1
    told = _with_unit(f"{abs(_round(exact, places, rounding)):,f}", unit, currency, negative=exact < 0)
    return f"{told.removesuffix('s')}ms" if short else told


def level_words(level: ServiceLevel, unit: Unit, currency: str) -> str:
    """Return `the level of at least 90 %`."""
    side = "at least" if level.comparator is Comparator.AT_LEAST else "at most"
    exact = _exact(level.target, unit)
    text = f"{exact.normalize():,f}"
    if unit is Unit.MONEY and len(text.partition(".")[2]) == 1:
        text += "0"
    return f"the level of {side} {_with_unit(text, unit, currency)}"


def money(value: float, currency: str) -> str:
    """Return an amount of money with the digits that say something: `$1,250`, `$3.75`, `$0.000897`."""
    return amount(value, Unit.MONEY, currency)


def capital(text: str) -> str:
    """Return `text` with its first letter large; `p95 latency` keeps its small one, `token F1` its rest."""
    return text if text.startswith(("p50", "p95", "p99")) else text[:1].upper() + text[1:]


def percent(share: float) -> str:
    """Return a share as a whole percentage, `5 %`; `100 %` only of all, `0 %` only of none."""
    exact = _exact(share, Unit.SHARE)
    whole = _round(exact, 0, NEAREST)
    return amount(share, Unit.SHARE, "") if whole in {0, 100} and whole != exact else f"{whole:f}{NBSP}%"


def counted(many: int, one: str, more: str = "") -> str:
    """Return a count with its noun: `1 example`, `12,345 examples`."""
    return f"{many:,} {one if many == 1 else more or one + 's'}"


def listed(items: Iterable[str], most: int = 6) -> str:
    """Return `a, b and c`, or `a, b and 4 more` where there are more than `most`."""
    names = list(items)
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1:,} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


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


def _places(size: Decimal, unit: Unit) -> int:
    """Return one digit for percentages (none for 0 and 100), cents from one on, three significant digits below."""
    match unit:
        case Unit.SHARE:
            return 0 if size in {0, 100} else 1
        case Unit.SECONDS | Unit.MONEY:
            if size == 0 or size >= 1000:  # noqa: PLR2004 - cents say nothing beside thousands
                return 0
            return 2 if size >= 1 else min(_MOST_PLACES, 2 - math.floor(math.log10(size)))


def _with_unit(text: str, unit: Unit, currency: str, *, negative: bool = False) -> str:
    sign = "−" if negative else ""
    match unit:
        case Unit.SHARE:
            return f"{sign}{text}{NBSP}%"
        case Unit.SECONDS:
            return f"{sign}{text}{NBSP}s"
        case Unit.MONEY:
            return f"{sign}{in_currency(text, currency)}"
