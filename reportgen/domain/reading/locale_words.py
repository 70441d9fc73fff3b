"""What the languages call months, weekdays, currencies and units: Babel's tables, asked only for a word not known else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from reportgen.domain.reading.text import fold

_LANGUAGES = """
en de fr es it pt nl da sv nb nn fi is et lv lt pl cs sk hu ro bg sl hr sr sr_Latn mk bs sq el tr ru uk be ka hy az kk uz
ar he fa ur hi bn mr gu pa ta te kn ml si ne th lo km my vi id ms fil sw af eu ca gl ga cy ja ko zh zh_Hant mn am
"""
LANGUAGES = tuple(_LANGUAGES.split())
"""The languages that are looked at first; the rare ones only for a month that none of these knows."""

_SHORTEST_LATIN = 4
"""Letters below which a word of a foreign table is too likely an English word or an abbreviation of something else."""


def _locales(names: tuple[str, ...] = LANGUAGES) -> Iterator[Any]:
    from babel import Locale  # noqa: PLC0415 - half a second for all tables, and most runs never ask

    for name in names:
        yield Locale.parse(name)


def _names(table: Any, contexts: tuple[str, ...] = ("format", "stand-alone")) -> Iterator[tuple[int, str]]:  # noqa: ANN401 - Babel's own mapping
    for context in contexts:
        for width in ("wide", "abbreviated"):
            for number, name in table.get(context, {}).get(width, {}).items():
                yield number, fold(str(name)).rstrip(".")


_PLURALS = frozenset({"zero", "one", "two", "few", "many", "other"})
_NOT_UNITS = frozenset({"generic", "foodcalorie", "dot", "ofglucose", "item", "part"})
"""Entries of the tables that say nothing of their own: a bare degree is an angle, a food calorie a calorie."""


@cache
def months() -> Mapping[str, frozenset[int]]:
    """Return the months by every name that the languages have for them; two where languages disagree (listopad)."""
    return _collected(LANGUAGES)


def _collected(names: tuple[str, ...]) -> Mapping[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for locale in _locales(names):
        for number, name in _names(locale.months):
            if name and not any(c.isdigit() or c.isspace() for c in name):
                found.setdefault(name, set()).add(number)
        if locale.language == "he":  # a letter before the month: 3 באפריל 2026
            for number, name in _names(locale.months):
                found.setdefault(f"ב{name}", set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


@cache
def weekdays() -> Mapping[str, frozenset[int]]:
    """Return the days of the week (Monday 0) by every name that the languages have for them."""
    found: dict[str, set[int]] = {}
    for locale in _locales():
        for number, name in _names(locale.days):
            found.setdefault(name, set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


@cache
def currency_codes() -> frozenset[str]:
    """Return the codes of all currencies, folded."""
    (english,) = _locales(("en",))
    return frozenset(code.casefold() for code in english.currencies)


@cache
def currency_words() -> Mapping[str, frozenset[str]]:
    """Return the codes by the names and local signs of the languages' tables (`Swiss francs`, `Schweizer Franken`)."""
    found: dict[str, set[str]] = {}
    for locale in _locales():
        data = locale._data  # noqa: SLF001 - Babel has no other door to the plural names
        plural = data.get("currency_names_plural", {})
        for code, name in locale.currencies.items():
            for word in (name, *plural.get(code, {}).values()):
                _put(found, fold(str(word)), code)
    return {word: frozenset(codes) for word, codes in found.items()}


@cache
def unit_words() -> Mapping[str, frozenset[str]]:
    """Return the units by their long names in all the languages (`Tage`, `километров`)."""
    found: dict[str, set[str]] = {}
    for locale in _locales():
        for unit, widths in locale._data.get("unit_patterns", {}).items():  # noqa: SLF001 - as above
            name = unit.partition("-")[2].replace("meter", "metre").replace("liter", "litre")
            if name.endswith("-person") or name in _NOT_UNITS or not hasattr(widths, "get"):
                continue
            for form, pattern in dict(widths.get("long", {})).items():
                if form in _PLURALS and isinstance(pattern, str) and pattern.startswith("{0}"):
                    _put(found, fold(pattern.removeprefix("{0}")), name)
    return {word: frozenset(units) for word, units in found.items()}


def _put(found: dict[str, set[str]], word: str, meaning: str) -> None:
    if word and (len(word) >= _SHORTEST_LATIN or not word.isascii()):
        found.setdefault(word, set()).add(meaning)
