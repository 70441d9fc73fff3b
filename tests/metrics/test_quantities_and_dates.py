"""Numbers, amounts and dates: read by what was declared, never guessed (formulas.md 3.2)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.domain.reading.dates import CalendarDate, dates_in, read_date
from reportgen.domain.reading.mentions import numbers_in
from reportgen.domain.reading.numbers import read_quantity
from reportgen.domain.reading.text import comparable, fold, words, yes_or_no


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("1250", "", "1250"),
        ("-£20", "", "-20"),
        ("£-20", "", "-20"),
        ("(1,234.50)", "", "-1234.50"),
        ("USD 12k", "", "12000"),
        ("1.5 million dollars", "", "1500000"),
        ("2 bn", "", "2000000000"),
        ("12 %", "", "0.12"),
        ("1,234.50", "", "1234.50"),
        ("1.234,50", "", "1234.50"),
        ("1.234,50 €", ",", "1234.50"),
        ("1 234,50", "", "1234.50"),
        ("1\u202f234,50", ",", "1234.50"),
        ("CHF 1'234.50", "", "1234.50"),
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("1.234", ".", "1.234"),
        ("1.234", ",", "1234"),
        ("1250.5", ",", "1250.5"),
        ("12,5", "", "12.5"),
        ("0.125", "", "0.125"),
        ("1,234,567", "", "1234567"),
        ("1,00,000", ".", "100000"),
        (".5", "", "0.5"),
        ("500.-", "", "500"),
        ("500-", "", "-500"),
        ("(-20)", "", "-20"),
        ("£(1,234.50)", "", "-1234.50"),
        ("EUR (20)", "", "-20"),
        ("2.5k", ".", "2500"),
        ("3 mn", "", "3000000"),
        ("USD 1.2 bn", ".", "1200000000"),
        ("12 Mio. €", "", "12000000"),
        ("three", "", "3"),
        ("twenty-five thousand", "", "25000"),
        ("one hundred and five", "", "105"),
        ("90 days", "", "90"),
    ],
)
def test_a_number_is_read_with_sign_scale_currency_and_unit(text: str, mark: str, value: str) -> None:
    quantity = read_quantity(text, mark)
    assert quantity is not None
    assert quantity.values == (Decimal(value),)


@pytest.mark.parametrize("text", ["1.234", "1,234", "€ 12.000"])
def test_a_number_with_two_readings_keeps_both(text: str) -> None:
    quantity = read_quantity(text)
    assert quantity is not None
    assert quantity.ambiguous


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("free", ""),
        ("", ""),
        ("1 to 5", ""),
        ("about 5", ""),
        ("1.2.3", ""),
        ("1.234,50", "."),
        ("12,34,5", ""),
        ("9" * 200, ""),
        ("5 (five)", ""),
        ("invoice (5)", ""),
        ("300 CR", ""),
        ("CR 300", ""),
        ("5 Cr", ""),
        ("5 gizmos", ""),
        ("(5) days", ""),
    ],
)
def test_what_is_no_number_is_none(text: str, mark: str) -> None:
    assert read_quantity(text, mark) is None


@pytest.mark.parametrize(
    ("text", "currencies"),
    [("€5", {"EUR"}), ("5 euros", {"EUR"}), ("GBP 5", {"GBP"}), ("US$5", {"USD"}), ("5", set())],
)
def test_currencies_are_read_from_sign_code_or_word(text: str, currencies: set[str]) -> None:
    quantity = read_quantity(text)
    assert quantity is not None
    assert quantity.currencies == currencies


@pytest.mark.parametrize(
    ("short", "long"), [("90 min", "90 minutes"), ("2 h", "2 hours"), ("3 pcs", "3 pieces"), ("10 kg", "10 kilograms")]
)
def test_a_unit_is_the_same_written_short_or_long(short: str, long: str) -> None:
    assert read_quantity(short) == read_quantity(long)


def test_what_price_parser_loses_is_kept() -> None:
    """Sign, scale and the doubt (formulas.md 3.2): it reads 20, 12, 1.5, 1234.50, 0 and 1234."""
    found = [read_quantity(t) for t in ("-£20", "USD 12k", "1.5 million dollars", "(1,234.50)", "free", "1.234")]
    assert [q and q.values for q in found] == [
        (Decimal(-20),),
        (Decimal(12_000),),
        (Decimal(1_500_000),),
        (Decimal("-1234.50"),),
        None,
        (Decimal(1234), Decimal("1.234")),
    ]


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False))
def test_what_is_written_with_either_decimal_mark_is_read_back(value: Decimal) -> None:
    english = f"{value:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    for text, mark in ((english, "."), (german, ",")):
        quantity = read_quantity(text, mark)
        assert quantity is not None
        assert quantity.values == (value,)


@given(st.text(max_size=60))
def test_no_text_makes_the_readers_fail(text: str) -> None:
    read_quantity(text)
    read_date(text)
    list(numbers_in(fold(text)))
    list(dates_in(fold(text)))
    assert comparable(comparable(text)) is not None


def test_numbers_in_running_text_are_found_as_digits_and_as_words() -> None:
    found = {m.text: m.values for m in numbers_in(fold("Three men paid $1.5 million, 12 % of it in 2024; one left."), ".")}
    assert found["three"] == {Decimal(3)}
    assert found["1.5"] == {Decimal(1_500_000)}
    assert found["12"] == {Decimal(12), Decimal("0.12")}
    assert "one" not in found


DAY = CalendarDate(2024, 4, 3)


@pytest.mark.parametrize(
    ("text", "order", "dates"),
    [
        ("2024-04-03", "DMY", (DAY,)),
        ("2024-04-03", "MDY", (DAY,)),
        ("20240403", "", (DAY,)),
        ("2024-04-03T00:00:00Z", "", (DAY,)),
        ("03/04/2024", "DMY", (DAY,)),
        ("04/03/2024", "MDY", (DAY,)),
        ("3.4.24", "DMY", (DAY,)),
        ("24-04-03", "YMD", (DAY,)),
        ("3 April 2024", "", (DAY,)),
        ("April 3rd, 2024", "", (DAY,)),
        ("Wednesday, 3 April 2024", "", (DAY,)),
        ("the 3rd day of April, 2024", "", (DAY,)),
        ("3. März 2024", "", (CalendarDate(2024, 3, 3),)),
        ("3 de abril de 2024", "", (DAY,)),
        ("03-Apr-2024", "", (DAY,)),
        ("3-Apr-24", "", (DAY,)),
        ("3 avr. 2024", "", (DAY,)),
        ("04/2024", "", (CalendarDate(2024, 4, None),)),
        ("Apr-2024", "", (CalendarDate(2024, 4, None),)),
        ("13/2024", "", ()),
        ("1.234", "", ()),
        ("25/04/2024", "", (CalendarDate(2024, 4, 25),)),
        ("03/04/2024", "", (DAY, CalendarDate(2024, 3, 4))),
        ("March 2024", "", (CalendarDate(2024, 3, None),)),
        ("2024-03", "", (CalendarDate(2024, 3, None),)),
        ("December 30", "", (CalendarDate(None, 12, 30),)),
        ("25/04/2024", "MDY", ()),
        ("2024-02-30", "", ()),
        ("12.5", "", ()),
        ("yesterday", "", ()),
        ("5 years from the Effective Date", "", ()),
    ],
)
def test_dates_are_read_by_the_declared_order_and_never_relative_to_today(
    text: str, order: str, dates: tuple[CalendarDate, ...]
) -> None:
    assert read_date(text, order) == dates


@given(st.dates(min_value=dt.date(1970, 1, 1), max_value=dt.date(2060, 12, 31)))
def test_a_written_day_is_read_back_in_every_declared_order(day: dt.date) -> None:
    wanted = (CalendarDate(day.year, day.month, day.day),)
    for form, order in (("%d/%m/%Y", "DMY"), ("%m/%d/%Y", "MDY"), ("%Y/%m/%d", "YMD"), ("%d %B %Y", ""), ("%B %d, %Y", "")):
        assert read_date(day.strftime(form), order) == wanted


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Acme Corp.", "ACME corp"),
        ("Acme, Inc.", "Acme Inc"),
        ("O’Brien", "O'Brien"),
        ("L.L.C.", "LLC"),
        ("5:45pm.", "5:45pm"),
        ("Cafe\u0301", "Café"),
        ("a\u00a0b", "a  b"),
        ("twenty–one", "twenty-one"),
    ],
)
def test_typography_case_and_spacing_do_not_make_texts_different(a: str, b: str) -> None:
    assert comparable(a) == comparable(b)


@pytest.mark.parametrize(
    ("a", "b"), [("1.5", "15"), ("-5", "5"), ("5 %", "5"), ("C++", "C"), ("3-4", "34"), ("$5", "€5"), (".", "!")]
)
def test_signs_that_carry_meaning_make_texts_different(a: str, b: str) -> None:
    assert comparable(a) != comparable(b)


def test_words_keep_letters_of_every_script() -> None:
    assert words("Überweisung über 500 €") == ["überweisung", "über", "500", "€"]
    assert words("漢字 ok") == ["漢", "字", "ok"]


@pytest.mark.parametrize(
    ("text", "value"), [("Yes", True), ("true", True), ("NO.", False), ("nein", False), ("maybe", None)]
)
def test_yes_and_no_are_read_in_several_languages(text: str, value: bool | None) -> None:
    assert yes_or_no(text) is value
