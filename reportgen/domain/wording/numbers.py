"""Figures of the documents in words: `domain.wording.figures` rounds; here stands what is printed where there is none.

Also intervals, differences, dates and hashes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum

from reportgen.domain.records.measure import Unit
from reportgen.domain.wording import figures
from reportgen.domain.wording.figures import shortest

_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?")
DASH = "–"
"""What stands where there is no figure."""

NBSP = figures.NBSP
listing = figures.listed
_MOST_DIGITS = 6


class Rounding(Enum):
    """Which way a figure is rounded: an estimate to the nearest, a lower bound down, an upper bound up."""

    NEAREST = figures.NEAREST
    DOWN = figures.DOWN
    UP = figures.UP


def _rounded(value: Decimal, digits: int, rounding: Rounding) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), rounding=rounding.value)


def share(
    value: float | None, rounding: Rounding = Rounding.NEAREST, *, digits: int = 1, beside: float | None = None
) -> str:
    """Return a share (0 to 1) as a percentage: `92.4 %`.

    Args:
        value: the share; None gives a dash.
        rounding: which way.
        digits: digits after the point at least.
        beside: a limit printed next to it; digits are added while both would print alike though they differ.
    """
    return (
        DASH
        if value is None
        else figures.amount(value, Unit.SHARE, "", beside=beside, rounding=rounding.value, places=digits)
    )


def limit(value: float, unit: Unit, currency: str) -> str:
    """Return a service level's target as it was agreed, without added zeros: `90 %`, `2.5 s`, `$0.15`."""
    return figures.limit_words(value, unit, currency)


def _plain(value: Decimal) -> str:
    text = f"{round(value, _MOST_DIGITS).normalize():,f}"
    return "0" if text == "-0" else text


def money_digits(values: Iterable[float | None]) -> int:
    """Return how many decimals a column of amounts needs so that its smallest keeps two significant digits (2 to 6)."""
    sizes = [abs(v) for v in values if v is not None and v != 0 and math.isfinite(v)]
    if not sizes or min(sizes) >= 1:
        return 0 if sizes and min(sizes) >= 1000 else 2  # noqa: PLR2004 - cents say nothing beside thousands
    return min(_MOST_DIGITS, max(2, 1 - math.floor(math.log10(min(sizes)))))


def money(value: float | None, currency: str, rounding: Rounding = Rounding.NEAREST, *, digits: int | None = None) -> str:
    """Return an amount in the plan's currency with sensible digits: `$0.000897`, `$4.50`, `$12,345`; None is a dash."""
    if value is None:
        return DASH
    if math.isinf(value):
        return "without limit"
    return figures.amount(value, Unit.MONEY, currency, rounding=rounding.value, places=digits)


def seconds(value: float | None, rounding: Rounding = Rounding.NEAREST) -> str:
    """Return a duration: `850 ms`, `2.35 s`, `68.9 s`; infinite reads `not reached`, None is a dash.

    What rounds to no time at all reads `under 0.001 ms`.
    """
    if value is None:
        return DASH
    if math.isinf(value):
        return "not reached"
    return figures.amount(value, Unit.SECONDS, "", rounding=rounding.value)


def count(value: int | None) -> str:
    """Return a count with a thousands mark: `12,345`; None is a dash."""
    return DASH if value is None else f"{value:,d}"


def number(value: float | None, digits: int = 3) -> str:
    """Return a plain number with at most `digits` significant digits after a leading whole part: `40,000`, `3.5`."""
    if value is None:
        return DASH
    if math.isinf(value):
        return "none"
    size = abs(value)
    places = 0 if value == int(value) or size >= 1000 else max(0, digits - 1 - math.floor(math.log10(size)))  # noqa: PLR2004
    return _plain(_rounded(shortest(value), places, Rounding.NEAREST))


def plural(many: int, one: str, more: str = "") -> str:
    """Return a count with its noun: `1 example`, `12,345 examples`, `no entries` never: zero reads `0 examples`."""
    return f"{count(many)}{NBSP}{one if many == 1 else more or one + 's'}"


