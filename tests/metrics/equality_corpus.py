"""Pairs of an expected value and an answer, made with Babel for 20 locales and by hand: equal, not equal or unreadable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import format_unit

from reportgen.domain.records.plan import FieldType as T
from reportgen.metrics.values import Conventions

LOCALES = {
    "en_US": "USD", "en_GB": "GBP", "en_IN": "INR", "de_DE": "EUR", "de_CH": "CHF", "fr_FR": "EUR", "es_ES": "EUR",
    "it_IT": "EUR", "pt_BR": "BRL", "nl_NL": "EUR", "pl_PL": "PLN", "cs_CZ": "CZK", "ru_RU": "RUB", "uk_UA": "UAH",
    "tr_TR": "TRY", "sv_SE": "SEK", "ja_JP": "JPY", "zh_CN": "CNY", "ko_KR": "KRW", "vi_VN": "VND",
}  # fmt: skip
EQUAL, NOT_EQUAL, UNREADABLE = "equal", "not equal", "unreadable"
NUMBERS = ("1200", "1234.5", "0.75", "1234567.89", "-20.5", "7")
AMOUNTS = ("1200", "1250.5", "-20.25", "1234567.89")
DATES = tuple(dt.date(2026, month, day) for month, day in ((4, 3), (2, 28), (7, 14), (9, 1), (11, 30), (12, 25)))
UNITS = (("duration-day", "duration-hour"), ("length-kilometer", "length-meter"), ("mass-kilogram", "mass-gram"))


class Pair(NamedTuple):
    """One pair with what the program must say of it."""

    kind: T
    expected: str
    given: str
    verdict: str
    conventions: Conventions


def corpus() -> list[Pair]:
    """Return every pair, each once."""
    made = [pair for name, currency in LOCALES.items() for pair in _of_locale(name, currency)]
    return list(dict.fromkeys([*made, *_by_hand()]))


def _of_locale(name: str, currency: str) -> Iterator[Pair]:
    mark = str(Locale.parse(name).number_symbols["latn"]["decimal"])
    conventions = Conventions("DMY", mark, currency)
    yield from _numbers(name, mark, conventions)
    yield from _amounts(name, mark, currency, conventions)
    yield from _dates(name, conventions)
    for unit, other in UNITS:
        for size in (5, 90):
            plain = f"{size} {unit.partition('-')[2]}s".replace("meter", "metre")
            yield Pair(T.NUMBER, plain, format_unit(size, unit, "long", locale=name), EQUAL, conventions)
            yield Pair(T.NUMBER, plain, format_unit(size, other, "long", locale=name), NOT_EQUAL, conventions)
            yield Pair(T.NUMBER, plain, format_unit(size + 1, unit, "long", locale=name), NOT_EQUAL, conventions)


def _numbers(name: str, mark: str, conventions: Conventions) -> Iterator[Pair]:
    for number in NUMBERS:
        plain = number.replace(".", mark)
        yield Pair(T.NUMBER, plain, format_decimal(Decimal(number), locale=name), EQUAL, conventions)
        for other in (_negated(number), f"{number}1" if "." in number else f"{number}0", _turned(number)):
            yield Pair(T.NUMBER, plain, format_decimal(Decimal(other), "#,##0.######", locale=name), NOT_EQUAL, conventions)
        yield Pair(T.NUMBER, plain, f"{format_decimal(Decimal(number), locale=name)} gizmos", UNREADABLE, conventions)
    yield Pair(T.NUMBER, "12 %", format_percent(Decimal("0.12"), locale=name), EQUAL, conventions)
    yield Pair(T.NUMBER, "12", format_percent(Decimal("0.12"), locale=name), NOT_EQUAL, conventions)


def _amounts(name: str, mark: str, currency: str, conventions: Conventions) -> Iterator[Pair]:
    digits = {"JPY": "1", "KRW": "1", "VND": "1"}
    for amount in AMOUNTS:
        size = Decimal(amount).quantize(Decimal(digits.get(currency, "0.01")))
        plain = f"{currency} {size}".replace(".", mark)
        yield Pair(T.MONEY, plain, format_currency(size, currency, locale=name), EQUAL, conventions)
        yield Pair(T.MONEY, plain, format_currency(size, currency, "#,##0.00 ¤¤", locale=name), EQUAL, conventions)
        yield Pair(T.MONEY, plain, format_currency(size, currency, locale=name, format_type="name"), EQUAL, conventions)
        other = "USD" if currency != "USD" else "EUR"
        wrong = (-size, size * 10, size + Decimal(100))
        for each in wrong:
            yield Pair(T.MONEY, plain, format_currency(each, currency, locale=name), NOT_EQUAL, conventions)
        yield Pair(T.MONEY, plain, format_currency(size, other, locale=name), NOT_EQUAL, conventions)
        yield Pair(T.MONEY, plain, format_currency(size, other, locale=name, format_type="name"), NOT_EQUAL, conventions)


def _dates(name: str, conventions: Conventions) -> Iterator[Pair]:
    for date in DATES:
        for form in ("long", "full", "medium"):
            yield Pair(T.DATE, date.isoformat(), format_date(date, form, locale=name), EQUAL, conventions)
            another = date + dt.timedelta(days=1)
            yield Pair(T.DATE, date.isoformat(), format_date(another, form, locale=name), NOT_EQUAL, conventions)
            later = date.replace(year=date.year + 1)
            yield Pair(T.DATE, date.isoformat(), format_date(later, form, locale=name), NOT_EQUAL, conventions)


def _negated(number: str) -> str:
    return number.removeprefix("-") if number.startswith("-") else f"-{number}"


def _turned(number: str) -> str:
    """Return the number with its last digit changed."""
    return number[:-1] + str((int(number[-1]) + 3) % 10)


def _by_hand() -> Iterator[Pair]:
    for mark, rows in _TRAPS.items():
        for kind, verdict, lines in rows:
            for line in lines.strip().splitlines():
                expected, given = (part.strip() for part in line.split(" | "))
                yield Pair(kind, expected, given, verdict, Conventions("DMY", mark, "USD"))


_NUMBERS_EQUAL = """
500000 | 5 lakhs
50000000 | ₹5 Cr
12000 | 1.2万
120000000 | 1億2000万
35000 | 3万5000
5000000 | 5 млн
5000000000 | 5 Mrd.
60 | 5 dozen
25 | 25 m²
25 m² | 25 square metres
12 | 12 t CO₂
12 | ١٢
1234.5 | ١٬٢٣٤٫٥
1200 | １，２００
1234567 | 12,34,567
1234.5 | 1'234.50
1234.5 | 1’234.50
-5 | −5
-5 | (5)
-5 | 5-
-5 | minus 5
0.005 | 50 bps
5 kg | 5 kilograms
25000 | twenty-five thousand
5 Cr | 5 Cr
5 gizmos | 5 gizmos
5 MW | 5 megawatts
90 days | 90 Tage
10 | Ten.
5 | "5"
5 | **5**
20 °C | 20 degrees Celsius
"""
_NUMBERS_NOT = """
5 | 5 lakhs
1.2 | 1.2万
5 | 5 млн
5 | 5 dozen
5 | -5
-5 | 5
102 | 10²
5.5 | 51/2
5 kg | 5 g
10 kg | 10 t
60 minutes | 1 hour
5 MW | 5 mW
5 MB | 5 Mb
5 m² | 5 m³
5 m² | 5 metres
12 | 12 %
0.12 | 12
1.5 | 15
1200 | 1.200
12 t CO₂ | 12 t
5 km | 5 miles
20 °C | 20 °F
2 weeks | 14 days
"""
_NUMBERS_UNREADABLE = """
5 | 5 Cr
5 | 5 all
5 | 5 pen
-5 | 5 Cr
5 | 5 CR
5 | 5 gizmos
5 | about 5
5 | not 5
5 | 5 or 6
5 | 5-6
5 | <5
5 | up to 5
5 | 5 (five)
5 | at least 5
5 | 5½
100 | 10²
5 | no 5
5 | 5 m
5000000 | 5 m
5 | five or six
5 | 5+
5 | 5 to 10
5 | 1/5
5 | ≥5
5 | ca. 5
5 | 5*
5 | #5
5 | No. 5
5 | 5 or more
5 | min. 5
5 | ≈5
12 | 12-13
12 | 12/12
"""
_MONEY_EQUAL = """
1200 | R$ 1200
1200 | HK$1,200
1200 | 1200 ₽
1200 | ฿1,200
1200 | $1,200.00
USD 1,200 | $1,200
1200 | CHF 1'200.–
5000000 | $5m
1500000 | 1.5 million dollars
EUR 5000 | 5 T€
EUR 5000 | TEUR 5
EUR 12000000 | 12 Mio. €
-20 | -$20
-20 | ($20)
-20 | 20 USD-
CHF 5 | 5 Swiss francs
JPY 120000000 | 1億2000万円
INR 500000 | ₹5 lakh
INR 50000000 | ₹5 crore
1200 | 1200 Ft
5000000 | $5MM
"""
_MONEY_NOT = """
EUR 1250 | USD 1250
EUR 1250 | $1250
CAD 5 | $5
HKD 5 | $5
1250 | 12.50
10.50 | 1050
-20.00 | 20.00
EUR 20 | EUR -20
1200 | 1200 kg
GBP 5 | €5
CNY 5 | JPY 5
USD 5 | HK$5
"""
_MONEY_UNREADABLE = """
1200 | 1200 CR
1200 | 1200 Cr.
EUR 5 | 5 EUR/m²
EUR 5 | 5 EUR per month
EUR 5 | 5 EUR net
1200 | no 1200
EUR 5 | about EUR 5
EUR 1200 | EUR 1200 plus VAT
"""
_DATES_EQUAL = """
2026-04-03 | 2026年4月3日
2026-04-03 | 2026年4月3日(金)
2026-04-03 | 3 апреля 2026
2026-04-03 | 3 kwietnia 2026
2026-04-03 | the 3rd day of April, 2026
2026-04-03 | Friday, 3 April 2026
2026-04-03 | 20260403
2026-04-03 | 03/04/2026
2026-04-03 | 3-Apr-26
2026-04-03 | ٣ أبريل ٢٠٢٦
2026-04-03 | 3. huhtikuuta 2026
2026-04-03 | 3 d’abril del 2026
2026-04 | April 2026
5 years after signing | 5 years after signing
"""
_DATES_NOT = """
2026-04-03 | 2026-03-04
2026-04-03 | April 2026
2026-04-03 | 3 April
2026-04-03 | 2026年4月4日
2026-04-03 | 3 мая 2026
2026-04-03T10:00:00 | 2026-04-03T11:00:00
2026-04-03 | 03/04/2025
"""
_DATES_UNREADABLE = """
2026-04-03 | before 3 April 2026
2026-04-03 | not 3 April 2026
2026-04-03 | 3 April 2026 or later
2026-04-03 | Saturday, 3 April 2026
2026-04-03 | 3 เมษายน 2569
2026-04-03 | 令和8年4月3日
2026-10-03 | 3 listopada 2026
2026-11-03 | 3 listopada 2026
2026-04-03 | 1405/01/14
2026-04-03 | tomorrow
2026-04-03 | 31 April 2026
2026-04-03 | 3 or 4 April 2026
2026-04-03 | until 3 April 2026
2026-04-03 | 5 Nisan 5786
2026-04-03 | 民國115年4月3日
2026-04-03 | circa 3 April 2026
2026-04-03 | Q2 2026
"""
_TEXTS_EQUAL = """
Net 30 days. | net 30 Days
L.L.C. | LLC
O’Brien | O'Brien
Café | Cafe\u0301
C++ | c++
BBB- | bbb-
A* | A*
ﬁnal oﬀer | final offer
"""
_TEXTS_NOT = """
BBB- | BBB
BBB | BBB-
A* | A
A+ | A
AA+ | AA
Hepatitis A | Hepatitis B
hypertension | hypotension
Pets allowed | Pets not allowed
Delivery included | Delivery excluded
Freight 10.50 | Freight 1050
-20.00 | 20.00
(5) | 5
10 kg | 10 t
Vitamin A | Vitamin
C++ | C
C# | C
10² | 102
5½ | 51/2
shall | may
all | few
at least 5 | at most 5
INV-001 | INV-0001
INV-001 | INV-010
~5 | 5
5 % | 5
$5 | €5
5" | 5'
<5 | 5
±5 | 5
5° | 5
3/4 | 34
50% | 50
"""
_NAMES_EQUAL = """
Smith & Sons, Inc. | Smith and Sons Inc
ACME Corp. | Acme corp
"""
_NAMES_NOT = """
Acme Corp | Acme
Anna Meier | Anna Meyer
John Smith Jr. | John Smith
Acme Holding A | Acme Holding B
Bank 1 | Bank 2
"""
_TRAPS = {
    ".": (
        (T.NUMBER, EQUAL, _NUMBERS_EQUAL),
        (T.NUMBER, NOT_EQUAL, _NUMBERS_NOT),
        (T.NUMBER, UNREADABLE, _NUMBERS_UNREADABLE),
        (T.MONEY, EQUAL, _MONEY_EQUAL),
        (T.MONEY, NOT_EQUAL, _MONEY_NOT),
        (T.MONEY, UNREADABLE, _MONEY_UNREADABLE),
        (T.DATE, EQUAL, _DATES_EQUAL),
        (T.DATE, NOT_EQUAL, _DATES_NOT),
        (T.DATE, UNREADABLE, _DATES_UNREADABLE),
        (T.TEXT, EQUAL, _TEXTS_EQUAL),
        (T.TEXT, NOT_EQUAL, _TEXTS_NOT),
        (T.LIST, NOT_EQUAL, _TEXTS_NOT),
        (T.LIST, EQUAL, _TEXTS_EQUAL),
        (T.NAME, EQUAL, _NAMES_EQUAL),
        (T.NAME, NOT_EQUAL, _NAMES_NOT),
    ),
    ",": (
        (T.NUMBER, EQUAL, "1200 | 1.200\n1,2 | 1,200\n1200,5 | 1.200,50\n12,5 | 12.5\n"),
        (T.NUMBER, NOT_EQUAL, "1200 | 1,200\n1,2 | 1.200\n"),
        (T.NUMBER, UNREADABLE, "2000000000 | 2 billion\n1200 | 1,200.00\n"),
    ),
    "": (
        (T.NUMBER, UNREADABLE, "1200 | 1,200\n1200 | 1.200\n1,2 | 1.200\n"),
        (T.NUMBER, EQUAL, "1200 | 1,200.00\n1200 | 1.200,00\n12.5 | 12,5\n"),
    ),
}