def measure(
    value: float | None, unit: Unit, currency: str, rounding: Rounding = Rounding.NEAREST, *, beside: float | None = None
) -> str:
    """Return a figure in its own unit; `beside` is a limit that it must be told apart from."""
    if value is None:
        return DASH
    if math.isinf(value):
        return "not reached" if unit is Unit.SECONDS else "without limit"
    return figures.amount(value, unit, currency, beside=beside, rounding=rounding.value)


def interval(low: float | None, high: float | None, unit: Unit, currency: str) -> str:
    """Return `89.1 % to 95.6 %` or `0.28 to 0.41 ms`, rounded outwards.

    An open end reads `at least` or `at most`, none of both a dash.
    """
    has_low = low is not None and math.isfinite(low)
    has_high = high is not None and math.isfinite(high)
    lower, upper = measure(low, unit, currency, Rounding.DOWN), measure(high, unit, currency, Rounding.UP)
    if has_low and has_high:
        return span(lower, upper)
    if has_low:
        return f"at least {lower}"
    return f"at most {upper}" if has_high else DASH


def difference(value: float | None, unit: Unit, currency: str) -> str:
    """Return a signed difference; shares are told in points: `+1.2 points`."""
    if value is None or math.isinf(value):
        return DASH
    sign = "+" if value > 0 else "−" if value < 0 else ""
    match unit:
        case Unit.SHARE:
            shown = _rounded(abs(shortest(value)) * 100, 1, Rounding.NEAREST)
            return f"{sign if shown else ''}{shown}{NBSP}points"
        case Unit.SECONDS:
            return sign + seconds(abs(value))
        case Unit.MONEY:
            return sign + money(abs(value), currency)
        case Unit.NUMBER:
            return sign + figures.amount(abs(value), unit, currency)


def difference_interval(low: float | None, high: float | None, unit: Unit, currency: str) -> str:
    """Return the interval of a signed difference: `−0.4 to +2.8 points`."""
    if low is None or high is None:
        return DASH
    lower, upper = difference(low, unit, currency), difference(high, unit, currency)
    unit_word = f"{NBSP}points"
    return f"{lower.removesuffix(unit_word)} to {upper}"


def p_value(value: float | None) -> str:
    """Return a p value: `0.012`, `below 0.001`; never `0`."""
    if value is None:
        return DASH
    if value < 0.001:  # noqa: PLR2004 - the usual floor of print
        return "below 0.001"
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"  # noqa: PLR2004 - two digits are enough there


def date(text: str) -> str:
    """Return an ISO 8601 date or time as `23 November 2026`; text that is no date comes back as it is."""
    moment = _parsed(text)
    return text if moment is None else f"{moment.day}{NBSP}{moment:%B} {moment.year}"


def time(text: str) -> str:
    """Return an ISO 8601 time in UTC as `23 November 2026, 14:05 UTC`; text that is no time comes back as it is."""
    moment = _parsed(text)
    return text if moment is None else f"{moment.day}{NBSP}{moment:%B} {moment.year}, {moment:%H:%M}{NBSP}UTC"


def dated(text: str) -> str:
    """Return a sentence with every ISO 8601 time in it worded as by `time`."""
    return _ISO_TIME.sub(lambda found: time(found.group()), text)


def period(start: str, end: str) -> str:
    """Return `A to B` of two ISO 8601 times; once where they read alike to the minute."""
    first, last = time(start), time(end)
    return first if first == last else f"{first} to {last}"


def span(low: str, high: str) -> str:
    """Return `0.8 to 2 minutes` of two worded figures; a noun that both share is said once."""
    noun = high.rpartition(NBSP)[2]
    both = noun.isalpha() and low.endswith(NBSP + noun)
    return f"{low.removesuffix(NBSP + noun) if both else low} to {high}"


def _parsed(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def short_hash(digest: str) -> str:
    """Return the first 16 and the last 8 characters of a hash, as printed on every page."""
    return digest if len(digest) <= 24 else f"{digest[:16]}…{digest[-8:]}"  # noqa: PLR2004 - 16 + 8
